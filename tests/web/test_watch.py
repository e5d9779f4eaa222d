"""Every request has a name, a count and perhaps a line in the log; none of them tells a URL."""

import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
from fixtures.imagining import BEARER, FOX, Imagining, Service
from starlette.routing import Route

from placeholder.logs import facts
from placeholder.web import request_id
from placeholder.web.routes import NAMES, ROUTES, name_of
from placeholder.web.watch import Watch

Ask = Callable[..., Awaitable[Any]]
OWN = re.compile(r"req_[0-9a-f]{24}")
UNNAMED = {"x-request-id": ""}
"""Not a name, so the service finds one."""


@pytest_asyncio.fixture
async def service(imagining: Imagining) -> AsyncIterator[Service]:
    async with imagining() as opened:
        yield opened


# ---------------------------------------------------------------- who has a name

LASTING = ["/400x300", "/og", "/400x300.png", "/color/7c9cff/400x300.webp", "/", "/page.css", "/sizes.json", "/openapi.json"]
ERRORS = [("/400x300?bg=zzz", 400), ("/400x300.png?bg=zzz", 400), ("/400", 404), ("/a/b/c", 404), ("/400x300?" + "a" * 9000, 414)]


@pytest.mark.parametrize("target", [*LASTING, "/healthz"])
async def test_what_may_be_kept_has_none_and_health_is_as_it_was(target: str, ask: Ask) -> None:
    for _ in range(3):  # the third out of the lane's cache
        for method in ("GET", "HEAD"):
            assert (await ask(target, method))["x-request-id"] is None


@pytest.mark.parametrize(("target", "status"), ERRORS)
async def test_every_error_has_one(target: str, status: int, ask: Ask) -> None:
    answers = [await ask(target, headers=UNNAMED) for _ in range(20)]
    names = {answer["x-request-id"] for answer in answers}
    assert {answer.status for answer in answers} == {status}
    assert len(names) == 20
    assert all(OWN.fullmatch(name) for name in names)


async def test_a_method_that_is_not_answered_and_a_host_that_is_not_served(ask: Ask, make_app: Any, asker: Any) -> None:
    assert OWN.fullmatch((await ask("/400x300", "DELETE", headers=UNNAMED))["x-request-id"])
    elsewhere = asker(make_app(allowed_hosts="pics.example"))
    assert OWN.fullmatch((await elsewhere("/400x300", headers=UNNAMED))["x-request-id"])


async def test_every_answer_of_ai_that_nobody_may_keep_has_one(service: Service) -> None:
    ready = (await service.stand("ready", prompt="ready", w=64, h=48)).url
    told = await service.submit(prompt="named")
    named = [await service.post({**FOX, "w": 64, "h": 48}) for _ in range(2)]  # the second without the router
    for target in (told["url"], told["status_url"], "/ai/status?ids=" + told["id"], "/ai/" + "a" * 16 + "/status", "/ai"):
        named += [await service.ask(target) for _ in range(3)]
    assert {answer["x-request-id"] for answer in named} == {"tests"}
    whole = await service.ask(ready)
    assert (whole.status, whole["x-request-id"]) == (200, None), "it is kept for ever"
    for headers, status in (({"if-none-match": whole["etag"]}, 304), ({"range": "bytes=0-9"}, 206)):
        answer = await service.ask(ready, headers=headers)
        assert (answer.status, answer["x-request-id"]) == (status, None)
    beyond = await service.ask(ready, headers={"range": "bytes=999999-"})
    assert (beyond.status, beyond["x-request-id"]) == (416, "tests")


async def test_a_state_that_is_known_without_asking_has_a_new_one_each_time(service: Service) -> None:
    told = await service.submit(prompt="glanced")
    names = [(await service.ask(told["status_url"], headers=UNNAMED))["x-request-id"] for _ in range(10)]
    assert len(set(names)) == 10
    assert all(OWN.fullmatch(str(name)) for name in names)
    assert lane_of(service).glanced >= 9


# ---------------------------------------------------------------- whose name it is


@pytest.mark.parametrize("name", ["a", "0", "req_1", "4bf92f35-77b3.4da6_A", "x" * 64])
async def test_a_clients_own_short_name_is_kept(name: str, ask: Ask) -> None:
    assert (await ask("/400", headers={"X-Request-Id": name}))["x-request-id"] == name


@pytest.mark.parametrize(
    "name",
    ["", " ", "a b", "x" * 65, "a/b", "a:b", "a=b", "a\tb", "<script>", "a;b", "é", "a,b", "%0a", "\x00", "{}", "'", '"', "\\"],
    ids=ascii,
)
async def test_anything_else_is_not_sent_back(name: str, ask: Ask) -> None:
    answer = await ask("/400", headers={"X-Request-Id": name})
    assert OWN.fullmatch(answer["x-request-id"])


async def test_of_two_names_neither_is(ask: Ask) -> None:
    answer = await ask("/400", headers=[("X-Request-Id", "one"), ("X-Request-Id", "two")])
    assert OWN.fullmatch(answer["x-request-id"])


