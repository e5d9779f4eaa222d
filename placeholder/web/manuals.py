"""The documents about the service (manual): /llms.txt, /openapi.json, /docs. Made on first asking, and kept; what makes them is
imported then too, for a start should not wait for it.

Addresses in them begin with PLACEHOLDER_PUBLIC_URL; without it at the root that the server says (never what a Host header says).
"""

import json
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from placeholder.web import pages, respond
from placeholder.web.errors import STATUS
from placeholder.web.mount import prefix_of
from placeholder.web.respond import Answer, Sent

MANUALS = ("/llms.txt", "/openapi.json", "/docs")


class Library(NamedTuple):
    """What the documents have to know of this installation: where the world reaches it, and whose models may be asked for."""

    public_url: str
    models: tuple[str, ...]


async def manual(request: Request) -> Response:
    made = _made(request.scope["path"], request.app.state.library, prefix_of(request.scope))
    return Sent(made, request.scope)


@lru_cache(maxsize=16)
def _made(path: str, library: Library, root: str) -> Answer:
    from placeholder.manual import html, llms, openapi
    from placeholder.manual.model import Facts

    media_types = {address: media_type for address, (_, media_type) in pages.FILES.items()}
    facts = Facts(library.public_url or root, version("placeholder"), library.models, media_types)
    if path == "/llms.txt":
        return respond.table(llms.text(facts, STATUS).encode(), "text/plain; charset=utf-8")
    document = openapi.document(facts, STATUS)
    if path == "/openapi.json":
        return respond.table(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    return respond.page("text/html; charset=utf-8", html.page(document, root).encode(), pages.POLICY)
