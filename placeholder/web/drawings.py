"""Pictures drawn from their URL alone."""

from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from placeholder.errors import NoSuchPicture, Refusal
from placeholder.raster.press import Press
from placeholder.svg.markup import has_text
from placeholder.synth.catalogue import Picture, is_drawable, look_up, svg_bytes
from placeholder.synth.foreign.reading import Reading, Turned
from placeholder.values.format import Format
from placeholder.web import respond
from placeholder.web.respond import Answer, Sent

METHODS = "GET, HEAD, OPTIONS"
REFUSAL = "placeholder.refusal"
"""Where a route leaves word of what a drawing has to refuse, in the scope."""


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
    body = svg_bytes(picture)
    # To look through every picture would cost as much as its request; other scripts are written in percents.
    answer = respond.svg(body, in_other_fonts=b"%" in target and has_text(body))
    return respond.located(answer, location) if location else answer


def target_of(scope: Scope) -> bytes:
    """The target of a request as it stood on the wire, as far as the server tells."""
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope["query_string"]
    return path + b"?" + query if query else path


def turned_to(turned: Turned) -> dict[str, Any]:
    """What changes in the scope of a request for a foreign target when ours takes its place."""
    path, _, query = turned.target.partition("?")
    sent = {"raw_path": path.encode("latin-1"), "query_string": query.encode("latin-1")}
    return {"root_path": "", "path": unquote(path), **sent, REFUSAL: turned.refusal}


async def drawing(request: Request) -> Response:
    """Any address of the catalogue, or of a peer whose grammar is read, in any format. Raises Refusal."""
    scope = request.scope
    if scope["method"] == "OPTIONS":
        return Sent(respond.permitted(METHODS), scope)
    picture, location = _asked_for(scope, request.app.state.reading)
    if picture.format is Format.SVG:
        body = svg_bytes(picture)
        answer = respond.svg(body, in_other_fonts=has_text(body))
    else:
        press: Press = request.app.state.press
        body = await press.print(picture)
        answer = respond.picture(picture.format.value, body, is_wordless=not is_drawable(picture))
    return Sent(respond.located(answer, location) if location else answer, scope)


def _asked_for(scope: Scope, reading: Reading) -> tuple[Picture, str | None]:
    """The picture, and its plain address where the request names another of ours."""
    if scope.get(REFUSAL):
        raise scope[REFUSAL]
    target = target_of(scope).decode("latin-1")
    try:
        return look_up(target)
    except NoSuchPicture:
        turned = reading.elsewhere(target)
        if turned is None:
            raise
    scope.update(turned_to(turned))
    if turned.refusal:
        raise turned.refusal
    return look_up(turned.target)
