"""Us beside others who make such pictures, in one run: `python tests/bench/peers.py`. Needs wrk, two cores, npm and a network.

Each peer is taken from its registry into a temporary folder, and runs as its authors run it, without an access log; pinned as in
serving.py, one process of ours, one of theirs. `hot` asks for one URL again and again, `new` with another text or seed each time;
SVG over 64 connections, PNG over 16, since we answer 503 rather than let more than a few wait for a core.
A peer that cannot be had, or that fails, says so in its row. Everybody starts afresh in every round, and the medians count.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

import report
from load import CONNECTIONS, Failed, Figure, median, require, wrk
from processes import SERVE, Silent, answering, family_mb, free_port

NEW = """
local n = {start}
request = function() n = n + 1; return wrk.format("GET", (("{path}"):gsub("NEW", n))) end
"""
DICEBEAR = """
import {{ createServer }} from "node:http";
import {{ createAvatar }} from "@dicebear/core";
import * as look from "@dicebear/{look}";
createServer((request, response) => {{
  const seed = new URL(request.url, "http://x").searchParams.get("seed");
  const body = createAvatar(look, {{ seed }}).toString();
  const headers = {{ "Content-Type": "image/svg+xml", "Content-Length": Buffer.byteLength(body) }};
  response.writeHead(200, headers).end(body);
}}).listen(Number(process.argv[2]), "127.0.0.1");
"""
SVG_PLACEHOLDER = """
import middleware from "svg-placeholder";
middleware().listen(Number(process.argv[2]), "127.0.0.1");
"""
FLASK = """
import io
from flask import Flask, request, send_file
from PIL import Image, ImageDraw, ImageFont

app = Flask(__name__)

