"""What is fuzzed: each parser of strangers' bytes, as a function of bytes that raises where something is wrong.

A target turns the bytes into what its parser reads, and holds what comes out against what was promised: that a refusal is the
only exception, and that what is accepted can be used. `seeds` are where a fuzzer begins: one input of each kind, and every input
that once found a bug.
"""

import json
import struct
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Callable, Mapping
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from PIL import Image

from placeholder.errors import Refusal
from placeholder.jobs import screening
from placeholder.jobs.ask import read_ask
from placeholder.jobs.model import job_id, job_mac
from placeholder.jobs.screening import Screen
from placeholder.keys import permits, tokens
from placeholder.keys.admission import Rules, visitor
from placeholder.providers.models import DEFAULT, find_model
from placeholder.providers.replicate_words import parse_prediction
from placeholder.providers.webhook import hook_url, read_hook, verify
from placeholder.raster.master import Undecodable, clean
from placeholder.synth.catalogue import MAX_URL, Picture, look_up, svg_bytes
from placeholder.synth.foreign.peers import PEERS
from placeholder.synth.foreign.reading import Reading
from placeholder.values.origin import read_origin
from placeholder.values.size import Size
from placeholder.web import respond
from placeholder.web.accept import prefers_json, takes_gzip
from placeholder.web.auth import Entrance, caller_of, reader_of
from placeholder.web.body import read_object
from placeholder.web.drawings import paint
from placeholder.web.ranges import part_of

KEY = b"k" * 32
SECRET = "whsec_" + "a2tr" * 8
NOW = 1_800_000_000
SCREEN = Screen.parse(files(screening).joinpath("rules.json").read_text("utf-8"))


class Target(NamedTuple):
    """`run` raises where there is a bug. `words`: what a fuzzer may put together."""

    run: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]


# ---------------------------------------------------------------- URLs, ours and other services'


def urls(data: bytes) -> None:
    """Any target of any of our drawings, as SVG."""
    target = "/" + data.decode("latin-1")
    painted = paint(target.encode("latin-1"))
    try:
        picture, location = look_up(target)
    except Refusal:
        assert painted is None
        return
    _check_picture(picture)
    assert location is None or look_up(location) == (picture, None)
    assert painted is None or painted.body == svg_bytes(picture)


def _check_picture(picture: Picture) -> None:
    body = svg_bytes(picture)
    assert body.isascii()
    assert ET.fromstring(body).tag == "{http://www.w3.org/2000/svg}svg"
    assert hash(picture) == hash(Picture(*picture)), "it can be kept"
    size = picture.pixels
    assert 1 <= size.w <= 4096
    assert 1 <= size.h <= 4096


_LISTED = Reading([peer.name for peer in PEERS])
_HOSTS = [host.encode() for peer in PEERS for host in peer.hosts]


def foreign(data: bytes) -> None:
    """Any target of any other service: what it becomes is one of ours, or refused."""
    host, target = _HOSTS[data[0] % len(_HOSTS)] if data else b"", "/" + data[1:].decode("latin-1")
    for turned in (_LISTED.at_host(host, target), _LISTED.elsewhere(target)):
        if turned is None:
            continue
        assert turned.refusal is not None or len(turned.target) <= 4 * MAX_URL
        try:
            _check_picture(look_up(turned.target)[0])
        except Refusal:
            continue


# ---------------------------------------------------------------- bodies


def asks(data: bytes) -> None:
    """The body of POST /ai, and what a token says of it."""
    try:
        fields = read_object(data, "application/json")
    except Refusal:
        return
    statement = permits.read_statement(fields)
    if statement is not None:
        secret = permits.signing_secret(KEY, "0" * 12)
        permit = permits.read_permit(permits.mint(secret, statement, NOW))
        assert permit is not None
        assert permits.fits(permit, secret, statement, None)
    try:
        ask = read_ask(fields, "owner", DEFAULT)
    except Refusal:
        return
    assert ask.prompt.encode()
    assert "\0" not in ask.prompt
    assert 1 <= ask.size.w <= 2048
    SCREEN.check(ask.prompt)
    if find_model(ask.model, frozenset()):
        assert len(job_id(job_mac(KEY, ask))) == 16
    assert read_ask(json.loads(json.dumps(fields)), "owner", DEFAULT) == ask


