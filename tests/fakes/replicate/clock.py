"""The fake's own time: the machine's, and an offset that a test moves forward.

Everything that Replicate decides by time (when a run starts and ends, Cancel-After, the wipe after an hour, the list's
filters, the Date header) is decided by this clock, in whole nanoseconds, because that is how finely Replicate writes times.
"""

import time
from collections.abc import Callable

SECOND = 1_000_000_000
HOUR = 3600 * SECOND


class Clock:
    def __init__(self) -> None:
        self._offset = 0
        self._watchers: list[Callable[[], None]] = []

    def ns(self) -> int:
        return time.time_ns() + self._offset

    def now(self) -> float:
        """Unix seconds, for whoever has to share this time."""
        return self.ns() / SECOND

    @property
    def offset(self) -> int:
        return self._offset

    def advance(self, seconds: float) -> None:
        """May be called from any thread. What fell due meanwhile happens at once, in its order."""
        if seconds < 0:
            raise ValueError("time does not go back")
        self._offset += round(seconds * SECOND)
        for watcher in tuple(self._watchers):
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """`watcher` is called, in the advancing thread, after each jump."""
        self._watchers.append(watcher)
