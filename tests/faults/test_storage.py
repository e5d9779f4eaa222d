"""What the service stands on fails for a while: clients are told to come back (503 with Retry-After, never 500), pictures
drawn by URL are served all the while, and once the fault is over all is well within seconds."""

import asyncio
import resource
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from faults import checker
from faults.client import Client, Wish
from faults.harness import FakeProcess, Service

LOCKED_S = 8
SOON_S = 2
"""From the end of a fault to an acknowledged POST. A request of before the end may be waiting still, for five seconds."""

MakeService = Callable[..., Service]
MakeFake = Callable[..., FakeProcess]


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


async def refused(client: Client, wish: Wish) -> None:
    """Asks for `wish` in vain."""
    got = await client.post(wish, [])
    assert got, "no answer"
    assert got.status == 503, got.body
    assert got.headers["retry-after"].isdigit()
    assert got.headers["content-type"] == "application/json"


async def acknowledged_soon(client: Client, wish: Wish) -> None:
    began = time.monotonic()
    await client.ask(wish)
    assert time.monotonic() - began < SOON_S


async def ends_well(client: Client, service: Service, fake: FakeProcess) -> None:
    await client.until_ended(20)
    for job in client.jobs:
        await client.picture(job)
    report = await fake.report()
    await service.end()
    wrong = [*checker.check(client, report, {}), *checker.tracebacks(service.told())]
    wrong += checker.integrity(Path(service.settings["PLACEHOLDER_DATA_DIR"]) / "placeholder.db")
    assert not wrong, "\n".join(wrong)
    assert {known.state for known in client.jobs.values()} == {"ready"}
    assert report["spend"] == len(client.jobs)


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
