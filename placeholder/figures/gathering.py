"""All figures together. Those of the database are left out while it does not answer: the others are wanted then above all."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from placeholder.errors import Refusal
from placeholder.figures import jobs, process, readiness
from placeholder.figures.jobs import JobFigures, Seen
from placeholder.figures.model import Family
from placeholder.figures.process import own
from placeholder.figures.readiness import Readiness
from placeholder.jobs.breaker import Breaker
from placeholder.providers.counted import Counted
from placeholder.raster.press import Press
from placeholder.tally import Durations


@dataclass(frozen=True, slots=True)
class Requests:
    """What has been answered, by route and status; and how long it took, by route."""

    answered: Callable[[], Mapping[tuple[str, int], int]]
    took: Callable[[], Mapping[str, Durations]]


@dataclass(frozen=True, slots=True)
class Gathered:
    parts: dict[str, str]
    """Of readiness."""
    seen: Seen | None
    families: list[Family]


@dataclass(frozen=True, slots=True)
class Gathering:
    """`calls`: where this process carries jobs, its provider and the breaker before it."""

    version: str
    requests: Requests
    press: Press
    calls: tuple[Counted, Breaker] | None
    readiness: Readiness
    jobs: JobFigures

    async def gather(self) -> Gathered:
        parts = await self.readiness.parts()
        seen = await self._seen()
        here = process.requests(self.requests.answered(), self.requests.took()) + process.render(self.press)
        if self.calls:
            here += process.provider(*self.calls, time.time())
        here += readiness.families(parts)
        build = Family("placeholder_build_info", "gauge", "The release.", ("version",), (((self.version,), 1),))
        return Gathered(parts, seen, [build, *map(own, here), *(jobs.families(seen) if seen else ())])

    async def close(self) -> None:
        await self.readiness.close()
        await self.jobs.close()

    async def _seen(self) -> Seen | None:
        try:
            return await self.jobs.seen()
        except Refusal:
            return None
