"""The attack table: every hostile input known to us, over all routes, with the one status that it must get.

The first word of a row's name is its threat's: V pictures by URL, C caches, hosts and browsers, T bodies and the wire, A asks, M
keys and data, W webhooks, F other services' URLs, N names and ratios of sizes, S what else the service serves. row.py says what a
row is, services.py what `$name` stands for, test_attacks.py what holds for all of them.
"""

import gzip
import json
from typing import Any
from urllib.parse import quote

from attacks.row import CANARY, Row, bodies, heads, methods, raws, targets

from placeholder.jobs.model import MAX_PROMPT, MAX_SEED

OK, NOT_MODIFIED, BAD, NO_KEY, NOT_FOUND = 200, 304, 400, 401, 404
WRONG, GONE, TOO_LARGE, TOO_LONG, NOT_JSON = 405, 410, 413, 414, 415
JSON_WANTED = {"Accept": "application/json"}
HOOK = "/ai/replicate-webhook"
NOBODY = "a" * 16


def q(text: str) -> str:
    return quote(text, safe="")


def ask(**fields: Any) -> bytes:
    """The body of an ask, some of its fields others."""
    return json.dumps({"prompt": f"a {CANARY}", "w": 64, "h": 48, **fields}).replace("Infinity", "1e999").encode()


def without(name: str) -> bytes:
    return json.dumps({key: value for key, value in json.loads(ask()).items() if key != name}).encode()


def said(**fields: Any) -> bytes:
    """What Replicate says of the prediction of the job that waits for it."""
    return json.dumps({"id": "p-1", "status": "succeeded", "output": None, "logs": f"Prompt: {CANARY}", **fields}).encode()


ZALGO = q("Z\u0351\u036b\u0343\u036a\u0302" + "\u0301\u0300\u0302\u0303\u0308" * 250)
ALL_CONTROLS = "".join(f"%{code:02X}" for code in [*range(32), *range(127, 160)])
TAGS = ", ".join(f'"{number:x}"' for number in range(10_000))
SHORT_TAGS = ", ".join(f'"{number:x}"' for number in range(900))
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;'
GOOD = ask()

