"""Counts that cost nothing to keep: plain integers, read when somebody asks for figures. Pure; the caller has the clock."""

from bisect import bisect_left

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Seconds at which buckets end: from a drawing out of memory to a model that paints."""


class Durations:
    """How many lasted how long. `counts` has one more than BOUNDS, for what lasted longer than all of them."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def note(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds
