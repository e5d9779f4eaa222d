"""A service that has something to lose, and one backup of it, taken while it ran."""

import asyncio
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fixtures.imagining import Chosen, Imagining

from placeholder.backups.premises import premises
from placeholder.backups.take import take
from placeholder.blobs.store import open_blobs
from placeholder.jobs.model import blob_key
from placeholder.settings import Settings


@dataclass(frozen=True)
class Kept:
    """What a service kept: its settings, a backup, and its pictures by their keys."""

    settings: Settings
    backup: bytes
    pictures: dict[str, bytes]
    secret: bytes
    pending: str
    """A job under way."""


async def taken(settings: Settings, **chosen: Any) -> bytes:
    """A backup of what lies there."""
    out = BytesIO()
    await take(premises(settings), settings.database, open_blobs(settings.storage), out, **{"with_secret": True, **chosen})
    return out.getvalue()


def settings_at(folder: Path, **chosen: Any) -> Settings:
    return Chosen(data_dir=folder, **chosen)


@pytest.fixture(scope="session")
def kept(imagining: Imagining, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept") / "data"

    async def make() -> Kept:
        async with imagining(data_dir=folder, secret=None) as service:
            ready = [await service.stand("ready", prompt=f"a hare, {n}") for n in range(3)]
            pending = await service.stand("running", prompt="a hare, later")
            await service.stand("purged", prompt="a hare, gone")
            await service.stand("failed", prompt="a hare, failed")
            pictures = {}
            for job in ready:
                body = await service.blobs.get(blob_key(job.id, job.epoch))
                assert body
                pictures[blob_key(job.id, job.epoch)] = body
            settings = settings_at(folder)
            return Kept(settings, await taken(settings), pictures, (folder / "secret").read_bytes(), pending.id)

    return asyncio.run(make())
