"""What the service stands on fails for a while: clients are told to come back (503 with Retry-After, never 500), pictures
drawn by URL are served all the while, and once the fault is over all is well within seconds."""

import asyncio
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults.client import Client, Wish
from faults.harness import FakeProcess, Service
from faults.outage import acknowledged_soon, ends_well, refused, watched

LOCKED_S = 8

MakeService = Callable[..., Service]
MakeFake = Callable[..., FakeProcess]


async def test_another_writer_holds_the_database(make_service: MakeService, make_fake: MakeFake, tmp_path: Path) -> None:
    fake = make_fake(5, run=0.5)
    service = await make_service(**fake.settings).start().ready()
    async with Client([service], timeout=20) as client:
        await client.ask(Wish("a lock, before"))
        holder = sqlite3.connect(tmp_path / "data" / "placeholder.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            async with watched(client) as took, asyncio.TaskGroup() as group:
                group.create_task(refused(client, Wish("a lock, in vain")))
                group.create_task(refused(client, Wish("a lock, in vain too")))
                for job in client.jobs:
                    await client.look_at(job)
                assert client.seen["200"] > 1, "a state is told all the same"
                await asyncio.sleep(LOCKED_S)
        finally:
            holder.execute("ROLLBACK")
            holder.close()
        assert max(took) < 1
        await asyncio.sleep(0.1)
        await acknowledged_soon(client, Wish("a lock, after"))
        await ends_well(client, service, fake)


@contextmanager
def full_disk(service: Service) -> Iterator[None]:
    """Files of the service take no byte beyond the first eight thousand."""
    usual = resource.prlimit(service.life.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(service.life.pid, resource.RLIMIT_FSIZE, (8192, usual[1]))
    try:
        yield
    finally:
        resource.prlimit(service.life.pid, resource.RLIMIT_FSIZE, usual)


async def test_the_disk_is_full(make_service: MakeService, make_fake: MakeFake) -> None:
    fake = make_fake(6, run=0.5)
    service = await make_service(**fake.settings).start().ready()
    async with Client([service]) as client:
        for n in range(4):
            await client.ask(Wish(f"a full disk, before {n}"))
        with full_disk(service):
            async with watched(client):
                for n in range(5):
                    await refused(client, Wish(f"a full disk, in vain {n}"))
                    await asyncio.sleep(0.3)
                for job in client.jobs:
                    await client.look_at(job)
        await acknowledged_soon(client, Wish("a full disk, after"))
        await ends_well(client, service, fake)


async def test_the_pictures_cannot_be_written(make_service: MakeService, make_fake: MakeFake, tmp_path: Path) -> None:
    """Their folder is no folder for a while. (Its mode would not stop a test that is run by root.)"""
    fake = make_fake(7, run=0.3)
    folder, elsewhere = tmp_path / "data" / "pictures", tmp_path / "elsewhere"
    service = await make_service(**fake.settings, PLACEHOLDER_CACHE_MB="0").start().ready()
    async with Client([service]) as client:
        before = await client.ask(Wish("no folder, before"))
        await client.until_ended(10)
        folder.rename(elsewhere)
        folder.write_bytes(b"")
        async with watched(client):
            for n in range(3):
                await client.ask(Wish(f"no folder, meanwhile {n}"))
            await asyncio.sleep(3)
            got = await client.exchange("GET", before.url)
            assert got
            assert got.status == 503, "a picture that is not to be had is none that never was"
            assert len(client.unfinished) == 3, "paid pictures wait"
        folder.unlink()
        elsewhere.rename(folder)
        await acknowledged_soon(client, Wish("no folder, after"))
        await ends_well(client, service, fake)


def spoilt_head(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(b"\xa5" * 100)


def cut_short(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.truncate(20_000)


def spoilt_pages(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xa5" * 30_000)


@pytest.mark.parametrize("spoil", [spoilt_head, cut_short, spoilt_pages])
async def test_a_corrupt_database(spoil: Callable[[Path], None], make_service: MakeService, tmp_path: Path) -> None:
    service = await make_service(PLACEHOLDER_PROVIDER="sketch").start().ready()
    await service.end()
    service.log.unlink()
    spoil(tmp_path / "data" / "placeholder.db")
    service.start()
    assert await service.ended() == 3
    told = service.told().strip()
    assert told.startswith("Error: ")
    assert len(told.splitlines()) == 1
    assert "the database is damaged" in told
    assert "placeholder restore BACKUP --force" in told


async def test_another_writes_into_a_database_that_was_restored(make_service: MakeService, tmp_path: Path) -> None:
    """SQLite waits for no writer when it is to turn a file's journal into a write-ahead log, as it is for a backup that was put
    in place, or for services that start at once on none. The service does."""
    service = await make_service(PLACEHOLDER_PROVIDER="sketch").start().ready()
    await service.end()
    writer = sqlite3.connect(tmp_path / "data" / "placeholder.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode = DELETE")
    writer.execute("BEGIN IMMEDIATE")
    service.start()
    await asyncio.sleep(1.5)
    writer.close()
    await service.ready()
    await service.end()
