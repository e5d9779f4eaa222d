"""The worker: every job is carried to its end, by one worker at a time, and sent once, whoever stands still, dies or closes."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from fixtures.simulation import BORN, KEY, Clock, Crash, Fetched, Painter, Process, Scripted, Shelf, a_world, an_ask

from placeholder.db.database import Database, open_engine
from placeholder.errors import Unavailable
from placeholder.jobs import store
from placeholder.jobs import worker as worker_module
from placeholder.jobs.breaker import Breaker
from placeholder.jobs.machine import Policy
from placeholder.jobs.model import ENDED, Job, Phase, State, blob_key
from placeholder.jobs.ports import NotStarted, Order, Prediction, Trouble, Unsure

QUICK = Policy(poll_s=0.03, grace_s=0.1, deadline_s=20, longest_wait_s=0.1)
RUNS, DONE, BODY = Prediction("p1"), Prediction("p1", output="https://x/p1"), Prediction("p1", body=b"picture")


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """As another process has it."""
    opened = Database(open_engine(database_url))
    yield opened
    opened.close()


@asynccontextmanager
async def started(database: Database, provider: Any, room: int = 8, **changes: Any) -> AsyncIterator[Process]:
    """A process that works, by the real time."""
    process = Process(database, a_world(provider, time.time, **{"policy": QUICK, **changes}), room)
    process.worker.start()
    try:
        yield process
    finally:
        await process.worker.close()
        await process.board.close()


def row(database: Database, job: Job | str) -> Job:
    found = database.transact(lambda c: store.by_id(c, job if isinstance(job, str) else job.id))
    assert found is not None
    return found


def rows(database: Database) -> list[Job]:
    return database.transact(lambda c: store.listed(c, None, None, 1000))


async def soon(fact: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not fact():
            await asyncio.sleep(0.01)


async def ends(database: Database, *jobs: Job) -> list[Job]:
    await soon(lambda: all(row(database, job).phase in ENDED for job in jobs))
    return [row(database, job) for job in jobs]


async def submitted(process: Process, number: int = 1) -> list[Job]:
    return [(await process.jobs.submit(an_ask(f"prompt {n}"), 3000, KEY)).job for n in range(number)]


def an_hour(_: Order) -> Any:
    return asyncio.sleep(3600)


# ---------------------------------------------------------------- by the real time


LIVES: dict[str, tuple[list[Any], list[Any]]] = {
    "runs, then is done": ([RUNS], [RUNS, DONE]),
    "runs, is handed over": ([RUNS], [BODY]),
    "done at once": ([DONE], []),
    "handed over at once": ([BODY], []),
    "unsure, then found": ([Unsure()], [DONE]),
    "not at first": ([NotStarted("429", 0.01), DONE], []),
}


@pytest.mark.parametrize(("start", "look"), LIVES.values(), ids=LIVES)
async def test_from_asked_to_ready(database: Database, start: list[Any], look: list[Any]) -> None:
    provider, shelf = Scripted(start=start, look=look, find=[None, RUNS]), Shelf()
    async with started(database, provider, blobs=shelf) as process:
        (job,) = await submitted(process)
        seen = [job]
        while seen[-1].state not in (State.READY, State.FAILED):
            await process.board.news([seen[-1]], 5)
            seen.append(await process.jobs.find(job.id))
    ready = row(database, job)
    assert (ready.phase, ready.thumbhash, ready.blur, ready.attempt) == (Phase.READY, "thumbhash", "data:,", 1)
    assert seen[-1] == ready, "told at once"
    assert shelf.kept == {blob_key(job.id, 1): b"picture"}
    assert len(provider.named("start")) == len(start)


async def test_a_job_begins_when_it_is_asked_for(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_LONGEST_REST_S", 3600)
    async with started(database, Scripted(start=[DONE])) as process:
        await asyncio.sleep(0.1)  # it rests by now
        await ends(database, *await submitted(process))


async def test_what_was_there_before_it_started(database: Database) -> None:
    idle = Process(database, a_world(Scripted(), time.time))
    jobs = await submitted(idle, 5)
    async with started(database, Scripted(start=[DONE])):
        assert {job.phase for job in await ends(database, *jobs)} == {Phase.READY}


async def test_no_more_steps_at_once_than_there_is_room_for(database: Database) -> None:
    now, most, is_full = 0, 0, asyncio.Event()

    async def paint(order: Order) -> Prediction:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 3:
            is_full.set()
        await is_full.wait()
        await asyncio.sleep(0.01)
        now -= 1
        return Prediction(order.name, body=b"picture")

    async with started(database, Scripted(start=[paint]), room=3) as process:
        await ends(database, *await submitted(process, 20))
    assert most == 3


async def test_two_workers_and_a_hundred_jobs(database: Database, other: Database) -> None:
    counted: Counter[str] = Counter()

    def paint(order: Order) -> Prediction:
        counted[order.name] += 1
        return Prediction(order.name, body=b"picture")

    idle = Process(database, a_world(Scripted(), time.time))
    jobs = await submitted(idle, 100)
    slow = Policy(lease_s=30, poll_s=0.05)
    async with started(database, Scripted(start=[paint]), policy=slow), started(other, Scripted(start=[paint]), policy=slow):
        assert {job.phase for job in await ends(database, *jobs)} == {Phase.READY}
    assert counted == Counter(f"{job.id}.1.1" for job in jobs), "each started exactly once"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_lease_lasts_as_long_as_its_step(database: Database, other: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_LONGEST_REST_S", 0.1)

    short = replace(QUICK, lease_s=1.2)

    class Slow(Fetched):
        async def fetch(self, url: str) -> bytes:
            self.asked.append(url)
            await asyncio.sleep(3)
            return b"picture"

    outputs, others = Slow(), Slow()
    async with started(database, Scripted(start=[DONE]), outputs=outputs, policy=short) as process:
        (job,) = await submitted(process)
        await soon(lambda: bool(outputs.asked))
        async with started(other, Scripted(start=[DONE]), outputs=others, policy=short):
            assert [ready.phase for ready in await ends(database, job)] == [Phase.READY]
    assert (len(outputs.asked), others.asked) == (1, [])


async def test_it_outlives_a_database_that_is_away(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    is_away = False

    def away_or(method: Any) -> Any:
        async def call(work: Any) -> Any:
            if is_away:
                raise Unavailable("The database")
            return await method(work)

        return call

    monkeypatch.setattr(database, "read", away_or(database.read))
    monkeypatch.setattr(database, "write", away_or(database.write))
    may_answer = asyncio.Event()

    async def start(order: Order) -> Prediction:
        await may_answer.wait()
        return BODY

    provider = Scripted(start=[start])
    async with started(database, provider, policy=Policy(poll_s=0.05)) as process:
        (job,) = await submitted(process)
        await soon(lambda: bool(provider.calls))
        is_away = True
        may_answer.set()  # what it says must not be lost
        await asyncio.sleep(0.3)
        assert row(database, job).phase is Phase.SUBMITTING
        is_away = False
        assert [ready.phase for ready in await ends(database, job)] == [Phase.READY]
        await ends(database, *(await submitted(process, 3)))
    assert len(provider.named("start")) == 3


@pytest.mark.parametrize("point", ["claim.after_commit", "provider.before_call", "provider.after_call", "provider.after_commit"])
async def test_it_outlives_its_own_faults(database: Database, point: str) -> None:
    left = 2

    def at(passed: str) -> None:
        nonlocal left
        if passed == point and left:
            left -= 1
            raise ZeroDivisionError(point)

    provider = Scripted(start=[RUNS], look=[BODY], find=[RUNS])
    async with started(database, provider, at=at, policy=replace(QUICK, lease_s=0.5)) as process:
        jobs = await submitted(process, 4)
        assert {job.phase for job in await ends(database, *jobs)} == {Phase.READY}
    assert left == 0
    assert max(Counter(order.name for order in provider.named("start")).values(), default=1) == 1


# ---------------------------------------------------------------- closing


async def test_closing_lets_steps_end(database: Database) -> None:
    async def slowly(_: Order) -> Prediction:
        await asyncio.sleep(0.3)
        return RUNS

    provider = Scripted(start=[slowly])
    async with started(database, provider) as process:
        (job,) = await submitted(process)
        await soon(lambda: bool(provider.calls))
    assert (row(database, job).phase, row(database, job).prediction) == (Phase.RUNNING, "p1")
    assert process.under_way() == set()


async def test_closing_frees_what_it_cannot_end(database: Database, other: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_CLOSING_S", 0.1)
    stuck, taking_over = Scripted(start=[an_hour]), Scripted(find=[BODY])
    long = Policy(lease_s=600, poll_s=0.05)
    async with started(database, stuck, policy=long) as process:
        (job,) = await submitted(process)
        await soon(lambda: bool(stuck.calls))
    assert process.under_way() == set()
    held = row(database, job)
    assert held.phase is Phase.SUBMITTING
    assert held.due_at is not None
    assert held.due_at <= time.time()
    async with started(other, taking_over, policy=long):
        assert [ready.phase for ready in await ends(database, job)] == [Phase.READY]
    assert [call for call, _ in taking_over.calls] == ["find"], "looked for, not sent again"


async def test_closing_in_the_middle_of_a_claim(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was claimed is sent. Else it would be on record as sent, and nobody would have sent it."""
    committed, write = asyncio.Event(), database.write

    async def slow_answer(work: Any) -> Any:
        answer = await write(work)
        if isinstance(answer, list) and answer:
            committed.set()
            await asyncio.sleep(0.2)
        return answer

    monkeypatch.setattr(database, "write", slow_answer)
    provider = Scripted(start=[RUNS])
    async with started(database, provider) as process:
        (job,) = await submitted(process)
        await committed.wait()
    assert row(database, job).phase is Phase.RUNNING
    assert len(provider.named("start")) == 1


