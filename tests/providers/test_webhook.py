"""Webhooks: which are genuine. Ours is held against `standardwebhooks`, which signs, and must refuse all that it refuses."""

import base64
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from placeholder.providers.webhook import Address, hook_token, hook_url, read_hook, verify

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(b"another key of thirty-two bytes!").decode()
ID = "msg_2yGEvjXq"
BODY = b'{"id":"x"}'
KEY = b"k" * 32

Headers = list[tuple[bytes, bytes]]


def signed(at: float, body: bytes = BODY, secret: str = SECRET, id: str = ID) -> str:
    return Webhook(secret).sign(id, datetime.fromtimestamp(at, UTC), body.decode())


def headers(signature: str | bytes, timestamp: str | bytes, id: str | bytes = ID) -> Headers:
    def raw(text: str | bytes) -> bytes:
        return text if isinstance(text, bytes) else text.encode()

    return [(b"webhook-id", raw(id)), (b"webhook-timestamp", raw(timestamp)), (b"webhook-signature", raw(signature))]


def theirs(given: Headers, body: bytes, secrets: Sequence[str]) -> bool:
    """What the library says of it now."""
    told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in given}
    for secret in secrets:
        try:
            Webhook(secret).verify(body, told, json_parse=False)
        except Exception:
            continue
        return True
    return False


@pytest.fixture(scope="module")
def now() -> int:
    return int(time.time())


def test_a_genuine_message(now: int) -> None:
    given = headers(signed(now), str(now))
    assert verify(given, BODY, [SECRET], now) == ID
    assert theirs(given, BODY, [SECRET])


@pytest.mark.parametrize("off", [-300, -299, 0, 299, 300])
def test_clocks_may_differ_by_five_minutes(now: int, off: int) -> None:
    assert verify(headers(signed(now + off), str(now + off)), BODY, [SECRET], now) == ID


GARBAGE = [
    "",
    " ",
    "garbage",
    "v1,@@@",
    "v1,a,b",
    "v1,",
    "v1",
    ",",
    "v1,é",
    "v1, ",
    "v1a,AAAA",
    "v1,AAAA",
    "v1," + base64.b64encode(b"x" * 32).decode(),
    "\x00",
    " ".join(["v1,AAAA"] * 1250),
    "v1," + "A" * 10_000,
]


@pytest.mark.parametrize("signature", GARBAGE, ids=lambda text: repr(text[:12]))
def test_garbage_for_a_signature(now: int, signature: str) -> None:
    given = headers(signature, str(now))
    assert verify(given, BODY, [SECRET], now) is None
    assert not theirs(given, BODY, [SECRET])


@pytest.mark.parametrize("before", ["garbage", "v1,@@@", "v1,a,b", "v1a,AAAA", "v2,AAAA", "v1,é", "v1,AAAA"])
def test_garbage_before_the_good_one_does_not_hide_it(now: int, before: str) -> None:
    """Where the library stumbles, a message with other versions' signatures would be lost."""
    assert verify(headers(f"{before} {signed(now)}", str(now)), BODY, [SECRET], now) == ID


def test_more_signatures_than_are_read(now: int) -> None:
    """Eight are tried, of nine none."""
    good = signed(now)
    assert verify(headers(" ".join(["v1,AAAA"] * 7 + [good]), str(now)), BODY, [SECRET], now) == ID
    assert verify(headers(" ".join(["v1,AAAA"] * 8 + [good]), str(now)), BODY, [SECRET], now) is None
    assert verify(headers(" ".join([good] * 200), str(now)), BODY, [SECRET], now) is None


@pytest.mark.parametrize("off", [-86_400, -301, 301, 600])
def test_a_replay(now: int, off: int) -> None:
    given = headers(signed(now + off), str(now + off))
    assert verify(given, BODY, [SECRET], now) is None
    assert off == 301 or not theirs(given, BODY, [SECRET]), "by a clock that goes on meanwhile"