def webhooks(data: bytes) -> None:
    """Lines: id, time, signature, the address's query; then a body."""
    name, at, signature, query, body = (*data.split(b"\n", 4), b"", b"", b"", b"", b"")[:5]
    headers = [(b"webhook-id", name), (b"webhook-timestamp", at), (b"webhook-signature", signature)]
    for secrets in ((SECRET,), (), ("whsec_", "whsec_!", "", SECRET[:-1], "whsec_é")):
        assert verify(headers, body, secrets, NOW) is None, "nobody signed it"
    address = read_hook(query.decode("latin-1"), KEY)
    assert address is None or query.decode("latin-1") in hook_url("", KEY, address.job, address.epoch, address.attempt)
    prediction = parse_prediction(body)
    if prediction is not None:
        assert prediction.id.isascii()
        assert prediction.output is None or prediction.output.startswith(("http://", "https://"))


# ---------------------------------------------------------------- headers

_ENTRANCE = Entrance(KEY, Rules(), "https://pics.example", b"x-real-ip")
_WHOLE = respond.finished("image/png", bytes(100))
_NAMES = b"authorization origin host sec-fetch-site x-real-ip accept accept-encoding range if-range if-none-match".split()


def heads(data: bytes) -> None:
    """Lines: each the value of the header that its first byte chooses. Keys, tokens, origins, addresses, types, ranges, tags."""
    pairs = [(_NAMES[line[0] % len(_NAMES)], line[1:]) for line in data.split(b"\n") if line]
    scope: dict[str, Any] = {"headers": pairs, "client": None}
    caller = caller_of(scope, _ENTRANCE)
    assert len(visitor(KEY, caller.address, NOW)) == 32
    assert b"\n" not in (reader_of(scope) or b"")
    for name, value in pairs:
        text = value.decode("latin-1")
        token = tokens.bearer([value]) if name == b"authorization" else text
        if token is not None:
            assert token not in tokens.hint(token) or len(token) < 4
            assert tokens.weakness(token) is not None or tokens.is_wellformed(token) or len(token) >= tokens.MIN_CHOSEN
            permit = permits.read_permit(token)
            assert permit is None or f"st_{permit.kid}.{permit.exp}.{permit.mac}" == token
        origin = read_origin(text)
        assert origin is None or read_origin(origin) == origin
        prefers_json(text)
        takes_gzip(text)
    part = part_of(respond.answer_to(_WHOLE, pairs), pairs)
    assert part.status in (200, 206, 304, 416)
    assert len(part.body) <= 100


# ---------------------------------------------------------------- what a provider painted


def pictures(data: bytes) -> None:
    """One byte of format, then what a stranger calls a picture of it; a PNG's checksums are put right, for a fuzzer would find
    none."""
    if not data:
        return
    body = (_mended, _jpeg, bytes)[data[0] % 3](data[1:])
    try:
        master = clean(body, Size(9, 7))
    except Undecodable:
        return
    with Image.open(BytesIO(master.png)) as picture:
        assert picture.size == (9, 7)
        assert picture.mode in ("RGB", "RGBA")
        assert picture.info == {}
    assert _chunks(master.png[8:]) == [b"IHDR", b"IDAT", b"IEND"]


def _mended(rest: bytes) -> bytes:
    out, at = b"\x89PNG\r\n\x1a\n", 0
    while at + 8 <= len(rest):
        length = struct.unpack(">I", rest[at : at + 4])[0] % 4096
        kind, data = rest[at + 4 : at + 8], rest[at + 8 : at + 8 + length]
        out += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        at += 12 + length
    return out


def _jpeg(rest: bytes) -> bytes:
    return b"\xff\xd8\xff" + rest


def _chunks(rest: bytes) -> list[bytes]:
    kinds = []
    while rest:
        kinds.append(rest[4:8])
        rest = rest[12 + struct.unpack(">I", rest[:4])[0] :]
    return kinds


def _painted(form: str, **chosen: Any) -> bytes:
    out = BytesIO()
    Image.new(chosen.pop("mode", "RGB"), (6, 5)).save(out, form, **chosen)
    return out.getvalue()


# ---------------------------------------------------------------- where fuzzers begin

_WORDS = b"/ ? & = @2x .svg .png x : % %00 %0A %2F %FF # , text= bg= fg= radius= border= font= weight= align= theme=".split()
_OURS = b"color/ gradient/ seed/ glyph/ og 4k 16:9/ style= as= type=radial angle= from= to= fff transparent 400x300 50%25".split()
_THEIRS = b"&text= fontFamily= width= height= bgColor= retina=1 /seed/ /id/ .webp/ transparent 640x4:3 16:9x90 ,128 \\n".split()

