"""What every command stands on: its faults in one line without a secret, and who may read what it keeps."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fixtures.imagining import SECRET, Imagining, Service

Run = Callable[..., Result]

COMMANDS = [
    ["keys", "list"],
    ["jobs", "list"],
    ["keys", "create", "--name", "x"],
    ["serve", "--port", "0"],
    ["jobs", "export", "out"],
]
UNREACHABLE = "postgresql://user:canary@127.0.0.1:1/name"
URL = "PLACEHOLDER_DATABASE_URL"
FAULTS: list[tuple[str, dict[str, str], str]] = [
    ("a weak key", {"PLACEHOLDER_API_KEY": "changeme-canary"}, "PLACEHOLDER_API_KEY: expected 24 to 193 characters"),
    ("a key of one letter", {"PLACEHOLDER_API_KEY": "canary" * 8}, "PLACEHOLDER_API_KEY: expected a random key"),
    ("a mistyped key", {"PLACEHOLDER_API_KEY": "plh_live_canary" + "0" * 32}, "PLACEHOLDER_API_KEY: mistyped"),
    ("a short secret", {"PLACEHOLDER_SECRET": "canary"}, "PLACEHOLDER_SECRET: expected 32 random characters or more"),
    ("a file for a folder", {"PLACEHOLDER_DATA_DIR": "/dev/null"}, "PLACEHOLDER_DATA_DIR: cannot write /dev/null: "),
    ("a folder in a file", {"PLACEHOLDER_DATA_DIR": "/dev/null/x"}, "PLACEHOLDER_DATA_DIR: cannot write /dev/null/x: Not a dir"),
    ("a folder that nobody may write", {"PLACEHOLDER_DATA_DIR": "/proc/x"}, "PLACEHOLDER_DATA_DIR: cannot write /proc/x: "),
    *(
        (f"the database {url[:24]}", {URL: url}, f"{URL}: expected sqlite:///FILE or postgresql://")
        for url in (
            *("canary", "mysql://user:canary@host/name", "sqlite", "http://user:canary@host", "postgresql"),
            "postgres+psycopg2://u:canary@h/n",
        )
    ),
    ("PostgreSQL without a secret", {URL: UNREACHABLE}, "PLACEHOLDER_SECRET: expected 32 random characters or more"),
    ("a database without an answer", {URL: UNREACHABLE, "PLACEHOLDER_SECRET": SECRET}, f"{URL}: the database cannot be opened"),
    ("a folder for a database", {URL: "sqlite:////tmp"}, f"{URL}: the database cannot be opened"),
    *(
        (f"the store {url[:24]}", {"PLACEHOLDER_STORAGE_URL": url}, "PLACEHOLDER_STORAGE_URL: expected ")
        for url in ("canary", "s3://key:canary@bucket", "ftp://canary/x", "file://relative/canary")
    ),
    ("no model", {"PLACEHOLDER_MODELS": "canary"}, "PLACEHOLDER_MODELS: expected names of known models"),
    ("no hosts", {"PLACEHOLDER_OUTPUT_HOSTS": "http://u:canary@x/"}, "PLACEHOLDER_OUTPUT_HOSTS: an output host is a name or"),
    ("no address", {"PLACEHOLDER_PUBLIC_URL": "http://canary.example"}, "PLACEHOLDER_PUBLIC_URL: expected https://HOST"),
    ("Replicate without a token", {"PLACEHOLDER_PROVIDER": "replicate"}, "REPLICATE_API_TOKEN: expected a token"),
    ("Cog without an address", {"PLACEHOLDER_PROVIDER": "cog"}, "PLACEHOLDER_COG_URL: expected the address of a Cog server"),
    ("a secret of no webhook", {"REPLICATE_WEBHOOK_SECRET": "canary"}, "REPLICATE_WEBHOOK_SECRET: expected whsec_"),
]


@pytest.fixture(autouse=True)
def nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("nothing was to be served")

    monkeypatch.setattr("placeholder.door.serve.run", never)


@pytest.mark.parametrize(("variables", "sentence"), [pytest.param(*row[1:], id=row[0]) for row in FAULTS])
def test_a_fault_is_one_line_that_names_the_culprit(run: Run, variables: dict[str, str], sentence: str) -> None:
    """Whatever the command; exit 1; no traceback and no secret."""
    for words in COMMANDS:
        done = run(*words, **variables)
        assert done.exit_code == 1
        assert done.stdout == ""
        assert done.stderr.startswith(f"Error: {sentence}")
        assert done.stderr.count("\n") == 1
        assert "canary" not in done.stderr


def test_a_database_of_a_newer_release_is_left_alone(run: Run, home: Path) -> None:
    assert run("keys", "list").exit_code == 0
    with sqlite3.connect(home / "data" / "placeholder.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for words in COMMANDS:
        done = run(*words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"Error: {URL}: The database has schema 9999; this release knows ")
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("content", [b"no database at all, but text " * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database(run: Run, home: Path, content: bytes) -> None:
    (home / "data").mkdir()
    (home / "data" / "placeholder.db").write_bytes(content)
    done = run("keys", "list")
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith(f"Error: {home}/data/placeholder.db: the database is damaged. It is left as it is;")
    assert done.stderr.count("\n") == 1
    assert (home / "data" / "placeholder.db").read_bytes() == content


def test_several_faults_are_all_said(run: Run) -> None:
    done = run("keys", "list", PLACEHOLDER_API_KEY="changeme", PLACEHOLDER_CACHE_MB="much", PLACEHOLDER_POLL_S="0")
    assert done.exit_code == 1
    assert [line.partition("PLACEHOLDER_")[2].partition(":")[0] for line in done.stderr.splitlines()] == [
        "CACHE_MB",
        "API_KEY",
        "POLL_S",
    ]


# ---------------------------------------------------------------- who may read it


@pytest.fixture
def open_handed() -> Iterator[None]:
    """An environment in which whatever is made is for everybody, unless its maker says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    found = {".": stat.S_IMODE(folder.stat().st_mode)}
    return found | {path.relative_to(folder).as_posix(): stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*")}


def check_modes(folder: Path) -> set[str]:
    found = modes(folder)
    for name, mode in found.items():
        assert mode == (0o700 if (folder / name).is_dir() else 0o600), f"{name} has {mode:o}"
    return set(found)


@pytest.mark.usefixtures("open_handed")
def test_a_command_makes_what_only_its_owner_may_read(run: Run, home: Path) -> None:
    """The database, the secret, and the folder that they are in."""
    run("keys", "create", "--name", "shop")
    assert check_modes(home / "data") >= {".", "placeholder.db", "secret"}
    assert not {name for name in modes(home / "data") if name.startswith("secret.")}, "nothing is left half made"


@pytest.mark.usefixtures("open_handed")
async def test_so_does_a_running_service(imagining: Imagining, tmp_path: Path) -> None:
    """Its pictures and whatever the database writes beside itself too."""
    async with imagining(data_dir=tmp_path / "deep" / "data", worker=True) as service:
        told = await service.submit(w=16, h=16)
        assert (await service.ended(told["id"]))["state"] == "ready"
        found = check_modes(service.folder)
        assert any(name.startswith("pictures/") and name.endswith(".png") for name in found)
        assert {"placeholder.db", "placeholder.db-wal", "placeholder.db-shm", "pictures"} <= found


def test_the_secret_is_made_once_and_read_again(run: Run, home: Path) -> None:
    run("keys", "create", "--name", "a")
    secret = (home / "data" / "secret").read_text()
    assert len(secret.strip()) >= 43
    run("keys", "create", "--name", "b")
    assert (home / "data" / "secret").read_text() == secret


def test_a_secret_from_the_environment_is_not_written_down(run: Run, home: Path) -> None:
    run("keys", "create", "--name", "a", PLACEHOLDER_SECRET=SECRET)
    assert not (home / "data" / "secret").exists()
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"\xff\xfe" * 40], ids=["empty", "a line feed", "short", "no UTF-8"])
def test_a_secret_that_was_lost_is_not_taken_for_one(run: Run, home: Path, content: bytes) -> None:
    """Everything would be sealed under a key that anybody can guess."""
    (home / "data").mkdir()
    (home / "data" / "secret").write_bytes(content)
    done = run("keys", "create", "--name", "a")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: PLACEHOLDER_DATA_DIR: ")
    assert done.stderr.count("\n") == 1


async def test_keys_that_were_made_before_the_first_start_are_there(imagining: Imagining, run: Run, home: Path) -> None:
    secret = run("keys", "create", "--name", "early", PLACEHOLDER_SECRET=SECRET).stdout.strip()
    async with imagining(data_dir=home / "data") as service:
        assert isinstance(service, Service)
        assert (await service.post(key=secret)).status == 200
