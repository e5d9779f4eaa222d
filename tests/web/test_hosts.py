"""Hosts: one Host header at most, and one of the names that the operator listed."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

Ask = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module")
def picky(make_app: Any, asker: Any) -> Ask:
    """The service where the operator listed two names."""
    asked: Ask = asker(make_app(allowed_hosts="Pics.Example, [::1]"))
    return asked


ANSWERED = ["pics.example", "PICS.example", "pics.example:8000", "pics.example:", "[::1]", "[::1]:8000"]


@pytest.mark.parametrize("host", ANSWERED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_a_listed_name_is_served_in_any_case_and_at_any_port(host: str, method: str, picky: Ask) -> None:
    """C3."""
    assert (await picky("/400x300", method, {"Host": host})).status in (200, 204)


async def test_a_request_without_a_host_is_refused_where_names_are_listed(picky: Ask, make_app: Any) -> None:
    """V22."""
    seen = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        seen.append(message)

    scope = {"type": "http", "method": "GET", "path": "/4x3", "raw_path": b"/4x3", "query_string": b"", "headers": []}
    await make_app(allowed_hosts="pics.example")(scope, receive, send)
    assert seen[0]["status"] == 400


async def test_health_is_told_to_any_host(picky: Ask) -> None:
    """C3, P-108: a platform checks by address."""
    assert (await picky("/healthz", "GET", {"Host": "10.0.0.7:8000"})).body == b'{"ok": true}'


async def test_the_refusal_is_json_where_that_is_preferred(picky: Ask) -> None:
    answer = await picky("/400x300", "GET", {"Host": "evil.example", "Accept": "application/json"})
    assert json.loads(answer.body)["code"] == "unknown_host"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
async def test_two_host_headers_are_refused_even_where_any_name_is_served(method: str, ask: Ask, picky: Ask) -> None:
    """C3, RFC 9112 §3.2."""
    for asked, names in ((ask, ("a.example", "b.example")), (ask, ("a.example", "a.example")), (picky, ("pics.example",) * 2)):
        answer = await asked("/400x300", method, [("Host", name) for name in names])
        assert answer.status == 400
        assert answer["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "", "x" * 4000, "<script>"])
async def test_without_a_list_the_name_changes_nothing(host: str, ask: Ask) -> None:
    """C3, P-18: it stands in no answer."""
    plain = await ask("/400x300")
    answer = await ask("/400x300", "GET", {"Host": host})
    assert (answer.headers, answer.body) == (plain.headers, plain.body)
    refused = await ask("/4x3/", "GET", {"Host": host})
    assert refused.status == 404
    assert not host or host.encode() not in refused.body + repr(refused.headers).encode()
