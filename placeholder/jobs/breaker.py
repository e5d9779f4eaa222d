"""Stops asking a provider that keeps failing, and tries it again with one job at a time. Pure: time arrives as an argument."""

from dataclasses import dataclass
from math import inf

STATES = ("closed", "open", "trying")
"""All goes through; nothing does; one job may."""


@dataclass(slots=True)
class Breaker:
    """Open after `threshold` failures in a row, for `rest_s` seconds that double up to `longest_s` while the one job let
    through after each rest fails too."""

    threshold: int = 10
    rest_s: float = 15
    longest_s: float = 60
    failures: int = 0
    rests_until: float = 0
    rests_since: float = 0

    def room(self, now: float, wanted: int) -> int:
        """How many may be sent now, of `wanted`."""
        if self.failures < self.threshold:
            return wanted
        return 0 if now < self.rests_until else min(wanted, 1)

    def tries(self, now: float) -> None:
        """One is on its way: while nothing works, there is no other until it has told or rested once more."""
        if self.failures >= self.threshold and now >= self.rests_until:
            self._rest(now)

    def failed(self, now: float, sent_at: float = inf, *, is_closed: bool = False) -> None:
        """`is_closed`: it said itself that it will take nothing for now. What was `sent_at` a time before the rest tells
        nothing new."""
        if self.failures >= self.threshold and sent_at < self.rests_since:
            return
        self.failures = max(self.failures + 1, self.threshold if is_closed else 0)
        if self.failures >= self.threshold:
            self._rest(now)

    def state(self, now: float) -> str:
        """Of STATES."""
        if self.failures < self.threshold:
            return "closed"
        return "open" if now < self.rests_until else "trying"

    def _rest(self, now: float) -> None:
        self.rests_since = now
        rests = min(self.failures - self.threshold, 16)
        self.rests_until = now + min(self.rest_s * 2.0**rests, self.longest_s)

    def worked(self) -> None:
        self.failures = 0
