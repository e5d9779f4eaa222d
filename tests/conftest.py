"""What every room's tests stand on: the application, two ways to ask it, a live server, and what a sound SVG is.

`client` speaks through httpx, as an ordinary client does. `ask` hands the application a request target byte for byte as
it would stand on the wire, which httpx would tidy up, and holds the answer against the rules of ASGI and HTTP.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import HealthCheck, settings

from placeholder.app import create_app
from placeholder.settings import Settings

pytest_plugins = ["fixtures.databases", "fixtures.fonts", "fixtures.imagining", "fixtures.npm", "fixtures.scheduling"]

settings.register_profile(
    "placeholder",
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("placeholder")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write the goldens anew instead of comparing with them")


@pytest.fixture(scope="session")
def updates_goldens(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-goldens"))


# ---------------------------------------------------------------- the application


@pytest.fixture(scope="session")
def make_app() -> Callable[..., Any]:
    """create_app with settings that no environment variable and no .env file changes."""

    def make(**chosen: Any) -> Any:
        plain = {"allowed_hosts": "", "cache_mb": 16, "raster_workers": 2, "raster_queue": 32, "door": True}
        return create_app(Settings(_env_file=None, **{**plain, **chosen}))

    return make


@pytest.fixture(scope="session")
def app(make_app: Callable[..., Any]) -> Any:
    return make_app()


@pytest.fixture
async def client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://placeholder.test") as opened:
        yield opened


# ---------------------------------------------------------------- asking byte for byte


@dataclass(frozen=True)
class Reply:
    """A whole answer; header names are lower-case, in the order they came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def __getitem__(self, name: str) -> str | None:
        """The one header of this name, or None. Two would be an error."""
        found = self.all(name)
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None


Ask = Callable[..., Awaitable[Reply]]


def _check_framing(method: str, reply: Reply) -> None:
    """RFC 9110 §6.4.1, §8.6: who may carry a body, and how long it says it is."""
    length = reply["content-length"]
    if reply.status in (204, 304):
        assert reply.body == b""
        assert length is None
    elif method == "HEAD":
        assert reply.body == b"", "HEAD carries no body"
        assert length is not None
        assert int(length) > 0
    else:
        assert length == str(len(reply.body))
    for name, value in reply.headers:
        assert name == name.lower()
        assert re.fullmatch(r"[\x20-\x7e]*", value), f"{name} carries {value!r}"


@pytest.fixture(scope="session")
def asker() -> Callable[[Any], Ask]:
    """From an application, a function that asks it as uvicorn would."""

    def of(app: Any) -> Ask:
        async def ask(target: str, method: str = "GET", headers: dict[str, str] | list[tuple[str, str]] | None = None) -> Reply:
            raw_path, _, query = target.encode("latin-1").partition(b"?")
            pairs = list(headers.items()) if isinstance(headers, dict) else headers or []
            # Named, so that two answers to one request are the same.
            plain, said = {"host": "placeholder.test", "x-request-id": "tests"}, {name.lower() for name, _ in pairs}
            pairs = [*(pair for pair in plain.items() if pair[0] not in said), *pairs]
            scope = {
                "type": "http",
                "asgi": {"version": "3.0", "spec_version": "2.3"},
                "http_version": "1.1",
                "server": ("127.0.0.1", 8000),
                "client": ("127.0.0.1", 5000),
                "scheme": "http",
                "root_path": "",
                "method": method,
                "path": unquote(raw_path.decode("latin-1")),
                "raw_path": raw_path,
                "query_string": query,
                "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs],
                "state": {},
            }
            sent: list[Any] = []

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: Any) -> None:
                sent.append(dict(message))

            await app(scope, receive, send)
            start, *bodies = sent
            assert start["type"] == "http.response.start"
            assert bodies, "an answer has a body message"
            assert all(message["type"] == "http.response.body" for message in bodies)
            assert [message.get("more_body", False) for message in bodies] == [True] * (len(bodies) - 1) + [False]
            reply = Reply(
                start["status"],
                tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in start["headers"]),
                b"".join(message.get("body", b"") for message in bodies),
            )
            _check_framing(method, reply)
            return reply

        return ask

    return of


