"""Putting a backup in place: as a whole or not at all, on nothing that is in use, over nothing without being told to; and never
under a secret that opens none of it.
"""

import io
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from backups.conftest import Kept, settings_at, taken
from backups.test_archive import read, written
from fixtures.imagining import SECRET, Imagining

from placeholder.backups import bring as brought
from placeholder.backups.archive import About, BadBackup, Place
from placeholder.backups.premises import NotOurs, premises
from placeholder.backups.take import take
from placeholder.blobs.store import open_blobs
from placeholder.db.hold import Interrupted, InUse, marker, share
from placeholder.ground import open_ground
from placeholder.jobs import store
from placeholder.settings import BadSettings, Settings
from placeholder.vault import Vault


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    return settings_at(tmp_path / "data")


async def bring(body: bytes, settings: Settings, *, is_forced: bool = False) -> brought.Brought:
    return await brought.bring(premises(settings), io.BytesIO(body), is_forced=is_forced)


def lying(folder: Path) -> dict[str, bytes]:
    """Every file but the locks, which may come to be by looking."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith((".lock", ".turn"))]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def as_kept(kept: Kept) -> dict[str, bytes]:
    database = read(kept.backup)[0]["placeholder.db"]
    return {"placeholder.db": database, "secret": kept.secret, **{f"pictures/{k}": body for k, body in kept.pictures.items()}}


def rows(database: bytes) -> list[str]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database)
        return list(connection.iterdump())


# ---------------------------------------------------------------- in place


async def test_all_of_it_is_where_it_was(kept: Kept, empty: Settings) -> None:
    done = await bring(kept.backup, empty)
    assert (done.pictures, done.kept) == (3, ())
    assert lying(empty.data_dir) == as_kept(kept)
    for path in (empty.data_dir, *empty.data_dir.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    ground = open_ground(empty)
    try:
        job = ground.database.transact(lambda c: store.by_id(c, kept.pending))
        assert job
        assert job.prompt
        assert ground.vault.open(job.id, job.prompt) == "a hare, later"
    finally:
        ground.database.close()


async def test_a_backup_of_what_was_restored_is_the_same(kept: Kept, empty: Settings) -> None:
    await bring(kept.backup, empty)
    (files, about), (again, about_again) = read(kept.backup), read(await taken(empty))
    assert rows(again.pop("placeholder.db")) == rows(files.pop("placeholder.db"))
    assert again == files
    assert about_again.mark == about.mark


async def test_what_is_there_stays_unless_told_otherwise_and_is_kept_then(kept: Kept, empty: Settings) -> None:
    folder = empty.data_dir
    await bring(kept.backup, empty)
    (folder / "pictures" / "mine.png").write_bytes(b"mine")
    (folder / "placeholder.db").write_bytes(b"damaged")
    (folder / "placeholder.db-wal").write_bytes(b"its log")
    before = lying(folder)
    with pytest.raises(NotOurs, match=r"placeholder\.db is there; --force puts the backup in its place and keeps"):
        await bring(kept.backup, empty)
    assert lying(folder) == before
    done = await bring(kept.backup, empty, is_forced=True)
    found = {name: body for name, body in lying(folder).items() if ".replaced-" not in name}
    assert found == as_kept(kept)
    aside = {path.name.partition(".replaced-")[0]: path for path in done.kept}
    assert (aside["pictures"] / "mine.png").read_bytes() == b"mine"
    assert sorted(path.read_bytes() for path in done.kept if path.is_file()) == sorted([b"damaged", b"its log", kept.secret])
    (log,) = (path for path in done.kept if path.name.endswith("-wal"))
    assert log.with_name(log.name.removesuffix("-wal")) == aside["placeholder.db"].with_name(log.name.removesuffix("-wal"))


async def test_pictures_alone_are_something_to_overwrite_and_a_volume_s_own_folder_is_not(kept: Kept, empty: Settings) -> None:
    (empty.data_dir / "lost+found").mkdir(parents=True)
    (empty.data_dir / "pictures").mkdir()
    await bring(kept.backup, empty)
    (empty.data_dir / "placeholder.db").unlink()
    with pytest.raises(NotOurs, match="pictures is there"):
        await bring(kept.backup, empty)


async def test_other_places_than_the_data_folder(kept: Kept, tmp_path: Path) -> None:
    elsewhere = settings_at(
        tmp_path / "data", database_url=f"sqlite:///{tmp_path}/rows/x.db", storage_url=f"file://{tmp_path}/shelf/p"
    )
    await bring(kept.backup, elsewhere)
    found = lying(tmp_path)
    wanted = as_kept(kept)
    assert found.pop("rows/x.db") == wanted.pop("placeholder.db")
    assert found.pop("data/secret") == wanted.pop("secret")
    assert found == {f"shelf/p/{name.removeprefix('pictures/')}": body for name, body in wanted.items()}
    assert read(await taken(elsewhere))[0].keys() == read(kept.backup)[0].keys()


# ---------------------------------------------------------------- the secret


async def test_a_secret_of_the_environment_is_not_written_down(kept: Kept, imagining: Imagining, tmp_path: Path) -> None:
    async with imagining(data_dir=tmp_path / "data") as service:
        await service.stand("running", prompt="a hare, sealed")
        body = await taken(service.settings)
    assert SECRET.encode() not in body
    files, about = read(body)
    assert "secret" not in files
    assert about.secret is Place.ELSEWHERE
    there = tmp_path / "there"
    for secret, expected in (
        (None, "PLACEHOLDER_SECRET: expected the secret"),
        ("x" + SECRET[1:], "PLACEHOLDER_SECRET: expected"),
    ):
        with pytest.raises(BadSettings, match=expected):
            await bring(body, settings_at(there, secret=secret))
        assert lying(there) == {}
    await bring(body, settings_at(there, secret=SECRET))
    assert set(lying(there)) == {"placeholder.db"}


async def test_a_backup_without_the_secret_goes_where_the_secret_is(kept: Kept, empty: Settings) -> None:
    body = await taken(kept.settings, with_secret=False)
    assert kept.secret.strip() not in body
    with pytest.raises(BadSettings, match="which is not in the backup"):
        await bring(body, empty)
    (empty.data_dir / "secret").write_bytes(b"z" * 43)
    with pytest.raises(BadSettings, match="secret: expected the secret of the service that was backed up"):
        await bring(body, empty)
    (empty.data_dir / "secret").write_bytes(kept.secret)
    done = await bring(body, empty)
    assert done.kept == ()
    assert lying(empty.data_dir) == as_kept(kept)


async def test_another_secret_of_the_environment_would_make_it_useless(kept: Kept, empty: Settings) -> None:
    with pytest.raises(BadSettings, match="PLACEHOLDER_SECRET: expected the secret of the service"):
        await bring(kept.backup, settings_at(empty.data_dir, secret=SECRET))
    await bring(kept.backup, settings_at(empty.data_dir, secret=kept.secret.decode()))
    assert set(as_kept(kept)) - set(lying(empty.data_dir)) == {"secret"}


# ---------------------------------------------------------------- refused


def repacked(kept: Kept, change: Callable[[sqlite3.Connection], Any], folder: Path, **chosen: Any) -> bytes:
    """A backup whose manifest is right, of a database that is not."""
    files, about = read(kept.backup)
    file = folder / "x.db"
    file.write_bytes(files["placeholder.db"])
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        change(connection)
    plain = {"release": "1", "made_at": "then", "schema": about.schema, "mark": about.mark, "secret": Place.HERE,
             "pictures": Place.HERE}  # fmt: skip
    return written({**files, "placeholder.db": file.read_bytes()}, About(**{**plain, **chosen}))


def spoilt(c: sqlite3.Connection) -> None:
    c.execute("PRAGMA writable_schema = ON")
    c.execute("UPDATE sqlite_master SET rootpage = 2 WHERE name = 'usage'")


@pytest.mark.parametrize(
    ("change", "chosen", "sentence"),
    [
        (spoilt, {}, "its database is damaged"),
        (lambda c: c.execute("UPDATE alembic_version SET version_num = '9999'"), {"schema": "9999"},
         "The database has schema 9999; this release knows"),
        (lambda c: c.execute("UPDATE alembic_version SET version_num = '0001'"), {}, "its database is of another schema"),
        (lambda c: c.execute("DROP TABLE alembic_version"), {}, "its database is of another schema"),
        (lambda c: c.executescript("DROP TABLE alembic_version; CREATE TABLE alembic_version (n)"), {},
         "its database is not that of a service"),
        (lambda _: None, {"mark": "ab" * 32}, "its secret is not that of its database"),
    ],
)  # fmt: skip
async def test_what_is_not_right_is_not_put_in_place(
    kept: Kept, empty: Settings, tmp_path: Path, change: Any, chosen: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadBackup, match=sentence):
        await bring(repacked(kept, change, tmp_path, **chosen), empty, is_forced=True)
    assert lying(empty.data_dir) == {}


async def test_half_a_backup_touches_nothing(kept: Kept, empty: Settings) -> None:
    await bring(kept.backup, empty)
    before = lying(empty.data_dir)
    for length in (0, 100, 30_000, len(kept.backup) // 2, kept.backup.rindex(b"manifest.json")):
        with pytest.raises(BadBackup):
            await bring(kept.backup[:length], empty, is_forced=True)
        assert lying(empty.data_dir) == before


async def test_nothing_is_replaced_under_a_running_service(kept: Kept, imagining: Imagining, tmp_path: Path) -> None:
    async with imagining(data_dir=tmp_path / "data") as service:
        with pytest.raises(InUse, match="is in use: stop the service"):
            await bring(kept.backup, service.settings, is_forced=True)
        assert (await service.submit(prompt="a hare, meanwhile"))["state"] == "pending"
    await bring(kept.backup, settings_at(service.folder), is_forced=True)


async def test_a_bucket_keeps_its_own_pictures(kept: Kept, empty: Settings) -> None:
    """A backup says where the pictures were, and is restored where they are."""
    bucket = settings_at(empty.data_dir, storage_url="s3://bucket/prefix")
    with pytest.raises(NotOurs, match="PLACEHOLDER_STORAGE_URL: this backup has pictures in it"):
        await bring(kept.backup, bucket)
    body = await taken(settings_at(kept.settings.data_dir, storage_url="s3://bucket/prefix"))
    assert set(read(body)[0]) == {"placeholder.db", "secret"}
    with pytest.raises(NotOurs, match="PLACEHOLDER_STORAGE_URL: the pictures of this backup lie in a bucket"):
        await bring(body, empty)
    assert lying(empty.data_dir) == {}
    await bring(body, bucket)
    assert set(lying(empty.data_dir)) == {"placeholder.db", "secret"}


@pytest.mark.parametrize("chosen", [{}, {"storage_url": "s3://bucket/prefix"}])
def test_postgresql_is_not_ours(tmp_path: Path, chosen: dict[str, str]) -> None:
    settings = settings_at(tmp_path, database_url="postgresql://user:canary@host/name", secret=SECRET, **chosen)
    with pytest.raises(NotOurs) as caught:
        premises(settings)
    for word in ("pg_dump", "pg_restore", "versioning", "PLACEHOLDER_SECRET"):
        assert word in str(caught.value)
    assert "canary" not in str(caught.value)


# ---------------------------------------------------------------- interrupted


@pytest.mark.parametrize("at", range(6))
async def test_a_fault_while_renaming_is_undone(kept: Kept, empty: Settings, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    await bring(kept.backup, empty)
    (empty.data_dir / "secret").write_bytes(b"another" * 10)
    before = lying(empty.data_dir)
    rename, left = Path.rename, [at]

    def failing(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == -1:
            raise OSError(16, "Device or resource busy", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="busy"):
        await bring(kept.backup, empty, is_forced=True)
    assert lying(empty.data_dir) == before
    assert left[0] == -1 - at or at == 0, "what was renamed is renamed back"
    share(premises(empty).database).close()


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from placeholder.backups.bring import bring
from placeholder.backups.premises import premises
from placeholder.settings import Settings
rename, left = Path.rename, int(sys.argv[2])
def dying(self, target):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
Path.rename = dying
with open(sys.argv[1], "rb") as source:
    asyncio.run(bring(premises(Settings()), source, is_forced=True))
"""


