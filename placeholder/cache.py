"""A bounded cache of finished answers that lets a key in only when it is asked for a second time.

Most URLs of a crawl or a cache-busting client come once; admitting them all costs more than drawing them and pushes out
what is hot. Two generations stand for an order of use: what is asked for moves to the young one; when the young one has
filled half of the bytes, the old one goes. A lookup of a hot key is one dictionary access.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_OVERHEAD = 300
"""Bytes that a key and its entry are taken to cost besides the value."""


class SecondSightCache(Generic[K, V]):
    """At most `limit` bytes of values, each counted at the cost it was offered with; `sighted` recent keys are known."""

    def __init__(self, limit: int, sighted: int = 16_384) -> None:
        self._half, self._sighted = limit // 2, sighted // 2
        self._young: dict[K, tuple[V, int]] = {}
        self._old: dict[K, tuple[V, int]] = {}
        self._weight = 0
        self._seen: set[int] = set()
        self._seen_before: set[int] = set()

    def get(self, key: K) -> V | None:
        entry = self._young.get(key)
        if entry is None:
            entry = self._old.pop(key, None)
            if entry is None:
                return None
            self._keep(key, *entry)
        return entry[0]

    def offer(self, key: K, value: V, cost: int) -> None:
        """Keeps `value` if `key` was offered before, recently."""
        mark = hash(key)
        if mark in self._seen or mark in self._seen_before:
            self._keep(key, value, cost + _OVERHEAD)
            return
        if len(self._seen) >= self._sighted:
            self._seen, self._seen_before = set(), self._seen
        self._seen.add(mark)

    def _keep(self, key: K, value: V, cost: int) -> None:
        if cost > self._half:
            return
        self._weight -= self._young.pop(key, (None, 0))[1]
        if self._weight + cost > self._half:
            self._young, self._old, self._weight = {}, self._young, 0
        self._young[key] = (value, cost)
        self._weight += cost
