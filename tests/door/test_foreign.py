"""The door answers no host of another service: there a target means something else, whatever was asked for before."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from placeholder import draw

PATIENCE = 20
_OWN = re.compile(rb"(date|x-request-id): [^\r]+\r\n")
"""What no two answers have in common."""

SETTINGS = {"PLACEHOLDER_COMPAT": "placehold.co,dummyimage", "PLACEHOLDER_COMPAT_HOSTS": "old.example=via.placeholder"}
WANTED = {
    ("127.0.0.1", "/400x300"): "/400x300",
    ("placehold.co", "/400x300"): "/400x300?bg=ddd&fg=999",
    ("PlaceHold.co:80", "/400x300"): "/400x300?bg=ddd&fg=999",
    ("dummyimage.com", "/400x300"): "/400x300.png?bg=ccc&fg=000",
    ("old.example", "/400x300"): "/400x300.png?bg=ccc&fg=969696",
    ("placehold.co.example", "/400x300"): "/400x300",
    ("127.0.0.1", "/400/orange/white"): "/400x400?bg=ffa500&fg=fff",
    ("placehold.co", "/400/orange/white"): "/400x400?bg=ffa500&fg=fff",
    ("127.0.0.1", "/vga/f"): "/640x480.png?bg=fff&fg=000",
    ("picsum.photos", "/200/300"): "/seed/200x300/200x300.jpg",
    ("picsum.photos", "/seed/a/40x30"): "/seed/a/40x30",
    ("images.placeholders.dev", "/?width=40&height=30&text=a%20b"): "/40x30?bg=ddd&fg=00000080&text=a+b",
}
MISSING = [
    ("127.0.0.1", "/200/3000"),
    ("127.0.0.1", "/300/,128"),
    ("placehold.co", "/400/octarine/white"),
    ("dummyimage.com", "/x"),
]


def asked(host: str, target: str, method: str = "GET", *headers: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in (f"Host: {host}", *headers))
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1")


@pytest.fixture(scope="module")
def both(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[tuple[int, int]]:
    """The ports of a service with a door and of one without."""
    with serving(**SETTINGS) as door, serving(**SETTINGS, PLACEHOLDER_DOOR="0") as plain:
        yield door, plain


def said(port: int, sent: bytes) -> bytes:
    """All that the service says to `sent` until it closes; dates are left out."""
    heard = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as peer:
        peer.sendall(sent)
        while part := peer.recv(65536):
            heard += part
    return _OWN.sub(b"", bytes(heard))


@pytest.mark.parametrize(("place", "own"), WANTED.items(), ids=map(" ".join, WANTED))
def test_a_host_gets_what_its_grammar_says(both: tuple[int, int], place: tuple[str, str], own: str) -> None:
    for port in both:
        for _ in range(3):
            head, _, body = said(port, asked(*place, "GET", "Connection: close")).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 OK\r\n")
            assert body == draw(own)


def test_one_connection_may_ask_for_one_target_of_many_hosts(both: tuple[int, int]) -> None:
    """Answered in their order, byte for byte as without a door, from the cache as well."""
    requests = [asked(*place, method) for _ in range(4) for method in ("GET", "HEAD") for place in (*WANTED, *MISSING)]
    together = b"".join(requests) + asked("127.0.0.1", "/healthz", "GET", "Connection: close")
    door, plain = (said(port, together) for port in both)
    assert door == plain
    assert door.count(b"HTTP/1.1 200 OK") == 8 * len(WANTED) + 1
    assert door.count(b"HTTP/1.1 404 Not Found") == 8 * len(MISSING)


def test_conditions_and_other_methods_are_answered_alike(both: tuple[int, int]) -> None:
    for place in WANTED:
        for method, headers in (("GET", ("If-None-Match: *",)), ("OPTIONS", ()), ("POST", ("Content-Length: 0",))):
            sent = asked(*place, method, *headers, "Connection: close")
            assert said(both[0], sent) == said(both[1], sent)


def test_an_unlisted_host_is_not_served_by_anybodys_grammar(serving: Callable[..., AbstractContextManager[int]]) -> None:
    with serving(PLACEHOLDER_ALLOWED_HOSTS="placehold.co,pics.example") as port:
        for host, status in (("placehold.co", b"200"), ("pics.example", b"200"), ("dummyimage.com", b"400")):
            assert said(port, asked(host, "/400x300", "GET", "Connection: close")).startswith(b"HTTP/1.1 " + status)
