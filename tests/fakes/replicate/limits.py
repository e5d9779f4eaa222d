"""Rate limits: so many requests a minute, and so many at once."""

import math
from dataclasses import dataclass

from .clock import SECOND, Clock

FULL_CREATES_PER_MINUTE = 600
"""An account that may create less often has little credit left."""


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    remaining: int
    reset: int
    """Seconds until another request passes."""

    @property
    def headers(self) -> dict[str, str]:
        return {"ratelimit-remaining": str(self.remaining), "ratelimit-reset": str(self.reset)}


class Bucket:
    """Filled evenly; a request takes one drop. The rate may be another each time it is asked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._drops = math.inf
        self._at = clock.ns()

    def take(self, per_minute: int, burst: int) -> Verdict:
        now, a_drop = self._clock.ns(), 60 * SECOND / per_minute
        self._drops = min(burst, self._drops + (now - self._at) / a_drop)
        self._at = now
        passed = self._drops >= 1
        self._drops -= passed
        wait = (1 - self._drops) * a_drop / SECOND
        return Verdict(passed, int(self._drops), max(1, math.ceil(wait)))
