"""What the guard allows and what it ends, with an application that does as its paths say."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fixtures import hostile
from fixtures.guarded import PATIENCE, guarded
from fixtures.hostile import HOST, Ended

from placeholder.door.guard import Guarded
from placeholder.door.limits import BODY_RATE, MAX_HEAD, MAX_HEADERS, MOST_BEYOND, Limits
from placeholder.door.protocol import Door
from placeholder.door.serve import OTHER_FILES, run
from placeholder.door.system import drop, unread
from placeholder.door.watch import TICK_S, Phase, Watch

SHORT = Limits(head_s=1, body_s=1, write_s=1, linger_s=1)
LARGE = b"a" * 8_000_000


class Stage:
    """Says how many bytes it was sent. /large: much; /some: what the kernel takes in; /early: before the body; /late: reads after
    two seconds; /held: as long as the client stays, or until `released`."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.held = 0
        self.left = 0
        """Requests that were told that the client is gone."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        match scope["path"]:
            case "/large":
                await answer(send, LARGE)
            case "/some":
                await answer(send, LARGE[:1_000_000])
            case "/early":
                await answer(send, b"early", 413)
            case "/held":
                self.held += 1
                while not self.released.is_set():
                    await asyncio.sleep(0.01)
                await answer(send, b"held")
                self.held -= 1
            case path:
                await asyncio.sleep(2 if path == "/late" else 0)
                await answer(send, b"%d" % await self.size(receive))

    async def size(self, receive: Any) -> int:
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.left += 1
                return -1
            size, more = size + len(message["body"]), message.get("more_body", False)
        return size


async def answer(send: Any, body: bytes, status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module", params=[Door, Guarded])
def kind(request: pytest.FixtureRequest) -> type[Guarded]:
    """With a desk before the application, or without."""
    found: type[Guarded] = request.param
    return found


@pytest.fixture(scope="module")
def usual(kind: type[Guarded]) -> Iterator[int]:
    """The port of a service with the limits that people meet."""
    with guarded(Stage(), kind) as (port, _):
        yield port


def get(target: str = "/", *lines: str, method: str = "GET") -> bytes:
    return f"{method} {target} HTTP/1.1\r\n".encode() + HOST + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def post(target: str, body: bytes) -> bytes:
    return get(target, f"Content-Length: {len(body)}", method="POST") + body


def of_size(size: int) -> bytes:
    """A head of so many bytes, as they are counted."""
    plain = len("/") + len("Host" + "placeholder.test" + "....") + len("X" + "....")
    return get("/", "X: " + "a" * (size - plain))


LAST = get("/", "Connection: close")
HEADERS = [f"X-{number}: a" for number in range(MAX_HEADERS)]


def said(port: int, *pieces: bytes, pause: float = 0.01) -> bytes:
    """All that is answered until the service closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as peer:
        for piece in pieces:
            peer.sendall(piece)
            time.sleep(pause)
        return b"".join(iter(lambda: peer.recv(65536), b""))


def statuses(heard: bytes) -> list[int]:
    return [int(part[:3]) for part in heard.split(b"HTTP/1.1 ")[1:]]


# ---------------------------------------------------------------- heads

