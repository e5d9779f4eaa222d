"""A Cog server's answers in our words. Pure; nothing of the server's own text passes, since it may quote the prompt.

An output is a URL, or a picture itself as a data: URL:

    data:image/(png|jpeg|webp);base64,<strict base64 of at most MAX_PICTURE bytes>

What a model failed at, it fails at again: no failure is worth another attempt.
"""

import re
from base64 import b64decode
from typing import Any

from placeholder.jobs.ports import Prediction

MAX_PICTURE = 25_000_000

_DATA = re.compile(r"data:image/(?:png|jpeg|webp);base64,")
_URL = re.compile(r"https?://[!-~]{1,2040}")
_INVALID = frozenset((400, 404, 422))


def declared_inputs(schema: Any) -> frozenset[str]:
    """The names of the inputs in a server's OpenAPI description; empty when it describes none."""
    for key in ("components", "schemas", "Input", "properties"):
        schema = schema.get(key) if isinstance(schema, dict) else None
    return frozenset(schema) if isinstance(schema, dict) else frozenset()


def read_answer(name: str, status: int, found: Any) -> Prediction:
    """What the answer to a synchronous prediction says of it."""
    if status in _INVALID:
        return Prediction(name, failure="invalid")
    told = found.get("status") if isinstance(found, dict) else None
    if status != 200 or told not in ("succeeded", "canceled"):
        return Prediction(name, failure="generation_failed")
    if told == "canceled":
        return Prediction(name, failure="timeout")
    output = found.get("output")
    first = output[0] if isinstance(output, list) and output else output
    if not isinstance(first, str):
        return Prediction(name, failure="generation_failed")
    if _URL.fullmatch(first):
        return Prediction(name, output=first)
    body = picture(first)
    return Prediction(name, body=body) if body else Prediction(name, failure="bad_output")


def picture(url: str) -> bytes | None:
    """The bytes in a data: URL of a picture."""
    match = _DATA.match(url)
    if match is None or len(url) - match.end() > (MAX_PICTURE + 2) // 3 * 4:
        return None
    try:
        body = b64decode(url[match.end() :], validate=True)
    except ValueError:
        return None
    return body if 0 < len(body) <= MAX_PICTURE else None
