"""When a provider that keeps failing is asked: a row of events, and the room that there is after them."""

from collections.abc import Iterable
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.jobs.breaker import Breaker

Event = tuple[str, float] | tuple[str, float, float]
"""What happened, when, and when that was sent."""
WANTED = 8
THRESHOLD, REST, LONGEST = 3, 10, 60


def after(events: Iterable[Event], breaker: Breaker | None = None) -> Breaker:
    """The one place that knows how a breaker is told."""
    breaker = breaker or Breaker(THRESHOLD, REST, LONGEST)
    for what, now, *sent in events:
        match what:
            case "failed" | "closed":
                breaker.failed(now, *sent, is_closed=what == "closed")
            case "tries":
                breaker.tries(now)
            case "worked":
                breaker.worked()
    return breaker


def failures(*times: float) -> list[Event]:
    return [("failed", now) for now in times]


def rounds(*times: float) -> list[Event]:
    """At each time one is tried, and fails a second later."""
    told: list[Event] = []
    for now in times:
        told += [("tries", now), ("failed", now + 1, now)]
    return told


OPEN = failures(0, 0, 0)


@pytest.mark.parametrize(
    ("events", "rooms"),
    [
        ([], {0: 8, 1e9: 8}),
        (failures(0), {0: 8}),
        (failures(0, 1), {1: 8, 2: 8}),
        (OPEN, {0: 0, 9.999: 0, 10: 1, 1e9: 1}),
        (failures(0, 100, 1000), {1000: 0, 1009: 0, 1010: 1}),
        # in a row
        ([*failures(0, 1), ("worked", 2), *failures(3, 4)], {4: 8}),
        ([*failures(0, 1), ("worked", 2), *failures(3, 4, 5)], {5: 0, 14: 0, 15: 1}),
        # a provider that says so is believed at once
        ([("closed", 0)], {0: 0, 9: 0, 10: 1}),
        ([*failures(0), ("closed", 1)], {1: 0, 10: 0, 11: 1}),
        ([("closed", 0), ("tries", 10), ("closed", 11)], {30: 0, 31: 1}),
        # one at a time: the next only when this one has told, or when as much time has passed again
        ([*OPEN, ("tries", 10)], {10: 0, 19.9: 0, 20: 1}),
        ([*OPEN, ("tries", 50)], {50: 0, 59: 0, 60: 1}),
        ([*OPEN, ("tries", 10), ("tries", 20)], {20: 0, 29: 0, 30: 1}),
        ([("tries", 0)] * 50, {0: 8}),
        ([*failures(0, 1), *[("tries", 1)] * 50], {1: 8}),
        # each time twice as long, up to the longest
        ([*OPEN, *rounds(10)], {11: 0, 30.9: 0, 31: 1}),
        ([*OPEN, *rounds(10, 31)], {32: 0, 71.9: 0, 72: 1}),
        ([*OPEN, *rounds(10, 31, 72)], {73: 0, 132.9: 0, 133: 1}),
        ([*OPEN, *rounds(10, 31, 72, 133)], {134: 0, 193.9: 0, 194: 1}),
        ([*OPEN, *rounds(*range(100, 100_000, 100))], {99_901: 0, 99_960.9: 0, 99_961: 1}),
        ([*OPEN, *rounds(10), ("tries", 31)], {50: 0, 51: 1}),
        # what was on its way already when the rest began tells nothing new
        ([("failed", now, 0) for now in (1, 2, 3, 4, 5, 9)], {3: 0, 12.9: 0, 13: 1}),
        ([*[("failed", now, 0) for now in (1, 2, 3, 4, 5, 9)], *rounds(13)], {33.9: 0, 34: 1}),
        ([*OPEN, ("failed", 5, -1)], {9.9: 0, 10: 1}),
        ([*OPEN, ("closed", 5, -1)], {9.9: 0, 10: 1}),
        ([*OPEN, ("failed", 5, 0)], {24.9: 0, 25: 1}),  # at that very moment: it may be news
        ([*OPEN, ("tries", 10), ("failed", 11, 9.999)], {19.9: 0, 20: 1}),
        ([*OPEN, ("tries", 10), ("failed", 11, 10)], {30.9: 0, 31: 1}),
        ([*OPEN, ("tries", 10), ("tries", 20), ("failed", 21, 10)], {29.9: 0, 30: 1}),
        ([*OPEN, ("tries", 10), ("tries", 20), ("failed", 21, 10), ("failed", 22, 20)], {41.9: 0, 42: 1}),
        ([("failed", 0, -100)] * 2, {0: 8}),
        ([("failed", 0, -100)] * 3, {0: 0, 10: 1}),
        ([("closed", 0, -100)], {0: 0, 10: 1}),
        # nor does a look while it rests put the next one off
        ([*OPEN, ("tries", 5)], {9.9: 0, 10: 1}),
        ([*OPEN, ("tries", 10), ("tries", 19.9)], {19.9: 0, 20: 1}),
        # closed by success, and as if nothing had been
        ([*OPEN, ("worked", 0)], {0: 8}),
        ([*OPEN, ("tries", 10), ("worked", 11)], {11: 8, 12: 8}),
        ([*OPEN, *rounds(10, 31, 72), ("tries", 133), ("worked", 134)], {134: 8}),
        ([*OPEN, *rounds(10, 31, 72), ("worked", 134), *failures(134, 134)], {134: 8}),
        ([*OPEN, *rounds(10, 31, 72), ("worked", 134), *failures(134, 134, 134)], {134: 0, 143: 0, 144: 1}),
        ([("closed", 0), ("worked", 1)], {1: 8}),
        ([("worked", 0)] * 5, {0: 8}),
    ],
)
def test_how_many_may_be_sent(events: list[Event], rooms: dict[float, int]) -> None:
    breaker = after(events)
    assert {now: breaker.room(now, WANTED) for now in rooms} == rooms


