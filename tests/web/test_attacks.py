"""Attacks: every hostile input known to us, with the one status it must get. Rows V and C are those of the threat list.

The whole table is asked twice: of the application, byte for byte as a server would hand it on, and of a live server over
a socket. Whatever the row, three things hold: a 2xx SVG is sound, anything else is never kept, and nothing is a 5xx.
"""

import re
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import pytest

Ask = Callable[..., Awaitable[Any]]
Headers = dict[str, str]


def q(text: str) -> str:
    return quote(text, safe="")


ZALGO = q("Z\u0351\u036b\u0343\u036a\u0302" + "\u0301\u0300\u0302\u0303\u0308" * 250)
TAGS = ", ".join(f'"{number:x}"' for number in range(10_000))
SHORT_TAGS = ", ".join(f'"{number:x}"' for number in range(900))
OK, NO, BAD, LONG, WRONG = 200, 404, 400, 414, 405

ATTACKS: list[tuple[str, str, str, Headers, int]] = [
    # V1, V2: markup
    ("V1 script", "GET", "/400x300?text=<script>alert(1)</script>", {}, OK),
    ("V1 script encoded", "GET", "/400x300?text=%3Cscript%3Ealert(1)%3C/script%3E", {}, OK),
    ("V1 script as a seed", "GET", "/seed/%3Cscript%3Ealert(1)%3C%5Cscript%3E/400x300", {}, OK),
    ("V1 script with a slash as a seed", "GET", "/seed/%3Cscript%3Ealert(1)%3C%2Fscript%3E/400x300", {}, NO),
    ("V1 asked as HTML", "GET", "/400x300?text=%3Cscript%3E", {"Accept": "text/html"}, OK),
    ("V2 closing an attribute", "GET", "/400x300?text=%22%3E%3Csvg%20onload%3Dalert(1)%3E", {}, OK),
    ("V2 closing an attribute, single quotes", "GET", "/400x300?text='%20onload='alert(1)", {}, OK),
    ("V2 CDATA's end", "GET", "/400x300?text=%5D%5D%3E%3Cscript%3E", {}, OK),
    ("V2 CDATA", "GET", "/400x300?text=%3C!%5BCDATA%5B%3Cscript%3E%5D%5D%3E", {}, OK),
    ("V2 a comment", "GET", "/400x300?text=%3C!--%20--%3E", {}, OK),
    ("V2 an entity", "GET", "/400x300?text=%26xxe%3B%26%23x3c%3Bscript%3E", {}, OK),
    ("V2 a declaration", "GET", "/400x300?text=%3C%3Fxml%20version%3D%221.0%22%3F%3E", {}, OK),
    ("V2 a document type", "GET", "/400x300?text=" + q('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;'), {}, OK),
    ("V2 the title's end", "GET", "/400x300?text=" + q("</title></svg><script>alert(1)</script>"), {}, OK),
    (
        "V2 the title's end as a seed",
        "GET",
        "/seed/" + q("<\u200b/title><image href=x onerror=1>").replace("%2F", "_") + "/40x30",
        {},
        OK,
    ),
    ("V2 in another script", "GET", "/400x300?text=" + q("漢<image href='http://evil'/>"), {}, OK),
    ("V2 style", "GET", "/400x300?text=" + q("<style>*{background:url(//evil)}</style>"), {}, OK),
    # V3 to V5: characters that XML or UTF-8 does not have
    ("V3 NUL", "GET", "/400x300?text=%00", {}, OK),
    ("V3 controls", "GET", "/400x300?text=%01%08%0B%1F", {}, OK),
    ("V3 all controls", "GET", "/400x300?text=" + "".join(f"%{code:02X}" for code in [*range(32), *range(127, 160)]), {}, OK),
    ("V3 C1 controls", "GET", "/400x300?text=%C2%80%C2%85%C2%9F", {}, OK),
    ("V3 a non-character", "GET", "/400x300?text=%EF%BF%BE", {}, OK),
    ("V3 another non-character", "GET", "/400x300?text=%EF%BF%BF%F0%9F%BF%BE", {}, OK),
    ("V4 no UTF-8", "GET", "/400x300?text=%FF%FE", {}, OK),
    ("V4 a surrogate", "GET", "/400x300?text=%ED%A0%80", {}, OK),
    ("V4 a surrogate pair", "GET", "/400x300?text=%ED%A0%BD%ED%B8%80", {}, OK),
    ("V4 an overlong slash", "GET", "/400x300?text=%C0%AF", {}, OK),
    ("V4 beyond Unicode", "GET", "/400x300?text=%F4%90%80%80", {}, OK),
    ("V4 half a character", "GET", "/400x300?text=%E4%BD", {}, OK),
    ("V4 broken escapes", "GET", "/400x300?text=%&bg=fff&fg=000&x=%4&y=%zz", {}, OK),
    ("V5 a surrogate as a seed", "GET", "/seed/%ED%A0%80/400x300", {}, OK),
    ("V5 no UTF-8 as a seed", "GET", "/seed/%FF%FE/400x300", {}, OK),
    ("V5 a surrogate as a colour", "GET", "/400x300?bg=%ED%A0%80", {}, BAD),
    ("V5 a surrogate as a path colour", "GET", "/color/%ED%A0%80/400x300", {}, BAD),
    ("V5 a surrogate as an angle", "GET", "/gradient/400x300?angle=%ED%A0%80", {}, BAD),
    ("V5 a surrogate as a name", "GET", "/400x300?%ED%A0%80=1", {}, OK),
    ("V5 a surrogate as a path", "GET", "/%ED%A0%80", {}, NO),
    # V7, V8: too long, too many marks, marks that lie
    ("V7 100 kB of text", "GET", "/400x300?text=" + "x" * 100_000, {}, LONG),
    ("V7 5,000 combining marks", "GET", "/400x300?text=" + q("e" + "\u0301" * 5000), {}, LONG),
    ("V7 all the marks that a URL holds", "GET", "/400x300?text=" + ZALGO, {}, OK),
    ("V7 all the marks that a URL holds, as a seed", "GET", f"/seed/{ZALGO}/40x30", {}, OK),
    ("V7 a thousand wide ligatures", "GET", "/400x300?text=" + q("ﷺ" * 1000), {}, LONG),
    ("V7 as many as a URL holds", "GET", "/400x300?text=" + q("ﷺ" * 880), {}, OK),
    ("V7 8 kB of text", "GET", "/400x300?text=" + "W" * 8000, {}, OK),
    ("V7 8 kB of text on one unit", "GET", "/1x1?text=" + "W" * 8000, {}, OK),
    ("V7 8 kB of line feeds", "GET", "/400x300?text=" + "%0A" * 2700, {}, OK),
    ("V7 8 kB of words", "GET", "/2048x2048?text=" + "a+" * 4000, {}, OK),
    ("V8 an override", "GET", "/400x300?text=%E2%80%AEexe.gpj", {}, OK),
    ("V8 isolates and marks", "GET", "/400x300?text=" + q("\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff\u061c"), {}, OK),
    ("V8 joiners", "GET", "/400x300?text=" + q("می\u200cخواهم 👩\u200d👧"), {}, OK),
    # V9, V10: what looks like a size
    ("V9 a line feed behind", "GET", "/400x300%0A", {}, NO),
    ("V9 a line feed behind a format", "GET", "/400x300.png%0A", {}, NO),
    ("V9 a carriage return behind", "GET", "/400x300%0D", {}, NO),
    ("V9 NUL behind", "GET", "/400x300%00", {}, NO),
    ("V9 a tab before", "GET", "/%09400x300", {}, NO),
    ("V9 delete", "GET", "/400x300%7F", {}, NO),
    ("V9 a line feed behind a colour", "GET", "/color/fff%0A/400x300", {}, BAD),
    ("V9 a line feed behind an angle", "GET", "/gradient/400x300?angle=90%0A", {}, BAD),
    ("V9 a line feed behind a query colour", "GET", "/400x300?bg=fff%0A", {}, BAD),
    ("V10 Arabic-Indic digits", "GET", "/" + q("٤٠٠x٣٠٠"), {}, NO),
    ("V10 one of them", "GET", "/%D9%A4x%D9%A3", {}, NO),
    ("V10 full-width digits", "GET", "/" + q("４００x３００"), {}, NO),
    ("V10 superscripts", "GET", "/" + q("²x²"), {}, NO),
    ("V10 full-width colour", "GET", "/color/" + q("ｆｆｆ") + "/4x3", {}, BAD),
    # V11, V12: numbers
    ("V11 twenty digits", "GET", "/99999999999999999999x1", {}, OK),
    ("V11 5,000 digits", "GET", "/" + "9" * 5000 + "x1", {}, OK),
    ("V11 5,000 digits in a format", "GET", "/1x" + "9" * 5000 + ".svg", {}, OK),
    ("V11 more digits than a URL holds", "GET", "/" + "9" * 9000 + "x1", {}, LONG),
    ("V12 nothing by nothing", "GET", "/0x0", {}, OK),
    ("V12 nothing by something", "GET", "/0x300", {}, OK),
    ("V12 leading zeros", "GET", "/00400x300", {}, OK),
    # V13: near misses
    ("V13 an upper-case X", "GET", "/400X300", {}, NO),
    ("V13 a plus", "GET", "/+4x3", {}, NO),
    ("V13 an underscore", "GET", "/4_0x3", {}, NO),
    ("V13 a minus", "GET", "/-1x3", {}, NO),
    ("V13 a slash behind", "GET", "/4x3/", {}, NO),
    ("V13 a slash before", "GET", "//4x3", {}, NO),
    ("V13 a path parameter", "GET", "/4x3;a", {}, NO),
    ("V13 a host in the path", "GET", "//evil.example/4x3", {}, NO),
    ("V13 a backslash", "GET", "/\\evil.example/4x3", {}, NO),
    ("V13 dots", "GET", "/../../etc/passwd", {}, NO),
    ("V13 encoded dots", "GET", "/%2e%2e/%2e%2e/etc/passwd", {}, NO),
    ("V13 an encoded slash", "GET", "/color%2F7c9cff%2F400x300", {}, OK),
    ("V13 a static file's neighbour", "GET", "/static/..%2f..%2fapp.py", {}, NO),
    ("V13 a package file", "GET", "/page.js/../routes.py", {}, NO),
    # V14: colours
    ("V14 four digits", "GET", "/color/fff8/400x300", {}, BAD),
    ("V14 eight digits", "GET", "/color/12345678/400x300", {}, BAD),
    ("V14 a hash", "GET", "/color/%23fff/400x300", {}, BAD),
    ("V14 an underscore", "GET", "/color/1_2/400x300", {}, BAD),
    ("V14 a plus", "GET", "/color/+12/400x300", {}, BAD),
    ("V14 a name", "GET", "/color/red/400x300", {}, BAD),
    ("V14 a reference", "GET", "/color/url(%23a)/400x300", {}, BAD),
    ("V14 a reference in the query", "GET", "/400x300?bg=url(%23a)", {}, BAD),
    ("V14 markup", "GET", "/color/%22%3E%3Cscript%3E/400x300", {}, BAD),
    ("V14 markup with a slash", "GET", "/color/%22/%3E%3Cscript%3E/400x300", {}, NO),
    ("V14 markup in the query", "GET", "/400x300?fg=%22/%3E%3Cscript%3E", {}, BAD),
    ("V14 two hashes", "GET", "/400x300?bg=%23%23fff", {}, BAD),
    ("V14 empty", "GET", "/400x300?bg=", {}, BAD),
    ("V14 8 kB of digits", "GET", "/400x300?bg=" + "f" * 8000, {}, BAD),
    # colours with names and alpha are of the query alone
    ("V14 a name in the query", "GET", "/400x300?bg=ReBeccaPurple&fg=transparent", {}, OK),
    ("V14 eight digits in the query", "GET", "/400x300?bg=%2312345678", {}, OK),
    ("V14 five digits in the query", "GET", "/400x300?bg=12345", {}, BAD),
    ("V14 a name that is none", "GET", "/400x300?bg=__class__", {}, BAD),
    ("V14 a name in another alphabet", "GET", "/400x300?bg=blac%E2%84%AA", {}, BAD),
    ("V14 a name with a hash", "GET", "/400x300?bg=%23red", {}, BAD),
    ("V14 clear in the path", "GET", "/color/transparent/400x300", {}, BAD),
    # looks
    ("a radius of 5,000 digits", "GET", "/400x300?radius=" + "9" * 5000, {}, BAD),
    ("a radius of 5,000 percent signs", "GET", "/400x300?radius=" + "%25" * 2000, {}, BAD),
    ("a radius in other digits", "GET", "/400x300?radius=%D9%A4", {}, BAD),
    ("a negative radius", "GET", "/400x300?radius=-5", {}, BAD),
    ("the largest radius", "GET", "/1x1?radius=9999&border=9999", {}, OK),
    ("a radius in markup", "GET", "/400x300?radius=5%22%3E%3Cscript%3E", {}, BAD),
    ("a border that closes an attribute", "GET", "/400x300?border=2,%22%3E%3Cscript%3E", {}, BAD),
    ("a border with a reference", "GET", "/400x300?border=2,url(%23a)", {}, BAD),
    ("a border of 2,000 commas", "GET", "/400x300?border=2" + "," * 2000, {}, BAD),
    ("a font that is a path", "GET", "/400x300?font=../../../etc/passwd", {}, BAD),
    ("a font that is a file", "GET", "/400x300?font=notosans.json", {}, BAD),
    ("a weight of 5,000 digits", "GET", "/400x300?weight=" + "7" * 5000, {}, BAD),
    ("an alignment that closes the style", "GET", "/400x300?align=%7D%7D%3C/style%3E%3Cscript%3E", {}, BAD),
    ("a theme that closes the style", "GET", "/400x300?theme=auto%7D%3C/style%3E", {}, BAD),
    ("a style in a text", "GET", "/400x300?theme=auto&text=" + q("</style><script>}*{fill:url(//e)}"), {}, OK),
    ("a caption under a hostile text", "GET", "/400x300?debug=1&text=" + q("</title>]]><image/>"), {}, OK),
    ("a surrogate as a font", "GET", "/400x300?font=%ED%A0%80", {}, BAD),
    ("a refused look in pixels", "GET", "/40x30.png?theme=%00", {}, BAD),
    ("a radius where none is read", "GET", "/color/fff/400x300?radius=zzz", {}, OK),
    # V15: angles
    *(
        (f"V15 angle {value[:12]} of {len(value)}", "GET", f"/gradient/400x300?angle={value}", {}, status)
        for value, status in [
            *(
                (value, BAD)
                for value in ("NaN", "nan", "inf", "-inf", "Infinity", "1e999", "1_0", "1e-400", "0x10", "", ".5", "5.")
            ),
            *(
                (value, BAD)
                for value in (q("٩٠"), "%2090%20", "+90+", "9" * 400, "-" + "9" * 5000, "--1", "90deg", "%00", "1%2C5")
            ),
            *((value, OK) for value in ("-0", "0", "360", "-22.5", "%2B90", "999999999999999", "0.000000000000001")),
        ]
    ),
    ("V15 an angle that a radial one ignores", "GET", "/gradient/400x300?type=radial&angle=NaN", {}, OK),
    # V16: words
    ("V16 an unknown type", "GET", "/gradient/400x300?type=conic", {}, BAD),
    ("V16 a path as an icon", "GET", "/glyph/400x300?as=../../etc/passwd", {}, BAD),
    ("V16 a method as an icon", "GET", "/glyph/400x300?as=__init__", {}, BAD),
    ("V16 an empty type", "GET", "/gradient/400x300?type=", {}, BAD),
    # V17: parameters
    ("V17 twice", "GET", "/400x300?text=a&text=b", {}, OK),
    ("V17 in two cases", "GET", "/400x300?bg=111&BG=zzz", {}, OK),
    ("V17 a bad one that a good one follows", "GET", "/400x300?bg=zzz&bg=111", {}, OK),
    ("V17 a good one that a bad one follows", "GET", "/400x300?bg=111&bg=zzz", {}, BAD),
    ("V17 1,000 parameters", "GET", "/400x300?" + "&".join(f"a{number}=1" for number in range(1000)), {}, BAD),
    ("V17 33 parameters", "GET", "/400x300?" + "&".join(["a=1"] * 33), {}, BAD),
    ("V17 32 parameters", "GET", "/400x300?" + "&".join(["a=1"] * 32), {}, OK),
    ("V17 8,000 separators", "GET", "/400x300?" + "&" * 8000, {}, BAD),
    ("V17 a semicolon", "GET", "/400x300?text=a;bg=zzz", {}, OK),
    ("V17 1,000 parameters where none are read", "GET", "/color/fff/400x300?" + "&".join(["a=1"] * 1000), {}, OK),
    # V18: seeds
    ("V18 an encoded slash", "GET", "/seed/a%2Fb/400x300", {}, NO),
    ("V18 an encoded slash alone", "GET", "/seed/%2F/400x300", {}, NO),
    ("V18 dots and a slash", "GET", "/seed/..%2F../400x300", {}, NO),
    ("V18 dots", "GET", "/seed/../400x300", {}, OK),
    ("V18 NUL", "GET", "/seed/%00/400x300", {}, OK),
    ("V18 a line feed", "GET", "/seed/a%0Ab/400x300", {}, OK),
    ("V18 8 kB", "GET", "/seed/" + "s" * 8000 + "/400x300", {}, OK),
    ("V18 more than a URL holds", "GET", "/seed/" + "s" * 9000 + "/400x300", {}, LONG),
    ("V18 nothing", "GET", "/seed//400x300", {}, NO),
    ("V18 a colour route's shape", "GET", "/seed/color/fff/400x300", {}, NO),
    # V19: methods
    ("V19 HEAD", "HEAD", "/400x300", {}, OK),
    ("V19 HEAD of nothing", "HEAD", "/400X300", {}, NO),
    ("V19 OPTIONS", "OPTIONS", "/400x300", {}, 204),
    ("V19 a preflight", "OPTIONS", "/400x300", {"Origin": "null", "Access-Control-Request-Method": "DELETE"}, 204),
    *((f"V19 {method}", method, "/400x300", {}, WRONG) for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE")),
    ("V19 an override of GET", "GET", "/400x300", {"X-HTTP-Method-Override": "DELETE"}, OK),
    ("V19 an override of POST", "POST", "/400x300", {"X-HTTP-Method-Override": "GET", "Content-Length": "0"}, WRONG),
    ("V19 an override in the query", "GET", "/400x300?_method=DELETE", {}, OK),
    # V20: conditions
    ("V20 star", "GET", "/400x300", {"If-None-Match": "*"}, 304),
    ("V20 a weak other", "GET", "/400x300", {"If-None-Match": 'W/"x"'}, OK),
    ("V20 900 tags", "GET", "/400x300", {"If-None-Match": SHORT_TAGS}, OK),
    ("V20 10,000 tags", "GET", "/400x300", {"If-None-Match": TAGS}, OK),
    ("V20 a garbage tag", "GET", "/400x300", {"If-None-Match": '"""\\,W/'}, OK),
    ("V20 a garbage date", "GET", "/400x300", {"If-Modified-Since": "garbage"}, OK),
    ("V20 star on a refusal", "GET", "/400X300", {"If-None-Match": "*"}, NO),
    # V21: ranges
    ("V21 5,000 ranges", "GET", "/400x300", {"Range": "bytes=" + "0-," * 5000 + "0-"}, OK),
    ("V21 5,000 digits", "GET", "/400x300", {"Range": "bytes=0-" + "9" * 5000}, OK),
    ("V21 99 one-byte ranges", "GET", "/400x300", {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(99))}, OK),
    ("V21 beyond the end", "GET", "/400x300", {"Range": "bytes=999999-"}, OK),
    ("V21 on pixels", "GET", "/40x30.png", {"Range": "bytes=0-0"}, OK),
    # V23: negotiation
    ("V23 AVIF is accepted", "GET", "/400x300", {"Accept": "image/avif"}, OK),
    ("V23 SVG is not accepted", "GET", "/400x300", {"Accept": "image/png, */*;q=0"}, OK),
    ("V23 compression", "GET", "/400x300", {"Accept-Encoding": "gzip, br;q=1.0, *;q=0"}, OK),
    ("V23 JSON for a picture", "GET", "/400x300", {"Accept": "application/json"}, OK),
    ("V23 JSON for a refusal", "GET", "/400x300?bg=zzz", {"Accept": "application/json"}, BAD),
    # V25: cache busting
    ("V25 a buster", "GET", "/400x300?cb=1", {}, OK),
    ("V25 a long buster", "GET", "/400x300?cb=" + "1" * 8000, {}, OK),
    # C: caches, hosts, headers
    ("C1 a refusal", "GET", "/color/zzz/400x300", {}, BAD),
    ("C1 a refusal in pixels", "GET", "/color/zzz/40x30.png", {}, BAD),
    ("C3 a foreign host", "GET", "/4x3/", {"Host": "evil.example"}, NO),
    ("C3 a foreign host on a picture", "GET", "/400x300", {"Host": "evil.example"}, OK),
    ("C3 a path in the host", "GET", "/400x300", {"Host": "evil.example/color/fff/"}, OK),
    (
        "C4 forwarded",
        "GET",
        "/400x300",
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "evil", "Forwarded": "host=evil"},
        OK,
    ),
    ("C4 another URL", "GET", "/400x300", {"X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz"}, OK),
    ("C6 a split answer", "GET", "/400x300?text=%0D%0ASet-Cookie:%20a=b%0D%0A%0D%0A%3Cscript%3E", {}, OK),
    ("C6 a split answer by a seed", "GET", "/seed/%0D%0ASet-Cookie:%20a=b/400x300", {}, OK),
    ("C6 a split answer by a refused icon", "GET", "/glyph/400x300?as=%0D%0ASet-Cookie:%20a=b", {}, BAD),
    ("C6 a split answer by a path", "GET", "/%0D%0ASet-Cookie:%20a=b", {}, NO),
    ("C7 HTML by its ending", "GET", "/400x300?text=%3Chtml%3E&x=.html", {}, OK),
    ("C7 JSON is no HTML", "GET", "/glyph/400x300?as=%3Chtml%3E", {"Accept": "application/json"}, BAD),
    ("C7 health is no HTML", "GET", "/healthz?x=%3Chtml%3E", {"Accept": "text/html"}, OK),
]

