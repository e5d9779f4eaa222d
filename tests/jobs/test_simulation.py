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
from typing import Any, NamedTuple, TypeVar

import pytest
from fixtures.simulation import KEY, LONGEST_LAG, Clock, Crash, Painter, Painting, Process, Shelf, Steady, a_world, an_ask
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from placeholder.db.database import open_engine
from placeholder.db.schema import migrate
from placeholder.db.tables import metadata, usage
from placeholder.errors import NoSuchPicture
from placeholder.jobs import store
from placeholder.jobs.machine import Policy
from placeholder.jobs.model import ENDED, FAILURES, Job, Phase, State, blob_key
from placeholder.jobs.ports import Order, Prediction
from placeholder.jobs.service import ask_again

T = TypeVar("T")

POLICY = Policy()
LIMITED = replace(KEY, jobs_per_day=1_000_000)
ASKS = [an_ask(prompt, seed=seed) for prompt in ("a heron", "an otter", "a reed") for seed in (None, 7, 8)]
IDLE = "idle"
POINTS = (
    "submit.before_insert", "submit.before_commit", "submit.after_commit", "claim.after_commit", "provider.before_call",
    "provider.after_call", "provider.after_commit", "hook.before_commit", "hook.after_commit", "store.after_write",
    "store.after_rename", "store.after_ready", IDLE,
)  # fmt: skip
MOODS = (
    "late", "lost before", "lost after", "busy", "down", "closed", "invalid", "blocked", "foreign", "foreign after", "at once",
    "hook first", "hangs", "hangs", "hangs", "hangs", "output trouble", "output gone", "output refused", "output junk",
)  # fmt: skip
CHARGED = select(func.sum(usage.c.jobs)).where(func.length(usage.c.period) == len("2026-11-21"))
RANK = {State.PENDING: 0, State.GENERATING: 1, State.READY: 2, State.FAILED: 2}


class Climate(NamedTuple):
    """What a run is like as a whole: few troubles, which therefore meet."""

    moods: list[str]
    seconds: list[float]
    naps: list[float]
    nap_at: str
    """Before an answer comes, or before an order is sent."""
    endings: list[str]
    lag: float
    points: list[str]


class Submit(NamedTuple):
    number: int
    ask: int
    is_twice: bool
    """To both processes at once."""
    dies_at: int


class Work(NamedTuple):
    """Choices among what the climate has, of which 0 is the usual."""

    number: int
    seconds: int
    """That have passed."""
    mood: int
    nap: int
    is_deaf: bool
    dies_at: int
    goes_on: bool
    """What hung does, before."""
    ending: int
    """How it ends afterwards for all that runs at the painter's."""


class Hook(NamedTuple):
    """In any order, as often as it likes, as late as it likes."""

    number: int
    which: int
    is_begin: bool
    dies_at: int


class ForeignHook(NamedTuple):
    """Of an unknown job, for another attempt, with another's prediction."""

    number: int
    which: int
    other: int
    how: int


class Retry(NamedTuple):
    """The operator has what failed tried again."""


CLIMATE = Climate(moods=["well"], seconds=[6], naps=[0], nap_at="answer", endings=["done"], lag=0, points=[IDLE])


def some(*values: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


choice = st.integers(0, 3)
rarely = st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3])
climates = st.builds(
    Climate,
    moods=some(*MOODS),
    seconds=some(6, 31, 61, 1, 20, 300, 3600),
    naps=some(10, 70, 300),
    nap_at=st.sampled_from(["answer", "claim.after_commit"]),
    endings=some("done", "broke", "nsfw", "failed"),
    lag=st.sampled_from([0, LONGEST_LAG]),
    points=some(*POINTS),
)
number = st.integers(0, 1)
works = st.builds(
    Work, number=number, seconds=choice, mood=choice, nap=rarely, is_deaf=st.sampled_from([False, False, False, False, True]),
    dies_at=rarely, goes_on=st.sampled_from([False, False, False, False, True]), ending=choice,
)  # fmt: skip
submits = st.builds(Submit, number=number, ask=st.integers(0, len(ASKS) - 1), is_twice=st.booleans(), dies_at=rarely)
hooks = st.builds(Hook, number=number, which=choice, is_begin=st.booleans(), dies_at=rarely)
foreign_hooks = st.builds(ForeignHook, number=number, which=choice, other=choice, how=choice)
# One strategy, since Hypothesis leaves rules out of a run, and without work nothing happens.
events = st.one_of(submits, submits, *[works] * 8, hooks, hooks, foreign_hooks, st.just(Retry()))