HEADS: dict[str, tuple[bytes, list[int]]] = {
    "as many headers as may be": (get("/", *HEADERS[1:]) + LAST, [200, 200]),
    "one header more": (get("/", *HEADERS), [431]),
    "one header more, behind others": (get() + get("/", *HEADERS), [200, 431]),
    "the longest head": (of_size(MAX_HEAD) + LAST, [200, 200]),
    "a byte longer": (of_size(MAX_HEAD + 1) + LAST, [431]),
    "a byte longer, behind others": (get() * 3 + of_size(MAX_HEAD + 1) + LAST, [200, 200, 200, 431]),
    "longer by far, in one header": (of_size(300_000), [431]),
    "longer by far, and never whole": (of_size(300_000)[:-4], [431]),
    "longer by far, behind others": (get() * 3 + of_size(900_000), [200, 200, 200, 431]),
    "spaces before a value": (get("/", "X:" + " " * 600_000 + "a"), [431]),
    "the longest URL of a head": (get("/" + "a" * 30_000) + LAST, [200, 200]),
    "a longer one": (get("/" + "a" * 40_000), [414]),
    "a longer one, never whole": (b"GET /" + b"a" * 900_000, [414]),
    "many small ones at once": (get("/", "X: abc") * 2000 + LAST, [200] * 2001),
    "bodies before heads": ((post("/", b"\r\n\r\n" + b"a" * 40_000) + get("/", "X: " + "a" * 20_000)) * 4 + LAST, [200] * 9),
    "no HTTP": (b"HELLO\r\n\r\n", [400]),
    "no HTTP, behind others": (get() + b"\x16\x03\x01\x02\x00", [200, 400]),
}


@pytest.mark.parametrize(("sent", "expected"), HEADS.values(), ids=HEADS.keys())
def test_a_head_is_as_large_as_it_may_be(usual: int, sent: bytes, expected: list[int]) -> None:
    for size in (len(sent), 7919):
        heard = said(usual, *(sent[at : at + size] for at in range(0, len(sent), size)), pause=0.001)
        assert statuses(heard) == expected


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (b"HELLO\r\n\r\n", 400, b"Expected a request in HTTP/1.1."),
        (get("/" + "a" * 40_000), 414, b"Expected a URL of 8192 bytes at most."),
        (get("/", *HEADERS), 431, b"Expected 64 headers at most, 32768 bytes together with the URL."),
        (get("/", *HEADERS, method="HEAD"), 431, b""),
    ],
)
def test_a_refusal_says_what_was_expected(usual: int, sent: bytes, status: int, told: bytes) -> None:
    head, _, body = said(usual, sent).partition(b"\r\n\r\n")
    assert statuses(head) == [status]
    assert body == told
    for line in (b"connection: close", b"cache-control: no-store", b"x-content-type-options: nosniff", b"date: "):
        assert b"\r\n" + line in head


def test_a_refusal_waits_for_the_answers_before_it() -> None:
    stage = Stage()
    with (
        guarded(stage, limits=Limits(head_s=1, linger_s=0.5)) as (port, _),
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as peer,
    ):
        peer.sendall(get("/held") + get("/", *HEADERS) + get())
        time.sleep(1.5)
        stage.released.set()
        heard = b"".join(iter(lambda: peer.recv(65536), b""))
    assert statuses(heard) == [200, 431]


# ---------------------------------------------------------------- time


async def test_whoever_is_slow_is_not_waited_for(kind: type[Guarded]) -> None:
    stage = Stage()
    with guarded(stage, kind, SHORT) as (port, server):
        ended = await hostile.all_of(port, {hostile.silent: 5, hostile.slow_head: 5, hostile.slow_body: 5})
        assert {name: {one.status for one in ends} for name, ends in ended.items()} == {
            "silent": {None},
            "slow_head": {408},
            "slow_body": {408},
        }
        assert not server.server_state.connections
    assert stage.left == 5


async def test_time_is_only_the_clients_own(kind: type[Guarded]) -> None:
    """A body that keeps coming, one that we do not read yet, an answer that takes long, a connection that is busy."""

    def steady(port: int) -> bytes:
        pieces = [b"a" * BODY_RATE] * 6
        return said(port, post("/", b"".join(pieces))[: -len(pieces) * BODY_RATE], *pieces, LAST, pause=0.4)

    def later(port: int) -> bytes:
        return said(port, post("/late", b"a" * 1_000_000), LAST)

    def behind(port: int) -> bytes:
        return said(port, get("/late") + LAST[:9], *[b""] * 5, LAST[9:], pause=0.3)

    def busy(port: int) -> bytes:
        return said(port, *[get()] * 8, LAST, pause=0.3)

    with guarded(Stage(), kind, SHORT, timeout_keep_alive=1) as (port, _):
        heard = await asyncio.gather(*(asyncio.to_thread(ask, port) for ask in (steady, later, behind, busy)))
    assert [statuses(answers) for answers in heard] == [[200, 200], [200, 200], [200, 200], [200] * 9]
    assert b"\r\n\r\n%d" % (6 * BODY_RATE) in heard[0]
    assert b"\r\n\r\n1000000" in heard[1]


