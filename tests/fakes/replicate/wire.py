"""Listening on a port, and the things that a connection may suffer beneath HTTP: to be dropped, reset, left in silence, or
refused because the network is down.

uvicorn's protocol speaks HTTP; the listening sockets are ours, because uvicorn's own server can neither close and open its
port again nor end while a request hangs. The request's transport lies in its scope's state, under `transport`.
"""

import asyncio
import socket
import struct
from asyncio import Transport
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

_LINGER_0 = struct.pack("ii", 1, 0)
_GRACE_S = 2.0


class _Protocol(HttpToolsProtocol):
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class Listener:
    """One port of 127.0.0.1, taken at once; 0 is a free one, which it keeps. It serves from `open` on."""

    def __init__(self, port: int) -> None:
        self._listening: socket.socket | None = _bound(port)
        self.port: int = self._listening.getsockname()[1]
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    async def open(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False, timeout_keep_alive=60
        )
        config.load()

        def connected() -> asyncio.Protocol:
            return _Protocol(config=config, server_state=self._state, app_state={})

        listening, self._listening = self._listening or _bound(self.port), None
        self._server = await asyncio.get_running_loop().create_server(connected, sock=listening)

    def drop_all(self, but: Transport | None = None) -> None:
        for connection in tuple(self._state.connections):
            transport = connection.transport
            if transport is not None and transport is not but:
                transport.abort()

    async def close(self) -> None:
        for open_one in (self._server, self._listening):
            if open_one is not None:
                open_one.close()
        self._server = self._listening = None
        self.drop_all()
        if tasks := tuple(self._state.tasks):
            await asyncio.wait(tasks, timeout=_GRACE_S)
        for task in tuple(self._state.tasks):
            task.cancel()


def _bound(port: int) -> socket.socket:
    listening = socket.create_server(("127.0.0.1", port), backlog=1024)
    # Accepted sockets inherit it. Without it, an answer's body may wait 40 ms for the client to acknowledge its head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def gone(receive: Receive, seconds: float | None = None) -> bool:
    """Waits until the client has gone, `seconds` at most; the request has been read. Whether it has gone."""

    async def leave() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(leave(), seconds)
    except TimeoutError:
        return False
    return True


class Dropped(Response):
    """No answer: the connection ends (the client reads its end), or is reset."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__()
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        drop(scope, reset=self._reset)
        await gone(receive)


class Delayed(Response):
    """`later` after `seconds` of silence, unless the client has gone by then."""

    def __init__(self, later: Response, seconds: float) -> None:
        super().__init__()
        self._later = later
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not await gone(receive, self._seconds):
            await self._later(scope, receive, send)


def drop(scope: Scope, *, reset: bool = False) -> None:
    transport: Transport = scope["state"]["transport"]
    connection = transport.get_extra_info("socket")
    if reset and connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
    transport.abort()


class Gate:
    """In front of an application: lets no request through while the network is down, and dates the answers by the fake's
    clock. Paths that start with `always` pass at any time."""

    def __init__(self, app: ASGIApp, is_up: Callable[[], bool], now: Callable[[], float], always: str = "") -> None:
        self._app = app
        self._is_up = is_up
        self._now = now
        self._always = always

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_up() and not (self._always and scope["path"].startswith(self._always)):
            await Dropped(reset=True)(scope, receive, send)
            return

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(self._now(), usegmt=True).encode()
                headers: list[Any] = [*message.get("headers", []), (b"date", date), (b"server", b"cloudflare")]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, dated)
