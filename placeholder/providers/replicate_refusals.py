"""What an answer of Replicate's to a create request means, when it is no prediction. Pure.

    400 404 405 410 413 414 415 422   Rejected: the same request fails again
    401 402 403                       NotStarted, closed: no credentials, no credit
    429                               NotStarted, with the wait that Replicate asks for
    anything else                     Unsure: a proxy's or a server's error says nothing of what was done before it

The wait is told in the body (`retry_after`) or in headers, in seconds; it is believed up to MAX_WAIT.
"""

import json
from collections.abc import Mapping
from math import isfinite

from placeholder.jobs.ports import NotStarted, Rejected, Unsure

MAX_WAIT = 60.0

_INVALID = frozenset((400, 404, 405, 410, 413, 414, 415, 422))
_CLOSED = frozenset((401, 402, 403))
_THROTTLED = 429
_HEADERS = ("ratelimit-reset", "retry-after")


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> NotStarted | Rejected | Unsure:
    """Nothing of `body` but a number gets into it: it may quote the prompt."""
    if status in _INVALID:
        return Rejected("invalid")
    if status in _CLOSED:
        return NotStarted(f"replicate answered {status}", is_closed=True)
    if status == _THROTTLED:
        return NotStarted("replicate is throttling us", told_wait(headers, body))
    return Unsure(f"replicate answered {status}")


def told_wait(headers: Mapping[str, str], body: bytes) -> float | None:
    try:
        told = json.loads(body).get("retry_after")
    except (ValueError, RecursionError, AttributeError):
        told = None
    if isinstance(told, (int, float)) and not isinstance(told, bool):
        return _believed(told)
    for name in _HEADERS:
        text = headers.get(name, "")
        # The grammar is digits (RFC 9110 §10.2.3); isdigit() alone would let "²" through, which int() refuses.
        if text.isascii() and text.isdigit():
            return _believed(int(text[:9]))
    return None


def _believed(seconds: float) -> float | None:
    return min(max(float(seconds), 0.0), MAX_WAIT) if abs(seconds) < 1e300 and isfinite(seconds) else None