@pytest.mark.parametrize("at", [1, 4])
async def test_death_while_renaming_keeps_everybody_out_until_it_is_done_again(
    kept: Kept, empty: Settings, tmp_path: Path, at: int
) -> None:
    await bring(kept.backup, empty)
    (tmp_path / "b.tar").write_bytes(kept.backup)
    environment = {**os.environ, "PLACEHOLDER_DATA_DIR": str(empty.data_dir)}
    command = [sys.executable, "-c", KILLED, str(tmp_path / "b.tar"), str(at)]
    assert subprocess.run(command, env=environment, check=False).returncode == -signal.SIGKILL
    with pytest.raises(Interrupted):
        open_ground(empty)
    with pytest.raises(Interrupted):
        await taken(empty)
    await bring(kept.backup, empty)  # without --force: that was said the first time
    assert not marker(premises(empty).database).exists()
    assert {name: body for name, body in lying(empty.data_dir).items() if ".replaced-" not in name} == as_kept(kept)
    shutil.rmtree(empty.data_dir)


# ---------------------------------------------------------------- what can be backed up


async def test_what_is_not_there_is_not_backed_up_and_not_made(kept: Kept, empty: Settings) -> None:
    with pytest.raises(NotOurs, match=r"placeholder\.db: there is no database to back up"):
        await taken(empty)
    assert not empty.data_dir.exists()
    await bring(kept.backup, empty)
    (empty.data_dir / "secret").unlink()
    with pytest.raises(NotOurs, match="secret: there is no secret"):
        await taken(empty)
    with closing(sqlite3.connect(empty.data_dir / "placeholder.db", isolation_level=None)) as connection:
        connection.execute("DROP TABLE alembic_version")
    (empty.data_dir / "secret").write_bytes(kept.secret)
    with pytest.raises(NotOurs, match="there is no database of a service"):
        await taken(empty)


