"""What a job costs among few others and among a million: `python tests/bench/growth.py`; `--postgres` for that engine too.

One database for each number of jobs, filled by SQL with what a year of use leaves behind: ended jobs of all ages, of which the
last day's still have their prompts; a queue; webhooks and budgets in proportion. Then what the service itself does, by its own
functions: every figure is microseconds for one job of a hundred that come at once, commit included. Medians of rounds that visit
every size in turn. Nothing that the service does by itself may grow with the number of jobs: the last column but one is the
largest size over the smallest.
"""

import argparse
import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

import psycopg
import report
from sqlalchemy import bindparam, insert, update

from placeholder.db.database import Database, open_engine
from placeholder.db.schema import migrate
from placeholder.db.tables import deliveries, jobs, usage
from placeholder.jobs import store
from placeholder.jobs.board import Board
from placeholder.jobs.machine import Policy
from placeholder.jobs.model import Job, Phase, State, job_id, job_mac
from placeholder.jobs.service import Jobs
from placeholder.jobs.upkeep import Retention, tidy
from placeholder.keys.model import Key, day

sys.path.insert(0, str(Path(__file__).parents[1]))
from fixtures.databases import postgres_server
from fixtures.simulation import SCREEN, VAULT, Shelf, an_ask

SIZES = [10**3, 10**4, 10**5, 10**6]
LIMIT = 2
"""Times what the smallest size takes; growing more than that is not staying flat."""
FREE = frozenset(("jobs list --state failed",))
"""Without that limit: the newest of a rare state lie far apart, among many jobs each on a page of its own; an index for what a
person asks for now and then would be paid for by every job."""
AT_ONCE = 100
CLAIM = 8
FEW = 20
"""What the smallest database has of every state."""
HOUR, DAY = 3600, 86400
YEAR = 365 * DAY
KEY = Key(id="k1", name="bench", owner="o", scopes=frozenset(("ai:create",)), jobs_per_day=2**31 - 2)
POLICY = Policy()
KEEP = Retention(prompts_s=DAY, pictures_s=0)
FORGET = Retention(prompts_s=DAY, pictures_s=2 * YEAR)
COLUMNS = [field.name for field in fields(Job)]


