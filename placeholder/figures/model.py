"""What a figure is, and the words of readiness. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from placeholder.tally import Durations

PARTS = ("database", "migrations", "blobs", "worker")
WORDS = ("ok", "off", "down", "late", "other")
"""Does its part; is not wanted here; does not; does not answer; is of another release."""
GOOD = ("ok", "off")

Value = float | Durations
Samples = tuple[tuple[tuple[str, ...], Value], ...]


@dataclass(frozen=True, slots=True)
class Family:
    """One figure in all its variants: `samples` have a value for each of `labels`. `name` is without the "_total" that
    Prometheus gives to counters; a histogram's values are Durations."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    what: str
    labels: tuple[str, ...]
    samples: Samples


def samples(pairs: Iterable[tuple[tuple[str, ...], Value]]) -> Samples:
    """In order of their labels, so that two looks at the same figures are the same."""
    return tuple(sorted(pairs, key=lambda pair: pair[0]))
