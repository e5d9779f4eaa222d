"""Finished answers, as data: status, headers, body; and the rules of HTTP that every one of them obeys.

- A picture that its URL decides is immutable, with a strong ETag over its bytes (P-15, RFC 9110 §8.8.3);
- everything else is `no-store` (errors, health) or `no-cache` (pages);
- an SVG is active content: its own policy forbids all but drawing, wherever it is opened;
- pictures may be used, read and timed by any origin.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from starlette.responses import Response
from starlette.types import Scope

Headers = tuple[tuple[bytes, bytes], ...]

IMMUTABLE = b"public, max-age=31536000, immutable"
MAX_IF_NONE_MATCH = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """Headers that many answers share, and the same as they stand on the wire (RFC 9112 §5)."""

    pairs: Headers
    lines: bytes


def common(*pairs: tuple[bytes, bytes]) -> Common:
    return Common(pairs, lines(pairs))


def lines(pairs: Headers) -> bytes:
    return b"".join([b"%b: %b\r\n" % pair for pair in pairs])


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response. Header names are lower-case; `content-length` is among its own where the body is not empty."""

    status: int
    common: Common
    own: Headers
    body: bytes

    @property
    def headers(self) -> Headers:
        return self.common.pairs + self.own


_PICTURE: Headers = (
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"timing-allow-origin", b"*"),
)
_LASTING: Headers = ((b"cache-control", IMMUTABLE), *_PICTURE)
_PASSING: Headers = ((b"cache-control", b"no-store"), *_PICTURE, (b"vary", b"Accept"))
_SVG = common((b"content-type", b"image/svg+xml"), *_LASTING)
_JSON = common(
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
)


def etag(body: bytes) -> bytes:
    """A strong entity tag of `body`, quotes included."""
    return b'"%s"' % sha256(body).hexdigest()[:32].encode()


def svg(body: bytes) -> Answer:
    """A picture for ever, as SVG."""
    return Answer(200, _SVG, ((b"content-length", b"%d" % len(body)), (b"etag", etag(body))), body)


def picture(media_type: str, body: bytes) -> Answer:
    """A picture for ever, in any format."""
    named = (b"content-type", media_type.encode())
    return Answer(200, common(named, *_LASTING), ((b"content-length", b"%d" % len(body)), (b"etag", etag(body))), body)


def not_modified(answer: Answer) -> Answer:
    """The 304 for `answer`: its headers without those of a body (RFC 9110 §15.4.5)."""
    kept = (pair for pair in answer.headers if pair[0] not in (b"content-type", b"content-length"))
    return Answer(304, common(*kept), (), b"")


def is_known(answer: Answer, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the request's `If-None-Match` names `answer`'s tag (RFC 9110 §13.1.2, weak comparison)."""
    asked = b",".join(value for name, value in headers if name == b"if-none-match")
    if not asked or len(asked) > MAX_IF_NONE_MATCH:
        return False
    tag = next((value for name, value in answer.own if name == b"etag"), None)
    if tag is None or asked.strip() == b"*":
        return tag is not None
    return any(candidate.strip().removeprefix(b"W/") == tag for candidate in asked.split(b","))


def refused(status: int, media_type: str, body: bytes, extra: Headers = ()) -> Answer:
    """An error, told truly and never kept."""
    named = (b"content-type", media_type.encode())
    return Answer(status, common(named, *_PASSING), (*extra, (b"content-length", b"%d" % len(body))), body)


def json(body: bytes) -> Answer:
    """A fact of the moment."""
    return Answer(200, _JSON, ((b"content-length", b"%d" % len(body)),), body)


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
    return Answer(200, headers, ((b"content-length", b"%d" % len(body)), (b"etag", etag(body))), body)


def permitted(methods: str) -> Answer:
    """The answer to OPTIONS, a CORS preflight included: anyone may read, nobody may write."""
    headers = common(
        (b"allow", methods.encode()),
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", methods.encode()),
        (b"access-control-allow-headers", b"*"),
        (b"access-control-max-age", b"86400"),
        (b"cache-control", b"no-store"),
    )
    return Answer(204, headers, (), b"")


class Sent(Response):
    """An Answer as Starlette sends it: 304 where the client has it, no body to HEAD."""

    def __init__(self, answer: Answer, scope: Scope) -> None:
        answer = not_modified(answer) if answer.status == 200 and is_known(answer, scope["headers"]) else answer
        self.status_code = answer.status
        self.raw_headers = list(answer.headers)
        self.body = b"" if scope["method"] == "HEAD" else answer.body
        self.background = None
