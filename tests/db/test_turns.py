"""Writers of one SQLite file: one at a time, to the end of COMMIT and of the checkpoint in it; none waits for ever."""

import asyncio
import fcntl
import sqlite3
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import event

from placeholder.db import database as db
from placeholder.db.database import Database, open_engine
from placeholder.db.schema import migrate
from placeholder.db.turns import TooLong, Turns
from placeholder.errors import Unavailable


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.db"


def is_free(file: Path) -> bool:
    with file.with_name("x.db.turn").open("r+b") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.parametrize("step", ["migrate", "transact", "write"])
async def test_a_turn_lasts_from_begin_to_the_end_of_commit(file: Path, step: str) -> None:
    """After the statement itself, for a checkpoint is part of it."""
    engine = open_engine(f"sqlite:///{file}")
    if step != "migrate":
        migrate(engine)
    seen: list[tuple[str, bool]] = []

    @event.listens_for(engine, "before_cursor_execute")
    @event.listens_for(engine, "after_cursor_execute")
    def look(*words: object) -> None:
        statement = str(words[2])
        if statement.startswith(("BEGIN", "COMMIT", "CREATE TABLE", "UPDATE")):
            seen.append((statement.split()[0], is_free(file)))

    opened = Database(engine)
    try:
        if step == "migrate":
            migrate(engine)
        elif step == "transact":
            opened.transact(lambda c: c.exec_driver_sql("UPDATE jobs SET w = w"))
        else:
            await opened.write(lambda c: c.exec_driver_sql("UPDATE jobs SET w = w"))
    finally:
        opened.close()
    assert {word for word, _ in seen} >= {"BEGIN", "COMMIT"}
    assert not any(free for _, free in seen)
    assert is_free(file)


async def test_who_waits_too_long_is_told_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a process that stands still between BEGIN and COMMIT. Readers go on."""
    monkeypatch.setattr(db, "BUSY_S", 0.1)
    opened = Database(open_engine(f"sqlite:///{file}"))
    other = Turns(file, 1)
    try:
        opened.transact(lambda c: c.exec_driver_sql("CREATE TABLE t (n INTEGER)"))
        with other.turn():
            with pytest.raises(Unavailable, match="Try again"):
                await opened.write(lambda c: c.exec_driver_sql("INSERT INTO t VALUES (1)"))
            assert await opened.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM t").scalar()) == 0
        await opened.write(lambda c: c.exec_driver_sql("INSERT INTO t VALUES (2)"))
        assert await opened.read(lambda c: c.exec_driver_sql("SELECT n FROM t").scalars().all()) == [2]
    finally:
        opened.close()
        other.close()


def test_threads_of_one_process_take_turns_too(file: Path) -> None:
    turns = Turns(file, 0.1)
    begun, done = Event(), Event()

    def hold() -> None:
        with turns.turn():
            begun.set()
            done.wait(10)

    holder = Thread(target=hold)
    holder.start()
    begun.wait(10)
    with pytest.raises(TooLong), turns.turn():
        raise AssertionError
    done.set()
    holder.join()
    with turns.turn():
        assert not is_free(file)
    turns.close()


def test_a_turn_ends_with_a_failure(file: Path) -> None:
    turns = Turns(file, 0.1)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), turns.turn():
            raise ZeroDivisionError
    assert is_free(file)
    turns.close()


async def test_four_databases_write_all_they_are_given(file: Path) -> None:
    """With checkpoints all the while."""
    opened = [Database(open_engine(f"sqlite:///{file}")) for _ in range(4)]
    try:
        opened[0].transact(lambda c: c.exec_driver_sql("CREATE TABLE t (n BLOB)"))
        insert = "INSERT INTO t VALUES (zeroblob(100000))"
        await asyncio.gather(*(opened[n % 4].write(lambda c: c.exec_driver_sql(insert).rowcount) for n in range(120)))
        assert await opened[3].read(lambda c: c.exec_driver_sql("SELECT count(*) FROM t").scalar()) == 120
    finally:
        for one in opened:
            one.close()
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
