"""Keys as values: when one is valid, and when the days and months of its budget begin and end, in UTC."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.keys.model import Key, day, month, seconds_to_next_month, seconds_to_tomorrow

DAY = 86400
WHOLE = st.integers(0, 32_000_000_000)
"""Seconds, up to the year 2984."""


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("ends", "now", "is_live"),
    [
        ({}, 0, True),
        ({}, 1e12, True),
        ({"expires_at": 100.0}, 99.999, True),
        ({"expires_at": 100.0}, 100, False),
        ({"expires_at": 100.0}, 101, False),
        ({"expires_at": 0.0}, 0, False),
        ({"revoked_at": 100.0}, 101, False),
        ({"revoked_at": 100.0}, 99, False),
        ({"revoked_at": 0.0}, 50, False),
        ({"revoked_at": 1.0, "expires_at": 100.0}, 50, False),
    ],
)
def test_a_key_is_valid_until_it_is_revoked_or_its_time_ends(ends: dict[str, Any], now: float, is_live: bool) -> None:
    assert Key(id="k", name="n", owner="o", scopes=frozenset(), **ends).is_live(now) is is_live


@pytest.mark.parametrize(
    ("now", "in_day", "in_month", "to_tomorrow", "to_next_month"),
    [
        ("1970-01-01T00:00:00", "1970-01-01", "1970-01", DAY, 31 * DAY),
        ("2026-11-21T00:00:00", "2026-11-21", "2026-11", DAY, 10 * DAY),
        ("2026-11-21T12:34:56", "2026-11-21", "2026-11", 41104, 9 * DAY + 41104),
        ("2026-11-30T23:59:59", "2026-11-30", "2026-11", 1, 1),
        ("2026-12-01T00:00:00", "2026-12-01", "2026-12", DAY, 31 * DAY),
        ("2026-12-31T23:59:59", "2026-12-31", "2026-12", 1, 1),
        ("2026-12-31T23:59:59.999999", "2026-12-31", "2026-12", 1, 1),
        ("2027-01-01T00:00:00", "2027-01-01", "2027-01", DAY, 31 * DAY),
        ("2027-01-31T23:00:00", "2027-01-31", "2027-01", 3600, 3600),
        ("2027-02-28T23:00:00", "2027-02-28", "2027-02", 3600, 3600),
        ("2028-02-01T00:00:00", "2028-02-01", "2028-02", DAY, 29 * DAY),
        ("2028-02-28T23:00:00", "2028-02-28", "2028-02", 3600, DAY + 3600),
        ("2028-02-29T23:00:00", "2028-02-29", "2028-02", 3600, 3600),
        ("2000-02-28T00:00:00", "2000-02-28", "2000-02", DAY, 2 * DAY),
        ("2100-02-28T00:00:00", "2100-02-28", "2100-02", DAY, DAY),
        ("2027-03-28T01:30:00", "2027-03-28", "2027-03", 81000, 3 * DAY + 81000),  # summer time begins elsewhere
        ("2027-10-31T01:30:00", "2027-10-31", "2027-10", 81000, 81000),  # and ends
    ],
)
def test_days_and_months(now: str, in_day: str, in_month: str, to_tomorrow: int, to_next_month: int) -> None:
    when = at(now)
    assert (day(when), month(when)) == (in_day, in_month)
    assert (seconds_to_tomorrow(when), seconds_to_next_month(when)) == (to_tomorrow, to_next_month)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "America/St_Johns"])
def test_the_zone_of_the_machine_does_not_matter(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    with monkeypatch.context() as local:
        local.setenv("TZ", zone)
        time.tzset()
        when = at("2026-12-31T23:59:59")
        assert (day(when), month(when), seconds_to_tomorrow(when), seconds_to_next_month(when)) == ("2026-12-31", "2026-12", 1, 1)
    time.tzset()


@given(WHOLE)
def test_the_next_begins_when_it_was_said_to_and_not_a_second_sooner(now: int) -> None:
    for name, left in ((day, seconds_to_tomorrow(now)), (month, seconds_to_next_month(now))):
        assert left >= 1
        assert name(now + left - 1) == name(now) < name(now + left)


@given(WHOLE, st.integers(1, 999))
def test_within_a_second_whoever_waits_as_told_waits_for_long_enough_for_a_day(now: int, thousandths: int) -> None:
    when = now + thousandths / 1000
    assert day(when) < day(when + seconds_to_tomorrow(when))


@pytest.mark.parametrize("left", [1.5, 1.001, 2.25, 3600.5])
def test_within_a_second_whoever_waits_as_told_waits_for_long_enough_for_a_month(left: float) -> None:
    when = at("2027-01-01T00:00:00") - left
    assert month(when) < month(when + seconds_to_next_month(when))


@given(WHOLE, WHOLE)
def test_names_of_days_and_months_sort_as_time_does(one: int, other: int) -> None:
    first, second = sorted((one, other))
    assert day(first) <= day(second)
    assert month(first) <= month(second)
    assert day(first).startswith(month(first))
