"""Answers of the drawing routes: exact headers, HEAD, conditional requests, methods."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from zlib import crc32

import httpx
import pytest

Ask = Callable[..., Awaitable[Any]]

EXAMPLES = [
    "/400x300",
    "/600x240?text=hero+banner&bg=111827&fg=9aa0b4",
    "/color/7c9cff/400x300",
    "/gradient/600x400?from=7c9cff&to=59e3c5&angle=120",
    "/gradient/600x400?from=7c9cff&to=59e3c5&type=radial",
    "/seed/precious-tide/400x300",
    "/glyph/300x300?as=avatar",
]
RASTER = [
    ("/400x300.png", "image/png"),
    ("/color/7c9cff/400x300.jpg", "image/jpeg"),
    ("/gradient/60x40.webp", "image/webp"),
    ("/seed/precious-tide/40x30.avif", "image/avif"),
    ("/glyph/30x30.gif", "image/gif"),
    ("/400x300@2x.jpeg", "image/jpeg"),
]

HEADERS_OF_A_PICTURE = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
    "timing-allow-origin": "*",
}


@pytest.mark.parametrize(
    ("url", "media_type"), [*((url, "image/svg+xml") for url in EXAMPLES), ("/400x300@2x.svg", "image/svg+xml"), *RASTER]
)
async def test_a_picture_has_exactly_these_headers(url: str, media_type: str, ask: Ask) -> None:
    """P-2, P-14, P-15, AP-5, V23: nothing missing, nothing more, no Vary."""
    answer = await ask(url)
    assert answer.status == 200
    assert dict(answer.headers) == {
        "content-type": media_type,
        **HEADERS_OF_A_PICTURE,
        "content-length": str(len(answer.body)),
        "etag": f'"{crc32(answer.body):08x}-{len(answer.body):x}"',
    }


@pytest.mark.parametrize("url", EXAMPLES)
async def test_an_ordinary_client_gets_the_examples(url: str, client: httpx.AsyncClient) -> None:
    """P-1, P-2, P-31, P-34, P-43, P-44, P-50, P-54."""
    answer = await client.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.text.startswith("<svg ")


OTHERS = ["/healthz", "/", "/page.css", "/page.js", "/components/ai-img.js"]


@pytest.mark.parametrize("url", [*EXAMPLES, *(url for url, _ in RASTER), *OTHERS])
async def test_head_has_the_same_headers_and_no_body(url: str, ask: Ask) -> None:
    """V19."""
    got, head = await ask(url), await ask(url, "HEAD")
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")
    assert got.status == 200
    assert got.body


@pytest.mark.parametrize("url", ["/400X300", "/400x300?bg=zzz", "/color/zzz/40x30.png"])
async def test_head_of_a_refusal_has_the_same_headers_and_no_body(url: str, ask: Ask) -> None:
    """V19."""
    got, head = await ask(url), await ask(url, "HEAD")
    assert (head.status, head.headers) == (got.status, got.headers)
    assert got.status >= 400


EDGES = [
    "/seed//400x300",
    "/seed/" + "a" * (8192 - len("/seed//4x3")) + "/4x3",
    "/seed/" + "a" * (8193 - len("/seed//4x3")) + "/4x3",
    "/4x3?a=" + "a" * (8192 - len("/4x3?a=")),
    "/4x3?a=" + "a" * (8193 - len("/4x3?a=")),
    "/4x3?",
    "/%34x3",
    "/seed/%2F/4x3",
    "/seed/a%0Ab/4x3",
    "/seed/./4x3",
]


@pytest.mark.parametrize("target", EDGES, ids=lambda target: target[:20] + f"… {len(target)}")
async def test_every_way_to_ask_has_the_same_status(target: str, ask: Ask) -> None:
    """P-16: GET, HEAD and a conditional GET agree on what exists."""
    got = await ask(target)
    head = await ask(target, "HEAD")
    conditional = await ask(target, headers={"If-None-Match": '"another"'})
    assert (head.status, conditional.status) == (got.status, got.status)
    assert conditional.body == got.body


@pytest.mark.parametrize("length", [8191, 8192])
@pytest.mark.parametrize("shape", ["/seed/{}/4x3", "/4x3?a={}", "/seed/{}/4x3.png"])
async def test_a_url_of_eight_thousand_one_hundred_ninety_two_bytes_is_read(shape: str, length: int, ask: Ask) -> None:
    """V7: the limit itself is inside."""
    target = shape.format("a" * (length - len(shape) + 2))
    assert len(target) == length
    for method in ("GET", "HEAD"):
        assert (await ask(target, method)).status == 200


@pytest.mark.parametrize("length", [8193, 20_000, 1_000_000])
@pytest.mark.parametrize("shape", ["/seed/{}/4x3", "/4x3?a={}", "/seed/{}/4x3.png", "/gradient/4x3?{}", "/{}x1"])
async def test_a_longer_url_is_too_long(shape: str, length: int, ask: Ask) -> None:
    """V7."""
    for method in ("GET", "HEAD"):
        answer = await ask(shape.format("9" * (length - len(shape) + 2)), method)
        assert answer.status == 414
        assert answer["cache-control"] == "no-store"


# ---------------------------------------------------------------- the same bytes for everyone

ODD_HEADERS = {
    "Authorization": "Bearer nobody",
    "Cookie": "session=1; theme=dark; bg=fff",
    "Accept": "image/avif,image/webp,*/*;q=0.1",
    "Accept-Encoding": "gzip, br, zstd",
    "Accept-Language": "ar, he;q=0.9",
    "Accept-Charset": "utf-16",
    "User-Agent": "x" * 4000,
    "Referer": "https://elsewhere.example/?bg=000",
    "Origin": "null",
    "Range": "bytes=0-9",
    "If-Modified-Since": "garbage",
    "If-Range": '"x"',
    "If-Match": '"x"',
    "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT",
    "Cache-Control": "no-cache, no-store",
    "Pragma": "no-cache",
    "DPR": "3",
    "Width": "9",
    "Viewport-Width": "10",
    "Save-Data": "on",
    "Sec-CH-Prefers-Color-Scheme": "dark",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "host=evil.example;proto=gopher",
    "X-Original-URL": "/color/000/1x1",
    "X-Rewrite-URL": "/color/000/1x1",
    "X-HTTP-Method-Override": "DELETE",
    "X-HTTP-Method": "DELETE",
    "X-Method-Override": "DELETE",
    "Via": "1.1 evil",
    "Accept-Datetime": "x",
    "Prefer": "safe",
    "Upgrade-Insecure-Requests": "1",
    "Purpose": "prefetch",
    "DNT": "1",
}


@pytest.mark.parametrize("url", [*EXAMPLES, "/40x30.png"])
async def test_no_header_or_cookie_changes_a_byte(url: str, ask: Ask) -> None:
    """P-18, C4, V21, V23: one by one and all at once."""
    plain = await ask(url)
    assert plain.status == 200
    for headers in [*({name: value} for name, value in ODD_HEADERS.items()), ODD_HEADERS]:
        answer = await ask(url, headers=headers)
        assert (answer.status, answer.headers, answer.body) == (200, plain.headers, plain.body), headers


async def test_a_thousand_requests_for_one_url_are_one_answer(ask: Ask) -> None:
    """P-16: first sight, second sight and from memory alike."""
    answers = {await ask("/seed/again/400x300") for _ in range(1000)}
    assert len(answers) == 1


@pytest.mark.parametrize("url", EXAMPLES)
async def test_an_unknown_parameter_changes_nothing(url: str, ask: Ask) -> None:
    """P-33, P-48, V25."""
    glue = "&" if "?" in url else "?"
    plain = await ask(url)
    for extra in ("cb=1", "cb=2", "utm_source=x", "_method=DELETE", "Text=x", "x[]=1", "%00=%FF", "cb"):
        assert (await ask(url + glue + extra)).body == plain.body


async def test_no_layer_around_the_application_leaks_into_a_later_answer(make_app: Any, asker: Any) -> None:
    """P-18: a layer that appends a header to an answer, as Starlette's own do, changes that answer and no other."""
    app, visits = make_app(), iter(range(100))

    async def layered(scope: Any, receive: Any, send: Any) -> None:
        async def marked(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-visit", b"%d" % next(visits)))
            await send(message)

        await app(scope, receive, marked)

    ask = asker(layered)
    for number in range(5):
        assert (await ask("/400x300")).all("x-visit") == [str(number)]


async def test_a_server_that_tells_no_raw_path_is_served_too(app: Any) -> None:
    """`raw_path` is optional in ASGI's HTTP scope."""
    sent: list[Any] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/400x300",
        "query_string": b"text=x",
        "root_path": "",
        "headers": [(b"host", b"placeholder.test")],
    }

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert sent[0]["status"] == 200
    assert sent[1]["body"].startswith(b"<svg ")