def test_a_later_request_has_no_more_time_than_the_first() -> None:
    """Though its connection may be idle for long."""
    with guarded(Stage(), Door, SHORT, timeout_keep_alive=600) as (port, _):
        assert statuses(said(port, get(), get()[:9], pause=1.7)) == [200, 408]


async def test_an_answer_that_nobody_reads_is_dropped(kind: type[Guarded]) -> None:
    attacks = {hostile.never_reading(get(target)): 3 for target in ("/large", "/some")}
    last = hostile.never_reading(get("/large", "Connection: close"))
    many = hostile.never_reading(get("/40x30") * 4000)
    with guarded(Stage(), kind, SHORT, timeout_keep_alive=60) as (port, server):
        await asyncio.wait_for(hostile.all_of(port, {**attacks, last: 3, many: 1}), PATIENCE)
        assert not server.server_state.connections


def test_an_answer_that_is_read_slowly_is_not() -> None:
    with (
        guarded(Stage(), Door, SHORT, timeout_keep_alive=30) as (port, _),
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as peer,
    ):
        peer.sendall(get("/large"))
        taken = 0
        for _ in range(30):
            taken += len(peer.recv(60_000))
            time.sleep(0.1)
        while taken < len(LARGE):
            part = peer.recv(1 << 20)
            assert part
            taken += len(part)


def test_an_answer_that_came_early_can_be_heard() -> None:
    with guarded(Stage(), Door, SHORT) as (port, _):
        assert statuses(said(port, post("/early", b"a" * 5_000_000), LAST)) == [413, 200]


async def test_a_body_that_goes_on_after_its_answer_is_ended() -> None:
    async def endless(port: int) -> Ended:
        start = get("/early", "Transfer-Encoding: chunked", method="POST")
        return await hostile.pouring(port, start, b"4000\r\n" + b"a" * 0x4000 + b"\r\n", 0.001)

    with guarded(Stage(), Door, Limits(body_s=600, linger_s=1)) as (port, server):
        ended = await asyncio.wait_for(endless(port), PATIENCE)
        assert ended.status == 413
        assert not server.server_state.connections


class FakeLoop:
    """A loop whose time is told."""

    def __init__(self) -> None:
        self.at = 0.0
        self.call: Callable[[], None] = lambda: None

    def time(self) -> float:
        return self.at

    def call_later(self, _: float, call: Callable[[], None]) -> None:
        self.call = call


def test_a_process_that_stood_still_takes_nobody_elses_time() -> None:
    loop: Any = FakeLoop()
    watch = Watch(SHORT, [], loop)
    for at, now in ((TICK_S, TICK_S), (3 * TICK_S, 3 * TICK_S), (1000, 5 * TICK_S), (1000 + TICK_S, 6 * TICK_S)):
        loop.at = at
        loop.call()
        assert watch.now == now


# ---------------------------------------------------------------- the ceiling


