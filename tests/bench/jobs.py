"""The AI pipeline's speed beside its yardsticks, in one run: `python tests/bench/jobs.py`. Needs wrk and two cores.

Yardsticks: single-row commits a second of bare SQLite (WAL, synchronous=FULL) on the same disk, and uvicorn with a constant
ASGI answer. The server is pinned to the first core, the client to the second; the figures are medians of short rounds that
visit every case in turn. Only ratios are worth quoting.
"""

import argparse
import asyncio
import hmac
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from base64 import b64decode, b64encode
from contextlib import ExitStack, closing
from hashlib import sha256
from pathlib import Path
from urllib.request import Request, urlopen

import report
from load import Figure, median, require, wrk
from processes import SERVE, rss_mb, running

KEY = "Kq7vR2mXw9Lz4TnB8sHd3PfYc6Jg"
SECRET = "whsec_" + b64encode(b"0123456789abcdef0123456789abcdef").decode()
COMMITS, UVICORN = "bare SQLite commits (WAL, synchronous=FULL)", "uvicorn, a constant ASGI answer"
NEW_ASKS, KNOWN_ASK = "`POST /ai`, new prompts", "`POST /ai`, a known prompt"
NEW = """
local n = {start}
local headers = {{ ["Authorization"] = "Bearer {key}", ["Content-Type"] = "application/json" }}
request = function()
  n = n + 1
  return wrk.format("POST", "/ai", headers, '{{"prompt": "a red fox in snow, number ' .. n .. '", "w": 512, "h": 512}}')
end
"""
KNOWN = """
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer {key}"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{{"prompt": "a red fox in snow", "w": 512, "h": 512}}'
"""
REPLAY = """
local lines = {{}}
for line in io.lines("{file}") do lines[#lines + 1] = line end
local n = 0
request = function()
  n = n + 1
  local path, id, at, sig, body = lines[(n - 1) % #lines + 1]:match("^(%S+) (%S+) (%S+) (%S+) (.*)$")
  return wrk.format("POST", path, {{ ["Content-Type"] = "application/json", ["webhook-id"] = id,
    ["webhook-timestamp"] = at, ["webhook-signature"] = sig }}, body)
end
"""
CONSTANT = """
start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json"),
    (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"), (b"access-control-allow-origin", b"*"),
    (b"content-length", b"20")]}
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send(start)
        await send({"type": "http.response.body", "body": b'{"state": "pending"}'})
"""


def bare_commits(folder: Path, seconds: float) -> float:
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    connection.execute("CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, a TEXT, b BLOB)")
    began, made = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO rows VALUES (?, ?, ?)", (os.urandom(16).hex(), "x" * 100, b"y" * 200))
        connection.execute("COMMIT")
        made += 1
    connection.close()
    return made / seconds


def post(port: int, prompt: str) -> dict[str, str]:
    body = json.dumps({"prompt": prompt, "w": 512, "h": 512}).encode()
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    with urlopen(Request(f"http://127.0.0.1:{port}/ai", body, headers)) as answer:
        return json.load(answer)


def hooks(folder: Path, home: Path, count: int) -> Path:
    """Signed webhooks, one for each of `count` jobs that wait for one."""
    from placeholder.providers.webhook import hook_url
    from placeholder.vault import Vault

    key = Vault((home / "data" / "secret").read_text().strip()).hook_key
    database = sqlite3.connect(home / "data" / "placeholder.db", timeout=30)
    ids = [row[0] for row in database.execute("SELECT id FROM jobs WHERE phase = 'queued' LIMIT ?", (count,))]
    far = time.time() + 10**6
    sent = "UPDATE jobs SET phase = 'submitting', attempt = 1, sent_at = ?, due_at = ? WHERE id = ?"
    database.executemany(sent, [(time.time(), far, job) for job in ids])
    database.commit()
    secret = b64decode(SECRET.removeprefix("whsec_"))
    file = folder / "hooks"
    with file.open("w") as out:
        for number, job in enumerate(ids):
            fields = {
                "id": f"p{number:025d}", "status": "processing", "output": None, "error": None,
                "model": "black-forest-labs/flux-schnell", "version": "hidden", "logs": "Using seed: 1\n" * 20,
                "input": {"prompt": "a red fox in snow", "seed": 1}, "urls": {"get": "https://api.example/p"},
            }  # fmt: skip
            body, name, at = json.dumps(fields), f"msg_{number}_{time.time_ns()}", str(int(time.time()))
            mac = b64encode(hmac.digest(secret, f"{name}.{at}.{body}".encode(), sha256)).decode()
            out.write(f"{hook_url('', key, job, 1, 1)} {name} {at} v1,{mac} {body}\n")
    return file


