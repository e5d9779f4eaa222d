"""Writers of a SQLite file take turns, whichever process they are in: a lock on FILE.turn, held from BEGIN to the end of COMMIT.

SQLite lets one connection checkpoint the write-ahead log while another commits, and before 3.51.3 that can damage the database
when it happens at the wrong moment (https://sqlite.org/wal.html#walresetbug); Debian 13 has 3.46.1. A checkpoint is part of the
COMMIT that starts it, or of the end of the last connection, so among writers that take turns the moment does not come.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

_STEP_S = 0.002


class TooLong(Exception):
    """Another held its turn all the while."""


class Turns:
    def __init__(self, file: Path, wait_s: float) -> None:
        self._path, self._wait_s = file.with_name(file.name + ".turn"), wait_s
        self._mine = Lock()
        """For the threads of this process, which are one to the kernel."""
        self._lock = -1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises TooLong, OSError."""
        ends = time.monotonic() + self._wait_s
        if not self._mine.acquire(timeout=self._wait_s):
            raise TooLong
        try:
            if self._lock < 0:
                self._lock = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            while not self._taken():
                if time.monotonic() > ends:
                    raise TooLong
                time.sleep(_STEP_S)
            try:
                yield
            finally:
                fcntl.flock(self._lock, fcntl.LOCK_UN)
        finally:
            self._mine.release()

    def close(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
