"""Sizes by name and by ratio on the wire: the answer of the plain form, and where that stands; and the list of names."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from placeholder.values.named import NAMES
from placeholder.web.routes import ROUTES

Ask = Callable[..., Awaitable[Any]]

PREFIXES = ["", "/color/7c9cff", "/gradient", "/seed/precious-tide", "/glyph"]
ALIKE = {
    "/og": "/1200x630",
    "/og.svg": "/1200x630.svg",
    "/vga@2x.svg?text=a": "/640x480@2x.svg?text=a",
    "/4k": "/2048x1152",
    "/favicon.png": "/32x32.png",
    "/favicon@3x.webp?as=star&from=fff": "/32x32@3x.webp?as=star&from=fff",
    "/micro-bar.gif": "/88x31.gif",
    "/16:9/1280": "/1280x720",
    "/16%3A9/1280?text=hi": "/1280x720?text=hi",
    "/16:9/64.png": "/64x36.png",
    "/3:2/30@2x.jpg": "/30x20@2x.jpg",
    "/1:4/99999": "/512x2048",
    "/16:9/0": "/1x1",
    "/0:9/100": "/100x900",
    "/%6F%67": "/1200x630",
}
ROUTED = {"If-None-Match": '"another"'}
"""Brings a request past the Lane to the router, and changes nothing in the answer."""


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("target", "plain"), ALIKE.items())
async def test_it_is_answered_as_its_plain_form_which_it_tells(target: str, plain: str, prefix: str, ask: Ask) -> None:
    """P-14, P-15, P-16, RFC 9110 §8.7: through the Lane, out of its cache, through the router, by GET and HEAD."""
    wanted = await ask(prefix + plain)
    assert wanted.status == 200
    assert wanted["content-location"] is None
    located = sorted([*wanted.headers, ("content-location", prefix + plain)])
    for method, headers in (("GET", {}), ("GET", {}), ("GET", ROUTED), ("HEAD", {})):
        answer = await ask(prefix + target, method, headers)
        assert (answer.status, sorted(answer.headers)) == (200, located)
        assert answer.body == (b"" if method == "HEAD" else wanted.body)


@pytest.mark.parametrize("target", ["/og", "/16:9/64.png"])
async def test_a_client_that_has_it_by_either_address_is_not_sent_it_again(target: str, ask: Ask) -> None:
    """RFC 9110 §15.4.5: the 304 says what the 200 would have."""
    plain = ALIKE[target]
    tag = (await ask(plain))["etag"]
    answer = await ask(target, headers={"If-None-Match": tag})
    assert (answer.status, answer.body, answer["etag"], answer["content-location"]) == (304, b"", tag, plain)
    assert answer["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", NAMES)
async def test_every_name_is_answered(name: str, ask: Ask) -> None:
    size = NAMES[name]
    answer = await ask(f"/{name}")
    assert answer["content-location"] == f"/{size.w}x{size.h}"
    assert answer.body == (await ask(f"/{size.w}x{size.h}")).body


async def test_an_ordinary_client_gets_them(client: httpx.AsyncClient) -> None:
    """What httpx, like a browser, makes of the colon."""
    for address in ("/og", "/gradient/og?from=7c9cff", "/color/7c9cff/og", "/seed/x/og", "/16:9/1280", "/glyph/16:9/1280"):
        answer = await client.get(address)
        assert answer.status_code == 200
        assert (await client.get(answer.headers["content-location"])).content == answer.content


NO_SIZE = {
    "upper case": "/OG",
    "one upper-case letter": "/Og",
    "no name": "/nosuch",
    "a name and more": "/ogx",
    "a trailing dot": "/og.",
    "two dots": "/og..png",
    "an unknown format": "/og.bmp",
    "an upper-case format": "/og.PNG",
    "a density without a format": "/og@2x",
    "density one": "/og@1x.png",
    "a trailing slash": "/og/",
    "a space": "/og%20",
    "a line feed": "/og%0A",
    "NUL": "/og%00",
    "a path parameter": "/og;a",
    "a Cyrillic o": "/%D0%BEg",
    "a long name": "/" + "og" * 2000,
    "thousands of digits": "/" + "9" * 5000,
    "two names": "/og/og",
    "a ratio alone": "/16:9",
    "a ratio and a slash": "/16:9/",
    "a ratio of a name": "/16:9/og",
    "a ratio of a size": "/16:9/400x300",
    "a negative width": "/16:9/-100",
    "a signed width": "/16:9/+100",
    "a broken width": "/16:9/12.5",
    "a width with a dot": "/16:9/100.",
    "an unknown format of a width": "/16:9/100.bmp",
    "a broken ratio": "/1.91:1/100",
    "a negative ratio": "/-16:9/100",
    "half a ratio": "/16:/100",
    "the other half": "/:9/100",
    "only a colon": "/:/100",
    "two colons": "/16::9/100",
    "three numbers": "/16:9:1/100",
    "a full-width colon": "/16%EF%BC%9A9/100",
    "Arabic-Indic digits": "/%D9%A1%D9%A6:%D9%A9/100",
    "an Arabic-Indic width": "/16:9/%D9%A1%D9%A0%D9%A0",
    "a superscript": "/16:9/%C2%B2",
    "a colon escaped twice": "/16%253A9/100",
    "an empty segment": "/16:9//100",
    "a line feed in the ratio": "/16:9%0A/100",
    "a line feed behind the width": "/16:9/100%0A",
    "an underscore": "/16:9/1_0",
}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("path", NO_SIZE.values(), ids=NO_SIZE)
async def test_any_other_shape_matches_no_route(path: str, prefix: str, ask: Ask) -> None:
    """P-5: 404 and no redirect, by GET and by HEAD."""
    for method in ("GET", "HEAD"):
        answer = await ask(prefix + path, method)
        assert answer.status == 404
        assert answer["location"] is answer["content-location"] is None
        assert answer["cache-control"] == "no-store"


HUGE = [
    ("/16:9/" + "9" * 5000, "/2048x1152"),
    ("/" + "9" * 4000 + ":" + "9" * 4000 + "/100", "/100x100"),
    ("/" + "0" * 4000 + "1:1/" + "0" * 4000 + "7.svg", "/7x7.svg"),
    ("/1:" + "9" * 5000 + "/100", "/1x2048"),
    ("/" + "9" * 5000 + ":1/100", "/100x1"),
]


@pytest.mark.parametrize(("target", "plain"), HUGE, ids=[plain for _, plain in HUGE])
async def test_digits_by_the_thousand_are_read_as_in_a_size(target: str, plain: str, ask: Ask) -> None:
    """AP-2, V11, V12."""
    answer = await ask(target)
    assert (answer.status, answer["content-location"]) == (200, plain)


@pytest.mark.parametrize(
    ("target", "status", "size"),
    [
        ("/og?bg=zzz", 400, b'width="1200" height="630"'),
        ("/gradient/16:9/160?angle=x", 400, b'width="160" height="90"'),
        ("/color/zzz/vga", 400, b'width="640" height="480"'),
        ("/nosuch/vga", 404, b'width="640" height="480"'),
        ("/a/b/c/16:9/160", 404, b'width="160" height="90"'),
    ],
)
async def test_a_refusal_has_the_size_that_was_asked_for_and_no_other_address(
    target: str, status: int, size: bytes, ask: Ask
) -> None:
    answer = await ask(target)
    assert (answer.status, answer["content-location"], answer["cache-control"]) == (status, None, "no-store")
    assert size in answer.body
    told = json.loads((await ask(target, headers={"Accept": "application/json"})).body)
    assert set(told) == {"error", "code", "param"}


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", ["/og", "/16:9/1280", "/16:9/1280.png"])
async def test_other_methods_are_told_as_for_any_size(name: str, prefix: str, ask: Ask) -> None:
    for method in ("OPTIONS", "POST", "DELETE"):
        plain, named = await ask(f"{prefix}/400x300", method), await ask(prefix + name, method)
        assert (named.status, named["allow"]) == (plain.status, plain["allow"])


async def test_ratios_make_no_route_of_what_has_none(ask: Ask) -> None:
    for method in ("OPTIONS", "POST", "GET"):
        for target in ("/a/b", "/16x9/1280", "/seed/a/b/c", "/ai/og"):
            assert (await ask(target, method)).status == 404


def test_no_name_stands_where_another_address_begins() -> None:
    """P-1: nor where one of ours would begin with a suffix behind it."""
    begun = {route.path.split("/")[1].partition(".")[0] for route in ROUTES}
    assert {"ai", "color", "gradient", "seed", "glyph", "healthz", "components", "page", "sizes"} <= begun
    assert not begun & set(NAMES)


async def test_the_names_are_listed_for_programs_of_any_origin(ask: Ask) -> None:
    answer = await ask("/sizes.json", headers={"Origin": "https://elsewhere.example"})
    assert answer.status == 200
    listed = json.loads(answer.body)
    assert listed == {name: [size.w, size.h] for name, size in NAMES.items()}
    assert listed["og"] == [1200, 630]
    assert listed["4k"] == [2048, 1152]
    assert dict(answer.headers) == {
        "content-type": "application/json",
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
        "content-length": str(len(answer.body)),
        "etag": answer["etag"],
    }
    assert (await ask("/sizes.json", headers={"If-None-Match": answer["etag"]})).status == 304
    assert (await ask("/sizes.json", "HEAD")).body == b""
    assert (await ask("/sizes.json", "POST")).status == 405
