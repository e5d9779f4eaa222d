"""Every row of the attack table: asked of the application as a server hands it on, and of a live server over a socket.

Whatever the row, its status is exact, and invariants.py holds; nothing is changed by any of them; and whoever comes next, on the
same connection or on another, is answered as if nothing had been.
"""

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import pytest
import pytest_asyncio
from attacks.invariants import AssertSoundSvg, check, check_refused
from attacks.row import Row
from attacks.services import PLACES, ROOT, Request, changes, environment, filled_bytes, prepare, request_of
from attacks.table import HOST, ROWS
from attacks.wire import Connection, is_alive
from fixtures.imagining import Imagining, Reply, Service
from starlette.applications import Starlette
from starlette.routing import Mount

in_one_loop = pytest.mark.asyncio(loop_scope="module")

Known = Mapping[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services(imagining: Imagining) -> AsyncIterator[dict[str, Service]]:
    async with AsyncExitStack() as stack:
        opened = {place: await stack.enter_async_context(imagining(**chosen)) for place, chosen in PLACES.items()}
        mounted = opened["mounted"]
        mounted.app = Starlette(routes=[Mount(ROOT, app=mounted.app)])
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def known(services: dict[str, Service]) -> Known:
    return await prepare(services["plain"])


@pytest.fixture(scope="module")
def ports(known: Known, services: dict[str, Service], serving: Callable[..., Any]) -> Iterator[dict[str, int]]:
    """Servers of the same places, on the same folders."""
    with ExitStack() as stack:
        yield {
            place: stack.enter_context(serving(**environment(place), PLACEHOLDER_DATA_DIR=str(services[place].folder)))
            for place in PLACES
        }


@pytest.fixture(scope="module")
def answers() -> dict[str, Reply]:
    """What the application said, by row."""
    return {}


def named(rows: list[Row]) -> Any:
    return pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in rows])


async def asked(service: Service, request: Request, **more: str) -> Reply:
    pairs = [*request.headers, *more.items()]
    return await service.ask(request.target, request.method, pairs, request.body)


@in_one_loop
@named([row for row in ROWS if not row.raw])
async def test_of_the_application(
    row: Row, services: dict[str, Service], known: Known, assert_sound_svg: AssertSoundSvg, answers: dict[str, Reply]
) -> None:
    service, request = services[row.place], request_of(row, known)
    before = await changes(service) if row.method != "GET" else []
    reply = answers[row.id] = await asked(service, request)
    check(row, row.method, reply, assert_sound_svg)
    if row.code and row.method != "HEAD" and reply["content-type"] != "application/json":
        others = tuple(pair for pair in request.headers if pair[0] != "Accept")
        told = await asked(service, Request(request.method, request.target, others, request.body), Accept="application/json")
        check(row, row.method, told, assert_sound_svg)
        assert told["content-type"] == "application/json"
    assert row.method == "GET" or await changes(service) == before


@named(ROWS)
def test_of_a_live_server(
    row: Row, ports: dict[str, int], known: Known, assert_sound_svg: AssertSoundSvg, answers: dict[str, Reply]
) -> None:
    """What the application says, to the byte (P-16). A server may read less of a head than we would, and refuses what is no
    HTTP: in its own words."""
    sent, method = row.raw and filled_bytes(row.raw, known), row.raw.partition(b" ")[0].decode("latin-1")
    if not row.raw:
        request = request_of(row, known)
        sent, method = wire_of(request, row.place), request.method
    with Connection(ports[row.place]) as connection:
        connection.send(sent)
        reply = connection.reply(method)
        is_heavy = len(sent.partition(b"\r\n\r\n")[0]) > 8192 and reply["content-type"] == "text/plain; charset=utf-8"
        if row.refused or row.parsed or (is_heavy and reply.status in (400, 414, 431)):
            check_refused(reply)
            assert is_heavy or reply.status == (row.parsed or row.status)
        else:
            check(row, method, reply, assert_sound_svg)
            assert shown(reply) == shown(answers.get(row.id, reply))
        if row.whole:
            assert connection.is_sound(reply)
    assert row.whole or is_alive(ports[row.place])


OWN = ("date", "connection", "x-request-id")


def shown(reply: Reply) -> tuple[int, list[tuple[str, str]], bytes]:
    """An answer without what a server adds, and without the request's own name."""
    return reply.status, sorted(pair for pair in reply.headers if pair[0] not in OWN), reply.body


def wire_of(request: Request, place: str) -> bytes:
    """A request as it goes over the wire, a Host and a length with it where it says none."""
    target = request.target.removeprefix(ROOT) if place == "mounted" else request.target
    pairs = list(request.headers)
    if not any(name == "Host" for name, _ in pairs):
        pairs.insert(0, ("Host", "placeholder.test"))
    if request.body:
        pairs.append(("Content-Length", str(len(request.body))))
    head = "".join(f"{name}: {value}\r\n" for name, value in pairs)
    return f"{request.method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + request.body


@in_one_loop
async def test_nothing_has_changed(services: dict[str, Service], known: Known, ports: dict[str, int]) -> None:
    """By any of it, here or there: the jobs are those that were prepared, in the states that they had."""
    states = {
        phase: str((await services["plain"].job(known[phase])).phase) for phase in ("queued", "submitting", "running", "ready")
    }
    assert states == {phase: phase for phase in states}
    assert [await service.count() for service in services.values()] == [6, 0, 0]


def test_the_table_is_whole() -> None:
    """Every threat that a request can be stands in it, once; T1 to T4 take time and are the door's."""
    names = [row.id for row in ROWS]
    assert len(set(names)) == len(names) >= 250
    threats = {re.sub(r"[^A-Z0-9].*", "", name) for name in names}
    expected = {
        *(f"V{number}" for number in range(1, 26)),
        *(f"C{number}" for number in range(1, 9)),
        *(f"T{number}" for number in range(5, 11)),
        *(f"W{number}" for number in range(1, 9)),
    }
    assert expected - threats == set()


# ---------------------------------------------------------------- more than one request


def test_requests_in_one_packet_are_answered_in_their_order(ports: dict[str, int]) -> None:
    """Pictures and refusals take different ways through the service, and still keep the order."""
    targets = ["/4x3", "/4X3", "/40x30.png", "/5x3", "/healthz", "/6x3?bg=zzz", "/7x3", "/4x3"]
    with Connection(ports["plain"]) as connection:
        connection.send(b"".join(b"GET %b HTTP/1.1\r\n" % target.encode() + HOST + b"\r\n" for target in targets))
        replies = [connection.reply("GET") for _ in targets]
        assert connection.is_sound(replies[-1])
    assert [reply.status for reply in replies] == [200, 404, 200, 200, 200, 400, 200, 200]
    widths = [found and int(found[1]) for reply in replies for found in [re.match(rb'<svg [^>]* width="([0-9]+)"', reply.body)]]
    assert widths == [4, 400, None, 5, None, 6, 7, 4]


def test_a_request_in_single_bytes_is_answered(ports: dict[str, int]) -> None:
    with Connection(ports["plain"]) as connection:
        for byte in b"GET /400x300?text=slow HTTP/1.1\r\n" + HOST + b"\r\n":
            connection.send(bytes([byte]))
        reply = connection.reply("GET")
    assert reply.status == 200
    assert b"<title>slow</title>" in reply.body
