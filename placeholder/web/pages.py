"""The front page and the gallery with their files, which load nothing from elsewhere, as their policy says; and the health
check.

A page refers to us by absolute path, as its readers would. Where we are mounted, what stands first in an attribute or in a text
gets our path before it; scripts find their way from where they themselves were loaded.
"""

import json
import re
from functools import lru_cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from placeholder.web import respond
from placeholder.web.ai import ai_of
from placeholder.web.mount import prefix_of
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
    "/gallery": ("gallery.html", "text/html; charset=utf-8"),
    "/gallery.css": ("gallery.css", "text/css; charset=utf-8"),
    "/operator": ("operator.html", "text/html; charset=utf-8"),
    "/operator.css": ("operator.css", "text/css; charset=utf-8"),
    "/operator.js": ("operator.js", "text/javascript; charset=utf-8"),
    "/operator/grafana.json": ("grafana.json", "application/json"),
}


_PATH = re.compile(rb"""(="|>)(?=/)""")


@lru_cache(maxsize=64)
def static(path: str, prefix: str = "") -> Answer:
    """One of the page's own files, for a service that is mounted at `prefix`."""
    name, media_type = FILES[path]
    body = files(__package__).joinpath("static", name).read_bytes()
    if prefix and name.endswith(".html"):
        body = _PATH.sub(lambda found: found[1] + prefix.encode(), body)
    return respond.page(media_type, body, POLICY)


async def file(request: Request) -> Response:
    return Sent(static(request.scope["path"], prefix_of(request.scope)), request.scope)


async def facts(request: Request) -> Response:
    """What the page has to know: a key that asks from here alone, where pictures cost nothing; null elsewhere. No page of
    another origin may read it."""
    return Sent(respond.private_json(json.dumps({"key": ai_of(request).playground}).encode()), request.scope)


async def health(request: Request) -> Response:
    """Alive, and nothing else said (P-108)."""
    return Sent(respond.json(b'{"ok": true}'), request.scope)
