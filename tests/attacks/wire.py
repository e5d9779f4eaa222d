"""A client that sends what it is told to the byte and reads one answer at a time, as its framing says (RFC 9112 §6.3)."""

import re
import socket
from types import TracebackType

from fixtures.imagining import Reply

_PATIENCE_S = 20
_HEALTH = b"GET /healthz HTTP/1.1\r\nHost: placeholder.test\r\n\r\n"


class Connection:
    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = bytearray()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def reply(self, method: str) -> Reply:
        """The next final answer, to a request by `method`."""
        while True:
            head = self._until(b"\r\n\r\n").decode("latin-1")
            line, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
            found = re.fullmatch(r"HTTP/1\.1 ([1-5][0-9]{2}) [A-Za-z' -]+", line)
            assert found, f"no answer: {line[:80]!r}"
            status = int(found[1])
            if status >= 200:
                break
        pairs = tuple((name.lower(), value) for name, _, value in (line.partition(": ") for line in lines))
        told = dict(pairs)
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif "content-length" in told:
            body = self._exactly(int(told["content-length"]))
        else:
            body = self._rest()
        return Reply(status, pairs, body)

    def is_sound(self, reply: Reply) -> bool:
        """Whether the connection is where `reply` says: closed with nothing behind, or ready for the next request."""
        if reply["connection"] == "close":
            return self._rest() == b""
        self.send(_HEALTH)
        health = self.reply("GET")
        return health.status == 200 and health.body == b'{"ok": true}' and not self._unread

    def _more(self) -> bool:
        chunk = self._socket.recv(65536)
        self._unread += chunk
        return bool(chunk)

    def _until(self, end: bytes) -> bytes:
        while (at := self._unread.find(end)) < 0:
            assert self._more(), f"closed after {bytes(self._unread[:80])!r}"
        return self._exactly(at + len(end))

    def _exactly(self, length: int) -> bytes:
        while len(self._unread) < length:
            assert self._more(), "closed within a body"
        taken = bytes(self._unread[:length])
        del self._unread[:length]
        return taken

    def _rest(self) -> bytes:
        try:
            while self._more():
                pass
        except ConnectionResetError:  # it closed with some of ours unread
            pass
        return self._exactly(len(self._unread))


def is_alive(port: int) -> bool:
    """Whether somebody else is answered."""
    with Connection(port) as connection:
        return connection.is_sound(Reply(200, (), b""))
