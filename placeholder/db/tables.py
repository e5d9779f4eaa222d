"""Every table. The migrations make them; a test holds the two against each other. Times are seconds since the epoch.

SQLite's tables are strict: they refuse a value of another type, as PostgreSQL does.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TextClause,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def big() -> TypeEngine[Any]:
    """64 bits, signed."""
    return BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


def moment() -> TypeEngine[Any]:
    """A time, to the microsecond."""
    return Double().with_variant(sqlite.REAL(), "sqlite")


def partial(name: str, *columns: str, where: TextClause) -> Index:
    """An index over some rows: those that a statement looks through which says `where` in the same words."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


IS_SENT = text("phase IN ('submitting', 'running', 'fetching')")
IS_QUEUED = text("phase = 'queued'")
HAS_ENDED = text("ended_at IS NOT NULL")
HAS_PROMPT_STILL = text("prompt IS NOT NULL AND ended_at IS NOT NULL")

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mac", LargeBinary, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("w", Integer, nullable=False),
    Column("h", Integer, nullable=False),
    Column("model", Text, nullable=False),
    Column("seed", big()),
    Column("prompt", LargeBinary),
    Column("cost", big(), nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("updated_at", moment(), nullable=False),
    Column("asked_at", moment(), nullable=False),
    Column("phase", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("deferrals", Integer, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("due_at", moment()),
    Column("sent_at", moment()),
    Column("prediction", Text),
    Column("output", Text),
    Column("ended_at", moment()),
    Column("code", Text),
    Column("thumbhash", Text),
    Column("blur", Text),
    CheckConstraint("phase IN ('queued','submitting','running','fetching','ready','failed','purged')", name="jobs_phase"),
    CheckConstraint("state IN ('pending','generating','ready','failed')", name="jobs_state"),
    CheckConstraint("(due_at IS NULL) = (phase IN ('ready','failed','purged'))", name="jobs_due"),
    Index("jobs_due_at", "due_at"),
    Index("jobs_updated_at", "updated_at"),
    Index("jobs_ended_at", "ended_at"),
    Index("jobs_created_at", "created_at", "id"),
    partial("jobs_sent_due_at", "due_at", where=IS_SENT),
    partial("jobs_queued_asked_at", "asked_at", where=IS_QUEUED),
    partial("jobs_phase_ended_at", "phase", "ended_at", where=HAS_ENDED),
    partial("jobs_prompt_ended_at", "ended_at", where=HAS_PROMPT_STILL),
    sqlite_strict=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("received_at", moment(), nullable=False),
    Index("deliveries_received_at", "received_at"),
    sqlite_strict=True,
)
"""Webhooks that took effect, by their sender's name for them: a second one of that name is the first, sent again."""

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("mac", LargeBinary, nullable=False, unique=True),
    Column("hint", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("jobs_per_day", Integer),
    Column("spend_per_month", big()),
    Column("created_at", moment(), nullable=False),
    Column("expires_at", moment()),
    Column("revoked_at", moment()),
    Column("last_used_at", moment()),
    Column("kind", Text, nullable=False, server_default="secret"),
    Column("origins", Text, nullable=False, server_default=""),
    Column("models", Text, nullable=False, server_default=""),
    Column("max_side", Integer),
    Column("jobs_per_address", Integer),
    CheckConstraint("kind IN ('secret','publishable')", name="keys_kind"),
    sqlite_strict=True,
)

usage = Table(
    "usage",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("jobs", Integer, nullable=False),
    Column("cost", big(), nullable=False),
    Index("usage_period", "period"),
    sqlite_strict=True,
)
"""What a key with a budget has used in a day (`2026-11-21`) or a month (`2026-11`), UTC; and under `KEY/DIGEST` what one client
address has used of it (keys/admission.py)."""