# fmt: off
DRAWINGS = [
    *targets("V1", OK, {
        "script": "/400x300?text=%3Cscript%3Ekestrel(1)%3C/script%3E",
        "script as a seed": "/seed/%3Cscript%3Ekestrel(1)%3C%5Cscript%3E/400x300",
        "script as initials": "/seed/%3Cs%20%3Ekestrel/400x300?style=initials",
        "script over debug": "/400x300?debug=1&text=%3Cscript%3Ekestrel",
        "script in pixels": "/40x30.png?text=%3Cscript%3Ekestrel",
    }),
    *targets("V1 script as it stands", OK, {"in text": "/400x300?text=<script>kestrel(1)</script>"}),
    *targets("V1 script with a slash", NOT_FOUND, {"as a seed": "/seed/%3Cscript%3Ekestrel(1)%3C%2Fscript%3E/400x300"}),
    *heads("V1 asked as HTML", OK, "/400x300?text=%3Cscript%3Ekestrel", {"by Accept": {"Accept": "text/html"}}),
    *targets("V2", OK, {
        "closing an attribute": "/400x300?text=%22%3E%3Csvg%20onload%3Dkestrel(1)%3E",
        "closing an attribute, single quotes": "/400x300?text='%20onload='kestrel(1)",
        "CDATA's end": "/400x300?text=%5D%5D%3E%3Cscript%3E",
        "CDATA": "/400x300?text=%3C!%5BCDATA%5B%3Cscript%3E%5D%5D%3E",
        "a comment": "/400x300?text=%3C!--%20kestrel%20--%3E",
        "an entity": "/400x300?text=%26xxe%3B%26%23x3c%3Bscript%3E",
        "a declaration": "/400x300?text=%3C%3Fxml%20version%3D%221.0%22%3F%3E",
        "a document type": "/400x300?text=" + q(XXE),
        "the title's end": "/400x300?text=" + q("</title></svg><script>kestrel(1)</script>"),
        "the title's end as a seed": "/seed/" + q("<\u200b_title><image href=kestrel onerror=1>") + "/40x30",
        "in another script": "/400x300?text=" + q("漢<image href='http://kestrel'/>"),
        "style": "/400x300?text=" + q("<style>*{background:url(//kestrel)}</style>"),
        "a style in a theme": "/400x300?theme=auto&text=" + q("</style><script>}*{fill:url(//e)}"),
        "a caption under it": "/400x300?debug=1&text=" + q("</title>]]><image/>"),
    }),
    *targets("V3", OK, {
        "NUL": "/400x300?text=%00kestrel",
        "controls": "/400x300?text=%01%08%0B%1F",
        "all controls": "/400x300?text=" + ALL_CONTROLS,
        "C1 controls": "/400x300?text=%C2%80%C2%85%C2%9F",
        "a non-character": "/400x300?text=%EF%BF%BE",
        "another non-character": "/400x300?text=%EF%BF%BF%F0%9F%BF%BE",
        "NUL as a seed's initials": "/seed/%00/40x30?style=initials",
    }),
    *targets("V4", OK, {
        "no UTF-8": "/400x300?text=%FF%FE",
        "a surrogate": "/400x300?text=%ED%A0%80",
        "a surrogate pair": "/400x300?text=%ED%A0%BD%ED%B8%80",
        "an overlong slash": "/400x300?text=%C0%AF",
        "beyond Unicode": "/400x300?text=%F4%90%80%80",
        "half a character": "/400x300?text=%E4%BD",
        "broken escapes": "/400x300?text=%&bg=fff&fg=000&x=%4&y=%zz",
    }),
    *targets("V5", OK, {
        "a surrogate as a seed": "/seed/%ED%A0%80/400x300",
        "no UTF-8 as a seed": "/seed/%FF%FE/400x300",
        "a surrogate as a name": "/400x300?%ED%A0%80=1",
        "a surrogate as initials": "/seed/%ED%A0%80/40x40?style=initials",
    }),
    *targets("V5 a surrogate", BAD, {
        "as a colour": "/400x300?bg=%ED%A0%80",
        "as a path colour": "/color/%ED%A0%80/400x300",
        "as an angle": "/gradient/400x300?angle=%ED%A0%80",
        "as a font": "/400x300?font=%ED%A0%80",
        "as a style": "/seed/x/400x300?style=%ED%A0%80",
    }),
    *targets("V5 a surrogate as", NOT_FOUND, {"a path": "/%ED%A0%80"}),
    *targets("V7", OK, {
        "all the marks that a URL holds": "/400x300?text=" + ZALGO,
        "all the marks that a URL holds, as a seed": f"/seed/{ZALGO}/40x30",
        "as many wide ligatures as a URL holds": "/400x300?text=" + q("ﷺ" * 880),
        "8 kB of text": "/400x300?text=" + "W" * 8000,
        "8 kB of text on one unit": "/1x1?text=" + "W" * 8000,
        "8 kB of text in pixels": "/16x16.webp?text=" + "W" * 8000,
        "8 kB of line feeds": "/400x300?text=" + "%0A" * 2700,
        "8 kB of words": "/2048x2048?text=" + "a+" * 4000,
        "marks alone": "/400x300?text=" + "%CC%81" * 1300,
    }),
    *targets("V7 too long", TOO_LONG, {
        "100 kB of text": "/400x300?text=" + "x" * 100_000,
        "5,000 combining marks": "/400x300?text=" + q("e" + "\u0301" * 5000),
        "a thousand wide ligatures": "/400x300?text=" + q("ﷺ" * 1000),
        "one byte": "/400x300?text=" + "x" * (8193 - len("/400x300?text=")),
        "a path in pixels": "/" + "0" * 9000 + "40x30.png",
    }),
    *targets("V7 not too long", OK, {"the limit itself": "/400x300?text=" + "x" * (8192 - len("/400x300?text="))}),
    *targets("V8", OK, {
        "an override": "/400x300?text=%E2%80%AEexe.gpj",
        "isolates and marks": "/400x300?text=" + q("\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff\u061c"),
        "joiners": "/400x300?text=" + q("می\u200cخواهم 👩\u200d👧"),
        "an override as initials": "/seed/%E2%80%AEab/40x40?style=initials",
    }),
    *targets("V9", NOT_FOUND, {
        "a line feed behind": "/400x300%0A",
        "a line feed behind a format": "/400x300.png%0A",
        "a carriage return behind": "/400x300%0D",
        "NUL behind": "/400x300%00",
        "a tab before": "/%09400x300",
        "delete": "/400x300%7F",
        "a line feed behind a glyph": "/glyph/400x300%0A",
        "a line feed before a gradient": "/%0Agradient/400x300",
    }),
    *targets("V9 a line feed behind", BAD, {
        "a colour": "/color/fff%0A/400x300",
        "an angle": "/gradient/400x300?angle=90%0A",
        "a query colour": "/400x300?bg=fff%0A",
        "an icon": "/glyph/400x300?as=map%0A",
        "a style": "/seed/x/400x300?style=rings%0A",
        "a radius": "/400x300?radius=5%0A",
    }),
    *targets("V10", NOT_FOUND, {
        "Arabic-Indic digits": "/" + q("٤٠٠x٣٠٠"),
        "one of them": "/%D9%A4x%D9%A3",
        "full-width digits": "/" + q("４００x３００"),
        "superscripts": "/" + q("²x²"),
        "a multiplication sign": "/" + q("400×300"),
    }),
    *targets("V10 full-width", BAD, {"colour": "/color/" + q("ｆｆｆ") + "/4x3", "angle": "/gradient/4x3?angle=" + q("９０")}),
    *targets("V11", OK, {
        "twenty digits": "/99999999999999999999x1",
        "5,000 digits": "/" + "9" * 5000 + "x1",
        "5,000 digits in a format": "/1x" + "9" * 5000 + ".svg",
        "5,000 digits in pixels": "/" + "9" * 5000 + "x1.gif",
        "8,000 zeros": "/" + "0" * 8000 + "x1",
    }),
    *targets("V11 more digits", TOO_LONG, {"than a URL holds": "/" + "9" * 9000 + "x1"}),
    *targets("V12", OK, {
        "nothing by nothing": "/0x0",
        "nothing by something": "/0x300",
        "leading zeros": "/00400x300",
        "nothing in pixels": "/0x0@3x.png",
    }),
    *targets("V13", NOT_FOUND, {
        "an upper-case X": "/400X300",
        "a plus": "/+4x3",
        "an underscore": "/4_0x3",
        "a minus": "/-1x3",
        "a slash behind": "/4x3/",
        "a slash before": "//4x3",
        "a path parameter": "/4x3;kestrel",
        "a host in the path": "//kestrel.example/4x3",
        "a backslash": "/\\kestrel.example/4x3",
        "dots": "/../../etc/passwd",
        "encoded dots": "/%2e%2e/%2e%2e/etc/passwd",
        "a static file's neighbour": "/static/..%2f..%2fapp.py",
        "a package file": "/page.js/../routes.py",
        "a density without a format": "/4x3@2x",
        "a density of four": "/4x3@4x.png",
        "a density of digits": "/4x3@" + "9" * 5000 + "x.png",
        "two formats": "/4x3.png.svg",
        "an upper-case format": "/4x3.PNG",
        "a format that is none": "/4x3.php",
        "a half-encoded size": "/4x3%",
        "an encoded x twice": "/4%2578x3",
        "a colour too few": "/color/400x300",
        "a colour too many": "/color/fff/000/400x300",
        "a glyph too deep": "/glyph/map/400x300",
    }),
    *targets("V13", OK, {"an encoded slash": "/color%2F7c9cff%2F400x300", "an encoded x": "/4%783"}),
    *targets("V14", BAD, {
        "four digits": "/color/fff8/400x300",
        "eight digits": "/color/12345678/400x300",
        "a hash": "/color/%23fff/400x300",
        "an underscore": "/color/1_2/400x300",
        "a plus": "/color/+12/400x300",
        "a name": "/color/red/400x300",
        "a reference": "/color/url(%23kestrel)/400x300",
        "a reference in the query": "/400x300?bg=url(%23kestrel)",
        "markup": "/color/%22%3E%3Ckestrel%3E/400x300",
        "markup in the query": "/400x300?fg=%22/%3E%3Ckestrel%3E",
        "two hashes": "/400x300?bg=%23%23fff",
        "empty": "/400x300?bg=",
        "8 kB of digits": "/400x300?bg=" + "f" * 8000,
        "five digits in the query": "/400x300?bg=12345",
        "a name that is none": "/400x300?bg=__class__",
        "a name in another alphabet": "/400x300?bg=blac%E2%84%AA",
        "a name with a hash": "/400x300?bg=%23red",
        "clear in the path": "/color/transparent/400x300",
        "a gradient's start": "/gradient/400x300?from=kestrel",
        "a gradient's end": "/gradient/400x300?to=var(--kestrel)",
        "refused in pixels": "/color/zzz/40x30.png",
    }),
    *targets("V14 markup", NOT_FOUND, {"with a slash": "/color/%22/%3E%3Ckestrel%3E/400x300"}),
    *targets("V14", OK, {
        "a name in the query": "/400x300?bg=ReBeccaPurple&fg=transparent",
        "eight digits in the query": "/400x300?bg=%2312345678",
    }),
    *targets("looks", BAD, {
        "a radius of 5,000 digits": "/400x300?radius=" + "9" * 5000,
        "a radius of 2,000 percent signs": "/400x300?radius=" + "%25" * 2000,
        "a radius in other digits": "/400x300?radius=%D9%A4",
        "a negative radius": "/400x300?radius=-5",
        "a radius in markup": "/400x300?radius=5%22%3E%3Ckestrel%3E",
        "a border that closes an attribute": "/400x300?border=2,%22%3E%3Ckestrel%3E",
        "a border with a reference": "/400x300?border=2,url(%23a)",
        "a border of 2,000 commas": "/400x300?border=2" + "," * 2000,
        "a font that is a path": "/400x300?font=../../../etc/passwd",
        "a font that is a file": "/400x300?font=notosans.json",
        "a weight of 5,000 digits": "/400x300?weight=" + "7" * 5000,
        "an alignment that closes the style": "/400x300?align=%7D%7D%3C/style%3E%3Ckestrel%3E",
        "a theme that closes the style": "/400x300?theme=auto%7D%3C/kestrel%3E",
        "debug that is no switch": "/400x300?debug=%22%3E%3Ckestrel%3E",
        "a refused look in pixels": "/40x30.png?theme=%00",
        "a gradient's radius": "/gradient/400x300?radius=5e9",
        "a glyph's radius": "/glyph/400x300?radius=NaN",
    }),
    *targets("looks", OK, {
        "the largest radius": "/1x1?radius=9999&border=9999",
        "a radius where none is read": "/color/fff/400x300?radius=zzz",
    }),
    *targets("V15 angle", BAD, {
        ascii(value)[:12] + f" of {len(value)}": f"/gradient/400x300?angle={value}" for value in (
            "NaN", "nan", "inf", "-inf", "Infinity", "1e999", "1_0", "1e-400", "0x10", "", ".5", "5.", q("٩٠"), "%2090%20",
            "+90+", "9" * 400, "-" + "9" * 5000, "--1", "90deg", "%00", "1%2C5",
        )
    }),
    *targets("V15 angle", OK, {
        value: f"/gradient/400x300?angle={value}" for value in (
            "-0", "0", "360", "-22.5", "%2B90", "999999999999999", "0.000000000000001",
        )
    }),
    *targets("V15 an angle", OK, {"that a radial one ignores": "/gradient/400x300?type=radial&angle=NaN"}),
    *targets("V16", BAD, {
        "an unknown type": "/gradient/400x300?type=conic",
        "a path as an icon": "/glyph/400x300?as=../../etc/passwd",
        "a method as an icon": "/glyph/400x300?as=__init__",
        "an empty type": "/gradient/400x300?type=",
        "a method as a style": "/seed/x/400x300?style=__class__",
        "a path as a style": "/seed/x/400x300?style=../rings",
        "a style in another case": "/seed/x/400x300?style=Rings",
        "8 kB of style": "/seed/x/400x300?style=" + "r" * 8000,
        "another theme of a seed": "/seed/x/400x300?style=rings&theme=both",
        "a style refused in pixels": "/seed/x/40x30.avif?style=kestrel",
    }),
    *targets("V17", OK, {
        "twice": "/400x300?text=a&text=b",
        "in two cases": "/400x300?bg=111&BG=zzz",
        "a bad one that a good one follows": "/400x300?bg=zzz&bg=111",
        "32 parameters": "/400x300?" + "&".join(["a=1"] * 32),
        "a semicolon": "/400x300?text=a;bg=zzz",
        "1,000 parameters where none are read": "/color/fff/400x300?" + "&".join(["a=1"] * 1000),
        "1,000 parameters of a seed": "/seed/x/400x300?" + "&".join(["a=1"] * 1000),
        "a question mark in the query": "/400x300?text=a?b?c",
        "names without values": "/400x300?text&x&&&=&==",
    }),
    *targets("V17", BAD, {
        "a good one that a bad one follows": "/400x300?bg=111&bg=zzz",
        "1,000 parameters": "/400x300?" + "&".join(f"a{number}=1" for number in range(1000)),
        "33 parameters": "/400x300?" + "&".join(["a=1"] * 33),
        "8,000 separators": "/400x300?" + "&" * 8000,
        "1,000 parameters of a style": "/seed/x/400x300?style=rings&" + "&".join(["a=1"] * 1000),
    }),
    *targets("V18", NOT_FOUND, {
        "an encoded slash": "/seed/a%2Fb/400x300",
        "an encoded slash alone": "/seed/%2F/400x300",
        "dots and a slash": "/seed/..%2F../400x300",
        "nothing": "/seed//400x300",
        "a colour route's shape": "/seed/color/fff/400x300",
    }),
    *targets("V18", OK, {
        "dots": "/seed/../400x300",
        "NUL": "/seed/%00/400x300",
        "a line feed": "/seed/kestrel%0Ab/400x300",
        "8 kB": "/seed/" + "s" * 8000 + "/400x300",
        "8 kB in a style": "/seed/" + "s" * 8000 + "/40x30?style=constellation",
        "8 kB of initials": "/seed/" + "A." * 4000 + "/40x30?style=initials",
        "another alphabet's initials": "/seed/" + q("ß ǆ ﬁ İ") + "/40x30?style=initials",
    }),
    *targets("V18 more", TOO_LONG, {"than a URL holds": "/seed/" + "s" * 9000 + "/400x300"}),
    *methods("V19", OK, "/400x300", "HEAD"),
    *methods("V19", NOT_FOUND, "/400X300", "HEAD"),
    *methods("V19", 204, "/400x300", "OPTIONS"),
    *methods("V19", WRONG, "/400x300", "POST", "PUT", "DELETE", "PATCH", "TRACE"),
    *methods("V19", WRONG, "/seed/x/40x30.png", "POST", "PROPFIND", "LOCK"),
    *methods("V19", WRONG, "/og", "POST", "PUT"),
    *heads("V19", 204, "/400x300", {
        "a preflight": {"Origin": "null", "Access-Control-Request-Method": "DELETE"},
        "a preflight with 8 kB of headers": {"Origin": "null", "Access-Control-Request-Headers": "x-kestrel," * 700},
    }, method="OPTIONS"),
    *heads("V19 an override of", OK, "/400x300", {"GET": {"X-HTTP-Method-Override": "DELETE"}}),
    *heads("V19 an override of", WRONG, "/400x300", {"POST": {"X-HTTP-Method-Override": "GET"}}, method="POST"),
    *targets("V19 an override", OK, {"in the query": "/400x300?_method=DELETE"}),
    *heads("V20", NOT_MODIFIED, "/400x300", {"star": {"If-None-Match": "*"}}),
    *heads("V20", OK, "/400x300", {
        "a weak other": {"If-None-Match": 'W/"kestrel"'},
        "900 tags": {"If-None-Match": SHORT_TAGS},
        "10,000 tags": {"If-None-Match": TAGS},
        "a garbage tag": {"If-None-Match": '"""\\,W/'},
        "no ASCII": {"If-None-Match": '"\xff\xfe"'},
        "a garbage date": {"If-Modified-Since": "garbage"},
        "a condition that fails": {"If-Match": '"kestrel"'},
    }),
    *heads("V20 in pixels", NOT_MODIFIED, "/40x30.png", {"star": {"If-None-Match": "*"}}),
    *heads("V20 star on", NOT_FOUND, "/400X300", {"a refusal": {"If-None-Match": "*"}}),
    *heads("V21", OK, "/400x300", {
        "5,000 ranges": {"Range": "bytes=" + "0-," * 5000 + "0-"},
        "5,000 digits": {"Range": "bytes=0-" + "9" * 5000},
        "99 one-byte ranges": {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(99))},
        "beyond the end": {"Range": "bytes=999999-"},
    }),
    *heads("V21", OK, "/40x30.png", {"on pixels": {"Range": "bytes=0-0"}}),
    *heads("V23", OK, "/400x300", {
        "AVIF is accepted": {"Accept": "image/avif"},
        "SVG is not accepted": {"Accept": "image/png, */*;q=0"},
        "compression": {"Accept-Encoding": "gzip, br;q=1.0, *;q=0"},
        "JSON for a picture": JSON_WANTED,
        "garbage is accepted": {"Accept": "\xff,;q=,;;q=1e999,application/json;q=nan", "Accept-Encoding": "kestrel;q=inf"},
    }),
    *heads("V23", BAD, "/400x300?bg=zzz", {
        "JSON for a refusal": JSON_WANTED,
        "a weight that is no number": {"Accept": "application/json;q=nan, image/*;q=inf"},
        "30 kB of types": {"Accept": "text/kestrel," * 500 + "application/json"},
    }),
    *targets("V25", OK, {"a buster": "/400x300?cb=1", "a long buster": "/400x300?cb=" + "1" * 8000}),
]