LITERAL_ONLY_ASGI = {"V1 script"}
"""A `<` in a request target: the server's parser decides about it, see the sockets below."""
SERVED = [row for row in ATTACKS if row[0] not in LITERAL_ONLY_ASGI]


def drawn_size(target: str) -> tuple[int, int]:
    """The clamped size that a target's last segment names, by a reading of its own."""
    match = re.search(r"([0-9]+)x([0-9]+)(?:\.[a-z]+)?$", target.replace("%2F", "/").partition("?")[0])
    if not match:
        return 400, 300
    w, h = (2048 if len(side.lstrip("0")) > 4 else min(max(int(side), 1), 2048) for side in match.groups())
    return w, h


def check(method: str, target: str, answer: Any, status: int, assert_sound_svg: Callable[..., Any]) -> None:
    assert answer.status == status
    assert answer.status < 500
    assert answer["x-content-type-options"] == "nosniff" or answer.status == 204
    assert answer["location"] is None
    assert answer["set-cookie"] is None
    assert answer["content-type"] in (
        *("image/svg+xml", "application/json", "image/png"),
        *([None] if status in (204, 304) else []),
    )
    if status in (200, 304) and not target.startswith("/healthz"):
        assert answer["cache-control"] == "public, max-age=31536000, immutable"
        assert answer["vary"] is None
    else:
        assert answer["cache-control"] == "no-store"
    if answer["content-type"] == "image/svg+xml":
        assert "sandbox" in answer["content-security-policy"]
        if method != "HEAD":
            assert b"evil" not in answer.body or "evil" in target
            w, h = map(int, re.findall(rb' (?:width|height)="([0-9]+)"', answer.body)[:2])
            assert_sound_svg(answer.body, (w, h))
            assert (w, h) in ([drawn_size(target)] if status == 200 else [(400, 300), drawn_size(target)])


