"""Who sent a request, as its headers say it: nothing that comes twice is believed, and nothing that is garbled."""

from typing import Any

import pytest
from fixtures.imagining import scope_of
from hypothesis import given
from hypothesis import strategies as st

from placeholder.keys.admission import GARBLED, UNKNOWN, Rules
from placeholder.web.auth import Entrance, caller_of, reader_of

OWN = "https://pics.example"
ENTRANCE = Entrance(b"k" * 32, Rules(), OWN, b"x-real-ip")
Pairs = list[tuple[str, str]]


def asked(headers: Pairs, client: Any = ("203.0.113.1", 5000)) -> dict[str, Any]:
    return {**scope_of("/ai", "POST", headers), "client": client}


NO_ORIGINS = [
    *("", " ", "NULL", "*", "?", "pics.example", OWN + "/", OWN + "/path", OWN + "?", "https://user@pics.example"),
    *(f"{OWN} {OWN}", f"{OWN}, {OWN}", "https://b\xfccher.example", "https://pics.example:0443", "file://", OWN + "\x00"),
    "x" * 100_000,
]
ORIGINS: list[tuple[Pairs, str | None, bool, bool]] = [
    # headers, origin, is_browser, is_own
    ([], None, False, False),
    ([("Origin", OWN)], OWN, True, True),
    ([("Origin", "HTTPS://PICS.example:443")], OWN, True, True),
    ([("Origin", OWN + ":8443")], OWN + ":8443", True, False),
    ([("Origin", "http://pics.example")], "http://pics.example", True, False),
    ([("Origin", "https://shop.example")], "https://shop.example", True, False),
    ([("Origin", "null")], "null", True, False),
    # by the Host that was asked for
    ([("Host", "localhost:8000"), ("Origin", "http://localhost:8000")], "http://localhost:8000", True, True),
    ([("Host", "LOCALHOST:8000"), ("Origin", "http://localhost:8000")], "http://localhost:8000", True, True),
    ([("Host", "localhost:8000"), ("Origin", "https://localhost:8000")], "https://localhost:8000", True, True),
    ([("Host", "localhost:80"), ("Origin", "http://localhost")], "http://localhost", True, True),
    ([("Host", "localhost:443"), ("Origin", "https://localhost")], "https://localhost", True, True),
    ([("Host", "localhost:443"), ("Origin", "http://localhost")], "http://localhost", True, False),
    ([("Host", "localhost:8000"), ("Origin", "http://localhost")], "http://localhost", True, False),
    ([("Host", "localhost"), ("Origin", "http://localhost:8000")], "http://localhost:8000", True, False),
    ([("Host", "localhost:8000"), ("Origin", "http://127.0.0.1:8000")], "http://127.0.0.1:8000", True, False),
    ([("Host", "[::1]:8000"), ("Origin", "http://[::1]:8000")], "http://[::1]:8000", True, True),
    ([("Host", "a"), ("Host", "a"), ("Origin", "http://a")], "http://a", True, False),
    ([("Host", ""), ("Origin", "http://a")], "http://a", True, False),
    ([("Host", "a/b"), ("Origin", "http://a")], "http://a", True, False),
    ([("Host", "u@a"), ("Origin", "http://a")], "http://a", True, False),
    ([("Host", "null"), ("Origin", "null")], "null", True, False),
    ([("Host", "?"), ("Origin", "?")], GARBLED, True, False),
    # without an origin, by what the browser says of the page
    ([("Sec-Fetch-Site", "same-origin")], None, True, True),
    *(([("Sec-Fetch-Site", site)], None, True, False) for site in ("cross-site", "same-site", "none", "", "SAME-ORIGIN", "x")),
    ([("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "same-origin")], None, True, False),
    ([("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")], None, True, False),
    # an origin counts more than that
    ([("Origin", "https://shop.example"), ("Sec-Fetch-Site", "same-origin")], "https://shop.example", True, True),
    ([("Origin", "https://shop.example"), ("Sec-Fetch-Site", "same-site")], "https://shop.example", True, False),
    ([("Origin", "null"), ("Sec-Fetch-Site", "same-origin")], "null", True, False),
    ([("Origin", OWN), ("Sec-Fetch-Site", "cross-site")], OWN, True, True),
    # what is none is a foreign one
    *(([("Origin", origin)], GARBLED, True, False) for origin in NO_ORIGINS),
    ([("Origin", OWN), ("Origin", OWN)], GARBLED, True, False),
    ([("Origin", OWN), ("Origin", "https://shop.example")], GARBLED, True, False),
    ([("Origin", ""), ("Origin", OWN)], GARBLED, True, False),
    ([("Origin", f" {OWN}\t")], OWN, True, True),
    # nothing else says where a page is from
    ([("Referer", OWN + "/"), ("X-Forwarded-Host", "pics.example"), ("Forwarded", "host=pics.example")], None, False, False),
    ([("Sec-Fetch-Mode", "cors"), ("User-Agent", "Mozilla/5.0")], None, False, False),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "origin", "is_browser", "is_own"), ORIGINS, ids=lambda value: ascii(value)[:90])
def test_where_it_comes_from(headers: Pairs, origin: str | None, is_browser: bool, is_own: bool) -> None:
    caller = caller_of(asked(headers), ENTRANCE)
    assert (caller.origin, caller.is_browser, caller.is_own) == (origin, is_browser, is_own)


def test_where_no_address_is_configured_the_host_alone_tells_our_own_pages() -> None:
    entrance = Entrance(b"", Rules())
    assert not caller_of(asked([("Origin", OWN)]), entrance).is_own
    assert caller_of(asked([("Origin", OWN), ("Host", "pics.example")]), entrance).is_own


NO_ADDRESSES = [
    *("", "unknown", "198.51.100.7, 198.51.100.8", "198.51.100.7:80", "[2001:db8::7]", "198.51.100", "\xb2", "x" * 9000),
]
ADDRESSES: list[tuple[Pairs, Any, str]] = [
    ([], ("203.0.113.1", 5000), "203.0.113.1"),
    ([], ("2001:db8::1", 5000), "2001:db8::1"),
    ([], None, UNKNOWN),
    ([], ("", 0), UNKNOWN),
    ([], ("testclient", 50000), UNKNOWN),
    ([], ("/run/socket", None), UNKNOWN),
    ([("X-Real-IP", "198.51.100.7")], ("203.0.113.1", 5000), "198.51.100.7"),
    ([("X-Real-IP", " 198.51.100.7 ")], ("203.0.113.1", 5000), "198.51.100.7"),
    ([("X-Real-IP", "2001:DB8::7")], ("203.0.113.1", 5000), "2001:db8::7"),
    ([("X-Real-IP", "198.51.100.7")], None, "198.51.100.7"),
    # what is no address, or two, is not believed
    *(([("X-Real-IP", told)], ("203.0.113.1", 5000), "203.0.113.1") for told in NO_ADDRESSES),
    ([("X-Real-IP", "198.51.100.7"), ("X-Real-IP", "198.51.100.8")], ("203.0.113.1", 5000), "203.0.113.1"),
    ([("X-Real-IP", "198.51.100.7"), ("X-Real-IP", "198.51.100.7")], ("203.0.113.1", 5000), "203.0.113.1"),
    # nor any other header
    ([("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=198.51.100.7")], ("203.0.113.1", 5000), "203.0.113.1"),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "client", "address"), ADDRESSES, ids=lambda value: ascii(value)[:60])
def test_whose_address_it_is(headers: Pairs, client: Any, address: str) -> None:
    assert caller_of(asked(headers, client), ENTRANCE).address == address


def test_without_a_proxy_no_header_tells_it() -> None:
    headers = [(name, "198.51.100.7") for name in ("X-Real-IP", "X-Forwarded-For", "Fly-Client-IP")]
    assert caller_of(asked(headers), Entrance(b"", Rules(), OWN)).address == "203.0.113.1"


@given(
    st.lists(
        st.tuples(st.sampled_from([b"origin", b"host", b"sec-fetch-site", b"x-real-ip"]), st.binary(max_size=60)), max_size=5
    )
)
def test_any_headers_are_read_without_an_exception(headers: list[tuple[bytes, bytes]]) -> None:
    scope = {**asked([]), "headers": headers}
    caller = caller_of(scope, ENTRANCE)
    assert caller.is_browser is any(name in (b"origin", b"sec-fetch-site") for name, _ in headers)
    assert reader_of(scope) is None or b"\n" not in (reader_of(scope) or b"")


def test_it_shows_no_key() -> None:
    assert "kkkk" not in repr(ENTRANCE)
