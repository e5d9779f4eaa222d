"""A provider whose calls are counted: which, what came of them, and how long they took. It changes nothing else."""

import time
from collections import Counter, defaultdict
from collections.abc import Awaitable
from typing import TypeVar

from placeholder.jobs.ports import NotStarted, Order, Prediction, Provider, Rejected, Trouble, Unsure
from placeholder.tally import Durations

T = TypeVar("T")
OUTCOMES: dict[type[BaseException], str] = {
    NotStarted: "not_started",
    Rejected: "rejected",
    Unsure: "unsure",
    Trouble: "trouble",
}
OK, ERROR = "ok", "error"
"""What else comes of a call: an answer, and what no provider should raise. A call that we gave up is not counted."""


class Counted:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.name = provider.name
        self.calls = Counter[tuple[str, str]]()
        """By call and outcome."""
        self.took = defaultdict[str, Durations](Durations)
        """By call."""

    async def start(self, order: Order) -> Prediction:
        return await self._counted("start", self._provider.start(order))

    async def look(self, order: Order, prediction: str) -> Prediction:
        return await self._counted("look", self._provider.look(order, prediction))

    async def find(self, order: Order) -> Prediction | None:
        return await self._counted("find", self._provider.find(order))

    async def cancel(self, prediction: str) -> None:
        await self._counted("cancel", self._provider.cancel(prediction))

    async def close(self) -> None:
        await self._provider.close()

    async def _counted(self, call: str, answer: Awaitable[T]) -> T:
        began = time.perf_counter()
        try:
            result = await answer
        except Exception as error:
            self._note(call, OUTCOMES.get(type(error), ERROR), began)
            raise
        self._note(call, OK, began)
        return result

    def _note(self, call: str, outcome: str, began: float) -> None:
        self.calls[call, outcome] += 1
        self.took[call].note(time.perf_counter() - began)
