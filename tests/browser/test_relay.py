"""The relay: nobody notices it, until it is told to be noticed."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from browser.relay import Relay, Seen
from browser.windows import Window
from browser.wire import Cut

Submit = Callable[[str], dict[str, str]]


@pytest_asyncio.fixture(loop_scope="session")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=40) as client:
        yield client


@pytest.fixture
def submit(sketcher: str, key: str) -> Submit:
    def submit(prompt: str) -> dict[str, str]:
        asked = {"prompt": prompt, "w": 64, "h": 64}
        answer = httpx.post(f"{sketcher}/ai", json=asked, headers={"Authorization": f"Bearer {key}"}, trust_env=False)
        told: dict[str, str] = answer.raise_for_status().json()
        return told

    return submit


def to(origin: str) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(origin).port or 0), timeout=10)


async def over(seen: Seen) -> None:
    while seen.ended_at is None:
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/400x300?text=a+b%20c&bg=111827", {"accept-encoding": "gzip"}),
        ("GET", "/400x300.png", {}),
        ("HEAD", "/400x300.png", {}),
        ("GET", "/400x300@9x", {}),
        ("OPTIONS", "/ai", {"origin": "http://x.test", "access-control-request-method": "POST"}),
    ],
)
async def test_nobody_notices_it(
    client: httpx.AsyncClient, relay: Relay, sketcher: str, method: str, path: str, headers: dict[str, str]
) -> None:
    headers["host"] = "placeholder.test"
    async with client.stream(method, sketcher + path, headers=headers) as direct:
        raw = b"".join([piece async for piece in direct.aiter_raw()])
    if etag := direct.headers.get("etag"):
        assert (await client.get(relay.origin + path, headers={**headers, "if-none-match": etag})).status_code == 304
    async with client.stream(method, relay.origin + path, headers=headers) as relayed:
        assert b"".join([piece async for piece in relayed.aiter_raw()]) == raw
    one, other = ([pair for pair in each.headers.raw if pair[0] not in (b"date", b"x-request-id")] for each in (direct, relayed))
    assert (relayed.status_code, other) == (direct.status_code, one)


async def test_a_request_passes_as_it_came_and_is_seen(
    client: httpx.AsyncClient, relay: Relay, make_relay: Callable[..., Relay]
) -> None:
    outer = make_relay(relay.origin)
    sent = {"X-Odd": "a  b", "Host": "placeholder.test"}
    answer = await client.post(f"{outer.origin}/a%2Fb//c?q=%20+&q", content=b"\0body", headers=sent)
    (seen,), (passed) = outer.seen, relay.seen
    assert (seen.method, seen.path, seen.query, seen.body) == ("POST", "/a%2Fb//c", "q=%20+&q", b"\0body")
    assert (seen.headers["x-odd"], seen.headers["host"]) == ("a  b", "placeholder.test")
    assert seen.status == answer.status_code == 404
    await over(seen)
    assert seen.ended_at is not None
    assert seen.ended_at >= seen.at
    assert [(each.path, each.query, each.headers, each.body) for each in passed] == [
        (seen.path, seen.query, seen.headers, seen.body)
    ]


async def test_a_long_poll_is_held_and_released(client: httpx.AsyncClient, relay: Relay, submit: Submit) -> None:
    told = submit("a long poll")
    state, waits = "", 0
    while state != "ready":
        state = (await client.get(f"{relay.origin}{told['status_url']}?wait=20")).json()["state"]
        waits += 1
    assert waits <= 3
    assert relay.most_at_once("/ai/.*") == 1


async def test_who_goes_away_is_noticed(client: httpx.AsyncClient, relay: Relay, make_relay: Callable[..., Relay]) -> None:
    """On both sides, so that the service can let go of what it holds."""
    relay.on("GET", "/held", delay=60)
    outer = make_relay(relay.origin)
    asking = asyncio.create_task(client.get(f"{outer.origin}/held"))
    (inner,) = await relay.until("GET", "/held")
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    for seen in (outer.seen[0], inner):
        await asyncio.wait_for(over(seen), 10)
        assert seen.status is None


async def test_a_server_without_long_polls(client: httpx.AsyncClient, relay: Relay, make_relay: Callable[..., Relay]) -> None:
    outer = make_relay(relay.origin)
    outer.strips_wait = True
    for query in ("wait=20", "ids=a&wait=20", "wait=20&ids=a", "a=1&wait=2&b=2", "await=1"):
        await client.get(f"{outer.origin}/ai/status?{query}")
    assert [seen.query for seen in relay.seen] == ["", "ids=a", "ids=a", "a=1&b=2", "await=1"]
    assert outer.seen[0].query == "wait=20"


async def test_answers_by_rule(client: httpx.AsyncClient, relay: Relay) -> None:
    relay.on("GET", "/ai/.*", status=503, headers={"retry-after": "1"}, times=2)
    rule = relay.on("*", "/ai/.*/status", json={"state": "failed"}, status=200)
    url = f"{relay.origin}/ai/abc/status?wait=3"
    first, second, third = [await client.get(url) for _ in range(3)]
    assert [each.status_code for each in (first, second, third)] == [503, 503, 200]
    assert (first.headers["retry-after"], third.json()) == ("1", {"state": "failed"})
    assert rule.hits == 1
    rule.lift()
    assert (await client.get(url)).status_code == 404
    assert [seen.status for seen in relay.of("GET", "/ai/abc/status")] == [503, 503, 200, 404]


async def test_delays_hold_and_what_is_held_is_counted(client: httpx.AsyncClient, relay: Relay) -> None:
    relay.on("GET", "/40x30", delay=1)
    answers = await asyncio.gather(*(client.get(f"{relay.origin}/{path}") for path in ("40x30", "40x30", "50x30")))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    await client.get(f"{relay.origin}/40x30")
    assert (relay.most_at_once("/40x30"), relay.most_at_once("/none")) == (2, 0)
    assert all((seen.ended_at or 0) - seen.at >= 1 for seen in relay.of("GET", "/40x30"))


@pytest.mark.parametrize(("cut", "end"), [("reset", ConnectionResetError), ("close", None)])
async def test_connections_cut(relay: Relay, cut: Cut, end: type[Exception] | None) -> None:
    relay.on("GET", "/40x30", cut=cut, times=1)
    asked = b"GET /40x30 HTTP/1.1\r\nHost: a\r\n\r\n"
    with to(relay.origin) as connection:
        connection.sendall(asked)
        if end:
            with pytest.raises(end):
                connection.recv(1)
        else:
            assert connection.recv(1) == b""
    assert relay.seen[0].status is None
    with to(relay.origin) as connection:
        connection.sendall(asked)
        assert connection.recv(8) == b"HTTP/1.1"


async def test_cut_and_mended(client: httpx.AsyncClient, relay: Relay) -> None:
    relay.on("GET", "/held", delay=60)
    asking = asyncio.create_task(client.get(f"{relay.origin}/held"))
    (held,) = await relay.until("GET", "/held")
    relay.cut()
    with pytest.raises(httpx.TransportError):
        await asking
    assert held.ended_at is not None
    with pytest.raises(ConnectionRefusedError):
        to(relay.origin)
    relay.cut()
    for _ in range(2):
        relay.mend()
    assert (await client.get(f"{relay.origin}/40x30")).status_code == 200


async def test_clear_makes_it_new(client: httpx.AsyncClient, relay: Relay) -> None:
    page = relay.page("one.js", "1", status=418, headers={"X-It": "is"})
    relay.on("*", "/40x30", status=500)
    answer = await client.get(page)
    assert (answer.status_code, answer.text, answer.headers["x-it"]) == (418, "1", "is")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    relay.cut()
    relay.clear()
    assert relay.seen == []
    assert (await client.get(page)).status_code == 404
    assert (await client.get(f"{relay.origin}/40x30")).status_code == 200


# As a browser sees it

ASK = "async (url) => { try { return (await fetch(url)).status; } catch (error) { return error.name; } }"


async def test_a_page_meets_what_the_relay_does(window: Window, relay: Relay) -> None:
    await window.open(relay.page("one", "<!doctype html>"))
    lost = relay.on("GET", "/40x30", cut="close")
    relay.on("GET", "/50x30", status=429)
    assert await window.evaluate(ASK, "/40x30") == "TypeError"
    lost.lift()
    assert await window.evaluate(ASK, "/40x30") == 200
    assert await window.evaluate(ASK, "/50x30") == 429
    assert await window.evaluate(ASK, "/60x30") == 200
    relay.cut()
    assert await window.evaluate(ASK, "/70x30") == "TypeError"
    relay.mend()
    assert await window.evaluate(ASK, "/70x30") == 200
    assert relay.of("GET", "/60x30")[0].headers["sec-fetch-dest"] == "empty"


async def test_two_relays_are_two_origins(window: Window, relay: Relay, make_relay: Callable[..., Relay]) -> None:
    other = make_relay()
    await window.open(relay.page("one", "<!doctype html>"))
    assert await window.evaluate(ASK, f"{other.origin}/ai/abc/status") == 404
    assert other.seen[0].headers["origin"] == relay.origin
    other.strips_cors = True
    assert await window.evaluate(ASK, f"{other.origin}/ai/abc/status") == "TypeError"
    assert len(other.seen) == 2


async def test_nothing_beyond_this_machine_is_reached(window: Window, relay: Relay) -> None:
    await window.open(relay.page("one", "<!doctype html>"))
    assert await window.evaluate(ASK, "http://elsewhere.example/") == "TypeError"
