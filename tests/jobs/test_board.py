"""What a process knows of jobs: never older than what it has shown, fresh within a quarter of a second, and nobody waits in vain
or is left behind."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from fixtures.simulation import BORN, Clock, a_job
from sqlalchemy import Connection

from placeholder.db.database import Database, open_engine
from placeholder.errors import Unavailable
from placeholder.jobs import board as board_module
from placeholder.jobs import store
from placeholder.jobs.board import FRESH_S, Board
from placeholder.jobs.model import Job, State

T = TypeVar("T")


class Slow:
    """A database that counts its reads, and can keep answers back: each is as it was when it was asked for."""

    def __init__(self, database: Database) -> None:
        self.database, self.reads = database, 0
        self.open = asyncio.Event()
        self.open.set()
        self.fails: Exception | None = None

    async def read(self, work: Callable[[Connection], T]) -> T:
        self.reads += 1
        if self.fails:
            raise self.fails
        answer = await self.database.read(work)
        await self.open.wait()
        return answer


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """As another process has it."""
    opened = Database(open_engine(database_url))
    yield opened
    opened.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the board takes for the time."""
    clock = Clock()
    monkeypatch.setattr(board_module, "time", SimpleNamespace(monotonic=clock, time=clock))
    return clock


def put(database: Database, *jobs: Job) -> None:
    database.transact(lambda c: [store.add(c, job) for job in jobs])


def grown(job: Job, **changes: Any) -> Job:
    return replace(job, version=job.version + 1, updated_at=time.time(), **changes)


