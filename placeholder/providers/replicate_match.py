"""Is this one of Replicate's predictions the one that came of an order? Pure.

The webhook's URL is ours and names the attempt: where the prediction tells it, it alone decides. Where it tells none, what
was asked decides: the model, the prompt and the seed (all inputs, of a model without a seed) of a prediction that is no older
than the order; SKEW is how far Replicate's clock may be behind ours.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, auto
from typing import Any

from placeholder.jobs.ports import Order
from placeholder.providers.models import find_model

SKEW = 5.0


class Match(Enum):
    YES = auto()
    NO = auto()
    OPEN = auto()
    """What a list tells does not decide it; the whole prediction may."""


def match(found: Mapping[str, Any], order: Order, *, is_whole: bool) -> Match:
    """`is_whole`: `found` is all that there is to know, not an item of a list."""
    webhook = found.get("webhook")
    if isinstance(webhook, str) and webhook and order.webhook:
        # The host is where we were when it was sent; the rest carries our proof.
        return Match.YES if webhook.partition("?")[2] == order.webhook.partition("?")[2] else Match.NO
    if found.get("model") != order.model or _age(found, order) > SKEW:
        return Match.NO
    inputs = found.get("input")
    if isinstance(inputs, dict) and inputs:
        if any(inputs.get(key) != value for key, value in _asked(order).items()):
            return Match.NO
        # With a webhook in the order, the whole prediction could still name another attempt.
        return Match.YES if is_whole or order.webhook is None else Match.OPEN
    return Match.NO if is_whole else Match.OPEN


def _asked(order: Order) -> dict[str, object]:
    model = find_model(order.model, frozenset())
    if model is None or model.takes_seed:
        return {"prompt": order.prompt, "seed": order.seed}
    return model.inputs(order)


def _age(found: Mapping[str, Any], order: Order) -> float:
    """How many seconds before the order the prediction was made; 0 where it does not say, as the list asked for none older."""
    try:
        return order.sent_at - datetime.fromisoformat(found["created_at"]).timestamp()
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0.0
