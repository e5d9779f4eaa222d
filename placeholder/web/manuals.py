"""The documents about the service (manual): /llms.txt, /openapi.json, /docs. Made on first asking, and kept.

Addresses in them begin with PLACEHOLDER_PUBLIC_URL; without it at the root that the server says (never what a Host header says).
"""

import json
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import NoSuchPicture
from placeholder.manual import html, llms, openapi
from placeholder.manual.model import Facts
from placeholder.web import pages, respond
from placeholder.web.errors import STATUS
from placeholder.web.respond import Answer, Sent


class Library(NamedTuple):
    """What the documents have to know of this installation: where the world reaches it, and whose models may be asked for."""

    public_url: str
    models: tuple[str, ...]


def _llms(facts: Facts, _: str) -> Answer:
    return respond.table(llms.text(facts, STATUS).encode(), "text/plain; charset=utf-8")


def _openapi(facts: Facts, _: str) -> Answer:
    return respond.table(json.dumps(openapi.document(facts, STATUS), ensure_ascii=False, separators=(",", ":")).encode())


def _docs(facts: Facts, root: str) -> Answer:
    page = html.page(openapi.document(facts, STATUS), root)
    return respond.page("text/html; charset=utf-8", page.encode(), pages.POLICY)


MANUALS: dict[str, Callable[[Facts, str], Answer]] = {"/llms.txt": _llms, "/openapi.json": _openapi, "/docs": _docs}


async def manual(request: Request) -> Response:
    path, root = request.scope["path"].removeprefix(request.scope.get("root_path", "")), request.scope.get("root_path", "")
    if path not in MANUALS:  # a route's pattern lets a line feed follow
        raise NoSuchPicture
    library: Library = request.app.state.library
    return Sent(_made(path, library, root), request.scope)


@lru_cache(maxsize=16)
def _made(path: str, library: Library, root: str) -> Answer:
    media_types = {address: media_type for address, (_, media_type) in pages.FILES.items()}
    facts = Facts(library.public_url or root, version("placeholder"), library.models, media_types)
    return MANUALS[path](facts, root)