# ---------------------------------------------------------------- what is counted


def watch_of(service: Service) -> Watch:
    found = service.app
    while not isinstance(found, Watch):
        found = found._app
    return found


def lane_of(service: Service) -> Any:
    return service.app._app


async def test_each_is_counted_by_its_route_and_status_once(service: Service) -> None:
    job = await service.stand("ready", prompt="counted", w=64, h=48)
    watch = watch_of(service)
    watch.answered.clear()
    before = lane_of(service).drawn
    targets = [
        "/400x300",
        "/40x30.png",
        "/40x30.png?bg=zzz",
        job.url,
        job.url.replace(job.id, "a" * 16),
        "/x/y",
        "/",
        "/page.css",
    ]
    for target in (*targets, "/healthz", "/readyz", "/metrics", "/docs", "/sizes.json", "/page.json", "/components/ai-img.js"):
        await service.ask(target)
    await service.ask("/400x300", "DELETE")
    assert lane_of(service).drawn == before + 1
    assert watch.answered == {
        ("drawing", 200): 1,
        ("drawing", 400): 1,
        ("drawing", 405): 1,
        ("picture", 200): 1,
        ("picture", 404): 1,
        ("none", 404): 1,
        ("page", 200): 3,
        ("health", 200): 1,
        ("ready", 200): 1,
        ("metrics", 401): 1,
        ("manual", 200): 1,
        ("sizes", 200): 1,
        ("component", 200): 1,
    }
    assert {route: sum(took.counts) for route, took in watch.took.items() if route in ("none", "sizes", "picture")} == {
        "none": 1,
        "sizes": 1,
        "picture": 2,
    }


async def test_what_is_answered_again_before_the_router_is_a_submission_too(service: Service) -> None:
    for _ in range(3):
        await service.post({**FOX, "w": 60, "h": 40})
    assert watch_of(service).answered["submit", 200] == 3


async def test_no_url_becomes_a_route(service: Service) -> None:
    for number in range(50):
        await service.ask(f"/nothing/{number}")
        await service.ask(f"/ai/nothing/{number}.png")
    assert {route for route, _ in watch_of(service).answered} <= {*NAMES.values(), "none"}


def test_every_route_has_a_name() -> None:
    for route in ROUTES:
        assert isinstance(route, Route)
        assert route.endpoint in NAMES, f"{route.path}: a row in web/routes.py"
    assert name_of({"path": "/x"}) == "none"


# ---------------------------------------------------------------- what is logged


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[int, dict[str, Any]]]:
    return [(record.levelno, facts(record)) for record in caplog.records if record.name == "placeholder.web"]


async def broken(scope: Any, receive: Any, send: Any) -> None:
    status = int(scope["path"][1:])
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})
    if status == 500:
        raise ValueError("the canary")


async def answered(watch: Watch, status: int) -> None:
    async def nothing(_: Any = None) -> Any:
        return {}

    scope = {"type": "http", "path": f"/{status}", "method": "GET", "headers": [(b"x-request-id", b"r1")]}
    with suppress(ValueError):
        await watch(scope, nothing, nothing)


async def test_answers_as_they_should_be_are_whispered(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    watch = Watch(broken, lambda _: "route")
    await answered(watch, 404)
    ((level, told),) = lines(caplog)
    assert level == logging.DEBUG
    assert {**told, "ms": 0} == {"route": "route", "method": "GET", "status": 404, "ms": 0}


async def test_each_fault_of_ours_is_told_by_its_kind(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch(broken, lambda _: "route")
    for _ in range(3):
        await answered(watch, 500)
    assert [(level, told["status"], told["error"]) for level, told in lines(caplog)] == [(logging.ERROR, 500, "ValueError")] * 3
    assert "canary" not in caplog.text


async def test_a_flood_of_503_is_told_once_a_second(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(broken, lambda _: "route")
    for _ in range(50):
        await answered(watch, 503)
    watch._told_at -= 1
    await answered(watch, 503)
    assert [(level, told["untold"]) for level, told in lines(caplog)] == [(logging.WARNING, 0), (logging.WARNING, 49)]
    assert watch.answered["route", 503] == 51


async def test_the_name_is_on_every_line_meanwhile_and_on_none_after(
    service: Service, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[dict[str, Any]] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lambda record: seen.append(facts(record)))
    log = logging.getLogger("placeholder.jobs")
    log.addHandler(handler)
    try:
        told = (await service.post({**FOX, "prompt": "logged"}, headers={"X-Request-Id": "mine"})).json()
        await service.post({**FOX, "prompt": "logged"})
        await service.post({**FOX, "prompt": "logged", "w": 9}, headers=BEARER)
    finally:
        log.removeHandler(handler)
    assert seen[0] == {"request_id": "mine", "job": told["id"], "key": "operator", "model": "black-forest-labs/flux-schnell"}
    assert len([line for line in seen if line.get("job") == told["id"]]) == 1, "once, however often it is asked for"
    assert request_id.present.get(None) is None