@pytest.mark.parametrize(("method", "target", "headers", "status"), [row[1:] for row in ATTACKS], ids=[row[0] for row in ATTACKS])
async def test_every_attack_gets_its_status_from_the_application(
    method: str, target: str, headers: Headers, status: int, ask: Ask, assert_sound_svg: Callable[..., Any]
) -> None:
    """P-5, P-10, P-30, AP-2 to AP-10, V1 to V25, C1 to C7."""
    check(method, target, await ask(target, method, headers), status, assert_sound_svg)


@pytest.mark.parametrize(("method", "target", "headers", "status"), [row[1:] for row in SERVED], ids=[row[0] for row in SERVED])
def test_every_attack_gets_its_status_from_a_live_server(
    method: str, target: str, headers: Headers, status: int, live: Any, assert_sound_svg: Callable[..., Any]
) -> None:
    """The same table over a socket. A server may have read less of a URL or a head than we would: 400, 414 and 431 are its
    own words for too much."""
    answer = live.ask(target, method, headers)
    too_much = len(target) > 8192 or sum(map(len, headers.values())) > 8192
    if too_much and answer.status in (400, 414, 431):
        assert answer["cache-control"] in (None, "no-store")
        return
    check(method, target, answer, status, assert_sound_svg)
    assert answer["server"] is None


