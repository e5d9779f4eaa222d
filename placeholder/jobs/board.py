"""What this process knows of jobs: how each stood a moment ago, and who waits for news of it.

Its own changes are told to it (`tell`) and are known at once. What other processes change is seen within FRESH_S; and at once
where the board is shared, so that a client whose requests go to one process and then to another sees no state go back.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress

from placeholder.cache import BoundedCache
from placeholder.db.database import Database
from placeholder.errors import Refusal
from placeholder.jobs import store
from placeholder.jobs.model import Job, State

FRESH_S = 0.25
"""Seconds for which what was read is believed."""
_MARGIN_S = 10
"""How far the clocks of two processes may differ, how long a look at a provider may last, and a commit."""
_KEPT_BYTES = 16_000_000
_WEIGHT = 1500
_MOST_READ = 1000

_Reading = asyncio.Future[dict[str, Job]]
"""Those that there are."""


class Board:
    def __init__(self, database: Database, *, is_shared: bool = False, clock: Callable[[], float] = lambda: time.time()) -> None:
        """`is_shared`: clients see other processes' boards too. Then nothing is believed unread but a finished picture, which
        only its deletion changes."""
        self._database, self._is_shared, self._clock = database, is_shared, clock
        self._known: BoundedCache[str, tuple[float, Job]] = BoundedCache(_KEPT_BYTES)
        self._reading: dict[str, _Reading] = {}
        self._ordered: list[str] = []
        """What the reading that has not begun will read."""
        self._next: _Reading
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._watch: asyncio.Task[None] | None = None
        self.is_closing = False
        """Nobody is to wait any more."""

    def tell(self, job: Job) -> None:
        """`job` has just been read or written as it is."""
        known = self._known.get(job.id)
        if known and known[1].version > job.version:
            return
        self._known.keep(job.id, (time.monotonic(), job), _WEIGHT)
        if known is None or known[1].version < job.version:
            for future in self._waiting.get(job.id, ()):
                if not future.done():
                    future.set_result(None)

    def glance(self, job: str) -> Job | None:
        """The job as it stood FRESH_S ago at most, where that is known without asking."""
        known = self._known.get(job)
        if known is None or (self._is_shared and known[1].state is not State.READY):
            return None
        return known[1] if time.monotonic() - known[0] <= FRESH_S else None

    async def view(self, job: str) -> Job | None:
        """The job as it stood FRESH_S ago at most; None where there is none. Raises Unavailable."""
        found = self.glance(job)
        if found:
            return found
        await self._outlast((job,))
        return self._take_in(job, await asyncio.shield(self._order(job)))

    async def views(self, ids: Iterable[str]) -> dict[str, Job]:
        """Those of `ids` that there are. Raises Unavailable."""
        found = {job: self.glance(job) for job in ids}
        missing = [job for job, view in found.items() if view is None]
        await self._outlast(missing)
        ordered = {job: self._order(job) for job in missing}
        for job, reading in ordered.items():
            found[job] = self._take_in(job, await asyncio.shield(reading))
        return {job: view for job, view in found.items() if view}

    async def news(self, seen: Collection[Job], seconds: float) -> None:
        """Returns when one of `seen` has changed, or after `seconds`."""
        if self.is_closing:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for job in seen:
            self._waiting.setdefault(job.id, set()).add(future)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_out())
        try:
            known = [self._known.get(job.id) for job in seen]
            if not any(now and now[1].version > then.version for now, then in zip(known, seen, strict=True)):
                await asyncio.wait((future,), timeout=seconds)
        finally:
            for job in seen:
                futures = self._waiting[job.id]
                futures.discard(future)
                if not futures:
                    del self._waiting[job.id]

    async def _look_out(self) -> None:
        """While anybody waits: what other processes have changed."""
        since = self._clock()
        while self._waiting:
            await asyncio.sleep(FRESH_S)
            now = self._clock()
            with suppress(Refusal):
                await self._catch_up(since - _MARGIN_S)
                since = now

    async def _catch_up(self, since: float) -> None:
        numbered = await self._database.read(lambda c: store.versions_since(c, since))
        changed = [job for job, version in numbered if job in self._waiting and self._version(job) < version]
        if changed:
            for view in await self._database.read(lambda c: store.by_ids(c, changed)):
                self.tell(view)

    async def _outlast(self, jobs: Iterable[str]) -> None:
        """Waits for readings of `jobs` that had begun before another process may have told our client more."""
        if self._is_shared:
            readings = {self._reading[job] for job in jobs if job in self._reading}
            begun = readings - ({self._next} if self._ordered else set())
            if begun:
                await asyncio.wait(begun)

    def _order(self, job: str) -> _Reading:
        """A reading of several jobs, `job` among them. Whatever is ordered at the same moment is read together: a thousand who
        wait become one read when their time is over."""
        reading = self._reading.get(job)
        if reading is None:
            if len(self._ordered) >= _MOST_READ:
                self._ordered = []
            if not self._ordered:
                self._next = asyncio.ensure_future(self._read(self._ordered))
            self._ordered.append(job)
            self._reading[job] = reading = self._next
        return reading

    async def _read(self, ids: list[str]) -> dict[str, Job]:
        """Begins when this moment is over, and so has all of `ids`."""
        if ids is self._ordered:
            self._ordered = []
        try:
            return {job.id: job for job in await self._database.read(lambda c: store.by_ids(c, ids))}
        finally:
            for job in ids:
                del self._reading[job]

    def _take_in(self, job: str, read: dict[str, Job]) -> Job | None:
        found = read.get(job)
        if found:
            self.tell(found)
        return self._newest(job, found)

    def _newest(self, job: str, read: Job | None) -> Job | None:
        """What was told while we read is newer than what we read, however long ago it was told."""
        known = self._known.get(job)
        return known[1] if known and (read is None or known[1].version > read.version) else read

    def _version(self, job: str) -> int:
        known = self._known.get(job)
        return known[1].version if known else 0

    async def close(self) -> None:
        self.release()
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    def release(self) -> None:
        """Whoever waits is answered now, and whoever would from now on."""
        self.is_closing = True
        for futures in list(self._waiting.values()):
            for future in futures:
                if not future.done():
                    future.set_result(None)