@pytest.mark.parametrize("wanted", [0, 1, 2, 1000])
def test_never_more_than_are_wanted(wanted: int) -> None:
    assert after([]).room(0, wanted) == wanted
    assert after(OPEN).room(0, wanted) == 0
    assert after(OPEN).room(10, wanted) == min(wanted, 1)


def test_looking_changes_nothing() -> None:
    breaker = after(OPEN)
    assert [breaker.room(10, WANTED) for _ in range(20)] == [1] * 20


def test_as_it_comes() -> None:
    """Ten in a row, fifteen seconds, a minute at the longest."""
    assert after(failures(*[0] * 9), Breaker()).room(0, WANTED) == WANTED
    breaker = after(failures(*[0] * 10), Breaker())
    now, rests = 0.0, list[float]()
    for _ in range(5):
        rest = next(later / 4 for later in range(1000) if breaker.room(now + later / 4, WANTED))
        rests.append(rest)
        now += rest
        after([("tries", now), ("failed", now)], breaker)
    assert rests == [15, 30, 60, 60, 60]


def test_two_providers_do_not_share_one() -> None:
    first, second = Breaker(), Breaker()
    after([("closed", 0)], first)
    assert (first.room(0, 8), second.room(0, 8)) == (0, 8)


WHATS = st.sampled_from(["failed", "closed", "tries", "worked"])


@given(st.lists(st.tuples(WHATS, st.floats(0, 100), st.sampled_from([inf, 0, 1, 50])), max_size=60))
def test_whatever_happens_it_is_tried_again_and_one_at_a_time(
    steps: list[tuple[str, float, float]],
) -> None:
    breaker, now = after([]), 0.0
    for what, passed, ago in steps:
        now += passed
        after([(what, now, now - ago if ago < inf else inf)], breaker)
        room = breaker.room(now, WANTED)
        assert room in (0, 1, WANTED)
        if what == "worked":
            assert room == WANTED
        if (what == "closed" and ago == inf) or (what == "tries" and room < WANTED):
            assert room == 0
        assert breaker.room(now + LONGEST, WANTED) >= 1, "no rest is longer than the longest"
        if room == 0:
            assert breaker.room(now + LONGEST, WANTED) == 1, "time alone does not close it"


@pytest.mark.parametrize(
    ("events", "now", "state"),
    [
        ([], 0, "closed"),
        (failures(1, 2), 3, "closed"),
        (failures(1, 2, 3), 3, "open"),
        (failures(1, 2, 3), 12.9, "open"),
        (failures(1, 2, 3), 13, "trying"),
        ([*failures(1, 2, 3), ("tries", 13)], 14, "open"),
        ([*failures(1, 2, 3), ("worked", 14)], 15, "closed"),
        ([("closed", 1)], 2, "open"),
    ],
)
def test_its_state_in_a_word(events: list[Event], now: float, state: str) -> None:
    breaker = after(events)
    assert breaker.state(now) == state
    assert {"closed": WANTED, "open": 0, "trying": 1}[state] == breaker.room(now, WANTED)