@pytest.fixture(scope="session")
def ask(app: Any, asker: Callable[[Any], Ask]) -> Ask:
    return asker(app)


# ---------------------------------------------------------------- a live server


@dataclass(frozen=True)
class Live:
    """A server process of ours. `exchange` sends bytes and reads until the server closes."""

    port: int

    def exchange(self, sent: bytes, timeout: float = 10) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(sent)
            received = bytearray()
            while chunk := connection.recv(65536):
                received += chunk
        return bytes(received)

    def ask(self, target: bytes | str, method: str = "GET", headers: dict[str, str] | None = None) -> Reply:
        """One request whose target goes out as it is written, on a connection of its own."""
        pairs = {"Host": "placeholder.test", "X-Request-Id": "tests", **(headers or {}), "Connection": "close"}
        target = target.encode("latin-1") if isinstance(target, str) else target
        head = "".join(f"{name}: {value}\r\n" for name, value in pairs.items()).encode("latin-1")
        reply = self.parse(self.exchange(method.encode() + b" " + target + b" HTTP/1.1\r\n" + head + b"\r\n"))
        if reply["content-type"] != "text/plain; charset=utf-8":  # the HTTP parser's own refusal
            _check_framing(method, reply)
        return reply

    @staticmethod
    def parse(received: bytes) -> Reply:
        head, _, body = received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        assert status.startswith("HTTP/1.1 "), f"no answer: {received[:80]!r}"
        pairs = (line.partition(": ") for line in lines)
        return Reply(int(status.split(" ")[1]), tuple((name.lower(), value) for name, _, value in pairs), body)


PATIENCE = 20
"""Seconds that a service may take to start or to stop."""

Serving = Callable[..., AbstractContextManager[int]]


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Serving:
    """`placeholder serve` with the words and the settings given, in a process and a folder of its own, where no .env lies:
    gives its port, and holds it to a clean end."""

    @contextmanager
    def serve(*words: str, **chosen: str) -> Iterator[int]:
        home = tmp_path_factory.mktemp("service")
        log = home / "log"
        others = {name: value for name, value in os.environ.items() if not name.startswith("PLACEHOLDER_")}
        command = [sys.executable, "-m", "placeholder", "serve", "--port", "0", *words]
        with log.open("wb") as out:
            service = subprocess.Popen(command, cwd=home, env={**others, **chosen}, stdout=out, stderr=out)
        try:
            yield _port(service, log)
            assert service.poll() is None, f"the service ended by itself:\n{log.read_text()}"
            service.terminate()
            # Uvicorn shuts down, then ends by the signal that it was sent.
            assert service.wait(PATIENCE) in (0, -signal.SIGTERM), log.read_text()
            assert "Finished server process" in log.read_text()
            assert "Traceback" not in log.read_text(), log.read_text()
        finally:
            if service.poll() is None:
                service.kill()
                service.wait()

    return serve