NAMES = [
    *targets("N", NOT_FOUND, {
        "a name that is none": "/kestrel",
        "a name in upper case": "/OG",
        "a name with a dot": "/og.",
        "a name behind a slash": "/og/",
        "a name with a line feed": "/og%0A",
        "a name of a method": "/__class__",
        "a name in another alphabet": "/" + q("оg"),
        "8 kB of name": "/" + "o" * 8000,
        "a name of the prototype": "/constructor",
        "a ratio alone": "/16:9",
        "a ratio without a side": "/16:/100",
        "a ratio of three": "/16:9:1/100",
        "a ratio with a minus": "/-16:9/100",
        "a ratio with a point": "/1.5:1/100",
        "a ratio in other digits": "/%D9%A1%D9%A6:%D9%A9/100",
        "a width with a minus": "/16:9/-100",
        "a superscript for a width": "/16:9/%C2%B2",
        "a ratio with a slash encoded twice": "/16:9%252F100",
        "two ratios": "/16:9/4:3/100",
        "a ratio before a size": "/16:9/400x300",
        "a line feed behind a ratio": "/16:9/100%0A",
    }),
    *targets("N", OK, {
        "a ratio of 4,000 digits": "/" + "9" * 4000 + ":1/100",
        "a ratio of zeros": "/0:0/0",
        "a tall ratio of 4,000 digits": "/1:" + "9" * 4000 + "/2048",
        "a width of 4,000 digits": "/1:1/" + "9" * 4000,
        "a name with hostile text": "/og?text=%22%3E%3Cscript%3Ekestrel",
        "a name with a split answer": "/og?text=%0D%0ASet-Cookie:%20a=kestrel",
        "a seed's name with a split answer": "/seed/%0D%0ASet-Cookie:%20a/og",
        "no UTF-8 before a name": "/seed/%FF%FE/og.webp",
        "8 kB with a name": "/og?text=" + "%C3%A4" * 1300,
    }),
    *targets("N", BAD, {"a name with a bad colour": "/og?bg=kestrel", "a ratio with a bad colour": "/1:1/40.png?fg=%00"}),
]

HOSTS = [
    *targets("C1", BAD, {"a refusal": "/color/zzz/400x300", "a refusal in pixels": "/color/zzz/41x30.png"}),
    *heads("C3", NOT_FOUND, "/4x3/", {"a foreign host": {"Host": "kestrel.example"}}),
    *heads("C3", OK, "/400x300", {
        "a foreign host on a picture": {"Host": "kestrel.example"},
        "a path in the host": {"Host": "kestrel.example/color/fff/"},
        "an empty host": {"Host": ""},
        "a user in the host": {"Host": "a@kestrel.example"},
        "a host of 4,000 bytes": {"Host": "k" * 4000},
        "a host that is no ASCII": {"Host": "k\xe9strel.example"},
        "a host with markup": {"Host": "<script>kestrel"},
    }),
    *heads("C3", BAD, "/400x300", {
        "two hosts": [("Host", "a.example"), ("Host", "kestrel.example")],
        "one host twice": [("Host", "a.example"), ("Host", "a.example")],
    }, code="unknown_host"),
    *heads("C3 two hosts of", BAD, "/nothing", {"nothing": [("Host", "a"), ("Host", "b")]}, code="unknown_host"),
    *heads("C3 two hosts,", BAD, "/4x3", {"HEAD": [("Host", "a"), ("Host", "b")]}, method="HEAD", code="unknown_host"),
    *heads("C3 two hosts,", BAD, "/ai", {"POST": [("Host", "a"), ("Host", "b")]}, method="POST", code="unknown_host"),
    *heads("C3 listed:", BAD, "/400x300", {
        ascii(host)[:24]: {"Host": host, "X-Forwarded-Host": "pics.example"} for host in (
            "kestrel.example", "pics.example.kestrel.example", "kestrel.pics.example", "pics.example@kestrel.example", "",
            "pics.example:80:80", "pics.example:80a", "pics.example/", "pics.example,kestrel.example", "127.0.0.1", "[::1",
            "pics_example", "pics.example\\kestrel", "x" * 4000, "p\xefcs.example", "placehold.co",
        )
    }, place="listed", code="unknown_host"),
    *(row for target in ("/400x300.png", "/", "/nothing/here", "/openapi.json", "/ai/status", "/components/ai-img.js")
      for row in heads("C3 listed,", BAD, target, {target: {"Host": "kestrel.example"}}, place="listed", code="unknown_host")),
    *heads("C3 listed, any method:", BAD, "/ai", {"POST": {"Host": "kestrel"}}, method="POST", place="listed",
        code="unknown_host"),
    *heads("C3 listed:", OK, "/400x300", {
        "its name": {"Host": "PICS.example:8000"}, "its address": {"Host": "[::1]:80"},
    }, place="listed"),
    *heads("C3 listed: health", OK, "/healthz", {"of any host": {"Host": "kestrel.example"}}, place="listed"),
    *heads("C4", OK, "/400x300", {
        "forwarded": {"X-Forwarded-Host": "kestrel", "X-Forwarded-Proto": "kestrel", "Forwarded": "host=kestrel"},
        "another URL": {"X-Original-URL": "/healthz", "X-Rewrite-URL": "/healthz", "X-Accel-Redirect": "/kestrel"},
        "a forwarded prefix": {"X-Forwarded-Prefix": "/kestrel", "X-Script-Name": "/kestrel"},
        "an address that is none": {"X-Forwarded-For": "kestrel, 127.0.0.1"},
    }),
    *heads("C4 a name's", OK, "/og", {"prefix": {"X-Forwarded-Prefix": "/kestrel", "Host": "kestrel.example"}}),
    *targets("C6 a split answer", OK, {
        "by a text": "/400x300?text=%0D%0ASet-Cookie:%20a=b%0D%0A%0D%0A%3Cscript%3E",
        "by a seed": "/seed/%0D%0ASet-Cookie:%20a=b/400x300",
    }),
    *targets("C6 a split answer", BAD, {
        "by a refused icon": "/glyph/400x300?as=%0D%0ASet-Cookie:%20a=b",
        "by a refused wait": "/ai/$queued/status?wait=%0D%0ASet-Cookie:%20a=b",
    }),
    *targets("C6 a split answer", NOT_FOUND, {
        "by a path": "/%0D%0ASet-Cookie:%20a=b",
        "by a component": "/components/ai-img@%0D%0ASet-Cookie:%20a=b.js",
    }),
    *targets("C7 HTML", OK, {"by its ending": "/400x300?text=%3Chtml%3E&x=.html", "by a file's name": "/healthz?x=.html"}),
    *heads("C7 JSON", BAD, "/glyph/400x300?as=%3Chtml%3E", {"is no HTML": JSON_WANTED}),
    *heads("C7 health", OK, "/healthz?x=%3Chtml%3E", {"is no HTML": {"Accept": "text/html"}}),
]

