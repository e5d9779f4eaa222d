"""Keys that may stand in a page: their kind, and what they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # In SQL, which both engines read alike: Alembic would make a constraint apart, which SQLite cannot add to a table.
    op.execute(
        "ALTER TABLE keys ADD COLUMN kind TEXT DEFAULT 'secret' NOT NULL"
        " CONSTRAINT keys_kind CHECK (kind IN ('secret','publishable'))"
    )
    op.add_column("keys", sa.Column("origins", sa.Text, nullable=False, server_default=""))
    op.add_column("keys", sa.Column("models", sa.Text, nullable=False, server_default=""))
    op.add_column("keys", sa.Column("max_side", sa.Integer))
    op.add_column("keys", sa.Column("jobs_per_address", sa.Integer))
