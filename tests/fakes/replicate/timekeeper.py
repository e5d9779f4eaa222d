"""Says when something happens to a prediction, by the fake's clock."""

import asyncio
import heapq
from collections.abc import Callable

from .clock import SECOND, Clock
from .model import Prediction


class Timekeeper:
    """Calls `happen(prediction, event, moment)` at each step of each prediction, in the order of their moments, as soon as
    the clock has reached them."""

    def __init__(self, clock: Clock, happen: Callable[[Prediction, str, int], None]) -> None:
        self._clock = clock
        self._happen = happen
        self._loop = asyncio.get_running_loop()
        self._due: list[tuple[int, int, int, Prediction, str]] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None
        self._ended: dict[str, asyncio.Event] = {}
        self._closed = False
        clock.watch(self._jumped)

    def follow(self, prediction: Prediction, after: int | None = None) -> None:
        """Schedules what is still to come; also after a cancel, when what was scheduled is void."""
        self._ended.setdefault(prediction.id, asyncio.Event())
        for moment, event in prediction.steps():
            if after is None or moment >= after:
                self._count += 1
                heapq.heappush(self._due, (moment, self._count, prediction.epoch, prediction, event))
        self._tick()

    async def ended(self, prediction: Prediction, seconds: float) -> bool:
        """Waits for its end, so many real seconds; whether it came."""
        try:
            await asyncio.wait_for(self._ended[prediction.id].wait(), seconds)
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        for waited_for in self._ended.values():
            waited_for.set()

    def _jumped(self) -> None:
        if not self._closed:
            self._loop.call_soon_threadsafe(self._tick)

    def _tick(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._due and self._due[0][0] <= self._clock.ns() and not self._closed:
            moment, _, epoch, prediction, event = heapq.heappop(self._due)
            if epoch != prediction.epoch:
                continue
            self._happen(prediction, event, moment)
            if event == "completed":
                self._ended[prediction.id].set()
        if self._due and not self._closed:
            wait = max(0.0, (self._due[0][0] - self._clock.ns()) / SECOND)
            self._timer = self._loop.call_later(wait, self._tick)
