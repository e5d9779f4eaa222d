"""The database: `read` and `write` run a function over a connection, in a thread of ours, and are awaited.

- A transaction is one plain function. It cannot be left open by a client that hangs up in the middle, and nothing else
  of the process runs between its statements.
- On SQLite writes share transactions: what is ordered in one turn of the loop, and whatever has queued up while the last one was
  committed. So a hundred writers wait for one fsync and not for a hundred, and whoever is answered is durable. Where one of them
  fails, all are run once more, each under a savepoint of its own. A function may run twice: it must change nothing but rows.
- Whoever waits is answered within PATIENCE_S, whatever has become of the database. What was not begun by then is not done.
- SQLite: WAL, synchronous=FULL, BEGIN IMMEDIATE for every write, this process's only writer, and one of all processes at a
  time (turns.py).

SQLAlchemy runs synchronously here: in its asynchronous form over aiosqlite each statement crosses threads, and a fifth as
many statements a second get through.
"""

import asyncio
import math
import queue
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from placeholder.db.turns import TooLong, Turns
from placeholder.errors import Unavailable

T = TypeVar("T")
Work = Callable[[Connection], T]

MAX_BATCH = 256
"""Writes of a batch, on SQLite; no more batches join a transaction that has as many. On PostgreSQL, where others write at the
same time, they would hold each other's rows in turn and lose whole batches to deadlocks."""
PATIENCE_S = 12.0
"""Longer than it takes SQLite to find out twice that another process holds the lock."""
_READERS = 2
BUSY_S = 5
"""Seconds that one writer waits for another."""
_SQLITE = """
PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 8388608;
"""
_POSTGRES = {
    "connect_timeout": 5,
    # A machine that went away says nothing: noticed within about ten seconds, where the system takes hours.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""For libpq, where the URL does not say otherwise."""
_DEADLOCK = "40P01"
_ATTEMPTS = 3


class BadDatabaseUrl(Exception):
    """What was expected, without the URL: it may carry a password."""


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`. Raises BadDatabaseUrl."""
    parsed = _parse(url)
    options: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "hide_parameters": True}
    if parsed.get_backend_name() == "postgresql":
        chosen = {name: value for name, value in _POSTGRES.items() if name not in parsed.query}
        return create_engine(parsed, pool_pre_ping=True, pool_size=_READERS + 1, max_overflow=2, connect_args=chosen, **options)
    if parsed.database:
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(parsed.database).touch(mode=0o600)
    engine = create_engine(parsed, **options)
    event.listen(engine, "connect", _prepare)
    return engine


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for any other. Raises BadDatabaseUrl."""
    parsed = _parse(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() in ("sqlite", "postgresql"):
            parsed.get_dialect()
            return parsed
    except (ArgumentError, NoSuchModuleError, ImportError):
        pass
    raise BadDatabaseUrl("expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")


def turns(engine: Engine) -> Turns | None:
    """Whose turn it is to write; None where the engine sees to that."""
    is_file = engine.dialect.name == "sqlite" and engine.url.database
    return Turns(Path(engine.url.database or ""), BUSY_S) if is_file else None


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.executescript(_SQLITE)
    # SQLite waits for no writer when it is to turn a file's journal into a write-ahead log; so this does.
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


class _Order(NamedTuple):
    work: Work[Any]
    future: asyncio.Future[Any]


class _Batch(NamedTuple):
    """What was ordered in one turn of a loop."""

    orders: list[_Order]
    loop: asyncio.AbstractEventLoop
    until: float
    """When whoever waits gives up, by time.monotonic."""
    giving_up: asyncio.TimerHandle


class Database:
    """Opens nothing before it is asked something. `close` it."""

    def __init__(self, engine: Engine, release: Callable[[], None] = lambda: None, patience_s: float = PATIENCE_S) -> None:
        """`release` is called when it is closed."""
        self.engine, self._release, self._patience_s = engine, release, patience_s
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._most = MAX_BATCH if self.is_sqlite else 1
        self._turns = turns(engine)
        self._batches: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._ordered: dict[asyncio.AbstractEventLoop, list[_Order]] = {}
        """In the present turn of each loop."""
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="db-read")
        self._writer = Thread(target=self._write_batches, name="db-write", daemon=True)
        self._writer.start()

    async def read(self, work: Work[T]) -> T:
        """What `work` returns; it only reads. Raises Unavailable."""
        answer = asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)
        try:
            async with asyncio.timeout(self._patience_s):
                return await answer
        except TimeoutError:
            raise Unavailable("The database") from None

    async def write(self, work: Work[T]) -> T:
        """What `work` returns, once its changes are durable; none of them are there when it raises. Raises Unavailable.

        Goes on to its end when whoever awaits it is cancelled."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if loop not in self._ordered:
            self._ordered[loop] = []
            loop.call_soon(self._hand_over, loop)
        self._ordered[loop].append(_Order(work, future))
        return await future

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        ordered, until = self._ordered.pop(loop, []), time.monotonic() + self._patience_s
        for at in range(0, len(ordered), self._most):
            orders = ordered[at : at + self._most]
            self._batches.put(_Batch(orders, loop, until, loop.call_later(self._patience_s, _give_up, orders)))

    def transact(self, work: Work[T]) -> T:
        """The same as `write`, here and now, for callers without an event loop."""
        (outcome,) = self._run([work], math.inf)
        if isinstance(outcome, BaseException):
            raise outcome
        result: T = outcome
        return result

    def close(self) -> None:
        """Lets what was ordered end. To be called where no other thread's loop orders anything."""
        for loop in [each for each in self._ordered if not each.is_closed()]:
            self._hand_over(loop)
        self._batches.put(None)
        self._writer.join()
        self._readers.shutdown()
        self.engine.dispose()
        if self._turns:
            self._turns.close()
        self._release()

    def _read(self, work: Work[T]) -> T:
        with _told(), self.engine.connect() as connection:
            return work(connection)

    def _write_batches(self) -> None:
        is_last = False
        while not is_last:
            batches, is_last = self._waiting()
            if batches:
                outcomes = self._run([order.work for batch in batches for order in batch.orders], batches[0].until)
                _answer(batches, outcomes)

    def _waiting(self) -> tuple[list[_Batch], bool]:
        """What is to share the next transaction, and whether it is the last one."""
        batches: list[_Batch] = []
        size, more = 0, self._batches.get()
        with suppress(queue.Empty):
            while more is not None:
                batches.append(more)
                size += len(more.orders)
                if size >= self._most:
                    return batches, False
                more = self._batches.get_nowait()
            return batches, True
        return batches, False

    def _run(self, works: list[Work[Any]], until: float) -> list[Any]:
        """What each returned or raised, all of them in one transaction; none is begun after `until`."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with ExitStack() as stack:
                    if self._turns:
                        stack.enter_context(self._turns.turn())
                    stack.enter_context(_told())
                    return self._in_transaction(stack.enter_context(self.engine.connect()), works, until)
            except TooLong:
                return [Unavailable("The database")] * len(works)
            except Unavailable as error:
                if error.__cause__ is None or not _is_deadlock(error.__cause__) or attempt == _ATTEMPTS:
                    return [error] * len(works)
            except BaseException as error:  # a fault of ours must reach whoever waits
                return [error] * len(works)
        raise AssertionError

    def _in_transaction(self, connection: Connection, works: list[Work[Any]], until: float) -> list[Any]:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        try:
            _be_in_time(until)
            outcomes = [works[0](connection)] if len(works) == 1 else _side_by_side(connection, works)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            with suppress(SQLAlchemyError):
                connection.exec_driver_sql("ROLLBACK")
            raise
        return outcomes


def _be_in_time(until: float) -> None:
    """Raises Unavailable where whoever waited has been told so."""
    if time.monotonic() > until:
        raise Unavailable("The database")


def _side_by_side(connection: Connection, works: list[Work[Any]]) -> list[Any]:
    """What each returned or raised. Where none fails, which is nearly always, one savepoint does for all."""
    together = _under_savepoint(connection, lambda c: [work(c) for work in works])
    if isinstance(together, list):
        return together
    return [_under_savepoint(connection, work) for work in works]


def _under_savepoint(connection: Connection, work: Work[Any]) -> Any:
    connection.exec_driver_sql("SAVEPOINT work")
    try:
        outcome = work(connection)
    except Exception as error:
        try:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT work")
            connection.exec_driver_sql("RELEASE SAVEPOINT work")
        except SQLAlchemyError:  # the transaction is lost as a whole
            raise error from None
        if isinstance(error, DBAPIError) and _is_deadlock(error):
            raise
        return _unavailable(error) if isinstance(error, DBAPIError) else error
    connection.exec_driver_sql("RELEASE SAVEPOINT work")
    return outcome


def _is_deadlock(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _DEADLOCK


def _unavailable(error: DBAPIError) -> Unavailable:
    refusal = Unavailable("The database")
    refusal.__cause__ = error
    return refusal


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _unavailable(error) from error


def _answer(batches: list[_Batch], outcomes: list[Any]) -> None:
    told = 0
    for batch in batches:
        mine = outcomes[told : told + len(batch.orders)]
        told += len(mine)
        with suppress(RuntimeError):  # the loop is closed, and nobody waits any more
            batch.loop.call_soon_threadsafe(_settle, batch, mine)


def _give_up(orders: list[_Order]) -> None:
    for order in orders:
        if not order.future.done():
            order.future.set_exception(Unavailable("The database"))


def _settle(batch: _Batch, outcomes: list[Any]) -> None:
    batch.giving_up.cancel()
    for (_, future), outcome in zip(batch.orders, outcomes, strict=True):
        if future.done():
            continue
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