@pytest.mark.parametrize(
    "timestamp",
    ["abc", "nan", "inf", "-inf", "-1", "", " ", "9" * 13, "9" * 5000, "1e9", "0x10", "1_0", "²", "１２", "+5", "5.0"],
)
def test_a_timestamp_that_is_none(now: int, timestamp: str) -> None:
    assert verify(headers(signed(now), timestamp), BODY, [SECRET], now) is None


def test_a_timestamp_in_another_spelling(now: int) -> None:
    """What was signed is what stands there."""
    for spelling in (f" {now}", f"{now} ", f"+{now}", f"{now}.0"):
        assert verify(headers(signed(now), spelling), BODY, [SECRET], now) is None


def test_the_clock_is_never_not_a_number(now: int) -> None:
    assert verify(headers(signed(now), str(now)), BODY, [SECRET], float("nan")) is None


@pytest.mark.parametrize("version", ["v2", "v1a", "V1", "v", "", "v11", " v1"])
def test_another_version_with_the_good_code(now: int, version: str) -> None:
    """(A leading space is a separator: an empty entry, then the good one.)"""
    code = signed(now).partition(",")[2]
    expected = ID if version == " v1" else None
    assert verify(headers(f"{version},{code}", str(now)), BODY, [SECRET], now) == expected


def test_two_signature_headers(now: int) -> None:
    """Joined, as lists are."""
    first = headers("v1,AAAA", str(now))
    assert verify([*first, (b"webhook-signature", signed(now).encode())], BODY, [SECRET], now) == ID
    assert verify([*first, (b"webhook-signature", b"v1,BBBB")], BODY, [SECRET], now) is None


@pytest.mark.parametrize("name", [b"webhook-id", b"webhook-timestamp", b"WEBHOOK-ID"])
def test_id_or_time_said_twice(now: int, name: bytes) -> None:
    given = headers(signed(now), str(now))
    value = dict(given)[name.lower()]
    assert verify([*given, (name, value)], BODY, [SECRET], now) is None


@pytest.mark.parametrize("name", [b"webhook-id", b"webhook-timestamp", b"webhook-signature"])
def test_a_header_that_is_missing(now: int, name: bytes) -> None:
    given = [pair for pair in headers(signed(now), str(now)) if pair[0] != name]
    assert verify(given, BODY, [SECRET], now) is None
    assert not theirs(given, BODY, [SECRET])


def test_header_names_in_any_case(now: int) -> None:
    given = [(name.title(), value) for name, value in headers(signed(now), str(now))]
    assert verify(given, BODY, [SECRET], now) == ID


def test_rotation(now: int) -> None:
    """Either side may know two secrets."""
    by_old, by_new = signed(now), signed(now, secret=OTHER)
    assert verify(headers(by_old, str(now)), BODY, [OTHER, SECRET], now) == ID
    assert verify(headers(f"{by_new} {by_old}", str(now)), BODY, [SECRET], now) == ID
    assert verify(headers(by_new, str(now)), BODY, [SECRET], now) is None


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_@@@", "whsec_é", "no prefix", SECRET.removeprefix("whsec_"), "whsec_\ud800", "WHSEC_AAAA"]
)
def test_a_secret_that_is_none_signs_nothing(now: int, secret: str) -> None:
    import hashlib
    import hmac

    empty = base64.b64encode(hmac.digest(b"", f"{ID}.{now}.".encode() + BODY, hashlib.sha256)).decode()
    assert verify(headers(f"v1,{empty} {signed(now)}", str(now)), BODY, [secret], now) is None
    assert verify(headers(signed(now), str(now)), BODY, [secret, SECRET], now) == ID, "and hides no other"
    assert verify(headers(signed(now), str(now)), BODY, [], now) is None


@pytest.mark.parametrize("id", ["", "x" * 257, "a b", "a\n", "é", "\x00"])
def test_an_id_that_is_none(now: int, id: str) -> None:
    assert verify(headers(signed(now, id=id), str(now), id), BODY, [SECRET], now) is None


