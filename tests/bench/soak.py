"""What a long run costs the process that bears it: `python tests/bench/soak.py --minutes 30`. Linux.

One `placeholder serve` on SQLite, and at it everything that clients do, all at once and at a steady pace: drawings, hot and new,
pixels, prompts new and known, states, held polls, finished pictures, and clients that go away in the middle. Whatever may
fill up is given time to (the warm-up); from then on nothing grows:

    memory     once all clients have gone, less than 5 % more than after the warm-up
    files      as many as after the warm-up
    threads    as many
    WAL        less than 8 MB, ever
    answers    what a client is told with 5xx is a 503 that says when to come back

Caches are small here, and a history of finished jobs is looked at, so that all that is bounded is full when the warm-up ends.
"""

import argparse
import asyncio
import os
import random
import re
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import httpx

KEY = "Kq7vR2mXw9Lz4TnB8sHd3PfYc6Jg"
SETTINGS = {
    "PLACEHOLDER_API_KEY": KEY,
    "PLACEHOLDER_PROVIDER": "sketch",
    "PLACEHOLDER_SKETCH_DELAY_S": "0.5",
    "PLACEHOLDER_CACHE_MB": "2",
    "PLACEHOLDER_RASTER_WORKERS": "1",
    # Many arenas let memory come and go with which thread happened to need it.
    "MALLOC_ARENA_MAX": "2",
}
MAX_GROWTH = 0.05
MAX_WAL = 8_388_608
SLACK_FILES = 2
SLACK_THREADS = 2
"""Pools start a thread when one is first needed."""
HISTORY = 12_000
"""Jobs that are there: more than a process remembers (jobs/board.py)."""
IDLE_S = 15
"""What the service gets to let go of whoever has left."""


class Sample(NamedTuple):
    at: float
    rss_kb: int
    files: int
    threads: int
    wal: int


@dataclass(slots=True)
class Tally:
    """One kind of request."""

    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Report:
    samples: list[Sample]
    """Under load, after the warm-up."""
    before: Sample
    """Without a client, after the warm-up."""
    after: Sample
    tallies: Mapping[str, Tally]


def faults(report: Report, max_growth: float = MAX_GROWTH) -> list[str]:
    """What the run should not have shown, in sentences."""
    first, last = report.before.rss_kb, report.after.rss_kb
    wal = max(sample.wal for sample in report.samples)
    found = []
    if last > first * (1 + max_growth):
        found.append(f"memory grew from {first / 1024:.1f} to {last / 1024:.1f} MB")
    if report.after.files > report.before.files + SLACK_FILES:
        found.append(f"{report.after.files} files are open, after the warm-up there were {report.before.files}")
    if report.after.threads > report.before.threads + SLACK_THREADS:
        found.append(f"{report.after.threads} threads run, after the warm-up there were {report.before.threads}")
    if wal >= MAX_WAL:
        found.append(f"the write-ahead log had {wal:,} bytes")
    for kind, tally in report.tallies.items():
        found += [f"{kind}: {count} answered {told}" for told, count in tally.answers.items() if told.startswith("!")]
        if not tally.seconds:
            found.append(f"{kind}: none was answered")
    return found


# ---------------------------------------------------------------- the process


