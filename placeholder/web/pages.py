"""The front page with its files, which load nothing from elsewhere, as their policy says; and the health check."""

import json
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import NoSuchPicture
from placeholder.web import respond
from placeholder.web.ai import ai_of
from placeholder.web.respond import Answer, Sent

POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/docs.css": ("docs.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/copy.js": ("copy.js", "text/javascript; charset=utf-8"),
    "/prompt.js": ("prompt.js", "text/javascript; charset=utf-8"),
}


@cache
def static(path: str) -> Answer:
    """One of the page's own files."""
    name, media_type = FILES[path]
    return respond.page(media_type, files(__package__).joinpath("static", name).read_bytes(), POLICY)


async def file(request: Request) -> Response:
    path = request.scope["path"]
    if path not in FILES:  # a route's pattern lets a line feed follow
        raise NoSuchPicture
    return Sent(static(path), request.scope)


async def facts(request: Request) -> Response:
    """What the page has to know: a key that asks from here alone, where pictures cost nothing; null elsewhere. No page of
    another origin may read it."""
    return Sent(respond.private_json(json.dumps({"key": ai_of(request).playground}).encode()), request.scope)


async def health(request: Request) -> Response:
    """Alive, and nothing else said (P-108)."""
    return Sent(respond.json(b'{"ok": true}'), request.scope)
