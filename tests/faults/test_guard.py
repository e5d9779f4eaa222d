"""Hostile clients against `placeholder serve` as it is started by everybody, with its door and without: they are gone within
seconds, everybody else is served meanwhile, and they leave nothing behind. And its end, whoever is being served."""

import asyncio
import json
import re
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from faults.harness import KEY, PATIENCE_S, Service
from fixtures import hostile

_BY_STATUS = {
    "silent": None,
    "slow_head": 408,
    "long_head": 431,
    "wide_head": 431,
    "endless_body": 413,
}
_SLACK_KB = 20_000
_IMAGE = b"Sec-Fetch-Dest: image\r\nSec-Fetch-Mode: no-cors\r\n"
Make = Callable[..., Service]


def memory_kb(service: Service) -> int:
    status = Path(f"/proc/{service.life.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


@pytest.fixture
def both(make_service: Make) -> list[Service]:
    """With a door, and without."""
    return [
        make_service(home=home, PLACEHOLDER_DOOR=door, PLACEHOLDER_SKETCH_DELAY_S="600", PLACEHOLDER_RASTER_WORKERS="1")
        for home, door in (("door", "1"), ("plain", "0"))
    ]


async def test_the_slow_and_the_greedy_are_ended_while_all_others_are_served(
    both: list[Service], figures: Callable[[str], None]
) -> None:
    for report in await asyncio.gather(*map(besieged, both)):
        figures(report)


async def besieged(service: Service) -> str:
    await service.start().ready()
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=PATIENCE_S) as client:
        await hostile.all_of(service.port, {hostile.long_head: 4, hostile.wide_head: 4})  # what is only learned once
        before, served = memory_kb(service), 0
        attacks = {
            hostile.silent: 100,
            hostile.slow_head: 100,
            hostile.long_head: 4,
            hostile.wide_head: 4,
            hostile.endless_body: 4,
        }
        siege = asyncio.create_task(hostile.all_of(service.port, attacks))
        while not siege.done():
            for path in ("/healthz", "/400x300"):
                assert (await client.get(path)).status_code == 200
                served += 1
            await asyncio.sleep(0.05)
    ended = await siege
    grown = memory_kb(service) - before
    assert {name: {one.status for one in ends} for name, ends in ended.items()} == {
        name: {status} for name, status in _BY_STATUS.items()
    }
    assert served > 20
    assert grown < _SLACK_KB
    assert "Traceback" not in service.told(), service.told()
    longest = max(one.seconds for ends in ended.values() for one in ends)
    return f"{sum(attacks.values())} hostile clients were gone after {longest:.1f} s; memory grew by {grown:,} kB"


async def test_a_service_that_is_asked_to_end_ends(both: list[Service]) -> None:
    """While it is sent a picture's wish slowly, and holds a poll and a live picture."""
    await asyncio.gather(*map(ended_in_time, both))


async def ended_in_time(service: Service) -> None:
    await service.start().ready()
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=PATIENCE_S) as client:
        wish = {"prompt": "a lighthouse", "w": 40, "h": 30}
        job = (await client.post("/ai", json=wish, headers={"authorization": f"Bearer {KEY}"})).json()
        while (await client.get(job["status_url"])).json() != {"state": "generating"}:
            await asyncio.sleep(0.05)
    poll = await asking(service, job["status_url"] + "?wait=25")
    live = await asking(service, job["url"].removeprefix(service.url) + "?live=1", _IMAGE)
    upload = asyncio.create_task(hostile.slow_body(service.port))
    idle, begun = await asking(service, "/400x300"), await asyncio.open_connection("127.0.0.1", service.port)
    begun[1].write(b"GET /40")
    assert (await idle[0].readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    await asyncio.sleep(1)
    began = time.monotonic()
    service.life.signal(signal.SIGTERM)
    service.is_wanted = False
    assert json.loads((await poll[0].read()).partition(b"\r\n\r\n")[2]) == {"state": "generating"}
    assert b"\r\n--frame--\r\n" in await live[0].read()
    assert (await upload).status == 408
    assert await service.life.end() == -signal.SIGTERM
    assert time.monotonic() - began < 30
    for _, writer in (poll, live, idle, begun):
        with closing(writer):
            pass
    assert "Traceback" not in service.told(), service.told()
    assert "Cancel" not in service.told(), service.told()


async def asking(service: Service, target: str, lines: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    writer.write(f"GET {target} HTTP/1.1\r\n".encode() + hostile.HOST + lines + b"\r\n")
    return reader, writer
