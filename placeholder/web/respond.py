"""Finished answers, as data: status, headers, body; and the rules of HTTP that every one of them obeys.

- A picture that its URL decides is immutable, with a strong ETag over its bytes (P-15, RFC 9110 §8.8.3);
- everything else is `no-store` (errors, health) or `no-cache` (pages, tables), a script for as long as its address says;
- an SVG is active content: its own policy forbids all but drawing, wherever it is opened;
- pictures may be used, read and timed by any origin.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from starlette.responses import Response
from starlette.types import Scope

Pair = tuple[bytes, bytes]
Headers = tuple[Pair, ...]

IMMUTABLE = b"public, max-age=31536000, immutable"
MAX_IF_NONE_MATCH = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Headers that many answers share, names in lower case, and the same as they stand on the wire (RFC 9112 §5)."""

    pairs: Headers
    lines: bytes


def common(*pairs: Pair) -> Common:
    return Common(pairs, b"".join(b"%b: %b\r\n" % pair for pair in pairs))


class Answer(NamedTuple):
    """A whole response; its length, its tag and its location are headers besides the common ones. (A tuple, for one is made
    with every request, in half the time that a frozen dataclass takes.)"""

    status: int
    common: Common
    body: bytes
    etag: bytes | None = None
    location: bytes | None = None
    """The target that this is the answer to as well, where it was asked for by another (RFC 9110 §8.7)."""

    @property
    def headers(self) -> Headers:
        length = ((b"content-length", b"%d" % len(self.body)),) if self.body else ()
        pairs = self.common.pairs + length + (((b"etag", self.etag),) if self.etag else ())
        return (*pairs, (b"content-location", self.location)) if self.location else pairs

    @property
    def header_lines(self) -> bytes:
        """The same as they stand on the wire, without the line that ends them."""
        length = b"content-length: %d\r\n" % len(self.body) if self.body else b""
        lines = self.common.lines + length + (b"etag: %b\r\n" % self.etag if self.etag else b"")
        return b"%bcontent-location: %b\r\n" % (lines, self.location) if self.location else lines


_PICTURE: Headers = (
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"timing-allow-origin", b"*"),
)
_LASTING: Headers = ((b"cache-control", IMMUTABLE), *_PICTURE)
# What a script of another origin may read besides the body.
_STATE_EXPOSED = (b"access-control-expose-headers", b"X-AI-State")
LIMITS_EXPOSED = (b"access-control-expose-headers", b"Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset")


def _fallback(how: bytes) -> Headers:
    """Word that no font here has the picture's words: the viewer's draw them, or they are left out."""
    return (b"x-text-fallback", how), (b"access-control-expose-headers", b"X-Text-Fallback")