async def soon(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not fact():
            await asyncio.sleep(0.005)


async def reads_at_least(slow: Slow, number: int) -> None:
    await soon(lambda: slow.reads >= number)
    await slow.database.read(lambda _: None)  # in the same threads
    await slow.database.read(lambda _: None)


def tasks() -> set[Any]:
    return asyncio.all_tasks() - {asyncio.current_task()}


# ---------------------------------------------------------------- views


async def test_what_was_read_is_believed_for_a_quarter_of_a_second(database: Database, clock: Clock) -> None:
    slow, job = Slow(database), a_job()
    board = Board(slow)  # type: ignore[arg-type]
    put(database, job)
    assert board.glance(job.id) is None
    assert await board.view(job.id) == job == board.glance(job.id)
    later = grown(job)
    database.transact(lambda c: store.replace(c, later))
    clock.now += FRESH_S
    assert await board.view(job.id) == job == board.glance(job.id)
    assert await board.views([job.id]) == {job.id: job}
    assert slow.reads == 1
    clock.now += 0.001
    assert board.glance(job.id) is None
    assert await board.view(job.id) == later
    assert slow.reads == 2
    clock.now += 1
    assert await board.views([job.id, "a" * 16]) == {job.id: later}
    assert slow.reads == 3


async def test_a_hundred_who_look_at_once_are_one_read(database: Database) -> None:
    slow, job = Slow(database), a_job()
    board = Board(slow)  # type: ignore[arg-type]
    put(database, job)
    assert await asyncio.gather(*(board.view(job.id) for _ in range(100))) == [job] * 100
    assert slow.reads == 1
    assert await asyncio.gather(*(board.view("a" * 16) for _ in range(100))) == [None] * 100
    assert slow.reads == 2
    assert board._reading == {}


async def test_all_that_is_asked_for_at_once_is_one_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, jobs = Slow(database), [a_job(number) for number in range(30)]
    board = Board(slow)  # type: ignore[arg-type]
    put(database, *jobs)
    ids = [job.id for job in jobs]
    alone = [board.view(job) for job in ids[:20]]
    together = board.views([*ids[10:], "a" * 16])
    *views, told = await asyncio.gather(*alone, together)
    assert views == jobs[:20]
    assert told == dict(zip(ids[10:], jobs[10:], strict=True))
    assert slow.reads == 1
    monkeypatch.setattr(board_module, "_MOST_READ", 12)
    board = Board(slow)  # type: ignore[arg-type]
    assert await asyncio.gather(*(board.view(job) for job in ids)) == jobs
    assert slow.reads == 1 + 3
    assert board._reading == {}


async def test_a_shared_board_believes_nothing_but_finished_pictures(database: Database, other: Database, clock: Clock) -> None:
    slow, job = Slow(database), a_job()
    board = Board(slow, is_shared=True)  # type: ignore[arg-type]
    put(other, job)
    before = await board.view(job.id)
    for state in (State.GENERATING, State.FAILED, State.PENDING, State.READY):
        assert board.glance(job.id) is None
        after = grown(before, state=state)
        other.transact(lambda c, after=after: store.replace(c, after))  # type: ignore[misc]
        assert await board.view(job.id) == after
        assert await board.views([job.id]) == {job.id: after}
        before = after
    assert board.glance(job.id) == before
    asked = slow.reads
    assert await board.view(job.id) == before
    assert slow.reads == asked, "a picture that is asked for often costs no read"
    clock.now += FRESH_S + 0.001
    assert board.glance(job.id) is None, "it may be deleted"


async def test_a_shared_board_joins_no_read_that_began_before(database: Database, other: Database) -> None:
    """Another process may have told the same client more meanwhile."""
    slow, job = Slow(database), a_job()
    board = Board(slow, is_shared=True)  # type: ignore[arg-type]
    put(other, job)
    slow.open.clear()
    early = asyncio.create_task(board.view(job.id))
    await reads_at_least(slow, 1)
    changed = grown(job)
    await other.write(lambda c: store.replace(c, changed))
    late = [asyncio.create_task(board.view(job.id)) for _ in range(100)]
    await asyncio.sleep(0.02)
    slow.open.set()
    assert await early == job
    assert await asyncio.gather(*late) == [changed] * 100
    assert slow.reads == 2, "one for all who came meanwhile"
    assert board._reading == {}


async def test_one_who_leaves_takes_nobody_along(database: Database) -> None:
    slow, job = Slow(database), a_job()
    board = Board(slow)  # type: ignore[arg-type]
    put(database, job)
    slow.open.clear()
    views = [asyncio.create_task(board.view(job.id)) for _ in range(3)]
    await reads_at_least(slow, 1)
    views[0].cancel()
    slow.open.set()
    assert await asyncio.gather(*views[1:]) == [job, job]
    with pytest.raises(asyncio.CancelledError):
        await views[0]


async def test_what_is_not_there_may_come(database: Database) -> None:
    board, job = Board(database), a_job()
    assert await board.view(job.id) is None
    assert await board.views([job.id]) == {}
    put(database, job)
    assert await board.view(job.id) == job, "and that it was not there is not remembered"


async def test_a_database_that_does_not_answer(database: Database, clock: Clock) -> None:
    slow, job = Slow(database), a_job()
    board = Board(slow)  # type: ignore[arg-type]
    put(database, job)
    slow.fails = Unavailable("The database")
    for outcome in await asyncio.gather(*(board.view(job.id) for _ in range(3)), board.views([job.id]), return_exceptions=True):
        assert isinstance(outcome, Unavailable)
    assert board._reading == {}
    board.tell(job)
    assert await board.view(job.id) == job, "what is fresh needs no database"
    slow.fails, clock.now = None, clock.now + 1
    assert await board.view(job.id) == job


@pytest.mark.parametrize("passes", [0, FRESH_S, 60.0])
async def test_a_slow_read_never_goes_back(database: Database, clock: Clock, passes: float) -> None:
    """P-86: however long ago the newer one was told."""
    slow, job = Slow(database), a_job()
    board = Board(slow)  # type: ignore[arg-type]
    put(database, job)
    slow.open.clear()
    reads: list[Awaitable[Any]] = [asyncio.create_task(board.view(job.id)), asyncio.create_task(board.views([job.id]))]
    await reads_at_least(slow, 1)
    newer = grown(job)
    board.tell(newer)
    clock.now += passes
    slow.open.set()
    assert await asyncio.gather(*reads) == [newer, {job.id: newer}]
    board.tell(job)
    clock.now -= passes
    assert board.glance(job.id) == newer


async def test_a_read_that_was_too_early_does_not_deny_what_was_told(database: Database, clock: Clock) -> None:
    """What was accepted is there, also for whoever looked just before."""
    slow, job = Slow(database), a_job()
    board = Board(slow)  # type: ignore[arg-type]
    slow.open.clear()
    early = asyncio.create_task(board.view(job.id))
    await reads_at_least(slow, 1)
    board.tell(job)
    clock.now += 1
    late = asyncio.create_task(board.view(job.id))
    await asyncio.sleep(0)
    slow.open.set()
    assert await asyncio.gather(early, late) == [job, job]


async def test_a_board_that_forgets_asks_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "_KEPT_BYTES", 10_000)
    board, jobs = Board(database), [a_job(number) for number in range(60)]
    put(database, *jobs)
    ids = [job.id for job in jobs]
    assert list((await board.views(ids)).values()) == jobs
    assert list((await board.views(ids)).values()) == jobs
    assert sum(board.glance(job) is not None for job in ids) < 10


# ---------------------------------------------------------------- waiting