async def test_the_application_and_the_live_server_say_the_same(ask: Ask, live: Any) -> None:
    """P-16, P-17: the door before the application changes nothing that is sent."""
    compared, differing = 0, list[str]()
    for name, method, target, headers, _ in SERVED:
        if len(target) > 8000 or sum(map(len, headers.values())) > 4000:
            continue
        ours, served = await ask(target, method, headers), live.ask(target, method, headers)
        kept = [pair for pair in served.headers if pair[0] not in ("date", "connection")]
        if (served.status, sorted(kept), served.body) != (ours.status, sorted(ours.headers), ours.body):
            differing.append(name)
        compared += 1
    assert not differing
    assert compared > 150


def test_the_table_is_whole() -> None:
    """Every row of the threat list that these routes meet stands here or among the sockets below."""
    ids = [row[0] for row in ATTACKS]
    assert len(set(ids)) == len(ids)
    named = {name.split(" ")[0] for name in ids}
    elsewhere = {"V6", "V22", "V24"}
    assert named | elsewhere >= {f"V{number}" for number in range(1, 26)} | {"C1", "C3", "C4", "C6", "C7"}


# ---------------------------------------------------------------- sockets: what no client library would send

HOST = b"Host: placeholder.test\r\n"
CLOSE = b"Connection: close\r\n\r\n"

