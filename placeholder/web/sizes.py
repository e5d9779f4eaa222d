"""The sizes that have a name, for people and for programs of any origin."""

import json

from starlette.requests import Request
from starlette.responses import Response

from placeholder.values.named import NAMES
from placeholder.web import respond
from placeholder.web.respond import Sent

_TABLE = respond.table(json.dumps({name: [size.w, size.h] for name, size in NAMES.items()}, separators=(",", ":")).encode())


async def named(request: Request) -> Response:
    """`{name: [w, h], …}`: width and height as they are drawn."""
    return Sent(_TABLE, request.scope)