_PASSING: Headers = ((b"cache-control", b"no-store"), *_PICTURE, (b"vary", b"Accept"))
_SVG = common((b"content-type", b"image/svg+xml"), *_LASTING)
_SVG_IN_OTHER_FONTS = common(*_SVG.pairs, *_fallback(b"viewer-fonts"))
_SAME = common(*_LASTING)
_OWN_JSON = common(
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
_JSON = common(*_OWN_JSON.pairs, (b"access-control-allow-origin", b"*"))


def etag(body: bytes) -> bytes:
    """A strong entity tag of `body`, quotes included: its CRC-32 and its length. It has to tell one release's picture at a
    URL from another's, not to resist anybody, and a cryptographic digest costs as much as a drawing."""
    return b'"%08x-%x"' % (crc32(body), len(body))


def svg(body: bytes, *, in_other_fonts: bool = False) -> Answer:
    """A picture for ever, as SVG; `in_other_fonts`: its words are for the viewer's fonts to draw."""
    return Answer(200, _SVG_IN_OTHER_FONTS if in_other_fonts else _SVG, body, etag(body))


def picture(media_type: str, body: bytes, *, is_wordless: bool = False) -> Answer:
    """A picture for ever, in any format; `is_wordless`: its words are left out."""
    told = _fallback(b"left-out") if is_wordless else ()
    return Answer(200, common((b"content-type", media_type.encode()), *_LASTING, *told), body, etag(body))


def located(answer: Answer, location: str) -> Answer:
    """`answer`, which says that it is the one to `location` (a target, ASCII) as well."""
    return answer._replace(location=location.encode())


def finished(media_type: str, body: bytes) -> Answer:
    """A picture for ever that was not there from the first, and may be read in parts."""
    pairs = (
        (b"content-type", media_type.encode()),
        *_LASTING,
        _STATE_EXPOSED,
        (b"x-ai-state", b"ready"),
        (b"accept-ranges", b"bytes"),
    )
    return Answer(200, common(*pairs), body, etag(body))


def refused(status: int, media_type: str, body: bytes, extra: Headers = ()) -> Answer:
    """An error, told truly and never kept."""
    return Answer(status, common((b"content-type", media_type.encode()), *_PASSING, *extra), body)


def passing(media_type: str, body: bytes, extra: Headers = ()) -> Answer:
    """A picture of the moment, which another will follow at the same URL."""
    pairs = ((b"content-type", media_type.encode()), (b"cache-control", b"no-store"), *_PICTURE, _STATE_EXPOSED)
    return Answer(200, common(*pairs, *extra), body)


def json(body: bytes, extra: Headers = ()) -> Answer:
    """A fact of the moment."""
    return Answer(200, common(*_JSON.pairs, *extra) if extra else _JSON, body)


def table(body: bytes, media_type: str = "application/json") -> Answer:
    """Facts for programs that a release may change: asked about each time and sent only when they changed."""
    headers = common(
        (b"content-type", media_type.encode()),
        (b"cache-control", b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"access-control-allow-origin", b"*"),
    )
    return Answer(200, headers, body, etag(body))


def private_json(body: bytes) -> Answer:
    """A fact for our own pages."""
    return Answer(200, _OWN_JSON, body)


def private(media_type: str, body: bytes) -> Answer:
    """The same, in another form."""
    return Answer(200, common((b"content-type", media_type.encode()), *_OWN_JSON.pairs[1:]), body)


def rate_limit(limit: int, remaining: int, reset_s: int) -> Headers:
    """What a key may still use, and when that begins anew."""
    return (
        (b"ratelimit-limit", b"%d" % limit),
        (b"ratelimit-remaining", b"%d" % remaining),
        (b"ratelimit-reset", b"%d" % reset_s),
        LIMITS_EXPOSED,
    )


def page(media_type: str, body: bytes, policy: str) -> Answer:
    """A file of the front page, asked about each time and sent only when it changed."""
    headers = common(
        (b"content-type", media_type.encode()),
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
    )
    return Answer(200, headers, body, etag(body))


def module(body: bytes, keeping: bytes, is_compressed: bool) -> Answer:
    """A script that pages of any origin may import; `keeping` says for how long."""
    headers = common(
        (b"content-type", b"text/javascript; charset=utf-8"),
        (b"cache-control", keeping),
        (b"vary", b"Accept-Encoding"),
        *(((b"content-encoding", b"gzip"),) if is_compressed else ()),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"access-control-allow-origin", b"*"),
        (b"timing-allow-origin", b"*"),
    )
    return Answer(200, headers, body, etag(body))


def permitted(methods: str) -> Answer:
    """The answer to OPTIONS, a CORS preflight included: any page may ask. (`*` does not stand for Authorization.)"""
    headers = common(
        (b"allow", methods.encode()),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", methods.encode()),
        (b"access-control-allow-headers", b"Authorization, Content-Type, *"),
        (b"access-control-max-age", b"86400"),
        (b"cache-control", b"no-store"),
    )
    return Answer(204, headers, b"")


def preflight(methods: str, origin: bytes | None) -> Answer:
    """The same where a key is asked for: any page may ask, for a preflight has no key to judge by. `origin`: the one that sent
    it; None where that is none."""
    headers = common(
        (b"allow", methods.encode()),
        *(((b"access-control-allow-origin", origin),) if origin else ()),
        (b"vary", b"Origin"),
        (b"access-control-allow-methods", b"POST"),
        (b"access-control-allow-headers", b"Authorization, Content-Type"),
        (b"access-control-max-age", b"7200"),
        (b"cache-control", b"no-store"),
    )
    return Answer(204, headers, b"")


def answer_to(answer: Answer, headers: Iterable[Pair]) -> Answer:
    """`answer`, or the 304 in its place where the request's `If-None-Match` names its tag (RFC 9110 §13.1.2, §15.4.5)."""
    asked = b",".join(value for name, value in headers if name == b"if-none-match")
    if answer.etag is None or not 0 < len(asked) <= MAX_IF_NONE_MATCH:
        return answer
    named = [candidate.strip().removeprefix(b"W/") for candidate in asked.split(b",")]
    if answer.etag not in named and asked.strip() != b"*":
        return answer
    kept = _SAME if answer.common is _SVG else common(*(pair for pair in answer.common.pairs if pair[0] != b"content-type"))
    return Answer(304, kept, b"", answer.etag, answer.location)


class Sent(Response):
    """An Answer as Starlette sends it: 304 where the client has it, no body to HEAD."""

    def __init__(self, answer: Answer, scope: Scope) -> None:
        answer = answer_to(answer, scope["headers"])
        self.status_code = answer.status
        self.raw_headers = list(answer.headers)
        self.body = b"" if scope["method"] == "HEAD" else answer.body
        self.background = None
