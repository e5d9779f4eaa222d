"""Requests per second of the service beside its yardsticks, all in one run: `python tests/bench/serving.py`.

Needs wrk and nginx on the PATH and at least two cores; measures Go too where `go` is there. Every server is pinned to the
first core and wrk (one thread, 64 connections) to the second, but for the lines that are marked as unpinned. All servers
stand ready at once; the figures are medians of many short rounds, each of which visits all of them in turn, so that a
machine that slows down slows all of them. Only ratios are worth quoting.
"""

import argparse
import os
import platform
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

HOT = "/400x300"
CONSTANT = """
body = b"{body}"
start = {{"type": "http.response.start", "status": 200, "headers": {headers}}}
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send(start)
        await send({{"type": "http.response.body", "body": body}})
"""
NGINX = """
worker_processes 1; daemon off; pid {dir}/nginx.pid; error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; keepalive_requests 100000000; open_file_cache max=100; types {{ }} default_type image/svg+xml;
  client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
  uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ root {dir}/www; {headers} }} }}
}}
"""
GO = """package main

import ("net/http"; "os"; "runtime")

func main() {{
	runtime.GOMAXPROCS(1)
	body, _ := os.ReadFile("{dir}/www{hot}")
	http.ListenAndServe("127.0.0.1:{port}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {{
		h := w.Header()
		{headers}
		w.Write(body)
	}}))
}}
"""
NEVER_SEEN = """
local n = {start}
request = function() n = n + 1; return wrk.format("GET", "/400x300?text=" .. n) end
"""
LONG = """
local n = {start}
local words = string.rep("several+words+", 13)
request = function() n = n + 1; return wrk.format("GET", "/800x600?text=" .. words .. n) end
"""
MIXED = """
local n = {start}
request = function()
  n = n + 1
  if n % 5 == 0 then return wrk.format("GET", "/400x300?text=" .. n) end
  return wrk.format("GET", "/400x300")
end
"""


@dataclass(frozen=True)
class Server:
    name: str
    command: list[str]
    port: int
    pinned: bool = True


@dataclass(frozen=True)
class Case:
    name: str
    server: str
    script: str = ""


@dataclass(frozen=True)
class Figure:
    rate: float
    p99_ms: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    command = ["taskset", "-c", "0", *server.command] if server.pinned else server.command
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                urlopen(f"http://127.0.0.1:{server.port}{HOT}", timeout=1).read()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
        yield process
    finally:
        process.terminate()
        process.wait(10)


def wrk(port: int, seconds: int, script: str, folder: Path, *, pinned: bool) -> Figure:
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency", f"http://127.0.0.1:{port}{HOT}"]
    if script:
        lua = folder / "script.lua"
        # A start of its own for each run; seven digits, so that the label is as long as a size.
        lua.write_text(script.format(start=random.randrange(10**6, 9 * 10**6)))
        command[1:1] = ["-s", str(lua)]
    if pinned:
        command[:0] = ["taskset", "-c", "1"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit(f"wrk met errors:\n{out}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", out).groups()
    return Figure(rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit])


