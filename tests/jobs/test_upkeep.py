"""What goes with time, and when: never too early, never half, and whatever fails in between is found again."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from fixtures.simulation import BORN, Clock, Shelf, a_job
from sqlalchemy import Connection, insert, select

from placeholder.db.database import Database, open_engine
from placeholder.db.tables import deliveries, usage
from placeholder.errors import Unavailable
from placeholder.jobs import store, upkeep
from placeholder.jobs.machine import Policy
from placeholder.jobs.model import Job, Phase, State, blob_key
from placeholder.jobs.upkeep import Retention, keep_up, tidy
from placeholder.logs import facts

T = TypeVar("T")

POLICY = Policy()
HOUR, DAY = 3600, 86400
KEEP = Retention(prompts_s=DAY, pictures_s=0)
FORGET = Retention(prompts_s=DAY, pictures_s=30 * DAY)


class Watched:
    """A database that counts, and fails where it is told to: `faults` are what its next writes meet."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.faults: list[Exception | None] = []
        self.found: list[int] = []
        """How many each read gave."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        answer = await self.database.read(work)
        if isinstance(answer, list):
            self.found.append(len(answer))
        return answer

    async def write(self, work: Callable[[Connection], T]) -> T:
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            raise fault
        return await self.database.write(work)


class Witness(Shelf):
    """A shelf that notes in which phase a job's row is while its picture is deleted. `bad` is a key that cannot be."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database, self.swept, self.bad = database, 0, ""
        self.seen: list[tuple[str, Phase]] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def delete(self, key: str) -> None:
        if key == self.bad:
            raise Unavailable("The store of pictures")
        job = got(self.database, key.split("/")[2].partition(".")[0])
        self.seen.append((key, job.phase))
        await super().delete(key)
        self.meanwhile()

    async def sweep(self) -> int:
        self.swept += 1
        return await super().sweep()


def put(database: Database, *jobs: Job) -> None:
    database.transact(lambda c: [store.add(c, job) for job in jobs])


def got(database: Database, job: Job | str) -> Job:
    found = database.transact(lambda c: store.by_id(c, job if isinstance(job, str) else job.id))
    assert found is not None
    return found


def ready(number: int, ended_at: float, **changes: Any) -> Job:
    plain = {"phase": Phase.READY, "state": State.READY, "due_at": None, "ended_at": ended_at, "thumbhash": "t", "blur": "data:,"}
    return a_job(number, **{**plain, **changes})


def failed(number: int, ended_at: float, **changes: Any) -> Job:
    return ready(number, ended_at, **{"phase": Phase.FAILED, "state": State.FAILED, "code": "timeout", **changes})


def fill(shelf: Shelf, *jobs: Job) -> None:
    for job in jobs:
        shelf.kept.update({blob_key(job.id, epoch): b"picture" for epoch in range(1, job.epoch + 1)})


async def once(database: Any, shelf: Shelf, retention: Retention = KEEP, now: float = BORN) -> None:
    await tidy(database, shelf, POLICY, retention, now)


@pytest.fixture
def watched(database: Database) -> Watched:
    return Watched(database)


@pytest.fixture
def shelf(database: Database) -> Witness:
    return Witness(database)


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """As another process has it."""
    opened = Database(open_engine(database_url))
    yield opened
    opened.close()


# ---------------------------------------------------------------- prompts, deliveries, usage


@pytest.mark.parametrize(
    ("prompts_s", "ended", "is_kept"),
    [
        (DAY, 0, True),
        (DAY, DAY - 1, True),
        (DAY, DAY, True),
        (DAY, DAY + 0.001, False),
        (DAY, 1000 * DAY, False),
        (DAY, -5, True),  # another's clock is ahead
        (0, 0, True),
        (0, 0.001, False),
        (0.5, 0.25, True),
        (0.5, 1, False),
        (1e12, 1000 * DAY, True),
    ],
)
@pytest.mark.parametrize("make", [ready, failed])
async def test_the_prompt_of_a_job_that_ended_is_erased_only_after_its_time(
    database: Database, make: Callable[..., Job], prompts_s: float, ended: float, is_kept: bool
) -> None:
    job = make(0, BORN - ended, version=7)
    put(database, job)
    await once(database, Shelf(), Retention(prompts_s, 0))
    assert got(database, job) == (job if is_kept else replace(job, prompt=None)), "and nothing else of it, nor its version"


@pytest.mark.parametrize(
    ("phase", "state"),
    [
        (Phase.QUEUED, State.PENDING),
        (Phase.SUBMITTING, State.PENDING),
        (Phase.RUNNING, State.GENERATING),
        (Phase.FETCHING, State.GENERATING),
    ],
)
async def test_a_job_that_is_on_its_way_keeps_its_prompt_however_old(database: Database, phase: Phase, state: State) -> None:
    job = a_job(0, BORN - 1000 * DAY, phase=phase, state=state)
    put(database, job)
    await once(database, Shelf(), Retention(0, 1))
    assert got(database, job) == job


