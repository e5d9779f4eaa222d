"""Where pixels are made: off the event loop, as many at once as there are workers, a bounded queue before them.

Equal pictures that are asked for at the same time are made once; finished ones are kept, by what they are (a Picture, or a
key that says as much) and not by URL. Beyond the queue a request is refused at once (`Busy`), which costs less than making
everybody wait.
"""

import asyncio
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from placeholder.cache import BoundedCache
from placeholder.errors import Busy
from placeholder.raster.make import make
from placeholder.synth.catalogue import Picture
from placeholder.tally import Durations

RETRY_AFTER = 2


class Press:
    """`workers` threads, `queue` pictures waiting at most, `cache_bytes` of finished ones kept."""

    def __init__(self, workers: int, queue: int, cache_bytes: int, make: Callable[[Picture], bytes] = make) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="press")
        self._room = workers + queue
        self._make = make
        self._kept: BoundedCache[Hashable, bytes] = BoundedCache(cache_bytes)
        self._running: dict[Hashable, asyncio.Future[bytes]] = {}
        self._workers = workers
        self.made = Durations()
        self.kept = self.shared = self.refused = 0
        """Pictures that needed no making: one was kept, or under way; and requests that found no room."""

    @property
    def in_flight(self) -> int:
        return min(len(self._running), self._workers)

    @property
    def waiting(self) -> int:
        return len(self._running) - self.in_flight

    async def print(self, picture: Picture) -> bytes:
        """The bytes of `picture`. Raises Busy."""
        return await self.make(picture, partial(self._make, picture))

    async def make(self, key: Hashable, work: Callable[[], bytes]) -> bytes:
        """What `work` gives, in a thread. Whoever asks with an equal `key` gets the same bytes, so the key names all that they
        depend on, and its repr is about as long as it is heavy. Raises Busy, and what `work` raises."""
        body = self._kept.get(key)
        if body is not None:
            self.kept += 1
            return body
        running = self._running.get(key)
        if running is None:
            if len(self._running) >= self._room:
                self.refused += 1
                raise Busy(RETRY_AFTER)
            took: list[float] = []
            running = asyncio.get_running_loop().run_in_executor(self._pool, _timed, work, took)
            self._running[key] = running
            running.add_done_callback(lambda made: self._finish(key, made, took))
        else:
            self.shared += 1
        # Shielded: one impatient client must not take the picture from the others who wait for it.
        return await asyncio.shield(running)

    def _finish(self, key: Hashable, made: asyncio.Future[bytes], took: list[float]) -> None:
        del self._running[key]
        for seconds in took:
            self.made.note(seconds)
        if not made.cancelled() and made.exception() is None:
            body = made.result()
            self._kept.keep(key, body, len(body) + len(repr(key)))

    def close(self) -> None:
        """Lets the running pictures end and drops the waiting ones."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _timed(work: Callable[[], bytes], took: list[float]) -> bytes:
    """In a thread; what it `took` is noted by the event loop, for two threads that count lose counts."""
    began = time.perf_counter()
    try:
        return work()
    finally:
        took.append(time.perf_counter() - began)
