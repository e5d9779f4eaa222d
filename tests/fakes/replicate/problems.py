"""The API's refusals, body for body as they have been recorded."""

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

from .body import dump
from .schema import Invalid

MEDIA_TYPE = "application/problem+json"

Problem = tuple[int, dict[str, Any]]


def _titled(status: int, title: str, detail: str) -> Problem:
    return status, {"title": title, "detail": detail, "status": status}


def _plain(status: int, detail: str) -> Problem:
    return status, {"detail": detail, "status": status}


UNAUTHENTICATED = _titled(401, "Unauthenticated", "You did not pass a valid authentication token")
NO_CREDIT = _titled(
    402,
    "Insufficient credit",
    "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit. "
    "Once you purchase credit, please wait a few minutes before trying again.",
)
NOT_FOUND = _plain(404, "The requested resource could not be found.")
BAD_VERSION = _titled(
    422,
    "Invalid version or not permitted",
    "The specified version does not exist (or perhaps you don't have permission to use it?)",
)

# Not recorded; only the status is sure.
MALFORMED = _titled(400, "Bad request", "The request body could not be parsed")
WRONG_METHOD = _plain(405, "Method not allowed")
TOO_LARGE = _titled(413, "Request entity too large", "The file is larger than the limit of 100MB")
BAD_DEADLINE = _titled(422, "Invalid Cancel-After header", "The deadline must be a duration of at least 5 seconds")
BROKEN = _titled(500, "Internal server error", "Internal server error")


def invalid(fields: Iterable[Invalid]) -> Problem:
    wrong = [{"type": one.type, "field": one.field, "description": one.description} for one in fields]
    lines = "".join(f"- {one['field']}: {one['description']}\n" if one["field"] else f"- {one['description']}\n" for one in wrong)
    return 422, {"detail": lines, "status": 422, "title": "Input validation failed", "invalid_fields": wrong}


def throttled(seconds: int, low_credit: tuple[int, int] | None = None) -> Problem:
    """`low_credit`: the requests a minute and the burst that little credit leaves."""
    why = (
        "Your rate limit for creating predictions is reduced to {} requests per minute with a burst of {} requests "
        "while you have less than $5.0 in credit. ".format(*low_credit)
        if low_credit
        else ""
    )
    detail = f"Request was throttled. {why}Your rate limit resets in ~{seconds}s."
    return 429, {"detail": detail, "status": 429, "retry_after": seconds}


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    status, body = problem
    return Response(dump(body) + b"\n", status, headers, MEDIA_TYPE)
