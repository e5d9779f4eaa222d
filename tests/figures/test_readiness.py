"""A word for each part: what works, what does not, what hangs; asked once a second, and never twice at once."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from placeholder.blobs.store import BlobsUnavailable, open_blobs
from placeholder.db.database import Database, open_engine
from placeholder.db.schema import migrate
from placeholder.figures.model import PARTS, WORDS
from placeholder.figures.readiness import Readiness, families, is_ready, readiness

WELL = {"database": "ok", "migrations": "ok", "blobs": "ok"}


class Hand:
    """A worker as far as it matters here."""

    def __init__(self, word: str) -> None:
        self.state = lambda: word


async def parts(database: Database, blobs: Any, worker: Any = None) -> dict[str, str]:
    looks = readiness(database, blobs, worker)
    try:
        return await looks.parts()
    finally:
        await looks.close()


@pytest.mark.parametrize(("worker", "word"), [(None, "off"), (Hand("ok"), "ok"), (Hand("late"), "late"), (Hand("down"), "down")])
async def test_where_all_is_well_the_worker_decides(database: Database, tmp_path: Path, worker: Any, word: str) -> None:
    found = await parts(database, open_blobs(tmp_path.as_uri()), worker)
    assert found == {**WELL, "worker": word}
    assert tuple(found) == PARTS
    assert is_ready(found) is (word in ("ok", "off"))


async def test_asking_changes_no_row_and_yet_writes(tmp_path: Path) -> None:
    path = tmp_path / "placeholder.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    database = Database(engine)
    with sqlite3.connect(path) as plain:
        before = list(plain.iterdump())
        log = path.with_name("placeholder.db-wal")
        size = log.stat().st_size
        assert (await parts(database, open_blobs("memory:")))["database"] == "ok"
        assert log.stat().st_size > size, "the disk was asked"
        assert list(plain.iterdump()) == before
    database.close()


async def test_a_database_that_takes_no_writes(tmp_path: Path) -> None:
    path = tmp_path / "placeholder.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    readonly = Database(open_engine(f"sqlite:///{path}"))
    event.listen(readonly.engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))
    found = await parts(readonly, open_blobs("memory:"))
    assert (found["database"], found["migrations"]) == ("down", "ok")
    assert not is_ready(found)
    readonly.close()


async def test_a_postgresql_that_takes_no_writes(postgres_url: str) -> None:
    readonly = Database(open_engine(postgres_url + "?options=-c%20default_transaction_read_only%3Don"))
    found = await parts(readonly, open_blobs("memory:"))
    assert (found["database"], found["migrations"]) == ("down", "ok")
    readonly.close()


async def test_no_database_at_all() -> None:
    absent = Database(open_engine("postgresql://nobody@127.0.0.1:1/nothing"))
    found = await parts(absent, open_blobs("memory:"))
    assert (found["database"], found["migrations"], found["blobs"]) == ("down", "down", "ok")
    absent.close()


async def test_a_schema_of_another_release(database: Database) -> None:
    database.transact(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    try:
        found = await parts(database, open_blobs("memory:"))
    finally:
        from placeholder.db.schema import HEAD

        database.transact(lambda c: c.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{HEAD}'"))
    assert found["migrations"] == "other"
    assert not is_ready(found)


async def test_pictures_where_a_file_lies(database: Database, tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("no folder")
    assert (await parts(database, open_blobs((tmp_path / "pictures").as_uri())))["blobs"] == "down"


class Looks:
    def __init__(self) -> None:
        self.times, self.go, self.trouble = 0, asyncio.Event(), None

    async def look(self) -> str:
        self.times += 1
        await self.go.wait()
        if self.trouble:
            raise self.trouble
        return "ok"


async def test_what_hangs_is_late_and_not_asked_again_before_it_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = Looks()
    looks = Readiness({"database": hanging.look}, patience_s=0.02)
    looks._found._seconds = 0
    for _ in range(5):
        assert await looks.parts() == {"database": "late"}
    assert hanging.times == 1
    hanging.go.set()
    await asyncio.sleep(0)
    assert await looks.parts() == {"database": "ok"}
    await looks.close()


@pytest.mark.parametrize("trouble", [BlobsUnavailable("s3", "an answer"), RuntimeError("a bug"), OSError()], ids=str)
async def test_whatever_it_meets_is_one_word(trouble: Exception) -> None:
    broken = Looks()
    broken.trouble = trouble  # type: ignore[assignment]
    broken.go.set()
    looks = Readiness({"blobs": broken.look})
    assert await looks.parts() == {"blobs": "down"}
    await looks.close()


async def test_a_hundred_who_ask_within_a_second_ask_once() -> None:
    counted = Looks()
    counted.go.set()
    looks = Readiness({"database": counted.look})
    for _ in range(10):
        await asyncio.gather(*(looks.parts() for _ in range(10)))
    assert counted.times == 1
    await looks.close()


async def test_its_end_waits_for_nothing() -> None:
    hanging = Looks()
    looks = Readiness({"database": hanging.look}, patience_s=0.01)
    await looks.parts()
    async with asyncio.timeout(5):
        await looks.close()


def test_each_part_is_a_figure() -> None:
    (family,) = families({"database": "ok", "worker": "off", "blobs": "late"})
    assert dict(family.samples) == {("database",): 1, ("worker",): 1, ("blobs",): 0}


@pytest.mark.parametrize("word", WORDS)
def test_one_bad_word_is_enough(word: str) -> None:
    assert is_ready({"database": "ok", "blobs": word}) is (word in ("ok", "off"))
