"""What the database tells of jobs. Every query goes by an index over what is open or has ended lately, so a look costs as much
with a million old jobs as with none.

- Windows end now: an hour, a day, and the calendar month (UTC). Of the month what is older than a minute is counted once a
  minute, and the rest each time.
- What a job costs is its price when it was asked for (providers/models.py), counted when it ends; whether a provider bills
  failures is between it and you, so they are told apart.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from placeholder.db.database import Database
from placeholder.db.tables import jobs
from placeholder.figures.fresh import Fresh
from placeholder.figures.model import Family, samples
from placeholder.jobs.model import ENDED, Phase, State

WINDOWS = ("hour", "day", "month")
_FRESH_S = 1.0
_MONTH_FRESH_S = 60.0
_LISTED = 12
_OPEN = tuple(phase for phase in Phase if phase not in ENDED)
_HAS_ENDED = (State.READY, State.FAILED)
# Not "IS NOT NULL", for which SQLite takes no index.
_BY_PHASE = select(jobs.c.phase, func.count(), func.min(jobs.c.asked_at)).where(jobs.c.due_at >= 0).group_by(jobs.c.phase)
_SHOWN = [jobs.c[name] for name in ("id", "state", "code", "model", "w", "h", "cost", "attempt", "asked_at", "ended_at")]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Jobs that ended alike. `cost` in millionths of a dollar, `seconds` from asking to the end, all together."""

    state: str
    code: str
    count: int
    cost: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Open:
    """Jobs of one phase; `since`: when the one that was asked for first was."""

    phase: str
    count: int
    since: float


@dataclass(frozen=True, slots=True)
class Seen:
    """`latest` are those that changed last, `failed` those that failed last, within a day."""

    at: float
    open: tuple[Open, ...]
    ended: dict[str, tuple[Outcome, ...]]
    latest: tuple[dict[str, Any], ...]
    failed: tuple[dict[str, Any], ...]


class JobFigures:
    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        self._seen = Fresh(_FRESH_S, self._look)
        self._month = Fresh(_MONTH_FRESH_S, self._count_month)

    async def seen(self) -> Seen:
        """Raises Unavailable."""
        return await self._seen.get()

    async def close(self) -> None:
        await self._seen.close()
        await self._month.close()

    async def _look(self) -> Seen:
        until, month = await self._month.get()
        now = self._clock()

        def look(c: Connection) -> Seen:
            hour, day = _ended(c, now - 3600), _ended(c, now - 86400)
            ended = {"hour": hour, "day": day, "month": _together(month + _ended(c, until))}
            return Seen(now, _open(c), ended, _latest(c), _failed(c, now - 86400))

        return await self._database.read(look)

    async def _count_month(self) -> tuple[float, tuple[Outcome, ...]]:
        """Up to when, and what ended in the month until then."""
        now = self._clock()
        began = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
        until = max(began, now - _MONTH_FRESH_S)
        return until, await self._database.read(lambda c: _ended(c, began, until))


def _open(connection: Connection) -> tuple[Open, ...]:
    return tuple(Open(*row) for row in connection.execute(_BY_PHASE))


def _ended(connection: Connection, since: float, until: float | None = None) -> tuple[Outcome, ...]:
    # A sum of integers is no integer to PostgreSQL.
    sums = func.count(), func.sum(jobs.c.cost), func.sum(jobs.c.ended_at - jobs.c.asked_at)
    found = select(jobs.c.state, jobs.c.code, *sums).where(jobs.c.ended_at >= since).group_by(jobs.c.state, jobs.c.code)
    rows = connection.execute(found if until is None else found.where(jobs.c.ended_at < until))
    return tuple(Outcome(state, code or "", count, int(cost), float(seconds)) for state, code, count, cost, seconds in rows)


def _together(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """One for each that ended alike."""
    sums: dict[tuple[str, str], Outcome] = {}
    for one in outcomes:
        known = sums.get((one.state, one.code), replace(one, count=0, cost=0, seconds=0))
        added = replace(one, count=known.count + one.count, cost=known.cost + one.cost, seconds=known.seconds + one.seconds)
        sums[one.state, one.code] = added
    return tuple(sums.values())


def _latest(connection: Connection) -> tuple[dict[str, Any], ...]:
    return tuple(map(_told, connection.execute(select(*_SHOWN).order_by(jobs.c.updated_at.desc()).limit(_LISTED))))


def _failed(connection: Connection, since: float) -> tuple[dict[str, Any], ...]:
    lately = (jobs.c.ended_at >= since) & (jobs.c.phase == Phase.FAILED.value)
    return tuple(map(_told, connection.execute(select(*_SHOWN).where(lately).order_by(jobs.c.ended_at.desc()).limit(_LISTED))))


def _told(row: Any) -> dict[str, Any]:
    return dict(row._mapping)


def families(seen: Seen) -> list[Family]:
    by_phase = {one.phase: one for one in seen.open}
    outcomes = [(window, one) for window in WINDOWS for one in seen.ended[window]]
    spent = {(window, state.value): 0.0 for window in WINDOWS for state in _HAS_ENDED}
    took: dict[str, tuple[float, int]] = {}
    for window, one in outcomes:
        spent[window, one.state] += one.cost / 1_000_000
        if one.state == State.READY:
            took[window] = one.seconds, one.count
    return [
        Family(
            "placeholder_jobs_open",
            "gauge",
            "Jobs that have not ended.",
            ("phase",),
            samples(((phase.value,), by_phase[phase].count if phase in by_phase else 0) for phase in _OPEN),
        ),
        Family(
            "placeholder_jobs_oldest_seconds",
            "gauge",
            "How long ago the oldest open job was asked for; 0 where there is none.",
            ("phase",),
            samples(((phase.value,), max(seen.at - by_phase[phase].since, 0) if phase in by_phase else 0) for phase in _OPEN),
        ),
        Family(
            "placeholder_jobs_ended",
            "gauge",
            "Jobs that ended within the last hour, the last day, this month.",
            ("window", "state", "code"),
            samples(((window, one.state, one.code), one.count) for window, one in outcomes),
        ),
        Family(
            "placeholder_jobs_mean_seconds",
            "gauge",
            "From the asking to the finished picture.",
            ("window",),
            samples(((window,), seconds / count) for window, (seconds, count) in took.items()),
        ),
        Family(
            "placeholder_spend_dollars",
            "gauge",
            "What the jobs cost that ended within the last hour, the last day, this month.",
            ("window", "state"),
            samples(spent.items()),
        ),
    ]