def _port(service: "subprocess.Popen[bytes]", log: Path) -> int:
    """The port of a started service, which it tells in its log."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and service.poll() is None:
        told = re.search(r"running on http://127\.0\.0\.1:([1-9][0-9]*)", log.read_text())
        # Of several workers the address is told before they listen.
        if told and "Application startup complete" in log.read_text():
            return int(told[1])
        time.sleep(0.02)
    pytest.fail(f"the service did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def live(serving: Serving) -> Iterator[Live]:
    """One service for all who only ask."""
    with serving(PLACEHOLDER_RASTER_WORKERS="2") as port:
        yield Live(port)


# ---------------------------------------------------------------- what a sound SVG is

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_NUMBER = r"-?(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,2})?"
_SCALE = r"(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,7})?"
_HEX = r"#[0-9a-f]{6}"
_REFERENCE = r"url\(#([a-z0-9-]+)\)"
_LENGTH = r"[1-9][0-9]{0,3}"
_PATH = r"[MmLlHhVvQqTtCcSsAaZz0-9 .-]*"
_OPACITY = r"0(?:\.[0-9]{1,3})?"
_EXCHANGE = r"c-[0-9a-f]{8}-([0-9a-f]{6})[0-9a-f]{2}"

_PALETTE = r"p[0-9a-f]{2}[0-7]"

_SHAPE = {
    "fill": f"{_HEX}|none|{_REFERENCE}",
    "fill-opacity": _OPACITY,
    "class": _EXCHANGE,
    "stroke": _HEX,
    "d": _PATH,
    "transform": rf"translate\({_NUMBER} {_NUMBER}\)scale\({_SCALE}\)",
}
SVG_ALLOWED: dict[str, dict[str, str]] = {
    "svg": {
        "width": _LENGTH,
        "height": _LENGTH,
        "viewBox": f"0 0 {_LENGTH} {_LENGTH}",
        "role": "img",
        "preserveAspectRatio": "none",
    },
    "title": {},
    "g": {"transform": rf"scale\({_SCALE}\)", "class": _PALETTE},
    "style": {},
    "path": {**_SHAPE, "stroke-width": "[1-9][0-9]{0,2}", "stroke-linecap": "round", "stroke-linejoin": "round"},
    "circle": {"cx": _NUMBER, "cy": _NUMBER, "r": _NUMBER, "fill": _HEX, "fill-opacity": r"\.[0-9]{1,2}"},
    "text": {
        "x": _NUMBER,
        "y": _NUMBER,
        "fill": _HEX,
        "fill-opacity": _OPACITY,
        "class": _EXCHANGE,
        "font-family": "sans-serif|serif|monospace",
        "font-weight": "700",
        "font-size": _NUMBER,
        "text-anchor": "middle",
        "textLength": _NUMBER,
        "lengthAdjust": "spacingAndGlyphs",
    },
    "linearGradient": {
        "id": "[a-z0-9-]+",
        "gradientUnits": "userSpaceOnUse",
        "x1": _NUMBER,
        "y1": _NUMBER,
        "x2": _NUMBER,
        "y2": _NUMBER,
    },
    "radialGradient": {"id": "[a-z0-9-]+", "gradientUnits": "userSpaceOnUse", "cx": _NUMBER, "cy": _NUMBER, "r": _NUMBER},
    "stop": {"stop-color": _HEX, "offset": r"1|\.[0-9]{1,2}", "stop-opacity": rf"\.[0-9]{{1,2}}|{_OPACITY}"},
}
"""Every element and attribute that a picture of ours may have, with the grammar of its value. Nothing here can run, load
or link."""

_RULE = re.compile(rf"\.({_EXCHANGE})\{{fill:#\2;fill-opacity:(?:1|{_OPACITY})\}}")
_PAINT_RULE = re.compile(rf'\.({_PALETTE}) \[((fill|stroke|stop-color)="{_HEX}")\]\{{\3:{_HEX}\}}')
_SCHEME = re.compile(r"@media\(prefers-color-scheme:dark\)\{((?:\.[^{}]+\{[^{}]+\})+)\}")
"""All that a style may say: rules, each for a class whose name tells the colour that it sets, or for what has a colour inside
of a class that stands for a palette."""

_ROUNDED = re.compile(
    rf"M(?P<x>{_NUMBER}) (?P<y>{_NUMBER})h(?P<w>{_NUMBER})(?:a(?P<r>{_NUMBER}) (?P=r) 0 0 1 (?P=r) (?P=r))?v(?P<h>{_NUMBER})"
    r"(?:a(?P=r) (?P=r) 0 0 1 -(?P=r) (?P=r))?h-?(?P=w)(?:a(?P=r) (?P=r) 0 0 1 -(?P=r) -(?P=r))?v-?(?P=h)"
    r"(?:a(?P=r) (?P=r) 0 0 1 (?P=r) -(?P=r))?z"
)


def _is_ground(path: str, w: int, h: int) -> bool:
    """Whether a path covers the canvas, or as much of it as round corners and a border over its edge leave to it."""
    if path == f"M0 0h{w}v{h}H0z":
        return True
    match = _ROUNDED.fullmatch(path)
    if not match:
        return False
    x, inset, across, down, radius = (float(match[name] or 0) for name in ("x", "y", "w", "h", "r"))
    sides = (x - inset - radius, 2 * x + across - w, 2 * (inset + radius) + down - h)
    return max(map(abs, sides)) < 0.05 and 0 <= inset <= min(w, h) / 4


_GRAMMARS = {(tag, name): re.compile(grammar) for tag, names in SVG_ALLOWED.items() for name, grammar in names.items()}

AssertSoundSvg = Callable[..., ET.Element]


@pytest.fixture(scope="session")
def assert_sound_svg() -> AssertSoundSvg:
    """Checks a body against SVG_ALLOWED and a size `(w, h)`; `shown`: the size it asks for, where a density makes it another.
    Returns the root, its tags without the namespace."""

    def check(body: bytes, size: tuple[int, int], shown: tuple[int, int] | None = None) -> ET.Element:
        assert body.startswith(b'<svg xmlns="http://www.w3.org/2000/svg" '), body[:80]
        assert body.isascii()
        assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", body), "control characters"
        assert b"<!" not in body, "no DOCTYPE, comment or CDATA"
        assert b"<?" not in body, "no processing instruction"
        root = ET.fromstring(body)
        names, references, classes, rules = list[str](), list[str](), set[str](), list[str]()
        paints = list[tuple[str, str]]()
        for element in root.iter():
            assert isinstance(element.tag, str)
            assert element.tag.startswith(_NAMESPACE), element.tag
            element.tag = tag = element.tag.removeprefix(_NAMESPACE)
            assert tag in SVG_ALLOWED, f"<{tag}>"
            for name, value in element.attrib.items():
                assert (tag, name) in _GRAMMARS, f"<{tag} {name}>"
                match = _GRAMMARS[tag, name].fullmatch(value)
                assert match, f"<{tag} {name}={value!r}>"
                if name == "class":
                    classes.add(value)
                else:
                    references += [group for group in match.groups() if group]
            if tag == "style":
                scheme = _SCHEME.fullmatch(element.text or "")
                assert scheme, element.text
                rules += [rule[1] for rule in _RULE.finditer(scheme[1])]
                paints += [(rule[1], rule[2]) for rule in _PAINT_RULE.finditer(scheme[1])]
                assert _PAINT_RULE.sub("", _RULE.sub("", scheme[1])) == "", "a rule of another form"
            names += [element.attrib["id"]] if "id" in element.attrib else []
            assert tag in ("title", "text", "style") or not element.text, f"text inside <{tag}>"
            assert not element.tail
        assert len(set(names)) == len(names), "an id twice"
        assert set(references) == set(names), "every reference has its gradient, every gradient is used"
        assert len(set(rules + paints)) == len(rules + paints), "a rule twice"
        assert {*rules, *(palette for palette, _ in paints)} == classes, "every class has its rule, every rule is used"
        for palette, paint in paints:
            assert root.find(f".//g[@class='{palette}']//*[@{paint}]") is not None, f"a rule for nothing: {paint}"
        assert root.tag == "svg"
        assert [child.tag for child in root].count("title") == 1 == len(list(root.iter("title")))
        assert root[0].tag == "title"
        assert (root.get("width"), root.get("height")) == tuple(map(str, shown or size))
        assert root.get("viewBox") == f"0 0 {size[0]} {size[1]}"
        assert (root.get("preserveAspectRatio") == "none") == (shown is not None and shown != size)
        grounds = [path for path in root.iter("path") if _is_ground(path.get("d", ""), *size)]
        assert len(grounds) == 1, "one ground that covers the canvas"
        return root

    return check
