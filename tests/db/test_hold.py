"""Who is on a database: any number share it, one replaces it, and a crash and an interrupted restore are noticed."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from placeholder.db.hold import Interrupted, InUse, alone, marker, share, take


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "x.db"


def test_many_share_it_and_nobody_takes_it_then(file: Path) -> None:
    holds = [share(file) for _ in range(3)]
    for hold in holds:
        with pytest.raises(InUse, match="in use: stop the service"):
            take(file)
        hold.close()
    take(file).close()


def test_one_takes_it_and_nobody_shares_it_then(file: Path) -> None:
    hold = take(file)
    with pytest.raises(InUse, match="a restore is at work on it"):
        share(file, wait_s=0.1)
    with pytest.raises(InUse):
        take(file)
    hold.close()
    share(file).close()


def test_who_died_holds_nothing(file: Path) -> None:
    """Killed, without a chance to clean up."""
    code = "import sys, os, signal; from pathlib import Path; from placeholder.db.hold import take; take(Path(sys.argv[1]));"
    code += "os.kill(os.getpid(), signal.SIGKILL)"
    assert subprocess.run([sys.executable, "-c", code, file], check=False).returncode == -9
    take(file).close()


def test_a_log_that_was_left_tells_of_a_crash(file: Path) -> None:
    """To the first who comes; whoever comes meanwhile waits until he is done."""
    share(file).close()
    log = file.with_name("x.db-wal")
    log.write_bytes(b"")
    assert not share_and_tell(file)
    log.write_bytes(b"left")
    first = share(file)
    assert first.was_left
    with pytest.raises(InUse):
        share(file, wait_s=0.1)
    first.settle()
    second = share(file)
    assert not second.was_left, "it is the log of a running service"
    first.close()
    second.close()


def share_and_tell(file: Path) -> bool:
    hold = share(file)
    hold.close()
    return hold.was_left


def test_sqlite_leaves_its_log_as_we_think(file: Path) -> None:
    file.parent.mkdir()
    code = (
        "import sqlite3, sys, os; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('PRAGMA journal_mode=WAL');"
    )
    code += "c.execute('CREATE TABLE IF NOT EXISTS t (n)'); c.execute('INSERT INTO t VALUES (1)');"
    for end, left in (("c.close()", False), ("os._exit(1)", True)):
        subprocess.run([sys.executable, "-c", code + end, file], check=False)
        assert share_and_tell(file) is left
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchall() == [(2,)]
    connection.close()
    assert not share_and_tell(file)


def test_an_interrupted_restore_is_told_and_may_be_taken_up(file: Path) -> None:
    share(file).close()
    marker(file).touch()
    with pytest.raises(Interrupted, match="run placeholder restore again"):
        share(file)
    take(file).close()


def test_a_file_that_one_writes_alone(tmp_path: Path) -> None:
    path = tmp_path / "half"
    path.write_bytes(b"left by one that died")
    with alone(path) as file:
        assert path.stat().st_size == 0
        with pytest.raises(InUse):
            alone(path)
        file.write(b"whole")
        file.flush()
        path.rename(tmp_path / "done")
        with alone(path) as another:
            another.write(b"other")
    assert (tmp_path / "done").read_bytes() == b"whole"
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "half").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        alone(tmp_path / "half")
    (tmp_path / "x.db.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        share(tmp_path / "x.db")
    assert not (tmp_path / "elsewhere").exists()
