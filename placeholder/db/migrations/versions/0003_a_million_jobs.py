"""Indexes, so that no statement of the service looks through all jobs, however many have ended."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

PARTIAL = {
    "jobs_sent_due_at": (["due_at"], "phase IN ('submitting', 'running', 'fetching')"),
    "jobs_queued_asked_at": (["asked_at"], "phase = 'queued'"),
    "jobs_phase_ended_at": (["phase", "ended_at"], "ended_at IS NOT NULL"),
    "jobs_prompt_ended_at": (["ended_at"], "prompt IS NOT NULL AND ended_at IS NOT NULL"),
}


def upgrade() -> None:
    op.create_index("jobs_created_at", "jobs", ["created_at", "id"])
    op.create_index("usage_period", "usage", ["period"])
    for name, (columns, words) in PARTIAL.items():
        where = sa.text(words)
        op.create_index(name, "jobs", columns, sqlite_where=where, postgresql_where=where)
