"""Migrations: they make what tables.py says, once, whoever starts at the same time; a newer schema is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from placeholder.db import schema
from placeholder.db.database import Database, open_engine
from placeholder.db.tables import metadata
from placeholder.errors import Unavailable
from placeholder.keys import store
from placeholder.keys.model import Key, Kind


def test_the_migrations_make_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        for table in metadata.tables.values():
            checks = {check["name"] for check in inspect(connection).get_check_constraints(table.name)}
            assert checks == {constraint.name for constraint in table.constraints if "Check" in type(constraint).__name__}


def test_head_is_the_last_migration() -> None:
    assert ScriptDirectory(str(schema.files("placeholder.db").joinpath("migrations"))).get_heads() == [schema.HEAD]


@pytest.fixture
def old_url(database_url: str) -> str:
    """A database as the first release made it, with a key."""
    engine = open_engine(database_url)
    config = Config()
    config.set_main_option("script_location", str(schema.files("placeholder.db").joinpath("migrations")))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        for table in inspect(connection).get_table_names():
            connection.exec_driver_sql(f"DROP TABLE {table}")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = "('k1', 'm', 'plh_…', 'shop', 'anna', 'ai:create', 5, 1.5)".replace(
            "'m'", "x'6d'" if engine.name == "sqlite" else "'m'"
        )
        columns = "id, mac, hint, name, owner, scopes, jobs_per_day, created_at"
        connection.exec_driver_sql(f"INSERT INTO keys ({columns}) VALUES {row}")
        connection.exec_driver_sql("COMMIT")
    engine.dispose()
    return database_url


def test_keys_of_an_older_schema_are_secret_ones(old_url: str) -> None:
    engine = open_engine(old_url)
    schema.migrate(engine)
    database = Database(engine)
    try:
        with engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        (key,) = database.transact(store.listed)
        plain = Key("k1", "shop", "anna", frozenset(("ai:create",)), "plh_…", jobs_per_day=5, created_at=1.5)
        assert key == plain
        assert key.kind is Kind.SECRET
    finally:
        database.close()


@pytest.mark.parametrize(
    "change", ["kind = 'other'", "kind = ''", "kind = NULL", "origins = NULL", "models = NULL", "max_side = 'wide'"]
)
def test_the_table_refuses_what_no_key_is(old_url: str, change: str) -> None:
    """On SQLite too, whose older tables took a text for a number."""
    engine = open_engine(old_url)
    schema.migrate(engine)
    database = Database(engine)
    try:
        with pytest.raises(Unavailable):
            database.transact(lambda c: c.execute(text(f"UPDATE keys SET {change}")))
        assert database.transact(lambda c: c.execute(text("UPDATE keys SET kind = 'publishable', max_side = 5"))).rowcount == 1
    finally:
        database.close()


def test_four_start_at_once(database_url: str) -> None:
    engines = [open_engine(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(schema.migrate, engines))
    for engine in engines:
        engine.dispose()


def test_a_newer_schema_is_refused_and_left_alone(database: Database) -> None:
    database.transact(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.NewerSchema, match="9999"):
        schema.migrate(database.engine)
    assert database.transact(lambda c: c.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()) == "9999"
