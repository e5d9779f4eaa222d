"""Two processes that die at any point, a provider with moods, and a clock that jumps: nothing accepted is lost, nobody pays
twice, and in the end every job has ended.

Hypothesis makes up what happens; what runs is the real service, board, worker and store, on SQLite.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fixtures.simulation import BORN, KEY, LONGEST_LAG, Clock, Crash, Painter, Painting, Process, Shelf, a_world, an_ask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from placeholder.db.database import Database, open_engine
from placeholder.db.schema import migrate
from placeholder.db.tables import metadata, usage
from placeholder.errors import NoSuchPicture
from placeholder.jobs import store
from placeholder.jobs.machine import Policy
from placeholder.jobs.model import ENDED, FAILURES, Job, Phase, State, blob_key
from placeholder.jobs.ports import Prediction
from placeholder.jobs.service import ask_again

T = TypeVar("T")

POLICY = Policy()
LIMITED = replace(KEY, jobs_per_day=1_000_000)
ASKS = [an_ask("a heron"), an_ask("a heron", seed=7), an_ask("an otter")]
POINTS = (
    "submit.before_insert", "submit.before_commit", "submit.after_commit", "claim.after_commit", "provider.before_call",
    "provider.after_call", "provider.after_commit", "hook.before_commit", "hook.after_commit", "store.after_write",
    "store.after_rename", "store.after_ready",
)  # fmt: skip
MOODS = (
    "late", "lost before", "lost after", "busy", "down", "closed", "invalid", "blocked", "foreign", "foreign after", "at once",
    "hook first", "hangs", "output trouble", "output gone", "output refused", "output junk",
)  # fmt: skip
RANK = {State.PENDING: 0, State.GENERATING: 1, State.READY: 2, State.FAILED: 2}
which = st.integers(0, 1)


@pytest.fixture(scope="module")
def disk() -> Iterator[Database]:
    """In memory where there is such a disk: what power loss does is not asked here."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="placeholder-simulation-", dir=memory if memory.is_dir() else None))
    engine = open_engine(f"sqlite:///{folder / 'simulation.db'}")
    migrate(engine)
    database = Database(engine)
    yield database
    database.close()
    shutil.rmtree(folder)