async def test_closing_twice_or_unstarted(database: Database) -> None:
    process = Process(database, a_world(Scripted(), time.time))
    await process.worker.close()
    process.worker.start()
    await process.worker.close()
    await process.worker.close()


# ---------------------------------------------------------------- two processes, and a clock set by hand


class Pair:
    """Two processes, one painter."""

    def __init__(self, database: Database, other: Database) -> None:
        self.clock, self.database = Clock(), database
        self.painter, self.shelf = Painter(self.clock), Shelf()
        changes = {"outputs": self.painter, "blobs": self.shelf}
        self.one, self.two = (Process(own, a_world(self.painter, self.clock, **changes)) for own in (database, other))

    async def work(self, process: Process, seconds: float = 0, mood: str | None = None) -> Job:
        """The one job, after `process` has looked once."""
        self.clock.now += seconds
        if mood:
            self.painter.moods.append(mood)
        await process.work(self.painter.hanging)
        return self.job

    async def goes_on(self) -> Job:
        for event in self.painter.hanging.values():
            event.set()
        await self.one.settle()
        await self.two.settle()
        return self.job

    @property
    def job(self) -> Job:
        (job,) = rows(self.database)
        return job

    def end(self, how: str = "done") -> None:
        for made in self.painter.ledger.values():
            made.end(how)


