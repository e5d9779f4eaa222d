"""Migrations: they make what tables.py says, once, whoever starts at the same time; a newer schema is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from placeholder.db import schema
from placeholder.db.database import Database, open_engine
from placeholder.db.tables import metadata


def test_the_migrations_make_the_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        for table in metadata.tables.values():
            checks = {check["name"] for check in inspect(connection).get_check_constraints(table.name)}
            assert checks == {constraint.name for constraint in table.constraints if "Check" in type(constraint).__name__}


def test_head_is_the_last_migration() -> None:
    assert ScriptDirectory(str(schema.files("placeholder.db").joinpath("migrations"))).get_heads() == [schema.HEAD]


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
