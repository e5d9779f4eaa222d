"""What was found out a moment ago is not looked for again, and whoever asks meanwhile waits for the same finding."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Fresh(Generic[T]):
    """`find` again where the last finding, or failing, is `seconds` old."""

    def __init__(
        self, seconds: float, find: Callable[[], Coroutine[Any, Any, T]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds, self._find, self._clock = seconds, find, clock
        self._finding: asyncio.Task[T] | None = None
        self._found_at = 0.0

    async def get(self) -> T:
        """Raises what `find` raises."""
        finding = self._finding
        if finding is None or (finding.done() and self._clock() - self._found_at >= self._seconds):
            finding = self._finding = asyncio.create_task(self._find())
            finding.add_done_callback(self._done)
        # Shielded: one who hangs up must not take it from the others.
        return await asyncio.shield(finding)

    def _done(self, finding: asyncio.Task[T]) -> None:
        self._found_at = self._clock()
        if not finding.cancelled():
            finding.exception()  # which whoever asks is told

    async def close(self) -> None:
        if self._finding:
            self._finding.cancel()
            await asyncio.gather(self._finding, return_exceptions=True)
