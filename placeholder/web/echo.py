"""Who sends again what was just answered is answered at once, before the router, while the job is as it was (P-68)."""

import time
from hashlib import sha256

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placeholder.cache import BoundedCache
from placeholder.jobs.board import FRESH_S, Board
from placeholder.jobs.model import Job
from placeholder.web.mount import prefix_of
from placeholder.web.respond import Answer, Sent

NOTE = "placeholder.echo"
"""Where POST /ai finds whom to tell of its answer, in the scope."""
MAX_BODY = 65_536
"""Bytes of an ask that are read."""
_KEPT_BYTES = 4_000_000
_WEIGHT = 2000
_WHO = (b"authorization", b"origin", b"sec-fetch-site", b"host")
"""Which key, and from where: whoever is refused there must not be answered from memory."""
_WEIGHED = frozenset((*_WHO, b"content-type", b"content-encoding", b"accept"))


class Echo:
    """It keeps digests of bodies, for they hold prompts. `board` is set once there is one."""

    board: Board | None = None

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: BoundedCache[bytes, tuple[float, Job, Answer]] = BoundedCache(_KEPT_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asking = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == "/ai"
        if self.board is None or not is_asking or not _is_awaited(scope):
            await self._app(scope, receive, send)
            return
        first = await receive()
        if first["type"] == "http.request" and not first.get("more_body", False):
            asked = _digest(scope, first.get("body", b""))
            answer = self._recall(asked)
            if answer:
                await Sent(answer, scope)(scope, receive, send)
                return
            scope[NOTE] = lambda job, answer: self._kept.keep(asked, (time.monotonic(), job, answer), _WEIGHT)
        unread = [first]

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, replay, send)

    def _recall(self, asked: bytes) -> Answer | None:
        kept = self._kept.get(asked)
        if kept is None or time.monotonic() - kept[0] > FRESH_S:
            return None
        now = self.board.glance(kept[1].id) if self.board else None
        return kept[2] if now and now.version == kept[1].version else None


def _is_awaited(scope: Scope) -> bool:
    """Whether a body may be waited for before anybody has judged the head: its sender waits for no word of ours, and announces
    no more of it than is read."""
    said = dict(scope["headers"])
    length = said.get(b"content-length", b"")
    return b"expect" not in said and (not length or (len(length) < 9 and length.isdigit() and int(length) <= MAX_BODY))


def _digest(scope: Scope, body: bytes) -> bytes:
    """Of all that an answer to POST /ai depends on."""
    noted = [name + b":" + value for name, value in scope["headers"] if name in _WEIGHED]
    return sha256(b"\n".join((prefix_of(scope).encode(), *noted, b"", body))).digest()