@pytest.fixture
async def pair(database: Database, other: Database) -> AsyncIterator[Pair]:
    pair = Pair(database, other)
    await pair.one.jobs.submit(an_ask(), 3000, KEY)
    yield pair
    await pair.one.die()
    await pair.two.die()


async def test_whoever_is_stuck_loses_the_job_and_cannot_write_over_what_became_of_it(pair: Pair) -> None:
    await pair.work(pair.one, mood="hangs")
    assert (await pair.work(pair.two, 29)).attempt == 1, "the lease still holds"
    pair.end()
    ready = await pair.work(pair.two, 2)
    assert (ready.phase, ready.prediction) == (Phase.READY, "p0")
    assert await pair.goes_on() == ready
    assert len(pair.painter.ledger) == 1


async def test_a_late_answer_is_adopted_while_it_is_still_looked_for(pair: Pair) -> None:
    pair.painter.lag = 1000
    await pair.work(pair.one, mood="hangs")
    assert (await pair.work(pair.two, 31)).looks == 1
    job = await pair.goes_on()
    assert (job.phase, job.prediction) == (Phase.RUNNING, "p0")
    pair.end()
    assert (await pair.work(pair.two, 11)).phase is Phase.READY
    assert len(pair.painter.ledger) == 1


async def test_a_late_answer_is_adopted_before_the_next_attempt(pair: Pair) -> None:
    pair.painter.lag = 1000
    await pair.work(pair.one, mood="hangs")
    await pair.work(pair.two, 31)
    assert (await pair.work(pair.two, 31)).phase is Phase.QUEUED
    job = await pair.goes_on()
    assert (job.phase, job.prediction, job.attempt) == (Phase.RUNNING, "p0", 1)
    assert len(pair.painter.ledger) == 1


