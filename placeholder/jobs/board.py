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


class Board:
    def __init__(self, database: Database, *, is_shared: bool = False, clock: Callable[[], float] = lambda: time.time()) -> None:
        """`is_shared`: clients see other processes' boards too. Then nothing is believed unread but a finished picture, which
        only its deletion changes."""
        self._database, self._is_shared, self._clock = database, is_shared, clock
        self._known: BoundedCache[str, tuple[float, Job]] = BoundedCache(_KEPT_BYTES)
        self._reading: dict[str, asyncio.Future[Job | None]] = {}
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
        reading = self._reading.get(job)
        if reading and self._is_shared:  # it may have begun before another process told our client more
            await asyncio.wait((reading,))
            reading = self._reading.get(job)
        if reading is None:
            reading = asyncio.ensure_future(self._database.read(lambda c: store.by_id(c, job)))
            self._reading[job] = reading
            reading.add_done_callback(lambda _: self._reading.pop(job, None))
        found = await asyncio.shield(reading)
        if found:
            self.tell(found)
        return self._newest(job, found)

    async def views(self, ids: Iterable[str]) -> dict[str, Job]:
        """Those of `ids` that there are. Raises Unavailable."""
        found = {job: self.glance(job) for job in ids}
        missing = [job for job, view in found.items() if view is None]
        if missing:
            for job in await self._database.read(lambda c: store.by_ids(c, missing)):
                self.tell(job)
                found[job.id] = self._newest(job.id, job)
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
