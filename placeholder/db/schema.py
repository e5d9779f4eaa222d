"""Brings a database to the schema that this release reads and writes. Refuses one that a newer release has changed."""

from importlib.resources import files

from sqlalchemy import Connection, Engine, inspect

HEAD = "0003"
"""The last of db/migrations/versions; Alembic itself is loaded only where there is something to change."""
_LOCK = 0x706C6163
"""PostgreSQL's name for: one process migrates at a time."""


class NewerSchema(Exception):
    """A newer release was here."""


def migrate(engine: Engine) -> None:
    """Raises NewerSchema."""
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
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


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return version


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    version = _version(connection)
    config = Config()
    config.set_main_option("script_location", str(files(__package__).joinpath("migrations")))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise NewerSchema(f"The database has schema {version}; this release knows {HEAD} and older. Use the newer release.")
    command.upgrade(config, "head")