def drained(home: Path) -> None:
    """Waits until what was asked for is on its way: a worker with a backlog would slow down whatever is measured next."""
    with closing(sqlite3.connect(home / "data" / "placeholder.db", timeout=30)) as database:
        while database.execute("SELECT 1 FROM jobs WHERE phase IN ('queued', 'submitting') LIMIT 1").fetchone():
            time.sleep(0.2)


async def held(port: int, job: str, count: int, pid: int) -> tuple[float, float]:
    """Kilobytes that a held long poll takes, and the share of a core that all of them take while idle."""
    before = rss_mb(pid)
    request = f"GET /ai/{job}/status?wait=25 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    opened = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        opened.append((reader, writer))
    await asyncio.sleep(2)
    each = (rss_mb(pid) - before) * 1024 / count

    def cpu() -> int:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15]))

    ticks = cpu()
    await asyncio.sleep(8)
    idle = (cpu() - ticks) / os.sysconf("SC_CLK_TCK") / 8
    for _, writer in opened:
        writer.close()
    return each, idle


def elapsed_to_ready(port: int, prompt: str) -> float:
    began = time.perf_counter()
    url = f"http://127.0.0.1:{port}{post(port, prompt)['status_url']}?wait=20"
    while True:
        with urlopen(url) as answer:
            state = json.load(answer)["state"]
        if state in ("ready", "failed"):
            assert state == "ready"
            return (time.perf_counter() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--polls", type=int, default=2000, help="long polls that are held")
    parser.add_argument("--folder", help="a folder on the disk to be measured; default: the system's temporary one")
    options = parser.parse_args()
    require()
    figures: dict[str, list[Figure]] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "constant.py").write_text(CONSTANT)
        uvicorn = [sys.executable, "-m", "uvicorn", "--no-access-log", "--loop", "uvloop", "--http", "httptools"]
        raw, _ = stack.enter_context(running([*uvicorn, "--app-dir", str(folder), "constant:app"], folder / "raw"))

        def service(name: str, **chosen: str) -> tuple[int, int]:
            port, process = stack.enter_context(running(SERVE, folder / name, PLACEHOLDER_API_KEY=KEY, **chosen))
            return port, process.pid

        slow, idle = {"PLACEHOLDER_SKETCH_DELAY_S": "3600"}, {"PLACEHOLDER_WORKER": "false"}
        ours, _ = service("ours", **slow)
        door, door_pid = service("door", **slow, **idle)
        hooked, _ = service("hooked", **idle, REPLICATE_API_TOKEN="r8_bench", REPLICATE_WEBHOOK_SECRET=SECRET)
        quick, _ = service("quick", PLACEHOLDER_SKETCH_DELAY_S="0")
        known = post(ours, "a red fox in snow")

        def add(case: str, port: int, path: str, script: str = "", seconds: int = options.seconds) -> None:
            figures.setdefault(case, []).append(wrk(f"http://127.0.0.1:{port}{path}", seconds, folder, script))

        for number in range(options.rounds):
            new = NEW.format(start=1_000_000 * (number + 1), key=KEY)
            wrk(f"http://127.0.0.1:{hooked}/ai", 2, folder, new)
            deliveries = hooks(folder, folder / "hooked", 100_000)
            figures.setdefault(COMMITS, []).append(Figure(bare_commits(folder, options.seconds), 0))
            add(UVICORN, raw, "/")
            add(NEW_ASKS, ours, "/ai", new)
            drained(folder / "ours")
            add(f"{NEW_ASKS}, no worker in the process", door, "/ai", new)
            add(KNOWN_ASK, ours, "/ai", KNOWN.format(key=KEY))
            add("status of a job, hot", ours, known["status_url"])
            add("webhook: verified, committed, answered", hooked, "/", REPLAY.format(file=deliveries), 1)
        times = [elapsed_to_ready(quick, f"quick {n}") for n in range(21)][1:]
        each, busy = asyncio.run(held(door, post(door, "held")["id"], options.polls, door_pid))
    medians = {case: median(made) for case, made in figures.items()}
    commits, constant = medians[COMMITS].rate, medians[UVICORN].rate
    rows = [
        (case, f"{made.rate:,.0f}", f"{made.rate / commits:.2f}", f"{made.rate / constant:.2f}", f"{made.p99_ms:.1f}")
        for case, made in medians.items()
    ]
    report.table(("", "a second", "of bare commits", "of uvicorn", "p99 ms"), rows)
    print(f"\nknown / new: {medians[KNOWN_ASK].rate / medians[NEW_ASKS].rate:.1f}")
    middle = statistics.median(times)
    print(f"sketch without delay, POST to ready: {middle:.0f} ms median of {len(times)}, {max(times):.0f} ms longest")
    print(f"{options.polls:,} held long polls: {each:.1f} kB each, {busy:.1%} of a core while idle")


if __name__ == "__main__":
    main()
