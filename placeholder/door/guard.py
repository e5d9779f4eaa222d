"""The HTTP/1.1 protocol of uvicorn (httptools) with the limits that it leaves open (door/limits.py); what is answered is the
application's alone.

    phase     ends by itself              where its time is up

    IDLE      a request begins            closed
    HEAD      the head is whole           408, closed
    BODY      the body is whole           408, closed; where it was answered before, closed
    ANSWER    the answer is complete      (the application's own time)
    DEAF      the client closes           closed
    LEAVING   all is read                 closed by the watch, as is any phase in which the client does not read

While an answer is under way, and while nothing is read from the client, its time stands still.

The parts of uvicorn that this stands on are its HttpToolsProtocol's callbacks and fields, which is why pyproject.toml
pins its minor version. Of its timers none is used: they cost more than a picture does.
"""

from asyncio import AbstractEventLoop, Transport, get_running_loop
from math import inf
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from placeholder.door.lifespan import CLOSING
from placeholder.door.limits import ALWAYS_ANSWERED, BODY_RATE, MAX_HEAD, MAX_HEADERS, Limits
from placeholder.door.system import unread
from placeholder.door.watch import NOWHERE, Phase, Watch
from placeholder.synth.catalogue import MAX_URL

_IDLE, _HEAD, _BODY, _DEAF = Phase.IDLE, Phase.HEAD, Phase.BODY, Phase.DEAF

_READ_S = 1
"""Seconds after which we look whether an answer of the application has been read."""
_REFUSALS = {
    400: b"Expected a request in HTTP/1.1.",
    408: b"Expected the whole request sooner.",
    414: b"Expected a URL of %d bytes at most." % MAX_URL,
    431: b"Expected %d headers at most, %d bytes together with the URL." % (MAX_HEADERS, MAX_HEAD),
    503: b"Too many connections. Try again in a second.",
}
_REFUSAL = (
    b"content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n"
    b"content-length: %d\r\n%bconnection: close\r\n\r\n"
)