async def test_webhooks_and_usage_are_forgotten_once_nobody_will_ask(database: Database) -> None:
    names = {"new": 0, "ahead": -5, "in time": 72 * HOUR, "late": 72 * HOUR + 1, "'; --": 900 * DAY}
    periods = ["2026-10-31", "2026-10", "2026-11-01", "2026-11", "2026-12-31", "2027-01", "2027-01-15"]

    def begin(connection: Connection) -> None:
        for name, age in names.items():
            assert store.note_delivery(connection, name, BORN - age)
        connection.execute(insert(usage), [{"key_id": "k", "period": period, "jobs": 1, "cost": 1} for period in periods])

    database.transact(begin)
    await once(database, Shelf())  # on 2027-01-15; 62 days earlier it was 2026-11-14
    left = database.transact(lambda c: c.execute(select(deliveries.c.id)).scalars().all())
    assert set(left) == {"new", "ahead", "in time"}
    kept = database.transact(lambda c: c.execute(select(usage.c.period)).scalars().all())
    assert set(kept) == set(periods[2:])


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    ("job", "is_kept"),
    [
        (ready(0, BORN), True),
        (ready(0, BORN - 30 * DAY), True),
        (ready(0, BORN - 30 * DAY - 0.001), False),
        (ready(0, BORN - 900 * DAY, epoch=4), False),
        (ready(0, BORN - 31 * DAY, created_at=BORN, updated_at=BORN), False),
        (ready(0, BORN, created_at=0.0), True),
        (failed(0, BORN - 900 * DAY), True),
        (ready(0, BORN - 900 * DAY, phase=Phase.PURGED, state=State.FAILED), True),
        (a_job(0, BORN - 900 * DAY), True),
    ],
)
async def test_old_pictures_go_and_only_they(database: Database, shelf: Witness, job: Job, is_kept: bool) -> None:
    bystander = ready(1, BORN)
    put(database, job, bystander)
    fill(shelf, job, bystander)
    all_kept = dict(shelf.kept)
    await once(database, shelf, FORGET)
    now = got(database, job)
    assert got(database, bystander) == bystander
    if is_kept:
        assert replace(now, prompt=job.prompt) == job
        assert (shelf.kept, shelf.seen) == (all_kept, [])
        return
    expected = replace(
        job,
        phase=Phase.PURGED,
        state=State.READY,
        version=2,
        updated_at=BORN,
        ended_at=BORN,
        prompt=None,
        thumbhash=None,
        blur=None,
    )
    assert replace(now, state=State.READY) == expected
    assert list(shelf.kept) == [blob_key(bystander.id, 1)]
    assert shelf.seen == [(blob_key(job.id, epoch), Phase.READY) for epoch in range(1, job.epoch + 1)], "the bytes before the row"


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
async def test_many_go_in_batches(database: Database, watched: Watched, shelf: Witness, count: int) -> None:
    old = [ready(number, BORN - 40 * DAY + number) for number in range(count)]
    put(database, *old)
    fill(shelf, *old)
    await once(watched, shelf, FORGET)
    assert watched.found == [100] * (count // 100) + [count % 100] * (count % 100 > 0) + [0]
    assert shelf.kept == {}
    assert [key for key, _ in shelf.seen] == [blob_key(job.id, 1) for job in old], "the oldest first, each once"
    assert database.transact(lambda c: store.ended(c, Phase.READY, BORN, 1000)) == []
    assert len(database.transact(lambda c: store.ended(c, Phase.PURGED, BORN + 1, 1000))) == count


async def test_0_keeps_pictures_for_ever(database: Database, watched: Watched, shelf: Witness) -> None:
    old = ready(0, 1.0)
    put(database, old)
    fill(shelf, old)
    await once(watched, shelf, Retention(prompts_s=1e12, pictures_s=0))
    assert (got(database, old), len(shelf.kept), watched.found) == (old, 1, [])


@pytest.mark.parametrize("retention", [KEEP, FORGET])
async def test_the_store_is_swept_each_time(database: Database, shelf: Witness, retention: Retention) -> None:
    for times in range(1, 4):
        await once(database, shelf, retention)
        assert shelf.swept == times


# ---------------------------------------------------------------- what fails in between


OLD = [ready(number, BORN - 40 * DAY + number) for number in range(3)]


def phases(database: Database) -> list[str]:
    return [got(database, job).phase.value for job in OLD]


async def test_where_the_bytes_cannot_be_deleted_the_row_is_found_again(database: Database, shelf: Witness) -> None:
    put(database, *OLD)
    fill(shelf, *OLD)
    shelf.bad = blob_key(OLD[1].id, 1)
    with pytest.raises(Unavailable):
        await once(database, shelf, FORGET)
    assert phases(database) == ["purged", "ready", "purged"], "the younger one does not wait for it"
    assert len(shelf.kept) == 1
    shelf.bad = ""
    await once(database, shelf, FORGET)
    assert phases(database) == ["purged"] * 3
    assert shelf.kept == {}


async def test_where_the_row_cannot_be_written_it_is_found_again_without_its_bytes(
    database: Database, watched: Watched, shelf: Witness
) -> None:
    put(database, *OLD)
    fill(shelf, *OLD)
    watched.faults = [None, None, Unavailable("The database")]
    with pytest.raises(Unavailable):
        await once(watched, shelf, FORGET)
    assert phases(database) == ["purged", "ready", "purged"]
    assert shelf.kept == {}, "the second's are gone too"
    await once(watched, shelf, FORGET)
    assert phases(database) == ["purged"] * 3
    assert shelf.kept == {}


@pytest.mark.parametrize("fault", [Unavailable("The database"), RuntimeError()])
async def test_where_nothing_can_be_forgotten_no_picture_goes(
    database: Database, watched: Watched, shelf: Witness, fault: Exception
) -> None:
    put(database, *OLD)
    fill(shelf, *OLD)
    watched.faults = [fault]
    with pytest.raises(type(fault)):
        await once(watched, shelf, FORGET)
    assert (phases(database), len(shelf.kept)) == (["ready"] * 3, 3)


async def test_what_forgets_together_is_undone_together(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    put(database, *OLD)

    def fail(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(upkeep, "forget_usage", fail)
    with pytest.raises(KeyError):
        await once(database, Shelf(), Retention(0, 0))
    assert [got(database, job) for job in OLD] == OLD


async def test_two_processes_at_once_are_one_too_many_and_no_harm(database: Database, other: Database, shelf: Witness) -> None:
    old = [ready(number, BORN - 40 * DAY + number) for number in range(120)]
    put(database, *old)
    fill(shelf, *old)
    await asyncio.gather(once(database, shelf, FORGET), once(other, shelf, FORGET))
    assert shelf.kept == {}
    assert {got(database, job).phase for job in old} == {Phase.PURGED}
    assert {got(database, job).version for job in old} == {2}, "each once"


async def test_a_picture_that_was_made_anew_meanwhile_stays(database: Database, shelf: Witness) -> None:
    """Another process has deleted the old one, and somebody asked for it again, between the look and the deletion."""
    old = OLD[0]
    anew = replace(old, version=2, epoch=2, ended_at=BORN)
    put(database, old)
    fill(shelf, old)

    def make_anew() -> None:
        assert database.transact(lambda c: store.replace(c, anew))
        fill(shelf, anew)

    shelf.meanwhile = make_anew
    await once(database, shelf, FORGET)
    assert got(database, old) == anew
    assert blob_key(old.id, 2) in shelf.kept


# ---------------------------------------------------------------- for ever


class Enough(BaseException):
    """The test has seen what it wanted."""


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it sleeps each time; the clock goes on by that. The sixth is its last."""
    naps: list[float] = []
    clock = Clock()

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        clock.now += seconds
        if len(naps) == 6:
            raise Enough

    monkeypatch.setattr(upkeep, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(upkeep, "time", SimpleNamespace(time=clock))
    return naps


async def test_it_goes_on_after_whatever_it_meets(
    database: Database, watched: Watched, shelf: Witness, naps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    put(database, *OLD)
    fill(shelf, *OLD)
    watched.faults = [Unavailable("The database"), RuntimeError("a heron in the reeds"), None, OSError("a heron"), None]
    with caplog.at_level(logging.DEBUG), pytest.raises(Enough):
        await keep_up(watched, shelf, POLICY, FORGET)  # type: ignore[arg-type]
    assert phases(database) == ["purged"] * 3
    assert [facts(record) for record in caplog.records if record.name == "placeholder.jobs"] == [
        {"code": "unavailable"},
        {"error": "RuntimeError"},
        {"error": "OSError"},
    ]
    assert "heron" not in caplog.text
    assert all(30 <= nap <= 90 for nap in naps)
    assert len(set(naps)) > 1, "so that processes do not keep step"


async def test_it_survives_a_database_that_is_not_there(
    shelf: Witness, naps: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    absent = Database(open_engine("postgresql://nobody:hunter2@127.0.0.1:1/nothing"))
    try:
        with pytest.raises(Enough):
            await keep_up(absent, shelf, POLICY, FORGET)
    finally:
        absent.close()
    assert [(record.getMessage(), facts(record)) for record in caplog.records] == [("upkeep waits", {"code": "unavailable"})] * 6
    assert "hunter2" not in caplog.text


async def test_it_ends_when_it_is_told_to(database: Database) -> None:
    task = asyncio.create_task(keep_up(database, Shelf(), POLICY, KEEP))
    await asyncio.sleep(0.05)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
