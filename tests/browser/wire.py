"""HTTP/1.1 as it is on the wire, for the relay: no more of it than browsers and uvicorn speak."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Literal

Cut = Literal["reset", "close"]

LIMIT = 1 << 20
PIECE = 1 << 16


class Reader(asyncio.StreamReader):
    """Tells when the other side has gone, without reading."""

    def __init__(self) -> None:
        super().__init__(limit=LIMIT)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


def bound(port: int) -> socket.socket:
    """One that does not listen yet."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


def end(writer: asyncio.StreamWriter, cut: Cut) -> None:
    if cut == "reset":  # what an end without lingering sends
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def an_answer(status: int, headers: dict[str, str], body: bytes) -> bytes:
    has_length = status not in (204, 304)
    pairs = {**headers, **({"content-length": str(len(body))} if has_length else {})}
    lines = (f"{name}: {value}\r\n" for name, value in pairs.items())
    head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{''.join(lines)}\r\n"
    return head.encode("latin-1") + (body if has_length else b"")


def read_head(head: bytes) -> tuple[str, dict[str, str]]:
    """The first line, and the headers; those of one name are one, with commas."""
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.lower()
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    return first, headers


async def body_of(source: asyncio.StreamReader, headers: dict[str, str]) -> AsyncIterator[bytes]:
    """A body as it is on the wire, chunks and all, piece by piece."""
    if "chunked" in headers.get("transfer-encoding", ""):
        size = -1
        while size:
            line = await source.readuntil(b"\r\n")
            size = int(line.partition(b";")[0], 16)
            yield line + (await source.readexactly(size + 2) if size else await source.readuntil(b"\r\n"))
        return
    left = int(headers.get("content-length", "0"))
    while left:
        piece = await source.read(min(left, PIECE))
        if not piece:
            raise asyncio.IncompleteReadError(b"", left)
        left -= len(piece)
        yield piece