def test_a_body_that_was_changed(now: int) -> None:
    given = headers(signed(now), str(now))
    for body in (BODY + b" ", BODY[:-1], b"", b"\xff", BODY.replace(b"x", b"y")):
        assert verify(given, body, [SECRET], now) is None
        assert not theirs(given, body, [SECRET])


def test_bytes_that_are_no_text_can_be_signed(now: int) -> None:
    """The library raises UnicodeDecodeError here."""
    import hashlib
    import hmac

    mac = hmac.digest(bytes(range(32)), f"{ID}.{now}.".encode() + b"\xff", hashlib.sha256)
    assert verify(headers("v1," + base64.b64encode(mac).decode(), str(now)), b"\xff", [SECRET], now) == ID


def test_id_time_and_body_cannot_run_into_each_other(now: int) -> None:
    """The dot separates: what is id and what is time is settled by the headers, both of which exclude a shift."""
    given = headers(signed(now, id="a.1"), str(now), "a")
    assert verify(given, BODY, [SECRET], now) is None


PIECES = st.lists(
    st.sampled_from(["v1,", "v1", ",", " ", "AAAA", "=", "@", "é", "v2,", "\x00"]) | st.text(max_size=8), max_size=12
)


@given(PIECES.map("".join), st.text(max_size=14) | st.integers(-10, 2**40).map(str), st.text(max_size=8), st.binary(max_size=20))
def test_whatever_arrives_it_never_raises_and_accepts_nothing(signature: str, timestamp: str, id: str, body: bytes) -> None:
    given = headers(signature.encode("utf-8", "replace"), timestamp.encode("utf-8", "replace"), id.encode("utf-8", "replace"))
    assert verify(given, body, [SECRET, "whsec_", "", "whsec_é"], 1_800_000_000) is None


@given(PIECES.map("".join), st.booleans())
def test_what_ours_accepts_the_library_accepts_without_the_noise(noise: str, before: bool) -> None:
    now = int(time.time())
    good = signed(now)
    given = headers((f"{noise} {good}" if before else f"{good} {noise}").encode("utf-8", "replace"), str(now))
    if verify(given, BODY, [SECRET], now):
        assert theirs(headers(good, str(now)), BODY, [SECRET])


# ---------------------------------------------------------------- the address


def test_an_address_that_we_wrote_is_read_again() -> None:
    url = hook_url("https://placeholder.test", KEY, "abcdefghijklmnop", 2, 3)
    base, _, query = url.partition("?")
    assert base == "https://placeholder.test/ai/replicate-webhook"
    assert read_hook(query, KEY) == Address("abcdefghijklmnop", 2, 3)
    assert len(hook_token(KEY, "j", 1, 1)) >= 22


@pytest.mark.parametrize(
    "change", [("e=2", "e=1"), ("a=3", "a=4"), ("job=a", "job=b"), ("&t=", "&t=A"), ("e=2", "e=²"), ("a=3", "a=3&a=3")]
)
def test_an_address_that_was_changed_is_not(change: tuple[str, str]) -> None:
    """The query is not signed by Replicate."""
    query = hook_url("", KEY, "abcdefghijklmnop", 2, 3).partition("?")[2]
    changed = query.replace(*change)
    assert changed != query
    assert read_hook(changed, KEY) is None


def test_another_key_wrote_another_address() -> None:
    query = hook_url("", b"other", "abcdefghijklmnop", 2, 3).partition("?")[2]
    assert read_hook(query, KEY) is None
    tokens = {hook_token(KEY, job, epoch, attempt) for job in ("a", "a1", "b") for epoch in (1, 11) for attempt in (1, 11)}
    assert len(tokens) == 12


@given(st.text(max_size=200) | st.from_regex(r"job=[a-z]{16}&e=[0-9]{1,12}&a=[0-9]{1,12}&t=.{20,30}", fullmatch=True))
def test_no_query_raises(query: str) -> None:
    assert read_hook(query, KEY) is None
