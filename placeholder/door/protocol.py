"""The guarded protocol, which answers synth pictures itself and hands everything else on.

The rules by which a request is answered here; any other goes to the application, whose answer is the same byte for byte:
- GET or HEAD, no body, no upgrade, no expectation, one Host at most, one that is served and that means us;
- no earlier request of the connection is still being answered (pipelining keeps its order), and the peer reads;
- its target is an SVG picture that is not refused.

The tests compare the door with the application.
"""

from asyncio import AbstractEventLoop
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from placeholder.door.desk import Desk
from placeholder.door.guard import Guarded
from placeholder.door.lifespan import DESK
from placeholder.door.watch import Watch
from placeholder.web.middleware import is_known_host
from placeholder.web.respond import answer_to, common

_WEIGHED = frozenset((b"host", b"if-none-match", b"connection", b"content-length", b"transfer-encoding", b"expect", b"upgrade"))
"""Headers that decide whether and how a request is answered here; all others change nothing (P-18)."""
_HANDED_ON = frozenset((b"content-length", b"transfer-encoding", b"expect", b"upgrade"))


class Door(Guarded):
    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
        *,
        watch: Watch,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop, watch=watch)
        # A ceiling on requests is uvicorn's to refuse.
        self._desk: Desk | None = app_state.get(DESK) if self.limit_concurrency is None else None
        self._dated_for: list[tuple[bytes, bytes]] | None = None
        self._dated = b""

    def answer(self) -> None:
        cycle = self.cycle
        if (
            self._desk is not None
            and (cycle is None or (cycle.response_complete and not self.pipeline))
            and not self.flow.write_paused
            and self._answer(self._desk)
        ):
            self._answered = True
            self.server_state.total_requests += 1
        else:
            super().answer()

    def _answer(self, desk: Desk) -> bool:
        """Answers the request whose head has been read, if it is one for the door."""
        noted = [pair for pair in self.headers if pair[0] in _WEIGHED]
        if len(noted) == 1 and noted[0][0] == b"host" and not desk.hosts and self.parser.get_method() == b"GET":
            ready = None if desk.is_foreign(noted[0][1]) else desk.ready(self.url)
            if ready is None:
                return False
            if self.parser.should_keep_alive():
                desk.send(self.transport, self._status_and_date() + ready[1], self.loop)
                return True
        return self._answer_with_care(desk, noted)

    def _answer_with_care(self, desk: Desk, noted: list[tuple[bytes, bytes]]) -> bool:
        """The same for HEAD, conditions, connections that end, and hosts."""
        method = self.parser.get_method()
        if (
            method not in (b"GET", b"HEAD")
            or any(name in _HANDED_ON for name, _ in noted)
            or any(name == b"host" and desk.is_foreign(value) for name, value in noted)
            or not is_known_host(noted, desk.hosts)
        ):
            return False
        ready = desk.ready(self.url)
        if ready is None:
            return False
        answer = answer_to(ready[0], noted)
        if answer.status == 200:
            desk.answered.whole += 1
        else:
            desk.answered.unchanged += 1
        keep_alive = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive()
        desk.flush()
        self.transport.write(
            b"".join(
                (
                    STATUS_LINE[answer.status],
                    self._default_lines(),
                    answer.header_lines,
                    b"\r\n" if keep_alive else b"connection: close\r\n\r\n",
                    b"" if method == b"HEAD" else answer.body,
                )
            )
        )
        if not keep_alive:
            self.transport.close()
        return True

    def refuse(self, status: int, more: bytes = b"") -> None:
        self._flush()
        super().refuse(status, more)

    def eof_received(self) -> None:
        self._flush()

    def _flush(self) -> None:
        """Sends what has been answered, before the connection closes."""
        if self._desk is not None:
            self._desk.flush()

    def _status_and_date(self) -> bytes:
        """The first lines of a 200; uvicorn replaces its list of default headers once a second."""
        if self._dated_for is not self.server_state.default_headers:
            self._dated_for = self.server_state.default_headers
            self._dated = STATUS_LINE[200] + self._default_lines()
        return self._dated

    def _default_lines(self) -> bytes:
        return common(*self.server_state.default_headers).lines
