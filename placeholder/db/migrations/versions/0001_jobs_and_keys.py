"""Jobs, deliveries, keys, usage."""

import sqlalchemy as sa
from alembic import op

from placeholder.db.tables import big, moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("mac", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("w", sa.Integer, nullable=False),
        sa.Column("h", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("seed", big()),
        sa.Column("prompt", sa.LargeBinary),
        sa.Column("cost", big(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("updated_at", moment(), nullable=False),
        sa.Column("asked_at", moment(), nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("deferrals", sa.Integer, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("due_at", moment()),
        sa.Column("sent_at", moment()),
        sa.Column("prediction", sa.Text),
        sa.Column("output", sa.Text),
        sa.Column("ended_at", moment()),
        sa.Column("code", sa.Text),
        sa.Column("thumbhash", sa.Text),
        sa.Column("blur", sa.Text),
        sa.CheckConstraint("phase IN ('queued','submitting','running','fetching','ready','failed','purged')", name="jobs_phase"),
        sa.CheckConstraint("state IN ('pending','generating','ready','failed')", name="jobs_state"),
        sa.CheckConstraint("(due_at IS NULL) = (phase IN ('ready','failed','purged'))", name="jobs_due"),
        sqlite_strict=True,
    )
    op.create_index("jobs_due_at", "jobs", ["due_at"])
    op.create_index("jobs_updated_at", "jobs", ["updated_at"])
    op.create_index("jobs_ended_at", "jobs", ["ended_at"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("received_at", moment(), nullable=False),
        sqlite_strict=True,
    )
    op.create_index("deliveries_received_at", "deliveries", ["received_at"])
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("mac", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("jobs_per_day", sa.Integer),
        sa.Column("spend_per_month", big()),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("expires_at", moment()),
        sa.Column("revoked_at", moment()),
        sa.Column("last_used_at", moment()),
        sqlite_strict=True,
    )
    op.create_table(
        "usage",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("jobs", sa.Integer, nullable=False),
        sa.Column("cost", big(), nullable=False),
        sqlite_strict=True,
    )