@app.get("/<int:w>x<int:h>.png")
def picture(w, h):
    image = Image.new("RGB", (w, h), "#d0d4dc")
    text = request.args.get("text", f"{w} x {h}")
    ImageDraw.Draw(image).text((w / 2, h / 2), text, "#5b6270", ImageFont.load_default(h // 8), anchor="mm")
    body = io.BytesIO()
    image.save(body, "PNG")
    body.seek(0)
    return send_file(body, "image/png")
"""
PNG_CONNECTIONS = 16
NPM = ("@dicebear/core@9", "@dicebear/initials@9", "@dicebear/shapes@9", "svg-placeholder@2")
PYPI = ("robohash[web]", "flask", "gunicorn", "pillow")
_NPM_VERSION = 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).version)'
_PYPI_VERSION = "import sys; from importlib.metadata import version; print(version(sys.argv[1]))"

Words = list[str | Path]


class Missing(Exception):
    """A peer that cannot be had."""


@dataclass(frozen=True)
class Room:
    """The folder into which peers are installed."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def script(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.write_text(text)
        return file

    def install(self) -> None:
        """What can be had; `version` tells what is missing. One by one, so that nobody goes without for another's sake."""
        quiet = {"cwd": self.folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        self.script("package.json", '{"private": true}')
        npm = ["npm", "install", "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts"]
        pip = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        installs: list[Words] = [[sys.executable, "-m", "venv", "venv"]]
        installs += [[*command, package] for command, packages in ((npm, NPM), (pip, PYPI)) for package in packages]
        for command in installs:
            try:
                subprocess.run(command, **quiet)
            except FileNotFoundError:
                continue

    def version(self, package: str) -> str:
        """Raises Missing."""
        registry, _, name = package.partition(":")
        told = self.folder / "node_modules" / name / "package.json"
        command = ["node", "-e", _NPM_VERSION, told] if registry == "npm" else [self.python, "-c", _PYPI_VERSION, name]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        except (OSError, subprocess.CalledProcessError):
            raise Missing(f"{name} cannot be had from {registry} here") from None


@dataclass(frozen=True)
class Peer:
    """`package` is `registry:name`, empty for ours. `command` lacks its last word, which is `port` with the number put in. `hot`
    and `new` are paths; NEW stands for what changes."""

    name: str
    package: str
    command: Callable[[Room], Words]
    hot: str
    new: str
    port: str = "{}"

    @property
    def connections(self) -> int:
        return PNG_CONNECTIONS if ".png" in self.hot else CONNECTIONS


def ours(_: Room) -> Words:
    return [*SERVE, "--port"]


def node(name: str, text: str) -> Callable[[Room], Words]:
    return lambda room: ["node", room.script(f"{name}.mjs", text)]


def flask(room: Room) -> Words:
    app = room.script("small.py", FLASK)
    return [room.python, "-m", "gunicorn", "--chdir", app.parent, f"{app.stem}:app", "--workers", "1", "--bind"]


def robohash(room: Room) -> Words:
    return [room.python, "-m", "robohash.webfront", "--logging=none"]


PEERS = (
    Peer("placeholder, label", "", ours, "/400x300", "/400x300?text=NEW"),
    Peer("placeholder, seed", "", ours, "/seed/ada/300x300", "/seed/NEW/300x300"),
    Peer("placeholder, PNG label", "", ours, "/400x300.png", "/400x300.png?text=NEW"),
    Peer("placeholder, PNG seed", "", ours, "/seed/ada/300x300.png", "/seed/NEW/300x300.png"),
    Peer(
        "svg-placeholder (express), SVG label", "npm:svg-placeholder", node("label", SVG_PLACEHOLDER), "/400x300", "/400x300?NEW"
    ),
    *(
        Peer(f"DiceBear's library on node:http, {look}", "npm:@dicebear/core", node(look, text), "/?seed=ada", "/?seed=NEW")
        for look in ("initials", "shapes")
        for text in [DICEBEAR.format(look=look)]
    ),
    Peer("Flask and Pillow (gunicorn), PNG label", "pypi:flask", flask, "/400x300.png", "/400x300.png?text=NEW", "127.0.0.1:{}"),
    Peer("RoboHash (tornado), PNG", "pypi:robohash", robohash, "/ada.png?size=300x300", "/NEW.png?size=300x300", "--port={}"),
)
HEAD = (
    "",
    "hot, requests/s",
    "new, requests/s",
    "our SVG label to it",
    "new, p99 ms",
    "bytes",
    "to first answer, s",
    "RSS MB",
)


@dataclass
class Seen:
    """What the rounds came to; `trouble` where one of them came to nothing."""

    version: str = ""
    hot: list[Figure] = field(default_factory=list)
    new: list[Figure] = field(default_factory=list)
    size: int = 0
    start_s: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    trouble: str = ""

    def row(self, peer: Peer, yardstick: float) -> tuple[str, ...]:
        name = f"{peer.name}, {self.version}" if self.version else peer.name
        if self.trouble:
            return (f"{name}: {self.trouble}", *("" for _ in HEAD[1:]))
        hot, new = median(self.hot), median(self.new)
        return (
            name, f"{hot.rate:,.0f}", f"{new.rate:,.0f}", f"{yardstick / new.rate:,.1f}", f"{new.p99_ms:,.1f}", f"{self.size:,}",
            f"{statistics.median(self.start_s):.2f}", f"{statistics.median(self.memory_mb):.0f}",
        )  # fmt: skip


def measure(peer: Peer, room: Room, seen: Seen, number: int, seconds: int) -> None:
    """One round. Raises Missing, Silent, Failed."""
    seen.version = room.version(peer.package) if peer.package else version("placeholder")
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    home = room.folder / f"home-{port}"
    home.mkdir()
    began = time.perf_counter()
    with answering([*peer.command(room), peer.port.format(port)], origin + peer.hot, folder=home) as process:
        seen.start_s.append(time.perf_counter() - began)
        with urlopen(origin + peer.hot) as answer:
            seen.size = len(answer.read())
        wrk(origin + peer.hot, 1, room.folder, connections=peer.connections)  # for warming up
        seen.hot.append(wrk(origin + peer.hot, seconds, room.folder, connections=peer.connections))
        script = NEW.format(path=peer.new, start=(number + 1) * 10**6)
        seen.new.append(wrk(origin, seconds, room.folder, script, connections=peer.connections))
        seen.memory_mb.append(family_mb(process.pid))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    require()
    seen = {peer.name: Seen() for peer in PEERS}
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder))
        room.install()
        for number in range(options.rounds):
            for peer in PEERS:
                try:
                    measure(peer, room, seen[peer.name], number, options.seconds)
                except (Missing, Silent, Failed) as trouble:
                    seen[peer.name].trouble = str(trouble)
    yardstick = median(seen[PEERS[0].name].new).rate
    report.table(HEAD, (seen[peer.name].row(peer, yardstick) for peer in PEERS))


if __name__ == "__main__":
    main()
