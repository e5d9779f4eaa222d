"""The cache: bounded, in at the second sight, the hot stays."""

import tracemalloc
import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.cache import BoundedCache

OVERHEAD = 300
"""What an entry is taken to cost besides its value."""


class Value:
    """Something whose life can be watched."""


def keep(cache: BoundedCache[str, Any], key: str, value: Any, cost: int) -> None:
    cache.offer(key, value, cost)
    cache.offer(key, value, cost)


def test_what_is_offered_once_is_not_kept() -> None:
    cache = BoundedCache[str, str](10_000)
    cache.offer("a", "one", 10)
    assert cache.get("a") is None


def test_what_is_offered_twice_is_kept() -> None:
    cache = BoundedCache[str, str](10_000)
    cache.offer("a", "one", 10)
    cache.offer("a", "two", 10)
    assert cache.get("a") == "two"
    assert cache.get("b") is None


def test_a_crawl_of_single_requests_pushes_out_nothing() -> None:
    cache = BoundedCache[str, str](10_000)
    keep(cache, "hot", "value", 1000)
    for number in range(100_000):
        cache.offer(f"once-{number}", "x", 1000)
    assert cache.get("hot") == "value"


def test_a_sight_is_forgotten_after_many_others() -> None:
    """Otherwise the sights alone would fill the memory."""
    cache = BoundedCache[str, str](10_000, sighted=100)
    cache.offer("a", "one", 10)
    for number in range(200):
        cache.offer(f"other-{number}", "x", 10)
    cache.offer("a", "two", 10)
    assert cache.get("a") is None


def test_a_sight_is_remembered_over_some_others() -> None:
    cache = BoundedCache[str, str](10_000, sighted=100)
    cache.offer("a", "one", 10)
    for number in range(49):
        cache.offer(f"other-{number}", "x", 10)
    cache.offer("a", "two", 10)
    assert cache.get("a") == "two"


@pytest.mark.parametrize(
    ("limit", "cost", "is_kept"),
    [
        (10_000, 4_700, True),
        (10_000, 4_701, False),
        (10_000, 10_000, False),
        (10_000, 10**12, False),
        (600, 0, True),
        (598, 0, False),
        (0, 0, False),
        (0, 100, False),
    ],
)
def test_a_value_larger_than_half_the_limit_is_not_kept(limit: int, cost: int, is_kept: bool) -> None:
    cache = BoundedCache[str, str](limit)
    keep(cache, "a", "value", cost)
    assert (cache.get("a") == "value") is is_kept


def test_a_value_too_large_pushes_out_nothing() -> None:
    cache = BoundedCache[str, str](10_000)
    keep(cache, "hot", "value", 1000)
    keep(cache, "giant", "x", 9_000)
    assert cache.get("hot") == "value"


def test_what_is_asked_for_stays_and_what_is_not_goes() -> None:
    """Two generations: the asked-for one moves to the young."""
    cache = BoundedCache[str, str](10_000)
    keep(cache, "hot", "value", 700)
    keep(cache, "cold", "value", 700)
    for number in range(100):
        assert cache.get("hot") == "value", number
        keep(cache, f"other-{number}", "x", 700)
    assert cache.get("cold") is None


def test_a_half_that_is_full_is_kept_a_while_longer() -> None:
    """What just fitted does not go at once: the old generation still answers, and answers move to the young one."""
    cache = BoundedCache[str, str](10_000)
    names = [f"n{number}" for number in range(6)]
    for name in names:
        keep(cache, name, "x", 700)
    assert [name for name in names if cache.get(name)] == names


def test_offering_a_kept_value_again_pushes_out_nothing() -> None:
    """Fifty who waited for one picture offer it fifty times: it is one entry and counts once."""
    cache = BoundedCache[str, str](10_000)
    keep(cache, "a", "value", 700)
    for _ in range(50):
        cache.offer("b", "value", 700)
    assert cache.get("a") == "value"
    assert cache.get("b") == "value"


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["get", "offer", "offer"]), st.integers(0, 12), st.sampled_from([0, 1, 200, 700, 1500, 5000, 50_000])
    ),
    max_size=120,
)


@given(st.integers(0, 12_000), OPERATIONS)
def test_the_values_held_never_cost_more_than_the_limit(limit: int, operations: list[tuple[str, int, int]]) -> None:
    """Watched from outside: a value that the cache let go dies."""
    cache = BoundedCache[int, Value](limit)
    alive: list[tuple[weakref.ref[Value], int]] = []
    for act, key, cost in operations:
        if act == "get":
            cache.get(key)
        else:
            value = Value()
            alive.append((weakref.ref(value), cost))
            cache.offer(key, value, cost)
            del value
        alive = [(reference, cost) for reference, cost in alive if reference() is not None]
        assert sum(cost + OVERHEAD for _, cost in alive) <= limit


@given(st.integers(0, 12_000), OPERATIONS)
def test_a_key_gives_the_last_value_that_was_kept_for_it_or_nothing(limit: int, operations: list[tuple[str, int, int]]) -> None:
    cache = BoundedCache[int, tuple[int, int]](limit)
    last: dict[int, tuple[int, int]] = {}
    seen: set[int] = set()
    for number, (act, key, cost) in enumerate(operations):
        if act == "get":
            assert cache.get(key) in (None, last.get(key))
        else:
            cache.offer(key, (key, number), cost)
            if key in seen and cost + OVERHEAD <= limit // 2:
                last[key] = (key, number)
                assert cache.get(key) == (key, number)
            seen.add(key)


async def test_the_service_keeps_no_more_memory_than_it_was_given(make_app: Any, asker: Any) -> None:
    """V25: a client that busts the cache twice over with long URLs fills no more than `cache_mb`, its URLs included."""
    ask = asker(make_app(cache_mb=1))

    async def bust(first: int, last: int) -> None:
        for number in range(first, last):
            for _ in range(2):
                assert (await ask(f"/1x1?cb={number:08000d}")).status == 200

    await bust(0, 20)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        await bust(20, 800)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 3_000_000
