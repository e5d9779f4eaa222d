"""Durations: each is counted once, in the first bucket that ends no sooner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.tally import BOUNDS, Durations


@given(st.lists(st.floats(0, 1000)))
def test_each_is_counted_once(seconds: list[float]) -> None:
    durations = Durations()
    for one in seconds:
        durations.note(one)
    assert sum(durations.counts) == len(seconds)
    assert durations.seconds == pytest.approx(sum(seconds))
    for at, bound in enumerate(BOUNDS):
        assert sum(durations.counts[: at + 1]) == sum(one <= bound for one in seconds)


@pytest.mark.parametrize("at", range(len(BOUNDS)))
def test_a_bound_belongs_to_its_bucket(at: int) -> None:
    durations = Durations()
    durations.note(BOUNDS[at])
    assert durations.counts.index(1) == at
