"""A proxy in front of a live service: it serves pages to test with, sees what is asked, and fails as it is told.

What it passes on it passes on byte for byte, in both directions and as it comes. It lives on a thread of its own, so a test
may block while it asks through it; everything public is for the test's thread.
"""

import asyncio
import json as json_
import mimetypes
import re
import threading
import time
from collections.abc import Coroutine
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

from browser.wire import LIMIT, Cut, Reader, an_answer, body_of, bound, end, read_head

_GONE = (ConnectionError, asyncio.IncompleteReadError)


@dataclass
class Seen:
    """A request and how it went. `status` is None while, and if, nothing answers; times are time.monotonic()'s."""

    method: str
    path: str
    query: str
    headers: dict[str, str]  # by lower-case name
    body: bytes
    at: float
    status: int | None = None
    ended_at: float | None = None


@dataclass
class Rule:
    """Made by `Relay.on`; `hits` counts the requests that met it."""

    method: str
    path: str
    status: int | None
    answer: bytes
    delay: float
    cut: Cut | None
    times: int | None
    hits: int = 0

    def lift(self) -> None:
        self.times = 0

    def meets(self, seen: Seen) -> bool:
        is_over = self.times is not None and self.hits >= self.times
        return not is_over and self.method in ("*", seen.method) and bool(re.fullmatch(self.path, seen.path))


