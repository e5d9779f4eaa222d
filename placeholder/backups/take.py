"""Taking a backup, while the service runs or not.

- The rows are those of one moment, at which the copy begins. A row that says `ready` was written after its picture was on the
  disk, so the pictures are copied after the rows, and every picture that the rows name is there; unless it was deleted since.
- The copy lies beside the database while it is made, and has no name any more while it is written out.
- Nothing is brought up to date: a backup before an upgrade is one of what the older release left.
"""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from placeholder.backups.archive import DATABASE, PICTURES, SECRET, About, Place, Writer
from placeholder.backups.premises import NotOurs, Premises
from placeholder.blobs.store import Blobs
from placeholder.db.database import open_engine
from placeholder.db.health import Damaged, copy, is_damage, opened_copy
from placeholder.db.hold import alone, beside, marker, share
from placeholder.db.schema import version as schema_of
from placeholder.db.tables import jobs
from placeholder.jobs.model import Phase, blob_key


@dataclass(frozen=True, slots=True)
class Taken:
    about: About
    pictures: int
    lost: tuple[str, ...]
    """Jobs whose pictures are not in the store."""


@dataclass(frozen=True, slots=True)
class _Rows:
    schema: str
    ready: list[tuple[str, int]]
    """Each finished job, and the epoch of its picture."""


async def take(where: Premises, url: str, blobs: Blobs, out: IO[bytes], *, with_secret: bool) -> Taken:
    """Writes a backup of what lies at `where`, whose database has `url`, into `out`. Raises NotOurs, BadSettings, Damaged, InUse,
    Interrupted, Unavailable, OSError."""
    if not where.database.is_file() and not marker(where.database).exists():
        raise NotOurs(f"{where.database}: there is no database to back up")
    now = time.time()
    with closing(share(where.database)) as hold, _copied(where.database, url) as (file, rows):
        hold.settle()  # the copy was looked through, and a service may start meanwhile
        mark = where.mark()
        if mark is None:
            raise NotOurs(f"{where.secret}: there is no secret, and without it nobody can use what the database keeps")
        is_here = with_secret and where.given is None
        writer = Writer(out, now)
        writer.add(DATABASE, file, os.fstat(file.fileno()).st_size)
        if is_here:
            secret = where.secret.read_bytes()
            writer.add(SECRET, BytesIO(secret), len(secret))
        lost = []
        for job, epoch in rows.ready if where.pictures else ():
            body = await blobs.get(blob_key(job, epoch))
            if body is None:
                lost.append(job)
            else:
                writer.add(PICTURES + blob_key(job, epoch), BytesIO(body), len(body))
        made_at = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        about = About(
            version("placeholder"),
            made_at,
            rows.schema,
            mark.hex(),
            Place.HERE if is_here else Place.ELSEWHERE,
            Place.HERE if where.pictures else Place.ELSEWHERE,
        )
        writer.close(about)
    return Taken(about, len(rows.ready) - len(lost) if where.pictures else 0, tuple(lost))


@contextmanager
def _copied(database: Path, url: str) -> Iterator[tuple[IO[bytes], _Rows]]:
    """A sound copy of the database, open for reading, and what stands in it. Raises Damaged, InUse, NotOurs, OSError."""
    half = beside(database, ".backup-half")
    with alone(half) as file:
        try:
            rows = _copy(database, url, half)
        finally:
            half.unlink(missing_ok=True)
        yield file, rows


def _copy(database: Path, url: str, half: Path) -> _Rows:
    engine = open_engine(url)
    try:
        copy(engine, half)
        with opened_copy(half) as connection:
            schema = schema_of(connection)
            if schema is None:
                raise NotOurs(f"{database}: there is no database of a service to back up")
            found = connection.execute(select(jobs.c.id, jobs.c.epoch).where(jobs.c.phase == Phase.READY.value))
            return _Rows(schema, [(row.id, row.epoch) for row in found])
    except Damaged:
        raise Damaged(database) from None
    except DBAPIError as error:
        if is_damage(error):
            raise Damaged(database) from None
        raise OSError(errno.EIO, str(error.orig), str(half)) from None  # a full disk, in SQLite's words
    finally:
        engine.dispose()
