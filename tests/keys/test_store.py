"""Rows of keys and of what they have used, on SQLite and on PostgreSQL: no number of processes at once overdraws a budget, and
whoever is refused has used nothing."""

import asyncio
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from placeholder.db.database import Database, open_engine
from placeholder.db.tables import usage
from placeholder.errors import OverBudget, Unavailable
from placeholder.keys import store
from placeholder.keys.admission import visitor
from placeholder.keys.model import Budget, Key, Kind

KEY = Key(id="k1", name="tests", owner="o", scopes=frozenset(("ai:create",)), created_at=5.0)
DAY = 86400


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NOON = at("2026-11-21T12:00:00")


def add(database: Database, *keys: Key) -> None:
    database.transact(lambda c: [store.add(c, key, key.id.encode()) for key in keys])


def got(database: Database, key: str) -> Key | None:
    return database.transact(lambda c: store.by_id(c, key))


def spend(database: Database, key: Key, cost: int = 0, now: float = NOON) -> Budget | None:
    return database.transact(lambda c: store.spend(c, key, cost, now))


def tries(database: Database, key: Key, cost: int = 0, now: float = NOON) -> bool:
    try:
        spend(database, key, cost, now)
    except OverBudget:
        return False
    return True


def used(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """All rows: (key, period) to (jobs, cost)."""
    rows = database.transact(lambda c: c.execute(select(usage)).all())
    return {(row.key_id, row.period): (row.jobs, row.cost) for row in rows}


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """As another process has it."""
    opened = Database(open_engine(database_url))
    yield opened
    opened.close()


# ---------------------------------------------------------------- a row


FULL = Key(
    id="k2", name="Zoë's 🗝, 100 %", owner="'; DROP TABLE keys; --", scopes=frozenset(("ai:create", "b", "a")), hint="plh_…",
    jobs_per_day=2**31 - 1, spend_per_month=2**62, created_at=1.800000000123e9, expires_at=2.5, revoked_at=0.0, last_used_at=1e9,
)  # fmt: skip
PUBLISHABLE = replace(
    KEY, kind=Kind.PUBLISHABLE, origins=frozenset(("https://shop.example", "http://[::1]:3000")), max_side=1024,
    models=frozenset(("black-forest-labs/flux-schnell", "google/imagen-4")), jobs_per_address=2**31 - 1,
)  # fmt: skip


@pytest.mark.parametrize(
    "key",
    [
        *(KEY, FULL, PUBLISHABLE),
        replace(KEY, scopes=frozenset(), jobs_per_day=0, spend_per_month=0),
        replace(PUBLISHABLE, origins=frozenset(), models=frozenset(), max_side=1, jobs_per_address=0),
    ],
)
def test_a_key_comes_back_as_it_went(database: Database, key: Key) -> None:
    database.transact(lambda c: store.add(c, key, bytes(range(32))))
    back = database.transact(lambda c: store.by_mac(c, bytes(range(32))))
    assert back == got(database, key.id) == key
    for field in fields(Key):
        assert type(getattr(back, field.name)) is type(getattr(key, field.name)), field.name


@pytest.mark.parametrize("name", ["", "k", "k11", "K1", "k_", "%", "' OR 1=1 --", "é", "x" * 10_000])
def test_there_is_none_of_that_name(database: Database, name: str) -> None:
    add(database, KEY)
    assert got(database, name) is None
    assert database.transact(lambda c: store.by_mac(c, name.encode())) is None
    assert not database.transact(lambda c: store.end(c, name, revoked_at=1.0))
    database.transact(lambda c: store.note_use(c, name, 1.0))
    assert got(database, "k1") == KEY


@pytest.mark.parametrize("second", [replace(KEY, name="x"), replace(KEY, id="k9")], ids=["its id", "its digest"])
def test_a_second_one_is_not_added_over_the_first(database: Database, second: Key) -> None:
    add(database, KEY)
    with pytest.raises(Unavailable):
        database.transact(lambda c: store.add(c, second, b"k1"))
    assert database.transact(store.listed) == [KEY]


def test_all_of_them_oldest_first(database: Database) -> None:
    assert database.transact(store.listed) == []
    keys = [replace(KEY, id=name, created_at=when) for name, when in (("c", 2.0), ("b", 1.0), ("a", 2.0), ("d", 0.5))]
    add(database, *keys)
    assert [key.id for key in database.transact(store.listed)] == ["d", "b", "a", "c"]


def test_what_is_revoked_stays_as_it_was_revoked(database: Database) -> None:
    add(database, KEY, replace(KEY, id="k2"))
    assert database.transact(lambda c: store.end(c, "k1", expires_at=7.0))
    assert got(database, "k1") == replace(KEY, expires_at=7.0)
    assert database.transact(lambda c: store.end(c, "k1", revoked_at=6.0))
    ended = replace(KEY, expires_at=7.0, revoked_at=6.0)
    for change in ({"revoked_at": 9.0}, {"expires_at": 99.0}):
        assert not database.transact(lambda c, change=change: store.end(c, "k1", **change))
        assert got(database, "k1") == ended
    assert got(database, "k2") == replace(KEY, id="k2")


def test_revoked_at_the_beginning_of_time_is_revoked(database: Database) -> None:
    add(database, KEY)
    assert database.transact(lambda c: store.end(c, "k1", revoked_at=0.0))
    assert got(database, "k1") == replace(KEY, revoked_at=0.0)


# ---------------------------------------------------------------- a budget


def test_jobs_a_day(database: Database) -> None:
    key = replace(KEY, jobs_per_day=3)
    assert [spend(database, key) for _ in range(3)] == [Budget(3, left, 43200) for left in (2, 1, 0)]
    for _ in range(3):
        with pytest.raises(OverBudget) as refusal:
            spend(database, key, 10)
        assert (refusal.value.retry_after, refusal.value.jobs) == (43200, 3)
        assert str(refusal.value) == "This key has used up its jobs for today"
    assert database.transact(lambda c: store.used(c, key, NOON)) == 3
    assert database.transact(lambda c: store.used(c, key, NOON + DAY)) == 0
    assert database.transact(lambda c: store.used(c, replace(key, id="k"), NOON)) == 0


def test_spend_a_month(database: Database) -> None:
    key = replace(KEY, spend_per_month=10_000)
    assert spend(database, key, 3_000) is None, "no jobs a day to tell of"
    assert spend(database, key, 6_999) is None
    with pytest.raises(OverBudget) as refusal:
        spend(database, key, 2)
    assert (refusal.value.retry_after, refusal.value.jobs) == (9 * DAY + 43200, None)
    assert str(refusal.value) == "This key has used up its spend for this month"
    assert spend(database, key, 1) is None, "to the last millionth"
    assert not tries(database, key, 1)
    assert used(database) == {("k1", "2026-11"): (3, 10_000)}


@pytest.mark.parametrize(
    ("jobs_per_day", "spend_per_month", "costs", "granted", "in_day", "in_month"),
    [
        (None, None, [0, 1, 2**62], [1, 1, 1], None, None),
        (0, None, [0, 1], [0, 0], None, None),
        (None, 0, [1, 2**62], [0, 0], None, None),
        (None, 0, [0, 0], [1, 1], None, None),
        (0, 0, [0, 1], [0, 0], None, None),
        (5, 0, [1, 0, 1], [0, 1, 0], (1, 0), None),
        (0, 100, [1, 100], [0, 0], None, None),
        (1, None, [7, 7], [1, 0], (1, 7), None),
        (2, 100, [60, 60, 40, 0], [1, 0, 1, 0], (2, 100), (2, 100)),  # the month says no, then the day
        (9, 100, [101, 100, 1, 0], [0, 1, 0, 1], (2, 100), (1, 100)),
        (1, 100, [10, 10, 10], [1, 0, 0], (1, 10), (1, 10)),  # the day's no gives back what the month had granted
        (None, 2**62, [2**61, 2**61, 1], [1, 1, 0], None, (2, 2**62)),
        (None, 1, [2**40, 1, 1], [0, 1, 0], None, (1, 1)),
        (2**31 - 1, None, [1, 1], [1, 1], (2, 2), None),
    ],
)
def test_what_is_refused_takes_nothing(
    database: Database,
    jobs_per_day: int | None,
    spend_per_month: int | None,
    costs: list[int],
    granted: list[int],
    in_day: tuple[int, int] | None,
    in_month: tuple[int, int] | None,
) -> None:
    key = replace(KEY, jobs_per_day=jobs_per_day, spend_per_month=spend_per_month)
    assert [tries(database, key, cost) for cost in costs] == [bool(grant) for grant in granted]
    rows = {("k1", "2026-11-21"): in_day, ("k1", "2026-11"): in_month}
    assert used(database) == {name: row for name, row in rows.items() if row}


def test_one_key_uses_nothing_of_another(database: Database) -> None:
    keys = [replace(KEY, id=name, jobs_per_day=1, spend_per_month=5) for name in ("a", "A", "a ", "2026-11", "' OR 1=1 --")]
    assert [tries(database, key, 5) for key in keys] == [True] * 5
    assert [tries(database, key, 5) for key in keys] == [False] * 5


def test_a_transaction_that_fails_later_uses_nothing(database: Database) -> None:
    key = replace(KEY, jobs_per_day=5, spend_per_month=100)

    def spend_and_fail(connection: Any) -> None:
        store.spend(connection, key, 10, NOON)
        raise KeyError

    with pytest.raises(KeyError):
        database.transact(spend_and_fail)
    assert used(database) == {}


def test_a_limit_that_is_lowered_holds_at_once(database: Database) -> None:
    assert [tries(database, replace(KEY, jobs_per_day=5)) for _ in range(4)] == [True] * 4
    assert not tries(database, replace(KEY, jobs_per_day=3))
    assert spend(database, replace(KEY, jobs_per_day=6)) == Budget(6, 1, 43200)


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2026-11-21T23:59:59.999", "2026-11-22T00:00:00"),
        ("2026-11-30T23:59:59", "2026-12-01T00:00:00"),
        ("2026-12-31T23:59:59", "2027-01-01T00:00:00"),
        ("2027-02-28T23:59:59", "2027-03-01T00:00:00"),
        ("2028-02-28T23:59:59", "2028-02-29T00:00:00"),
        ("2028-02-29T23:59:59", "2028-03-01T00:00:00"),
    ],
)
def test_a_day_begins_anew_at_midnight_utc_and_a_month_with_its_first(database: Database, last: str, first: str) -> None:
    daily, monthly = replace(KEY, jobs_per_day=1), replace(KEY, id="k2", spend_per_month=5)
    before, after = at(last), at(first)
    assert spend(database, daily, 0, before) == Budget(1, 0, 1)
    assert not tries(database, daily, 0, before)
    assert spend(database, daily, 0, after) == Budget(1, 0, DAY)
    assert tries(database, monthly, 5, before)
    assert not tries(database, monthly, 1, before)
    assert tries(database, monthly, 5, after) is (last[:7] != first[:7])


