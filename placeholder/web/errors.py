"""Refusals on the wire: their status, once, and their body: a picture that says what is wrong, or JSON where asked for.

The picture has the size and the format that the URL asked for, as far as it says; the status tells the truth; nobody
keeps it.
"""

import json
import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import (
    BadParameter,
    BadSignature,
    Blocked,
    Busy,
    Forbidden,
    ForeignHost,
    ForeignOrigin,
    Gone,
    InvalidToken,
    KeyLimit,
    NoRoom,
    NoSuchPicture,
    NotNow,
    NoWebhooks,
    OverBudget,
    Refusal,
    SecretKeyInBrowser,
    TokenExpired,
    TooLarge,
    TooLong,
    Unauthorized,
    Unavailable,
    WrongMethod,
    WrongType,
)
from placeholder.manual.refusals import FAULT
from placeholder.raster.press import Press
from placeholder.synth import catalogue
from placeholder.values.format import Format
from placeholder.web.accept import prefers_json
from placeholder.web.respond import LIMITS_EXPOSED, Answer, Headers, Sent, rate_limit, refused

STATUS: dict[type[Refusal], int] = {
    NoSuchPicture: 404,
    WrongMethod: 405,
    TooLong: 414,
    BadParameter: 400,
    ForeignHost: 400,
    NotNow: 503,
    Busy: 503,
    Unavailable: 503,
    NoRoom: 503,
    Unauthorized: 401,
    InvalidToken: 401,
    TokenExpired: 401,
    Forbidden: 403,
    ForeignOrigin: 403,
    SecretKeyInBrowser: 403,
    KeyLimit: 403,
    OverBudget: 429,
    TooLarge: 413,
    WrongType: 415,
    Blocked: 422,
    BadSignature: 401,
    NoWebhooks: 503,
    Gone: 410,
}
_SPEAKS_JSON = re.compile(r"/ai(/status|/[^/]*/status|/replicate-webhook)?|/components/.*|/readyz|/metrics|/operator/.*")
"""Addresses whose answers are no pictures."""


class _Fault(Refusal):
    """Our own mistake. Every one that people see is a bug."""

    code = FAULT

    def __init__(self) -> None:
        super().__init__("Something broke on our side")


async def refuse(refusal: Refusal, path: str, accept: str, press: Press) -> Answer:
    """The answer to a refused request for `path`."""
    status, extra = _status(refusal), _extra(refusal)
    if prefers_json(accept) or _SPEAKS_JSON.fullmatch(path):
        body = {"error": str(refusal), "code": refusal.code, "param": refusal.param}
        return refused(status, "application/json", json.dumps(body).encode(), extra)
    picture = catalogue.notice(path, f"{status}\n{refusal}")
    if picture.format is not Format.SVG and not isinstance(refusal, (Busy, _Fault)):  # the press is no help with these
        try:
            return refused(status, picture.format.value, await press.print(picture), extra)
        except Busy:
            pass
    return refused(status, Format.SVG.value, catalogue.svg_bytes(picture), extra)


def _status(refusal: Refusal) -> int:
    """Its own, or that of the nearest kin: a room may have a refusal of its own."""
    return next((STATUS[kin] for kin in type(refusal).__mro__ if kin in STATUS), 500)


def _extra(refusal: Refusal) -> Headers:
    match refusal:
        case WrongMethod(allowed=allowed):
            return ((b"allow", allowed.encode()),)
        case NotNow(retry_after=seconds):
            return ((b"retry-after", b"%d" % seconds), LIMITS_EXPOSED)
        case OverBudget(jobs=jobs, retry_after=seconds):
            return ((b"retry-after", b"%d" % seconds), *((LIMITS_EXPOSED,) if jobs is None else rate_limit(jobs, 0, seconds)))
        case Unauthorized():
            return ((b"www-authenticate", b"Bearer"),)
    return ()


async def on_refusal(request: Request, exc: Exception) -> Response:
    """Starlette's handler for every exception that ends a request; a fault of ours has been logged by the server."""
    match exc:
        case Refusal():
            refusal = exc
        case HTTPException(status_code=405):
            # Starlette lists the methods of a set, in an order that differs between processes.
            refusal = WrongMethod(", ".join(sorted((exc.headers or {}).get("Allow", "GET").split(", "))))
        case HTTPException(status_code=404):
            refusal = NoSuchPicture()
        case _:
            refusal = _Fault()
    accept = request.headers.get("accept", "")
    return Sent(await refuse(refusal, request.scope["path"], accept, request.app.state.press), request.scope)
