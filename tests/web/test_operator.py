"""/readyz for whatever asks; figures for operators alone; and a dashboard whose every query finds its figure."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from fixtures.imagining import KEY, OPERATOR_KEY, Imagining, Service
from prometheus_client.parser import text_string_to_metric_families

from placeholder.db.database import Database
from placeholder.errors import Unavailable
from placeholder.figures.model import PARTS
from placeholder.keys.model import ALL_SCOPES, OPERATE, SCOPES, Kind

Ask = Callable[..., Awaitable[Any]]
CLOSED = ("/metrics", "/operator/figures")
OPERATOR = {"Authorization": f"Bearer {OPERATOR_KEY}"}


@pytest_asyncio.fixture
async def service(imagining: Imagining) -> AsyncIterator[Service]:
    async with imagining() as opened:
        yield opened


def figures(body: bytes) -> dict[str, dict[tuple[str, ...], float]]:
    """By name and labels, which are in the order of their names; without the process's."""
    return {
        metric.name: {
            tuple(value for name, value in sorted(sample.labels.items()) if name != "process"): sample.value
            for sample in metric.samples
            if not sample.name.endswith("_bucket")
        }
        for metric in text_string_to_metric_families(body.decode())
    }


# ---------------------------------------------------------------- ready


async def test_ready_is_a_word_for_each_part(imagining: Imagining) -> None:
    async with imagining(worker=True) as service:
        answer = await service.ask("/readyz")
        assert (answer.status, answer.json()) == (200, dict.fromkeys(PARTS, "ok"))
        assert answer["cache-control"] == "no-store"
        assert (await service.ask("/readyz", "HEAD")).status == 200


async def test_a_process_without_a_worker_is_ready(service: Service) -> None:
    assert (await service.ask("/readyz")).json()["worker"] == "off"


async def test_whoever_asks_by_address_is_answered(imagining: Imagining) -> None:
    async with imagining(allowed_hosts="pics.example") as service:
        assert (await service.ask("/readyz", headers={"Host": "10.0.0.1:8000"})).status == 200
        assert (await service.ask("/metrics", headers={"Host": "10.0.0.1:8000", **OPERATOR})).status == 400


