"""Database: durable, all or nothing, many writers in one commit; on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, event, text

from placeholder.db.database import BadDatabaseUrl, Database, open_engine
from placeholder.errors import Unavailable

Work = Callable[[Connection], int]


def counting(database: Database) -> None:
    database.transact(lambda c: c.exec_driver_sql("CREATE TABLE tally (n INTEGER PRIMARY KEY)"))


def adding(n: int) -> Work:
    return lambda c: c.execute(text("INSERT INTO tally VALUES (:n)"), {"n": n}).rowcount


def total(c: Connection) -> int:
    return int(c.exec_driver_sql("SELECT count(*) FROM tally").scalar_one())


async def test_writes_are_there_for_readers(database: Database) -> None:
    counting(database)
    assert await database.write(adding(1)) == 1
    assert await database.read(total) == 1


async def test_a_hundred_writers(database: Database) -> None:
    counting(database)
    assert await asyncio.gather(*(database.write(adding(n)) for n in range(100))) == [1] * 100
    assert await database.read(total) == 100


async def test_one_that_fails_takes_nobody_along(database: Database) -> None:
    counting(database)

    def failing(c: Connection) -> int:
        adding(1000)(c)
        raise ZeroDivisionError

    works: list[Work] = [adding(1), failing, adding(2), adding(2), adding(3)]
    outcomes = await asyncio.gather(*map(database.write, works), return_exceptions=True)
    assert outcomes[0] == outcomes[2] == outcomes[4] == 1
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert isinstance(outcomes[3], Unavailable)  # a second 2
    assert await database.read(lambda c: sorted(c.exec_driver_sql("SELECT n FROM tally").scalars())) == [1, 2, 3]


@pytest.mark.parametrize(("last", "kept"), [(30, 31), (0, 30)], ids=["all well", "one fails"])
async def test_on_sqlite_what_is_ordered_at_once_is_one_commit(tmp_path: Path, last: int, kept: int) -> None:
    database, said = Database(open_engine(f"sqlite:///{tmp_path / 'x.db'}")), list[str]()
    try:
        counting(database)
        event.listen(database.engine, "before_cursor_execute", lambda *told: said.append(told[2]))
        await asyncio.gather(*(database.write(adding(n)) for n in (*range(30), last)), return_exceptions=True)
        assert said.count("COMMIT") == 1
        assert await database.read(total) == kept
    finally:
        database.close()


async def test_a_write_outlives_whoever_waits_for_it(database: Database) -> None:
    counting(database)
    task = asyncio.create_task(database.write(adding(1)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await database.write(adding(2))
    assert await database.read(total) == 2


async def test_what_was_ordered_just_before_the_end_is_done(database_url: str) -> None:
    database, other = Database(open_engine(database_url)), Database(open_engine(database_url))
    try:
        counting(database)
        task = asyncio.create_task(database.write(adding(1)))
        await asyncio.sleep(0)  # ordered, and not yet handed over
        database.close()
        assert await task == 1
        assert await other.read(total) == 1
    finally:
        other.close()


async def test_two_processes_worth_of_writers(database: Database, database_url: str) -> None:
    counting(database)
    other = Database(open_engine(database_url))
    try:
        await asyncio.gather(*((database if n % 2 else other).write(adding(n)) for n in range(60)))
        assert await other.read(total) == 60
    finally:
        other.close()


async def test_a_locked_sqlite_file_is_unavailable_and_recovers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    database, other = Database(open_engine(url)), open_engine(url)
    try:
        counting(database)
        database.transact(lambda c: c.exec_driver_sql("PRAGMA busy_timeout = 50"))
        with other.connect() as holder:
            holder.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable) as caught:
                await database.write(adding(1))
            assert "Try again" in str(caught.value)
            holder.exec_driver_sql("ROLLBACK")
        assert await database.write(adding(1)) == 1
    finally:
        database.close()
        other.dispose()


async def test_a_full_disk_is_unavailable_and_recovers(tmp_path: Path) -> None:
    database = Database(open_engine(f"sqlite:///{tmp_path / 'x.db'}"))
    try:
        database.transact(lambda c: c.exec_driver_sql("CREATE TABLE big (b BLOB)"))

        def fill(c: Connection) -> None:
            c.exec_driver_sql("PRAGMA max_page_count = 20")
            c.exec_driver_sql("INSERT INTO big VALUES (zeroblob(1000000))")

        with pytest.raises(Unavailable):
            await database.write(fill)
        await database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 100000").scalar())
        await database.write(lambda c: c.exec_driver_sql("INSERT INTO big VALUES (zeroblob(1000000))").rowcount)
    finally:
        database.close()


async def test_a_postgres_that_goes_away_is_unavailable_and_comes_back(postgres_url: str) -> None:
    database = Database(open_engine(postgres_url))
    try:
        counting(database)

        def cut_off(c: Connection) -> None:
            c.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

        with pytest.raises(Unavailable):
            await database.write(cut_off)
        assert await database.write(adding(1)) == 1
    finally:
        database.close()


async def test_a_database_that_stands_still_keeps_nobody(database_url: str) -> None:
    """Whoever waits is told, and what was not begun by then is not done later, when nobody knows of it any more."""
    database, begun, still = Database(open_engine(database_url), patience_s=0.3), Event(), Event()
    try:
        counting(database)

        def standing(c: Connection) -> int:
            begun.set()
            assert still.wait(30)
            return adding(1)(c)

        first = asyncio.create_task(database.write(standing))
        await asyncio.to_thread(begun.wait, 30)
        works = [first, *(database.write(adding(n)) for n in (2, 3))]
        reads = [database.read(lambda _: still.wait(30)) for _ in range(5)]
        for outcome in await asyncio.gather(*works, *reads, return_exceptions=True):
            assert isinstance(outcome, Unavailable)
        await asyncio.sleep(0.1)
        still.set()
        assert await soon(database.write, adding(4)) == 1
        assert await database.read(lambda c: sorted(c.exec_driver_sql("SELECT n FROM tally").scalars())) == [1, 4]
    finally:
        still.set()
        database.close()


async def soon(ask: Callable[[Work], Awaitable[int]], work: Work) -> int:
    while True:
        try:
            return await ask(work)
        except Unavailable:
            await asyncio.sleep(0.05)


def test_what_a_url_says_of_connections_is_heeded(postgres_url: str) -> None:
    for url, seconds in ((postgres_url, "5"), (postgres_url + "?connect_timeout=7", "7")):
        engine = open_engine(url)
        with engine.connect() as connection:
            told = connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
        engine.dispose()
        assert told["connect_timeout"] == seconds
        assert told["tcp_user_timeout"] == "10000"


async def test_deadlocked_writers_are_run_again(postgres_url: str) -> None:
    database, other = Database(open_engine(postgres_url)), Database(open_engine(postgres_url))
    try:
        counting(database)
        await asyncio.gather(database.write(adding(1)), database.write(adding(2)))

        def crossing(first: int, second: int) -> Callable[[Connection], None]:
            def work(c: Connection) -> None:
                for n in (first, second):
                    c.exec_driver_sql(f"UPDATE tally SET n = n WHERE n = {n}")
                    c.exec_driver_sql("SELECT pg_sleep(0.2)")

            return work

        await asyncio.gather(database.write(crossing(1, 2)), other.write(crossing(2, 1)))
    finally:
        database.close()
        other.close()


@pytest.mark.parametrize("url", ["", "mysql://x:hush@y/z", "nonsense hush", "postgresql+nosuch://u:hush@h/d", "://hush"])
def test_urls_that_name_no_database_of_ours(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as caught:
        open_engine(url)
    assert "hush" not in str(caught.value)


def test_sqlite_files_are_their_owners_alone(tmp_path: Path) -> None:
    database = Database(open_engine(f"sqlite:///{tmp_path / 'made' / 'x.db'}"))
    counting(database)
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o700
    for path in (tmp_path / "made").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    database.close()
