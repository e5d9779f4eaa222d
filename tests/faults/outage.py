"""What clients are owed while something that the service stands on is away: to be told to come back (503 with Retry-After, never
500), drawn pictures all the while, and that all is well within seconds once it is there again.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from faults import checker
from faults.client import Answer, Client, Known, Wish
from faults.harness import FakeProcess, Service

SOON_S = 2
"""From the end of a fault to an acknowledged POST. A request of before the end may be waiting still, for five seconds."""


@asynccontextmanager
async def watched(client: Client) -> AsyncIterator[list[float]]:
    """Asks for drawn pictures all the while: how long each took. They come whatever happens."""
    took: list[float] = []

    async def watch() -> None:
        n = 0
        while True:
            n += 1
            got = await client.exchange("GET", f"/{300 + n}x200?text=still+here")
            if got is None or got.status != 200:
                client.wrong.append(f"a drawn picture was answered {got and got.status}")
            else:
                took.append(got.answered - got.sent)
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield took
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def refused(client: Client, wish: Wish) -> dict[str, Any]:
    """Asks for `wish` in vain; what is said."""
    told = later(await client.post(wish, []))
    assert told.headers["content-type"] == "application/json"
    said: dict[str, Any] = json.loads(told.body)
    return said


def later(got: Answer | None) -> Answer:
    """`got`, which says to come back."""
    assert got, "no answer"
    assert got.status == 503, got.body
    assert got.headers["retry-after"].isdigit()
    return got


async def acknowledged_soon(client: Client, wish: Wish) -> Known:
    began = time.monotonic()
    known = await client.ask(wish)
    assert time.monotonic() - began < SOON_S
    return known


async def ends_well(client: Client, service: Service, fake: FakeProcess) -> None:
    """Every job is ready, each was paid once, and nothing is left lying about."""
    await client.until_ended(30)
    for job in client.jobs:
        await client.picture(job)
    report = await fake.report()
    await service.end()
    wrong = [*checker.check(client, report, {}), *checker.tracebacks(service.told())]
    if "PLACEHOLDER_DATABASE_URL" not in service.settings:
        wrong += checker.integrity(Path(service.settings["PLACEHOLDER_DATA_DIR"]) / "placeholder.db")
    assert not wrong, "\n".join(wrong)
    assert {known.state for known in client.jobs.values()} == {"ready"}
    assert report["spend"] == len(client.jobs)
