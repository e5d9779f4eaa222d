"""The door answers what the application answers, byte for byte, and the application does not notice."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any
from urllib.request import urlopen

import pytest
from fixtures.guarded import PATIENCE, guarded
from hypothesis import given, settings
from hypothesis import strategies as st

from placeholder import draw
from placeholder.cache import BoundedCache
from placeholder.door.desk import Desk
from placeholder.door.lifespan import DESK
from placeholder.web.drawings import paint
from placeholder.web.respond import etag

_OWN = re.compile(rb"(date|x-request-id): [^\r]+\r\n")
"""What no two answers have in common."""


def get(target: str, *headers: str, method: str = "GET", version: str = "1.1", body: str = "") -> bytes:
    head = "".join(f"{line}\r\n" for line in ("Host: placeholder.test", *headers))
    return f"{method} {target} HTTP/{version}\r\n{head}\r\n{body}".encode("latin-1")


LAST = get("/healthz", "Connection: close")
LABEL_TAG = etag(draw("/400x300")).decode()

REQUESTS: dict[str, bytes] = {
    "label": get("/400x300"),
    "label with query": get("/600x240?text=hero+banner&bg=111827&fg=9aa0b4"),
    "escaped path": get("/seed/caf%C3%A9/40x30"),
    "escaped size": get("/%34x30"),
    "clamped": get("/99999x0"),
    "svg suffix": get("/400x300.svg"),
    "double density": get("/400x300@2x.svg"),
    "named": get("/og"),
    "named, of a drawing, with query": get("/gradient/og?from=7c9cff&angle=120"),
    "named, double density": get("/seed/x/vga@2x.svg"),
    "named raster": get("/favicon.png"),
    "ratio": get("/16:9/1280"),
    "ratio, escaped": get("/glyph/16%3A9/128?as=star"),
    "ratio of zeros": get("/0:9/0.svg"),
    "head of a name": get("/og", method="HEAD"),
    "head of a ratio in pixels": get("/16:9/64.png", method="HEAD"),
    "any tag of a name": get("/og", "If-None-Match: *"),
    "any tag of a named raster": get("/favicon.png", "If-None-Match: *"),
    "the tag of its plain form": get("/4:3/400", f"If-None-Match: {LABEL_TAG}"),
    "name in upper case": get("/OG"),
    "name with a bad colour": get("/og?bg=zzz"),
    "name, with marks that no target has": get('/og?text=a"b<c>|d'),
    "name, long": get("/og?text=" + "a" * (8192 - len("/og?text="))),
    "ratio of very many digits": get("/" + "9" * 5000 + ":9/9"),
    "list of names": get("/sizes.json"),
    "raster": get("/40x30.png"),
    "front page": get("/"),
    "health": get("/healthz"),
    "many headers": get("/40x30", "User-Agent: a", "Accept: image/*", "Cookie: a=b", "Range: bytes=0-1", "Accept-Encoding: br"),
    "head": get("/400x300", method="HEAD"),
    "head of raster": get("/40x30.png", method="HEAD"),
    "any tag": get("/400x300", "If-None-Match: *"),
    "its tag": get("/400x300", f"If-None-Match: {LABEL_TAG}"),
    "its tag, weak, in a list": get("/400x300", f'If-None-Match: "a", W/{LABEL_TAG}'),
    "its tag in two headers": get("/400x300", 'If-None-Match: "a"', f"If-None-Match: {LABEL_TAG}"),
    "another tag": get("/400x300", 'If-None-Match: "a"'),
    "head with its tag": get("/400x300", f"If-None-Match: {LABEL_TAG}", method="HEAD"),
    "empty tag": get("/400x300", "If-None-Match:"),
    "bad colour": get("/400x300?bg=zzz"),
    "bad colour as json": get("/400x300?bg=zzz", "Accept: application/json"),
    "no size": get("/400X300"),
    "no route": get("/a/b/c/d"),
    "encoded slash": get("/seed/a%2Fb/40x30"),
    "double slash": get("//40x30"),
    "trailing slash": get("/40x30/"),
    "fragment": get("/40x30#top"),
    "absolute form": get("http://elsewhere.test/40x30?text=a"),
    "star": get("*", method="OPTIONS"),
    "options": get("/40x30", method="OPTIONS"),
    "post": get("/40x30", "Content-Length: 3", method="POST", body="abc"),
    "get with a body": get("/40x30", "Content-Length: 3", body="abc"),
    "get with chunks": get("/40x30", "Transfer-Encoding: chunked", body="3\r\nabc\r\n0\r\n\r\n"),
    "expectation": get("/40x30", "Expect: 100-continue", "Content-Length: 3", body="abc"),
    "websocket": get("/40x30", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
    "long url": get("/400x300?text=" + "a" * 8200),
    "longest url": get("/400x300?text=" + "a" * (8192 - len("/400x300?text=") - 1)),
    "many parameters": get("/400x300?" + "&".join(f"p{n}=1" for n in range(40))),
    "two hosts": get("/40x30", "Host: other.test"),
    "no host": b"GET /40x30 HTTP/1.1\r\n\r\n",
}
ENDINGS: dict[str, bytes] = {
    "close": get("/40x30", "Connection: close"),
    "close, head": get("/40x30", "Connection: close", method="HEAD"),
    "close, named": get("/og", "Connection: close"),
    "close, named, 304": get("/og", "Connection: close", "If-None-Match: *"),
    "close, 304": get("/40x30", "Connection: close", "If-None-Match: *"),
    "http 1.0": get("/40x30", version="1.0"),
    "http 1.0, keep-alive": get("/40x30", "Connection: keep-alive", version="1.0"),
    "http 1.0, head": get("/40x30", version="1.0", method="HEAD"),
    "http 1.0, 304": get("/40x30", "If-None-Match: *", version="1.0"),
    "raw bytes behind a name": b"GET /og?text=caf\xc3\xa9 HTTP/1.1\r\nHost: placeholder.test\r\n\r\n",
    "raw byte in the path": b"GET /40x30?text=\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    "no http": b"HELLO\r\n\r\n",
    "two lengths": get("/40x30", "Content-Length: 1", "Content-Length: 2"),
}


@pytest.fixture(scope="module")
def both(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[tuple[int, int]]:
    """The ports of a service with a door and of one without."""
    with serving() as door, serving(PLACEHOLDER_DOOR="0") as plain:
        yield door, plain


def said(port: int, *pieces: bytes, in_turn: bool = False) -> bytes:
    """All that the service says to `pieces`, sent one after the other, until it closes; dates are left out. `in_turn`: each
    once the one before is being answered."""
    heard = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number, piece in enumerate(pieces):
            if number and in_turn:
                heard += peer.recv(65536)
            elif number:
                time.sleep(0.002)
            peer.sendall(piece)
        while part := peer.recv(65536):
            heard += part
    return _OWN.sub(b"", bytes(heard))


@pytest.mark.parametrize("request_bytes", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_is_answered_as_the_application_answers_it(both: tuple[int, int], request_bytes: bytes) -> None:
    door, plain = both
    # What comes in one piece with a request to upgrade is read as no request, in whichever protocol that would be.
    in_turn = b"Upgrade" in request_bytes
    wanted = said(plain, request_bytes, LAST, in_turn=in_turn)
    assert wanted.startswith(b"HTTP/1.1 ")
    for _ in range(3):  # the third answer comes out of the cache
        assert said(door, request_bytes, LAST, in_turn=in_turn) == wanted


@pytest.mark.parametrize("request_bytes", ENDINGS.values(), ids=ENDINGS.keys())
def test_a_request_that_ends_its_connection_is_answered_alike(both: tuple[int, int], request_bytes: bytes) -> None:
    door, plain = both
    wanted = said(plain, request_bytes)
    assert wanted.startswith(b"HTTP/1.1 ")
    for _ in range(3):
        assert said(door, request_bytes) == wanted


def test_pipelined_requests_are_answered_in_their_order(both: tuple[int, int]) -> None:
    door, plain = both
    first = ("label", "named", "raster", "label", "any tag", "bad colour")
    names = (*first, "head", "health", "post", "label with query", "clamped")
    together = b"".join(REQUESTS[name] for name in names) + LAST
    wanted = said(plain, together)
    assert wanted.count(b"HTTP/1.1 ") == len(names) + 1
    assert said(door, together) == wanted
    assert said(door, *(together[at : at + 7] for at in range(0, len(together), 7))) == wanted


PIPELINED = [name for name in REQUESTS if name not in ("websocket", "expectation")]


@settings(max_examples=150)
@given(names=st.lists(st.sampled_from(PIPELINED), min_size=1, max_size=8), cuts=st.lists(st.integers(1, 400), max_size=4))
def test_any_pipeline_cut_anywhere_is_answered_alike(both: tuple[int, int], names: list[str], cuts: list[int]) -> None:
    door, plain = both
    together = b"".join(REQUESTS[name] for name in names) + LAST
    edges = [0, *sorted(cuts), len(together)]
    pieces = [together[start:end] for start, end in pairwise(edges) if start < end]
    assert said(door, *pieces) == said(plain, together)


def test_a_named_size_is_answered_with_its_plain_target(both: tuple[int, int]) -> None:
    """RFC 9110 §8.7: what the comparison above would not see if both forgot it."""
    for port in both:
        for _ in range(2):
            answer, plain = said(port, REQUESTS["named"], LAST), said(port, get("/1200x630"), LAST)
            assert answer.count(b"\r\ncontent-location: /1200x630\r\n") == 1
            assert answer.replace(b"content-location: /1200x630\r\n", b"") == plain


def test_the_two_really_are_different_servers(both: tuple[int, int]) -> None:
    assert both[0] != both[1]
    for port in both:
        assert urlopen(f"http://127.0.0.1:{port}/healthz").read() == b'{"ok": true}'


def test_two_workers_share_a_port_and_end_together(serving: Callable[..., AbstractContextManager[int]]) -> None:
    with serving("--workers", "2") as port:
        assert {said(port, get("/400x300"), LAST) for _ in range(40)} == {said(port, REQUESTS["label"], LAST)}


# ---------------------------------------------------------------- with an application that says what it was handed


class Trap:
    """An application that answers everything with 418 and keeps the targets it was asked for."""

    def __init__(self, hosts: frozenset[str] = frozenset(), foreign: bytes | None = None) -> None:
        self.seen: list[str] = []
        self.desk = Desk(paint, hosts, BoundedCache(1_000_000), lambda host: host == foreign)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            scope["state"][DESK] = self.desk
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        self.seen.append(scope["raw_path"].decode())
        await send({"type": "http.response.start", "status": 418, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


def test_the_application_sees_only_what_the_door_hands_on() -> None:
    trap = Trap()
    with guarded(trap) as (port, _):
        at_the_door = ("label", "head", "any tag", "label", "many headers", "named", "ratio", "named", "head of a name")
        said(port, *(REQUESTS[name] for name in at_the_door), LAST)
        assert trap.seen == ["/healthz"]
        trap.seen.clear()
        said(port, REQUESTS["raster"], REQUESTS["bad colour"], REQUESTS["get with a body"], REQUESTS["two hosts"], LAST)
        assert trap.seen == ["/40x30.png", "/400x300", "/40x30", "/40x30", "/healthz"]


def test_a_host_that_is_not_served_is_handed_on() -> None:
    trap = Trap(frozenset({"placeholder.test"}))
    with guarded(trap) as (port, _):
        said(port, get("/40x30"), b"GET /41x30 HTTP/1.1\r\nHost: elsewhere.test\r\n\r\n", b"GET /42x30 HTTP/1.1\r\n\r\n", LAST)
        assert trap.seen == ["/41x30", "/42x30", "/healthz"]


def test_a_host_that_means_another_service_is_handed_on() -> None:
    trap = Trap(foreign=b"elsewhere.test")
    start = b" /41x30 HTTP/1.1\r\nHost: elsewhere.test\r\n"
    foreign = [method + start + more + b"\r\n" for method in (b"GET", b"HEAD") for more in (b"", b"If-None-Match: *\r\n")]
    with guarded(trap) as (port, _):
        said(port, get("/41x30"), get("/41x30"), *foreign, get("/41x30"), LAST)
        assert trap.seen == ["/41x30"] * 4 + ["/healthz"]


def test_an_idle_connection_is_closed_and_a_busy_one_is_not() -> None:
    with (
        guarded(Trap(), timeout_keep_alive=1) as (port, _),
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as peer,
    ):
        started = time.monotonic()
        while time.monotonic() - started < 2:
            peer.sendall(get("/40x30"))
            assert peer.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
            time.sleep(0.2)
        last = time.monotonic()
        while peer.recv(65536):
            pass
        assert 0.5 < time.monotonic() - last < 5


def test_a_client_that_does_not_read_fills_no_memory() -> None:
    """The door stops answering while the peer does not read; what it has handed on by then waits for the peer too."""
    asked = 20_000
    with (
        guarded(Trap()) as (port, server),
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as peer,
    ):
        sender = threading.Thread(target=lambda: peer.sendall(get("/400x300") * asked + LAST))
        sender.start()
        time.sleep(0.5)
        (connection,) = server.server_state.connections
        assert connection.transport.get_write_buffer_size() < 2_000_000
        answers = 0
        while part := peer.recv(1 << 20):
            answers += part.count(b"HTTP/1.1 ")
        sender.join(PATIENCE)
    assert answers > asked / 2, "answers cut in two by a read are not counted"


# ---------------------------------------------------------------- what the door answers is counted


def test_what_the_door_answers_is_counted_with_the_rest(serving: Callable[..., AbstractContextManager[int]]) -> None:
    key = "Wq8Zr3Lm2XwT5bNs7Yd1HcJf9"
    with serving(PLACEHOLDER_OPERATOR_KEY=key) as port:
        answers = said(port, get("/41x31") * 150 + get("/41x31", method="HEAD") + get("/41x31", "If-None-Match: *") + LAST)
        assert answers.count(b" 200 OK") == 152
        said(port, get("/41x31", "Connection: close"))
        said(port, get("/41x31.png", "Connection: close"))
        told = said(port, get("/metrics", f"Authorization: Bearer {key}", "Connection: close")).decode()
    counted = dict(re.findall(r'placeholder_requests_total\{process="[0-9]+",route="drawing",status="(.xx)"\} ([0-9.]+)', told))
    assert counted == {"2xx": "153.0", "3xx": "1.0"}
