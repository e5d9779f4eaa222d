"""Sees every request that the lane hands on: counts it by route and status, names it (request_id), and logs it.

No URL, query, header or address is counted or logged. Answers as they should be are logged at DEBUG, for they may be
thousands a second; faults of ours each, at ERROR; other 5xx at WARNING, once a second at most, with how many there were since.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placeholder.tally import Durations
from placeholder.web import request_id
from placeholder.web.respond import IMMUTABLE

log = logging.getLogger("placeholder.web")

_TELL_EVERY_S = 1.0
_KEPT = (b"cache-control", IMMUTABLE)


class Watch:
    """`name_of` names the route that a request has come to."""

    def __init__(self, app: ASGIApp, name_of: Callable[[Scope], str]) -> None:
        self._app, self._name_of = app, name_of
        self.answered = Counter[tuple[str, int]]()
        """By route and status."""
        self.took = defaultdict[str, Durations](Durations)
        """By route, to the last byte."""
        self._told_at = 0.0
        self._untold = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        name, status, fault = request_id.of(scope["headers"]), 0, ""
        is_imagining = scope["path"] == "/ai" or scope["path"].startswith("/ai/")

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status, pairs = message["status"], message["headers"]
                if status >= 400 or (is_imagining and _KEPT not in pairs):
                    message = {**message, "headers": [*pairs, (request_id.HEADER, name)]}
            await send(message)

        began, token = time.perf_counter(), request_id.present.set(name.decode())
        try:
            await self._app(scope, receive, named)
        except Exception as error:
            fault = type(error).__name__
            raise
        finally:
            if status:
                self._note(self._name_of(scope), scope["method"], status, time.perf_counter() - began, fault)
            request_id.present.reset(token)

    def _note(self, route: str, method: str, status: int, seconds: float, fault: str) -> None:
        self.answered[route, status] += 1
        self.took[route].note(seconds)
        level = logging.DEBUG if status < 500 else logging.ERROR if status == 500 else logging.WARNING
        if not log.isEnabledFor(level):
            return
        told = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1), "error": fault or None}
        if level == logging.WARNING:
            if time.monotonic() - self._told_at < _TELL_EVERY_S:
                self._untold += 1
                return
            told, self._told_at, self._untold = {**told, "untold": self._untold}, time.monotonic(), 0
        log.log(level, "answered", extra=told)
