"""Origins: what browsers send, one canonical form for each, and everything else is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.values.origin import MAX_ORIGIN, read_origin

READ = [
    ("https://shop.example", "https://shop.example"),
    ("http://shop.example", "http://shop.example"),
    ("https://shop.example:8443", "https://shop.example:8443"),
    ("https://shop.example:443", "https://shop.example"),
    ("http://shop.example:80", "http://shop.example"),
    ("https://shop.example:80", "https://shop.example:80"),
    ("http://shop.example:443", "http://shop.example:443"),
    ("https://shop.example:0", "https://shop.example:0"),
    ("https://shop.example:65535", "https://shop.example:65535"),
    ("HTTPS://Shop.EXAMPLE:443", "https://shop.example"),
    ("http://localhost:3000", "http://localhost:3000"),
    ("http://127.0.0.1", "http://127.0.0.1"),
    ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ("http://[::1]:8000", "http://[::1]:8000"),
    ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
    ("http://[2001:DB8::00a0]", "http://[2001:db8::a0]"),
    ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
    ("http://[::FFFF:7F00:0001]", "http://[::ffff:7f00:1]"),
    ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ("https://a_b.example", "https://a_b.example"),
    ("https://-x-.example", "https://-x-.example"),
    ("https://shop.example.", "https://shop.example."),
    ("https://1.example", "https://1.example"),
    ("https://4.3.2.1.example", "https://4.3.2.1.example"),
    ("https://0xa.example", "https://0xa.example"),
    ("https://" + "a" * 63 + ".example", "https://" + "a" * 63 + ".example"),
    ("https://" + "a." * 126 + "a", "https://" + "a." * 126 + "a"),
]

NONE = [
    *("", " ", "*", "null", "NULL", "?", "shop.example", "//shop.example", "https:", "https:/", "https://", "https:///"),
    *("https://shop.example/", "https://shop.example/path", "https://shop.example?", "https://shop.example#", "https://a?b=c"),
    *(
        "https://user@shop.example",
        "https://user:canary@shop.example",
        "https://@shop.example",
        "https://shop.example@evil.example",
    ),
    *("ftp://shop.example", "file://", "file:///x", "data:text/html,x", "javascript:alert(1)", "chrome-extension://abcdef"),
    *("ws://shop.example", "httpss://shop.example", "https:shop.example", "https:\\\\shop.example", "https://shop.example\\"),
    *("https://shop.example:", "https://shop.example:x", "https://shop.example:65536", "https://shop.example:99999"),
    *("https://shop.example:0443", "https://shop.example:00", "https://shop.example:-1", "https://shop.example:+1"),
    *("https://shop.example:443:443", "https://shop.example:8_0", "https://shop.example:٤٤٣", "https://shop.example:8 0"),
    *(
        " https://shop.example",
        "https://shop.example ",
        "https://shop.example\n",
        "\thttps://shop.example",
        "https:// shop.example",
    ),
    *("https://shop .example", "https://shop.example\x00", "https://shop\x00.example", "https://shop.example\r\nX: y"),
    *("https://a https://b", "https://a,https://b", "https://a, https://b", "https://*.shop.example", "https://*"),
    *("https://bücher.example", "https://B\u00dcCHER.example", "https://shop。example", "https://ｓhop.example", "https://a℀b"),
    *("https://shop.exampl\u212a", "https://\u017fhop.example", "https://shop.example\u2028", "https://\ud800.example"),
    *("https://shop%2eexample", "https://%73hop.example", "https://shop..example", "https://.example", "https://.", "https://.."),
    *("https://shop.example..", "https://" + "a" * 64 + ".example", "https://" + "a." * 127 + "a", "https://" + "a" * 10_000),
    *(
        "http://1",
        "http://127.1",
        "http://0x7f000001",
        "http://0x7f.1",
        "http://2130706433",
        "http://256.0.0.1",
        "http://1.2.3.4.5",
    ),
    *("http://01.2.3.4", "http://1.2.3.4.", "http://a.1", "http://a.0x", "http://a.0x1f", "http://1.2.3"),
    *("http://[", "http://[]", "http://::1", "http://[::1", "http://::1]", "http://[::1]x", "http://[[::1]]", "http://[:::1]"),
    *(
        "http://[fe80::1%eth0]",
        "http://[fe80::1%25eth0]",
        "http://[1::2::3]",
        "http://[::1]:",
        "http://[v1.a]",
        "http://[1.2.3.4]",
    ),
    *("http://[::g]", "http://[1:2:3:4:5:6:7]", "http://[12345::]", "http://[::1.2.3]", "http://[::256.0.0.1]"),
]


@pytest.mark.parametrize(("text", "origin"), READ, ids=lambda text: text[:40])
def test_an_origin_has_one_form(text: str, origin: str) -> None:
    assert read_origin(text) == origin
    assert read_origin(origin) == origin
    assert read_origin(text.upper()) == origin
    assert read_origin(text.lower()) == origin


def test_different_origins_have_different_forms() -> None:
    hosts = ("a.example", "a.example.", "b.a.example", "127.0.0.1", "[::1]", "[::ffff:7f00:1]")
    found = [read_origin(f"{scheme}://{host}{port}") for scheme in ("http", "https") for host in hosts for port in ("", ":8000")]
    assert None not in found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("text", NONE, ids=lambda text: ascii(text[:40]))
def test_anything_else_is_none(text: str) -> None:
    assert read_origin(text) is None


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    for whole in (text, "https://" + text, "https://shop.example" + text, f"http://[{text}]", f"http://a:{text}"):
        origin = read_origin(whole)
        assert origin is None or (origin.isascii() and origin == origin.lower() == read_origin(origin))


@given(st.ip_addresses(v=6), st.booleans())
def test_every_ipv6_address_has_one_form_however_it_is_written(address: object, in_capitals: bool) -> None:
    long = address.exploded  # type: ignore[attr-defined]
    written = {read_origin(f"http://[{text.upper() if in_capitals else text}]") for text in (str(address), long)}
    assert len(written) == 1
    assert None not in written


def test_what_is_too_long_is_not_looked_at() -> None:
    assert read_origin("https://" + "a." * 130 + "example"[:MAX_ORIGIN]) is None
    assert read_origin("https://shop.example" + " " * 10_000_000) is None
