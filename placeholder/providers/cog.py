"""A Cog model server paints: one's own machine, or any that speaks Cog's HTTP.

Cog lets us choose a prediction's name, keeps no list and tells nothing about one that has ended. So the answer to the very
request that began a prediction is its only news, and a task here waits for it:

    PUT /predictions/{order.name}    200 it has ended · 202 it runs already · 409, 503 no room yet: again, a little later

The same PUT again is always safe. While the prediction runs, no second one begins; after its end it runs once more, with the
same seed, on a machine that bills no run. Therefore a process that knows nothing of a prediction (it was restarted)
simply asks again, `find` answers that the prediction runs, and nothing is ever Unsure.
"""

import asyncio
import json
from typing import Any
from urllib.parse import quote

import httpx

from placeholder.jobs.ports import NotStarted, Order, Prediction, Trouble
from placeholder.providers.cog_words import declared_inputs, read_answer

LOOK_SECONDS = 5.0
"""How long a look waits for the end."""
AGAIN = 0.2
MAX_ANSWER = 36_000_000
"""Bytes: a picture of 25 MB in base64, and some logs."""

_TIMEOUT = httpx.Timeout(5, read=None, pool=None)
_ASK_SECONDS = 5.0
_KEPT = 8
"""Finished pictures that wait to be looked at."""
_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_NO_ROOM = frozenset((202, 409, 503))
_UNABLE = frozenset(("SETUP_FAILED", "DEFUNCT"))


class CogProvider:
    name = "cog"

    def __init__(self, url: str, look_seconds: float = LOOK_SECONDS) -> None:
        """`url`: where the server listens, without a path."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=10)
        headers = {"Accept-Encoding": "identity"}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=_TIMEOUT, limits=limits)
        self._look_seconds = look_seconds
        self._tasks: dict[str, asyncio.Task[Prediction | None]] = {}
        self._declared = frozenset[str]()

    async def start(self, order: Order) -> Prediction:
        status, health = await self._ask("GET", "/health-check")
        if status == 0:
            raise NotStarted("the cog server cannot be reached")
        if isinstance(health, dict) and health.get("status") in _UNABLE:
            raise NotStarted("the cog server cannot run its model")
        self._begin(order)
        return Prediction(order.name, again_s=AGAIN)

    async def look(self, order: Order, prediction: str) -> Prediction:
        task = self._begin(order)
        await asyncio.wait({task}, timeout=self._look_seconds)
        if not task.done():
            return Prediction(order.name, again_s=AGAIN)
        if self._tasks.get(order.name) is task:
            del self._tasks[order.name]
        found = None if task.cancelled() else task.result()
        if found is None:
            raise Trouble("the cog server cannot be reached")
        return found

    async def find(self, order: Order) -> Prediction | None:
        """That it runs: whether it does or did, a look under its name brings the picture."""
        return Prediction(order.name, again_s=AGAIN)

    async def cancel(self, prediction: str) -> None:
        task = self._tasks.pop(prediction, None)
        if task:
            task.cancel()
        status, _ = await self._ask("POST", f"{_path(prediction)}/cancel")
        # 404: nothing of that name runs.
        if status != 404 and not 200 <= status < 300:
            raise Trouble(f"the cog server answered {status or 'nothing'}")

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    def _begin(self, order: Order) -> asyncio.Task[Prediction | None]:
        task = self._tasks.get(order.name)
        if task is None:
            # Pictures that nobody came for: another process has their jobs by now.
            for name in [name for name, other in self._tasks.items() if other.done()][:-_KEPT]:
                del self._tasks[name]
            task = self._tasks[order.name] = asyncio.create_task(self._paint(order), name=f"cog {order.name}")
        return task

    async def _paint(self, order: Order) -> Prediction | None:
        """How the prediction ended; None when the server went away."""
        try:
            async with asyncio.timeout(order.seconds):
                return await self._answer(order)
        except TimeoutError:
            pass
        await self._ask("POST", f"{_path(order.name)}/cancel")
        return Prediction(order.name, failure="timeout")

    async def _answer(self, order: Order) -> Prediction | None:
        wanted = {"prompt": order.prompt, "width": order.size.w, "height": order.size.h, "seed": order.seed}
        declared = await self._inputs()
        body = {"id": order.name, "input": {key: value for key, value in wanted.items() if not declared or key in declared}}
        pause = _PAUSE
        while True:
            status, found = await self._exchange("PUT", _path(order.name), body)
            if status not in _NO_ROOM:
                return read_answer(order.name, status, found) if status else None
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _inputs(self) -> frozenset[str]:
        """The names of the model's inputs; empty while the server does not say."""
        if not self._declared:
            self._declared = declared_inputs((await self._ask("GET", "/openapi.json"))[1])
        return self._declared

    async def _ask(self, method: str, path: str) -> tuple[int, Any]:
        """An exchange that takes no picture's time."""
        try:
            async with asyncio.timeout(_ASK_SECONDS):
                return await self._exchange(method, path)
        except TimeoutError:
            return 0, None

    async def _exchange(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON (None: no JSON, or too long) of the answer; status 0 when none came."""
        try:
            async with self._client.stream(method, path, json=body) as response:
                received = bytearray()
                async for chunk in response.aiter_raw():
                    received += chunk
                    if len(received) > MAX_ANSWER:
                        return response.status_code, None
                return response.status_code, json.loads(received)
        except (httpx.HTTPError, httpx.StreamError):
            return 0, None
        except (ValueError, RecursionError):
            return response.status_code, None


def _path(prediction: str) -> str:
    return f"/predictions/{quote(prediction, safe='')}"
