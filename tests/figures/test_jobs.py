"""What the database tells of jobs, on SQLite and on PostgreSQL: counted right, by an index, the month without looking twice."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fixtures.simulation import a_job
from sqlalchemy import event

from placeholder.db.database import Database
from placeholder.errors import Unavailable
from placeholder.figures.jobs import JobFigures, Outcome, Seen, families
from placeholder.figures.model import Family
from placeholder.jobs import store
from placeholder.jobs.model import Job, Phase, State

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()
HOUR, DAY = 3600, 86400
MONTH_AGO = NOW - datetime(2026, 11, 1, tzinfo=UTC).timestamp()


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


def open_job(number: int, phase: Phase, age: float) -> Job:
    state = State.PENDING if phase in (Phase.QUEUED, Phase.SUBMITTING) else State.GENERATING
    return a_job(number, phase=phase, state=state, due_at=NOW, asked_at=NOW - age)


def ended_job(number: int, age: float, code: str | None = None, cost: int = 3000, took: float = 4.0, **changes: Any) -> Job:
    phase, state = (Phase.FAILED, State.FAILED) if code else (Phase.READY, State.READY)
    ended = NOW - age
    times = {"due_at": None, "ended_at": ended, "asked_at": ended - took, "updated_at": ended}
    return a_job(number, **{"phase": phase, "state": state, "code": code, "cost": cost, **times, **changes})


def put(database: Database, *jobs: Job) -> None:
    database.transact(lambda c: [store.add(c, job) for job in jobs])


async def seen(database: Database) -> Seen:
    figures = JobFigures(database, Clock())
    try:
        return await figures.seen()
    finally:
        await figures.close()


def values(found: list[Family], name: str) -> dict[tuple[str, ...], Any]:
    return dict(next(family for family in found if family.name == name).samples)


async def test_where_there_is_no_job_there_are_zeros(database: Database) -> None:
    found = families(await seen(database))
    assert values(found, "placeholder_jobs_open") == {(phase,): 0 for phase in ("queued", "submitting", "running", "fetching")}
    assert set(values(found, "placeholder_jobs_oldest_seconds").values()) == {0}
    assert values(found, "placeholder_jobs_ended") == values(found, "placeholder_jobs_mean_seconds") == {}
    spend = values(found, "placeholder_spend_dollars")
    assert spend == {(window, state): 0 for window in ("hour", "day", "month") for state in ("ready", "failed")}


async def test_open_jobs_by_phase_and_the_oldest_of_each(database: Database) -> None:
    put(database, *(open_job(n, Phase.QUEUED, age) for n, age in enumerate((5, 70, 20))))
    put(database, open_job(3, Phase.RUNNING, 3), ended_job(4, 1))
    found = families(await seen(database))
    assert values(found, "placeholder_jobs_open") == {("queued",): 3, ("submitting",): 0, ("running",): 1, ("fetching",): 0}
    oldest = values(found, "placeholder_jobs_oldest_seconds")
    assert (oldest["queued",], oldest["running",], oldest["fetching",]) == pytest.approx((70, 3, 0))


async def test_what_ended_counts_in_every_window_that_it_is_in(database: Database) -> None:
    put(
        database,
        ended_job(0, 10, took=2),
        ended_job(1, HOUR - 1, took=4),
        ended_job(2, HOUR + 1),
        ended_job(3, DAY + 1),
        ended_job(4, MONTH_AGO - 1),
        ended_job(5, MONTH_AGO + 1),
        ended_job(6, 20, "timeout", cost=500),
        ended_job(7, DAY - 1, "timeout", cost=500),
        ended_job(8, 30, "blocked", cost=0),
        ended_job(9, 40, phase=Phase.PURGED),
    )
    found = families(await seen(database))
    ended = values(found, "placeholder_jobs_ended")
    assert [ended[window, "ready", ""] for window in ("hour", "day", "month")] == [3, 4, 6]
    assert [ended[window, "failed", "timeout"] for window in ("hour", "day", "month")] == [1, 2, 2]
    assert ended["hour", "failed", "blocked"] == 1
    spend = values(found, "placeholder_spend_dollars")
    assert [spend[window, "ready"] for window in ("hour", "day", "month")] == pytest.approx([0.009, 0.012, 0.018])
    assert [spend[window, "failed"] for window in ("hour", "day", "month")] == pytest.approx([0.0005, 0.001, 0.001])
    assert values(found, "placeholder_jobs_mean_seconds")["hour",] == pytest.approx((2 + 4 + 4) / 3)


async def test_of_the_month_only_what_is_new_is_counted_again(database: Database) -> None:
    clock = Clock()
    figures = JobFigures(database, clock)
    put(database, ended_job(0, 10 * DAY), ended_job(1, 61), ended_job(2, 59), ended_job(3, 1))
    assert (await figures.seen()).ended["month"] == (Outcome("ready", "", 4, 12_000, 16.0),)
    put(database, ended_job(4, 10 * DAY), ended_job(5, -1), ended_job(6, -1, "timeout"))
    clock.now += 2
    figures._seen = type(figures._seen)(0, figures._look)
    month = {(one.state, one.code): one.count for one in (await figures.seen()).ended["month"]}
    assert month == {("ready", ""): 5, ("failed", "timeout"): 1}, "the one ten days old is seen within a minute"
    await figures.close()


async def test_the_jobs_that_changed_and_failed_last_without_their_prompts(database: Database) -> None:
    put(database, *(ended_job(n, n + 1.0) for n in range(20)), *(ended_job(n, n + 1.0, "timeout") for n in range(20, 40)))
    put(database, ended_job(40, DAY + 5, "blocked"), replace(open_job(41, Phase.QUEUED, 0), updated_at=NOW))
    found = await seen(database)
    assert [job["id"] for job in found.latest] == [a_job(41).id, *(a_job(n).id for n in range(11))]
    assert [job["id"] for job in found.failed] == [a_job(n).id for n in range(20, 32)]
    assert found.failed[0]["code"] == "timeout"
    for job in (*found.latest, *found.failed):
        assert not {"prompt", "mac", "owner", "output", "prediction"} & set(job)


async def test_every_look_goes_by_an_index(database: Database) -> None:
    """With a million old jobs it must not read them all."""
    if not database.is_sqlite:
        pytest.skip("what PostgreSQL plans follows from its statistics")
    asked: list[tuple[str, Any]] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    await seen(database)
    looks = [one for one in asked if one[0].startswith("SELECT")]
    assert len(looks) == 7
    for statement, parameters in looks:
        plan = database.transact(lambda c, s=statement, p=parameters: c.exec_driver_sql("EXPLAIN QUERY PLAN " + s, p).all())
        told = " ".join(str(step[-1]) for step in plan)
        assert "USING INDEX jobs_" in told, f"{told}\n{statement}"
        assert "SCAN jobs USING INDEX jobs_updated_at" in told or "SEARCH jobs" in told, told


async def test_a_database_that_does_not_answer_is_told() -> None:
    from placeholder.db.database import open_engine

    absent = Database(open_engine("postgresql://nobody@127.0.0.1:1/nothing"))
    figures = JobFigures(absent)
    try:
        with pytest.raises(Unavailable):
            await figures.seen()
    finally:
        await figures.close()
        absent.close()
