"""Request bodies: read up to a limit, and JSON objects read strictly. Raises TooLarge, WrongType, BadParameter."""

import json
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect, Request

from placeholder.errors import BadParameter, TooLarge, WrongType


async def read_body(request: Request, limit: int) -> bytes:
    """All of it, `limit` bytes at most."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 12 or int(announced) > limit):
        raise TooLarge(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise TooLarge(limit)
    except ClientDisconnect:
        raise BadParameter("body", "all of it") from None  # nobody hears it
    return bytes(body)


def read_object(body: bytes, content_type: str, content_encoding: str = "") -> dict[str, Any]:
    """The JSON object (RFC 8259) that `body` is: UTF-8, without NaN and the like, each name once."""
    if content_type.partition(";")[0].strip().lower() != "application/json" or content_encoding not in ("", "identity"):
        raise WrongType
    try:
        value = _decode(body.decode())
    except (ValueError, RecursionError):
        raise BadParameter("body", "a JSON object in UTF-8") from None
    if not isinstance(value, dict):
        raise BadParameter("body", "a JSON object")
    return value


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


_decode = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_once).decode