@pytest.mark.parametrize(
    ("jobs_per_day", "spend_per_month", "expected"),
    [(20, None, 20), (None, 70, 23), (20, 70, 20), (25, 70, 23), (0, 70, 0), (64, 192, 64), (63, None, 63)],
)
async def test_64_at_once_in_two_processes_take_exactly_what_there_is(
    database: Database, other: Database, jobs_per_day: int | None, spend_per_month: int | None, expected: int
) -> None:
    key = replace(KEY, jobs_per_day=jobs_per_day, spend_per_month=spend_per_month)
    both = [one.write(lambda c: store.spend(c, key, 3, NOON)) for _ in range(32) for one in (database, other)]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert {type(refusal) for refusal in refused} <= {OverBudget}
    assert len(outcomes) - len(refused) == expected
    if jobs_per_day is not None:
        left = sorted(outcome.remaining for outcome in outcomes if isinstance(outcome, Budget))
        assert left == list(range(jobs_per_day - expected, jobs_per_day)), "each was told another number"
    rows = {("k1", "2026-11-21"): jobs_per_day, ("k1", "2026-11"): spend_per_month}
    assert used(database) == {name: (expected, 3 * expected) for name, limit in rows.items() if limit and expected}


# ---------------------------------------------------------------- the share of an address

