"""Where the service stands among another's URLs: at its root, or at a path (`root_path`, the ASGI HTTP specification's word).

- Inside, every path begins at the service itself: what it is mounted at is taken off here, once, and noted in the scope.
- Outside, every URL that is handed out begins with it: bodies ask `prefix_of`, headers are completed here.

By the specification `path` holds `root_path`; where somebody has taken it off already, the rest is read as it is.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "placeholder.prefix"
"""Where the scope tells the path that the service is mounted at, as it stands in URLs."""
_LOCATING = frozenset((b"content-location", b"location"))


class Mountable:
    """The service as an ASGI application, which may be mounted at any path of another:

        pictures = create_app()
        app = Starlette(routes=[Mount("/pictures", app=pictures)], lifespan=pictures.lifespan)

    Outer applications tell those mounted in them neither of their start nor of their end. Pictures by URL need neither; /ai
    answers 503 until `lifespan` has begun. A server that runs this application itself sees to that."""

    def __init__(self, app: ASGIApp, open_all: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
        self._app, self._open_all = app, open_all

    @asynccontextmanager
    async def lifespan(self, _: object = None) -> AsyncIterator[None]:
        """What /ai stands on, opened, and closed in the end; the outer application's `lifespan`, or a part of it:
        `async with pictures.lifespan(): yield`."""
        async with self._open_all():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if not root or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        prefix = quote("/" + root.strip("/")) if root.strip("/") else ""
        start = prefix.encode()

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                pairs = message["headers"]
                message = {**message, "headers": [(name, start + value if name in _LOCATING else value) for name, value in pairs]}
            await send(message)

        await self._app({**scope, **_behind(root, scope), "root_path": "", PREFIX: prefix}, receive, complete)


def prefix_of(scope: Scope) -> str:
    """What every URL of ours begins with that is handed out to this request: "" or "/pictures"."""
    prefix: str = scope.get(PREFIX, "")
    return prefix


def _behind(root: str, scope: Scope) -> dict[str, Any]:
    """The paths behind `root`, decoded and as sent."""
    path: str = scope["path"]
    for start in (root, root.rstrip("/")):  # some write it with a slash at its end
        rest = path.removeprefix(start)
        if path.startswith(start) and rest[:1] in ("", "/"):
            raw = _cut(scope.get("raw_path") or b"", start.encode())
            return {"path": rest or "/", "raw_path": quote(rest or "/").encode() if raw is None else raw or b"/"}
    return {}


def _cut(raw: bytes, start: bytes) -> bytes | None:
    """`raw` without as much of its beginning as stands for the bytes `start`; None where it begins otherwise."""
    at = 0
    for byte in start:
        step = 3 if raw[at : at + 1] == b"%" and len(unquote_to_bytes(raw[at : at + 3])) == 1 else 1
        if unquote_to_bytes(raw[at : at + step]) != bytes((byte,)):
            return None
        at += step
    return raw[at:]
