"""Rows of jobs, on SQLite and on PostgreSQL: of two that would change one, one does; of many that would take one, one does."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from threading import Thread
from typing import Any

import pytest
from fixtures.simulation import BORN, a_job
from sqlalchemy import Connection

from placeholder.db.database import Database, open_engine
from placeholder.errors import Unavailable
from placeholder.jobs import store
from placeholder.jobs.machine import Deferred, Policy, Reported, Stored, Taken, advance
from placeholder.jobs.model import ENDED, Job, Phase, State
from placeholder.jobs.ports import Prediction

POLICY = Policy()


def put(database: Database, *jobs: Job) -> None:
    database.transact(lambda c: [store.add(c, job) for job in jobs])


def got(database: Database, job: Job | str) -> Job | None:
    return database.transact(lambda c: store.by_id(c, job if isinstance(job, str) else job.id))


def take(
    database: Database, now: float = BORN, until: float = BORN + 30, limit: int = 10, *, may_send: bool = True
) -> list[store.Taking]:
    return database.transact(lambda c: store.take(c, now, until, limit, POLICY, may_send=may_send))


def in_phase(number: int, phase: Phase, **changes: Any) -> Job:
    state = {
        Phase.QUEUED: State.PENDING, Phase.SUBMITTING: State.PENDING, Phase.RUNNING: State.GENERATING,
        Phase.FETCHING: State.GENERATING, Phase.READY: State.READY, Phase.FAILED: State.FAILED, Phase.PURGED: State.FAILED,
    }[phase]  # fmt: skip
    ends = {"due_at": None, "ended_at": BORN} if phase in ENDED else {}
    return a_job(number, **{"phase": phase, "state": state, **ends, **changes})


@contextmanager
def another(url: str) -> Iterator[Database]:
    """As another process has it."""
    database = Database(open_engine(url))
    try:
        yield database
    finally:
        database.close()


# ---------------------------------------------------------------- a row


FULL = replace(
    a_job(1), seed=2**31 - 1, cost=2**62, created_at=BORN + 0.123456, updated_at=BORN + 0.25, asked_at=1.5, phase=Phase.FETCHING,
    state=State.GENERATING, version=2**31 - 1, epoch=7, attempt=3, deferrals=4, looks=5, due_at=BORN + 2**-10, sent_at=0.0,
    prediction="p'; --", output="https://x/é?a=%00", ended_at=BORN, code="timeout", thumbhash="aGFzaA==", blur="data:,",
)  # fmt: skip


@pytest.mark.parametrize("job", [a_job(0), FULL, replace(FULL, id="b" * 16, mac=bytes(range(32)), prompt=b"\0\xff'\"")])
def test_a_job_comes_back_as_it_went(database: Database, job: Job) -> None:
    put(database, job)
    back = got(database, job)
    assert back is not None
    for field in fields(Job):
        assert getattr(back, field.name) == getattr(job, field.name), field.name
        assert type(getattr(back, field.name)) is type(getattr(job, field.name)), field.name


@pytest.mark.parametrize("name", ["", "a" * 16, "' OR 1=1 --", "%", "é", "x" * 10_000])
def test_there_is_none_of_that_name(database: Database, name: str) -> None:
    put(database, a_job())
    assert got(database, name) is None
    assert database.transact(lambda c: store.by_id(c, name, to_change=True)) is None
    assert database.transact(lambda c: store.by_ids(c, [name])) == []


def test_many_at_once(database: Database) -> None:
    jobs = [a_job(number) for number in range(60)]
    put(database, *jobs)
    found = database.transact(lambda c: store.by_ids(c, [job.id for job in jobs[:50]] + ["a" * 16]))
    assert {job.id for job in found} == {job.id for job in jobs[:50]}
    assert database.transact(lambda c: store.by_ids(c, [])) == []


def test_the_second_of_a_name_is_not_added(database: Database) -> None:
    first = a_job()
    assert database.transact(lambda c: store.add(c, first))
    assert not database.transact(lambda c: store.add(c, replace(first, owner="p", cost=1)))
    assert not database.transact(lambda c: store.add(c, replace(first, id="b" * 16))), "nor of a digest"
    assert got(database, first) == first


@pytest.mark.parametrize(
    "spoilt", [{"phase": "ready"}, {"state": "lost"}, {"phase": "lost"}, {"due_at": None}, {"phase": Phase.READY, "due_at": BORN}]
)
def test_the_database_itself_refuses_nonsense(database: Database, spoilt: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        put(database, a_job(**spoilt))
    assert got(database, a_job()) is None


# ---------------------------------------------------------------- compare and set


def test_only_the_next_version_is_written(database: Database) -> None:
    first = a_job()
    put(database, first)
    second = replace(first, version=2, looks=9)
    assert database.transact(lambda c: store.replace(c, second))
    for stale in (first, second, replace(second, version=4), replace(second, version=0)):
        assert not database.transact(lambda c, stale=stale: store.replace(c, replace(stale, looks=1)))
    assert not database.transact(lambda c: store.replace(c, replace(a_job(5), version=2))), "nor what is not there"
    assert got(database, first) == second


def test_what_a_job_is_does_not_change(database: Database) -> None:
    first = a_job()
    put(database, first)
    changed = replace(first, version=2, owner="p", mac=b"x" * 32, w=1, h=1, model="x", seed=5, created_at=1.0)
    assert database.transact(lambda c: store.replace(c, changed))
    assert got(database, first) == replace(first, version=2)


async def test_of_two_that_race_one_writes(database: Database, database_url: str) -> None:
    jobs = [a_job(number) for number in range(20)]
    put(database, *jobs)

    def mine(job: Job, whose: int) -> Callable[[Connection], bool]:
        return lambda c: store.replace(c, replace(job, version=2, looks=whose))

    with another(database_url) as other:
        both = [database.write(mine(job, 1)) for job in jobs] + [other.write(mine(job, 2)) for job in jobs]
        won = await asyncio.gather(*both)
    assert sum(won) == len(jobs)
    for job, one in zip(jobs, won, strict=False):
        now = got(database, job)
        assert now is not None
        assert now.looks == (1 if one else 2)


async def test_of_two_that_add_one_does(database: Database, database_url: str) -> None:
    jobs = [a_job(number) for number in range(20)]
    with another(database_url) as other:
        both = [database.write(lambda c, job=job: store.add(c, job)) for job in jobs]  # type: ignore[misc]
        both += [other.write(lambda c, job=job: store.add(c, job)) for job in jobs]  # type: ignore[misc]
        assert sum(await asyncio.gather(*both)) == len(jobs)


# ---------------------------------------------------------------- leases


def test_what_is_taken_is_on_record_before_anybody_knows(database: Database) -> None:
    job = a_job()
    put(database, job)
    (taking,) = take(database)
    assert taking.before == job
    assert taking.held == advance(job, Taken(BORN, BORN + 30), POLICY) == got(database, job)
    assert (taking.held.phase, taking.held.attempt, taking.held.sent_at) == (Phase.SUBMITTING, 1, BORN)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in ENDED])
def test_a_lease_keeps_others_off_until_it_is_over(database: Database, phase: Phase) -> None:
    put(database, in_phase(0, phase))
    assert len(take(database)) == 1
    assert take(database) == take(database, BORN + 29.99) == []
    (again,) = take(database, BORN + 30, BORN + 60)
    assert again.held.attempt == (1 if phase is Phase.QUEUED else 0), "sent once"
    assert (again.held.version, again.held.due_at) == (3, BORN + 60)


def test_the_longest_due_come_first_and_no_more_than_asked_for(database: Database) -> None:
    dues = [BORN - number for number in range(10)]
    random.Random(7).shuffle(dues)
    put(database, *(a_job(number, due_at=due) for number, due in enumerate(dues)), a_job(99, due_at=BORN + 0.001))
    assert [taking.before.due_at for taking in take(database, limit=3)] == [BORN - 9, BORN - 8, BORN - 7]
    assert [taking.before.due_at for taking in take(database, limit=100)] == [BORN - number for number in range(6, -1, -1)]
    assert take(database, limit=0) == []


def test_what_has_ended_is_never_taken(database: Database) -> None:
    put(database, *(in_phase(number, phase) for number, phase in enumerate(sorted(ENDED))))
    assert take(database, BORN + 1e9) == []
    assert database.transact(store.next_due) is None


def test_while_nothing_may_be_sent_the_queue_waits(database: Database) -> None:
    phases = [phase for phase in Phase if phase not in ENDED]
    put(database, *(in_phase(number, phase) for number, phase in enumerate(phases)))
    assert {taking.held.phase for taking in take(database, may_send=False)} == {*phases} - {Phase.QUEUED}
    assert [taking.before.phase for taking in take(database)] == [Phase.QUEUED]


def test_who_waited_too_long_in_the_queue_is_told(database: Database) -> None:
    put(database, a_job(0), a_job(1, asked_at=BORN + 0.5), in_phase(2, Phase.RUNNING))
    late = BORN + POLICY.deadline_s
    takings = {taking.before.id: taking.held for taking in take(database, late, late + 30, may_send=False)}
    assert set(takings) == {a_job(0).id, a_job(2).id}
    overdue = takings[a_job(0).id]
    assert (overdue.phase, overdue.code, overdue.attempt) == (Phase.FAILED, "provider_unavailable", 0)
    assert got(database, overdue.id) == overdue


def test_two_hundred_jobs_two_databases_and_four_threads(database: Database, database_url: str) -> None:
    jobs = [a_job(n, due_at=BORN - n % 7) for n in range(200)]
    put(database, *jobs)
    taken: list[str] = []

    def work(own: Database) -> None:
        while takings := take(own, limit=7):
            taken.extend(taking.held.id for taking in takings)

    with another(database_url) as other:
        threads = [Thread(target=work, args=(own,)) for own in (database, other, database, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # One that skipped what another had locked may have stopped early; nothing is left for all that.
        work(database)
    assert Counter(taken) == Counter(job.id for job in jobs)


def test_a_lease_is_prolonged_for_whoever_still_has_it(database: Database) -> None:
    put(database, a_job(0), a_job(1), a_job(2))
    held = [taking.held for taking in take(database)]
    stolen, ended = (next(job for job in held if job.id == a_job(number).id) for number in (1, 2))
    changed = replace(stolen, version=stolen.version + 1, due_at=BORN + 5)
    gone = advance(ended, Reported(BORN, Prediction("p", failure="blocked")), POLICY)
    assert gone
    database.transact(lambda c: [store.replace(c, changed), store.replace(c, gone)])
    database.transact(lambda c: store.prolong(c, held, BORN + 90))
    assert [getattr(got(database, a_job(number)), "due_at", 0) for number in range(3)] == [BORN + 90, BORN + 5, None]
    first = got(database, a_job(0))
    assert first is not None
    assert first.version == 2, "whoever holds it can still write"
    database.transact(lambda c: store.prolong(c, [], BORN))


def test_when_somebody_must_look_next(database: Database) -> None:
    assert database.transact(store.next_due) is None
    put(database, a_job(0, due_at=BORN + 5), a_job(1, due_at=BORN + 3), in_phase(2, Phase.READY))
    assert database.transact(store.next_due) == BORN + 3


# ---------------------------------------------------------------- webhooks


async def test_a_webhook_counts_once(database: Database, database_url: str) -> None:
    with another(database_url) as other:
        told = [own.write(lambda c: store.note_delivery(c, "msg_1", BORN)) for own in (database, other) * 10]
        assert sum(await asyncio.gather(*told)) == 1
    assert database.transact(lambda c: store.note_delivery(c, "msg_2", BORN))
    assert database.transact(lambda c: store.note_delivery(c, "' OR 1=1", BORN + 10))
    database.transact(lambda c: store.forget_deliveries(c, BORN + 10))
    assert database.transact(lambda c: store.note_delivery(c, "msg_1", BORN))
    assert not database.transact(lambda c: store.note_delivery(c, "' OR 1=1", BORN))


def test_a_webhook_whose_effect_failed_may_come_again(database: Database) -> None:
    def half(c: Connection) -> None:
        store.note_delivery(c, "msg_1", BORN)
        raise Unavailable("The database")

    with pytest.raises(Unavailable):
        database.transact(half)
    assert database.transact(lambda c: store.note_delivery(c, "msg_1", BORN))


# ---------------------------------------------------------------- lists


def test_prompts_go_some_time_after_the_end(database: Database) -> None:
    jobs = [in_phase(n, Phase.READY, ended_at=BORN + n) for n in range(3)] + [in_phase(3, Phase.FAILED), a_job(4)]
    put(database, *jobs)
    assert database.transact(lambda c: store.erase_prompts(c, BORN + 1)) == 2
    left = [getattr(got(database, job), "prompt", 0) is not None for job in jobs]
    assert left == [False, True, True, False, True]
    assert got(database, jobs[0]) == replace(jobs[0], prompt=None), "and nothing else, not even the version"
    assert database.transact(lambda c: store.erase_prompts(c, BORN + 1)) == 0


def test_the_oldest_that_ended_so(database: Database) -> None:
    put(database, *(in_phase(n, Phase.READY, ended_at=BORN - n) for n in range(5)), in_phase(9, Phase.FAILED, ended_at=1.0))
    ended = database.transact(lambda c: store.ended(c, Phase.READY, BORN - 0.5, 3))
    assert [job.ended_at for job in ended] == [BORN - 4, BORN - 3, BORN - 2]


def test_pages_hold_every_job_once_though_many_are_of_one_moment(database: Database) -> None:
    jobs = [a_job(number, now=BORN + number // 9) for number in range(40)]
    put(database, *jobs)
    pages: list[list[Job]] = []
    after: tuple[float, str] | None = None
    while page := database.transact(lambda c, after=after: store.listed(c, None, after, 7)):  # type: ignore[misc]
        pages.append(page)
        after = page[-1].created_at, page[-1].id
        if len(pages) == 2:  # what comes meanwhile is newer, and moves nothing
            put(database, a_job(77, now=BORN + 99))
    shown = [job.id for page in pages for job in page]
    assert shown == [job.id for job in sorted(jobs, key=lambda job: (job.created_at, job.id), reverse=True)]
    assert [len(page) for page in pages] == [7, 7, 7, 7, 7, 5]


def test_lists_by_state(database: Database) -> None:
    jobs = [in_phase(number, phase) for number, phase in enumerate(Phase)]
    put(database, *jobs, in_phase(50, Phase.PURGED, state=State.READY))
    for state in State:
        listed = database.transact(lambda c, state=state: store.listed(c, state, None, 100))  # type: ignore[misc]
        assert {job.id for job in listed} == {job.id for job in jobs if job.state is state and job.phase is not Phase.PURGED}
    assert len(database.transact(lambda c: store.listed(c, None, None, 100))) == len(jobs) + 1


def test_what_has_changed_since(database: Database) -> None:
    put(database, a_job(0, updated_at=BORN), a_job(1, updated_at=BORN + 5, version=4))
    assert database.transact(lambda c: store.versions_since(c, BORN + 5)) == [(a_job(1).id, 4)]
    assert len(database.transact(lambda c: store.versions_since(c, BORN))) == 2


async def test_a_whole_life(database: Database) -> None:
    job = a_job()
    put(database, job)
    (taking,) = take(database)
    job = taking.held
    for event in (
        Deferred(BORN + 1, 2), Taken(BORN + 3, BORN + 33), Reported(BORN + 4, Prediction("p")),
        Reported(BORN + 5, Prediction("p", output="https://x/y")), Stored(BORN + 6, "hash", "data:,"),
    ):  # fmt: skip
        after = advance(job, event, POLICY)
        assert after
        job = after
        assert await database.write(lambda c, job=job: store.replace(c, job))  # type: ignore[misc]
        assert await database.read(lambda c, job=job: store.by_id(c, job.id)) == job  # type: ignore[misc]
    assert job.state is State.READY