HERS, HIS = (visitor(b"a" * 32, address, NOON) for address in ("203.0.113.7", "203.0.113.8"))


def visits(database: Database, key: Key, who: str, cost: int = 0, now: float = NOON) -> bool:
    try:
        database.transact(lambda c: store.spend(c, key, cost, now, who))
    except OverBudget:
        return False
    return True


def test_jobs_a_day_for_one_address(database: Database) -> None:
    key = replace(KEY, jobs_per_address=2)
    told = [database.transact(lambda c, who=who: store.spend(c, key, 7, NOON, who)) for who in (HERS, HIS, HERS)]
    assert told == [Budget(2, left, 43200) for left in (1, 1, 0)]
    for _ in range(2):
        with pytest.raises(OverBudget) as refusal:
            database.transact(lambda c: store.spend(c, key, 7, NOON, HERS))
        assert (refusal.value.retry_after, refusal.value.jobs) == (43200, 2)
        assert str(refusal.value) == "This address has used up its share of this key's jobs for today"
    assert used(database) == {(f"k1/{HERS}", "2026-11-21"): (2, 14), (f"k1/{HIS}", "2026-11-21"): (1, 7)}
    assert database.transact(lambda c: store.used(c, key, NOON)) == 0, "the key itself counts nothing"
    assert visits(database, key, visitor(b"a" * 32, "203.0.113.7", NOON + DAY), now=NOON + DAY)