class Guarded(HttpToolsProtocol):
    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
        *,
        watch: Watch,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.watch = watch
        self.phase = _IDLE
        self.since = watch.now
        self.allowed = min(watch.limits.head_s, self.timeout_keep_alive)
        self.slot = NOWHERE
        self._is_beyond = False
        self._answered = False
        """Whether the request that is being read has been answered without the application."""
        self._head_read = 0
        """Bytes of the head that is being read, at most; counted only where it may be too long."""
        self._body_read = 0
        """Bytes of bodies in what was received last."""
        self._farewell = b""

    def _enter(self, phase: Phase, allowed: float) -> None:
        self.phase, self.since, self.allowed = phase, self.watch.now, allowed
        self.watch.expect(self)

    # ---------------------------------------------------------------- the connection

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        has_room = self.watch.has_room()
        super().connection_made(transport)
        self.watch.expect(self)
        if not has_room:
            self._is_beyond = True
            self.watch.hear_beyond(self)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.watch.forget(self)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.watch.await_reading(self)

    def shutdown(self) -> None:
        release = self.app_state.pop(CLOSING, None)  # once for all connections
        if release:
            release()
        if self.phase is _BODY:
            self._enter(_BODY, self.watch.limits.stopping_s)
        super().shutdown()

    # ---------------------------------------------------------------- a request

    def data_received(self, data: bytes) -> None:
        entered, headers = self.phase, self.headers
        if entered is _DEAF:
            return
        self._body_read = 0
        if entered is _HEAD or len(data) > MAX_HEAD:
            self._head_read += len(data)
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade:
            pass  # no other protocol is spoken here: the request has been read as one in this one
        except HttpParserError:
            self.refuse(400)
        if self.phase is _HEAD:
            self._read_on_in_head(data, self.headers is not headers)
            return
        self._head_read = 0
        if self.phase is _BODY:
            if entered is not _BODY or self.headers is not headers:
                self._enter(_BODY, self.watch.limits.body_s)
            if not self.cycle.response_complete:
                self.allowed += len(data) / BODY_RATE

    def _read_on_in_head(self, data: bytes, has_begun: bool) -> None:
        """After `data`, in which a head began, or which has not ended one."""
        if has_begun:
            self._enter(_HEAD, self.watch.limits.head_s)
            self._head_read = len(data.rpartition(b"\r\n\r\n")[2]) - self._body_read
        if self._head_read > MAX_HEAD or len(self.headers) > MAX_HEADERS:
            self._refuse_head()

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._answered = False
        if self.phase is not _DEAF:
            self.phase = _HEAD

    def on_headers_complete(self) -> None:
        if self.phase is _DEAF:
            return
        if len(self.headers) > MAX_HEADERS or (self._head_read > MAX_HEAD and self._head_size() > MAX_HEAD):
            self._refuse_head()
        elif self._is_beyond and self.url.partition(b"?")[0] not in ALWAYS_ANSWERED:
            self.refuse(503, b"retry-after: 1\r\n")
        else:
            self.answer()
            self.phase = _BODY

    def answer(self) -> None:
        """Has the request answered whose head has been read: by the application."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()
        self.headers = []  # fields behind a body in chunks are no headers (RFC 9110 §6.5.1)
        if self._is_beyond:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        if self.phase is _BODY and not self._answered:
            self._body_read += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._answered:
            if self.phase is _DEAF:
                return
            super().on_message_complete()
            if not self.cycle.response_complete:
                self.phase, self.allowed = Phase.ANSWER, self.watch.limits.write_s
                return
        self.phase = _IDLE
        self.since = self.watch.now
        self.allowed = self.timeout_keep_alive

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            self._leave()
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self.phase is Phase.ANSWER:
            self._enter(_IDLE, min(_READ_S, self.timeout_keep_alive))
        elif self.phase is _BODY:
            self._enter(_BODY, self.watch.limits.linger_s)
        elif self.phase is _DEAF:
            self._end()

    # ---------------------------------------------------------------- the end

    def overdue(self) -> None:
        if self.transport.is_closing():
            self._leave()
        elif self.phase is _IDLE:
            self._look_whether_read()
        elif self.flow.read_paused or self._is_owing():
            self.since = self.watch.now
        elif self.phase is _DEAF or (self.phase is _BODY and self.cycle.response_complete):
            self.watch.drop(self)
        else:
            self.refuse(408)
            self._leave()

    def _look_whether_read(self) -> None:
        """Between two requests. The kernel takes in what the client may never read."""
        is_read = not unread(self.transport)
        if self.cycle is not None and self.allowed < self.timeout_keep_alive:
            self.allowed = self.timeout_keep_alive
            if not is_read:
                self.watch.await_reading(self)
        elif is_read:
            self._leave()
        else:
            self.watch.drop(self)

    def refuse(self, status: int, more: bytes = b"") -> None:
        """Answers the request that is being read, which the application will not, as the last one of its connection, and behind
        those that are owed still; `more`: lines of headers."""
        owing = self._is_owing()
        if self.phase is _BODY and not owing:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        text = _REFUSALS[status]
        lines = b"".join(b"%b: %b\r\n" % pair for pair in self.server_state.default_headers)
        body = b"" if self.parser.get_method() == b"HEAD" else text
        self._farewell = STATUS_LINE[status] + lines + _REFUSAL % (len(text), more) + body
        self.phase = _DEAF
        if not owing:
            self._end()

    def _end(self) -> None:
        self.transport.write(self._farewell)
        self.transport.write_eof()
        self._enter(_DEAF, self.watch.limits.linger_s)

    def _refuse_head(self) -> None:
        self.refuse(414 if len(self.url) > MAX_URL else 431)

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _is_owing(self) -> bool:
        """Whether an answer is under way that another must not be written into."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or cycle.disconnected:
            return False
        return self.phase is not _BODY or cycle.response_started

    def _leave(self) -> None:
        self.transport.close()
        self._enter(Phase.LEAVING, inf)
        if self.transport.get_write_buffer_size():
            self.watch.await_reading(self)
        else:
            self.watch.forget(self)


class Guard:
    """What uvicorn calls for every connection: makes protocols of one kind, under one watch."""

    def __init__(self, protocol: type[Guarded], limits: Limits | None = None) -> None:
        self.protocol, self.limits = protocol, limits or Limits()
        self._watch: Watch | None = None

    def __call__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: AbstractEventLoop | None = None
    ) -> Guarded:
        loop = _loop or get_running_loop()
        if self._watch is None:
            self._watch = Watch(self.limits, server_state.connections, loop)  # type: ignore[arg-type]
        return self.protocol(config, server_state, app_state, loop, watch=self._watch)
