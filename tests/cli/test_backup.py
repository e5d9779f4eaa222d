"""`placeholder backup` and `placeholder restore`: what they say, who may read it, and that a backup is whole or not there."""

import io
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fixtures.imagining import SECRET

from placeholder.cli import main

Run = Callable[..., Result]


@pytest.fixture
def shop(run: Run, home: Path) -> str:
    """A key, in a data folder; its secret."""
    return run("keys", "create", "--name", "shop").stdout.strip()


def names(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def test_to_a_file(run: Run, home: Path, shop: str) -> None:
    done = run("backup", "b.tar")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "b.tar has the backup: the database, 0 pictures, and the secret. Guard it like a password.\n"
    assert names(home / "b.tar") == ["placeholder.db", "secret", "manifest.json"]
    assert (home / "b.tar").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in home.iterdir()) == ["b.tar", "data"]
    assert not [path for path in (home / "data").iterdir() if "half" in path.name]


def test_to_a_folder_under_a_name_with_the_time(run: Run, home: Path, shop: str) -> None:
    (home / "backups").mkdir()
    done = run("backup", "backups")
    (file,) = (home / "backups").iterdir()
    assert done.stdout == f"backups/{file.name}\n"
    assert time.strftime("placeholder-%Y%m") in file.name
    assert file.suffix == ".tar"


def test_to_standard_output_and_from_standard_input(run: Run, home: Path, shop: str) -> None:
    """As a container has it, where nothing but the data folder can be written."""
    done = run("backup", "-")
    assert "Standard output has the backup" in done.stderr
    (home / "data" / "placeholder.db").unlink()
    back = CliRunner().invoke(main, ["restore", "-", "--force"], input=done.stdout_bytes)
    assert back.exit_code == 0
    assert shop[9:13] in run("keys", "list").stdout


def test_a_file_that_is_there_stays_unless_told_otherwise(run: Run, home: Path, shop: str) -> None:
    (home / "b.tar").write_bytes(b"mine")
    done = run("backup", "b.tar")
    assert (done.exit_code, done.stderr) == (1, "Error: b.tar is there; --force overwrites it\n")
    assert (home / "b.tar").read_bytes() == b"mine"
    assert run("backup", "b.tar", "--force").exit_code == 0
    assert "secret" in names(home / "b.tar")


@pytest.mark.parametrize(
    ("words", "variables"),
    [(["--without-secret"], {}), ([], {"PLACEHOLDER_SECRET": SECRET}), (["--without-secret", "--force"], {})],
)
def test_a_backup_without_the_secret_says_so(run: Run, home: Path, words: list[str], variables: dict[str, str]) -> None:
    run("keys", "create", "--name", "shop", **variables)
    done = run("backup", "b.tar", *words, **variables)
    assert done.stderr.endswith("0 pictures. The secret is not in it, and nothing works without: keep that too.\n")
    assert names(home / "b.tar") == ["placeholder.db", "manifest.json"]


def test_pictures_in_a_bucket_are_somebody_else_s(run: Run, home: Path, shop: str) -> None:
    done = run("backup", "b.tar", PLACEHOLDER_STORAGE_URL="s3://bucket")
    assert done.exit_code == 0
    assert "the database, without the pictures, which lie in a bucket, and the secret" in done.stderr


