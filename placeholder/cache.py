"""A bounded cache of finished answers that can wait for a second sight of a key before it lets it in.

Most URLs of a crawl or a cache-busting client come once; admitting them all (`keep`) pushes out what is hot, and costs
more than to draw an SVG again, so those are only offered (`offer`). Two generations stand for an order of use: what is
asked for moves to the young one; when the young one has filled half of the bytes, the old one goes. A lookup of a hot
key is one dictionary access.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_OVERHEAD = 300
"""Bytes that a key and its entry are taken to cost besides the value."""


class BoundedCache(Generic[K, V]):
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
            self.keep(key, *entry)
        return entry[0]

    def offer(self, key: K, value: V, cost: int) -> None:
        """Keeps `value` if `key` was offered before, recently."""
        mark = hash(key)
        if mark in self._seen or mark in self._seen_before:
            self.keep(key, value, cost)
            return
        if len(self._seen) >= self._sighted:
            self._seen, self._seen_before = set(), self._seen
        self._seen.add(mark)

    def keep(self, key: K, value: V, cost: int) -> None:
        """Keeps `value` at once."""
        cost += _OVERHEAD
        if cost > self._half:
            return
        known = self._young.pop(key, None)
        if known:
            self._weight -= known[1] + _OVERHEAD
        if self._weight + cost > self._half:
            self._young, self._old, self._weight = {}, self._young, 0
        self._young[key] = (value, cost - _OVERHEAD)
        self._weight += cost