RAW = [
    pytest.param(b"GET /\xff HTTP/1.1\r\n" + HOST + CLOSE, {400}, id="V6 a raw byte in the path"),
    pytest.param(b"GET /400x300?text=\xff HTTP/1.1\r\n" + HOST + CLOSE, {400}, id="V6 a raw byte in the query"),
    pytest.param(b"GET /seed/\xc3\xa9/400x300 HTTP/1.1\r\n" + HOST + CLOSE, {400}, id="V6 raw UTF-8 in the path"),
    pytest.param(b"GET /400x300?text=\xc3\xa9 HTTP/1.1\r\n" + HOST + CLOSE, {400}, id="V6 raw UTF-8 in the query"),
    pytest.param(b"GET /400x300?text=\x00 HTTP/1.1\r\n" + HOST + CLOSE, {400}, id="V6 a raw NUL"),
    pytest.param(b"GET /400x300?text=a b HTTP/1.1\r\n" + HOST + CLOSE, {400}, id="V6 a raw space"),
    pytest.param(b"GET /400x300 HTTP/1.0\r\n\r\n", {200, 400}, id="V22 HTTP/1.0 without a Host"),
    pytest.param(b"GET /400x300 HTTP/1.0\r\n" + HOST + b"\r\n", {200}, id="V22 HTTP/1.0 with a Host"),
    pytest.param(b"GET /400x300 HTTP/1.1\r\n" + CLOSE, {200, 400}, id="V22 HTTP/1.1 without a Host"),
    pytest.param(b"GET http://evil.example/4x3 HTTP/1.1\r\n" + HOST + CLOSE, {200, 400}, id="V22 the absolute form"),
    pytest.param(b"GET http://evil.example/4x3/ HTTP/1.1\r\n" + HOST + CLOSE, {404, 400}, id="V22 the absolute form of nothing"),
    pytest.param(
        b"GET http://evil.example HTTP/1.1\r\n" + HOST + CLOSE, {200, 404, 400}, id="V22 the absolute form without a path"
    ),
    pytest.param(b"GET evil.example:80 HTTP/1.1\r\n" + HOST + CLOSE, {404, 400}, id="V22 the authority form"),
    pytest.param(b"CONNECT evil.example:80 HTTP/1.1\r\n" + HOST + CLOSE, {404, 405, 400}, id="V22 CONNECT"),
    pytest.param(b"GET * HTTP/1.1\r\n" + HOST + CLOSE, {404, 400}, id="V22 the asterisk form"),
    pytest.param(b"OPTIONS * HTTP/1.1\r\n" + HOST + CLOSE, {204, 404, 400}, id="V22 OPTIONS of everything"),
    pytest.param(b"GET 400x300 HTTP/1.1\r\n" + HOST + CLOSE, {404, 400}, id="V22 no leading slash"),
    pytest.param(b"GET /400x300 HTTP/9.9\r\n" + HOST + CLOSE, {400, 505}, id="V22 an unknown version"),
    pytest.param(b"GET /400x300\r\n" + HOST + CLOSE, {200, 400}, id="V22 no version, as in HTTP/0.9"),
    pytest.param(b"GET /4x3 HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n" + CLOSE, {400}, id="C3 two hosts"),
    pytest.param(b"GET /4x3 HTTP/1.1\r\nHost: a.example\r\nhost: a.example\r\n" + CLOSE, {400}, id="C3 one host twice"),
    pytest.param(b"HEAD /4x3 HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n" + CLOSE, {400}, id="C3 two hosts, HEAD"),
    pytest.param(b"FOO /400x300 HTTP/1.1\r\n" + HOST + CLOSE, {400, 405}, id="V19 an unknown method"),
    pytest.param(b"FOO\r\n\r\n", {400}, id="V19 a bare unknown method"),
    pytest.param(b"TRACE /400x300 HTTP/1.1\r\n" + HOST + b"Cookie: secret=1\r\n" + CLOSE, {400, 405}, id="V19 TRACE"),
    pytest.param(b"QUERY /400x300 HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n" + CLOSE, {400, 405}, id="V19 QUERY"),
    pytest.param(b"get /400x300 HTTP/1.1\r\n" + HOST + CLOSE, {400, 405}, id="V19 a small get"),
    pytest.param(b"GET /color/#fff/400x300 HTTP/1.1\r\n" + HOST + CLOSE, {400, 404}, id="V14 a raw hash in the path"),
    pytest.param(b"GET /400x300#/color/fff HTTP/1.1\r\n" + HOST + CLOSE, {200, 400, 404}, id="V14 a raw fragment"),
    pytest.param(b"GET /400x300?text=<script>alert(1)</script> HTTP/1.1\r\n" + HOST + CLOSE, {200, 400}, id="V1 raw markup"),
    pytest.param(b'GET /400x300?text="><svg/onload=1> HTTP/1.1\r\n' + HOST + CLOSE, {200, 400}, id="V2 raw quotes"),
    pytest.param(b"GET /400x300 HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n" + CLOSE, {400}, id="T6 a negative length"),
    pytest.param(
        b"GET /400x300 HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n" + CLOSE + b"0\r\n\r\n",
        {400},
        id="T6 two lengths",
    ),
    pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64, {400}, id="TLS on a plain port"),
    pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 404, 405, 505}, id="HTTP/2's preface"),
    pytest.param(b"\x00" * 64 + b"\r\n\r\n", {400}, id="NULs"),
]