def test_a_restore_says_what_it_did_and_what_it_means(run: Run, home: Path, shop: str) -> None:
    run("backup", "b.tar")
    identity = run("keys", "list").stdout.splitlines()[1].split()[0]
    run("keys", "revoke", identity)
    refused = run("restore", "b.tar")
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"Error: {home}/data/placeholder.db is there; --force puts the backup in its place")
    done = run("restore", "b.tar", "--force")
    assert (done.exit_code, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    assert lines[0].startswith("The backup of 20")
    assert lines[0].endswith("+00:00 is in place, with 0 pictures.")
    assert lines[1] == "Keys that were revoked since work again: placeholder keys list"
    assert lines[2] == "What was there before is kept; delete it when all is well:"
    kept = [Path(line.strip()) for line in lines[3:]]
    assert [path.name.partition(".replaced-")[0] for path in kept] == ["placeholder.db", "secret"]
    assert all(path.exists() for path in kept)
    assert " valid " in run("keys", "list").stdout


POSTGRES = {"PLACEHOLDER_DATABASE_URL": "postgresql://u:canary@127.0.0.1:1/n", "PLACEHOLDER_SECRET": SECRET}


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        (["backup", "b.tar"], {}, "{home}/data/placeholder.db: there is no database to back up"),
        (["backup", "no/b.tar"], {}, "no: expected a folder that is there"),
        (["backup", "b.tar"], POSTGRES, "PLACEHOLDER_DATABASE_URL: PostgreSQL has its own tools for this. Back up with pg_dump"),
        (["restore", "b.tar"], POSTGRES, "PLACEHOLDER_DATABASE_URL: PostgreSQL has its own tools for this."),
        (["backup", "b.tar"], {"PLACEHOLDER_DATABASE_URL": "canary"}, "PLACEHOLDER_DATABASE_URL: expected sqlite:///FILE"),
        (["backup", "b.tar"], {"PLACEHOLDER_SECRET": "canary"}, "PLACEHOLDER_SECRET: expected 32 random characters"),
        (["restore", "none.tar"], {}, "none.tar: No such file or directory"),
        (["restore", "."], {}, ".: Is a directory"),
        (["restore", "/dev/null"], {}, "BACKUP: it is no backup, or was cut off"),
        (["restore", "/etc/passwd"], {}, "BACKUP: it is no backup, or was cut off"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    run: Run, home: Path, words: list[str], variables: dict[str, str], sentence: str
) -> None:
    done = run(*words, **variables)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: " + sentence.format(home=home))
    assert done.stderr.count("\n") == 1
    assert "canary" not in done.output
    assert not (home / "b.tar").exists()


@pytest.mark.parametrize(
    ("room", "sentence"),
    [(-50_000, "{home}/data/placeholder.db.backup-half: disk I/O error"), (1_000, "b.tar: File too large")],
    ids=["for no copy", "for the copy alone"],
)
def test_a_full_disk_leaves_no_file(run: Run, home: Path, shop: str, room: int, sentence: str) -> None:
    """`room`: bytes more than the database has, for each file."""
    import resource

    room += (home / "data" / "placeholder.db").stat().st_size
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, usual[1]))
        done = run("backup", "b.tar")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, before)
    assert (done.exit_code, done.stderr) == (1, f"Error: {sentence.format(home=home)}\n")
    assert [path.name for path in home.iterdir()] == ["data"]
    assert not [path for path in (home / "data").iterdir() if "half" in path.name]
    assert run("backup", "b.tar").exit_code == 0


HELD = """
import sys, time
from placeholder.backups import archive
from placeholder.cli import main
def stuck(*_):
    print("here", flush=True)
    time.sleep(60)
archive.Writer.close = stuck
main(["backup", "b.tar"])
"""


