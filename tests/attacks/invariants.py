"""What holds for every answer to every row of the attack table."""

import gzip
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from io import BytesIO

from attacks.row import CANARY, Row
from attacks.services import HOOKS, TOKEN
from fixtures.imagining import KEY, SECRET, Reply
from PIL import Image

AssertSoundSvg = Callable[..., ET.Element]

SECRETS = (KEY, SECRET, HOOKS, TOKEN)
NAMED = {"not_configured", "busy", "unavailable"}
"""The codes of what may be answered 503."""
IMMUTABLE = "public, max-age=31536000, immutable"
KEPT = {
    "image/svg+xml": {IMMUTABLE},
    "text/html; charset=utf-8": {"no-cache"},
    "text/plain; charset=utf-8": {"no-cache"},
    "text/javascript; charset=utf-8": {"public, max-age=300, stale-while-revalidate=86400"},
    "application/json": {"no-store", "no-cache"},
}
_INERT = re.compile(rb"<title>[^<]*</title>|(?<=>)[^<>]*(?=</text>)")
"""Where an SVG may hold what somebody wrote: text that nothing reads."""


def check(row: Row, method: str, reply: Reply, assert_sound_svg: AssertSoundSvg) -> None:
    """`method`: the one that the row was asked by."""
    assert reply.status == row.status, reply.everything[:600]
    told = {name for name, _ in reply.headers}
    assert not told & {"location", "set-cookie", "server", "x-powered-by", "access-control-allow-credentials"}
    assert not row.says or reply.body == row.says
    assert ("allow" in told) == (reply.status in (204, 405))
    assert ("www-authenticate" in told) == (reply.status == 401 and row.code != "bad_signature")
    assert reply["access-control-allow-origin"] == "*" or reply.status < 400
    kind = reply["content-type"]
    _check_keeping(reply, kind)
    if reply.status != 204:
        assert reply["x-content-type-options"] == "nosniff"
    if kind and kind.startswith(("image/", "text/html")):
        assert "default-src 'none'" in (reply["content-security-policy"] or "")
    if reply.body:
        _check_body(row, kind or "", reply, assert_sound_svg)
    else:
        assert method in ("HEAD", "OPTIONS") or reply.status in (204, 304, 416)
    _check_echo(reply)


def check_refused(reply: Reply) -> None:
    """By the server's own HTTP parser, in its own words, and the connection ends."""
    assert reply.status in (400, 414, 431)
    assert reply["connection"] == "close"
    assert len(reply.body) < 200
    assert CANARY.encode() not in reply.everything


def _check_keeping(reply: Reply, kind: str | None) -> None:
    """C1: what is not for ever is not kept."""
    keeping = reply["cache-control"]
    if reply.status >= 400 or reply.status == 204:
        assert keeping == "no-store"
        assert reply["etag"] is None
    elif reply["x-ai-state"] not in (None, "ready"):
        assert keeping == "no-store"
    elif kind and reply.status == 200:
        assert keeping in KEPT.get(kind, {IMMUTABLE})


def _check_body(row: Row, kind: str, reply: Reply, assert_sound_svg: AssertSoundSvg) -> None:
    body = gzip.decompress(reply.body) if reply["content-encoding"] == "gzip" else reply.body
    if kind == "image/svg+xml":
        assert "sandbox" in (reply["content-security-policy"] or "")
        viewed = re.search(rb'viewBox="0 0 ([0-9]+) ([0-9]+)"', body)
        shown = re.findall(rb' (?:width|height)="([0-9]+)"', body)[:2]
        assert viewed
        assert_sound_svg(body, (int(viewed[1]), int(viewed[2])), (int(shown[0]), int(shown[1])))
    elif kind.startswith("image/") and reply.status != 206:
        with Image.open(BytesIO(body)) as picture:
            picture.load()
            assert f"image/{(picture.format or '').lower()}" == kind
    elif kind == "application/json":
        told = json.loads(body)
        if reply.status >= 400:
            assert list(told) == ["error", "code", "param"]
            assert (told["code"], told["param"]) == (row.code, row.param or told["param"])
            assert row.param is None or told["error"].startswith(f"{row.param}: expected ")
            assert reply.status < 500 or told["code"] in NAMED
    elif kind.startswith("text/"):
        assert body.decode("utf-8")
        assert not kind.startswith("text/html") or body.lower().startswith(b"<!doctype html>")
    else:
        assert kind.startswith("image/"), kind


def _check_echo(reply: Reply) -> None:
    """Nothing of what was sent comes back but as a picture's text, and in the address of the same picture; no secret at all."""
    heads = "\n".join(f"{name}: {value}" for name, value in reply.headers if name != "content-location")
    told = heads.encode("latin-1") + b"\n\n" + _INERT.sub(b"", reply.body)
    assert CANARY.encode() not in told
    assert not any(secret.encode() in told for secret in SECRETS)
    address = reply["content-location"]
    assert address is None or re.fullmatch(r"/[!#-;=?-~]*", address)