# ---------------------------------------------------------------- If-None-Match


def tags(count: int) -> str:
    return ", ".join(f'"{number:x}"' for number in range(count))


CONDITIONS = [
    pytest.param("{}", 304, id="exact"),
    pytest.param("W/{}", 304, id="weak"),
    pytest.param("*", 304, id="star"),
    pytest.param(" * ", 304, id="star with spaces"),
    pytest.param('"other", {}', 304, id="in a list"),
    pytest.param('{},"other"', 304, id="in a list without spaces"),
    pytest.param('W/"other" ,  W/{}  , "x"', 304, id="weak in a list"),
    pytest.param(tags(500) + ", {}", 304, id="behind five hundred"),
    pytest.param('"other"', 200, id="another"),
    pytest.param('W/"other"', 200, id="another, weak"),
    pytest.param("", 200, id="empty"),
    pytest.param(",", 200, id="a comma"),
    pytest.param('"', 200, id="half a tag"),
    pytest.param('"*"', 200, id="a quoted star"),
    pytest.param("*, *", 200, id="two stars"),
    pytest.param("w/{}", 200, id="a small w"),
    pytest.param("garbage \x7f\xff", 200, id="garbage"),
    pytest.param("," * 8000, 200, id="eight thousand commas"),
    pytest.param(tags(10_000), 200, id="ten thousand others"),
]