async def test_a_late_answer_comes_too_late_for_the_next_attempt(pair: Pair) -> None:
    pair.painter.lag = 1000
    await pair.work(pair.one, mood="hangs")
    for seconds in (31, 31, 3):
        second = await pair.work(pair.two, seconds)
    assert (second.phase, second.prediction, second.attempt) == (Phase.RUNNING, "p1", 2)
    assert await pair.goes_on() == second


async def test_a_stuck_fetch_is_done_by_another(pair: Pair) -> None:
    await pair.work(pair.one)
    pair.end()
    hooked = next(iter(pair.painter.ledger.values()))
    await pair.one.jobs.deliver("msg_1", hooked.order.job, 1, 1, hooked.now)
    assert (await pair.work(pair.one, mood="hangs")).phase is Phase.FETCHING
    ready = await pair.work(pair.two, 31)
    assert ready.phase is Phase.READY
    kept = dict(pair.shelf.kept)
    assert await pair.goes_on() == ready
    assert pair.shelf.kept == kept


async def test_webhook_first_then_the_answer(pair: Pair) -> None:
    """The job is taken at once for what the webhook said, though the order is not answered yet."""
    await pair.work(pair.one, mood="hangs")
    pair.end()
    (made,) = pair.painter.ledger.values()
    await pair.one.jobs.deliver("msg_1", made.order.job, 1, 1, made.now)
    ready = await pair.work(pair.one)
    assert ready.phase is Phase.READY
    assert await pair.goes_on() == ready


async def test_a_step_whose_own_lease_ran_out_still_decides(pair: Pair) -> None:
    await pair.work(pair.one)
    pair.end()
    pair.clock.now += 6
    looks = await pair.work(pair.one, mood="hangs")
    assert looks.phase is Phase.RUNNING
    again = await pair.work(pair.one, 31)
    assert again.version == looks.version + 1, "taken by the same process once more"
    assert len(pair.painter.hanging) == 1
    assert (await pair.goes_on()).phase is Phase.READY


@pytest.mark.parametrize("mood", ["lost after", "foreign after"])
async def test_an_order_that_came_through_is_never_repeated(pair: Pair, mood: str) -> None:
    pair.painter.lag = 20
    await pair.work(pair.one, mood=mood)
    for seconds in (6, 6, 6):
        assert (await pair.work(pair.two, seconds)).phase is Phase.SUBMITTING
    assert (await pair.work(pair.two, 6)).phase is Phase.RUNNING
    assert len(pair.painter.ledger) == 1


async def test_an_order_that_was_lost_is_repeated_after_the_grace_time(pair: Pair) -> None:
    await pair.work(pair.one, mood="lost before")
    for _ in range(10):
        assert (await pair.work(pair.two, 5.5)).attempt == 1
    for _ in range(2):
        await pair.work(pair.two, 5.5)
    assert pair.job.attempt == 2
    assert len(pair.painter.ledger) == 1


async def test_three_attempts_and_no_more(pair: Pair) -> None:
    for attempt in range(1, 4):
        assert (await pair.work(pair.one, 10)).attempt == attempt
        pair.end("broke")
        await pair.work(pair.one, 6)
    assert (pair.job.phase, pair.job.code) == (Phase.FAILED, "generation_failed")
    assert len(pair.painter.ledger) == 3


async def test_what_takes_too_long_is_cancelled(pair: Pair) -> None:
    await pair.work(pair.one)
    for _ in range(20):
        await pair.work(pair.one, 61)
    assert (pair.job.phase, pair.job.code) == (Phase.FAILED, "timeout")
    assert pair.painter.ledger["p0"].ending is not None


async def test_crashed_after_the_claim(pair: Pair, database: Database) -> None:
    def dies(point: str) -> None:
        if point == "provider.before_call":
            raise Crash

    doomed = Process(database, a_world(pair.painter, pair.clock, at=dies))
    with pytest.raises(Crash):
        await doomed.work()
    await doomed.die()
    for seconds in (31, 6, 31, 6):
        await pair.work(pair.two, seconds)
    assert (pair.job.attempt, len(pair.painter.ledger)) == (2, 1)


