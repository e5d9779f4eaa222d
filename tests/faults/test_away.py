"""A server that the service stands on goes away and comes back: PostgreSQL, and the object store. Nothing is restarted."""

import asyncio
import time
from collections.abc import Callable, Iterator

import httpx
import psycopg
import pytest
from faults import checker
from faults.client import Client, Wish
from faults.harness import SECRET, FakeProcess, Service
from faults.outage import SOON_S, acknowledged_soon, ends_well, later, refused, watched
from fixtures.buckets import BUCKET, S3, addressed
from fixtures.databases import Postgres

AWAY_S = 2

MakeService = Callable[..., Service]
MakeFake = Callable[..., FakeProcess]


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """One that may be stopped."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.close()


async def test_postgresql_goes_and_comes_back(make_service: MakeService, make_fake: MakeFake, postgres: Postgres) -> None:
    fake = make_fake(8, run=1, hook_scale=0.3)
    there = {"PLACEHOLDER_DATABASE_URL": postgres.url, "PLACEHOLDER_SECRET": SECRET}
    service = await make_service(**fake.settings, **there).start().ready()
    async with Client([service], timeout=20) as client, httpx.AsyncClient(base_url=service.url, trust_env=False) as other:
        known = [await client.ask(Wish(f"a database, before {n}")) for n in range(4)]
        await asyncio.sleep(0.5)  # some are being sent by now, some run
        held = asyncio.create_task(other.get(f"/ai/{known[-1].id}/status?wait=20&while=ready", timeout=30))
        await asyncio.to_thread(postgres.stop)
        async with watched(client) as took:
            for n in range(3):
                told = await refused(client, Wish(f"a database, in vain {n}"))
                assert told["code"] == "unavailable"
            later(await client.exchange("GET", f"/ai/{known[0].id}/status"))
            later(await client.exchange("GET", f"/ai/status?ids={known[0].id}"))
            later(await client.exchange("GET", known[0].url))
            await asyncio.sleep(AWAY_S)
        assert max(took) < SOON_S
        await asyncio.to_thread(postgres.start)
        await acknowledged_soon(client, Wish("a database, after"))
        assert (await held).status_code in (200, 503), "a poll that was held all the while"
        await ends_well(client, service, fake)
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT count(*) FROM jobs WHERE phase <> 'ready'").fetchone() == (0,)


async def test_the_object_store_goes_and_comes_back(make_service: MakeService, make_fake: MakeFake, s3: S3) -> None:
    fake = make_fake(9, run=0.3, hook_scale=0.3)
    there = {"PLACEHOLDER_STORAGE_URL": f"s3://{BUCKET}/away", **addressed(s3.url)}
    service = await make_service(**fake.settings, **there, PLACEHOLDER_CACHE_MB="0").start().ready()
    async with Client([service], timeout=25) as client:
        before = await client.ask(Wish("a bucket, before"))
        await client.until_ended(20)
        assert await client.picture(before.id)
        s3.stop()
        async with watched(client) as took:
            for n in range(3):
                await client.ask(Wish(f"a bucket, meanwhile {n}"))
            later(await client.exchange("GET", before.url))
            await client.look_at(before.id)
            await asyncio.sleep(AWAY_S)
            await client.look(client.jobs)
            assert len(client.unfinished) == 3, "paid pictures wait"
            assert before.state == "ready", "a picture that is not to be had is none that never was"
        assert max(took) < SOON_S
        s3.start()
        began = time.monotonic()
        while not await client.picture(before.id):
            await asyncio.sleep(0.05)
        assert time.monotonic() - began < SOON_S
        await ends_well(client, service, fake)
        assert not checker.strays(s3.folder / BUCKET, client)