@pytest.mark.parametrize(
    ("number", "left"), [(signal.SIGTERM, []), (signal.SIGINT, []), (signal.SIGKILL, [".placeholder-backup.half"])]
)
def test_an_interrupted_backup_is_none(run: Run, home: Path, shop: str, number: signal.Signals, left: list[str]) -> None:
    """A kill leaves a file that is not called what was asked for, and the next backup takes it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PLACEHOLDER_")}
    with subprocess.Popen([sys.executable, "-c", HELD], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=plain) as process:
        assert process.stdout
        assert process.stdout.readline() == b"here\n"
        assert "another process is writing it" in run("backup", "c.tar").stderr
        assert names_of(home / "data") == {"placeholder.db", "secret"}, "the copy has no name while it is written out"
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert process.returncode == {signal.SIGTERM: 143, signal.SIGINT: 1, signal.SIGKILL: -9}[number]
    assert b"Traceback" not in said
    assert sorted(path.name for path in home.iterdir()) == sorted(["data", *left])
    assert run("backup", "b.tar").exit_code == 0
    assert sorted(path.name for path in home.iterdir()) == ["b.tar", "data"]


def names_of(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith((".lock", ".turn", "-wal", "-shm"))}


# ---------------------------------------------------------------- a database that cannot be used


def spoil_usage(file: Path) -> None:
    """A page that no start looks at by itself."""
    with closing(sqlite3.connect(file)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_usage_1'").fetchone()
    with file.open("r+b") as opened:
        opened.seek((root - 1) * 4096)
        opened.write(b"\xa5" * 4096)


def test_after_a_crash_every_page_is_looked_at(run: Run, home: Path, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And after a clean end none: a gigabyte takes seconds."""
    file = home / "data" / "placeholder.db"
    run("backup", "b.tar")
    spoil_usage(file)
    served: list[Any] = []
    monkeypatch.setattr("placeholder.door.serve.run", lambda *words, **_: served.append(words))
    assert run("serve").exit_code == 0
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE keys SET last_used_at = 1")
        connection.commit()  # into a log that is still there, as after a crash
        for words in (["serve"], ["jobs", "list"], ["keys", "create", "--name", "x"]):
            done = run(*words)
            assert (done.exit_code, done.stdout) == (3, "")
            assert done.stderr == (
                f"Error: {file}: the database is damaged. It is left as it is; put a backup in its place: "
                "placeholder restore BACKUP --force\n"
            )
    assert len(served) == 1
    assert run("restore", "b.tar", "--force").exit_code == 0
    assert run("serve").exit_code == 0
    assert shop[9:13] in run("keys", "list").stdout


def test_damage_that_a_command_meets_is_said_as_such(run: Run, home: Path, shop: str) -> None:
    file = home / "data" / "placeholder.db"
    with closing(sqlite3.connect(file)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'keys'").fetchone()
    with file.open("r+b") as opened:
        opened.seek((root - 1) * 4096)
        opened.write(b"\xa5" * 4096)
    for words in (["keys", "list"], ["backup", "b.tar"]):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (3, "")
        assert done.stderr.startswith(f"Error: {file}: the database is damaged.")
    assert sorted(path.name for path in home.iterdir()) == ["data"]


def test_an_interrupted_restore_is_said_and_ended_by_another(run: Run, home: Path, shop: str) -> None:
    run("backup", "b.tar")
    (home / "data" / "placeholder.db.restoring").touch()
    for words in (["serve"], ["keys", "list"], ["backup", "c.tar"]):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (3, "")
        assert done.stderr == (
            f"Error: {home}/data/placeholder.db: a restore of it was interrupted; run placeholder restore again\n"
        )
    assert run("restore", "b.tar").exit_code == 0
    assert run("keys", "list").exit_code == 0


def test_help_says_what_is_in_it() -> None:
    shown = CliRunner().invoke(main, ["backup", "--help"]).output
    for word in ("mode 0600", "PLACEHOLDER_SECRET", "versioning", "pg_dump"):
        assert word in shown
    assert "REVOKED" in CliRunner().invoke(main, ["restore", "--help"]).output


def test_a_terminal_gets_no_archive(run: Run, home: Path, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Terminal(io.BytesIO()))
    with pytest.raises(Exception, match="a backup is nothing for a terminal"):
        main(["backup", "-"], standalone_mode=False)


def test_a_restore_on_a_full_disk_changes_nothing(run: Run, home: Path, shop: str) -> None:
    import resource

    run("backup", "b.tar")
    before = (home / "data" / "placeholder.db").read_bytes()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, usual[1]))
        done = run("restore", "b.tar", "--force")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, handler)
    assert (done.exit_code, done.stderr) == (1, "Error: The disk: File too large\n")
    assert names_of(home / "data") == {"placeholder.db", "secret"}
    assert (home / "data" / "placeholder.db").read_bytes() == before
