"""Sends webhooks as Replicate does, and spoils them on demand.

- An event is sent if the prediction's filter has it; without a filter `output` and `completed` are sent.
- `completed` is tried again on 4xx, 5xx and no connection, at growing distances, the last time a minute after the first;
  with the same webhook-id and a timestamp of its own. Other events are tried once.
- Redirects are not followed and count as delivered: what is behind them never hears of it.
- A prediction's events are sent in their order, each as soon as the one before has been tried once. Nothing promises that.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import httpx

from . import names, signing
from .body import dump
from .model import Prediction
from .schema import is_loopback
from .world import Delivery, World

TRIED_AT = (0, 1, 3, 7, 15, 30, 60)
"""Seconds after the first attempt."""

_STALE_S = 600
_FLOOD = 20
_HUGE = 10 * 1024 * 1024
_REORDER_PATIENCE_S = 30
_HEADERS = {
    "user-agent": "Webhooks/1.66.0 (sender-9YMgn)",
    "content-type": "application/json",
    "accept": "*/*",
    "accept-encoding": "gzip",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One webhook, to be tried until it is delivered or given up."""

    id: str
    prediction_id: str
    event: str
    url: str
    content: dict[str, Any]
    wrong_secret: bool = False
    age: int = 0
    tampered: bool = False
    copies: int = 1
    """Sent at the same time."""


def _about_another(letter: Letter) -> Letter:
    other = names.foreign_id(letter.prediction_id)
    urls = {name: url.replace(letter.prediction_id, other) for name, url in letter.content["urls"].items()}
    return replace(letter, id=names.foreign_message_id(letter.id), content={**letter.content, "id": other, "urls": urls})


FAULTS: dict[str, Callable[[Letter], list[Letter]]] = {
    "drop": lambda letter: [],
    "dup": lambda letter: [letter, letter],
    "late": lambda letter: [letter],
    "reorder": lambda letter: [letter],
    "secret": lambda letter: [replace(letter, wrong_secret=True)],
    "stale": lambda letter: [replace(letter, age=_STALE_S)],
    "tamper": lambda letter: [replace(letter, tampered=True)],
    "foreign": lambda letter: [_about_another(letter), letter],
    "flood": lambda letter: [replace(letter, copies=_FLOOD)],
    "huge": lambda letter: [replace(letter, content={**letter.content, "logs": "x" * _HUGE})],
}
"""What becomes of one webhook. `late` and `reorder` say when it is sent, which is `_wait`'s to keep."""


class Hooks:
    def __init__(self, world: World, api: str, delivery: str) -> None:
        self._world = world
        self._api = api
        self._delivery = delivery
        self._client: httpx.AsyncClient | None = None
        self._order: dict[str, asyncio.Lock] = {}
        self._completed: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def post(self, prediction: Prediction, event: str, moment: int) -> None:
        """Sends what `event` calls for, of the prediction as it was at `moment`."""
        if prediction.webhook is None or not prediction.listens(event):
            return
        if prediction.ended_as == "aborted" and not self._world.knobs.tell_aborted:
            return
        letter = Letter(
            id=names.message_id(prediction.seed, prediction.ordinal, event, moment),
            prediction_id=prediction.id,
            event=event,
            url=prediction.webhook,
            content=prediction.view(moment, self._api, self._delivery, early=event == "output"),
        )
        self._order.setdefault(prediction.id, asyncio.Lock())
        self._completed.setdefault(prediction.id, asyncio.Event())
        self._keep(self._send(prediction, letter))

    async def close(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def _keep(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, prediction: Prediction, letter: Letter) -> None:
        fault = prediction.plan.hook
        await self._wait(prediction, letter.event, fault)
        async with self._order[prediction.id]:
            for one in FAULTS[fault](letter) if fault else [letter]:
                answered = await asyncio.gather(*(self._try(one) for _ in range(one.copies)))
                if letter.event == "completed" and not any(answered):
                    self._keep(self._try_again(one))
        if letter.event == "completed":
            self._completed[prediction.id].set()

    async def _wait(self, prediction: Prediction, event: str, fault: str | None) -> None:
        if fault == "late" and event == "completed":
            await asyncio.sleep(self._world.knobs.hook_late)
        elif fault == "reorder" and event != "completed":
            try:
                await asyncio.wait_for(self._completed[prediction.id].wait(), _REORDER_PATIENCE_S)
            except TimeoutError:
                return

    async def _try_again(self, letter: Letter) -> None:
        for before, at in pairwise(TRIED_AT):
            await asyncio.sleep((at - before) * self._world.knobs.hook_scale)
            if await self._try(letter):
                return

    async def _try(self, letter: Letter) -> bool:
        """One attempt; whether the matter is closed."""
        knobs, world = self._world.knobs, self._world
        timestamp = int(world.clock.now() if knobs.hooks_follow_clock else time.time()) - letter.age
        body = dump(letter.content, sort_keys=True)
        secrets = [signing.WRONG_SECRET] if letter.wrong_secret else world.secrets
        headers = {
            **_HEADERS,
            "webhook-id": letter.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signing.signatures(secrets, letter.id, timestamp, body),
        }
        if letter.tampered:
            body = body.replace(b'"status":"%b"' % letter.content["status"].encode(), b'"status":"canceled"')
        status, error = await self._post(letter.url, body, headers)
        world.deliveries.append(
            Delivery(letter.id, letter.prediction_id, letter.event, letter.url, body, headers, time.time(), status, error)
        )
        return status is not None and status < 400

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str | None]:
        if not self._world.network_up:
            return None, "the network is down"
        if self._world.knobs.hooks_to is not None:
            parts = urlsplit(url)
            url = self._world.knobs.hooks_to + parts.path + (f"?{parts.query}" if parts.query else "")
        elif not is_loopback(urlsplit(url).hostname or ""):
            return None, "a fake calls loopback hosts only"
        if self._client is None:
            # Receivers of tests have no certificate that anyone signed.
            self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False, verify=False)
        try:
            async with asyncio.timeout(self._world.knobs.hook_timeout):
                answer = await self._client.post(url, content=body, headers=headers, timeout=None)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return None, type(error).__name__
        return answer.status_code, None