def test_of_two_limits_the_one_with_less_left_is_told(database: Database) -> None:
    key = replace(KEY, jobs_per_address=2, jobs_per_day=3)
    told = [database.transact(lambda c, who=who: store.spend(c, key, 0, NOON, who)) for who in (HERS, HERS, HIS)]
    assert told == [Budget(2, 1, 43200), Budget(2, 0, 43200), Budget(3, 0, 43200)]


def test_an_address_without_a_limit_leaves_no_row(database: Database) -> None:
    assert visits(database, replace(KEY, jobs_per_day=5), HERS)
    assert used(database) == {("k1", "2026-11-21"): (1, 0)}


@pytest.mark.parametrize(
    ("limits", "asked", "granted", "rows"),
    [
        # an address that has used up its share takes nothing off the key's day and month
        ({"jobs_per_address": 1, "jobs_per_day": 9, "spend_per_month": 90}, ["a", "a", "a", "b"], [1, 0, 0, 1],
         {"a": (1, 5), "b": (1, 5), "day": (2, 10), "month": (2, 10)}),
        # a key whose day is over takes nothing off an address, be it known or new
        ({"jobs_per_address": 9, "jobs_per_day": 1}, ["a", "a", "b"], [1, 0, 0], {"a": (1, 5), "day": (1, 5)}),
        # nor does one whose month is
        ({"jobs_per_address": 9, "jobs_per_day": 9, "spend_per_month": 9}, ["a", "a", "b"], [1, 0, 0],
         {"a": (1, 5), "day": (1, 5), "month": (1, 5)}),
        ({"jobs_per_address": 0, "jobs_per_day": 9, "spend_per_month": 90}, ["a", "b"], [0, 0], {}),
        ({"jobs_per_address": 9, "jobs_per_day": 0, "spend_per_month": 90}, ["a", "b"], [0, 0], {}),
        ({"jobs_per_address": 9, "jobs_per_day": 9, "spend_per_month": 0}, ["a", "b"], [0, 0], {}),
        ({"jobs_per_address": 1, "jobs_per_day": 1, "spend_per_month": 5}, ["a", "a", "b"], [1, 0, 0],
         {"a": (1, 5), "day": (1, 5), "month": (1, 5)}),
    ],
)  # fmt: skip
def test_all_or_nothing(
    database: Database, limits: dict[str, int], asked: list[str], granted: list[int], rows: dict[str, tuple[int, int]]
) -> None:
    key = replace(KEY, **limits)  # type: ignore[arg-type]
    assert [visits(database, key, who, 5) for who in asked] == [bool(grant) for grant in granted]
    names = {"day": ("k1", "2026-11-21"), "month": ("k1", "2026-11")}
    assert used(database) == {names.get(name, (f"k1/{name}", "2026-11-21")): row for name, row in rows.items()}


