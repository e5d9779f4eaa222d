"""Ten thousand connections at once: `python tests/bench/connections.py`. Takes a minute; Linux, two cores, and a hard limit
of open files above their number.

A thousand are long polls of jobs that do not end; the others are kept alive, and each asks for a label every so often, at
moments that do not wait for earlier answers. One service, pinned to the first core; the clients are processes on the second,
which come from addresses of their own, since an address has too few ports for all.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop

sys.path.insert(0, str(Path(__file__).parent))
from jobs import KEY, post, running
from serving import rss_mb

JOBS = 20
WAIT_S = 25
SETTLE_S = 5
AT_ONCE = 50
PATIENCE_S = 120


@dataclass(slots=True)
class Seen:
    """What a client process saw while it was measured."""

    times_ms: list[float] = field(default_factory=list)
    polls: int = 0
    errors: Counter[str] = field(default_factory=Counter)


class Peer(asyncio.Protocol):
    """One connection, asking one thing after the other. `heard` gets the answer and the seconds that it took."""

    def __init__(self, heard: Callable[["Peer", bytes, float], None], lost: Callable[["Peer"], None]) -> None:
        self._heard, self._lost = heard, lost
        self._transport: Any = None
        self._received = bytearray()
        self._length = 0
        self.asked: float | None = None
        """When, where it waits for an answer."""
        self.is_lost = False

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def ask(self, request: bytes) -> None:
        self.asked = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._length:
            head, end, _ = self._received.partition(b"\r\n\r\n")
            if not end:
                return
            told = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self._length = len(head) + len(end) + int(told)
        if len(self._received) >= self._length:
            whole, began = bytes(self._received), self.asked
            self._received.clear()
            self._length, self.asked = 0, None
            self._heard(self, whole, time.perf_counter() - (began or 0))

    def connection_lost(self, _: Exception | None) -> None:
        self.is_lost = True
        self._lost(self)


async def hold(port: int, address: str, idle: int, targets: list[str], rate: float, seconds: float, barrier: Any) -> Seen:
    """`idle` connections that ask for labels, `rate` times a second among all, and a long poll for each of `targets`."""
    loop, seen, dice = asyncio.get_running_loop(), Seen(), random.Random(address)
    is_measured = is_over = False

    def labelled(_: Peer, answer: bytes, took: float) -> None:
        if is_measured:
            seen.times_ms.append(took * 1000)
            if not answer.startswith(b"HTTP/1.1 200"):
                seen.errors[answer[9:12].decode()] += 1

    def polled(peer: Peer, answer: bytes, _: float) -> None:
        seen.polls += 1
        if not answer.endswith((b'{"state": "pending"}', b'{"state": "generating"}')):
            seen.errors["poll: " + answer[9:12].decode()] += 1
        if not is_over:
            peer.ask(requests[peer])

    def lost(_: Peer) -> None:
        if not is_over:
            seen.errors["connection lost"] += 1

    async def opened(heard: Callable[[Peer, bytes, float], None]) -> Peer:
        return (await loop.create_connection(lambda: Peer(heard, lost), "127.0.0.1", port, local_addr=(address, 0)))[1]

    label = b"GET /400x300 HTTP/1.1\r\nHost: placeholder.test\r\n\r\n"
    peers: list[Peer] = []
    while len(peers) < idle:
        fresh = await asyncio.gather(*(opened(labelled) for _ in range(min(AT_ONCE, idle - len(peers)))))
        for peer in fresh:
            peer.ask(label)
        peers += fresh
    requests: dict[Peer, bytes] = {}
    for target in targets:
        poll = await opened(polled)
        requests[poll] = f"GET {target}?wait={WAIT_S} HTTP/1.1\r\nHost: placeholder.test\r\n\r\n".encode()
        poll.ask(requests[poll])

    async def asking() -> None:
        """At moments that are the same whatever the answers take, as those of many clients are."""
        due = loop.time()
        while True:
            due += dice.expovariate(rate)
            await asyncio.sleep(max(0, due - loop.time()))
            peer = dice.choice(peers)
            if peer.is_lost:
                continue
            if peer.asked is None:
                peer.ask(label)
            elif is_measured and time.perf_counter() - peer.asked > 5:
                seen.errors["no answer in 5 s"] += 1

    task = asyncio.create_task(asking())
    await loop.run_in_executor(None, barrier.wait, PATIENCE_S)
    await asyncio.sleep(SETTLE_S)
    is_measured = True
    await asyncio.sleep(seconds)
    is_measured = False
    await loop.run_in_executor(None, barrier.wait, PATIENCE_S)
    is_over = True
    task.cancel()
    return seen


def client(queue: Any, *told: Any) -> None:
    os.sched_setaffinity(0, {1})
    queue.put(uvloop.run(hold(*told)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--polls", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=1000, help="labels a second, over all connections")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--processes", type=int, default=2, help="clients")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < options.connections + 500:
        raise SystemExit(f"a process may open {hard} files at most here, and {options.connections} connections take more")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    command = [sys.executable, "-m", "placeholder", "serve"]
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_SKETCH_DELAY_S": "3600"}
    with tempfile.TemporaryDirectory() as name, running(command, Path(name) / "home", **chosen) as (port, process):
        states = [post(port, f"a lighthouse, number {number}")["status_url"] for number in range(JOBS)]
        before = rss_mb(process.pid)
        context = multiprocessing.get_context("spawn")
        queue, barrier = context.Queue(), context.Barrier(options.processes + 1)
        share = options.processes
        targets = [states[number % JOBS] for number in range(options.polls)]
        idle, rate = (options.connections - options.polls) // share, options.rate / share
        clients = [
            context.Process(
                target=client,
                args=(queue, port, f"127.0.0.{number + 2}", idle, targets[number::share], rate, options.seconds, barrier),
            )
            for number in range(share)
        ]
        for one in clients:
            one.start()
        barrier.wait(PATIENCE_S)
        time.sleep(SETTLE_S)
        ticks = cpu(process.pid)
        began = time.perf_counter()
        barrier.wait(PATIENCE_S)
        busy = (cpu(process.pid) - ticks) / os.sysconf("SC_CLK_TCK") / (time.perf_counter() - began)
        after, held = rss_mb(process.pid), files(process.pid)
        seen: list[Seen] = [queue.get() for _ in clients]
        for one in clients:
            one.join()
    times = sorted(time_ms for one in seen for time_ms in one.times_ms)
    errors = sum((one.errors for one in seen), Counter[str]())
    print(f"{held:,} files open in the service, {sum(one.polls for one in seen):,} polls answered and asked anew")
    shares = ", ".join(f"p{share:g} {times[int(len(times) * share / 100)]:.1f} ms" for share in (50, 99, 99.9))
    print(f"{len(times):,} labels in {options.seconds:.0f} s: {shares}, longest {times[-1]:.1f} ms")
    each = (after - before) * 1024 / options.connections
    print(f"memory of the service: {before:.0f} MB, then {after:.0f} MB: {each:.1f} kB each")
    print(f"it took {busy:.0%} of a core; errors: {json.dumps(errors) if errors else 'none'}")


def cpu(pid: int) -> int:
    """Ticks."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().split()[13:15]))


def files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


if __name__ == "__main__":
    main()
