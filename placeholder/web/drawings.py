"""Pictures drawn from their URL alone."""

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import Refusal, TooLong
from placeholder.raster.press import Press
from placeholder.synth.catalogue import find, svg_bytes
from placeholder.values.format import Format
from placeholder.web import respond
from placeholder.web.respond import Answer, Sent

MAX_URL = 8192
METHODS = "GET, HEAD, OPTIONS"


def paint(target: bytes) -> Answer | None:
    """The answer to GET `target` (origin form, RFC 9112 §3.2.1) when it is an SVG picture; None when it is anything else,
    a refusal included, which the application then tells."""
    if len(target) > MAX_URL or target[:1] != b"/" or b"#" in target or not target.isascii():
        return None
    path, _, query = target.decode("ascii").partition("?")
    try:
        picture = find(unquote(path) if "%" in path else path, query)
    except Refusal:
        return None
    return respond.svg(svg_bytes(picture)) if picture.format is Format.SVG else None


async def drawing(request: Request) -> Response:
    """Any address of the catalogue, in any format. Raises Refusal."""
    scope = request.scope
    if scope["method"] == "OPTIONS":
        return Sent(respond.permitted(METHODS), scope)
    query: bytes = scope["query_string"]
    if len(scope.get("raw_path") or scope["path"]) + len(query) >= MAX_URL:
        raise TooLong(MAX_URL)
    picture = find(scope["path"], query.decode("latin-1"))
    if picture.format is Format.SVG:
        return Sent(respond.svg(svg_bytes(picture)), scope)
    press: Press = request.app.state.press
    return Sent(respond.picture(picture.format.value, await press.print(picture)), scope)