def _of(values: list[T], choice: int, usual: T) -> T:
    return usual if choice == 0 else values[choice % len(values)]


class Simulation(RuleBasedStateMachine):
    database: Steady
    times: SimpleNamespace
    """What the board takes for the module `time`."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.climate = CLIMATE
        self.clock = self.times.time = self.times.monotonic = Clock()
        self.painter = Painter(self.clock, hook=self._hook_first)
        self.shelf = Shelf(self._at)
        self.dies_at: str | None = None
        self.accepted: dict[str, str] = {}
        self.seen: dict[str, Job] = {}
        self.shown: dict[str, bytes] = {}
        self.gifts = 0
        """Epochs that the operator asked for."""
        for table in metadata.sorted_tables:
            self.database.transact(lambda c, table=table: c.execute(table.delete()).rowcount)  # type: ignore[misc]
        self.processes = [self._born(), self._born()]

    # ------------------------------------------------------------ how it runs

    def _born(self) -> Process:
        painter, shelf = self.painter, self.shelf
        return Process(self.database, a_world(painter, self.clock, outputs=painter, blobs=shelf, policy=POLICY, at=self._at))

    def _at(self, point: str) -> None:
        if point == self.climate.nap_at:
            self.clock.now, self.painter.nap = self.clock.now + self.painter.nap, 0
        if point == self.dies_at:
            self.dies_at = None
            raise Crash(point)

    def _run(self, work: Callable[[Process], Awaitable[T]], *numbers: int) -> list[T]:
        """What came of it, but for those processes that died of it."""

        async def attempt(number: int) -> list[T]:
            try:
                return [await work(self.processes[number])]
            except Crash:
                await self._die(number)
                return []

        async def attempts() -> list[T]:
            return [answer for answers in await asyncio.gather(*map(attempt, numbers)) for answer in answers]

        return self.runner.run(attempts())

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
        return {job.id: job for job in self.database.glance(lambda c: store.listed(c, None, None, 100))}

    # ------------------------------------------------------------ what happens

    @initialize(climate=climates)
    def begins(self, climate: Climate) -> None:
        self.climate = climate
        self.painter.lag = climate.lag

    @rule(event=events)
    def happens(self, event: Submit | Work | Hook | ForeignHook | Retry) -> None:
        match event:
            case Submit():
                self._submit(event)
            case Work():
                self._work(event)
            case Hook():
                self._hook(event)
            case ForeignHook():
                self._foreign_hook(event)
            case Retry():
                for job in [job for job in self.seen.values() if job.code]:
                    again = self.database.transact(lambda c, job=job: ask_again(c, job.id, self.clock()))  # type: ignore[misc]
                    self.gifts += again is not None

    def _submit(self, event: Submit) -> None:
        self._dies_at(event.dies_at)
        numbers = (0, 1) if event.is_twice else (event.number,)
        for answer in self._run(lambda process: process.jobs.submit(ASKS[event.ask], 3000, LIMITED), *numbers):
            assert self.accepted.setdefault(answer.job.id, answer.job.url) == answer.job.url

    def _dies_at(self, choice: int) -> None:
        self.dies_at = _of(self.climate.points, choice, None)

    def _work(self, event: Work) -> None:
        climate, painter = self.climate, self.painter
        self.clock.now += _of(climate.seconds, event.seconds, 0)
        self._dies_at(event.dies_at)
        if event.goes_on:
            self._go_on()
        if self.dies_at == IDLE:
            self.runner.run(self._die(event.number))
        painter.moods.append(_of(climate.moods, event.mood, "well"))
        painter.nap, painter.is_deaf = _of(climate.naps, event.nap, 0), event.is_deaf
        self._run(lambda process: process.work(painter.hanging), event.number)
        painter.moods.clear()
        painter.nap = 0
        self._end(_of(climate.endings, event.ending, ""))

    def _end(self, how: str) -> None:
        if how:
            for made in self.painter.ledger.values():
                made.end(how)

    def _painting(self, which: int) -> Painting | None:
        """One of the newest."""
        made = list(self.painter.ledger.values())
        return made[-1 - which] if which < len(made) else None

    def _hook(self, event: Hook) -> None:
        self._dies_at(event.dies_at)
        made = self._painting(event.which)
        if made:
            news = Prediction(made.id) if event.is_begin else made.now
            kind = "begin" if event.is_begin else "end" if made.ending else "half"
            self._run(lambda process: self._tell(process, kind, made, news), event.number)

    def _foreign_hook(self, event: ForeignHook) -> None:
        made, foreign = self._painting(event.which), self._painting(event.other)
        if made and foreign:
            before = self._jobs()
            job = before[made.order.job]
            order: Order = [
                replace(made.order, job="a" * 16), replace(made.order, epoch=job.epoch + 1),
                replace(made.order, attempt=job.attempt + 1), made.order,
            ][event.how]  # fmt: skip
            # The address proves itself, so only a job's own prediction can come as its first.
            if order is not made.order or job.prediction not in (None, foreign.id):
                call = f"foreign {self.clock()}", order.job, order.epoch, order.attempt, foreign.now
                self._run(lambda process: process.jobs.deliver(*call), event.number)
            assert self._jobs() == before

    def _go_on(self) -> None:
        async def goes_on(process: Process) -> None:
            for task in process.under_way() & set(self.painter.hanging):
                self.painter.hanging[task].set()
            await process.settle()

        for number in (0, 1):
            self._run(goes_on, number)

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
        charged = self.database.glance(lambda c: c.execute(CHARGED).scalar() or 0)
        assert charged == sum(job.epoch for job in self.seen.values()) - self.gifts

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
        """The weather is fine from now on."""
        self.dies_at, self.painter.nap, self.painter.lag, self.painter.is_deaf = None, 0, 0, False
        self._go_on()
        began = self.clock()
        for _ in range(200):
            for number in (0, 1):
                self._run(lambda process: process.work(), number)
            self._end("done")
            self.holds()
            due = self.database.glance(store.next_due)
            if due is None:
                break
            self.clock.now = max(self.clock.now + 0.5, due)
        left = [job for job in self.seen.values() if job.phase not in ENDED]
        assert not left, "calm, and yet unfinished"
        assert self.clock() - began <= POLICY.deadline_s
        with pytest.raises(NoSuchPicture):
            self.runner.run(self.processes[0].jobs.find("z" * 16))


@pytest.fixture(scope="module")
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


@pytest.fixture
def simulation(disk: Steady, monkeypatch: pytest.MonkeyPatch) -> type[Simulation]:
    Simulation.database, Simulation.times = disk, SimpleNamespace()
    monkeypatch.setattr("placeholder.jobs.board.time", Simulation.times)
    return Simulation


@pytest.mark.parametrize("number", range(10))
def test_simulation(simulation: type[Simulation], number: int) -> None:
    # Ten times 20 runs are more than 200, most of which Hypothesis would make from parts of earlier ones.
    machine = seed(number)(type("Simulation", (simulation,), {}))
    run_state_machine_as_test(machine, settings=settings(max_examples=20, stateful_step_count=40, derandomize=False))


def work(number: int = 0, **choices: int) -> Work:
    plain = {"seconds": 0, "mood": 0, "nap": 0, "is_deaf": False, "dies_at": 0, "goes_on": False, "ending": 0}
    return Work(number, **{**plain, **choices})  # type: ignore[arg-type]


SUBMIT = Submit(0, 0, is_twice=False, dies_at=0)
HISTORIES: dict[str, tuple[Climate, list[Submit | Work | Hook | ForeignHook | Retry]]] = {
    "the list was asked in time, and its answer heard a minute later": (
        CLIMATE._replace(moods=["lost after"], lag=LONGEST_LAG, naps=[70]),
        [SUBMIT, work(mood=1), work(seconds=1), work(seconds=1, nap=1), work(seconds=1)],
    ),
    "the process stood still between the claim and the order": (
        CLIMATE._replace(moods=["lost after"], lag=LONGEST_LAG, naps=[70], nap_at="claim.after_commit"),
        [SUBMIT, work(mood=1, nap=1), *[work(seconds=1)] * 6],
    ),
    "an order that hung was answered after another process had seen the job through": (
        CLIMATE._replace(moods=["hangs"], seconds=[31]),
        [SUBMIT, work(mood=1), *[work(1, seconds=1, ending=1)] * 4, work(goes_on=True)],
    ),
    "a look that hung was answered after its job had been asked for anew": (
        CLIMATE._replace(moods=["hangs"], seconds=[31], endings=["failed"]),
        [SUBMIT, work(), work(seconds=1, mood=1, ending=1), work(1, seconds=1), SUBMIT, work(1), work(goes_on=True)],
    ),
}


@pytest.mark.parametrize(("climate", "events"), HISTORIES.values(), ids=HISTORIES)
def test_what_might_go_wrong(simulation: type[Simulation], climate: Climate, events: list[Any]) -> None:
    machine = simulation()
    machine.begins(climate=climate)
    for event in events:
        machine.happens(event=event)
        machine.holds()
    machine.teardown()