async def test_64_at_once_of_four_addresses_take_exactly_their_shares(database: Database, other: Database) -> None:
    key = replace(KEY, jobs_per_address=5, jobs_per_day=18)
    asked = [(one, who) for _ in range(8) for one in (database, other) for who in "abcd"]
    asking = [one.write(lambda c, who=who: store.spend(c, key, 3, NOON, who)) for one, who in asked]
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert {type(refusal) for refusal in refused} == {OverBudget}
    assert len(outcomes) - len(refused) == 18
    rows = used(database)
    assert rows.pop(("k1", "2026-11-21")) == (18, 54)
    assert sum(jobs for jobs, _ in rows.values()) == 18
    assert max(jobs for jobs, _ in rows.values()) == 5


def test_a_share_is_passed_on_with_its_key(database: Database) -> None:
    """What begins with another key's name is another's."""
    rows = [("old/a", 3), ("old/b", 1), ("old", 4), ("older/a", 9), ("ol", 9), ("old\\/a", 9), ("OLD/a", 9)]
    fill(database, *[(name, "2026-11-21", jobs, jobs) for name, jobs in rows])
    database.transact(lambda c: store.pass_on_usage(c, "old", "a-longer-name"))
    found = {name: jobs for (name, _), (jobs, _) in used(database).items()}
    assert found == {**dict(rows), "a-longer-name": 4, "a-longer-name/a": 3, "a-longer-name/b": 1}
    assert not visits(database, replace(KEY, id="a-longer-name", jobs_per_address=3), "a")
    assert visits(database, replace(KEY, id="a-longer-name", jobs_per_address=3), "b")


def test_shares_are_forgotten_with_the_rest(database: Database) -> None:
    fill(database, ("k1/a", "2026-10-31", 1, 1), ("k1/a", "2026-11-01", 1, 1))
    database.transact(lambda c: store.forget_usage(c, NOON))
    assert set(used(database)) == {("k1/a", "2026-11-01")}


# ---------------------------------------------------------------- what was used, passed on and forgotten


def fill(database: Database, *rows: tuple[str, str, int, int]) -> None:
    names = ("key_id", "period", "jobs", "cost")
    database.transact(lambda c: c.execute(insert(usage), [dict(zip(names, row, strict=True)) for row in rows]))


def test_usage_is_passed_on(database: Database) -> None:
    mine = {"2026-11-20": (5, 50), "2026-11-21": (2, 20), "2026-11": (7, 2**62)}
    fill(database, *[("old", period, *row) for period, row in mine.items()], ("foreign", "2026-11-21", 9, 90))
    for new in ("new", "'; --"):
        database.transact(lambda c, new=new: store.pass_on_usage(c, "old", new))
    database.transact(lambda c: store.pass_on_usage(c, "nobody", "another"))
    expected = {(name, period): row for name in ("old", "new", "'; --") for period, row in mine.items()}
    assert used(database) == {**expected, ("foreign", "2026-11-21"): (9, 90)}
    assert spend(database, replace(KEY, id="new", jobs_per_day=3)) == Budget(3, 0, 43200)
    assert used(database)["old", "2026-11-21"] == (2, 20)


PERIODS = [
    "2025-11",
    "2025-12-31",
    "2026-01",
    "2026-01-01",
    "2026-10",
    "2026-10-31",
    "2026-11",
    "2026-11-01",
    "2026-11-30",
    "2027-01",
]


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        ("1970-01-01T00:00:00", 10),
        ("2026-01-01T00:00:00", 8),
        ("2026-01-31T23:59:59", 8),
        ("2026-11-01T00:00:00", 4),
        ("2026-11-30T23:59:59", 4),
        ("2026-12-01T00:00:00", 1),
        ("2027-01-15T00:00:00", 1),
        ("2027-02-01T00:00:00", 0),
        ("9999-12-31T00:00:00", 0),
    ],
)
def test_whole_months_are_forgotten_once_they_are_over(database: Database, before: str, kept: int) -> None:
    fill(database, *[(name, period, 1, 1) for name in ("a", "b") for period in PERIODS])
    database.transact(lambda c: store.forget_usage(c, at(before)))
    left = PERIODS[len(PERIODS) - kept :]
    assert set(used(database)) == {(name, period) for name in ("a", "b") for period in left}
