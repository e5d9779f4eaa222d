"""Replicate's prediction object in our words. Pure; nothing of the provider's own text passes.

`error` and `logs` may quote the prompt, so an error is only looked up in ERRORS and leaves as a code of model.FAILURES.

    starting, processing     runs; `output` may be filled already, which counts for nothing before the end
    succeeded                its output: the first http(s) URL of a string or a list; without one the model made nothing,
                             which another run may do better; wiped (`data_removed`) it was made and is lost
    failed                   by ERRORS
    canceled, aborted        timeout: nobody but the deadline that came with the order ends a prediction
"""

import json
import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from placeholder.jobs.ports import Prediction

_ID = re.compile(r"[a-z0-9-]{1,64}")
_URL = re.compile(r"https?://[!-~]{1,2040}")
_MAX_ERROR = 2000
"""Characters of an error that are searched."""
_RUNNING = frozenset(("starting", "processing"))
_STOPPED = frozenset(("canceled", "aborted"))

ERRORS: tuple[tuple[re.Pattern[str], str, bool], ...] = (
    (
        re.compile(r"\bE005\b|nsfw|flagged as sensitive|moderation|safety (?:system|filter|check)", re.IGNORECASE),
        "blocked",
        False,
    ),
    (re.compile(r"\bcode: PA\b|\bPrediction interrupted\b"), "generation_failed", True),
    (re.compile(r"\bE(?:1000|6716|8367|8765|9243|9825|9828)\b"), "generation_failed", True),
    (re.compile(r""), "generation_failed", False),
)
"""What an error text tells: the first that matches. E1001 (out of memory) and all unknown ones come again with the same input."""


def parse_prediction(body: bytes) -> Prediction | None:
    """The prediction in a JSON `body`; None when it is no prediction."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read_prediction(found)


def read_prediction(found: Any) -> Prediction | None:
    """The same of parsed JSON."""
    if not isinstance(found, dict):
        return None
    name, status = found.get("id"), found.get("status")
    if not is_id(name) or not isinstance(status, str):
        return None
    if status in _RUNNING:
        return Prediction(name)
    if status in _STOPPED:
        return Prediction(name, failure="timeout")
    if status == "succeeded":
        return _ended(name, found)
    if status == "failed":
        code, is_worth_another = _classified(found.get("error"))
        return Prediction(name, failure=code, is_worth_another=is_worth_another)
    return None


def is_id(name: object) -> TypeGuard[str]:
    return isinstance(name, str) and _ID.fullmatch(name) is not None


def _ended(name: str, found: Mapping[str, Any]) -> Prediction:
    output = found.get("output")
    for url in output if isinstance(output, list) else [output]:
        if isinstance(url, str) and _URL.fullmatch(url):
            return Prediction(name, output=url)
    if found.get("data_removed") is True:
        return Prediction(name, failure="output_lost")
    return Prediction(name, failure="generation_failed", is_worth_another=True)


def _classified(error: object) -> tuple[str, bool]:
    text = error[:_MAX_ERROR] if isinstance(error, str) else ""
    return next((code, again) for pattern, code, again in ERRORS if pattern.search(text))
