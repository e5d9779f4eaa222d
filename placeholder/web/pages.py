"""The front page with its two files, which load nothing from elsewhere, as their policy says; and the health check."""

from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from placeholder.web import respond
from placeholder.web.respond import Answer, Sent

POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MEDIA_TYPES = {
    "page.html": "text/html; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
}


@cache
def static(name: str) -> Answer:
    """One of the page's own files."""
    return respond.page(MEDIA_TYPES[name], files(__package__).joinpath("static", name).read_bytes(), POLICY)


async def front(request: Request) -> Response:
    return Sent(static("page.html"), request.scope)


async def style(request: Request) -> Response:
    return Sent(static("page.css"), request.scope)


async def script(request: Request) -> Response:
    return Sent(static("page.js"), request.scope)


async def health(request: Request) -> Response:
    """Alive, and nothing else said (P-108)."""
    return Sent(respond.json(b'{"ok": true}'), request.scope)
