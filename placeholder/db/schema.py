"""Brings a database to the schema that this release reads and writes. Refuses one that a newer release has changed."""

from contextlib import ExitStack
from importlib.resources import files

from sqlalchemy import Connection, Engine, inspect

from placeholder.db.database import turns

HEAD = "0003"
"""The last of db/migrations/versions; Alembic itself is loaded only where there is something to change."""
_LOCK = 0x706C6163
"""PostgreSQL's name for: one process migrates at a time."""


class NewerSchema(Exception):
    """A newer release was here."""


def migrate(engine: Engine) -> None:
    """Raises NewerSchema, TooLong."""
    with ExitStack() as stack:
        connection = stack.enter_context(engine.connect())
        if version(connection) == HEAD:
            return
        taking = turns(engine)
        if taking:
            stack.callback(taking.close)
            stack.enter_context(taking.turn())
        is_sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        try:
            if not is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            _upgrade(connection)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise


def is_current(connection: Connection) -> bool:
    """Whether the schema is the one of this release."""
    return version(connection) == HEAD


def touch(connection: Connection) -> None:
    """A write that changes nothing, and yet has to be made: in a transaction, it tells whether the database takes any."""
    if connection.dialect.name == "sqlite":
        # A row that stays as it is would not be written; the header always is.
        number = connection.exec_driver_sql("PRAGMA user_version").scalar()
        connection.exec_driver_sql(f"PRAGMA user_version = {number}")
    else:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")


def version(connection: Connection) -> str | None:
    """The schema's; None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def refuse_newer(connection: Connection) -> None:
    """Raises NewerSchema where `migrate` would."""
    from alembic.script import ScriptDirectory

    found = version(connection)
    known = {script.revision for script in ScriptDirectory(_migrations()).walk_revisions()}
    if found is not None and found not in known:
        raise NewerSchema(f"The database has schema {found}; this release knows {HEAD} and older. Use the newer release.")


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    refuse_newer(connection)
    config = Config()
    config.set_main_option("script_location", _migrations())
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _migrations() -> str:
    return str(files(__package__).joinpath("migrations"))