class Simulation(RuleBasedStateMachine):
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = Clock()
        self.painter = Painter(self.clock, hook=self._hook_first)
        self.shelf = Shelf(self._at)
        self.dies_at: str | None = None
        self.accepted: dict[str, str] = {}
        self.seen: dict[str, Job] = {}
        self.shown: dict[str, bytes] = {}
        self.told: list[tuple[str, Painting, Prediction]] = []
        self.database.transact(lambda c: [c.execute(table.delete()) for table in metadata.sorted_tables] and None)
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

    @rule(number=which, ask=st.sampled_from(ASKS))
    def submit(self, number: int, ask: Any) -> None:
        answer = self._run(number, lambda process: process.jobs.submit(ask, 3000, LIMITED))
        if answer:
            assert self.accepted.setdefault(answer.job.id, answer.job.url) == answer.job.url

    @rule(number=which)
    def work(self, number: int) -> None:
        self._run(number, lambda process: process.work(self.painter.hanging))

    @rule(number=which, seconds=st.sampled_from([5, 31]))
    def wait_and_work(self, number: int, seconds: float) -> None:
        self.clock.now += seconds
        self.work(number)

    @rule(mood=st.sampled_from(MOODS))
    def meets(self, mood: str) -> None:
        self.painter.moods.append(mood)

    @rule(lag=st.sampled_from([0, LONGEST_LAG]), is_deaf=st.booleans())
    def lags(self, lag: float, is_deaf: bool) -> None:
        self.painter.lag, self.painter.is_deaf = lag, is_deaf

    @rule(seconds=st.sampled_from([10, 70, 4000]))
    def naps(self, seconds: float) -> None:
        self.painter.nap = seconds

    @rule(how=st.sampled_from(["done", "broke", "nsfw", "failed"]))
    def ends(self, how: str) -> None:
        for made in self.painter.ledger.values():
            made.end(how)

    @precondition(lambda self: self.painter.ledger)
    @rule(number=which, data=st.data(), is_begin=st.booleans())
    def webhook(self, number: int, data: st.DataObject, is_begin: bool) -> None:
        """In any order, as often as it likes, as late as it likes."""
        made = self.painter.ledger[data.draw(st.sampled_from(sorted(self.painter.ledger)), "of")]
        news = Prediction(made.id) if is_begin else made.now
        kind = "begin" if is_begin else "end" if made.ending else "half"
        self._run(number, lambda process: self._tell(process, kind, made, news))

    @precondition(lambda self: len(self.painter.ledger) > 1)
    @rule(number=which, data=st.data())
    def foreign_webhook(self, number: int, data: st.DataObject) -> None:
        """With another's prediction, for another attempt or an unknown job."""
        name = st.sampled_from(sorted(self.painter.ledger))
        one, other = (self.painter.ledger[data.draw(name, "one or other")] for _ in range(2))
        job = self._jobs()[one.order.job]
        order = data.draw(st.sampled_from([
            replace(one.order, job="a" * 16), replace(one.order, epoch=job.epoch + 1), replace(one.order, attempt=job.attempt + 1),
            *([one.order] if job.prediction not in (None, other.id) else []),
        ]), "address")  # fmt: skip
        before = self._jobs()
        self._run(number, lambda process: process.jobs.deliver(f"x{len(self.told)}.{other.id}", order.job, order.epoch, order.attempt, other.now))
        assert self._jobs() == before

    @rule(point=st.sampled_from(POINTS))
    def will_die(self, point: str) -> None:
        self.dies_at = point

    @rule(number=which)
    def dies(self, number: int) -> None:
        self.runner.run(self._die(number))

    @precondition(lambda self: self.painter.hanging)
    @rule()
    def goes_on(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        async def let_go() -> None:
            for event in self.painter.hanging.values():
                event.set()
            await asyncio.sleep(0)

        self.runner.run(let_go())

    @rule(seconds=st.sampled_from([1, 6, 20, 61, 300, 3600]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @precondition(lambda self: any(job.code and FAILURES[job.code].may_ask_again for job in self.seen.values()))
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
            before = self.seen.get(name)
            if before and before.epoch == job.epoch:
                assert RANK[job.state] >= RANK[before.state], "states only rise"
                assert before.phase not in ENDED or job.phase is before.phase, "an end is the end"
            elif before:
                assert before.code, "only a failed one begins anew"
                assert FAILURES[before.code].may_ask_again
            if job.phase is Phase.READY:
                body = self.shelf.kept[blob_key(job.id, job.epoch)]
                assert body == f"{job.id} {job.epoch}".encode()
                assert self.shown.setdefault(name, body) == body
            if job.phase not in ENDED:
                assert job.due_at is not None
                assert job.due_at <= self.clock() + 90, "somebody will look at it soon"
        self.seen = jobs
        self._pays_once()

    def _pays_once(self) -> None:
        made = Counter(painting.of for painting in self.painter.ledger.values())
        spoilt = Counter(p.of for p in self.painter.ledger.values() if p.ending and p.ending.is_worth_another)
        for of, number in made.items():
            assert number <= 1 + spoilt[of], f"{of} was paid {number} times"
        days = select(func.sum(usage.c.jobs)).where(func.length(usage.c.period) == len("2026-11-21"))
        charged = self.database.transact(lambda c: c.execute(days).scalar() or 0)
        assert charged <= sum(job.epoch for job in self.seen.values())

    def teardown(self) -> None:
        try:
            self._calm()
        finally:
            for number in (0, 1):
                self.runner.run(self.processes[number].die())
            self.runner.close()

    def _calm(self) -> None:
        self.dies_at, self.painter.nap, self.painter.lag, self.painter.is_deaf = None, 0, 0, False
        self.painter.moods.clear()
        self._let_go()
        began = self.clock()
        for turn in range(200):
            for number in (0, 1):
                self._run(number, lambda process: process.work())
            self.ends("done")
            self.holds()
            due = self.database.transact(store.next_due)
            if due is None:
                break
            self.clock.now = max(self.clock.now + 0.5, due)
        left = [job for job in self.seen.values() if job.phase not in ENDED]
        assert not left, "calm, and yet unfinished"
        assert self.clock() - began <= POLICY.deadline_s + 2 * POLICY.lease_s
        for name in self.accepted:
            assert self.runner.run(self.processes[0].jobs.find(name)).id == name
        with pytest.raises(NoSuchPicture):
            self.runner.run(self.processes[0].jobs.find("z" * 16))


def test_simulation(disk: Database) -> None:
    Simulation.database = disk
    run_state_machine_as_test(Simulation, settings=settings(max_examples=200, stateful_step_count=40))