def row(mac: bytes, asked: float, phase: Phase, now: float) -> Job:
    is_open = phase in (Phase.QUEUED, Phase.RUNNING)
    states = {Phase.QUEUED: State.PENDING, Phase.RUNNING: State.GENERATING, Phase.READY: State.READY}
    has_ended_lately = asked > now - DAY
    job = Job(
        id=job_id(mac), mac=mac, owner="o", key_id="k1", w=512, h=512, model="black-forest-labs/flux-schnell", seed=None,
        prompt=mac * 4 if is_open or has_ended_lately else None, cost=3000, created_at=asked, updated_at=asked, asked_at=asked,
        phase=phase, state=states.get(phase, State.FAILED), due_at=asked if is_open else None,
    )  # fmt: skip
    if phase is Phase.QUEUED:
        return job
    job = replace(
        job, version=4, attempt=1, sent_at=asked, prediction=mac.hex()[:26], output="https://replicate.delivery/x/out-0.png"
    )
    if is_open:
        return replace(job, due_at=now + DAY)
    job = replace(job, ended_at=asked + 5, updated_at=asked + 5)
    if phase is Phase.READY:
        return replace(job, thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j3A", blur="data:image/webp;base64," + "A" * 200)
    return replace(job, code="timeout" if phase is Phase.FAILED else None)


def rows(count: int, now: float) -> Iterator[Job]:
    """AT_ONCE that ended long ago, whose asks are known; of the others one in a hundred is queued and one in a thousand runs."""
    dice = random.Random(count)
    for number in range(AT_ONCE):
        yield row(job_mac(VAULT.id_key, an_ask(f"known {number}")), now - YEAR + number, Phase.READY, now)
    for phase, some in ((Phase.QUEUED, max(AT_ONCE, count // 100)), (Phase.RUNNING, max(AT_ONCE, count // 1000))):
        for _ in range(some):
            yield row(dice.randbytes(32), now - dice.random() * 60, phase, now)
        count -= some
    for _ in range(count - AT_ONCE):
        phase = dice.choices((Phase.READY, Phase.FAILED, Phase.PURGED), (90, 3, 7))[0]
        yield row(dice.randbytes(32), now - 60 - dice.random() * YEAR, phase, now)


@dataclass
class Stock:
    """A database with `count` jobs, and what is asked of it."""

    count: int
    url: str
    database: Database
    now: float
    fresh: int = 0

    def jobs(self) -> Jobs:
        """The service as it is when it has read nothing yet."""
        return Jobs(self.database, Board(self.database), VAULT, VAULT.id_key, SCREEN, policy=POLICY)

    def fill(self) -> None:
        seen = ({"id": f"msg_{number}", "received_at": self.now - number % HOUR} for number in range(self.count // 10))
        spent = (
            {"key_id": f"k1/{number}", "period": day(self.now - number % 20 * DAY), "jobs": 1, "cost": 3000}
            for number in range(self.count // 10)
        )
        if self.database.is_sqlite:
            with sqlite3.connect(self.database.engine.url.database) as connection:
                connection.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -500000")
                connection.executemany(
                    f"INSERT INTO jobs ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})",
                    map(astuple, rows(self.count, self.now)),
                )
            connection.close()
        else:
            command = f"COPY jobs ({', '.join(COLUMNS)}) FROM STDIN"
            with psycopg.connect(self.url) as connection, connection.cursor() as cursor, cursor.copy(command) as copy:
                for job in rows(self.count, self.now):
                    copy.write_row(astuple(job))
        self.database.transact(lambda c: c.execute(insert(deliveries), list(seen)))
        self.database.transact(lambda c: c.execute(insert(usage), list(spent)))
        if not self.database.is_sqlite:  # as autovacuum would, some time after
            self.database.transact(lambda c: c.exec_driver_sql("ANALYZE"))


Operation = Callable[[Stock], Awaitable[int]]


async def status(stock: Stock) -> int:
    service, ids = stock.jobs(), [job_id(job_mac(VAULT.id_key, an_ask(f"known {number}"))) for number in range(AT_ONCE)]
    return len(await asyncio.gather(*map(service.find, ids)))


async def submit_new(stock: Stock) -> int:
    service, stock.fresh = stock.jobs(), stock.fresh + AT_ONCE
    asks = [an_ask(f"new {stock.fresh + number}") for number in range(AT_ONCE)]
    return len(await asyncio.gather(*(service.submit(one, 3000, KEY) for one in asks)))


async def submit_known(stock: Stock) -> int:
    service = stock.jobs()
    return len(await asyncio.gather(*(service.submit(an_ask(f"known {number}"), 3000, KEY) for number in range(AT_ONCE))))


async def changes(stock: Stock) -> int:
    """What a process reads that has long polls open, four times a second."""
    await stock.database.read(lambda c: store.versions_since(c, stock.now + 1))
    return 1


async def claim(stock: Stock) -> int:
    taken: list[store.Taking] = []
    while len(taken) < AT_ONCE:
        await stock.database.read(store.next_due)
        taken += await stock.database.write(lambda c: store.take(c, stock.now, stock.now + DAY, CLAIM, POLICY, may_send=True))
    return len(taken)


async def claim_at_rest(stock: Stock) -> int:
    """While nothing may be sent: of the queue nobody is taken."""
    taken: list[store.Taking] = []
    while len(taken) < AT_ONCE:
        taken += await stock.database.write(lambda c: store.take(c, stock.now, stock.now + DAY, CLAIM, POLICY, may_send=False))
    return len(taken)


async def upkeep(stock: Stock) -> int:
    await tidy(stock.database, Shelf(), POLICY, KEEP, stock.now)
    return AT_ONCE


async def deletion(stock: Stock) -> int:
    await tidy(stock.database, Shelf(), POLICY, FORGET, stock.now)
    return AT_ONCE


def listing(state: State | None, age: float | None = None) -> Operation:
    async def page(stock: Stock) -> int:
        after = None if age is None else (stock.now - age, "a" * 16)
        return len(await stock.database.read(lambda c: store.listed(c, state, after, FEW)))

    return page


def as_before(stock: Stock) -> None:
    """What the last round has changed is as it was: AT_ONCE with a prompt that is due to go, AT_ONCE with a picture that is,
    AT_ONCE that run and are due, and the queue."""
    known = [job_id(job_mac(VAULT.id_key, an_ask(f"known {number}"))) for number in range(AT_ONCE)]
    ids = [{"name": name} for name in known]
    ready = {"phase": "ready", "state": "ready", "due_at": None, "code": None}

    def mend(c: Any) -> None:
        mine = update(jobs).where(jobs.c.id == bindparam("name"))
        c.execute(mine.values(**ready, prompt=b"sealed", ended_at=stock.now - 3 * YEAR), ids)
        c.execute(
            update(jobs).where(jobs.c.phase == "submitting").values(phase="queued", state="pending", due_at=jobs.c.asked_at)
        )
        running = c.execute(jobs.select().where(jobs.c.phase == "running").limit(AT_ONCE)).all()
        c.execute(mine.values(due_at=stock.now - 1), [{"name": one.id} for one in running])
        c.execute(insert(deliveries), [{"id": f"old {n} {time.time_ns()}", "received_at": 1.0} for n in range(AT_ONCE)])
        c.execute(usage.delete().where(usage.c.period < "2001"))
        c.execute(insert(usage), [{"key_id": f"k1/{n}", "period": "2000-01-01", "jobs": 1, "cost": 0} for n in range(AT_ONCE)])

    stock.database.transact(mend)


OPERATIONS: dict[str, Operation] = {
    "status of a known id": status,
    "submit, a new ask": submit_new,
    "submit, a known ask": submit_known,
    "what others have changed (one look)": changes,
    "claim": claim,
    "claim, while nothing may be sent": claim_at_rest,
    "upkeep: prompts, webhooks, usage": upkeep,
    "deletion of aged pictures": deletion,
    "jobs list": listing(None),
    "jobs list --state failed": listing(State.FAILED),
    "jobs list --state pending": listing(State.PENDING),
    "a page of jobs export": listing(State.READY, YEAR / 2),
}


async def microseconds(stock: Stock, operation: Operation) -> float:
    as_before(stock)
    started = time.perf_counter()
    count = await operation(stock)
    return (time.perf_counter() - started) / count * 1e6


@contextmanager
def sqlite_urls() -> Iterator[Callable[[int], str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield lambda count: f"sqlite:///{folder}/{count}.db"


@contextmanager
def postgres_urls() -> Iterator[Callable[[int], str]]:
    def made(count: int) -> str:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE jobs_{count}")
        return f"{server.rpartition('/')[0]}/jobs_{count}"

    with contextmanager(postgres_server._get_wrapped_function())() as server:
        yield made


def stocked(count: int, url: str, now: float, stack: ExitStack) -> Stock:
    engine = open_engine(url)
    migrate(engine)
    database = Database(engine)
    stack.callback(database.close)
    stock = Stock(count, url, database, now)
    stock.fill()
    return stock


def measure(name: str, urls: Callable[[int], str], sizes: list[int], rounds: int) -> bool:
    """Prints the table; whether everything stays flat."""
    figures: dict[tuple[str, int], list[float]] = {}
    with ExitStack() as stack:
        stocks = [stocked(count, urls(count), time.time(), stack) for count in sizes]
        for number in range(-1, rounds):
            for what, operation in OPERATIONS.items():
                for stock in stocks:
                    took = asyncio.run(microseconds(stock, operation))
                    if number >= 0:  # the round before is for warming up
                        figures.setdefault((what, stock.count), []).append(took)
    rows, is_flat = [], True
    for what in OPERATIONS:
        middle = [statistics.median(figures[what, count]) for count in sizes]
        ratio = middle[-1] / middle[0]
        is_kept = ratio < LIMIT
        is_flat &= is_kept or what in FREE
        told = "" if what in FREE else "kept" if is_kept else "BROKEN"
        rows.append((what, *(f"{took:,.0f}" for took in middle), f"{ratio:.1f}", told))
    print()
    report.table((f"{name}, µs a job", *(f"{count:,}" for count in sizes), f"ratio, < {LIMIT}", ""), rows)
    return is_flat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[10**3, 10**4, 10**5, 10**6], help="numbers of jobs, 1000 or more"
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL too, on a server of its own")
    options = parser.parse_args()
    engines = {"SQLite": sqlite_urls, **({"PostgreSQL": postgres_urls} if options.postgres else {})}
    kept = []
    for name, opened in engines.items():
        with opened() as urls:
            kept.append(measure(name, urls, options.sizes, options.rounds))
    sys.exit(None if all(kept) else "something grows with the number of jobs")


if __name__ == "__main__":
    main()
