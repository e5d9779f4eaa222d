"""The disk itself is full, nearly full or read-only: a file system of its own, which root alone can mount."""

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from faults import checker
from faults.client import Client, Wish
from faults.harness import FakeProcess, Service
from faults.outage import acknowledged_soon, ends_well, refused, watched

from placeholder.blobs.room import BELIEVED_S

MakeService = Callable[..., Service]
MakeFake = Callable[..., FakeProcess]


def as_root(*command: str | Path) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except OSError as error:
        pytest.skip(f"{command[0]}: {error.strerror}")
    if done.returncode:
        pytest.skip(f"{command[0]} needs root: {done.stderr.strip()}")


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size at `folder`, for which nothing is set aside."""
    folder.mkdir(parents=True)
    as_root("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "placeholder-test", folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def filled(file: Path) -> Path:
    """A file that takes the last byte."""
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            return file


async def test_a_disk_without_a_free_byte(make_service: MakeService, make_fake: MakeFake, tmp_path: Path) -> None:
    with mounted(tmp_path / "full" / "data", 8) as disk:
        fake = make_fake(10, run=1, hook_scale=0.3)
        service = await make_service(home="full", **fake.settings, PLACEHOLDER_MIN_FREE_MB="0").start().ready()
        async with Client([service], timeout=20) as client:
            for n in range(4):
                await client.ask(Wish(f"no byte, before {n}"))
            filler = filled(disk / "filler")
            async with watched(client):
                for n in range(4):
                    told = await refused(client, Wish(f"no byte, in vain {n}"))
                    assert told["code"] == "unavailable"
                    await asyncio.sleep(0.4)
                await client.look(client.jobs)
                assert client.unfinished, "what comes of them cannot be kept"
            filler.unlink()
            await acknowledged_soon(client, Wish("no byte, after"))
            await ends_well(client, service, fake)
            assert not checker.strays(disk / "pictures", client), "nothing half written"


async def test_a_disk_that_is_nearly_full(make_service: MakeService, make_fake: MakeFake, tmp_path: Path) -> None:
    """T14: nothing new is begun with less than 200 MB; what was begun ends, and what there is can be had."""
    with mounted(tmp_path / "nearly" / "data", 204) as disk:
        fake = make_fake(11, run=0.5, hook_scale=0.3)
        service = await make_service(home="nearly", **fake.settings).start().ready()
        async with Client([service], timeout=20) as client:
            known = await client.ask(Wish("little room, before"))
            filler = disk / "filler"
            filler.write_bytes(bytes(16_000_000))
            await asyncio.sleep(BELIEVED_S)
            async with watched(client):
                told = await refused(client, Wish("little room, in vain"))
                assert told["code"] == "no_room"
                assert told["error"].startswith("The disk is nearly full")
                again = await client.ask(known.wish)
                assert again is known, "it is there already"
                await client.until_ended(20)
                assert known.state == "ready", "what was begun ends"
                await client.ask(known.wish)
            filler.unlink()
            await acknowledged_soon(client, Wish("little room, after"))
            await ends_well(client, service, fake)


@contextmanager
def immutable(folder: Path) -> Iterator[None]:
    """Nothing in it can be changed, not even by root and not through files that are open already: as a file system that met a
    fault and went read-only. But for SQLite's -shm: that is memory, and the kernel ends a process that cannot write to such."""
    kept = [folder, *(path for path in folder.rglob("*") if path.suffix != ".db-shm")]
    as_root("chattr", "+i", *kept)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *kept], check=True)


async def test_a_disk_that_goes_read_only(make_service: MakeService, make_fake: MakeFake, tmp_path: Path) -> None:
    fake = make_fake(12, run=0.8, hook_scale=0.3)
    service = await make_service(**fake.settings).start().ready()
    async with Client([service], timeout=20) as client:
        for n in range(3):
            await client.ask(Wish(f"read only, before {n}"))
        with immutable(tmp_path / "data"):
            async with watched(client):
                for n in range(4):
                    told = await refused(client, Wish(f"read only, in vain {n}"))
                    assert told["code"] == "unavailable"
                    await asyncio.sleep(0.4)
                await client.look(client.jobs)
                assert client.unfinished, "what comes of them cannot be kept"
        await acknowledged_soon(client, Wish("read only, after"))
        await ends_well(client, service, fake)


async def test_a_start_on_a_read_only_disk(make_service: MakeService, tmp_path: Path) -> None:
    """Better not to start than to start without what it needs: whoever starts it is told."""
    with mounted(tmp_path / "still" / "data", 8) as disk:
        service = await make_service(home="still", PLACEHOLDER_PROVIDER="sketch").start().ready()
        await service.end()
        service.log.unlink()
        as_root("mount", "-o", "remount,ro", disk)
        service.start()
        assert await service.ended() == 1
        told = service.told().strip()
        assert told.startswith("Error: PLACEHOLDER_DATA_DIR: cannot write ")
        assert len(told.splitlines()) == 1
