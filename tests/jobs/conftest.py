"""The two databases of `fixtures.databases`, made once and emptied for each test: there are many of these."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from fixtures.databases import ENGINES

from placeholder.db.database import open_engine
from placeholder.db.schema import migrate
from placeholder.db.tables import metadata


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated, empty, to copy from."""
    path = tmp_path_factory.mktemp("jobs") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_template: str) -> Iterator[str]:
    name = f"jobs_{uuid4().hex}"
    with psycopg.connect(postgres_template, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE placeholder_template")
        yield postgres_template.rpartition("/")[0] + "/" + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_file: Path) -> str:
    """Each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "placeholder.db"
        shutil.copy(sqlite_file, path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("shared_postgres_url")
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE " + ", ".join(metadata.tables))
    return url
