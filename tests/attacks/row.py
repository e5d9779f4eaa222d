"""One row of the attack table: what is sent, and the one answer to it.

A row sends a request (method, target, headers, body) or `raw` bytes; `$name` in any of them stands for what a service knows when
the row is asked (a job's id, a key, a signature): see services.py. CANARY is in what is hostile, so that an echo is seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CANARY = "kestrel"
Pairs = tuple[tuple[str, str], ...]

CODES = {
    400: "invalid_parameter",
    401: "invalid_api_key",
    404: "not_found",
    405: "method_not_allowed",
    410: "gone",
    413: "body_too_large",
    414: "url_too_long",
    415: "unsupported_media_type",
    422: "blocked",
    503: "busy",
}
"""What a refusal is called in JSON unless a row says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """`place`: which service is asked (services.py). `parsed`: the status where the server's own HTTP parser refuses what an
    application could be sent, and is all that a live server can answer. `refused`: `raw` bytes that the parser refuses."""

    id: str
    status: int
    method: str = "GET"
    target: str = "/"
    headers: Pairs = ()
    body: bytes = b""
    raw: bytes = b""
    place: str = "plain"
    code: str | None = None
    param: str | None = None
    says: bytes = b""
    """What the answer's body is to the byte, where the table tells."""
    parsed: int | None = None
    refused: bool = False
    signed: bool = False
    """With the headers of a webhook that Replicate signed, `age` seconds ago, before `headers` change them."""
    age: int = 0
    whole: bool = True
    """Whether the request has been sent to its end, so that another may follow on its connection."""


def _pairs(headers: Mapping[str, str] | Sequence[tuple[str, str]]) -> Pairs:
    return tuple(headers.items()) if isinstance(headers, Mapping) else tuple(headers)


def _named(threat: str, names: Mapping[str, Any], status: int, more: Mapping[str, Any]) -> list[tuple[str, Any, dict[str, Any]]]:
    common = {"status": status, "code": None if more.get("refused") else CODES.get(status), **more}
    return [(f"{threat} {name}", value, {**common, "id": f"{threat} {name}"}) for name, value in names.items()]


def targets(threat: str, status: int, by_name: Mapping[str, str], **more: Any) -> list[Row]:
    """Rows that differ in their targets."""
    return [Row(target=target, **common) for _, target, common in _named(threat, by_name, status, more)]


def heads(
    threat: str, status: int, target: str, by_name: Mapping[str, Mapping[str, str] | Sequence[tuple[str, str]]], **more: Any
) -> list[Row]:
    """Rows that differ in their headers."""
    return [Row(target=target, headers=_pairs(headers), **common) for _, headers, common in _named(threat, by_name, status, more)]


def methods(threat: str, status: int, target: str, *names: str, **more: Any) -> list[Row]:
    rows = _named(threat, {name: name for name in names}, status, more)
    return [Row(target=target, method=name, **{**common, "id": f"{threat} {name} {target}"}) for _, name, common in rows]


def bodies(threat: str, status: int, by_name: Mapping[str, bytes], target: str = "/ai", **more: Any) -> list[Row]:
    """Rows that differ in their bodies, sent by POST; to /ai with the operator's key and as JSON."""
    asks = {"Content-Type": "application/json", "Authorization": "Bearer $key"} if target == "/ai" else {}
    headers = _pairs({**asks, **dict(more.pop("headers", {}))})
    rows = _named(threat, by_name, status, more)
    return [Row(method="POST", target=target, headers=headers, body=body, **common) for _, body, common in rows]


def raws(threat: str, status: int, by_name: Mapping[str, bytes], **more: Any) -> list[Row]:
    """Bytes as they go over the wire: what no client library would send."""
    return [Row(raw=raw, **common) for _, raw, common in _named(threat, by_name, status, more)]