@pytest.mark.parametrize(
    ("point", "phase", "due"), [("provider.after_commit", Phase.RUNNING, 5), ("store.after_ready", Phase.READY, None)]
)
async def test_what_is_put_off_is_not_prolonged(database: Database, point: str, phase: Phase, due: float | None) -> None:
    """Nor what has ended, of which the database would hear nothing."""
    prolonging: list[asyncio.Task[None]] = []

    def at(passed: str) -> None:
        if passed == point:
            prolonging.append(asyncio.create_task(process.worker._prolong()))

    says = RUNS if phase is Phase.RUNNING else BODY
    process = Process(database, a_world(Scripted(start=[says]), Clock(), at=at))
    (job,) = await submitted(process)
    await process.work()
    await asyncio.gather(*prolonging)
    assert prolonging
    assert (row(database, job).phase, row(database, job).due_at) == (phase, due and BORN + due)


# ---------------------------------------------------------------- when the provider fails


async def test_the_breaker_opens_and_tries_one_at_a_time(database: Database) -> None:
    """A10: jobs stay, what runs is looked after, and one order at a time asks whether it is over."""
    clock, breaker, is_down = Clock(), Breaker(), False

    def paint(order: Order) -> Any:
        return NotStarted("503", 0.01) if is_down else Prediction(order.name)

    provider = Scripted(start=[paint], look=[RUNS])
    process = Process(database, a_world(provider, clock, breaker=breaker), room=8)
    await submitted(process)
    await process.work()
    is_down = True
    await submitted(process, 30)
    for _ in range(20):
        clock.now += 0.1
        await process.work()
    # Those under way when it opened have told too.
    assert 10 <= len(provider.named("start")) - 1 <= 17
    sent, looked = len(provider.named("start")), len(provider.named("look"))
    for _ in range(10):
        clock.now += 1
        await process.work()
    assert len(provider.named("start")) == sent
    assert len(provider.named("look")) > looked
    for rested in (60, 60):
        clock.now += rested
        for _ in range(5):
            await process.work()
            clock.now += 0.1
        sent += 1
        assert len(provider.named("start")) == sent
    is_down = False
    clock.now += 60
    for _ in range(12):
        await process.work()
        clock.now += 0.1
    assert {job.phase for job in rows(database)} == {Phase.RUNNING}


async def test_one_probe_though_it_takes_its_time(database: Database) -> None:
    clock, breaker = Clock(), Breaker(failures=10)
    painter = Painter(clock)
    process = Process(database, a_world(painter, clock, breaker=breaker), room=8)
    await submitted(process, 8)
    painter.moods.extend(["hangs"] * 8)
    for _ in range(5):
        await process.work(painter.hanging)
    assert len(painter.ledger) == 1
    for event in painter.hanging.values():
        event.set()
    await process.settle()
    painter.moods.clear()
    await process.work()
    assert len(painter.ledger) == 8
    await process.die()


async def test_who_waits_in_vain_is_told(database: Database) -> None:
    clock, breaker = Clock(), Breaker(failures=10, rests_until=BORN + 1e6)
    process = Process(database, a_world(Scripted(), clock, breaker=breaker))
    (job,) = await submitted(process)
    for seconds in (1, 898):
        clock.now += seconds
        await process.work()
        assert row(database, job).phase is Phase.QUEUED
    clock.now += 1
    await process.work()
    assert (row(database, job).phase, row(database, job).code) == (Phase.FAILED, "provider_unavailable")
    assert process.board.glance(job.id) == row(database, job)
    assert process.under_way() == set()


async def test_strays_are_stopped_and_nobody_minds_if_not(database: Database) -> None:
    class Deaf(Scripted):
        async def cancel(self, prediction: str) -> None:
            await super().cancel(prediction)
            raise Trouble

    provider = Deaf()
    process = Process(database, a_world(provider, Clock()))
    process.worker.cancel_soon("p9")
    await process.settle()
    assert provider.named("cancel") == ["p9"]


# ---------------------------------------------------------------- how it fares, in a word


async def test_it_is_well_from_its_start_to_its_end(database: Database) -> None:
    process = Process(database, a_world(Scripted([], []), time.time, policy=QUICK), 1)
    assert process.worker.state() == "down"
    process.worker.start()
    assert process.worker.state() == "ok"
    await process.worker.close()
    assert process.worker.state() == "down"
    await process.board.close()


async def test_it_is_late_when_a_turn_hangs(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_LATE_S", 0.05)
    async with started(database, Scripted([], [])) as process:
        assert process.worker.state() == "ok"
        hanging = asyncio.Event()
        monkeypatch.setattr(process.worker, "_take", lambda: hanging.wait())
        process.worker.wake()
        await soon(lambda: process.worker.state() == "late")
        hanging.set()
