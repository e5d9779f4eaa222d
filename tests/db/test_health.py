"""Sound or damaged, in SQLite's own words; and a copy that is of one moment."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from placeholder.db.database import Database, open_engine
from placeholder.db.health import Damaged, check, copy, is_damage, opened_copy
from placeholder.db.schema import migrate


def page_of(file: Path, name: str) -> int:
    """Where in `file` the pages of a table or index begin."""
    with sqlite3.connect(file) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    return int((root - 1) * size)


def spoil(file: Path, place: int, length: int = 4096) -> None:
    with file.open("r+b") as opened:
        opened.seek(place)
        opened.write(b"\xa5" * length)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "x.db"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


@pytest.mark.parametrize("name", ["usage", "jobs_due_at", "deliveries", "alembic_version"])
def test_a_spoilt_page_is_found_wherever_it_is(file: Path, name: str) -> None:
    engine = open_engine(f"sqlite:///{file}")
    check(engine)
    engine.dispose()
    spoil(file, page_of(file, name))
    with pytest.raises(Damaged, match=r"the database is damaged\. .* placeholder restore BACKUP --force"):
        check(engine)
    engine.dispose()
    with pytest.raises(Damaged), opened_copy(file):
        raise AssertionError


def test_an_index_that_lacks_a_row_is_found_in_a_copy(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO usage VALUES ('k', '2026-11', 1, 1)")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'jobs_due_at')"
                           " WHERE name = 'sqlite_autoindex_usage_1'")  # fmt: skip
        connection.commit()
    connection.close()
    with pytest.raises(Damaged), opened_copy(file):
        raise AssertionError


def test_only_damage_is_damage(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no database" * 100)
    for path, expected in ((tmp_path / "x", True), (tmp_path, False)):
        with pytest.raises(sqlite3.DatabaseError) as caught, closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT * FROM t")
        assert is_damage(caught.value) is expected
    assert not is_damage(None)
    assert not is_damage(ValueError())


async def test_a_copy_is_of_one_moment_while_others_write(file: Path, tmp_path: Path) -> None:
    """Two rows of each transaction are there, or neither."""
    opened, other = Database(open_engine(f"sqlite:///{file}")), open_engine(f"sqlite:///{file}")
    pair = "INSERT INTO deliveries VALUES ('a{0}', 0), ('b{0}', 0)"
    try:
        for n in range(3):
            writes = [asyncio.ensure_future(opened.write(lambda c, n=n, m=m: c.exec_driver_sql(pair.format(f"{n}-{m}")).rowcount))
                      for m in range(400)]  # fmt: skip
            await writes[20]
            target = tmp_path / f"copy{n}"
            target.touch()
            await asyncio.to_thread(copy, other, target)
            with opened_copy(target) as connection:
                count = "SELECT count(*), count(CASE WHEN id LIKE 'a%' THEN 1 END) FROM deliveries"
                rows, halves = connection.exec_driver_sql(count).one()
            assert rows == 2 * halves > 40
            await asyncio.gather(*writes)
    finally:
        opened.close()
        other.dispose()


def test_what_was_deleted_is_in_no_copy(file: Path, tmp_path: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO deliveries VALUES ('canary-canary', 0)")
        connection.commit()
        connection.execute("DELETE FROM deliveries")
        connection.commit()
    connection.close()
    engine = open_engine(f"sqlite:///{file}")
    (tmp_path / "copy").touch()
    copy(engine, tmp_path / "copy")
    assert b"canary" not in (tmp_path / "copy").read_bytes()
    with pytest.raises(OperationalError, match="already exists"):
        copy(engine, tmp_path / "copy")
    engine.dispose()