@pytest.mark.parametrize("url", ["/400x300", "/seed/precious-tide/400x300", "/40x30.png"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("template", "status"), CONDITIONS)
async def test_a_known_tag_is_answered_with_304(url: str, method: str, template: str, status: int, ask: Ask) -> None:
    """V20, RFC 9110 §13.1.2."""
    plain = await ask(url)
    header = template.replace("{}", plain["etag"])
    started = time.perf_counter()
    answer = await ask(url, method, headers={"If-None-Match": header})
    assert time.perf_counter() - started < 2
    assert answer.status == status
    if status == 200:
        assert answer.headers == plain.headers
        assert answer.body == (plain.body if method == "GET" else b"")
    else:
        kept = tuple(pair for pair in plain.headers if pair[0] not in ("content-type", "content-length"))
        assert answer.headers == kept
        assert answer.body == b""


async def test_ten_thousand_tags_are_answered_quickly_whether_ours_is_among_them_or_not(ask: Ask) -> None:
    """V20."""
    plain = await ask("/400x300")
    for header in (tags(10_000), tags(10_000) + ", " + plain["etag"], plain["etag"] + ", " + tags(10_000)):
        started = time.perf_counter()
        assert (await ask("/400x300", headers={"If-None-Match": header})).status in (200, 304)
        assert time.perf_counter() - started < 2


async def test_a_tag_split_over_two_header_lines_is_found(ask: Ask) -> None:
    """RFC 9110 §5.3."""
    tag = (await ask("/400x300"))["etag"]
    assert (await ask("/400x300", headers=[("If-None-Match", '"x"'), ("If-None-Match", tag)])).status == 304


async def test_the_tag_belongs_to_the_bytes(ask: Ask) -> None:
    """RFC 9110 §8.8.3: strong, equal for equal bytes, another for others."""
    same = {(await ask(url))["etag"] for url in ("/400x300", "/0400x0300?cb=1", "/400x300?text=400%C3%97300")}
    others = {(await ask(url))["etag"] for url in ("/400x300", "/300x400", "/400x300@2x.svg", "/400x300.png", "/400x300?text=")}
    assert len(same) == 1
    assert len(others) == 5
    assert all(re.fullmatch(r'"[0-9a-f]{8}-[0-9a-f]+"', tag) for tag in same | others)


@pytest.mark.parametrize("url", ["/400X300", "/400x300?bg=zzz", "/color/zzz/40x30.png", "/healthz"])
async def test_what_is_not_kept_is_never_304(url: str, ask: Ask) -> None:
    """AP-6, C1."""
    answer = await ask(url, headers={"If-None-Match": "*"})
    assert answer.status != 304
    assert answer["etag"] is None
    assert answer["cache-control"] == "no-store"


# ---------------------------------------------------------------- other methods


@pytest.mark.parametrize("url", [*EXAMPLES, "/400x300.png"])
async def test_options_says_what_is_allowed_to_anyone(url: str, ask: Ask) -> None:
    """V19, C5, AP-20."""
    preflight = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    for headers in ({}, preflight, {**preflight, "Access-Control-Request-Headers": "x-anything"}):
        answer = await ask(url, "OPTIONS", headers)
        assert answer.status == 204
        assert answer.body == b""
        assert {method.strip() for method in answer["allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}
        assert answer["access-control-allow-origin"] == "*"
        assert answer["access-control-allow-credentials"] is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "QUERY", "PROPFIND", "FOO", "get"])
@pytest.mark.parametrize("url", [*EXAMPLES, "/400x300.png"])
async def test_another_method_is_refused_with_what_is_allowed(url: str, method: str, ask: Ask) -> None:
    """V19."""
    answer = await ask(url, method, headers={"X-HTTP-Method-Override": "GET"})
    assert answer.status == 405
    assert {name.strip() for name in answer["allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}
    assert answer["cache-control"] == "no-store"


async def test_a_refused_method_is_told_in_the_same_words_by_every_process(ask: Ask) -> None:
    """P-17: no set's order decides what is sent."""
    assert (await ask("/400x300", "POST"))["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("url", ["/healthz", "/", "/page.js", "/components/ai-img.js"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "FOO"])
async def test_another_method_is_refused_on_the_other_routes(url: str, method: str, ask: Ask) -> None:
    """V19."""
    answer = await ask(url, method)
    assert answer.status == 405
    assert {"GET", "HEAD"} <= {name.strip() for name in answer["allow"].split(",")}