def rss_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def servers(folder: Path) -> Iterator[Server]:
    placeholder = [str(Path(sys.executable).with_name("placeholder")), "serve", "--port"]
    uvicorn = [
        sys.executable,
        "-m",
        "uvicorn",
        "--no-access-log",
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-proxy-headers",
    ]
    ours = Server("ours", [*placeholder, str(port := free_port())], port)
    with running(ours), urlopen(f"http://127.0.0.1:{port}{HOT}") as answer:
        body, headers = (
            answer.read(),
            [(n.lower(), v) for n, v in answer.headers.items() if n.lower() not in ("date", "connection")],
        )
    (folder / "www").mkdir()
    (folder / "www" / HOT[1:]).write_bytes(body)
    own = ("content-type", "content-length", "etag")
    added = " ".join(f'add_header {n} "{v}";' for n, v in headers if n not in own)
    (folder / "constant.py").write_text(
        CONSTANT.format(body=body.decode().replace('"', '\\"'), headers=[(n.encode(), v.encode()) for n, v in headers])
    )
    nginx_port, raw_port, plain_port, one_port, two_port = (free_port() for _ in range(5))
    (folder / "nginx.conf").write_text(NGINX.format(dir=folder, port=nginx_port, headers=added))
    if shutil.which("go"):
        go_port = free_port()
        set_headers = "; ".join(f'h["{n.title()}"] = []string{{`{v}`}}' for n, v in headers)
        (folder / "main.go").write_text(GO.format(dir=folder, hot=HOT, port=go_port, headers=set_headers))
        subprocess.run(
            ["go", "build", "-o", folder / "constant", folder / "main.go"], check=True, env={**os.environ, "GO111MODULE": "off"}
        )
        yield Server("go", [str(folder / "constant")], go_port)
    yield from [
        Server("nginx", ["nginx", "-c", str(folder / "nginx.conf")], nginx_port),
        Server("raw", [*uvicorn, "--port", str(raw_port), "--app-dir", str(folder), "constant:app"], raw_port),
        Server("plain", [*uvicorn, "--port", str(plain_port), "--factory", "placeholder.app:create_app"], plain_port),
        ours,
        Server("one, unpinned", [*placeholder, str(one_port)], one_port, pinned=False),
        Server("two, unpinned", [*placeholder, str(two_port), "--workers", "2"], two_port, pinned=False),
    ]


CASES = [
    Case("nginx, a static file of the same bytes", "nginx"),
    Case("Go net/http, a constant answer of the same bytes", "go"),
    Case("uvicorn, a constant ASGI answer of the same bytes", "raw"),
    Case("the application under plain uvicorn, hot", "plain"),
    Case("placeholder serve, hot", "ours"),
    Case("placeholder serve, never-seen URLs", "ours", NEVER_SEEN),
    Case("placeholder serve, four hot to one never seen", "ours", MIXED),
    Case("one worker, unpinned, never-seen labels of 200 characters", "one, unpinned", LONG),
    Case("two workers, unpinned, the same", "two, unpinned", LONG),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    for tool in ("wrk", "nginx", "taskset"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is not on the PATH")
    figures: dict[str, list[Figure]] = {case.name: [] for case in CASES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx serves as another user
        known = {server.name: server for server in servers(folder)}
        with ExitStack() as stack:
            for server in known.values():
                if server.name != "ours":
                    stack.enter_context(running(server))
            started = time.perf_counter()
            ours = stack.enter_context(running(known["ours"]))
            first_answer = time.perf_counter() - started
            cases = [case for case in CASES if case.server in known]
            for round_number in range(-1, options.rounds):
                for case in cases:
                    server = known[case.server]
                    figure = wrk(server.port, options.seconds, case.script, folder, pinned=server.pinned)
                    if round_number >= 0:  # the one before is for warming up
                        figures[case.name].append(figure)
            memory = rss_mb(ours.pid)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, uvicorn {version('uvicorn')}")
    print(f"medians of {options.rounds} rounds of {options.seconds} s, wrk -t1 -c64\n")
    medians = {
        case: Figure(statistics.median(f.rate for f in made), statistics.median(f.p99_ms for f in made))
        for case, made in figures.items()
        if made
    }
    yardstick = medians[CASES[0].name].rate
    print("| | requests/s | of nginx | p99 ms |\n|---|--:|--:|--:|")
    for case, figure in medians.items():
        print(f"| {case} | {figure.rate:,.0f} | {figure.rate / yardstick:.2f} | {figure.p99_ms:.2f} |")
    one, two = (medians[case.name].rate for case in CASES[-2:])
    print(
        f"\ntwo workers / one: {two / one:.2f}; memory of the serving process: {memory:.0f} MB;"
        f" from its start to its first answer: {first_answer:.2f} s"
    )


if __name__ == "__main__":
    main()
