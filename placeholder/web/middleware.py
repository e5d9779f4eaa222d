"""What stands before the router, as pure ASGI: who may ask (Hosts), and pictures that need no router (Lane).

A router and its layers cost more than a drawing does, so `Lane` answers plain GETs of SVG pictures itself, the hot ones
from memory, and those of a job's state that is known without asking. It answers with what the router would, or hands the
request on: to it belongs whatever names the host of another service, whose URLs mean something else (synth/foreign).
"""

import re
from collections.abc import Callable, Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from placeholder.cache import BoundedCache
from placeholder.errors import ForeignHost
from placeholder.raster.press import Press
from placeholder.web import request_id
from placeholder.web.drawings import target_of
from placeholder.web.errors import refuse
from placeholder.web.mount import prefix_of
from placeholder.web.respond import Answer, Headers, Sent

_WEIGHED = frozenset((b"host", b"if-none-match"))
_PORT = re.compile(r":[0-9]*$")

_AI = b"/ai/"

Paint = Callable[[bytes], Answer | None]
IsForeign = Callable[[bytes], bool]
"""Whether a Host header names another service, whose grammar is read there."""


class Lane:
    """`paint` draws what a target names, for ever; `glance` knows how a job stands just now. None: ask the router."""

    def __init__(
        self, app: ASGIApp, paint: Paint, glance: Paint, hosts: frozenset[str], cache_bytes: int, is_foreign: IsForeign
    ) -> None:
        self._app, self._paint, self._glance, self._hosts, self._is_foreign = app, paint, glance, hosts, is_foreign
        self._kept: BoundedCache[bytes, tuple[Headers, bytes]] = BoundedCache(cache_bytes)
        self.drawn = self.glanced = 0
        """Answers of each kind; all are 200."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not self._is_plain(scope["headers"]):
            await self._app(scope, receive, send)
            return
        target = target_of(scope)
        kept = self._kept.get(target)
        is_passing = False
        if kept is None:
            is_passing = target.startswith(_AI)
            # What tells the state of a job tells URLs, which are others where we are mounted.
            known = None if prefix_of(scope) else self._glance
            paint = known if is_passing else self._paint
            answer = paint(target) if paint else None
            if answer is None:
                await self._app(scope, receive, send)
                return
            kept = answer.headers, answer.body
            if not is_passing:
                self._kept.offer(target, kept, len(target) + len(answer.body) + len(answer.location or b""))
        # Whoever stands between may change a message, so each client gets its own.
        headers = list(kept[0])
        if is_passing:
            self.glanced += 1
            headers.append((request_id.HEADER, request_id.of(scope["headers"])))
        else:
            self.drawn += 1
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": kept[1]})

    def _is_plain(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether no header changes the answer."""
        noted = [pair for pair in headers if pair[0] in _WEIGHED]
        if len(noted) == 1 and noted[0][0] == b"host" and not self._hosts:
            return not self._is_foreign(noted[0][1])
        is_ours = all(name == b"host" and not self._is_foreign(value) for name, value in noted)
        return is_ours and is_known_host(noted, self._hosts)


def is_known_host(headers: Iterable[tuple[bytes, bytes]], hosts: frozenset[str]) -> bool:
    """Whether the request has one Host at most (RFC 9112 §3.2), and one of `hosts` where there are any."""
    named = [value for name, value in headers if name == b"host"]
    if len(named) > 1:
        return False
    return not hosts or any(_PORT.sub("", value.decode("latin-1").lower()) in hosts for value in named)


class Hosts:
    """Refuses a request that names a host not among `hosts`; health checks come by address and are let through."""

    CHECKS = ("/healthz", "/readyz")

    def __init__(self, app: ASGIApp, hosts: frozenset[str], press: Press) -> None:
        self._app, self._hosts, self._press = app, hosts, press

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self.CHECKS or is_known_host(scope["headers"], self._hosts):
            await self._app(scope, receive, send)
            return
        accept = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"accept"), "")
        answer = await refuse(ForeignHost(), scope["path"], accept, self._press)
        await Sent(answer, scope)(scope, receive, send)
