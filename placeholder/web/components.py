"""The web component, as pages load it: minified, compressed, under one address that stays fresh and one that never changes.

GET /components/ai-img.js             the present release; asked about again after five minutes
GET /components/ai-img@{version}.js   this release, for ever: what an integrity digest may be pinned to (P-92)
"""

import gzip
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import NoSuchPicture
from placeholder.web import respond
from placeholder.web.accept import takes_gzip
from placeholder.web.mount import prefix_of
from placeholder.web.respond import Answer, Sent

BRIEFLY = b"public, max-age=300, stale-while-revalidate=86400"
_FILE = "ai-img.min.js"


@cache
def source() -> bytes:
    """What was minified: inside the installed package, or beside it in a checkout."""
    package = Path(str(files("placeholder")))
    inside, beside = (folder / "components" / _FILE for folder in (package, package.parent))
    return (inside if inside.is_file() else beside).read_bytes()


@cache
def module(is_compressed: bool, keeping: bytes) -> Answer:
    body = gzip.compress(source(), mtime=0) if is_compressed else source()
    return respond.module(body, keeping, is_compressed)


async def present(request: Request) -> Response:
    return _sent(request, BRIEFLY)


async def pinned(request: Request) -> Response:
    """Raises NoSuchPicture for any release but this one."""
    if request.path_params["version"] != version("placeholder"):
        present = f"{prefix_of(request.scope)}/components/ai-img.js"
        raise NoSuchPicture(f"This service has ai-img@{version('placeholder')}.js and {present}")
    return _sent(request, respond.IMMUTABLE)


def _sent(request: Request, keeping: bytes) -> Response:
    return Sent(module(takes_gzip(request.headers.get("accept-encoding", "")), keeping), request.scope)