async def waits(board: Board, *seen: Job, seconds: float = 60) -> float:
    began = time.monotonic()
    await board.news(seen, seconds)
    return time.monotonic() - began


async def test_whoever_waits_is_woken_by_what_is_told(database: Database) -> None:
    board, job, another = Board(database), a_job(0), a_job(1)
    waiting = [asyncio.create_task(waits(board, job)), asyncio.create_task(waits(board, another, job))]
    idle = asyncio.create_task(waits(board, another, seconds=0.4))
    await asyncio.sleep(0.02)
    board.tell(grown(job))
    assert max(await asyncio.gather(*waiting)) < 20
    assert await idle >= 0.39
    await board.close()


async def test_what_is_no_news_wakes_nobody(database: Database) -> None:
    board, job = Board(database), a_job(version=5)
    board.tell(job)
    waiting = asyncio.create_task(waits(board, job, seconds=0.2))
    await asyncio.sleep(0.02)
    for version in (1, 4, 5):
        board.tell(replace(job, version=version))
    assert await waiting >= 0.19
    await board.close()


async def test_who_comes_late_has_missed_nothing(database: Database) -> None:
    board, job = Board(database), a_job()
    board.tell(grown(job))
    assert await waits(board, a_job(1), job) < 20
    await board.close()


async def test_news_of_other_processes(database: Database, other: Database) -> None:
    board, jobs = Board(database), [a_job(number) for number in range(3)]
    put(other, *jobs)
    waiting = asyncio.create_task(waits(board, *jobs))
    await asyncio.sleep(0.05)
    changed = grown(jobs[2])
    await other.write(lambda c: store.replace(c, changed))
    assert await waiting < 20
    assert board.glance(jobs[2].id) == changed
    await board.close()


async def test_news_of_another_process_whose_clock_is_behind(database: Database, other: Database) -> None:
    board, job = Board(database), a_job()
    put(other, job)
    waiting = asyncio.create_task(waits(board, job))
    await asyncio.sleep(0.05)
    late = replace(grown(job), updated_at=time.time() - 2)
    await other.write(lambda c: store.replace(c, late))
    assert await waiting < 20
    await board.close()


async def test_news_after_the_database_was_away(database: Database, other: Database) -> None:
    slow, job = Slow(database), a_job()
    board = Board(slow)  # type: ignore[arg-type]
    put(other, job)
    slow.fails = Unavailable("The database")
    waiting = asyncio.create_task(waits(board, job))
    await soon(lambda: slow.reads >= 1)
    changed = grown(job)
    await other.write(lambda c: store.replace(c, changed))
    await soon(lambda: slow.reads >= 2)
    slow.fails = None
    assert await waiting < 20
    await board.close()


async def test_five_hundred_who_wait_and_nothing_left_of_them(database: Database, other: Database) -> None:
    slow, jobs = Slow(database), [a_job(number) for number in range(10)]
    board = Board(slow)  # type: ignore[arg-type]
    put(other, *jobs)
    waiting = [asyncio.create_task(waits(board, jobs[n % 10], jobs[(n + 1) % 10], seconds=60)) for n in range(450)]
    gone = [asyncio.create_task(waits(board, jobs[n % 10], seconds=60)) for n in range(50)]
    await asyncio.sleep(0.05)
    for task in gone:
        task.cancel()
    for job in jobs[::2]:
        changed = grown(job)
        await other.write(lambda c, changed=changed: store.replace(c, changed))  # type: ignore[misc]
    longest = max(await asyncio.gather(*waiting))
    assert longest < 20
    assert slow.reads <= 2 * (longest / FRESH_S + 2), "for all of them together, a few times a second"
    await asyncio.gather(*gone, return_exceptions=True)
    assert board._waiting == {}
    await soon(lambda: not tasks())  # the look-out goes when nobody waits
    again = asyncio.create_task(waits(board, a_job(11), seconds=0.05))
    assert await again >= 0.04
    await board.close()
    assert not tasks()


async def test_an_end_for_all_who_wait(database: Database) -> None:
    board = Board(database)
    waiting = [asyncio.create_task(waits(board, a_job(n), seconds=60)) for n in range(20)]
    await asyncio.sleep(0.02)
    await board.close()
    assert max(await asyncio.gather(*waiting)) < 20
    assert await waits(board, a_job(), seconds=60) < 20, "nor does anybody wait from now on"
    assert board._waiting == {}
    assert not tasks()
    await board.close()


def test_boards_are_made_before_there_is_a_loop(database: Database) -> None:
    board = Board(database)
    board.tell(a_job())
    assert board.glance(a_job().id) is not None
    assert a_job().created_at == BORN
