"""What hostile clients come to, and who suffers by them: `python tests/bench/guard.py`. Takes 40 seconds; Linux, two cores.

All of them attack one `placeholder serve` at once, which is pinned to the first core. They are on the second; those that pour
are a process of their own, so that those that wait, and a client that asks for /healthz fifty times a second, tell the time.
"""

import argparse
import asyncio
import multiprocessing
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))
from fixtures import hostile
from jobs import running
from serving import rss_mb

LARGE = "/seed/x/2048x2048.png?style=mesh"
LIMITS_S = {"unread": 30.0, "slow_body": 30.0}
"""By the name of the attack; any other is to be over in 5."""
SLACK_S = 1


async def unread(port: int) -> hostile.Ended:
    return await hostile.never_reading((hostile.GET_HEAD + b"\r\n").replace(b"/400x300", LARGE.encode()) * 3)(port)


PATIENT: dict[hostile.Attack, int] = {hostile.silent: 100, hostile.slow_head: 100, hostile.slow_body: 20, unread: 20}
POURING: dict[hostile.Attack, int] = {hostile.long_head: 20, hostile.wide_head: 20, hostile.endless_body: 20}


async def healthy(port: int, until: asyncio.Event) -> list[float]:
    """Milliseconds of each answer; one that is no 200 ends the run."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    while not until.is_set():
        began = time.perf_counter()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"/healthz was answered {head[:40]!r}")
        await reader.readuntil(b"}")
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.02)
    writer.close()
    return sorted(times)


async def besiege(port: int) -> tuple[dict[str, list[hostile.Ended]], list[float]]:
    over = asyncio.Event()
    watching = asyncio.create_task(healthy(port, over))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as another:
        poured = asyncio.get_running_loop().run_in_executor(another, pour, port)
        ended = await hostile.all_of(port, PATIENT) | await poured
    over.set()
    return ended, await watching


def pour(port: int) -> dict[str, list[hostile.Ended]]:
    return asyncio.run(hostile.all_of(port, POURING))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--door", choices=["true", "false"], default="true", help="whether the service has one")
    options = parser.parse_args()
    command = [sys.executable, "-m", "placeholder", "serve"]
    chosen = {"PLACEHOLDER_API_KEY": hostile.KEY, "PLACEHOLDER_DOOR": options.door}
    with tempfile.TemporaryDirectory() as name, running(command, Path(name) / "home", **chosen) as (port, process):
        os.sched_setaffinity(0, {1})
        for _ in range(3):
            urlopen(f"http://127.0.0.1:{port}{LARGE}").read()
        asyncio.run(hostile.all_of(port, {hostile.long_head: 4, hostile.wide_head: 4}))
        before = rss_mb(process.pid)
        ended, times = asyncio.run(besiege(port))
        grown = rss_mb(process.pid) - before
    print("| attack | clients | answered | gone after, s | to be gone in |\n|---|--:|--:|--:|--:|")
    for kind, ends in ended.items():
        answers = "/".join(sorted({str(one.status or "-") for one in ends}))
        limit = LIMITS_S.get(kind, 5) + SLACK_S
        print(f"| {kind.replace('_', ' ')} | {len(ends)} | {answers} | {max(one.seconds for one in ends):.1f} | {limit:.0f} |")
    p99 = times[int(len(times) * 0.99)]
    print(f"\n/healthz meanwhile: {len(times)} asked, median {times[len(times) // 2]:.1f} ms, p99 {p99:.1f} ms")
    print(f"memory of the service: {before:.0f} MB before, {grown:+.1f} MB")


if __name__ == "__main__":
    main()
