"""Who may ask from where, as a table; what a publishable key allows; and whom an address is counted as."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.errors import ForeignOrigin, KeyLimit, Refusal, SecretKeyInBrowser
from placeholder.keys.admission import GARBLED, UNKNOWN, Caller, Rules, admit, allow, visitor
from placeholder.keys.model import Key, Kind
from placeholder.values.size import Size

SHOP, OTHER, OWN = "https://shop.example", "https://other.example", "https://pics.example"
SECRET = Key(id="k", name="n", owner="o", scopes=frozenset())
PUBLISHABLE = replace(SECRET, kind=Kind.PUBLISHABLE, origins=frozenset((SHOP, "http://localhost:3000")))
SERVER = Caller(None, is_browser=False, is_own=False, address="203.0.113.7")


def page(origin: str | None, *, is_own: bool = False) -> Caller:
    return replace(SERVER, origin=origin, is_browser=True, is_own=is_own)


LISTED, NOBODY, REFUSING = Rules(frozenset((SHOP,))), Rules(frozenset()), Rules(None, refuses_secret_keys=True)
ANYBODY = Rules()
ADMITTED: list[tuple[Key, Caller, Rules, type[Refusal] | None]] = [
    # a secret key, no browser
    *((SECRET, SERVER, rules, None) for rules in (ANYBODY, LISTED, NOBODY, REFUSING, Rules(frozenset(), True))),
    # a secret key, a browser, nothing configured
    *((SECRET, page(origin), ANYBODY, None) for origin in (SHOP, OTHER, "null", GARBLED, None)),
    # a secret key, a browser, origins listed
    (SECRET, page(SHOP), LISTED, None),
    (SECRET, page(OWN, is_own=True), LISTED, None),
    (SECRET, page(None, is_own=True), LISTED, None),
    *((SECRET, page(origin), LISTED, ForeignOrigin) for origin in (OTHER, OWN, "null", GARBLED, None, "http://shop.example")),
    *((SECRET, page(origin), NOBODY, ForeignOrigin) for origin in (SHOP, "null", GARBLED, None)),
    (SECRET, page(OWN, is_own=True), NOBODY, None),
    # a secret key, a browser, refused as such
    *((SECRET, page(origin), REFUSING, SecretKeyInBrowser) for origin in (SHOP, OTHER, "null", GARBLED, None)),
    (SECRET, page(OWN, is_own=True), REFUSING, SecretKeyInBrowser),
    (SECRET, page(SHOP), Rules(frozenset((SHOP,)), True), SecretKeyInBrowser),
    # a publishable key, whatever is configured for secret ones
    *((PUBLISHABLE, page(SHOP), rules, None) for rules in (ANYBODY, LISTED, NOBODY, REFUSING)),
    *((PUBLISHABLE, page("http://localhost:3000"), rules, None) for rules in (ANYBODY, LISTED, NOBODY, REFUSING)),
    *((PUBLISHABLE, page(OWN, is_own=True), rules, None) for rules in (ANYBODY, NOBODY, REFUSING)),
    *(
        (PUBLISHABLE, page(origin), rules, ForeignOrigin)
        for origin in (OTHER, OWN, "null", GARBLED, None, "http://shop.example", "https://shop.example:8443", "http://localhost")
        for rules in (ANYBODY, LISTED, Rules(frozenset((OTHER,))))
    ),
    (PUBLISHABLE, SERVER, ANYBODY, ForeignOrigin),
    (PUBLISHABLE, page(None, is_own=True), ANYBODY, ForeignOrigin),
    # one for our own pages alone
    (replace(PUBLISHABLE, origins=frozenset()), page(OWN, is_own=True), ANYBODY, None),
    *(
        (replace(PUBLISHABLE, origins=frozenset()), page(origin), ANYBODY, ForeignOrigin)
        for origin in (SHOP, "null", GARBLED, None)
    ),
]


@pytest.mark.parametrize(("key", "caller", "rules", "refusal"), ADMITTED)
def test_who_may_ask_from_where(key: Key, caller: Caller, rules: Rules, refusal: type[Refusal] | None) -> None:
    expected: AbstractContextManager[Any] = pytest.raises(refusal) if refusal else nullcontext()
    with expected:
        admit(key, caller, rules)


def test_a_refusal_says_what_to_do_and_not_what_was_sent() -> None:
    for key, caller, rules, refusal in ADMITTED:
        if refusal:
            with pytest.raises(refusal) as caught:
                admit(key, caller, rules)
            assert not any(word in str(caught.value) for word in ("example", "localhost", "null", "203.0"))
    with pytest.raises(SecretKeyInBrowser, match="placeholder keys create --publishable") as caught:
        admit(SECRET, page(SHOP), REFUSING)
    assert "placeholder tokens mint" in str(caught.value)


MODEL = "black-forest-labs/flux-schnell"


@pytest.mark.parametrize(
    ("models", "max_side", "model", "size", "param", "told"),
    [
        ((), None, MODEL, (2048, 2048), None, ""),
        ((MODEL,), None, MODEL, (2048, 2048), None, ""),
        (("a/b", MODEL), None, MODEL, (1, 1), None, ""),
        (("a/b",), None, MODEL, (1, 1), "model", "expected a/b, for"),
        (("c/d", "a/b"), 5, MODEL, (9, 9), "model", "expected a/b or c/d, for"),
        (("flux-schnell",), None, MODEL, (1, 1), "model", "expected flux-schnell, for"),
        ((), 1024, MODEL, (1024, 1024), None, ""),
        ((), 1024, MODEL, (1025, 1), "w", "expected at most 1024 pixels, for"),
        ((), 1024, MODEL, (1, 1025), "h", "expected at most 1024 pixels, for"),
        ((), 1024, MODEL, (2048, 2048), "w", "expected at most 1024 pixels, for"),
        ((), 1, MODEL, (1, 1), None, ""),
    ],
)
def test_what_a_key_allows(
    models: tuple[str, ...], max_side: int | None, model: str, size: tuple[int, int], param: str | None, told: str
) -> None:
    key = replace(PUBLISHABLE, models=frozenset(models), max_side=max_side)
    if param is None:
        allow(key, model, Size(*size))
        return
    with pytest.raises(KeyLimit) as refusal:
        allow(key, model, Size(*size))
    assert (refusal.value.param, refusal.value.code) == (param, "key_limit")
    assert str(refusal.value).startswith(f"{param}: {told}")


# ---------------------------------------------------------------- addresses

NOON, DAY = 1_795_262_400.0, 86400
KEY = b"a" * 32
MAPPED = ["203.0.113.7", "::ffff:203.0.113.7", "::FFFF:CB00:7107", "0:0:0:0:0:ffff:203.0.113.7"]
NEIGHBOURS = ["2001:db8:1:2::", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:0db8:0001:0002:0:0:0:9", "2001:db8:1:2::%eth0"]
NO_ADDRESSES = [
    *("", " ", "unknown", "testclient", "203.0.113", "203.0.113.7 ", "203.0.113.07", "203.0.113.7:80", "[::1]", "1", "\ud800"),
    *("203.0.113.7, 203.0.113.8", "/run/socket", "é", "x" * 10_000),
]
SAME = [
    ("203.0.113.7", MAPPED),
    ("2001:db8:1:2::1", NEIGHBOURS),
    ("::1", ["::2", "0::ffff", "::1%lo", "::"]),
    (UNKNOWN, NO_ADDRESSES),
]


@pytest.mark.parametrize(("address", "others"), SAME)
def test_who_counts_as_one(address: str, others: list[str]) -> None:
    assert {visitor(KEY, other, NOON) for other in others} == {visitor(KEY, address, NOON)}


def test_whoever_else_counts_as_another() -> None:
    addresses = [
        "203.0.113.7",
        "203.0.113.8",
        "2001:db8:1:2::",
        "2001:db8:1:3::",
        "2001:db8:0:2::",
        "::1",
        "::1:0:0:0:0",
        UNKNOWN,
    ]
    assert len({visitor(KEY, address, NOON) for address in addresses}) == len(addresses)


def test_another_day_or_another_secret_is_another_digest() -> None:
    days = [NOON + at * DAY for at in range(400)]
    found = [visitor(key, "203.0.113.7", when) for key, when in product((KEY, b"b" * 32), days)]
    assert len(set(found)) == 800
    assert visitor(KEY, "203.0.113.7", NOON) == visitor(KEY, "203.0.113.7", NOON + DAY / 2 - 1)
    assert visitor(KEY, "203.0.113.7", NOON) != visitor(KEY, "203.0.113.7", NOON + DAY / 2), "midnight in UTC"


@given(st.ip_addresses() | st.text())
def test_a_digest_shows_nothing(address: object) -> None:
    digest = visitor(KEY, str(address), NOON)
    assert len(digest) == 32
    assert set(digest) <= set("0123456789abcdef")


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_a_subscriber_is_a_64(address: Any, rest: int) -> None:
    if address.ipv4_mapped:
        return
    other = type(address)(int(address) >> 64 << 64 | rest)
    if not other.ipv4_mapped:
        assert visitor(KEY, str(address), NOON) == visitor(KEY, str(other), NOON)
