"""The list of predictions: newest first, in pages that are linked by opaque addresses."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .clock import SECOND
from .model import Prediction
from .names import read_timestamp
from .world import World


def page(world: World, query: Mapping[str, str], api: str, delivery: str) -> dict[str, Any]:
    """Raises ValueError where the query makes no sense."""
    asked = _read_cursor(query["cursor"]) if "cursor" in query else {}
    asked = {name: query[name] for name in ("created_after", "created_before", "source") if name in query} | asked
    now = world.clock.ns()
    listed_until = now - round(world.knobs.list_lag * SECOND)
    found = [one for one in reversed(world.predictions.values()) if _belongs(one, asked, listed_until)]
    size = world.knobs.page_size
    if "above" in asked:
        newer = [one for one in found if one.ordinal > asked["above"]][-size:]
        below = newer[-1].ordinal if newer else asked["above"] + 1
        shown, older = newer, any(one.ordinal < below for one in found)
    else:
        rest = [one for one in found if one.ordinal < asked.get("below", float("inf"))]
        shown, older = rest[:size], len(rest) > size
    newer_exist = bool(shown) and found[0].ordinal > shown[0].ordinal
    kept = {name: value for name, value in asked.items() if name not in ("above", "below")}
    return {
        "previous": _address(api, {**kept, "above": shown[0].ordinal}) if newer_exist else None,
        "next": _address(api, {**kept, "below": shown[-1].ordinal}) if older and shown else None,
        "results": [_item(one, world, now, api, delivery) for one in shown],
    }


def _belongs(one: Prediction, asked: Mapping[str, Any], listed_until: int) -> bool:
    return (
        one.created <= listed_until
        and ("created_after" not in asked or one.created >= read_timestamp(asked["created_after"]))
        and ("created_before" not in asked or one.created < read_timestamp(asked["created_before"]))
        and asked.get("source") != "web"  # all of ours come by the API
    )


def _item(one: Prediction, world: World, now: int, api: str, delivery: str) -> dict[str, Any]:
    return one.view(now, api, delivery, lists_webhook=world.knobs.list_items_carry_webhook)


def _address(api: str, asked: Mapping[str, Any]) -> str:
    cursor = base64.urlsafe_b64encode(json.dumps(asked).encode()).decode()
    return f"{api}/predictions?{urlencode({'cursor': cursor})}"


def _read_cursor(text: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(text)))
