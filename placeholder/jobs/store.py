"""Jobs in SQL: functions over a connection, to be run by a Database. Every change compares the version first, so of two
that would change a job one does. No statement looks through all jobs, nor through all that are queued or have ended: each goes
by an index (db/tables.py). A list of one state does so from the newest on, and may have far to go where there are few of it; an
index for that would be paid for by every submission."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, TextClause, bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from placeholder.db.tables import HAS_PROMPT_STILL, IS_QUEUED, IS_SENT, deliveries, jobs
from placeholder.jobs.machine import Overdue, Policy, Taken, advance
from placeholder.jobs.model import Job, Phase, State

_FIELDS = tuple(field.name for field in fields(Job))
_COLUMNS = [jobs.c[name] for name in _FIELDS]
_PHASE, _STATE = _FIELDS.index("phase"), _FIELDS.index("state")
_FIXED = frozenset(("id", "mac", "owner", "w", "h", "model", "seed", "created_at"))


def _inserts(table: Table) -> dict[str, Any]:
    """By dialect. Only when told to does SQLAlchemy keep the number of rows that an INSERT made; on PostgreSQL it is -1 else."""
    dialects: tuple[tuple[str, Any], ...] = (("sqlite", sqlite), ("postgresql", postgresql))
    return {
        name: dialect.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        for name, dialect in dialects
    }


_INSERTS, _DELIVERIES = _inserts(jobs), _inserts(deliveries)
_BY_ID = select(*_COLUMNS).where(jobs.c.id == bindparam("job"))
_BY_ID_TO_CHANGE = _BY_ID.with_for_update()
_REPLACE = (
    update(jobs)
    .where(jobs.c.id == bindparam("job"), jobs.c.version == bindparam("before"))
    .values({name: bindparam(name) for name in _FIELDS if name not in _FIXED})
)
_PROLONG = (
    update(jobs).where(jobs.c.id == bindparam("job"), jobs.c.version == bindparam("present")).values(due_at=bindparam("until"))
)


def _due(*which: ColumnElement[bool] | TextClause, first: ColumnElement[Any]) -> Select[Any]:
    due = select(*_COLUMNS).where(jobs.c.due_at <= bindparam("now"), *which)
    return due.order_by(first).limit(bindparam("limit")).with_for_update(skip_locked=True)


_DUE = _due(first=jobs.c.due_at)
_SENT = _due(IS_SENT, first=jobs.c.due_at)
_OVERDUE = _due(IS_QUEUED, jobs.c.asked_at <= bindparam("since"), first=jobs.c.asked_at)


class Taking(NamedTuple):
    """A job as it was found, and as a worker now holds it."""

    before: Job
    held: Job


def add(connection: Connection, job: Job) -> bool:
    """False where a job of that id is there already."""
    return connection.execute(_INSERTS[connection.dialect.name], _values(job)).rowcount == 1


def by_id(connection: Connection, job: str, *, to_change: bool = False) -> Job | None:
    """`to_change`: nobody else changes it until this transaction ends."""
    statement = _BY_ID_TO_CHANGE if to_change else _BY_ID
    return _job(connection.execute(statement, {"job": job}).one_or_none())


def by_ids(connection: Connection, ids: Iterable[str]) -> list[Job]:
    rows = connection.execute(select(*_COLUMNS).where(jobs.c.id.in_(list(ids))))
    return [_read(row) for row in rows]


def versions_since(connection: Connection, when: float) -> list[tuple[str, int]]:
    """Which jobs have changed since then, and how they are numbered now."""
    rows = connection.execute(select(jobs.c.id, jobs.c.version).where(jobs.c.updated_at >= when))
    return [(job, version) for job, version in rows]


def replace(connection: Connection, after: Job) -> bool:
    """Writes `after` over the version before it. False where that is no longer there."""
    values = _values(after)
    changes = {name: values[name] for name in _FIELDS if name not in _FIXED}
    done = connection.execute(_REPLACE, {**changes, "job": after.id, "before": after.version - 1})
    return done.rowcount == 1


def take(connection: Connection, now: float, until: float, limit: int, policy: Policy, *, may_send: bool) -> list[Taking]:
    """Up to `limit` jobs that are due, leased until `until`; what was queued is now on record as being sent. Where
    `may_send` is false, the queued ones stay, but for those that are overdue."""
    found: list[Row[Any]] = []
    for statement in (_DUE,) if may_send else (_SENT, _OVERDUE):
        values = {"now": now, "limit": limit - len(found), "since": now - policy.deadline_s}
        found += connection.execute(statement, values).all()
    taken = []
    for before in map(_read, found):
        event = Taken(now, until) if may_send or before.phase is not Phase.QUEUED else Overdue(now)
        held = advance(before, event, policy)
        if held and replace(connection, held):
            taken.append(Taking(before, held))
    return taken


def prolong(connection: Connection, held: Sequence[Job], until: float) -> None:
    """Leases that last longer; a job that somebody else has changed is left alone."""
    if held:
        connection.execute(_PROLONG, [{"job": job.id, "present": job.version, "until": until} for job in held])


def next_due(connection: Connection) -> float | None:
    when: float | None = connection.execute(select(func.min(jobs.c.due_at))).scalar()
    return when


def note_delivery(connection: Connection, webhook: str, now: float) -> bool:
    """False where one of that name has been here."""
    statement = _DELIVERIES[connection.dialect.name]
    return connection.execute(statement, {"id": webhook, "received_at": now}).rowcount == 1


def forget_deliveries(connection: Connection, before: float) -> None:
    connection.execute(delete(deliveries).where(deliveries.c.received_at < before))


def erase_prompts(connection: Connection, ended_before: float) -> int:
    """The prompts of jobs that ended before then. The version stays: nothing that anybody decides by has changed."""
    old = update(jobs).where(HAS_PROMPT_STILL, jobs.c.ended_at < ended_before)
    return connection.execute(old.values(prompt=None)).rowcount


def ended(connection: Connection, phase: Phase, before: float, limit: int) -> list[Job]:
    """The oldest that ended in `phase` before then."""
    old = (jobs.c.phase == phase.value) & (jobs.c.ended_at < before)
    rows = connection.execute(select(*_COLUMNS).where(old).order_by(jobs.c.ended_at).limit(limit))
    return [_read(row) for row in rows]


def listed(connection: Connection, state: State | None, after: tuple[float, str] | None, limit: int) -> list[Job]:
    """Newest first; `after` is where the last page ended."""
    found = select(*_COLUMNS).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
    if state:
        found = found.where(jobs.c.phase != Phase.PURGED.value, jobs.c.state == state.value)
    if after:
        found = found.where(tuple_(jobs.c.created_at, jobs.c.id) < after)
    return [_read(row) for row in connection.execute(found)]


def _values(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _FIELDS}


def _job(row: Row[Any] | None) -> Job | None:
    return None if row is None else _read(row)


def _read(row: Row[Any]) -> Job:
    values = list(row)
    values[_PHASE], values[_STATE] = Phase(values[_PHASE]), State(values[_STATE])
    return Job(*values)