class Several:
    """Connections that stay open; each has been answered once, unless it is silent."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.opened: list[socket.socket] = []

    def __enter__(self) -> "Several":
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.opened:
            one.close()

    def open(self, request: bytes = b"", *, answered: bool = True) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
        self.opened.append(one)
        one.sendall(request)
        if request and answered:
            assert one.recv(65536).startswith(b"HTTP/1.1 200")
        return one


def test_the_longest_idle_makes_room(kind: type[Guarded]) -> None:
    with guarded(Stage(), kind, Limits(connections=3)) as (port, server), Several(port) as several:
        first, second, third = (several.open(get()) for _ in range(3))
        for waited in (second, third):
            time.sleep(2 * TICK_S)
            waited.sendall(get())
            assert waited.recv(65536).startswith(b"HTTP/1.1 200")
        several.open(get())
        assert first.recv(65536) == b""
        for one in (second, third):
            one.sendall(get())
            assert one.recv(65536).startswith(b"HTTP/1.1 200")
        assert len(server.server_state.connections) == 3


def test_whoever_is_being_answered_does_not_make_room(kind: type[Guarded]) -> None:
    stage = Stage()
    with guarded(stage, kind, Limits(connections=3)) as (port, _), Several(port) as several:
        held = [several.open(get("/held"), answered=False) for _ in range(3)]
        while stage.held < 3:
            time.sleep(0.01)
        refused = said(port, get())
        assert statuses(refused) == [503]
        assert b"\r\nretry-after: 1\r\n" in refused
        healthy = said(port, get("/healthz?a"))
        assert statuses(healthy) == [200]
        assert b"\r\nconnection: close\r\n" in healthy
        stage.released.set()
        assert all(one.recv(65536).startswith(b"HTTP/1.1 200") for one in held)
        time.sleep(2 * TICK_S)  # a look at all connections that found no idle one is not repeated at once
        assert statuses(said(port, LAST)) == [200]


def test_newcomers_who_wait_do_not_starve_those_who_ask(kind: type[Guarded]) -> None:
    stage = Stage()
    with guarded(stage, kind, Limits(connections=2)) as (port, server), Several(port) as several:
        for _ in range(2):
            several.open(get("/held"), answered=False)
        while stage.held < 2:
            time.sleep(0.01)
        for number in range(MOST_BEYOND + 40):
            several.open(b"GET" if number % 2 else b"", answered=False)
        assert statuses(said(port, get("/healthz"))) == [200]
        assert len(server.server_state.connections) <= 2 + MOST_BEYOND
        stage.released.set()


@pytest.mark.parametrize(
    ("wanted", "files", "ceiling"),
    [(100, None, 100), (100, 20_000, 100), (16_384, 4096, 4096 - OTHER_FILES - MOST_BEYOND), (16_384, 64, 1)],
)
def test_the_ceiling_is_where_the_files_end(
    monkeypatch: pytest.MonkeyPatch, wanted: int, files: int | None, ceiling: int
) -> None:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr("uvicorn.run", lambda _, **chosen: found.append(chosen))
    monkeypatch.setattr("placeholder.door.serve.raise_file_limit", lambda: files)
    for door in (True, False):
        run("placeholder.app:create_served_app", "127.0.0.1", 0, 1, door=door, max_connections=wanted)
    assert [chosen["http"].limits.connections for chosen in found] == [ceiling] * 2
    assert [chosen["http"].protocol for chosen in found] == [Door, Guarded]
    assert found[0]["timeout_graceful_shutdown"] <= 25


# ---------------------------------------------------------------- the system


async def test_what_a_peer_has_not_read_is_known_and_dropped() -> None:
    served: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
    listening = await asyncio.start_server(lambda _, writer: served.put_nowait(writer), "127.0.0.1", 0)
    async with listening:
        reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
        far: Any = (await served.get()).transport
        assert unread(far) == 0
        far.write(LARGE)
        assert 0 < unread(far) <= len(LARGE)
        drop(far)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        assert unread(far) == 0
        drop(far)
        writer.close()


def test_every_phase_is_told_in_the_table() -> None:
    import placeholder.door.guard

    told = re.findall(r"^    ([A-Z]+) ", placeholder.door.guard.__doc__ or "", re.MULTILINE)
    assert told == [phase.name for phase in Phase]
