"""Two processes that die at any point, a provider with moods, and a clock that jumps: nothing accepted is lost, nobody pays
twice, and in the end every job has ended.

Hypothesis makes up what happens; what runs is the real service, board, worker and store, on SQLite. Nothing of it depends on
threads or on the time of day, and no choice depends on how far things have come, so a failure can be played again.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple, TypeVar

import pytest
from fixtures.simulation import KEY, LONGEST_LAG, Clock, Crash, Painter, Painting, Process, Shelf, Steady, a_world, an_ask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from placeholder.db.database import open_engine
from placeholder.db.schema import migrate
from placeholder.db.tables import metadata, usage
from placeholder.errors import NoSuchPicture
from placeholder.jobs import store
from placeholder.jobs.machine import Policy
from placeholder.jobs.model import ENDED, FAILURES, Ask, Job, Phase, State, blob_key
from placeholder.jobs.ports import Order, Prediction
from placeholder.jobs.service import ask_again

T = TypeVar("T")

POLICY = Policy()
LIMITED = replace(KEY, jobs_per_day=1_000_000)
ASKS = [an_ask("a heron"), an_ask("a heron", seed=7), an_ask("an otter")]
IDLE = "idle"
POINTS = (
    "submit.before_insert", "submit.before_commit", "submit.after_commit", "claim.after_commit", "provider.before_call",
    "provider.after_call", "provider.after_commit", "hook.before_commit", "hook.after_commit", "store.after_write",
    "store.after_rename", "store.after_ready", IDLE,
)  # fmt: skip
MOODS = (
    "late", "lost before", "lost after", "busy", "down", "closed", "invalid", "blocked", "foreign", "foreign after", "at once",
    "hook first", "hangs", "hangs", "output trouble", "output gone", "output refused", "output junk",
)  # fmt: skip
RANK = {State.PENDING: 0, State.GENERATING: 1, State.READY: 2, State.FAILED: 2}


class Weather(NamedTuple):
    """How the world is while a process works."""

    seconds: float
    """That have passed."""
    mood: str
    nap: float
    lag: float
    is_deaf: bool
    dies_at: str | None
    ending: str | None
    """How it ends afterwards for all that runs at the painter's."""


number = st.integers(0, 1)
anything = st.integers(0, 5)
points = st.sampled_from([None] * 3 * len(POINTS) + list(POINTS))
weather = st.builds(
    Weather,
    seconds=st.sampled_from([0, 6, 31, 61, 1, 20, 300, 3600]),
    mood=st.sampled_from(["well"] * len(MOODS) + list(MOODS)),
    nap=st.sampled_from([0, 0, 0, 0, 10, 70, 4000]),
    lag=st.sampled_from([0, LONGEST_LAG]),
    is_deaf=st.sampled_from([False, False, False, True]),
    dies_at=points,
    ending=st.sampled_from([None, None, "done", "broke", "nsfw", "failed"]),
)


