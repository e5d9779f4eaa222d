"""Replicate paints.

One `start` is one POST, and where its outcome is not certain it says Unsure: a second POST would be paid for again.
`find` then looks for what came of it, in the list of the account's predictions.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from typing import Any

from placeholder.jobs.ports import NotStarted, Order, Prediction, Rejected, Trouble
from placeholder.providers.models import find_model
from placeholder.providers.replicate_match import Match, match
from placeholder.providers.replicate_refusals import refusal
from placeholder.providers.replicate_wire import Wire
from placeholder.providers.replicate_words import is_id, read_prediction

BASE_URL = "https://api.replicate.com/v1"
SECONDS = 30.0
MAX_CANDIDATES = 100
"""Predictions that are looked at one by one, where the list does not tell whose they are."""

_EVENTS = ("start", "completed")
_SHORTEST = 5
"""Seconds; Replicate refuses a shorter Cancel-After."""
_LOOK_BACK = 60.0
"""Seconds by which Replicate's clock may be behind ours."""
_SECRET_REST = 60.0
_FIRST_SECRET_REST = 5.0


class ReplicateProvider:
    name = "replicate"

    def __init__(self, token: str, base_url: str, clock: Callable[[], float], seconds: float = SECONDS) -> None:
        """`clock`: seconds since the epoch. `seconds`: how long one exchange may take."""
        self._wire = Wire(token, base_url, seconds)
        self._clock = clock
        self._secret: str | None = None
        self._secret_asked_at: float | None = None
        self._secret_lock = asyncio.Lock()

    async def start(self, order: Order) -> Prediction:
        model = find_model(order.model, frozenset())
        if model is None or not _is_text(order.prompt):
            raise Rejected("invalid")
        hook = {"webhook": order.webhook, "webhook_events_filter": list(_EVENTS)} if order.webhook else {}
        cancel_after = f"{max(_SHORTEST, ceil(order.seconds))}s"
        answer = await self._wire.create(version=model.reference, input=model.inputs(order), cancel_after=cancel_after, **hook)
        prediction = read_prediction(answer.json)
        if prediction is not None:
            return prediction
        if answer.is_unsent:
            raise NotStarted("replicate cannot be reached")
        raise refusal(answer.status, answer.headers, answer.body)

    async def look(self, order: Order, prediction: str) -> Prediction:
        found = read_prediction(await self._wire.get(_path(prediction)))
        if found is None:
            raise Trouble("replicate's answer is no prediction")
        return found

    async def cancel(self, prediction: str) -> None:
        answer = await self._wire.post(f"{_path(prediction)}/cancel")
        # What Replicate does not know needs no end.
        if not answer.is_success and answer.status != 404:
            raise Trouble(f"replicate answered {answer.status or 'nothing'}")

    async def find(self, order: Order) -> Prediction | None:
        """The first of those that match; further ones are ended, as only one will be used."""
        matches = await self._matches(order)
        for extra in matches[1:]:
            with suppress(Trouble):
                await self.cancel(extra.id)
        return matches[0] if matches else None

    async def secret(self, *, anew: bool = False) -> str | None:
        """The secret that signs our webhooks; None while Replicate does not tell. Asked for once, and again when it is to be had
        `anew` (a signature did not fit: it may have been replaced), but at most once a minute."""
        async with self._secret_lock:
            now = self._clock()
            rest = _SECRET_REST if self._secret else _FIRST_SECRET_REST
            has_rested = self._secret_asked_at is None or abs(now - self._secret_asked_at) >= rest
            if has_rested and (anew or self._secret is None):
                self._secret_asked_at = now
                with suppress(Trouble):
                    told = await self._wire.get("/webhooks/default/secret")
                    key = told.get("key") if isinstance(told, dict) else None
                    self._secret = key if isinstance(key, str) and key.startswith("whsec_") else self._secret
            return self._secret

    async def close(self) -> None:
        await self._wire.close()

    async def _matches(self, order: Order) -> list[Prediction]:
        matches = list[Prediction]()
        candidates = 0
        async for item in self._wire.made_since(order.sent_at - _LOOK_BACK):
            whole: Any = item
            verdict = match(item, order, is_whole=False)
            if verdict is Match.OPEN:
                candidates += 1
                if candidates > MAX_CANDIDATES:
                    raise Trouble("too many predictions might be the one")
                whole = await self._wire.get(_path(item.get("id")))
                verdict = match(whole, order, is_whole=True) if isinstance(whole, dict) else Match.NO
            if verdict is Match.YES:
                prediction = read_prediction(whole)
                if prediction is None:
                    raise Trouble("the prediction cannot be read")
                matches.append(prediction)
        return matches


def _path(prediction: object) -> str:
    if not is_id(prediction):
        raise Trouble("no name of a prediction")
    return f"/predictions/{prediction}"


def _is_text(prompt: str) -> bool:
    """Half a character of UTF-16 cannot be sent; the client's error would quote what surrounds it."""
    return not any("\ud800" <= character <= "\udfff" for character in prompt)
