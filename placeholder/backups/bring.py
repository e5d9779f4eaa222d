"""Putting a backup in the place of what a service keeps.

Everything is written beside its place and looked through first; then what was there is renamed, and what came is given its name.
While that happens a marker stands (db/hold.py), so that nothing starts on half of it; where it fails, it is undone. What was
there before is kept, under its name and the time.
"""

import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlalchemy.exc import SQLAlchemyError

from placeholder.backups.archive import DATABASE, PICTURES, SECRET, About, BadBackup, Place, Reader
from placeholder.backups.premises import NotOurs, Premises
from placeholder.blobs.disk import Disk
from placeholder.db.health import Damaged, opened_copy
from placeholder.db.hold import beside, marker, take
from placeholder.db.schema import NewerSchema, refuse_newer, version
from placeholder.ground import read_secret
from placeholder.settings import BadSettings
from placeholder.vault import Vault


@dataclass(frozen=True, slots=True)
class Brought:
    about: About
    pictures: int
    kept: tuple[Path, ...]
    """What was there before, under new names."""


async def bring(where: Premises, source: IO[bytes], *, is_forced: bool) -> Brought:
    """Reads a backup from `source` and puts it to `where`. Raises NotOurs, BadBackup, InUse, BadSettings, OSError; then all is as
    it was."""
    with closing(take(where.database)):
        if not is_forced and not marker(where.database).exists():
            _refuse_to_overwrite(where)
        stage = _Stage(where)
        stage.clear()
        try:
            reader = Reader(source)
            pictures = await stage.fill(reader)
            _check(where, stage, reader.about)
            kept = _swap(where, stage, reader.about)
        finally:
            stage.clear()
        return Brought(reader.about, pictures, kept)


def _refuse_to_overwrite(where: Premises) -> None:
    """A secret alone may be there: a backup without one is restored to it."""
    pictures = where.pictures and where.pictures.is_dir() and any(where.pictures.iterdir()) and where.pictures
    for found in (where.database if where.database.exists() else None, pictures):
        if found:
            raise NotOurs(f"{found} is there; --force puts the backup in its place and keeps it under another name")


class _Stage:
    """What came, beside its places."""

    def __init__(self, where: Premises) -> None:
        self.database = _half(where.database)
        self.secret = _half(where.secret)
        self.pictures = _half(where.pictures) if where.pictures else None

    async def fill(self, reader: Reader) -> int:
        """How many pictures came. Raises BadBackup, NotOurs, OSError."""
        pictures = 0
        for name, chunks in reader.files():
            if name in (DATABASE, SECRET):
                with _made(self.database if name == DATABASE else self.secret) as file:
                    for chunk in chunks:
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
            elif self.pictures is None:
                raise NotOurs("PLACEHOLDER_STORAGE_URL: this backup has pictures in it, and puts them into a folder alone")
            else:
                await Disk(self.pictures, lambda _: None).put(name.removeprefix(PICTURES), b"".join(chunks))
                pictures += 1
        return pictures

    def clear(self) -> None:
        for path in (self.database, self.secret, self.pictures):
            if path and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path:
                path.unlink(missing_ok=True)


def _check(where: Premises, stage: _Stage, about: About) -> None:
    """Raises BadBackup, BadSettings, NotOurs, OSError."""
    try:
        with opened_copy(stage.database) as connection:
            refuse_newer(connection)
            if version(connection) != about.schema:
                raise BadBackup("its database is of another schema than its manifest says")
    except Damaged:
        raise BadBackup("its database is damaged") from None
    except NewerSchema as error:
        raise BadBackup(str(error)) from None
    except SQLAlchemyError:
        raise BadBackup("its database is not that of a service") from None
    if about.pictures is Place.ELSEWHERE and where.pictures:
        raise NotOurs("PLACEHOLDER_STORAGE_URL: the pictures of this backup lie in a bucket; expected its URL")
    mark = Vault(read_secret(stage.secret)).mark.hex() if about.secret is Place.HERE else about.mark
    if mark != about.mark:
        raise BadBackup("its secret is not that of its database")
    if about.secret is Place.HERE and where.given is None:
        return
    own = where.mark()
    if own is None:
        raise BadSettings(
            f"PLACEHOLDER_SECRET: expected the secret of the service that was backed up, which is not in the backup; here, or in"
            f" {where.secret}"
        )
    if own.hex() != about.mark:
        source = "PLACEHOLDER_SECRET" if where.given else str(where.secret)
        raise BadSettings(
            f"{source}: expected the secret of the service that was backed up; under another one its keys are unknown"
        )


def _swap(where: Premises, stage: _Stage, about: About) -> tuple[Path, ...]:
    """Renames; what was there and has another name now. Raises OSError; then all is as it was."""
    stamp = datetime.now(UTC).strftime(".replaced-%Y%m%dT%H%M%S.%fZ")
    pairs: list[tuple[Path, Path]] = [
        (beside(where.database, ending), beside(where.database, stamp + ending)) for ending in ("", "-wal", "-shm")
    ]
    is_secret = about.secret is Place.HERE and where.given is None
    if is_secret:
        pairs.append((where.secret, beside(where.secret, stamp)))
    if where.pictures:
        pairs.append((where.pictures, beside(where.pictures, stamp)))
    away = [pair for pair in pairs if os.path.lexists(pair[0])]
    into = [(stage.database, where.database)]
    if is_secret:
        into.append((stage.secret, where.secret))
    if where.pictures and stage.pictures and stage.pictures.exists():
        into.append((stage.pictures, where.pictures))
    marker(where.database).touch(0o600)
    _sync(where)
    done: list[tuple[Path, Path]] = []
    try:
        for old, new in away + into:
            old.rename(new)
            done.append((old, new))
    except BaseException:
        for old, new in reversed(done):
            new.rename(old)
        _settle(where)
        raise
    _settle(where)
    return tuple(new for _, new in away)


def _settle(where: Premises) -> None:
    """What has been renamed is so for good, and may be used."""
    _sync(where)
    marker(where.database).unlink(missing_ok=True)
    _sync(where)


def _sync(where: Premises) -> None:
    for folder in {path.parent for path in (where.database, where.secret, where.pictures) if path}:
        with suppress(FileNotFoundError):
            opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def _half(path: Path) -> Path:
    return path.with_name(f".{path.name}.restore-half")


def _made(path: Path) -> IO[bytes]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600), "wb")