class Simulation(RuleBasedStateMachine):
    database: Steady
    times: SimpleNamespace
    """What the board takes for the module `time`."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = self.times.time = self.times.monotonic = Clock()
        self.painter = Painter(self.clock, hook=self._hook_first)
        self.shelf = Shelf(self._at)
        self.dies_at: str | None = None
        self.accepted: dict[str, str] = {}
        self.seen: dict[str, Job] = {}
        self.shown: dict[str, bytes] = {}
        for table in metadata.sorted_tables:
            self.database.transact(lambda c, table=table: c.execute(table.delete()).rowcount)  # type: ignore[misc]
        self.processes = [self._born(), self._born()]

    # ------------------------------------------------------------ how it runs

    def _born(self) -> Process:
        painter, shelf = self.painter, self.shelf
        return Process(self.database, a_world(painter, self.clock, outputs=painter, blobs=shelf, policy=POLICY, at=self._at))

    def _at(self, point: str) -> None:
        if point == self.dies_at:
            self.dies_at = None
            raise Crash(point)

    def _run(self, number: int, work: Callable[[Process], Awaitable[T]]) -> T | None:
        """None where the process died of it."""

        async def attempt() -> T | None:
            try:
                return await work(self.processes[number])
            except Crash:
                await self._die(number)
                return None

        return self.runner.run(attempt())

    async def _die(self, number: int) -> None:
        await self.processes[number].die()
        await self.database.write(lambda _: None)  # what it had ordered of the database is done by then
        self.processes[number] = self._born()

    async def _hook_first(self, made: Painting) -> None:
        await self._tell(self.processes[0], "first", made, made.now)

    async def _tell(self, process: Process, webhook: str, made: Painting, news: Prediction) -> None:
        order = made.order
        stray = await process.jobs.deliver(f"{webhook}.{made.id}", order.job, order.epoch, order.attempt, news)
        if stray:
            await process.worker.cancel(stray.prediction)

    def _jobs(self) -> dict[str, Job]:
        return {job.id: job for job in self.database.transact(lambda c: store.listed(c, None, None, 100))}

    # ------------------------------------------------------------ what happens

    @rule(number=number, ask=st.sampled_from(ASKS), dies_at=points)
    def submit(self, number: int, ask: Ask, dies_at: str | None) -> None:
        self.dies_at = dies_at
        answer = self._run(number, lambda process: process.jobs.submit(ask, 3000, LIMITED))
        if answer:
            assert self.accepted.setdefault(answer.job.id, answer.job.url) == answer.job.url

    @rule(number=number, weather=weather)
    def work(self, number: int, weather: Weather) -> None:
        painter = self.painter
        self.clock.now += weather.seconds
        self.dies_at = weather.dies_at
        painter.moods.append(weather.mood)
        painter.nap, painter.lag, painter.is_deaf = weather.nap, weather.lag, weather.is_deaf
        if weather.dies_at == IDLE:
            self.runner.run(self._die(number))
        self._run(number, lambda process: process.work(painter.hanging))
        painter.moods.clear()
        if weather.ending:
            self._end(weather.ending)

    @rule(one=weather, other=weather)
    def both_work(self, one: Weather, other: Weather) -> None:
        self.work(0, one)
        self.work(1, other)

    def _end(self, how: str) -> None:
        for made in self.painter.ledger.values():
            made.end(how)

    def _painting(self, which: int) -> Painting | None:
        """One of the newest."""
        made = list(self.painter.ledger.values())
        return made[-1 - which] if which < len(made) else None

    @rule(number=number, which=anything, is_begin=st.booleans(), dies_at=points)
    def webhook(self, number: int, which: int, is_begin: bool, dies_at: str | None) -> None:
        """In any order, as often as it likes, as late as it likes."""
        self.dies_at = dies_at
        made = self._painting(which)
        if made:
            news = Prediction(made.id) if is_begin else made.now
            kind = "begin" if is_begin else "end" if made.ending else "half"
            self._run(number, lambda process: self._tell(process, kind, made, news))

    @rule(number=number, which=anything, other=anything, how=st.integers(0, 3))
    def foreign_webhook(self, number: int, which: int, other: int, how: int) -> None:
        """Of an unknown job, for another attempt, with another's prediction."""
        made, foreign = self._painting(which), self._painting(other)
        if made and foreign:
            before = self._jobs()
            job = before[made.order.job]
            order: Order = [
                replace(made.order, job="a" * 16), replace(made.order, epoch=job.epoch + 1),
                replace(made.order, attempt=job.attempt + 1), made.order,
            ][how]  # fmt: skip
            # The address proves itself, so only a job's own prediction can come as its first.
            if order is not made.order or job.prediction not in (None, foreign.id):
                call = f"foreign {self.clock()}", order.job, order.epoch, order.attempt, foreign.now
                self._run(number, lambda process: process.jobs.deliver(*call))
            assert self._jobs() == before

    @rule()
    def what_hung_goes_on(self) -> None:
        async def release() -> None:
            for event in self.painter.hanging.values():
                event.set()
            while self.painter.hanging:
                await asyncio.sleep(0)

        self.runner.run(release())
        for number in (0, 1):
            self._run(number, lambda process: process.settle())

    @rule()
    def operator_retries(self) -> None:
        for job in self._jobs().values():
            if job.code:
                self.database.transact(lambda c, job=job: ask_again(c, job.id, self.clock()))  # type: ignore[misc]

    # ------------------------------------------------------------ what holds

    @invariant()
    def holds(self) -> None:
        jobs = self._jobs()
        for name, url in self.accepted.items():
            assert name in jobs, "what was accepted is there"
            assert jobs[name].url == url
        for name, job in jobs.items():
            before = self.seen.get(name, job)
            if before.epoch == job.epoch:
                assert RANK[job.state] >= RANK[before.state], "states only rise"
                assert before.phase not in ENDED or job.phase is before.phase, "an end is the end"
            else:
                assert before.code, "only a failed one begins anew"
                assert FAILURES[before.code].may_ask_again
            if job.phase is Phase.READY:
                body = self.shelf.kept[blob_key(job.id, job.epoch)]
                assert body == f"{job.id} {job.epoch}".encode()
                assert self.shown.setdefault(name, body) == body
            if job.phase not in ENDED:
                assert job.due_at is not None
                assert job.due_at <= self.clock() + 1.5 * POLICY.longest_wait_s, "somebody will look at it soon"
        self.seen = jobs
        self._pays_once()
        self.runner.run(self._finds())

    def _pays_once(self) -> None:
        made = Counter(painting.of for painting in self.painter.ledger.values())
        spoilt = Counter(painting.of for painting in self.painter.ledger.values() if painting.is_spoilt)
        for of, paid in made.items():
            assert paid <= 1 + spoilt[of], f"{of} was paid {paid} times"
        days = select(func.sum(usage.c.jobs)).where(func.length(usage.c.period) == len("2026-11-21"))
        charged = self.database.transact(lambda c: c.execute(days).scalar() or 0)
        assert charged <= sum(job.epoch for job in self.seen.values())

    async def _finds(self) -> None:
        for process in self.processes:
            for name in self.accepted:
                found = await process.jobs.find(name)
                assert found.version <= self.seen[name].version
                assert found.version >= process.told.get(name, 0), "what a process tells does not go back"
                process.told[name] = found.version

    def teardown(self) -> None:
        try:
            self._calm()
        finally:
            for process in self.processes:
                self.runner.run(process.die())
            self.runner.close()

    def _calm(self) -> None:
        self.dies_at, self.painter.nap, self.painter.lag, self.painter.is_deaf = None, 0, 0, False
        self.what_hung_goes_on()
        began = self.clock()
        for _ in range(200):
            for number in (0, 1):
                self._run(number, lambda process: process.work())
            self._end("done")
            self.holds()
            due = self.database.transact(store.next_due)
            if due is None:
                break
            self.clock.now = max(self.clock.now + 0.5, due)
        left = [job for job in self.seen.values() if job.phase not in ENDED]
        assert not left, "calm, and yet unfinished"
        assert self.clock() - began <= POLICY.deadline_s
        with pytest.raises(NoSuchPicture):
            self.runner.run(self.processes[0].jobs.find("z" * 16))


@pytest.fixture
def disk() -> Iterator[Steady]:
    """In memory where there is such a disk: what power loss does is not asked here."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="placeholder-simulation-", dir=memory if memory.is_dir() else None))
    engine = open_engine(f"sqlite:///{folder / 'simulation.db'}")
    migrate(engine)
    database = Steady(engine)
    yield database
    database.close()
    shutil.rmtree(folder)


def test_simulation(disk: Steady, monkeypatch: pytest.MonkeyPatch) -> None:
    Simulation.database, Simulation.times = disk, SimpleNamespace()
    monkeypatch.setattr("placeholder.jobs.board.time", Simulation.times)
    run_state_machine_as_test(Simulation, settings=settings(max_examples=200, stateful_step_count=40))