async def test_a_service_may_start_while_a_backup_is_written_out(kept: Kept, empty: Settings) -> None:
    """Of what a crash left, too."""
    await bring(kept.backup, empty)
    database = premises(empty).database

    class Out(io.BytesIO):
        def write(self, chunk: Any) -> int:
            share(database, wait_s=0).close()
            return super().write(chunk)

    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO deliveries VALUES ('d', 0)")
        connection.commit()
        hold = share(database)
        assert hold.was_left
        hold.close()
        out = Out()
        await take(premises(empty), empty.database, open_blobs(empty.storage), out, with_secret=True)
    assert any("'d'" in row for row in rows(read(out.getvalue())[0]["placeholder.db"]))


async def test_a_picture_that_is_not_there_is_named(kept: Kept, empty: Settings) -> None:
    await bring(kept.backup, empty)
    key = sorted(kept.pictures)[0]
    (empty.data_dir / "pictures" / key).unlink()
    done = await take(premises(empty), empty.database, open_blobs(empty.storage), io.BytesIO(), with_secret=True)
    assert (done.pictures, done.lost) == (2, (key.split("/")[2].partition(".")[0],))


async def test_a_backup_changes_nothing_of_an_older_database_and_the_next_start_brings_it_up(kept: Kept, empty: Settings) -> None:
    """As an upgrade goes: backup, upgrade, start; or back, and up again."""
    from alembic import command
    from alembic.config import Config

    from placeholder.db import schema
    from placeholder.db.database import open_engine

    empty.data_dir.mkdir()
    (empty.data_dir / "secret").write_bytes(kept.secret)
    engine = open_engine(empty.database)
    config = Config()
    config.set_main_option("script_location", str(schema.files("placeholder.db").joinpath("migrations")))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO keys (id, mac, hint, name, owner, scopes, created_at) VALUES ('k1', x'6d', 'h', 'shop', 'anna', 'a', 1)"
        )
    engine.dispose()
    body = await taken(empty)
    assert read(body)[1].schema == "0001"
    assert read(await taken(empty))[1].schema == "0001"
    there = settings_at(empty.data_dir.parent / "there")
    await bring(body, there)
    ground = open_ground(there)
    try:
        assert ground.vault.mark == Vault(kept.secret.decode()).mark
        found = ground.database.transact(lambda c: (schema.version(c), c.exec_driver_sql("SELECT name, kind FROM keys").one()))
        assert (found[0], tuple(found[1])) == (schema.HEAD, ("shop", "secret"))
    finally:
        ground.database.close()
