"""Requests per second of the service beside its yardsticks, all in one run: `python tests/bench/serving.py`.

Needs wrk and nginx on the PATH and at least two cores; measures Go too where `go` is there. Every server is pinned to the
first core and wrk (one thread, 64 connections) to the second, but for the lines that are marked as unpinned. All servers
stand ready at once; the figures are medians of many short rounds, each of which visits all of them in turn, so that a
machine that slows down slows all of them. Only ratios are worth quoting.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import report
from load import Figure, median, require, wrk
from processes import SERVE, answering, free_port, rss_mb

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


@contextmanager
def running(server: Server) -> Iterator["subprocess.Popen[bytes]"]:
    with answering(server.command, f"http://127.0.0.1:{server.port}{HOT}", pinned=server.pinned) as process:
        yield process


def load(server: Server, seconds: int, script: str, folder: Path) -> Figure:
    # A start of its own for each run; seven digits, so that the label is as long as a size.
    script = script.format(start=random.randrange(10**6, 9 * 10**6))
    return wrk(f"http://127.0.0.1:{server.port}{HOT}", seconds, folder, script, pinned=server.pinned)


def servers(folder: Path) -> Iterator[Server]:
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
    ours = Server("ours", [*SERVE, "--port", str(port := free_port())], port)
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
        Server("one, unpinned", [*SERVE, "--port", str(one_port)], one_port, pinned=False),
        Server("two, unpinned", [*SERVE, "--port", str(two_port), "--workers", "2"], two_port, pinned=False),
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
    require("nginx")
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
                    figure = load(known[case.server], options.seconds, case.script, folder)
                    if round_number >= 0:  # the one before is for warming up
                        figures[case.name].append(figure)
            memory = rss_mb(ours.pid)
    print(f"Medians of {options.rounds} rounds of {options.seconds} s, wrk -t1 -c64:\n")
    medians = {case: median(made) for case, made in figures.items() if made}
    yardstick = medians[CASES[0].name].rate
    rows = [
        (case, f"{figure.rate:,.0f}", f"{figure.rate / yardstick:.2f}", f"{figure.p99_ms:.2f}")
        for case, figure in medians.items()
    ]
    report.table(("", "requests/s", "of nginx", "p99 ms"), rows)
    one, two = (medians[case.name].rate for case in CASES[-2:])
    print(
        f"\ntwo workers / one: {two / one:.2f}; memory of the serving process: {memory:.0f} MB;"
        f" from its start to its first answer: {first_answer:.2f} s"
    )


if __name__ == "__main__":
    main()