TARGETS: Mapping[str, Target] = MappingProxyType({
    "urls": Target(
        urls,
        (
            b"400x300", b"0x99999@3x.svg?text=%E6%BC%A2&debug=1", b"color/7c9cff/4x3",
            b"gradient/6x4?from=abc&to=def&angle=-22.5&type=linear",
            b"seed/a b/og", b"16:9/1280.png?text=a%0Ab&radius=50%25&border=2,fff8", b"seed/x/40x30?style=initials&theme=dark",
            b"glyph/9x9?as=avatar&radius=5", b"400x300?theme=auto&font=serif&weight=700&align=left&bg=transparent&fg=red",
        ),
        (*_WORDS, *_OURS),
    ),
    "foreign": Target(
        foreign,
        tuple(bytes((_HOSTS.index(host),)) + tail for host, tails in {
            b"via.placeholder.com": (b"300.png/09f/fff?text=a", b"300x200/000/fff"),
            b"placehold.co": (b"600x400@2x.png/orange/white?text=a\\nb", b"600x400/png"),
            b"dummyimage.com": (b"640x4:3/fff.gif&text=a", b"qvga/f", b"16:9x90/"),
            b"fakeimg.pl": (b"300x200/ff0000,128/000/?text=a&font=lobster&retina=1", b"350/"),
            b"placeholders.dev": (b"?width=9&height=9", b"?width=300&bgColor=rgba(1,2,3,.5)&textColor=hsl(1,2%,3%)"),
            b"picsum.photos": (b"seed/a/200/300.webp?blur=2&grayscale", b"id/237/200"),
        }.items() for tail in tails),
        (*_WORDS, *_THEIRS),
    ),
    "asks": Target(
        asks,
        (
            b'{"prompt": "a red fox", "w": 512, "h": 512, "seed": 42, "model": "flux-schnell"}',
            b'{"prompt": "\\ud83e\\udd8a\\r\\n", "w": 1, "h": 9e9}',
            b'{"prompt": "a\\u0301", "w": 10000000000000000000000, "h": 1, "seed": null, "model": null}', b"[[[[[[",
            b'{"w": NaN, "w": 1}',
        ),
        (b'"prompt"', b'"w"', b'"h"', b'"seed"', b'"model"', b"null", b"true", b"1e999", b"NaN", b"\\ud800", b"\\u0000", b"[[[[",
         b"{}", b"-1"),
    ),
    "webhooks": Target(
        webhooks,
        (
            b"\n".join((b"m1", b"%d" % NOW, b"v1,AAAA v1,a2tr", hook_url("", KEY, "a" * 16, 1, 1).partition("?")[2].encode(),
                        b'{"id": "p1", "status": "succeeded", "output": ["https://replicate.delivery/a.png"]}')),
            b"m\n1\n\n" + hook_url("", KEY, "a" * 16, 1, 1).partition("?")[2].replace("a=1", "a=01").encode(),
            b'm\n1\nv1,@ v2,A\njob=a&e=1&a=1&t=A\n{"id": "p1", "status": "failed", "error": "code: PA"}',
        ),
        (b"v1,", b"job=", b"&e=", b"&a=", b"&t=", b'"status"', b'"succeeded"', b'"failed"', b'"output"', b'"error"', b"http://",
         b"data_removed"),
    ),
    "heads": Target(
        heads,
        (
            b"\0Bearer plh_live_" + b"0" * 38, b"\0bearer st_0123456789ab.1900000000." + b"A" * 43,
            b"\1https://shop.example:8443\n\2shop.example",
            b"\1http://[::ffff:1.2.3.4]:80\n\4198.51.100.7\n\3same-origin",
            b"\5application/json;q=.5,image/*;q=nan\n\6gzip;q=0,*",
            b"\7bytes=0-9\n\x08\"x\"", b'\7bytes=-5\n\x09W/"x", *',
        ),
        (b"Bearer ", b"plh_live_", b"pk_", b"st_", b"https://", b"http://[::1]", b";q=", b"bytes=", b"W/", b"null",
         b"198.51.100.7"),
    ),
    "pictures": Target(
        pictures,
        (
            *(b"\0" + _painted("PNG", mode=mode)[8:] for mode in ("RGB", "RGBA", "L", "LA", "1", "P", "I;16")),
            b"\0" + _painted("PNG", mode="L", transparency=3)[8:],
            *(b"\1" + _painted("JPEG", mode=mode)[3:] for mode in ("RGB", "L", "CMYK")),
            b"\2" + _painted("WEBP"), b"\2" + _painted("WEBP", lossless=True, mode="RGBA"), b"\2GIF89a",
        ),
        (b"IHDR", b"IDAT", b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"zTXt", b"Exif\0\0", b"VP8X", b"ANIM",
         b"\xff\xe2ICC_PROFILE\0"),
    ),
})  # fmt: skip


def escaped(word: bytes) -> str:
    """A word as libFuzzer's dictionaries write it."""
    return '"' + quote(word, safe="").replace("%", "\\x") + '"'
