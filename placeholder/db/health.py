"""Whether a SQLite database is sound, and a copy of one."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError


class Damaged(Exception):
    """The file, and what to do."""

    def __init__(self, file: Path | str) -> None:
        super().__init__(
            f"{file}: the database is damaged. It is left as it is; put a backup in its place: placeholder restore BACKUP --force"
        )


def is_damage(error: BaseException | None) -> bool:
    """Whether SQLite said of a file that it is malformed, or no database."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest is details
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def check(engine: Engine) -> None:
    """Looks every page through, as a crash may have left it. Raises Damaged."""
    with engine.connect() as connection:
        if not _is_sound(connection, "quick_check"):
            raise Damaged(engine.url.database or "")


def copy(engine: Engine, target: Path) -> None:
    """Writes the database as it is at this moment into the empty file `target`, while others go on writing. What was deleted is
    not in it. Raises DBAPIError."""
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(target),))


@contextmanager
def opened_copy(file: Path) -> Iterator[Connection]:
    """A copy that nobody else has open. Raises Damaged where it is not sound in every index and row."""
    engine = create_engine(
        URL.create("sqlite", database=str(file)), isolation_level="AUTOCOMMIT", hide_parameters=True, poolclass=NullPool
    )
    with engine.connect() as connection:
        if not _is_sound(connection, "integrity_check"):
            raise Damaged(file)
        yield connection


def _is_sound(connection: Connection, pragma: str) -> bool:
    try:
        return connection.exec_driver_sql(f"PRAGMA {pragma}(1)").scalar() == "ok"
    except DBAPIError as error:
        if is_damage(error):
            return False
        raise
