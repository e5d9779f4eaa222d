"""Who is on a SQLite database: a lock beside its file, shared by every service and command that has it open, and held alone by
a restore.

    FILE.lock         nothing but something to lock: the kernel lets go of it when a process ends, however that comes about, so it
                      is never cleaned up and never deleted
    FILE.restoring    stands while a restore puts its files in place; where that was interrupted, it still stands

SQLite's own locks would not do: they are bound to a file, and a restore puts another in its place.
"""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

_LOCK = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_WAIT_S = 10.0
"""For one that looks a database through after a crash. A restore may take longer, and is not waited for."""


class InUse(Exception):
    """What was expected of whom."""


class Interrupted(Exception):
    """A restore did not come to its end."""


class Hold:
    """Close it; the end of the process does so too."""

    def __init__(self, lock: int, *, was_left: bool = False) -> None:
        self._lock = lock
        self.was_left = was_left
        """The last to have the database open did not close it, and nobody else has it open."""

    def settle(self) -> None:
        """The database was looked through, and others may open it."""
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def close(self) -> None:
        """Once."""
        os.close(self._lock)


def share(file: Path, wait_s: float = _WAIT_S) -> Hold:
    """For those who have the database `file` open. Raises InUse, Interrupted, OSError."""
    lock = _open(file)
    try:
        # SQLite deletes this file when the last connection is closed, and a crash leaves it.
        log = beside(file, "-wal")
        was_left = log.exists() and log.stat().st_size > 0 and _locked(lock, fcntl.LOCK_EX)
        if not was_left:
            _await_others(file, lock, wait_s)
        _refuse_halves(file)
    except BaseException:
        os.close(lock)
        raise
    return Hold(lock, was_left=was_left)


def _await_others(file: Path, lock: int, wait_s: float) -> None:
    ends = time.monotonic() + wait_s
    while not _locked(lock, fcntl.LOCK_SH):
        if time.monotonic() > ends:
            raise InUse(f"{file}: a restore is at work on it; try again when it is done")
        time.sleep(0.05)


def _refuse_halves(file: Path) -> None:
    if marker(file).exists():
        raise Interrupted(f"{file}: a restore of it was interrupted; run placeholder restore again")


def take(file: Path) -> Hold:
    """For one who replaces `file`. Raises InUse, OSError."""
    lock = _open(file)
    if not _locked(lock, fcntl.LOCK_EX):
        os.close(lock)
        raise InUse(f"{file} is in use: stop the service, and every command that is at work on it, first")
    return Hold(lock)


def alone(path: Path) -> IO[bytes]:
    """The file `path`, made and emptied, for one who writes it under this name and then gives it another or none. Raises InUse,
    OSError."""
    file = os.fdopen(os.open(path, _LOCK, 0o600), "r+b")
    # Whoever had it before may have given it another name by now, and this would be the file that came of it.
    if not _locked(file.fileno(), fcntl.LOCK_EX) or not _is_called(path, file.fileno()):
        file.close()
        raise InUse(f"{path}: another process is writing it")
    file.truncate(0)
    return file


def _is_called(path: Path, file: int) -> bool:
    return path.exists() and os.path.samestat(path.stat(), os.fstat(file))


def marker(file: Path) -> Path:
    return beside(file, ".restoring")


def beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _open(file: Path) -> int:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(beside(file, ".lock"), _LOCK, 0o600)


def _locked(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
