"""Whether all that the service stands on does its part: a word for each, found out once a second at most.

    database      a write goes through
    migrations    the schema is the one that this release reads and writes
    blobs         the store of pictures answers
    worker        jobs are carried in this process, or "off": others carry them

Nobody waits for a part that hangs for longer than PATIENCE_S, and it is not asked a second time before it has answered.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from placeholder.db.database import Database
from placeholder.db.schema import is_current, touch
from placeholder.figures.fresh import Fresh
from placeholder.figures.model import GOOD, PARTS, Family, samples
from placeholder.jobs.ports import Blobs
from placeholder.jobs.worker import Worker

PATIENCE_S = 2.0
_FRESH_S = 1.0
_NO_PICTURE = "readyz/probe"
"""A key of the store under which nothing is kept."""

Look = Callable[[], Coroutine[Any, Any, str]]


class Readiness:
    def __init__(self, looks: Mapping[str, Look], patience_s: float = PATIENCE_S) -> None:
        self._looks, self._patience_s = looks, patience_s
        self._under_way: dict[str, asyncio.Task[str]] = {}
        self._found = Fresh(_FRESH_S, self._look)

    async def parts(self) -> dict[str, str]:
        """By part, one of model.WORDS."""
        return await self._found.get()

    async def close(self) -> None:
        await self._found.close()
        for look in self._under_way.values():
            look.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _look(self) -> dict[str, str]:
        words = await asyncio.gather(*map(self._word, self._looks))
        return dict(zip(self._looks, words, strict=True))

    async def _word(self, part: str) -> str:
        look = self._under_way.get(part)
        if look is None or look.done():
            look = self._under_way[part] = asyncio.create_task(self._looks[part]())
        await asyncio.wait((look,), timeout=self._patience_s)
        if not look.done():
            return "late"
        return "down" if look.cancelled() or look.exception() else look.result()


def is_ready(parts: Mapping[str, str]) -> bool:
    return all(word in GOOD for word in parts.values())


def readiness(database: Database, blobs: Blobs, worker: Worker | None) -> Readiness:
    async def of_database() -> str:
        await database.write(touch)
        return "ok"

    async def of_migrations() -> str:
        return "ok" if await database.read(is_current) else "other"

    async def of_blobs() -> str:
        await blobs.get(_NO_PICTURE)
        return "ok"

    async def of_worker() -> str:
        return worker.state() if worker else "off"

    return Readiness(dict(zip(PARTS, (of_database, of_migrations, of_blobs, of_worker), strict=True)))


def families(parts: Mapping[str, str]) -> list[Family]:
    what = "1 where a part of what the service stands on does its part."
    found = samples(((part,), float(word in GOOD)) for part, word in parts.items())
    return [Family("placeholder_ready", "gauge", what, ("part",), found)]
