"""Pictures drawn from their URL alone."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from placeholder.errors import Refusal
from placeholder.raster.press import Press
from placeholder.synth.catalogue import look_up, svg_bytes
from placeholder.values.format import Format
from placeholder.web import respond
from placeholder.web.respond import Answer, Sent

METHODS = "GET, HEAD, OPTIONS"


def paint(target: bytes) -> Answer | None:
    """The answer to GET `target` (origin form, RFC 9112 §3.2.1) when it is an SVG picture; None when it is anything else,
    a refusal included, which the application then tells."""
    if b"#" in target or not target.isascii():
        return None
    try:
        picture, location = look_up(target.decode("ascii"))
    except Refusal:
        return None
    if picture.format is not Format.SVG:
        return None
    answer = respond.svg(svg_bytes(picture))
    return respond.located(answer, location) if location else answer


def target_of(scope: Scope) -> bytes:
    """The target of a request as it stood on the wire, as far as the server tells."""
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


async def drawing(request: Request) -> Response:
    """Any address of the catalogue, in any format. Raises Refusal."""
    scope = request.scope
    if scope["method"] == "OPTIONS":
        return Sent(respond.permitted(METHODS), scope)
    picture, location = look_up(target_of(scope).decode("latin-1"))
    if picture.format is Format.SVG:
        answer = respond.svg(svg_bytes(picture))
    else:
        press: Press = request.app.state.press
        answer = respond.picture(picture.format.value, await press.print(picture))
    return Sent(respond.located(answer, location) if location else answer, scope)