FOREIGN = [
    *(row for host, bad, good in (
        ("via.placeholder.com", {"digits of another alphabet": "/%D9%A3%D9%A0%D9%A0", "dots": "/../../etc/passwd",
                                 "a NUL behind": "/300%00", "markup for a size": "/%3Ckestrel%3E"},
         {"controls": "/300x100?text=%00%01%1B", "no UTF-8": "/300x100?text=%FF%FE%ED%A0%80", "5,000 digits": "/" + "9" * 5000,
          "markup": "/300x100?text=%3C/title%3E%3Cscript%3Ekestrel", "a split answer": "/300?text=%0D%0AX-Evil:%201"}),
        ("placehold.co", {"digits of another alphabet": "/%D9%A3%D9%A0%D9%A0", "dots": "/../../etc/passwd",
                          "a colour that is none": "/300/kestrel", "a colour with markup": "/300/%22%3E%3Ckestrel%3E/fff"},
         {"controls": "/300x100?text=%00%01%7F%C2%85", "no UTF-8": "/300x100?text=%FF%ED%A0%80", "5,000 digits": "/" + "9" * 5000,
          "markup": "/300x100?text=%3C/title%3E%3Cscript%3Ekestrel", "a font that is a path": "/300?font=../../etc/passwd"}),
        ("dummyimage.com", {"dots": "/../../etc/passwd", "NUL": "/%00"},
         {"controls": "/300x100&text=%00%01%7F", "no UTF-8": "/300x100.png?text=%FF%ED%A0%80",
          "markup": "/300x100&text=%3C/title%3E%3Cscript%3Ekestrel", "5,000 digits": "/" + "9" * 5000}),
        ("fakeimg.pl", {"dots": "/../../etc/passwd", "a line feed": "/300%0A/"},
         {"controls": "/300x100/?text=%00%01%7F", "no UTF-8": "/300x100/?text=%FF%ED%A0%80",
          "markup": "/300x100/?text=%3C/title%3E%3Cscript%3Ekestrel", "5,000 digits": "/" + "9" * 5000 + "/"}),
        ("images.placeholders.dev", {"a path": "/etc/passwd", "dots": "/../../etc/passwd"},
         {"controls": "/?width=300&height=100&text=%00%01%7F", "no UTF-8": "/?width=300&text=%FF%ED%A0%80",
          "markup": "/?width=300&text=%3C/title%3E%3Cscript%3Ekestrel",
          "a family that closes an attribute": "/?width=300&fontFamily=%22%3E%3Ckestrel%3E"}),
        ("picsum.photos", {"dots": "/../../etc/passwd", "a line feed": "/seed/x/300%0A",
                           "a slash in a seed": "/seed/a%2Fb/c/d/300"},
         {"no UTF-8": "/seed/%FF%ED%A0%80/200/300", "markup": "/seed/%3Cscript%3Ekestrel/200/300", "NUL": "/seed/%00/200",
          "5,000 digits": "/seed/x/" + "9" * 5000}),
    ) for status, named in ((NOT_FOUND, bad), (OK, good))
      for row in targets(f"F {host}", status, named, headers=(("Host", host),))),
    *targets("F images.placeholders.dev", BAD, {
        "a height in other digits": "/?height=%D9%A3%D9%A0%D9%A0",
        "a width of 5,000 digits and a letter": "/?width=" + "9" * 5000 + "k",
    }, headers=(("Host", "images.placeholders.dev"),)),
    *targets("F placehold.co", BAD, {
        "33 parameters": "/300?" + "a=1&" * 33,
    }, headers=(("Host", "placehold.co"),)),
    *targets("F placehold.co", TOO_LONG, {"9 kB": "/300?text=" + "x" * 9000}, headers=(("Host", "placehold.co"),)),
    *methods("F placehold.co", NOT_FOUND, "/300/orange/white", "POST", "TRACE", headers=(("Host", "placehold.co"),)),
    *heads("F two of", BAD, "/300", {"their hosts": [("Host", "placehold.co"), ("Host", "dummyimage.com")]}, code="unknown_host"),
    *targets("F of a list", NOT_FOUND, {
        "nobody's": "/kestrel/kestrel", "dots": "/../../etc/passwd", "an encoded slash": "/300%2Forange", "NUL": "/300%00",
    }, place="listed", headers=(("Host", "pics.example"),)),
    *targets("F of a list", OK, {
        "markup": "/300/orange/white?text=%3C/title%3E%3Ckestrel%3E", "5,000 digits": "/" + "9" * 5000,
    }, place="listed", headers=(("Host", "pics.example"),)),
]

PAGES = [
    *targets("S", NOT_FOUND, {
        "the gallery with a line feed": "/gallery%0A",
        "the gallery's folder": "/gallery/",
        "the documents with a line feed": "/docs%0A",
        "the document with a line feed": "/openapi.json%0A",
        "the document in another case": "/OpenAPI.json",
        "the sizes with a line feed": "/sizes.json%0A",
        "health with a line feed": "/healthz%0A",
        "health's folder": "/healthz/",
        "a page's source": "/page.html",
        "a page's neighbour": "/..%2fpages.py",
        "a component's neighbour": "/components/../../pyproject.toml",
        "a component's neighbour, encoded": "/components/%2e%2e%2f%2e%2e%2fpyproject.toml",
        "a component of a kestrel": "/components/ai-img@kestrel.js",
        "a component of 8 kB": "/components/ai-img@" + "9" * 8000 + ".js",
        "a component with a line feed": "/components/ai-img.js%0A",
        "a component of markup": "/components/ai-img@%3Ckestrel%3E.js",
        "a component's source": "/components/ai-img.min.js.map",
        "llms.txt with NUL": "/llms.txt%00",
        "an environment": "/.env",
        "a repository": "/.git/config",
        "a database": "/data/placeholder.db",
        "metrics that are none": "/admin",
    }),
    *targets("S", OK, {
        "the front page with markup": "/?text=%3Cscript%3Ekestrel",
        "the front page with 1,000 parameters": "/?" + "&".join(["kestrel=1"] * 1000),
        "the gallery with markup": "/gallery?seed=%3Cscript%3Ekestrel",
        "the documents with markup": "/docs?url=//kestrel.example/openapi.json",
        "the document with another server": "/openapi.json?server=//kestrel.example",
        "llms.txt with markup": "/llms.txt?%3Cscript%3Ekestrel",
        "the sizes with a callback": "/sizes.json?callback=kestrel",
        "the page's facts with a callback": "/page.json?callback=kestrel",
        "health with a callback": "/healthz?callback=kestrel",
        "a component with 8 kB": "/components/ai-img.js?" + "kestrel" * 1100,
    }),
    *heads("S the document", OK, "/openapi.json", {
        "of another host": {"Host": "kestrel.example", "X-Forwarded-Host": "kestrel.example", "X-Forwarded-Prefix": "/kestrel"},
    }),
    *heads("S the documents", OK, "/docs", {"of another host": {"Host": "kestrel.example", "Accept-Language": "kestrel"}}),
    *heads("S the front page", OK, "/", {"of another host": {"Host": "kestrel.example", "Referer": "//kestrel"}}),
    *heads("S the page's facts", OK, "/page.json", {"to another origin": {"Origin": "https://kestrel.example"}}),
    *heads("S a component", OK, "/components/ai-img.js", {
        "in no coding": {"Accept-Encoding": "kestrel;q=1, gzip;q=0"},
        "in a garbage coding": {"Accept-Encoding": "gzip;q=\xff,;;,*;q=nan"},
        "in ranges": {"Range": "bytes=0-0,1-1"},
    }),
    *heads("S the gallery", NOT_MODIFIED, "/gallery", {"with a star": {"If-None-Match": "*"}}),
    *(row for path in ("/", "/gallery", "/docs", "/openapi.json", "/sizes.json", "/healthz", "/components/ai-img.js",
        "/page.json")
      for row in methods("S", WRONG, path, "POST", "DELETE")),
]