class Relay:
    """`service`: the origin to pass on to; `origin`: its own. `seen` has the requests in the order in which they came.
    While `strips_cors`, the service's answers lose their CORS headers; while `strips_wait`, it gets to see no `wait=`."""

    def __init__(self, service: str) -> None:
        host, _, port = service.removeprefix("http://").partition(":")
        self._service = host, int(port)
        self._socket = bound(0)
        self._port = self._socket.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self._port}"
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.clear()

    # ---- what a test says

    def page(self, name: str, body: str | bytes, status: int = 200, headers: dict[str, str] | None = None) -> str:
        """Puts `body` under /pages/`name`, in the type of that name, HTML by default; gives its address."""
        kind = mimetypes.guess_type(name)[0] or "text/html"
        plain = {"content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind, "cache-control": "no-cache"}
        chosen = {key.lower(): value for key, value in (headers or {}).items()}
        content = body.encode() if isinstance(body, str) else body
        self._pages[f"/pages/{name}"] = status, an_answer(status, {**plain, **chosen}, content)
        return f"{self.origin}/pages/{name}"

    def on(
        self,
        method: str,
        path: str,
        *,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        json: Any = None,
        body: bytes = b"",
        delay: float = 0,
        cut: Cut | None = None,
        times: int | None = None,
    ) -> Rule:
        """What `times` requests meet, or all until `lift`: after `delay` the answer given, or a cut, or else the service.
        `method` may be "*"; `path`: a pattern for the whole of it, without the query. The oldest rule in force counts.
        Only the headers given are sent, no CORS header by itself. A browser asks again by itself when its connection is cut
        (Chromium once at most; Firefox up to nine times, a POST once at most): lift such a rule rather than count."""
        if json is not None:
            headers, body = {"content-type": "application/json", **(headers or {})}, json_.dumps(json).encode()
        answer = an_answer(status, headers or {}, body) if status else b""
        rule = Rule(method, path, status, answer, delay, cut, times)
        self._rules.append(rule)
        return rule

    def cut(self) -> None:
        """The server is gone: every connection ends, and new ones are refused."""
        self._run(self._cut())

    def mend(self) -> None:
        """It is back, on the same port."""
        self._run(self._mend())

    def clear(self) -> None:
        """As new: nothing seen, no rules, no pages, mended."""
        self.seen: list[Seen] = []
        self._rules: list[Rule] = []
        self._pages: dict[str, tuple[int, bytes]] = {}
        self.strips_cors = self.strips_wait = False
        self.mend()

    def close(self) -> None:
        self._run(self._cut())
        self._run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._socket.close()

    # ---- what a test asks

    def of(self, method: str, path: str) -> list[Seen]:
        """The requests seen, chosen as by `on`."""
        return [seen for seen in self.seen if method in ("*", seen.method) and re.fullmatch(path, seen.path)]

    def most_at_once(self, path: str, method: str = "*") -> int:
        """The most requests that were held at one time."""
        seen = self.of(method, path)
        ends = [one.ended_at or float("inf") for one in seen]
        return max((sum(one.at <= each.at < end for one, end in zip(seen, ends, strict=True)) for each in seen), default=0)

    async def until(self, method: str, path: str, count: int = 1, seconds: float = 10) -> list[Seen]:
        """Waits until `count` such requests have come."""
        ends = time.monotonic() + seconds
        while len(found := self.of(method, path)) < count:
            assert time.monotonic() < ends, f"{method} {path} came {len(found)} times, not {count}, in {seconds:g} s"
            await asyncio.sleep(0.02)
        return found

    # ---- the thread

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _mend(self) -> None:
        if self._server is None:
            self._server = await self._loop.create_server(
                lambda: asyncio.StreamReaderProtocol(Reader(), self._accept), sock=self._socket, backlog=512
            )

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            self._socket = bound(self._port)  # held, without listening, for nobody else to take
        for writer in self._writers:
            writer.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, Reader)
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        self._writers.add(writer)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._writers.discard(writer))

    async def _serve(self, reader: Reader, writer: asyncio.StreamWriter) -> None:
        """One connection, request after request. Who goes away takes the service's answer along."""
        with closing(writer), suppress(*_GONE):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                at = time.monotonic()
                target, headers = read_head(head)
                body = b"".join([piece async for piece in body_of(reader, headers)])
                method, address, _ = target.split(" ")
                path, _, query = address.partition("?")
                seen = Seen(method, path, query, headers, body, at)
                self.seen.append(seen)
                exchange = self._loop.create_task(self._exchange(seen, head, writer))
                gone = self._loop.create_task(reader.gone.wait())
                await asyncio.wait((exchange, gone), return_when=asyncio.FIRST_COMPLETED)
                gone.cancel()
                if not exchange.done():
                    exchange.cancel()
                    await asyncio.wait((exchange,))
                    break
                exchange.result()

    async def _exchange(self, seen: Seen, head: bytes, writer: asyncio.StreamWriter) -> None:
        """Answers. An answer's end is noted in the same breath as it is sent, before anyone can act upon it."""
        try:
            rule = next((rule for rule in self._rules if rule.meets(seen)), None)
            if rule:
                rule.hits += 1
                await asyncio.sleep(rule.delay)
                if rule.cut:
                    end(writer, rule.cut)
                    raise ConnectionAbortedError
            known = (rule.status, rule.answer) if rule and rule.status else self._pages.get(seen.path)
            if known is None:
                await self._pass_on(seen, head, writer)
            else:
                seen.status, answer = known
                seen.ended_at = time.monotonic()  # before the browser has it, which may then be quicker than we are
                writer.write(answer if seen.method != "HEAD" else answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        finally:
            seen.ended_at = seen.ended_at or time.monotonic()

    async def _pass_on(self, seen: Seen, head: bytes, writer: asyncio.StreamWriter) -> None:
        if self.strips_wait:
            line, ended, rest = head.partition(b"\r\n")
            line = re.sub(rb"(?<=[?&])wait=[^& ]*&?", b"", line)
            head = re.sub(rb"[?&](?= HTTP/)", b"", line) + ended + rest
        source, service = await asyncio.open_connection(*self._service, limit=LIMIT)
        try:
            service.write(head + seen.body)
            answer = await source.readuntil(b"\r\n\r\n")
            status, headers = read_head(answer)
            if self.strips_cors:
                answer = re.sub(rb"\r\naccess-control-[^\r]*", b"", answer, flags=re.IGNORECASE)
            seen.status = int(status.split(" ")[1])
            is_empty = seen.method == "HEAD" or seen.status in (204, 304)
            writer.write(answer)
            async for piece in body_of(source, {} if is_empty else headers):
                await writer.drain()
                writer.write(piece)
        finally:
            service.transport.abort()
