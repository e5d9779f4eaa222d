"""Refusals on the wire: their status, once, and their body: a picture that says what is wrong, or JSON where asked for.

The picture has the size and the format that the URL asked for, as far as it says; the status tells the truth; nobody
keeps it.
"""

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import BadParameter, Busy, ForeignHost, NoSuchPicture, Refusal, TooLong, WrongMethod
from placeholder.raster.press import Press
from placeholder.synth import catalogue
from placeholder.values.format import Format
from placeholder.web.accept import prefers_json
from placeholder.web.respond import Answer, Headers, Sent, refused

STATUS: dict[type[Refusal], int] = {
    NoSuchPicture: 404,
    WrongMethod: 405,
    TooLong: 414,
    BadParameter: 400,
    ForeignHost: 400,
    Busy: 503,
}


class _Fault(Refusal):
    """Our own mistake. Every one that people see is a bug."""

    code = "internal_error"

    def __init__(self) -> None:
        super().__init__("Something broke on our side")


async def refuse(refusal: Refusal, path: str, accept: str, press: Press) -> Answer:
    """The answer to a refused request for `path`."""
    status, extra = STATUS.get(type(refusal), 500), _extra(refusal)
    if prefers_json(accept):
        body = {"error": str(refusal), "code": refusal.code, "param": refusal.param}
        return refused(status, "application/json", json.dumps(body).encode(), extra)
    picture = catalogue.notice(path, f"{status}\n{refusal}")
    if picture.format is not Format.SVG and not isinstance(refusal, (Busy, _Fault)):  # the press is no help with these
        try:
            return refused(status, picture.format.value, await press.print(picture), extra)
        except Busy:
            pass
    return refused(status, Format.SVG.value, catalogue.svg_bytes(picture), extra)


def _extra(refusal: Refusal) -> Headers:
    match refusal:
        case WrongMethod(allowed=allowed):
            return ((b"allow", allowed.encode()),)
        case Busy(retry_after=seconds):
            return ((b"retry-after", b"%d" % seconds),)
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
