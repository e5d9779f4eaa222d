"""Submit, find, deliver: one job for equal asks, budgets to the unit, nothing half done, and webhooks that may say anything
(A1 to A3, M1, W7 to W10; P-68 to P-74, P-86, P-90, AP-14, AP-15)."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fixtures.simulation import BORN, KEY, SCREEN, VAULT, Clock, an_ask
from sqlalchemy import Connection, func, select

from placeholder.db.database import Database, open_engine
from placeholder.db.tables import deliveries, jobs, usage
from placeholder.errors import Blocked, Gone, NoRoom, NoSuchPicture, OverBudget, Unavailable
from placeholder.jobs import store
from placeholder.jobs.board import Board
from placeholder.jobs.machine import AskedAgain, Event, Policy, Purged, Refused, Reported, Stored, Taken, Unfound, advance
from placeholder.jobs.model import FAILURES, Ask, Job, Phase, State, job_id, job_mac
from placeholder.jobs.ports import Order, Prediction, Trouble
from placeholder.jobs.service import Jobs, Stray, ask_again, purge
from placeholder.keys.admission import visitor
from placeholder.keys.model import Kind, day, month

POLICY = Policy()
ASK = an_ask()
LIMITED = replace(KEY, jobs_per_day=10)
CANARY = "a zebra-striped canary sings"


def a_service(database: Database, clock: Callable[[], float] = lambda: BORN, **changes: Any) -> Jobs:
    plain: dict[str, Any] = {"policy": POLICY, "clock": clock}
    return Jobs(database, Board(database), VAULT, VAULT.id_key, SCREEN, **{**plain, **changes})


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """As another process has it."""
    opened = Database(open_engine(database_url))
    yield opened
    opened.close()


def count(database: Database, table: Any) -> int:
    return database.transact(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())


def used(database: Database, period: str, key: str = "k1") -> tuple[int, int]:
    """Jobs and cost."""
    found = select(usage.c.jobs, usage.c.cost).where(usage.c.period == period, usage.c.key_id == key)
    row = database.transact(lambda c: c.execute(found).one_or_none())
    return (row.jobs, row.cost) if row else (0, 0)


def row(database: Database, job: str) -> Job:
    found = database.transact(lambda c: store.by_id(c, job))
    assert found is not None
    return found


def move(database: Database, job: str, *events: Event) -> Job:
    """Behind the back of whoever is tested."""

    def work(c: Connection) -> Job:
        present = store.by_id(c, job)
        for event in events:
            assert present
            present = advance(present, event, POLICY)
            assert present, event
            assert store.replace(c, present)
        assert present
        return present

    return database.transact(work)


SENT = Taken(BORN, BORN + 30)
RUNS, DONE = Prediction("p1"), Prediction("p1", output="https://x/y")
BROKE = Prediction("p1", failure="generation_failed", is_worth_another=True)
FAILED = Prediction("p1", failure="blocked")


# ---------------------------------------------------------------- submit


async def test_a_new_job_is_on_its_way(database: Database) -> None:
    bell: list[int] = []
    service = a_service(database, on_work=lambda: bell.append(1))
    submission = await service.submit(ASK, 3000, KEY)
    job = submission.job
    assert (job.phase, job.state, job.epoch, job.cost, job.key_id, job.owner) == ("queued", "pending", 1, 3000, "k1", "o")
    assert job.id == job_id(job_mac(VAULT.id_key, ASK))
    assert job == row(database, job.id) == await service.find(job.id)
    assert job.prompt is not None
    assert VAULT.open(job.id, job.prompt) == ASK.prompt
    assert submission.budget is None
    assert bell == [1]


async def test_sixty_four_at_once_are_one(database: Database) -> None:
    service = a_service(database)
    submissions = await asyncio.gather(*(service.submit(ASK, 3000, LIMITED) for _ in range(64)))
    assert len({submission.job.id for submission in submissions}) == 1
    assert count(database, jobs) == 1
    assert used(database, day(BORN)) == (1, 3000)


async def test_and_in_two_processes(database: Database, other: Database) -> None:
    services = [a_service(database), a_service(other)]
    submissions = await asyncio.gather(*(services[number % 2].submit(ASK, 3000, LIMITED) for number in range(64)))
    assert len({submission.job.id for submission in submissions}) == 1
    assert count(database, jobs) == 1
    assert used(database, day(BORN)) == (1, 3000)
    budgets = [submission.budget for submission in submissions if submission.budget]
    assert [(budget.limit, budget.remaining) for budget in budgets] == [(10, 9)], "whoever made it is told what is left"


async def test_another_owner_has_another_job(database: Database) -> None:
    service = a_service(database)
    mine = await service.submit(ASK, 0, KEY)
    others = await service.submit(replace(ASK, owner="p"), 0, replace(KEY, id="k2", owner="p"))
    assert mine.job.id != others.job.id


async def test_a_second_submission_costs_nothing_at_any_stage(database: Database) -> None:
    clock = Clock()
    service = a_service(database, clock)
    job = (await service.submit(ASK, 3000, LIMITED)).job
    for event in (None, SENT, Reported(BORN, RUNS), Reported(BORN, DONE), Stored(BORN, "h", "b")):
        before = move(database, job.id, event) if event else job
        again = await a_service(database, clock).submit(ASK, 9999, replace(LIMITED, id="k2"))
        assert again.job == before == row(database, job.id)
        assert again.budget is None
    assert used(database, day(BORN)) == (1, 3000)


@pytest.mark.parametrize("limit", [0, 1, 10])
async def test_budgets_are_exact(database: Database, other: Database, limit: int) -> None:
    """M1."""
    key, services = replace(KEY, jobs_per_day=limit), [a_service(database), a_service(other)]
    asks = [an_ask(f"heron {number}") for number in range(64)]
    outcomes = await asyncio.gather(
        *(services[number % 2].submit(ask, 3000, key) for number, ask in enumerate(asks)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, OverBudget)]
    accepted = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert (len(accepted), len(refused)) == (limit, 64 - limit)
    assert sorted(outcome.budget.remaining for outcome in accepted if outcome.budget) == list(range(limit))
    assert all(no.jobs == limit and 0 < no.retry_after <= 86400 for no in refused)
    assert count(database, jobs) == limit, "nothing half written"
    assert used(database, day(BORN)) == (limit, 3000 * limit)
    assert {outcome.job.id for outcome in accepted} == {
        job.id for job in await database.read(lambda c: store.listed(c, None, None, 99))
    }


@pytest.mark.parametrize(
    ("key", "cost", "accepted"),
    [
        (replace(KEY, spend_per_month=9000), 3000, 3),
        (replace(KEY, spend_per_month=8999), 3000, 2),
        (replace(KEY, spend_per_month=2999), 3000, 0),
        (replace(KEY, spend_per_month=0), 3000, 0),
        (replace(KEY, spend_per_month=0), 0, 6),  # what costs nothing is no spending
        (replace(KEY, spend_per_month=9000, jobs_per_day=2), 3000, 2),
        (replace(KEY, spend_per_month=6000, jobs_per_day=9), 3000, 2),
        (replace(KEY, spend_per_month=2**62), 2**40, 6),
    ],
)
async def test_spending_is_exact(database: Database, key: Any, cost: int, accepted: int) -> None:
    service = a_service(database)
    asks = [service.submit(an_ask(f"heron {number}"), cost, key) for number in range(6)]
    outcomes = await asyncio.gather(*asks, return_exceptions=True)
    assert sum(isinstance(outcome, OverBudget) for outcome in outcomes) == 6 - accepted
    assert count(database, jobs) == accepted
    # Both periods count the same jobs: neither was charged for what the other refused.
    for period, is_counted in (
        (month(BORN), key.spend_per_month is not None and cost),
        (day(BORN), key.jobs_per_day is not None),
    ):
        assert used(database, period) == ((accepted, accepted * cost) if is_counted and accepted else (0, 0))


async def test_budgets_begin_anew(database: Database) -> None:
    clock = Clock()
    service, key = a_service(database, clock), replace(KEY, jobs_per_day=1, spend_per_month=6000)
    await service.submit(an_ask("1"), 3000, key)
    for seconds, ask, what in ((0, "2", "today"), (86400, "2", None), (0, "3", "month"), (31 * 86400, "3", None)):
        clock.now += seconds
        if what is None:
            await service.submit(an_ask(ask), 3000, key)
        else:
            with pytest.raises(OverBudget, match=what) as caught:
                await service.submit(an_ask(ask), 3000, key)
            assert caught.value.retry_after >= 1


async def test_what_is_blocked_writes_nothing(database: Database) -> None:
    service = a_service(database, classifier=Opinion("never"))
    with pytest.raises(Blocked) as caught:
        await service.submit(an_ask("A forbidden thing!"), 3000, LIMITED)
    assert caught.value.category == "weapons"
    assert count(database, jobs) == count(database, usage) == 0


class Opinion:
    """A classifier that says one thing."""

    def __init__(self, says: str | Exception | None) -> None:
        self._says = says
        self.asked: list[str] = []

    async def check(self, prompt: str) -> str | None:
        self.asked.append(prompt)
        if isinstance(self._says, Exception):
            raise self._says
        return self._says


@pytest.mark.parametrize(
    ("says", "is_open", "outcome"),
    [
        (None, False, None),
        (None, True, None),
        ("violence", False, Blocked),
        ("violence", True, Blocked),
        (Trouble(), False, Unavailable),
        (Trouble(), True, None),
        (ZeroDivisionError(), True, ZeroDivisionError),  # a fault of ours is no trouble of its
    ],
)
async def test_the_second_opinion(database: Database, says: Any, is_open: bool, outcome: type[Exception] | None) -> None:
    classifier = Opinion(says)
    service = a_service(database, classifier=classifier, is_open_on_trouble=is_open)
    if outcome is None:
        await service.submit(ASK, 3000, LIMITED)
        await service.submit(ASK, 3000, LIMITED)
        assert classifier.asked == [ASK.prompt], "asked once for a job"
    else:
        with pytest.raises(outcome) as caught:
            await service.submit(ASK, 3000, LIMITED)
        assert getattr(caught.value, "category", says) == says
        assert ASK.prompt not in repr(caught.value)
        assert count(database, jobs) == count(database, usage) == 0


async def test_a_disk_that_is_nearly_full(database: Database) -> None:
    """T14: nothing new is begun and nothing is paid; what is there is told."""
    room = [True]
    service = a_service(database, has_room=lambda: room[0])
    known = (await service.submit(ASK, 3000, LIMITED)).job
    lost = (await service.submit(an_ask("lost"), 3000, LIMITED)).job
    lost = failed_of(database, service, lost, "output_lost")
    room[0] = False
    fresh = a_service(database, has_room=lambda: room[0])  # which knows of nothing yet
    assert (await fresh.submit(ASK, 3000, LIMITED)).job == known
    for ask in (an_ask("another"), an_ask("lost")):
        with pytest.raises(NoRoom):
            await fresh.submit(ask, 3000, LIMITED)
    assert row(database, lost.id) == lost
    assert (count(database, jobs), used(database, day(BORN))) == (2, (2, 6000))
    room[0] = True
    assert (await fresh.submit(an_ask("another"), 3000, LIMITED)).job.phase is Phase.QUEUED
    assert (await fresh.submit(an_ask("lost"), 3000, LIMITED)).job.phase is Phase.QUEUED


def failed_of(database: Database, service: Jobs, job: Job, code: str) -> Job:
    return move(database, job.id, SENT, Refused(BORN + 1, code))


@pytest.mark.parametrize("code", sorted(FAILURES))
async def test_asking_again_after_a_failure(database: Database, code: str) -> None:
    """A3, AP-15: once more where that may help, under the same id, paid anew."""
    clock = Clock()
    job = (await a_service(database, clock).submit(ASK, 3000, LIMITED)).job
    failed = failed_of(database, a_service(database), job, code)
    clock.now += 100
    service, other_key = a_service(database, clock), replace(LIMITED, id="k2")
    submissions = await asyncio.gather(*(service.submit(ASK, 5000, other_key) for _ in range(64)))
    now = row(database, job.id)
    if FAILURES[code].may_ask_again:
        assert (now.phase, now.epoch, now.attempt, now.key_id, now.cost, now.asked_at) == ("queued", 2, 0, "k2", 5000, BORN + 100)
        assert used(database, day(BORN)) == (1, 3000)
        assert [submission.budget.remaining for submission in submissions if submission.budget] == [9]
        assert used(database, day(BORN), "k2") == (1, 5000)
    else:
        assert now == failed
        assert count(database, usage) == 1
    assert {(submission.job.id, submission.job.epoch) for submission in submissions} == {(job.id, now.epoch)}


async def test_asking_again_without_a_budget_changes_nothing(database: Database) -> None:
    service, key = a_service(database), replace(KEY, jobs_per_day=1)
    job = (await service.submit(ASK, 3000, key)).job
    failed = failed_of(database, service, job, "timeout")
    with pytest.raises(OverBudget):
        await a_service(database).submit(ASK, 3000, key)
    assert row(database, job.id) == failed


async def test_purged_and_asked_again(database: Database) -> None:
    job = (await a_service(database).submit(ASK, 3000, KEY)).job
    move(database, job.id, SENT, Reported(BORN, DONE), Stored(BORN, "h", "b"))
    purged = database.transact(lambda c: purge(c, job.id, BORN + 5, POLICY))
    assert purged
    assert (purged.phase, purged.prompt, purged.thumbhash) == (Phase.PURGED, None, None)
    service = a_service(database)
    with pytest.raises(Gone):
        await service.find(job.id)
    again = (await service.submit(ASK, 3000, KEY)).job
    assert (again.id, again.epoch, again.state) == (job.id, 2, State.PENDING)
    assert again.prompt is not None
    assert (await service.find(job.id)).epoch == 2


@pytest.mark.parametrize("events", [(), (SENT,), (SENT, Reported(BORN, RUNS)), (SENT, Reported(BORN, DONE))])
async def test_only_what_has_ended_is_purged(database: Database, events: tuple[Event, ...]) -> None:
    job = (await a_service(database).submit(ASK, 3000, KEY)).job
    before = move(database, job.id, *events) if events else job
    assert database.transact(lambda c: purge(c, job.id, BORN, POLICY)) is None
    assert database.transact(lambda c: ask_again(c, job.id, BORN)) is None
    assert row(database, job.id) == before
    assert database.transact(lambda c: purge(c, "a" * 16, BORN, POLICY)) is None


async def test_the_operator_asks_again_with_the_prompt_that_is_kept(database: Database) -> None:
    job = (await a_service(database).submit(ASK, 3000, LIMITED)).job
    move(database, job.id, SENT, Refused(BORN, "timeout"))
    again = database.transact(lambda c: ask_again(c, job.id, BORN + 9))
    assert again
    assert (again.epoch, again.prompt, again.key_id, again.cost) == (2, job.prompt, "k1", 3000)
    assert used(database, day(BORN)) == (1, 3000), "and nobody pays"
    move(database, job.id, SENT, Refused(BORN, "timeout"))
    database.transact(lambda c: store.erase_prompts(c, BORN + 1))
    assert database.transact(lambda c: ask_again(c, job.id, BORN + 9)) is None
    assert database.transact(lambda c: ask_again(c, "a" * 16, BORN + 9)) is None


@pytest.mark.parametrize("point", ["submit.before_insert", "submit.before_commit"])
async def test_a_fault_before_the_commit_leaves_nothing(database: Database, point: str) -> None:
    def at(passed: str) -> None:
        if passed == point:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await a_service(database, at=at).submit(ASK, 3000, LIMITED)
    assert count(database, jobs) == count(database, usage) == 0


async def test_a_client_that_hangs_up_has_asked_all_the_same(database: Database) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def at(point: str) -> None:
        if point == "submit.before_commit":
            begun.set()
            may_end.wait(10)

    asking = asyncio.create_task(a_service(database, at=at).submit(ASK, 3000, LIMITED))
    await asyncio.to_thread(begun.wait, 10)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    may_end.set()
    await database.write(lambda _: None)
    assert count(database, jobs) == 1
    assert used(database, day(BORN)) == (1, 3000)


# ---------------------------------------------------------------- the share of an address

ADDRESS_KEY = b"a" * 32
HERS, HIS = "203.0.113.7", "2001:db8::1"
PUBLIC = replace(KEY, kind=Kind.PUBLISHABLE, jobs_per_address=2, jobs_per_day=3)


def share(database: Database, address: str) -> tuple[int, int]:
    return used(database, day(BORN), f"k1/{visitor(ADDRESS_KEY, address, BORN)}")


async def test_an_address_has_its_share_and_a_refusal_leaves_nothing(database: Database) -> None:
    """Neither a job, nor a unit off the key's day, nor one off the address's own."""
    service = a_service(database, address_key=ADDRESS_KEY)

    async def asks(number: int, address: str) -> str:
        try:
            await service.submit(an_ask(f"prompt {number}"), 5, PUBLIC, address)
        except OverBudget as refusal:
            return str(refusal)
        return ""

    hers, whole = "This address has used up its share of this key's jobs for today", "This key has used up its jobs for today"
    asked = [(1, HERS), (2, HERS), (3, HERS), (2, HERS), (4, "2001:db8::2"), (5, HIS), (6, "198.51.100.1")]
    assert [await asks(number, address) for number, address in asked] == ["", "", hers, "", "", whole, whole]
    assert count(database, jobs) == 3
    assert (used(database, day(BORN)), share(database, HERS), share(database, HIS)) == ((3, 15), (2, 10), (1, 5))
    assert count(database, usage) == 3, "who was refused at once has no row"


async def test_whose_address_is_not_known_shares_with_all_such(database: Database) -> None:
    service = a_service(database, address_key=ADDRESS_KEY)
    await service.submit(an_ask("a"), 0, PUBLIC)
    await service.submit(an_ask("b"), 0, PUBLIC, "a socket")
    with pytest.raises(OverBudget, match=r"^This address"):
        await service.submit(an_ask("c"), 0, PUBLIC, "unknown")
    assert share(database, "unknown") == (2, 0)


async def test_asking_again_after_a_failure_counts_for_whoever_asks(database: Database) -> None:
    service = a_service(database, address_key=ADDRESS_KEY)
    job = (await service.submit(ASK, 0, PUBLIC, HERS)).job
    move(database, job.id, SENT, Refused(BORN, "timeout"))
    await a_service(database, address_key=ADDRESS_KEY).submit(ASK, 0, PUBLIC, HIS)
    assert (share(database, HERS), share(database, HIS), used(database, day(BORN))) == ((1, 0), (1, 0), (2, 0))


async def test_no_address_is_written_down(database: Database) -> None:
    service = a_service(database, address_key=ADDRESS_KEY)
    await service.submit(ASK, 0, PUBLIC, HERS)
    for table in (jobs, usage):
        rows = database.transact(lambda c, table=table: [tuple(row) for row in c.execute(select(table))])
        assert HERS not in repr(rows)


# ---------------------------------------------------------------- recall


@pytest.mark.parametrize(
    ("events", "is_told"),
    [
        ([], True),
        ([SENT], True),
        ([SENT, Reported(BORN, RUNS)], True),
        ([SENT, Reported(BORN, RUNS), Reported(BORN, DONE)], True),
        ([SENT, Reported(BORN, RUNS), Reported(BORN, DONE), Stored(BORN, "h", "b")], True),
        ([SENT, Refused(BORN, "timeout")], False),
        ([SENT, Refused(BORN, "blocked")], False),
        ([SENT, Reported(BORN, RUNS), Reported(BORN, DONE), Stored(BORN, "h", "b"), Purged(BORN)], False),
    ],
)
async def test_a_job_is_recalled_while_it_is_good_for_something(database: Database, events: list[Event], is_told: bool) -> None:
    bell: list[int] = []
    job = (await a_service(database).submit(ASK, 3000, LIMITED)).job
    before = move(database, job.id, *events)
    service = a_service(database, on_work=lambda: bell.append(1))
    assert await service.recall(ASK) == (before if is_told else None)
    assert row(database, job.id) == before
    assert used(database, day(BORN)) == (1, 3000)
    assert bell == []


async def test_what_was_never_asked_for_is_not_recalled_nor_begun(database: Database) -> None:
    service = a_service(database)
    await service.submit(ASK, 3000, LIMITED)
    for other in (replace(ASK, owner="p"), replace(ASK, seed=0), replace(ASK, prompt=ASK.prompt + "!")):
        assert await service.recall(other) is None
    assert count(database, jobs) == 1
    with pytest.raises(Blocked):
        await service.recall(an_ask("a forbidden thing"))


# ---------------------------------------------------------------- find


@pytest.mark.parametrize("name", ["a" * 16, "", "' OR 1=1 --", "../../etc/passwd"])
async def test_what_nobody_asked_for(database: Database, name: str) -> None:
    await a_service(database).submit(ASK, 3000, KEY)
    with pytest.raises(NoSuchPicture):
        await a_service(database).find(name)


# ---------------------------------------------------------------- deliver


NOT_SENT: tuple[Event, ...] = ()
RUNNING = (SENT, Reported(BORN, RUNS))
FETCHING = (SENT, Reported(BORN, DONE))
READY = (*FETCHING, Stored(BORN, "h", "b"))
OVER = (SENT, Reported(BORN, FAILED))
TIMED_OUT = (*RUNNING, Reported(BORN + 901, RUNS))
GIVEN_UP = (SENT, Unfound(BORN + 61), Unfound(BORN + 62))
SECOND = (*GIVEN_UP, Taken(BORN + 70, BORN + 100))
AGAIN = (*OVER[:1], Refused(BORN, "timeout"), AskedAgain(BORN + 5, "k", b"p", 1))
PURGED = (*READY, Purged(BORN))
FOREIGN, FOREIGN_DONE = Prediction("p2"), Prediction("p2", output="https://x/z")

EFFECTS: list[tuple[str, tuple[Event, ...], int, int, Prediction, Phase]] = [
    ("it has begun", (SENT,), 1, 1, RUNS, Phase.RUNNING),
    ("it is done, before the order was answered", (SENT,), 1, 1, DONE, Phase.FETCHING),
    ("it failed, before the order was answered", (SENT,), 1, 1, FAILED, Phase.FAILED),
    ("it is done", RUNNING, 1, 1, DONE, Phase.FETCHING),
    ("it broke", RUNNING, 1, 1, BROKE, Phase.QUEUED),
    ("it failed", RUNNING, 1, 1, FAILED, Phase.FAILED),
    ("late, and the next attempt is not sent yet", GIVEN_UP, 1, 1, DONE, Phase.FETCHING),
    ("the second attempt's", SECOND, 1, 2, DONE, Phase.FETCHING),
]
NO_EFFECT: list[tuple[str, tuple[Event, ...], int, int, Prediction, Stray | None]] = [
    ("W8 another job's prediction", RUNNING, 1, 1, FOREIGN_DONE, None),
    ("W8 another job's, still running", RUNNING, 1, 1, FOREIGN, Stray("p2")),
    ("W8 another attempt's address", RUNNING, 1, 2, DONE, None),
    ("W8 another epoch's address", RUNNING, 2, 1, DONE, None),
    ("W8 numbers from nowhere", RUNNING, -1, 2**40, DONE, None),
    ("never sent", NOT_SENT, 1, 1, DONE, None),
    ("never sent, and attempt 0", NOT_SENT, 1, 0, DONE, None),
    ("the first attempt's, once the second is sent", SECOND, 1, 1, DONE, None),
    ("the same, still running: to be cancelled", SECOND, 1, 1, RUNS, Stray("p1")),
    ("the last epoch's", AGAIN, 1, 1, DONE, None),
    ("the last epoch's, still running", AGAIN, 1, 1, RUNS, Stray("p1")),
    ("W9 begins after it is done", FETCHING, 1, 1, RUNS, None),
    ("W9 done twice", FETCHING, 1, 1, DONE, None),
    ("W9 fails after it is done", FETCHING, 1, 1, FAILED, None),
    ("W9 begins after it is ready", READY, 1, 1, RUNS, None),
    ("W9 done after it is ready", READY, 1, 1, DONE, None),
    ("W9 fails after it is ready", READY, 1, 1, FAILED, None),
    ("W9 another's after it is ready", READY, 1, 1, FOREIGN, Stray("p2")),
    ("W9 done after it failed", OVER, 1, 1, DONE, None),
    ("W9 begins after it failed", OVER, 1, 1, RUNS, None),
    ("W9 done after it was given up", TIMED_OUT, 1, 1, DONE, None),
    ("W9 done after it was purged", PURGED, 1, 1, DONE, None),
]


async def begun(database: Database, events: tuple[Event, ...]) -> Job:
    job = (await a_service(database).submit(ASK, 3000, KEY)).job
    return move(database, job.id, *events) if events else job


@pytest.mark.parametrize(("what", "events", "epoch", "attempt", "news", "phase"), EFFECTS, ids=[case[0] for case in EFFECTS])
async def test_news(
    database: Database, what: str, events: tuple[Event, ...], epoch: int, attempt: int, news: Prediction, phase: Phase
) -> None:
    before = await begun(database, events)
    bell: list[int] = []
    service = a_service(database, Clock(BORN + 100), on_work=lambda: bell.append(1))
    assert await service.deliver("msg_1", before.id, epoch, attempt, news) is None
    after = row(database, before.id)
    assert after.phase is phase
    assert after == advance(before, Reported(BORN + 100, news), POLICY)
    assert await service.find(before.id) == after, "told at once"
    assert bell == [1]
    for _ in range(2):  # W2, W9: sent again, it changes nothing
        assert await service.deliver("msg_1", before.id, epoch, attempt, news) is None
    assert row(database, before.id) == after
    assert bell == [1]


@pytest.mark.parametrize(("what", "events", "epoch", "attempt", "news", "stray"), NO_EFFECT, ids=[case[0] for case in NO_EFFECT])
async def test_what_changes_nothing(
    database: Database, what: str, events: tuple[Event, ...], epoch: int, attempt: int, news: Prediction, stray: Stray | None
) -> None:
    before = await begun(database, events)
    service = a_service(database, Clock(BORN + 100), on_work=lambda: pytest.fail("there is nothing to do"))
    assert await service.deliver("msg_1", before.id, epoch, attempt, news) == stray
    assert row(database, before.id) == before


async def test_news_of_an_unknown_job_leaves_no_trace(database: Database) -> None:
    """W7."""
    for name in ("a" * 16, "", "' OR 1=1 --"):
        assert await a_service(database).deliver("msg_1", name, 1, 1, DONE) is None
    assert count(database, jobs) == count(database, deliveries) == 0


@pytest.mark.parametrize("same", [True, False], ids=["one message", "messages of their own"])
async def test_many_at_once_take_effect_once(database: Database, other: Database, same: bool) -> None:
    before = await begun(database, (SENT,))
    bell: list[int] = []
    services = [a_service(own, on_work=lambda: bell.append(1)) for own in (database, other)]
    news = [DONE, RUNS, DONE, FAILED, BROKE] if not same else [DONE]
    await asyncio.gather(*(
        services[number % 2].deliver("msg_1" if same else f"msg_{number}", before.id, 1, 1, news[number % len(news)])
        for number in range(40)
    ))  # fmt: skip
    after = row(database, before.id)
    assert len(bell) == after.version - before.version
    if same:
        assert (after.phase, after.version) == (Phase.FETCHING, before.version + 1)


@pytest.mark.parametrize("point", ["hook.before_commit", "hook.after_commit"])
async def test_a_webhook_is_answered_only_once_its_effect_is_durable(database: Database, point: str) -> None:
    """W10: where we fail before, the sender comes again and is heard; where we fail after, it is there already."""
    before = await begun(database, (SENT,))

    def at(passed: str) -> None:
        if passed == point:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await a_service(database, at=at).deliver("msg_1", before.id, 1, 1, DONE)
    assert count(database, deliveries) == (point == "hook.after_commit")
    await a_service(database).deliver("msg_1", before.id, 1, 1, DONE)
    after = row(database, before.id)
    assert (after.phase, after.version) == (Phase.FETCHING, before.version + 1)


# ---------------------------------------------------------------- privacy


async def test_no_column_but_the_sealed_one_has_the_prompt(database: Database, sqlite_folder: Path) -> None:
    service = a_service(database)
    job = (await service.submit(an_ask(CANARY), 3000, LIMITED)).job
    move(database, job.id, SENT, Reported(BORN, DONE), Stored(BORN, "h", "b"))
    for table in (jobs, usage, deliveries):
        for found in database.transact(lambda c, table=table: c.execute(select(table)).all()):  # type: ignore[misc]
            for name, value in found._asdict().items():
                text = value if isinstance(value, bytes) else str(value).encode()
                for word in CANARY.encode().split():
                    assert len(word) < 4 or word not in text, name
    database.transact(lambda c: store.erase_prompts(c, BORN + 10))
    assert row(database, job.id).prompt is None
    for file in sqlite_folder.iterdir():
        assert b"canary" not in file.read_bytes(), file


def test_an_order_is_printed_without_its_prompt() -> None:
    order = Order(
        job="a" * 16, epoch=2, attempt=3, prompt=CANARY, size=ASK.size, model="m", seed=1, is_exact=True,
        webhook="https://hooks.example/?t=secret", seconds=900, sent_at=BORN,
    )  # fmt: skip
    for text in (repr(order), str(order), f"{order}", repr([order]), repr({"order": order})):
        assert "canary" not in text
        assert "secret" not in text
        assert "a" * 16 + ".2.3" in text


@pytest.mark.parametrize("ask", [an_ask("A forbidden thing, says the canary"), an_ask("the canary is over budget")])
async def test_refusals_are_silent_about_the_prompt(database: Database, ask: Ask) -> None:
    with pytest.raises((Blocked, OverBudget)) as caught:
        await a_service(database).submit(ask, 1, replace(KEY, jobs_per_day=0))
    assert "canary" not in repr(caught.value) + str(caught.value) + repr(vars(caught.value))