IMAGES = [
    *targets("M7 status of", NOT_FOUND, {
        ascii(name)[:26] + f" of {len(name)}": f"/ai/{name}/status" for name in (
            "A" * 16, "a" * 15 + "A", "a" * 15, "a" * 17, "a" * 8000, "a", "0" * 16, "1" * 16, "8" * 16, "9" * 16, "a" * 15 + "-",
            "a" * 15 + "%0A", "a" * 16 + "%0A", "%0A" + "a" * 16, "a" * 16 + "%00", "%00" * 16, "a" * 15 + "%20",
            "a" * 16 + "%20",
            "..", "%2e%2e", "..%5c..%5cetc%5cpasswd", "%2e%2e%5c", "~", "*", "'%20OR%201=1--", "%C3%A9" * 8, "%EF%BD%81" * 16,
            "%FF" * 16, "{id}", "null", "undefined", "400x300", "a" * 16 + ".png", "a" * 16 + ";x", "%D9%A1" * 16, NOBODY,
        )
    }),
    *targets("M7 no status at", NOT_FOUND, {
        target: target for target in (
            "/ai/../../etc/passwd/status", "/ai/%2e%2e%2f%2e%2e%2fetc%2fpasswd/status", "/ai/a/b/status", "/ai//status/",
            f"/ai/{NOBODY}/status/", f"/ai/{NOBODY}/Status", f"/ai/{NOBODY}", f"//ai/{NOBODY}/status", f"/AI/{NOBODY}/status",
            f"/ai/{NOBODY}/status%0A", "/ai/$queued/status%00",
        )
    }),
    *targets("M7 waiting for", NOT_FOUND, {"nobody": f"/ai/{NOBODY}/status?wait=25",
        "a line feed": f"/ai/{NOBODY}%0A/status?wait=25"}),
    *targets("M7 a deleted one's", GONE, {
        "status": "/ai/$purged/status?wait=25", "picture": "/ai/64x48/$purged.png",
        "live picture": "/ai/64x48/$purged.webp?live=1",
    }),
    *targets("T20 waiting", BAD, {
        ascii(asked)[:16] + f" of {len(asked)}": f"/ai/$running/status?wait={asked}" for asked in (
            "", "-1", "+1", "%2B1", "a", "1s", "1e3", "nan", "NaN", "inf", "Infinity", "0x5", "1_0", "1,5", ".5", "5.", "1.2.3",
            "%D9%A1", "%EF%BC%91", "%C2%B2", "1%0A", "%0A1", "%201", "1%20", "+1+", "1%00", "9" * 7, "9" * 5000, "0." + "0" * 7,
            "true", "null", "%ED%A0%80",
        )
    }, param="wait"),
    *targets("T20 knowing", BAD, {
        ascii(known)[:16] + f" of {len(known)}": f"/ai/$running/status?wait=5&while={known}" for known in (
            "", "Pending", "queued", "pending,ready", "pending%00", "kestrel" * 700, "%ED%A0%80",
        )
    }, param="while"),
    *targets("T20 many:", BAD, {
        name: f"/ai/status?ids={ids}" for name, ids in {
            "none": "", "a comma": ",", "an empty one": f"{NOBODY},", "51 of them": ",".join([NOBODY] * 51),
            "a path": "../etc/passwd",
            "upper case": "A" * 16, "a line feed": f"{NOBODY}%0A", "NUL": "%00", "a semicolon": f"{NOBODY};{NOBODY}",
            "8 kB": "a" * 8000, "blanks": f"{NOBODY},%20{NOBODY}", "a list": f"[{NOBODY}]", "markup": "%3Ckestrel%3E",
            "other letters": "%EF%BD%81" * 16, "SQL": "%27%20OR%201=1--",
        }.items()
    }, param="ids"),
    *targets("T20 many without", BAD, {"ids": "/ai/status", "ids, in another case": f"/ai/status?IDS={NOBODY}"}, param="ids"),
    *targets("T20 many with", BAD, {"1,000 parameters": f"/ai/status?ids={NOBODY}&" + "a=1&" * 1000}, param="query"),
    *targets("T20 many,", OK, {
        "all nobody's": "/ai/status?ids=" + ",".join([NOBODY] * 50),
        "one deleted": "/ai/status?ids=$purged,$failed",
        "nobody waited for": f"/ai/status?ids={NOBODY},$running&wait=25",
    }),
    *targets("T20 a status", BAD, {"with 1,000 parameters": "/ai/$ready/status?" + "a=1&" * 1000}, param="query"),
    *heads("T20 a status", OK, "/ai/$ready/status", {"under a condition": {"If-None-Match": "*"}}),
    *methods("T20", WRONG, "/ai/$ready/status", "POST", "PUT", "DELETE", "PATCH", "QUERY"),
    *methods("T20", WRONG, "/ai/status", "POST", "DELETE"),
    *targets("C2 another size:", NOT_FOUND, {
        f"{phase} {size}": f"/ai/{size}/${phase}.png" for phase in ("running", "ready") for size in (
            "63x48", "64x47", "48x64", "1x1", "2048x2048", "9999x48", "0x0",
        )
    }),
    *targets("M7 no picture at", NOT_FOUND, {
        target[:40]: target for target in (
            f"/ai/64x48/{NOBODY}", f"/ai/64x48/{NOBODY}@2x.png", "/ai/64x48/...png", "/ai/64x48/%2e%2e%5c.png",
            f"/ai/64X48/{NOBODY}.png",
            f"/ai/64/{NOBODY}.png", f"/ai/x48/{NOBODY}.png", f"/ai/64x48x/{NOBODY}.png", f"/ai/-64x48/{NOBODY}.png",
            f"/ai/%D9%A4x%D9%A3/{NOBODY}.png", f"/ai/64x48/{NOBODY}.png/", "/ai/64x48/../../../etc/passwd.png",
            "/ai/64x48/%2e%2e%2f%2e%2e%2fetc%2fpasswd.png", "/ai/64x48/", "/ai/64x48", "/ai/", f"/ai/{'9' * 5000}x1/{NOBODY}.png",
            f"/ai/64x48/{'a' * 5000}.png", "/ai/64x48/$ready.png%0A", "/ai/64x48%0A/$ready.png", "/ai/64x48/$ready.png.webp",
            "/ai/64x48/$ready.PNG", "/ai/64x48/$ready.svg", "/ai/64x48/$ready.php", "/ai/64x48/$ready", "/ai/64x48/$ready%00.png",
            "/ai/og/$ready.png", "/ai/4:3/64/$ready.png", "/ai/64x48@2x/$ready.png",
        )
    }),
    *targets("V24 a width of", BAD, {
        f"{phase} {ascii(width)[:12]} of {len(width)}": f"/ai/64x48/${phase}.png?width={width}"
        for phase in ("running", "ready") for width in (
            "0", "1", "17", "65", "2048", "4096", "-16", "+16", "016", "16.0", "16px", "1e2", "", "%2016", "16%0A",
            "%D9%A1%D9%A6",
            "%C2%B2", "9" * 5000, "NaN", "16,32", "0x10", "%ED%A0%80",
        )
    }, param="width"),
    *targets("V24 live,", OK, {
        "to nobody's image": "/ai/64x48/$running.png?live=1", "when it is over": "/ai/64x48/$failed.png?live=1",
        "in another word": "/ai/64x48/$ready.png?live=%00", "twice": "/ai/64x48/$ready.png?live=1&live=kestrel",
    }),
    *heads("V24 live,", OK, "/ai/64x48/$ready.png?live=1", {
        "to an image, when it is over": {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"},
    }),
    *heads("V24 live, to HEAD", OK, "/ai/64x48/$running.png?live=1", {
        "of an image": {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"},
    }, method="HEAD"),
    *heads("V20 a passing picture", OK, "/ai/64x48/$running.png", {
        "with a star": {"If-None-Match": "*"}, "in parts": {"Range": "bytes=0-0"},
    }),
    *heads("V20 a finished picture", NOT_MODIFIED, "/ai/64x48/$ready.png", {
        "with a star": {"If-None-Match": "*"}, "with a star and a part": {"If-None-Match": "*", "Range": "bytes=0-0"},
    }),
    *heads("V21 a part:", 206, "/ai/64x48/$ready.png", {
        "one byte": {"Range": "bytes=0-0"}, "the last": {"Range": "bytes=-1"},
        "more than all": {"Range": "bytes=-999999999999999999"},
        "to far behind": {"Range": "bytes=1-999999999999999999"},
    }),
    *heads("V21 no part:", 416, "/ai/64x48/$ready.png", {
        "behind the end": {"Range": "bytes=999999-"}, "nothing": {"Range": "bytes=-0"},
        "far behind": {"Range": "bytes=" + "9" * 18 + "-"},
    }),
    *heads("V21 the whole:", OK, "/ai/64x48/$ready.png", {
        ascii(value)[:20] + f" of {len(value)}": {"Range": value} for value in (
            "bytes=0-" + "9" * 19, "bytes=" + "9" * 5000 + "-", "bytes=" + "0-," * 5000 + "0-", "bytes=5-4", "bytes=\xb2-3",
            "bytes=\xff-",
            "kestrel=0-1", "bytes=--1", "bytes=0-0,2-2", "",
        )
    }),
    *heads("V21 the whole", OK, "/ai/64x48/$ready.png", {
        "by another tag": {"Range": "bytes=0-0", "If-Range": '"kestrel"'},
        "by a garbage tag": {"Range": "bytes=0-0", "If-Range": "\xff" * 3000},
    }),
    *methods("V19", WRONG, "/ai/64x48/$ready.png", "POST", "PUT", "DELETE"),
]

STRANGERS = [
    *heads("M4", NO_KEY, "/ai", {
        name: [("Content-Type", "application/json"), *(("Authorization", value) for value in values)] for name, values in {
            "no header": [], "empty": [""], "the scheme alone": ["Bearer"], "no scheme": ["$key"],
            "another scheme": ["Token $key"],
            "Basic": ["Basic dXNlcjpwYXNz"], "a comma": ["Bearer, $key"], "two credentials in one": ["Bearer $key, Bearer $key"],
            "twice the same": ["Bearer $key", "Bearer $key"], "a good one and junk": ["Bearer $key", "Bearer junk"],
            "junk and a good one": ["Basic x", "Bearer $key"], "more than the key": ["Bearer $keyx"],
            "in quotes": ['Bearer "$key"'],
            "a tab for the space": ["Bearer\t$key"], "a key of ours that nobody has": ["Bearer $nobodys"],
            "a mistyped key of ours": ["Bearer plh_live_" + "0" * 38], "10 kB": ["Bearer " + "a" * 10_000],
            "10 kB of blanks": ["Bearer" + " " * 10_000 + "$key"], "not ASCII": ["Bearer \xff\xfe"],
            "the key and not ASCII": ["Bearer $key\xe9"], "SQL": ["Bearer ' OR 1=1 --"], "the secret": ["Bearer $secret"],
            "null": ["Bearer null"], "the documentation's": ["Bearer YOUR_API_KEY"], "one that has expired": ["Bearer $expired"],
            "one that was revoked": ["Bearer $revoked"], "a signing secret": ["Bearer $signing"],
            "a webhook's secret": ["Bearer $hooks"],
        }.items()
    }, method="POST", body=GOOD),
    *heads("M4", NO_KEY, "/ai", {
        "NUL": {"Authorization": "Bearer $key\x00"}, "a line feed": {"Authorization": "Bearer $key\n"},
    }, method="POST", body=GOOD, parsed=400),
    *(row for name, body in {"half a body": b"{", "9 kB": b"x" * 9000, "70 kB": b"x" * 70_000}.items()
      for row in heads("M4 nobody with", NO_KEY, "/ai", {name: {}}, method="POST", body=body)),
    *(Row(id=f"M4 a key {name}", status=NO_KEY, code="invalid_api_key", method="POST", target=target, headers=headers, body=GOOD)
      for name, target, headers in (
        ("in the query", "/ai?key=$key&api_key=$key&access_token=$key", (("Content-Type", "application/json"),)),
        ("in a cookie", "/ai", (("Cookie", "key=$key; Authorization=Bearer $key"), ("Content-Type", "application/json"))),
        ("in other headers", "/ai", (("X-Api-Key", "$key"), ("Proxy-Authorization", "Bearer $key"))),
    )),
    *bodies("M4 a key", BAD, {"in the body": ask(api_key="$key")}, param="body"),
    *heads("M4 a key", 403, "/ai", {"for something else": {"Authorization": "Bearer $scopeless",
        "Content-Type": "application/json"}},
           method="POST", body=GOOD, code="insufficient_scope"),
    # C5, C8: keys and tokens that stand in pages
    *heads("C5 a publishable key", 403, "/ai", {
        name: [("Authorization", "Bearer $public"), ("Content-Type", "application/json"), *headers] for name, headers in {
            "without an origin": [], "of another origin": [("Origin", "https://kestrel.example")], "of null": [("Origin",
            "null")],
            "of nothing": [("Origin", "")], "with a slash": [("Origin", "https://shop.example/")], "without TLS": [("Origin",
            "http://shop.example")],
            "at another port": [("Origin", "https://shop.example:8443")], "of a subdomain": [("Origin",
            "https://www.shop.example")],
            "of a longer name": [("Origin", "https://shop.example.kestrel.example")], "by its referer": [("Referer",
            "https://shop.example/")],
            "by what the browser says": [("Sec-Fetch-Site", "same-origin")], "twice": [("Origin", "https://shop.example")] * 2,
            "of two": [("Origin", "https://kestrel.example"), ("Origin", "https://shop.example")],
            "by forwarding": [("X-Forwarded-Host", "shop.example"), ("X-Origin", "https://shop.example")],
            "with a user": [("Origin", "https://shop.example@kestrel.example")], "of 9 kB": [("Origin", "https://" + "k" * 9000)],
            "not ASCII": [("Origin", "https://sh\xf6p.example")],
        }.items()
    }, method="POST", body=GOOD, code="origin_not_allowed"),
    *(Row(id=f"C5 a publishable key for {name}", status=403, code="key_limit", param=param, method="POST", target="/ai",
    body=body,
          headers=(("Authorization", "Bearer $public"), ("Content-Type", "application/json"), ("Origin", "https://shop.example")))
      for name, param, body in (("more pixels", "w", ask(w=2000)), ("10**300 pixels", "h", ask(h=10**300)), ("another model",
      "model", ask(model="flux-dev")))),
    *heads("C5 a secret key in a page", 403, "/ai", {
        "of any origin": {"Origin": "https://kestrel.example", "Authorization": "Bearer $key", "Host": "pics.example"},
        "of its own": {"Origin": "http://pics.example", "Authorization": "Bearer $key", "Host": "pics.example"},
        "by what the browser says": {"Sec-Fetch-Site": "none", "Authorization": "Bearer $key", "Host": "pics.example"},
    }, method="POST", body=GOOD, place="listed", code="secret_key_in_browser"),
    *heads("C5 a preflight", 204, "/ai", {
        "of nobody": {}, "of null": {"Origin": "null"}, "of garbage": {"Origin": "kestrel\xff"}, "of two": [("Origin",
        "https://a"), ("Origin", "https://kestrel")],
        "of markup": {"Origin": "https://<kestrel>"}, "of 9 kB": {"Origin": "https://" + "k" * 9000},
        "for credentials": {"Origin": "https://a.example", "Access-Control-Request-Headers": "cookie, kestrel"},
    }, method="OPTIONS"),
    *(Row(id=f"C8 a token {name}", status=NO_KEY, code=code, method="POST", target="/ai", body=body,
          headers=(("Authorization", f"Bearer {token}"), ("Content-Type", "application/json"), *headers))
      for name, code, token, body, headers in (
        ("for another prompt", "invalid_token", "$permit", ask(prompt="another"), ()),
        ("for another size", "invalid_token", "$permit", ask(w=65), ()),
        ("for another seed", "invalid_token", "$permit", ask(seed=1), ()),
        ("for another model", "invalid_token", "$permit", ask(model="flux-schnell"), ()),
        ("for no text", "invalid_token", "$permit", ask(prompt=["a"]), ()),
        ("for a surrogate", "invalid_token", "$permit", ask(prompt="\ud800"), ()),
        ("for a line feed as a model", "invalid_token", "$permit", ask(model="\n"), ()),
        ("for 4,300 digits", "invalid_token", "$permit", GOOD.replace(b"64", b"9" * 4300), ()),
        ("of another origin", "invalid_token", "$shops", GOOD, (("Origin", "https://kestrel.example"),)),
        ("of two origins", "invalid_token", "$shops", GOOD, (("Origin", "https://shop.example"),) * 2),
        ("without its origin", "invalid_token", "$shops", GOOD, ()),
        ("of nobody's key", "invalid_token", "st_" + "0" * 12 + ".1900000000." + "A" * 43, GOOD, ()),
        ("that ends too late", "invalid_token", "st_" + "0" * 12 + ".999999999999." + "A" * 43, GOOD, ()),
        ("that never ends", "invalid_token", "st_" + "0" * 12 + "." + "9" * 100 + "." + "A" * 43, GOOD, ()),
        ("cut short", "invalid_token", "st_0123456789ab.1900000000.AAAA", GOOD, ()),
        ("of nothing", "invalid_token", "st_", GOOD, ()),
        ("with dots", "invalid_token", "st_" + "." * 100, GOOD, ()),
        ("in upper case", "invalid_api_key", "ST_" + "0" * 12 + ".1900000000." + "A" * 43, GOOD, ()),
        ("that has ended", "token_expired", "$stale", ask(prompt=f"{CANARY} of old"), ()),
    )),
]

ASKS = [
    # T7, T8: no JSON object
    *bodies("T8", BAD, {
        "nothing": b"", "blanks": b"  \n", "NUL": b"\x00", "half": GOOD[:-1], "twice": GOOD + GOOD,
        "something behind": GOOD + b"x",
        "a comma too many": GOOD[:-1] + b",}", "single quotes": GOOD.replace(b'"', b"'"), "no quotes": b"{prompt: 1, w: 1, h: 1}",
        "a comment": GOOD[:-1] + b"/* x */}", "a form": b"prompt=a+kestrel&w=512&h=512", "XML": b"<prompt>a kestrel</prompt>",
        "a list": b"[" + GOOD + b"]", "an empty list": b"[]", "text": b'"prompt"', "a number": b"5", "true": b"true",
        "null": b"null",
        "NaN": GOOD.replace(b"64", b"NaN"), "Infinity": GOOD.replace(b"64", b"Infinity"), "-Infinity": GOOD.replace(b"64",
        b"-Infinity"),
        "NaN alone": b"NaN", "leading zeros": GOOD.replace(b"64", b"064"), "a plus": GOOD.replace(b"64", b"+64"),
        "hexadecimal": GOOD.replace(b"64", b"0x40"), "5,000 digits": GOOD.replace(b"64", b"5" * 5000),
        "5,000 digits alone": b"9" * 5000,
        "a byte order mark": b"\xef\xbb\xbf" + GOOD, "UTF-16": GOOD.decode().encode("utf-16"),
        "UTF-16 without a mark": GOOD.decode().encode("utf-16-le"), "UTF-32": GOOD.decode().encode("utf-32"),
        "no UTF-8": GOOD.replace(b"kestrel", b"f\xff\xfex"), "an overlong slash": GOOD.replace(b"kestrel", b"\xc0\xaf"),
        "a surrogate in UTF-8": GOOD.replace(b"kestrel", b"\xed\xa0\x80"), "half a character": GOOD[:-2] + b"\xc3",
        "a line feed in text": GOOD.replace(b"kestrel", b"f\nx"), "half an escape": GOOD.replace(b"kestrel", b"\\u12"),
        "another escape": GOOD.replace(b"kestrel", b"\\x41"), "a name twice": GOOD[:-1] + b', "w": 64}',
        "a name twice, escaped": GOOD[:-1] + b', "\\u0077": 1}',
        "a name twice within": GOOD[:-1] + b', "seed": {"a": 1, "a": 2}}',
        "compressed": gzip.compress(GOOD),
    }, param="body"),
    *bodies("T7", BAD, {
        "lists 30,000 deep": b"[" * 30_000 + b"]" * 30_000, "lists 60,000 deep without an end": b"[" * 60_000,
        "objects 10,000 deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        "a field 20,000 deep": GOOD[:-1] + b', "seed": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    }, param="body"),
    *bodies("T7", BAD, {"a field 900 deep": GOOD[:-1] + b', "seed": ' + b"[" * 900 + b"]" * 900 + b"}"}, param="seed"),
    # A: a field that is not what it has to be
    *bodies("A", BAD, {"no prompt": b'{"w": 1, "h": 1}', **{
        f"prompt {value!a}"[:40]: ask(prompt=value) for value in (
            None, "", " ", "\n\t \u2003", 5, 5.5, True, [], ["a"], {}, {"a": "b"}, "a\x00b", "a\x1bb", "\ud800", "\u0085\u2028",
            "a\x9fb",
            "\udc00\ud800",
        )
    }, "a prompt one too long": ask(prompt="k" * (MAX_PROMPT + 1)), "a prompt far too long": ask(prompt="k" * 60_000),
       "a prompt that grows": ask(prompt="\u1e9b\u0323" + "\ufb2c" * 3999)}, param="prompt"),
    *(row for side in ("w", "h") for row in bodies("A", BAD, {f"no {side}": without(side), **{
        f"{side} {value!a}"[:40]: ask(**{side: value}) for value in (
            None, 0, -1, -(10**30), True, False, 512.0, 512.5, float("inf"), "512", "", "512px", [512], {"a": 1}, -float("inf"),
            1e3,
        )
    }}, param=side)),
    *bodies("T9", BAD, {
        f"seed {value!a}"[:40]: ask(seed=value) for value in (
            -1, MAX_SEED + 1, 2**63, 10**30, 10**4000, 1.0, 4.2, "42", "", True, False, [42], {}, float("inf"),
        )
    }, param="seed"),
    *bodies("A", BAD, {
        f"model {value!a}"[:40]: ask(model=value) for value in (
            "", " ", CANARY, "FLUX-SCHNELL", "flux-schnell ", "../flux-schnell", 5, True, ["flux-schnell"], {}, "\ud800",
            "k" * 9000,
        )
    }, param="model"),
    *bodies("M5", BAD, {
        f"a field {name!r}": ask(**{name: value}) for name, value in (
            ("", 1), ("Prompt", CANARY), ("state", "ready"), ("owner", "me"), ("id", "a" * 16), ("__proto__", {}), ("é", 1),
            (CANARY, 1),
            ("key_id", "operator"), ("cost", 0), ("webhook", "http://kestrel.example"),
        )
    }, param="body"),
    # types and lengths
    *heads("T8 a body called", NOT_JSON, "/ai", {
        ascii(kind)[:36]: {"Authorization": "Bearer $key", "Content-Type": kind} for kind in (
            "", "text/plain", "text/json", "application/jsonp", "application/problem+json", "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=kestrel", "application/json, text/plain", "x" * 5000, "application/json\xff",
        )
    }, method="POST", body=GOOD),
    *heads("T8 a body", NOT_JSON, "/ai", {"without a type": {"Authorization": "Bearer $key"}, **{
        f"in {coding}": {"Authorization": "Bearer $key", "Content-Type": "application/json",
        "Content-Encoding": coding} for coding in (
            "gzip", "br, identity", "GZIP", "kestrel",
        )
    }}, method="POST", body=gzip.compress(GOOD)),
    *bodies("T5", TOO_LARGE, {
        "one byte more": GOOD + b" " * (65_537 - len(GOOD)), "300 kB": GOOD + b" " * 300_000, "2 MB of no JSON": b"[" * 2_000_000,
    }),
    *bodies("T10", BAD, {"NUL in a prompt": GOOD.replace(b"kestrel", b"kestrel\\u0000")}, param="prompt"),
    *bodies("A", 422, {"a blocked prompt": ask(prompt="kestrel jailbait"),
        "a blocked prompt, spaced": ask(prompt="kestrel j a i l b a i t")}),
    *bodies("A", 422, {"a blocked prompt for JSON": ask(prompt="kestrel jailbait")}, headers=JSON_WANTED),
    *methods("V19", WRONG, "/ai?prompt=kestrel", "GET", "HEAD", "PUT", "PATCH", "DELETE", "QUERY"),
    *bodies("V19 a method", WRONG, {"that is overridden": GOOD}, target="/400x300", headers={"X-HTTP-Method-Override": "GET"}),
]

WEBHOOKS = [
    *(row for age in (86_400, 3600, 310, -310, -3600, -86_400)
      for row in bodies(f"W2 {age} s old", NO_KEY, {"and signed": said()}, target="$hook", signed=True, age=age,
      code="bad_signature")),
    *heads("W1", NO_KEY, "$hook", {f"signature {ascii(value)[:12]} of {len(value)}": {"Webhook-Signature": value} for value in (
        "", "garbage", "v1", "v1,", ",", "v1,@@@", "v1,a,b", "v1,é", "v1,AAAA", "v1a,AAAA", "v1,\xff\xfe", "v1," + "eHh4" * 8,
        "v1," + "A" * 9000, " ".join(["v1,AAAA"] * 1100), " ".join(["v1,AAAA"] * 8) + " v1,$mac",
    )}, method="POST", body=said(), signed=True, code="bad_signature"),
    *heads("W1", NO_KEY, "$hook", {"signature NUL": {"Webhook-Signature": "\x00"}}, method="POST", body=said(), signed=True,
           code="bad_signature", parsed=400),
    *heads("W3", NO_KEY, "$hook", {f"time {ascii(value)[:12]} of {len(value)}": {"Webhook-Timestamp": value} for value in (
        "", "abc", "nan", "inf", "-1", "0", "1e9", "0x10", "1_0", "²", "9" * 13, "9" * 5000, "5.0", "+5",
    )}, method="POST", body=said(), signed=True, code="bad_signature"),
    *heads("W4", NO_KEY, "$hook", {f"version {version!r}": {"Webhook-Signature": f"{version},$mac"} for version in (
        "v2", "v1a", "V1", "v", "", "v11",
    )}, method="POST", body=said(), signed=True, code="bad_signature"),
    *heads("W5", NO_KEY, "$hook", {
        **{f"id {ascii(value)[:12]} of {len(value)}": {"Webhook-Id": value} for value in ("", "another", "é", "a b", "x" * 5000)},
        "twice the id": [("Webhook-Id", "+$id")], "twice the time": [("Webhook-Timestamp", "+$now")],
    }, method="POST", body=said(), signed=True, code="bad_signature"),
    *heads("W5", NO_KEY, "$hook", {
        "without signing": {}, "a key in its place": {"Authorization": "Bearer $key"},
        "names of another library": {"Svix-Id": "a", "Svix-Timestamp": "1", "Svix-Signature": "v1,AAAA"},
    }, method="POST", body=said(), code="bad_signature"),
    *bodies("W6", BAD, {
        "nothing": b"", "no JSON": b"succeeded kestrel", "half of it": said()[:-5], "a list": b"[" + said() + b"]",
        "null": b"null",
        "text": b'"succeeded"', "NaN": said().replace(b"null", b"NaN"), "a name twice": said()[:-1] + b', "id": "p2"}',
        "100,000 deep": b"[" * 100_000, "5,000 digits": b'{"id": ' + b"9" * 5000 + b"}", "no UTF-8": b'{"id": "\xff"}',
        "UTF-16": "{}".encode("utf-16"),
        "a byte order mark": b"\xef\xbb\xbf{}",
    }, target="$hook", headers={"Content-Type": "application/json"}, signed=True, param="body"),
    *(row for name, headers in {
        "plain text": {"Content-Type": "text/plain"}, "no type": {},
        "a form": {"Content-Type": "application/x-www-form-urlencoded"},
        "gzip": {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    }.items() for row in bodies("W6", NOT_JSON, {name: said()}, target="$hook", headers=headers, signed=True)),
    *bodies("W6", TOO_LARGE, {"300 kB": said(logs="x" * 300_000), "a byte too much": said() + b" " * (262_145 - len(said()))},
            target="$hook", headers={"Content-Type": "application/json"}, signed=True),
    *bodies("W7 no prediction:", OK, {ascii(body)[2:50]: body for body in (
        b"{}", b'{"id": "p-1"}', b'{"id": null, "status": "succeeded"}', b'{"id": 5, "status": "succeeded"}',
        b'{"id": "P1", "status": "succeeded"}', b'{"id": "../p1", "status": "succeeded"}',
        b'{"id": "p1\\n", "status": "succeeded"}',
        b'{"id": "", "status": "succeeded"}', b'{"id": "p1", "status": "exploded"}', b'{"id": "p1", "status": ["succeeded"]}',
        b'{"id": "p1", "status": null}', b'{"id": ["p1"], "status": "succeeded"}',
        b'{"id": "' + b"p" * 65 + b'", "status": "failed"}',
        b'{"type": "training.completed", "data": {"id": "p1", "status": "succeeded"}}',
        b'{"id": "\\ud800", "status": "succeeded"}',
    )}, target="$hook", headers={"Content-Type": "application/json"}, signed=True, says=b'{"ignored": true}'),
    *(row for name, target in {
        "none": HOOK, "an empty one": HOOK + "?", "half of it": HOOK + "?job=$submitting",
        "no token": HOOK + "?job=$submitting&e=1&a=1",
        "an empty token": HOOK + "?job=$submitting&e=1&a=1&t=", "another token": HOOK + "?job=$submitting&e=1&a=1&t=" + "A" * 24,
        "a longer token": "$hookA", "another life": HOOK + "?job=$submitting&e=2&a=1&t=$t",
        "another attempt": HOOK + "?job=$submitting&e=1&a=2&t=$t",
        "a zero more": HOOK + "?job=$submitting&e=1&a=01&t=$t", "an escaped one": HOOK + "?job=$submitting&e=1&a=%31&t=$t",
        "another job": HOOK + "?job=$running&e=1&a=1&t=$t",
        "a job in upper case": HOOK + "?job=AAAAAAAAAAAAAAAA&e=1&a=1&t=$t",
        "a line feed": HOOK + "?job=$submitting%0A&e=1&a=1&t=$t",
        "a path": HOOK + "?job=../$submitting&e=1&a=1&t=$t", "SQL": HOOK + "?job='%20OR%201=1--&e=1&a=1&t=$t",
        "one more": "$hook&a=1",
        "a separator more": "$hook&", "another order": HOOK + "?t=$t&job=$submitting&e=1&a=1",
        "a thousand": HOOK + "?" + "job=" * 1000,
        "semicolons": HOOK + "?job=$submitting;e=1;a=1;t=$t",
        "5,000 digits": HOOK + "?job=$submitting&e=" + "1" * 5000 + "&a=1&t=$t",
    }.items() for row in bodies("W8 an address:", OK, {name: said()}, target=target, headers={"Content-Type": "application/json"},
                                signed=True, says=b'{"ignored": true}')),
    *bodies("W8 another job's", OK, {"prediction": said(id="p-other")}, target="$runs",
        headers={"Content-Type": "application/json"},
            signed=True, says=b'{"ok": true}'),
    *bodies("W7 a job", OK, {"that nobody has": said()}, target="$nowhere", headers={"Content-Type": "application/json"},
        signed=True,
            says=b'{"ok": true}'),
    *methods("W", WRONG, HOOK, "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"),
    *bodies("W where none are verified", 503, {"signed": said()}, target=HOOK, place="listed", signed=True, code="not_configured",
            headers={"Content-Type": "application/json", "Host": "pics.example"}),
]

MOUNTED = [
    *targets("C mounted", OK, {
        "script": "/pictures/400x300?text=%3Cscript%3Ekestrel",
        "a name with a split answer": "/pictures/og?text=%0D%0ASet-Cookie:%20a",
        "dots as a seed": "/pictures/seed/../400x300", "itself as a seed": "/pictures/seed/pictures/40x30.png",
        "the front page with markup": "/pictures/?%3Cscript%3Ekestrel", "8 kB": "/pictures/40x30?text=" + "x" * 8000,
    }, place="mounted"),
    *targets("C mounted", NOT_FOUND, {
        "itself twice": "/pictures/pictures/400x300", "a slash more": "/pictures//400x300", "a line feed": "/pictures/400x300%0A",
        "dots": "/pictures/../../etc/passwd", "a component of another release": "/pictures/components/ai-img@kestrel.js",
        "nobody's status": f"/pictures/ai/{NOBODY}/status",
    }, place="mounted"),
    *targets("C mounted", BAD, {"a refused colour": "/pictures/color/kestrel/40x30"}, place="mounted"),
    *targets("C mounted", TOO_LONG, {"9 kB": "/pictures/40x30?text=" + "x" * 9000}, place="mounted"),
    *heads("C mounted", OK, "/pictures/og", {"with another prefix": {"X-Forwarded-Prefix": "/kestrel",
        "Host": "kestrel.example"}},
           place="mounted"),
    *methods("C mounted", WRONG, "/pictures/40x30", "POST", "TRACE", place="mounted"),
]

HOST = b"Host: placeholder.test\r\n"
END = b"\r\n"
GET = b"GET /4x3 HTTP/1.1\r\n"
SMUGGLED = b"GET /kestrel HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /ai HTTP/1.1\r\n" + HOST + b"Authorization: Bearer $key\r\nContent-Type: application/json\r\n"

WIRE = [
    *raws("V6", BAD, {
        "a raw byte in the path": b"GET /\xff HTTP/1.1\r\n" + HOST + END,
        "a raw byte in the query": b"GET /400x300?text=\xff HTTP/1.1\r\n" + HOST + END,
        "raw UTF-8 in the path": b"GET /seed/\xc3\xa9/400x300 HTTP/1.1\r\n" + HOST + END,
        "raw UTF-8 in the query": b"GET /400x300?text=\xc3\xa9 HTTP/1.1\r\n" + HOST + END,
        "a raw NUL": b"GET /400x300?text=\x00 HTTP/1.1\r\n" + HOST + END,
        "a raw space": b"GET /400x300?text=a kestrel HTTP/1.1\r\n" + HOST + END,
        "a raw tab": b"GET /400x300?text=a\tb HTTP/1.1\r\n" + HOST + END,
        "a raw delete": b"GET /400x300?text=\x7f HTTP/1.1\r\n" + HOST + END,
    }, refused=True),
    *raws("V22", OK, {
        "HTTP/1.0 without a Host": b"GET /400x300 HTTP/1.0\r\n\r\n",
        "HTTP/1.0 with a Host": b"GET /400x300 HTTP/1.0\r\n" + HOST + END,
        "HTTP/1.0 that would stay": b"GET /400x300 HTTP/1.0\r\nConnection: keep-alive\r\n" + HOST + END,
        "HTTP/1.1 without a Host": b"GET /400x300 HTTP/1.1\r\n\r\n",
        "no version, as in HTTP/0.9": b"GET /400x300\r\n" + HOST + END,
        "another protocol's version": b"GET /400x300 RTSP/1.0\r\n" + HOST + END,
        "the absolute form": b"GET http://kestrel.example/4x3 HTTP/1.1\r\n" + HOST + END,
        "the absolute form with a user": b"GET http://u:p@kestrel.example/4x3 HTTP/1.1\r\n" + HOST + END,
    }),
    *raws("V22", NOT_FOUND, {
        "the absolute form of nothing": b"GET http://kestrel.example/4x3/ HTTP/1.1\r\n" + HOST + END,
    }),
    *raws("V22", BAD, {
        "the authority form": b"GET kestrel.example:80 HTTP/1.1\r\n" + HOST + END,
        "no leading slash": b"GET 400x300 HTTP/1.1\r\n" + HOST + END,
        "the absolute form of a file": b"GET file:///etc/passwd HTTP/1.1\r\n" + HOST + END,
        "CONNECT": b"CONNECT kestrel.example:80 HTTP/1.1\r\n" + HOST + END,
        "an unknown version": b"GET /400x300 HTTP/9.9\r\n" + HOST + END,
        "a version of one digit": b"GET /400x300 HTTP/1\r\n" + HOST + END,
        "a version in small letters": b"GET /400x300 http/1.1\r\n" + HOST + END,
    }, refused=True),
    *raws("C3 on the wire:", BAD, {
        "two hosts": GET + b"Host: a.example\r\nHost: kestrel.example\r\n\r\n",
        "one host twice": GET + b"Host: a.example\r\nhost: a.example\r\n\r\n",
        "two hosts, HEAD": b"HEAD /4x3 HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
    }, code="unknown_host"),
    *raws("V19", BAD, {
        "an unknown method": b"FOO /400x300 HTTP/1.1\r\n" + HOST + END,
        "a bare unknown method": b"FOO\r\n\r\n",
        "a small get": b"get /400x300 HTTP/1.1\r\n" + HOST + END,
        "a method of 9 kB": b"G" * 9000 + b" / HTTP/1.1\r\n" + HOST + END,
    }, refused=True),
    *raws("V14", NOT_FOUND, {"a raw hash in the path": b"GET /color/#fff/400x300 HTTP/1.1\r\n" + HOST + END}),
    *raws("V14", OK, {"a raw fragment": b"GET /400x300#/color/kestrel HTTP/1.1\r\n" + HOST + END}),
    *raws("V1", OK, {
        "raw markup": b"GET /400x300?text=<script>kestrel(1)</script> HTTP/1.1\r\n" + HOST + END,
        "raw quotes": b'GET /400x300?text="><svg/onload=kestrel> HTTP/1.1\r\n' + HOST + END,
    }),
    *raws("T6", BAD, {
        "a negative length": GET + HOST + b"Content-Length: -5\r\n\r\n",
        "a length that is none": GET + HOST + b"Content-Length: kestrel\r\n\r\n",
        "a length in other digits": GET + HOST + b"Content-Length: \xb2\r\n\r\n",
        "a length with a plus": GET + HOST + b"Content-Length: +3\r\n\r\nabc",
        "a length of 30 digits": GET + HOST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
        "two lengths": GET + HOST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "the same length twice": GET + HOST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "a list of lengths": GET + HOST + b"Content-Length: 3, 3\r\n\r\nabc",
        "a length and chunks": GET + HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + SMUGGLED,
        "a coding that is none": GET + HOST + b"Transfer-Encoding: xchunked\r\n\r\n",
        "chunks that are not last": GET + HOST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "a coding with a vertical tab": GET + HOST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        "a bare line feed": b"GET /4x3 HTTP/1.1\nHost: placeholder.test\n\n",
        "a bare line feed in the head": GET + HOST + b"X: a\nY: b\r\n\r\n",
        "a bare carriage return in the head": GET + HOST + b"X: a\rY: b\r\n\r\n",
        "a folded header": GET + HOST + b"X: a\r\n kestrel\r\n\r\n",
        "a space before the colon": GET + HOST + b"X : a\r\n\r\n",
        "a space before a header": b"GET /4x3 HTTP/1.1\r\n Host: placeholder.test\r\n\r\n",
        "a header without a colon": GET + HOST + b"kestrel\r\n\r\n",
        "a header without a name": GET + HOST + b": kestrel\r\n\r\n",
        "NUL in a header's name": GET + HOST + b"X\x00: kestrel\r\n\r\n",
        "NUL in a header": GET + HOST + b"X: kestrel\x00\r\n\r\n",
        "a header's name that is no ASCII": GET + HOST + b"X\xff: kestrel\r\n\r\n",
        "a chunk that is no number": POST + b"Transfer-Encoding: chunked\r\n\r\nkestrel\r\n\r\n",
        "a chunk with a minus": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nkestrel\r\n\r\n",
        "a chunk of 2**64": POST + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\nkestrel",
        "a chunk that is longer than it says": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nkestrel\r\n0\r\n\r\n",
        "a chunk's extension that does not end": POST + b'Transfer-Encoding: chunked\r\n\r\n3;kestrel="\r\nabc\r\n0\r\n\r\n',
        "TLS on a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64,
        "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "NULs": b"\x00" * 64 + b"\r\n\r\n",
        "a proxy's preface": b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + GET + HOST + END,
        "another service's words": b"EHLO kestrel\r\n\r\n",
    }, refused=True),
    *raws("T5", TOO_LARGE, {
        "10 GB announced": POST + b"Content-Length: 10000000000\r\n\r\n" + GOOD,
        "16 digits announced": POST + b"Content-Length: 9999999999999999\r\n\r\n" + GOOD,
        "one byte too much announced": POST + b"Content-Length: 65537\r\n\r\n",
        "too much in chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"10001\r\n" + b" " * 65_537,
        "too much expected": POST + b"Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n",
    }, whole=False),
    *raws("T5", NO_KEY, {
        "nobody's body in chunks": b"POST /ai HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    }),
    *raws("T5", NO_KEY, {
        "nobody's body expected": b"POST /ai HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n",
    }, whole=False),
    *raws("T6", WRONG, {
        "TRACE": b"TRACE /400x300 HTTP/1.1\r\n" + HOST + b"Cookie: kestrel=1\r\n\r\n",
        "QUERY": b"QUERY /400x300 HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n",
        "POST of a body that looks like a request": b"POST /4x3 HTTP/1.1\r\n" + HOST + b"Content-Length: 34\r\n\r\n" + SMUGGLED,
    }),
    *raws("T6", OK, {
        "a body of GET": GET + HOST + b"Content-Length: 7\r\n\r\nkestrel",
        "a body of GET in chunks": GET + HOST + b"Transfer-Encoding: chunked\r\n\r\n7\r\nkestrel\r\n0\r\n\r\n",
        "a body of GET that looks like a request": GET + HOST + b"Content-Length: 34\r\n\r\n" + SMUGGLED,
        "an empty header": GET + HOST + b"X:\r\n\r\n",
        "line ends before the request": b"\r\n\r\n" + GET + HOST + END,
        "an upgrade to WebSocket": GET + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                   b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        "an upgrade to HTTP/2": GET + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                                b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        "an expectation of GET": GET + HOST + b"Expect: 100-continue\r\n\r\n",
        "an unknown expectation": GET + HOST + b"Expect: kestrel\r\n\r\n",
        "a connection that closes and stays": GET + HOST + b"Connection: close, keep-alive\r\n\r\n",
        "hop-by-hop names": GET + HOST + b"Connection: host, x-kestrel\r\n\r\n",
        "trailers": GET + HOST + b"Trailer: Host\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: kestrel.example\r\n\r\n",
        "a chunk's extension": GET + HOST + b"Transfer-Encoding: chunked\r\n\r\n3;kestrel=1\r\nabc\r\n0\r\n\r\n",
    }),
    *raws("V22", NOT_FOUND, {
        "the asterisk form": b"GET * HTTP/1.1\r\n" + HOST + END,
        "the asterisk form of OPTIONS": b"OPTIONS * HTTP/1.1\r\n" + HOST + END,
    }),
]
# fmt: on

ROWS: list[Row] = [*DRAWINGS, *NAMES, *HOSTS, *FOREIGN, *PAGES, *IMAGES, *STRANGERS, *ASKS, *WEBHOOKS, *MOUNTED, *WIRE]
