"""The two databases of `fixtures.databases`, made once and emptied for each test, and in memory where that can be: there are
many of these tests, and what power loss does is asked elsewhere."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from fixtures.databases import ENGINES

from placeholder.db.database import open_engine
from placeholder.db.schema import migrate
from placeholder.db.tables import metadata

_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def quick_disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="placeholder-jobs-", dir=_MEMORY if _MEMORY.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def sqlite_file(quick_disk: Path) -> Path:
    """Migrated, empty, to copy from."""
    path = quick_disk / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_folder(quick_disk: Path) -> Iterator[Path]:
    """Where a test's own file lies, with all that SQLite puts beside it."""
    folder = quick_disk / uuid4().hex
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shared_postgres_url(postgres_template: str) -> Iterator[str]:
    name = f"jobs_{uuid4().hex}"
    with psycopg.connect(postgres_template, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE placeholder_template")
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        yield postgres_template.rpartition("/")[0] + "/" + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, sqlite_folder: Path, sqlite_file: Path) -> str:
    """Each engine in turn."""
    if request.param == "sqlite":
        path = sqlite_folder / "placeholder.db"
        shutil.copy(sqlite_file, path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("shared_postgres_url")
    with psycopg.connect(url) as connection:
        for table in metadata.tables:
            connection.execute(f"DELETE FROM {table}")
    return url