@asynccontextmanager
async def serving(folder: Path, port: int) -> AsyncIterator["subprocess.Popen[bytes]"]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PLACEHOLDER_", "REPLICATE_"))}
    env |= {**SETTINGS, "PLACEHOLDER_DATA_DIR": str(folder / "data"), "PLACEHOLDER_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "placeholder", "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(600):
                with suppress(httpx.HTTPError):
                    await client.get(f"http://127.0.0.1:{port}/healthz")
                    break
                await asyncio.sleep(0.05)
            else:
                raise SystemExit("it did not start:\n" + (folder / "log").read_text())
        yield process
    finally:
        process.terminate()
        process.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def taken(pid: int, data: Path) -> Sample:
    """What the process and those that it started hold just now."""
    rss = files = threads = 0
    for each in _family(pid):
        with suppress(OSError):  # it has ended meanwhile
            told = Path(f"/proc/{each}/status").read_text()
            rss += int(_number(r"VmRSS:\s+(\d+)", told))
            threads += int(_number(r"Threads:\s+(\d+)", told))
            files += len(list(Path(f"/proc/{each}/fd").iterdir()))
    wal = data / "placeholder.db-wal"
    return Sample(time.monotonic(), rss, files, threads, wal.stat().st_size if wal.exists() else 0)


def _number(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else "0"


def _family(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


# ---------------------------------------------------------------- the clients


class Crowd:
    """Clients of the service at `port`, each of which does one thing over and over."""

    def __init__(self, port: int, dice: random.Random) -> None:
        self.port, self.dice = port, dice
        self.tallies = {kind: Tally() for kind in KINDS}
        self.jobs: deque[dict[str, str]] = deque(maxlen=200)
        self.asked = 0
        self.http = httpx.AsyncClient()

    async def load(self, seconds: float, pace: float) -> None:
        """All of it, for so long; then everybody leaves. `pace`: how much faster than KINDS says."""
        # The service lets go of a connection after 5 s; a request that crosses with that is nobody's fault.
        limits = httpx.Limits(max_connections=64, keepalive_expiry=2)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=60, limits=limits
        ) as self.http:
            until = time.monotonic() + seconds
            async with asyncio.TaskGroup() as group:
                for kind, (clients, pause, act) in KINDS.items():
                    for _ in range(clients):
                        group.create_task(self._repeat(kind, pause / pace, act, until))

    async def _repeat(self, kind: str, pause: float, act: "Act", until: float) -> None:
        tally = self.tallies[kind]
        while time.monotonic() < until:
            await asyncio.sleep(pause * self.dice.uniform(0.5, 1.5))
            began = time.monotonic()
            try:
                got = await act(self)
            except httpx.HTTPError as error:
                tally.answers[f"!{type(error).__name__}"] += 1
                continue
            if got is not None:
                tally.seconds.append(time.monotonic() - began)
                tally.answers[_told(got)] += 1

    async def remember(self, data: Path) -> None:
        """Has the service look at a long history: a finished job's row, under many names."""
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=60) as self.http:
            made = (await self.submit("a lighthouse long ago")).json()
            while (await self.http.get(made["status_url"] + "?wait=20")).json()["state"] != "ready":
                pass
            ids = ["".join(self.dice.choices("abcdefghijklmnopqrstuvwxyz234567", k=16)) for _ in range(HISTORY)]
            with closing(sqlite3.connect(data / "placeholder.db", timeout=30, isolation_level=None)) as database:
                database.row_factory = sqlite3.Row
                row = dict(database.execute("SELECT * FROM jobs WHERE id = ?", (made["id"],)).fetchone())
                insert = f"INSERT INTO jobs ({', '.join(row)}) VALUES ({', '.join(f':{column}' for column in row)})"
                for at in range(0, HISTORY, 500):  # as many as leave the write-ahead log as short as it is
                    database.execute("BEGIN IMMEDIATE")
                    database.executemany(insert, ({**row, "id": name, "mac": name.encode()} for name in ids[at : at + 500]))
                    database.execute("COMMIT")
            for at in range(0, HISTORY, 50):
                (await self.http.get("/ai/status?ids=" + ",".join(ids[at : at + 50]))).raise_for_status()

    async def submit(self, prompt: str) -> httpx.Response:
        body = {"prompt": prompt, "w": 96, "h": 64}
        got = await self.http.post("/ai", json=body, headers={"authorization": f"Bearer {KEY}"})
        if got.status_code == 200:
            self.jobs.append(got.json())
        return got

    async def of_a_job(self, key: str, query: str = "") -> httpx.Response | None:
        return await self.http.get(self.dice.choice(self.jobs)[key] + query) if self.jobs else None

    async def aborted(self) -> None:
        """Says something and resets the connection."""
        job = self.dice.choice(self.jobs)["status_url"].removeprefix(f"http://127.0.0.1:{self.port}") if self.jobs else "/"
        words = self.dice.choice(
            (
                "GET /400x3",
                f"GET /320x200.png?text=gone+{self.dice.random()} HTTP/1.1\r\nHost: x\r\n\r\n",
                f"GET {job}?wait=20&while=ready HTTP/1.1\r\nHost: x\r\n\r\n" + "GET /100x100 HTTP/1.1\r\nHost: x\r\n\r\n" * 50,
                f"GET {job}?wait=20 HTTP/1.1\r\nHost: x\r\n\r\n",
                f"POST /ai HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 500\r\n\r\n{{",
            )
        )
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(words.encode())
        await writer.drain()
        await asyncio.sleep(self.dice.choice((0, 0.02, 0.2)))
        end = writer.get_extra_info("socket")
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


def _told(got: httpx.Response) -> str:
    """Its status; with a mark in front where it is a fault."""
    if got.status_code < 500:
        return str(got.status_code)
    if got.status_code == 503 and got.headers.get("retry-after", "").isdigit():
        return "503, later"
    return f"!{got.status_code}"


Act = Callable[[Crowd], Awaitable[httpx.Response | None]]


async def _hot(crowd: Crowd) -> httpx.Response | None:
    return await crowd.http.get(
        crowd.dice.choice(("/400x300", "/seed/a/64x64", "/gradient/600x200?from=111827&to=38bdf8", "/glyph/64x64?as=avatar"))
    )


async def _new(crowd: Crowd) -> httpx.Response | None:
    return await crowd.http.get(f"/{crowd.dice.randrange(20, 2000)}x300?text=never+seen+{crowd.dice.random()}")


async def _pixels(crowd: Crowd) -> httpx.Response | None:
    form = crowd.dice.choice(("png", "webp", "jpg", "avif", "gif"))
    return await crowd.http.get(f"/200x120.{form}?text={crowd.dice.randrange(10**6)}")


async def _prompt(crowd: Crowd) -> httpx.Response | None:
    crowd.asked += 1
    return await crowd.submit(f"a lighthouse number {crowd.asked}")


async def _known_prompt(crowd: Crowd) -> httpx.Response | None:
    return await crowd.submit(f"a lighthouse number {crowd.dice.randint(1, crowd.asked)}") if crowd.asked else None


async def _state(crowd: Crowd) -> httpx.Response | None:
    return await crowd.of_a_job("status_url")


async def _held(crowd: Crowd) -> httpx.Response | None:
    """A poll of the job that was asked for last, which is held until it gets on."""
    return await crowd.http.get(crowd.jobs[-1]["status_url"] + "?wait=5") if crowd.jobs else None


async def _picture(crowd: Crowd) -> httpx.Response | None:
    return await crowd.of_a_job("url", crowd.dice.choice(("", "?width=48")))


async def _gone(crowd: Crowd) -> httpx.Response | None:
    await crowd.aborted()
    return httpx.Response(200)


KINDS: dict[str, tuple[int, float, Act]] = {
    "drawing, hot": (2, 0.02, _hot),
    "drawing, new": (2, 0.05, _new),
    "pixels": (2, 0.1, _pixels),
    "prompt, new": (1, 0.2, _prompt),
    "prompt, known": (1, 0.2, _known_prompt),
    "state": (2, 0.05, _state),
    "state, held": (4, 0.05, _held),
    "picture": (2, 0.1, _picture),
    "gone in the middle": (2, 0.1, _gone),
}
"""How many do it, and the seconds between two times, on average."""


async def soak(folder: Path, warm_up_s: float, seconds: float, port: int = 0, *, pace: float = 1, seed: int = 1) -> Report:
    """In `folder`, which is empty."""
    port = port or free_port()
    async with serving(folder, port) as process:

        def look() -> Sample:
            assert process.poll() is None, "it ended:\n" + (folder / "log").read_text()
            return taken(process.pid, folder / "data")

        warming = Crowd(port, random.Random(f"warm-up {seed}"))
        await warming.remember(folder / "data")
        await warming.load(warm_up_s, 3 * pace)
        before = await _idle(look, None)
        crowd = Crowd(port, random.Random(f"soak {seed}"))
        crowd.asked, crowd.jobs = warming.asked, warming.jobs
        samples: list[Sample] = []
        going = asyncio.create_task(crowd.load(seconds, pace))
        while not going.done():
            samples.append(look())
            await asyncio.wait((going,), timeout=max(0.25, seconds / 1000))
        await going
        return Report(samples, before, await _idle(look, before), crowd.tallies)


async def _idle(look: Callable[[], Sample], before: Sample | None) -> Sample:
    """Once the number of open files has stood still for a second, or is what it was."""
    ends = time.monotonic() + IDLE_S
    seen = look()
    while time.monotonic() < ends:
        await asyncio.sleep(1)
        last, seen = seen, look()
        if seen.files <= (before or last).files and (before or seen.files == last.files):
            break
    return seen


def table(report: Report) -> str:
    rows = ["| | requests | a second | median ms | p99 ms | answers |", "|---|--:|--:|--:|--:|---|"]
    lasted = report.samples[-1].at - report.samples[0].at or 1
    for kind, tally in report.tallies.items():
        times = sorted(tally.seconds) or [0.0]
        told = ", ".join(f"{count:,} × {status}" for status, count in sorted(tally.answers.items()))
        middle, late = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
        rows.append(
            f"| {kind} | {len(tally.seconds):,} | {len(tally.seconds) / lasted:.1f} | {middle:.1f} | {late:.1f} | {told} |"
        )
    rows += ["", "| after | memory, MB | files | threads | WAL, MB |", "|--:|--:|--:|--:|--:|"]
    chosen = [report.samples[len(report.samples) * n // 10] for n in range(10)] + [report.samples[-1]]
    for name, one in (
        ("warm-up, idle", report.before),
        *((f"{one.at - report.samples[0].at:.0f} s", one) for one in chosen),
        ("the end, idle", report.after),
    ):
        rows.append(f"| {name} | {one.rss_kb / 1024:.1f} | {one.files} | {one.threads} | {one.wal / 1e6:.1f} |")
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30, help="how long, after a warm-up of a third of that")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        report = asyncio.run(soak(Path(name), options.minutes * 20, options.minutes * 60, options.port))
    print(table(report))
    wrong = faults(report)
    print("\n" + ("\n".join(wrong) or "nothing grew"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