@pytest.mark.parametrize(("sent", "statuses"), RAW)
def test_bytes_that_no_client_would_send_are_answered(sent: bytes, statuses: set[int], live: Any) -> None:
    """V1, V2, V6, V14, V19, V22, C3: never a 5xx, never a foreign host in the answer."""
    received = live.exchange(sent)
    answer = live.parse(received)
    assert answer.status in statuses
    assert b"evil.example" not in received
    assert b"secret" not in received
    assert answer["location"] is None
    assert answer["cache-control"] == "no-store" or answer.status in (200, 400)
    if answer["content-type"] == "image/svg+xml" and answer.status != 200:
        assert answer["cache-control"] == "no-store"
    assert b"<script" not in received
    assert b"onload=1>" not in received


def test_the_server_goes_on_after_all_of_it(live: Any) -> None:
    answer = live.ask("/healthz")
    assert (answer.status, answer.body) == (200, b'{"ok": true}')


def test_requests_in_one_packet_are_answered_in_their_order(live: Any) -> None:
    """Pictures and refusals take different ways through the service, and still keep the order."""
    targets = ["/4x3", "/4X3", "/40x30.png", "/5x3", "/healthz", "/6x3?bg=zzz", "/7x3", "/4x3"]
    sent = b"".join(b"GET %b HTTP/1.1\r\n" % target.encode() + HOST + b"\r\n" for target in targets[:-1])
    received = live.exchange(sent + b"GET /4x3 HTTP/1.1\r\n" + HOST + CLOSE)
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 ([0-9]{3}) ", received)]
    assert statuses == [200, 404, 200, 200, 200, 400, 200, 200]
    widths = [int(width) for width in re.findall(rb'<svg xmlns="http://www.w3.org/2000/svg" width="([0-9]+)"', received)]
    assert widths == [4, 400, 5, 6, 7, 4]


def test_a_request_in_single_bytes_is_answered(live: Any) -> None:
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"GET /400x300?text=slow HTTP/1.1\r\n" + HOST + CLOSE:
            connection.sendall(bytes([byte]))
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"<title>slow</title>" in received
