"""The HTTP/1.1 protocol of uvicorn (httptools), which answers synth pictures itself and hands everything else on.

The rules by which a request is answered here; any other goes to the application, whose answer is the same byte for byte:
- GET or HEAD, no body, no upgrade, no expectation, one Host at most and one that is served;
- no earlier request of the connection is still being answered (pipelining keeps its order), and the peer reads;
- its target is an SVG picture that is not refused.

The parts of uvicorn that this stands on are its HttpToolsProtocol's callbacks and fields, which is why pyproject.toml
pins its minor version and the tests compare the door with the application.
"""

from asyncio import AbstractEventLoop
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from placeholder.door.desk import STATE, Desk, header_lines
from placeholder.web.middleware import is_known_host
from placeholder.web.respond import Answer, is_known, not_modified

_WEIGHED = frozenset((b"host", b"if-none-match", b"content-length", b"transfer-encoding", b"expect", b"upgrade"))
"""Headers that decide whether and how a request is answered here; all others change nothing (P-18)."""
_BODY = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))


class Door(HttpToolsProtocol):
    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: AbstractEventLoop | None = None
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._desk: Desk | None = app_state.get(STATE)
        self._answered = False
        self._idle_since: float | None = None
        self._dated_for: list[tuple[bytes, bytes]] | None = None
        self._dated = b""

    def data_received(self, data: bytes) -> None:
        # As in the superclass, news from the peer ends its idle time; the timer itself runs on, since setting a timer
        # costs more than an answer.
        self._idle_since = None
        timer, self.timeout_keep_alive_task = self.timeout_keep_alive_task, None
        super().data_received(data)
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = timer
        elif timer is not None:
            timer.cancel()

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._idle_since = self.loop.time()

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._answered = False

    def on_headers_complete(self) -> None:
        if self._desk is not None and self._answer(self._desk):
            self._answered = True
            return
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers += headers
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._answered:
            super().on_message_complete()

    def _answer(self, desk: Desk) -> bool:
        """Answers the request whose head has been read, if it is one for the door."""
        method = self.parser.get_method()
        if (method != b"GET" and method != b"HEAD") or self._is_engaged():
            return False
        noted = [pair for pair in self.headers if pair[0] in _WEIGHED]
        conditional = False
        if len(noted) != 1 or noted[0][0] != b"host" or desk.hosts:
            if any(name in _BODY for name, _ in noted) or not is_known_host(noted, desk.hosts):
                return False
            conditional = any(name == b"if-none-match" for name, _ in noted)
        ready = desk.ready(self.url)
        if ready is None:
            return False
        keep_alive = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        if keep_alive and not conditional and method == b"GET":
            self.transport.write(self._status_and_date() + ready[1])
        else:
            answer = not_modified(ready[0]) if conditional and is_known(ready[0], noted) else ready[0]
            self.transport.write(self._whole(answer, body=method == b"GET", keep_alive=keep_alive))
        self._finish(keep_alive)
        return True

    def _is_engaged(self) -> bool:
        """Whether the application is needed to keep the order of answers, to wait for the peer, or to refuse it."""
        return (
            (self.cycle is not None and not self.cycle.response_complete)
            or bool(self.pipeline)
            or self.flow.write_paused
            or self.limit_concurrency is not None
        )

    def _whole(self, answer: Answer, *, body: bool, keep_alive: bool) -> bytes:
        opening = self._status_and_date() if answer.status == 200 else STATUS_LINE[answer.status] + self._default_lines()
        closing = b"" if keep_alive else b"connection: close\r\n"
        return b"".join((opening, header_lines(answer), closing, b"\r\n", answer.body if body else b""))

    def _status_and_date(self) -> bytes:
        """The first lines of a 200; uvicorn replaces its list of default headers once a second."""
        if self._dated_for is not self.server_state.default_headers:
            self._dated_for = self.server_state.default_headers
            self._dated = STATUS_LINE[200] + self._default_lines()
        return self._dated

    def _default_lines(self) -> bytes:
        return b"".join(b"%b: %b\r\n" % pair for pair in self.server_state.default_headers)

    def _finish(self, keep_alive: bool) -> None:
        self.server_state.total_requests += 1
        if not keep_alive:
            self.transport.close()
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