async def test_what_does_not_do_its_part_is_503_and_health_stays(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def gone(*_: Any) -> Any:
        raise Unavailable("The database")

    monkeypatch.setattr(Database, "write", gone)
    answer = await service.ask("/readyz")
    assert (answer.status, answer.json()["database"], answer.json()["migrations"]) == (503, "down", "ok")
    assert answer["x-request-id"] == "tests"
    assert (await service.ask("/healthz")).body == b'{"ok": true}'
    assert (await service.ask("/400x300")).status == 200
    told = figures((await service.ask("/metrics", headers=OPERATOR)).body)
    assert told["placeholder_ready"]["database",] == 0


async def test_before_the_service_has_begun_nothing_is(ask: Ask) -> None:
    for target in ("/readyz", *CLOSED):
        answer = await ask(target)
        assert (answer.status, json.loads(answer.body)["code"]) == (503, "unavailable")
        assert answer["retry-after"] == "5"


# ---------------------------------------------------------------- who may see figures


async def test_the_operators_key_opens_them(service: Service) -> None:
    told = await service.ask("/metrics", headers=OPERATOR)
    assert (told.status, told["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    shown = await service.ask("/operator/figures", headers=OPERATOR)
    assert (shown.status, shown["content-type"]) == (200, "application/json")
    for answer in (told, shown):
        assert answer["cache-control"] == "no-store"
        assert answer["access-control-allow-origin"] is None


@pytest.mark.parametrize("target", CLOSED)
async def test_so_does_a_key_with_the_scope_until_it_is_revoked(target: str, service: Service) -> None:
    for scopes in ({OPERATE}, set(ALL_SCOPES)):
        key = service.key(scopes=frozenset(scopes))
        assert (await service.ask(target, headers={"Authorization": f"Bearer {key}"})).status == 200
    ended = service.key(scopes=frozenset({OPERATE}), revoked_at=1.0)
    assert (await service.ask(target, headers={"Authorization": f"Bearer {ended}"})).status == 401


@pytest.mark.parametrize("target", CLOSED)
async def test_no_other_key_does(target: str, service: Service) -> None:
    publishable = {"kind": Kind.PUBLISHABLE, "origins": frozenset({"https://shop.example"}), "scopes": frozenset(ALL_SCOPES)}
    playground = (await service.ask("/page.json")).json()["key"]
    page = {"Sec-Fetch-Site": "same-origin"}
    for headers, status, code in (
        ({}, 401, "invalid_api_key"),
        ({"Authorization": "Bearer nobody"}, 401, "invalid_api_key"),
        ({"Authorization": f"Basic {OPERATOR_KEY}"}, 401, "invalid_api_key"),
        ({"Authorization": f"Bearer {KEY}"}, 403, "insufficient_scope"),
        ({"Authorization": f"Bearer {service.key(scopes=frozenset(SCOPES))}"}, 403, "insufficient_scope"),
        ({"Authorization": f"Bearer {service.key(**publishable)}", **page}, 403, "insufficient_scope"),
        ({"Authorization": f"Bearer {service.key(**publishable)}", "Origin": "https://shop.example"}, 403, "insufficient_scope"),
        ({"Authorization": f"Bearer {playground}", **page}, 403, "insufficient_scope"),
    ):
        answer = await service.ask(target, headers=headers)
        assert (answer.status, answer.json()["code"]) == (status, code), headers
        assert b"placeholder_" not in answer.body


@pytest.mark.parametrize("target", CLOSED)
async def test_nor_does_a_page_of_another_origin_with_the_right_one(target: str, imagining: Imagining) -> None:
    async with imagining(refuse_secret_keys_from_browsers=True) as service:
        for more, status in (
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "none"}, 403),
            ({"Sec-Fetch-Site": "same-origin"}, 200),
            ({"Origin": "http://placeholder.test", "Sec-Fetch-Site": "same-origin"}, 200),
            ({}, 200),
        ):
            assert (await service.ask(target, headers={**OPERATOR, **more})).status == status, more


async def test_the_operators_key_makes_no_picture(service: Service) -> None:
    assert (await service.post(key=OPERATOR_KEY)).status == 403


async def test_only_metrics_may_be_opened(imagining: Imagining) -> None:
    async with imagining(metrics_open=True, operator_key=None) as service:
        assert (await service.ask("/metrics")).status == 200
        assert (await service.ask("/operator/figures")).status == 401
        assert (await service.ask("/operator/figures", headers=OPERATOR)).status == 401


async def test_while_the_database_is_gone_the_chosen_key_opens_what_is_left(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: Any) -> Any:
        raise Unavailable("The database")

    monkeypatch.setattr(Database, "read", gone)
    monkeypatch.setattr(Database, "write", gone)
    told = figures((await service.ask("/metrics", headers=OPERATOR)).body)
    assert not [name for name in told if name.startswith(("placeholder_jobs", "placeholder_spend"))]
    assert told["placeholder_requests"]
    assert told["placeholder_ready"]["blobs",] == 1
    shown = (await service.ask("/operator/figures", headers=OPERATOR)).json()
    assert shown["jobs"] is None


# ---------------------------------------------------------------- what they tell


async def test_figures_follow_what_happens(imagining: Imagining) -> None:
    async with imagining(worker=True, provider="sketch", sketch_failures=0.5) as service:
        ends = [(await service.ended((await service.submit(prompt=f"fox {n}"))["id"]))["state"] for n in range(12)]
        for target in ("/40x30", "/40x30", "/40x30.png", "/40x30.png", "/40x30?bg=zzz", "/x/y"):
            await service.ask(target)
        told = figures((await service.ask("/metrics", headers=OPERATOR)).body)
    made, failed = ends.count("ready"), ends.count("failed")
    assert made
    assert failed
    assert told["placeholder_requests"]["drawing", "2xx"] == 4
    assert told["placeholder_requests"]["drawing", "4xx"] == told["placeholder_requests"]["none", "4xx"] == 1
    assert told["placeholder_requests"]["submit", "2xx"] == 12
    assert told["placeholder_render_requests"]["kept",] == 1
    assert told["placeholder_render_requests"]["made",] >= 1
    assert told["placeholder_provider_calls"]["start", "ok", "sketch"] == 12
    assert told["placeholder_provider_breaker"] == {("closed",): 1, ("open",): 0, ("trying",): 0}
    for window in ("hour", "day"):
        assert told["placeholder_jobs_ended"]["", "ready", window] == made
        assert told["placeholder_jobs_ended"]["generation_failed", "failed", window] == failed
    assert sum(told["placeholder_jobs_open"].values()) == 0


async def test_the_page_is_told_the_same_and_no_prompt(service: Service) -> None:
    job = await service.stand("failed", prompt="a canary-quokka", w=64, h=48)
    await service.stand("queued", prompt="another canary-quokka", w=64, h=48)
    answer = await service.ask("/operator/figures", headers=OPERATOR)
    told, scraped = answer.json(), figures((await service.ask("/metrics", headers=OPERATOR)).body)
    assert set(told["figures"]) == {name for name in scraped if name.startswith("placeholder_")}
    assert [one["id"] for one in told["jobs"]["failed"]] == [job.id]
    assert told["jobs"]["failed"][0]["url"] == job.url
    assert len(told["jobs"]["latest"]) == 2
    assert told["ready"] == {"database": "ok", "migrations": "ok", "blobs": "ok", "worker": "off"}
    assert b"quokka" not in answer.body
    assert set(told["jobs"]["latest"][0]) == {
        *("id", "state", "code", "model", "w", "h", "cost", "attempt", "asked_at", "ended_at", "url")
    }


async def test_mounted_it_tells_where_pictures_are(imagining: Imagining) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    async with imagining() as service:
        await service.submit()
        service.app = Starlette(routes=[Mount("/pictures", service.app)])
        told = (await service.ask("/pictures/operator/figures", headers=OPERATOR)).json()
    assert told["jobs"]["latest"][0]["url"].startswith("/pictures/ai/64x48/")


async def test_no_label_is_a_clients(imagining: Imagining) -> None:
    """Else whoever asks for many URLs fills the memory of whoever scrapes."""
    async with imagining(worker=True) as service:
        before = (await service.ask("/metrics", headers=OPERATOR)).body
        for number in range(40):
            await service.ask(f"/canary{number}", headers={"User-Agent": f"canary{number}", "Host": f"canary{number}.example"})
            await service.ask(f"/40x30?text=canary{number}")
            await service.ask(f"/seed/canary{number}/9x9.png")
        after = (await service.ask("/metrics", headers=OPERATOR)).body
    assert b"canary" not in after
    assert after.count(b"\n") - before.count(b"\n") < 60


# ---------------------------------------------------------------- the dashboard


async def test_every_figure_that_the_dashboard_asks_for_is_there(imagining: Imagining) -> None:
    dashboard = json.loads(files("placeholder.web").joinpath("static", "grafana.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    async with imagining(worker=True) as service:
        await service.ended((await service.submit())["id"])
        await service.ask("/40x30.png")
        await service.ask("/x/y")
        body = (await service.ask("/metrics", headers=OPERATOR)).body.decode()
    there = {
        (sample.name, label)
        for metric in text_string_to_metric_families(body)
        for sample in metric.samples
        for label in (*sample.labels, "")
    }
    assert len(asked) > 15
    for query in asked:
        (name,) = re.findall(r"(?:placeholder|process)_[a-z_]+", query)
        assert (name, "") in there, query
        by = re.search(r"by \(([^)]*)\)", query)
        for label in [*re.findall(r"(\w+)=", query), *(by[1].split(", ") if by else ())]:
            assert (name, label) in there, query


def test_its_panels_do_not_overlap() -> None:
    dashboard = json.loads(files("placeholder.web").joinpath("static", "grafana.json").read_text("utf-8"))
    cells = [
        (x, y)
        for panel in dashboard["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
