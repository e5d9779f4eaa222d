"""POST /ai: who may, what a body has to be, what is one job and what another, and what is blocked."""

import asyncio
import json
import logging
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from fixtures.imagining import BEARER, FOX, JSON, KEY, SECRET, Imagining, Service, scope_of

from placeholder.blobs.room import BELIEVED_S
from placeholder.db.tables import jobs, keys, usage
from placeholder.jobs.model import MAX_PROMPT, State
from placeholder.providers.models import DEFAULT, MODELS
from placeholder.web.echo import MAX_BODY

pytestmark = pytest.mark.asyncio(loop_scope="module")

Launch = Callable[..., AbstractAsyncContextManager[Service]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(imagining: Imagining) -> AsyncIterator[Service]:
    async with imagining() as opened:
        yield opened


def check_refusal(answer: Any, status: int, code: str, param: str | None = None) -> None:
    """The one shape of a refusal on an address that speaks JSON."""
    assert answer.status == status, answer.body
    told = answer.json()
    assert list(told) == ["error", "code", "param"]
    assert (told["code"], told["param"]) == (code, param)
    assert isinstance(told["error"], str)
    assert told["error"]
    assert param is None or told["error"].startswith(f"{param}: expected ")
    assert answer["cache-control"] == "no-store"
    assert answer["access-control-allow-origin"] == "*"
    assert answer["x-content-type-options"] == "nosniff"
    assert answer["etag"] is None
    assert answer["set-cookie"] is None
    assert answer["location"] is None


# ---------------------------------------------------------------- the documented example


async def test_the_documented_example_word_for_word(service: Service) -> None:
    """P-55, P-56, P-62, P-63, P-64, P-65."""
    body = b"""{
"prompt": "a red fox in snow, cinematic lighting",
"w": 512,
"h": 512,
"seed": 42,
"model": "flux-schnell"
}"""
    answer = await service.ask("/ai", "POST", {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}, body)
    assert answer.status == 200
    told = answer.json()
    name = told["id"]
    assert re.fullmatch(r"[a-z0-9]{16}", name)
    assert told == {
        "id": name,
        "url": f"/ai/512x512/{name}.png",
        "status_url": f"/ai/{name}/status",
        "state": "pending",
        "width": 512,
        "height": 512,
    }
    assert list(told)[:3] == ["id", "url", "status_url"]
    assert dict(answer.headers) == {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "*",
        "content-length": str(len(answer.body)),
        "x-request-id": "tests",
    }
    assert (await service.ask(told["status_url"])).json() == {"state": "pending"}
    assert (await service.ask(told["url"])).picture().size == (512, 512)


async def test_an_ordinary_client(service: Service) -> None:
    answer = await service.client.post("/ai", json=FOX, headers=BEARER)
    assert answer.status_code == 200
    assert (await service.client.get(answer.json()["url"])).headers["content-type"] == "image/png"


async def test_the_answer_has_these_fields_of_these_types_in_every_state(service: Service) -> None:
    """P-56, P-66: a job is told with its one URL however far it is, and a ready one with what to paint at once."""
    urls = set()
    for phase, state in [
        ("queued", "pending"),
        ("submitting", "pending"),
        ("running", "generating"),
        ("fetching", "generating"),
        ("ready", "ready"),
    ]:
        job = await service.stand(phase, prompt=f"every state {phase}")
        told = await service.submit(prompt=f"every state {phase}")
        plain = {"id": job.id, "url": job.url, "status_url": job.status_url, "state": state, "width": 64, "height": 48}
        hashes = {"blurDataURL": job.blur, "thumbhash": job.thumbhash} if state == "ready" else {}
        assert told == {**plain, **hashes}
        assert {name: type(value) for name, value in told.items() if name in ("width", "height")} == {"width": int, "height": int}
        urls.add(told["url"])
    assert len(urls) == 5


# ---------------------------------------------------------------- who may ask


@pytest.mark.parametrize("value", ["Bearer {}", "bearer {}", "BEARER {}", "Bearer   {}", " Bearer {} "])
async def test_the_name_of_the_scheme_is_written_as_one_likes(value: str, service: Service) -> None:
    """RFC 9110 §11.1: it is case-insensitive."""
    answer = await service.ask("/ai", "POST", {"Authorization": value.format(KEY), **JSON}, json.dumps(FOX).encode())
    assert answer.status == 200


async def test_keys_that_were_made_open_and_ended_ones_do_not(service: Service) -> None:
    """M4."""
    told = {
        "good": service.key(),
        "for another purpose": service.key(scopes=frozenset()),
        "expired": service.key(expires_at=1.0),
        "revoked": service.key(),
    }
    await service.database.write(
        lambda c: c.execute(keys.update().where(keys.c.hint.like(f"{told['revoked'][:13]}%")).values(revoked_at=2.0))
    )
    assert (await service.post({**FOX, "prompt": "with a key"}, key=told["good"])).status == 200
    before = await service.count()
    check_refusal(await service.post(key=told["for another purpose"]), 403, "insufficient_scope")
    for name in ("expired", "revoked"):
        answer = await service.post(key=told[name])
        check_refusal(answer, 401, "invalid_api_key")
        assert name in answer.json()["error"]
        assert answer["www-authenticate"] == "Bearer"
        assert told[name].encode() not in answer.everything
    assert await service.count() == before


async def test_without_any_key_nobody_gets_in(imagining: Imagining) -> None:
    async with imagining(api_key=None) as closed:
        for value in ("", "Bearer ", "Bearer None", "Bearer null", f"Bearer {KEY}"):
            answer = await closed.ask("/ai", "POST", {"Authorization": value, **JSON}, json.dumps(FOX).encode())
            check_refusal(answer, 401, "invalid_api_key")


# ---------------------------------------------------------------- what a body has to be

GOOD = json.dumps(FOX).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json", "Content-Encoding": "identity"},
        {"Content-Type": "application/json; charset=utf-8"},
        {"Content-Type": "Application/JSON ;charset=UTF-8"},
    ],
    ids=str,
)
async def test_a_body_is_called_json_as_one_likes(headers: dict[str, str], service: Service) -> None:
    assert (await service.ask("/ai", "POST", {**BEARER, **headers}, GOOD)).status == 200


def padded(length: int) -> bytes:
    return GOOD + b" " * (length - len(GOOD))


@pytest.mark.parametrize(
    ("body", "announced", "status"),
    [
        pytest.param(padded(MAX_BODY), None, 200, id="the limit itself"),
        pytest.param(padded(MAX_BODY), str(MAX_BODY), 200, id="the limit, announced"),
        pytest.param(padded(MAX_BODY + 1), None, 413, id="one byte more"),
        pytest.param(padded(MAX_BODY + 1), str(MAX_BODY + 1), 413, id="one byte more, announced"),
        pytest.param(padded(300_000), None, 413, id="300 kB"),
        pytest.param([GOOD, *[b" " * 1000] * 100], None, 413, id="in pieces"),
        pytest.param([b"", GOOD[:9], b"", GOOD[9:], b""], None, 200, id="in pieces, some empty"),
        pytest.param([GOOD[at : at + 1] for at in range(len(GOOD))], None, 200, id="byte by byte"),
        pytest.param(padded(201), "10000000000", 413, id="announced and not sent"),
        pytest.param(padded(202), "9" * 5000, 413, id="announced with 5,000 digits"),
        pytest.param(padded(203), "-1", 200, id="less than nothing announced"),
        pytest.param(padded(204), "\xb2", 200, id="a superscript announced"),
    ],
)
async def test_a_body_is_read_up_to_a_limit(body: Any, announced: str | None, status: int, service: Service) -> None:
    """T5."""
    length = {"Content-Length": announced} if announced else {}
    answer = await service.ask("/ai", "POST", {**BEARER, **JSON, **length}, body)
    assert answer.status == status, answer.body
    if status == 413:
        check_refusal(answer, 413, "body_too_large")


async def test_a_body_that_goes_on_is_not_read_to_its_end(service: Service) -> None:
    """T5: refused at the limit, however much is still to come."""
    pieces = [b" " * 16_384] * 1000
    async with service.exchanged("/ai", "POST", {**BEARER, **JSON}, pieces) as exchange:
        await exchange.until(1)
        assert exchange.reply.status == 413


async def test_a_server_that_sends_no_body_at_all(service: Service) -> None:
    """`body` is optional in ASGI's http.request."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    await service.app(scope_of("/ai", "POST", {**BEARER, **JSON}), receive, send)
    assert sent[0]["status"] == 400


# ---------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("w", "h", "size"),
    [
        (1, 1, (1, 1)),
        (2048, 2048, (2048, 2048)),
        (2049, 2048, (2048, 2048)),
        (10**6, 1, (2048, 1)),
        (1, 10**30, (1, 2048)),
        (400, 99999, (400, 2048)),
    ],
)
async def test_a_size_is_clamped_side_by_side(w: int, h: int, size: tuple[int, int], service: Service) -> None:
    """P-67: in the answer, the URL and the job; the clamped size is the same job."""
    told = (await service.post({**FOX, "w": w, "h": h})).json()
    assert (told["width"], told["height"]) == size
    assert told["url"] == f"/ai/{size[0]}x{size[1]}/{told['id']}.png"
    job = await service.job(told["id"])
    assert (job.w, job.h) == size
    assert (await service.post({**FOX, "w": size[0], "h": size[1]})).json()["id"] == told["id"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"model": None},
        {"model": "flux-schnell"},
        {"model": DEFAULT},
        {"seed": None},
        {"model": None, "seed": None},
    ],
)
async def test_without_a_model_it_is_flux_schnell(fields: dict[str, Any], service: Service) -> None:
    """P-59, P-60, P-61, AP-14, A2: null is the same as absent, an alias the same as the name."""
    plain = (await service.post({**FOX, "prompt": "whose model?"})).json()
    told = (await service.post({**FOX, "prompt": "whose model?", **fields})).json()
    assert told == plain
    assert (await service.job(told["id"])).model == "black-forest-labs/flux-schnell"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
async def test_each_model_by_each_of_its_names_is_one_job(model: Any, service: Service) -> None:
    told = [(await service.post({**FOX, "prompt": "names", "model": name})).json() for name in (model.name, *model.aliases)]
    assert len({one["id"] for one in told}) == 1
    assert (await service.job(told[0]["id"])).model == model.name


async def test_models_that_the_operator_did_not_list_are_refused(imagining: Imagining) -> None:
    """The default one too."""
    async with imagining(models="flux-dev, stability-ai/sdxl") as picky:
        for allowed in ("flux-dev", "black-forest-labs/flux-dev", "sdxl", "stability-ai/sdxl"):
            assert (await picky.post({**FOX, "model": allowed})).status == 200
        for refused in ("flux-schnell", "imagen-4", None):
            check_refusal(await picky.post({**FOX, "model": refused}), 400, "invalid_parameter", "model")
        assert await picky.count() == 2


SAME: list[tuple[str, dict[str, Any]]] = [
    ("word for word", {}),
    ("blanks at the ends", {"prompt": "  caf\u00e9 \n"}),
    ("another normal form", {"prompt": "cafe\u0301"}),
    ("null for nothing", {"seed": None, "model": None}),
]
OTHER: list[tuple[str, dict[str, Any]]] = [
    ("prompt", {"prompt": "cafe"}),
    ("case", {"prompt": "Caf\u00e9"}),
    ("a blank within", {"prompt": "caf \u00e9"}),
    ("w", {"w": 511}),
    ("h", {"h": 511}),
    ("w and h exchanged", {"w": 300, "h": 400}),
    ("seed", {"seed": 1}),
    ("seed 0 is a seed", {"seed": 0}),
    ("model", {"model": "flux-dev"}),
    ("fields that run into each other", {"prompt": "caf\u00e9512"}),
]
CAFE = {"prompt": "caf\u00e9", "w": 512, "h": 512}


@pytest.mark.parametrize("fields", [pytest.param(fields, id=name) for name, fields in SAME])
async def test_the_same_again_is_the_same_job(fields: dict[str, Any], service: Service) -> None:
    """P-68, P-69, AP-14."""
    first = (await service.post(CAFE)).json()
    before = await service.count()
    assert (await service.post({**CAFE, **fields})).json() == first
    assert await service.count() == before


async def test_whatever_differs_is_another_job(service: Service) -> None:
    """P-71."""
    told = [(await service.post({**CAFE, **fields})).json()["id"] for _, fields in [("", {}), *OTHER]]
    assert len(set(told)) == len(told)


async def test_another_owner_has_another_job_and_keys_of_one_owner_share_it(service: Service) -> None:
    """AP-14: nobody finds out what another has asked for."""
    one, two, foreign = service.key(owner="a"), service.key(owner="a"), service.key(owner="b")
    told = [(await service.post(CAFE, key=key)).json()["id"] for key in (KEY, one, two, foreign)]
    assert told[1] == told[2]
    assert len(set(told)) == 3


@pytest.mark.parametrize("phase", ["queued", "submitting", "running", "fetching", "ready", "failed"])
async def test_a_job_that_is_under_way_or_done_is_not_begun_again(phase: str, service: Service) -> None:
    """P-69: the row stays as it is; `blocked` is a failure that asking again would not change."""
    job = await service.stand(phase, code="blocked", prompt=f"not again {phase}")
    told = await service.submit(prompt=f"not again {phase}")
    assert (told["id"], told["state"]) == (job.id, job.state)
    assert await service.job(job.id) == job


@pytest.mark.parametrize("code", ["generation_failed", "provider_unavailable", "timeout", "output_lost", "bad_output"])
async def test_a_failure_that_may_pass_is_begun_again_under_the_same_id(code: str, service: Service) -> None:
    """AP-15, A3."""
    job = await service.stand("failed", code=code, prompt=f"again {code}")
    told = await service.submit(prompt=f"again {code}")
    assert (told["id"], told["url"], told["state"]) == (job.id, job.url, "pending")
    after = await service.job(job.id)
    assert (after.epoch, after.attempt, after.code, after.state) == (2, 0, None, State.PENDING)
    assert (await service.submit(prompt=f"again {code}"))["id"] == job.id
    assert (await service.job(job.id)).epoch == 2, "once"


async def test_a_deleted_picture_can_be_asked_for_again(service: Service) -> None:
    job = await service.stand("purged", prompt="it was deleted")
    assert (await service.ask(job.status_url)).status == 410
    told = await service.submit(prompt="it was deleted")
    assert (told["id"], told["state"]) == (job.id, "pending")
    assert (await service.ask(job.status_url)).json() == {"state": "pending"}


async def test_sixty_four_at_the_same_time_are_one_job(imagining: Imagining, database_url: str) -> None:
    """P-70, A1: one row, one thing taken off the budget, one answer for all."""
    async with imagining(database_url=database_url) as service:
        key = service.key(jobs_per_day=10)
        answers = await asyncio.gather(*(service.post(CAFE, key=key) for _ in range(64)))
        assert [answer.status for answer in answers] == [200] * 64
        assert len({answer.body for answer in answers}) == 1
        assert await service.count() == 1
        assert [(row.jobs) for row in await service.database.read(lambda c: c.execute(usage.select()).all())] == [1]


async def test_two_processes_at_the_same_time_make_one_job(imagining: Imagining, database_url: str) -> None:
    """P-70."""
    async with imagining(database_url=database_url) as one, imagining(database_url=database_url) as two:
        answers = await asyncio.gather(*((one, two)[at % 2].post(CAFE) for at in range(32)))
        assert {answer.status for answer in answers} == {200}
        assert len({answer.body for answer in answers}) == 1
        assert await one.count() == 1


async def test_a_worker_paints_sixty_four_equal_ones_once(imagining: Imagining) -> None:
    """P-69, P-70: one run."""
    async with imagining(worker=True) as service:
        answers = await asyncio.gather(*(service.post({**CAFE, "w": 16, "h": 16}) for _ in range(64)))
        (name,) = {answer.json()["id"] for answer in answers}
        assert (await service.ended(name))["state"] == "ready"
        job = await service.job(name)
        assert (job.epoch, job.attempt) == (1, 1)
        again = (await service.post({**CAFE, "w": 16, "h": 16})).json()
        assert (again["state"], again["thumbhash"]) == ("ready", job.thumbhash)
        assert await service.job(name) == job


# ---------------------------------------------------------------- what is blocked

BLOCKED = ["jailbait", "child, nude", "  a naked baby ", "ｃｈｉｌｄ ｎｕｄｅ", "c\u200bhild, n\u200bude"]
DRAWN = [None, "", "*/*", "image/*", "text/html", "application/json;q=0.5, image/*", "image/avif,image/webp,*/*;q=0.8"]
TOLD = ["application/json", "application/json, */*", "text/html, application/json;q=0.9", "image/*;q=0.5, application/json"]


@pytest.mark.parametrize("prompt", BLOCKED)
@pytest.mark.parametrize("accept", DRAWN)
async def test_a_blocked_prompt_is_answered_with_a_glyph(
    prompt: str, accept: str | None, service: Service, assert_sound_svg: Any
) -> None:
    """P-72, P-73, P-74, AP-16: drawable, of the size asked for, and no job is made."""
    before = await service.everything()
    answer = await service.post({"prompt": prompt, "w": 320, "h": 9999}, headers={"Accept": accept} if accept is not None else {})
    assert answer.status == 422
    assert answer["content-type"] == "image/svg+xml"
    root = assert_sound_svg(answer.body, (320, 2048))
    assert root[0].text == "blocked"
    assert answer["cache-control"] == "no-store"
    assert answer["access-control-allow-origin"] == "*"
    assert answer["content-security-policy"].startswith("default-src 'none'")
    assert answer["etag"] is None
    assert "accept" in answer["vary"].lower()
    assert await service.everything() == before


@pytest.mark.parametrize("prompt", BLOCKED)
@pytest.mark.parametrize("accept", TOLD)
async def test_or_in_json_for_whoever_prefers_it(prompt: str, accept: str, service: Service) -> None:
    """AP-16: not which rule it was, and not the prompt."""
    before = await service.everything()
    answer = await service.post({"prompt": prompt, "w": 32, "h": 32}, headers={"Accept": accept})
    assert answer.status == 422
    assert answer.json() == {"error": "This prompt is not allowed here", "code": "blocked", "param": "prompt"}
    assert answer["cache-control"] == "no-store"
    assert await service.everything() == before


async def test_a_blocked_prompt_never_reaches_the_painter(imagining: Imagining, monkeypatch: pytest.MonkeyPatch) -> None:
    """P-74; and takes nothing off a budget."""
    asked: list[Any] = []
    monkeypatch.setattr("placeholder.providers.sketch.SketchProvider.start", lambda _, order: asked.append(order))
    async with imagining(worker=True) as service:
        key = service.key(jobs_per_day=5)
        for prompt in BLOCKED:
            assert (await service.post({**FOX, "prompt": prompt}, key=key)).status == 422
        await asyncio.sleep(0.05)
        assert asked == []
        assert await service.everything() == [[], [], []]


async def test_what_is_wrong_with_a_body_is_said_before_what_it_asks_for(service: Service) -> None:
    check_refusal(await service.post({"prompt": BLOCKED[0], "w": 0, "h": 1}), 400, "invalid_parameter", "w")
    check_refusal(await service.post({**FOX, "prompt": BLOCKED[0], "model": "none"}), 400, "invalid_parameter", "model")


# ---------------------------------------------------------------- room


async def test_nothing_new_is_begun_on_a_disk_that_is_nearly_full(
    imagining: Imagining, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    """T14: 200 MB, unless the operator says otherwise; where the pictures lie, and the database if that is a file of ours."""
    free = 200_000_000
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=free, f_frsize=1))
    async with imagining(database_url=database_url) as service:
        known = await service.post({**FOX, "prompt": "while there is room"})
        assert known.status == 200
        free -= 1
        await asyncio.sleep(BELIEVED_S)
        before = await service.everything()
        refused = await service.post(FOX)
        check_refusal(refused, 503, "no_room")
        assert refused["retry-after"] == "60"
        assert refused.json()["error"] == "The disk is nearly full, so no new picture is begun. Try again in 60 s"
        assert (await service.post({**FOX, "prompt": "while there is room"})).json() == known.json()
        assert await service.everything() == before
    async with imagining(database_url=database_url, min_free_mb=0) as service:
        free = 0
        assert (await service.post({**FOX, "prompt": "none needed"})).status == 200


# ---------------------------------------------------------------- budgets


async def test_a_budget_is_told_and_kept_to(imagining: Imagining, database_url: str) -> None:
    """M1: what is refused is not counted, and repeating costs nothing."""
    async with imagining(database_url=database_url) as service:
        key = service.key(jobs_per_day=3)
        for left, prompt in zip((2, 1, 0), "abc", strict=True):
            answer = await service.post({**FOX, "prompt": prompt}, key=key)
            assert answer.status == 200
            assert (answer["ratelimit-limit"], answer["ratelimit-remaining"]) == ("3", str(left))
            assert 0 < int(answer["ratelimit-reset"] or "") <= 86400
        for prompt in "de":
            answer = await service.post({**FOX, "prompt": prompt}, key=key)
            check_refusal(answer, 429, "over_budget")
            assert (answer["ratelimit-limit"], answer["ratelimit-remaining"]) == ("3", "0")
            assert answer["retry-after"] == answer["ratelimit-reset"]
            assert 0 < int(answer["retry-after"] or "") <= 86400
        again = await service.post({**FOX, "prompt": "a"}, key=key)
        assert (again.status, again["ratelimit-limit"]) == (200, None)
        assert await service.count() == 3
        assert (await service.post({**FOX, "prompt": "d"}, key=KEY)).status == 200, "the operator's key has no budget"


async def test_a_budget_holds_under_a_crowd(imagining: Imagining, database_url: str) -> None:
    """M1."""
    async with imagining(database_url=database_url) as service:
        key = service.key(jobs_per_day=10)
        answers = await asyncio.gather(*(service.post({**FOX, "prompt": f"p{at}"}, key=key) for at in range(64)))
        statuses = sorted(answer.status for answer in answers)
        assert statuses == [200] * 10 + [429] * 54
        assert await service.count() == 10
        left = sorted(int(answer["ratelimit-remaining"] or "") for answer in answers if answer.status == 200)
        assert left == list(range(10))


async def test_a_budget_of_nothing(service: Service) -> None:
    answer = await service.post({**FOX, "prompt": "nothing left"}, key=service.key(jobs_per_day=0))
    check_refusal(answer, 429, "over_budget")
    assert answer["ratelimit-limit"] == "0"


async def test_money_is_a_budget_where_pictures_cost_any(imagining: Imagining) -> None:
    """A model's price is taken off the month; the sketch costs nothing."""
    replicate = {"provider": "replicate", "REPLICATE_API_TOKEN": "r8_" + "x" * 37}
    async with imagining(**replicate) as service:
        key = service.key(spend_per_month=28_000)  # one flux-dev for 25,000 and one flux-schnell for 3,000
        assert (await service.post({**FOX, "model": "flux-1.1-pro"}, key=key)).status == 429
        assert (await service.post({**FOX, "model": "flux-dev"}, key=key)).status == 200
        assert (await service.post({**FOX, "model": "flux-schnell"}, key=key)).status == 200
        check_refusal(await service.post({**FOX, "prompt": "more"}, key=key), 429, "over_budget")
        assert await service.count() == 2
    async with imagining() as service:
        assert (await service.post(key=service.key(spend_per_month=0))).status == 200


# ---------------------------------------------------------------- methods, CORS


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "QUERY", "post"])
@pytest.mark.parametrize("target", ["/ai", "/ai?prompt=a+secret+canary&w=5&h=5", "/ai?w=5"])
async def test_no_other_method_asks_for_anything(method: str, target: str, service: Service) -> None:
    """P-21, V19: nor says what was in it again."""
    before = await service.count()
    answer = await service.ask(target, method, {**BEARER, **JSON, "X-HTTP-Method-Override": "POST"}, GOOD)
    assert answer.status == 405
    assert {name.strip() for name in (answer["allow"] or "").split(",")} == {"POST", "OPTIONS"}
    assert answer["cache-control"] == "no-store"
    assert b"canary" not in answer.everything
    assert b"fox" not in answer.everything
    if method != "HEAD":
        check_refusal(answer, 405, "method_not_allowed")
    assert await service.count() == before


@pytest.mark.parametrize("target", ["/400x300?prompt=a+fox", "/glyph/4x3?prompt=x&w=5&h=5", "/?prompt=x", "/ai/status?prompt=x"])
async def test_no_get_starts_anything(target: str, service: Service) -> None:
    """P-21, P-19."""
    before = await service.count()
    await service.ask(target, "GET", BEARER)
    assert await service.count() == before


PREFLIGHTS: list[tuple[list[str], str | None]] = [
    ([], "*"),
    *(
        ([origin], origin)
        for origin in ("https://shop.example", "http://localhost:3000", "null", "http://[::1]:8000", "https://shop.example:8443")
    ),
    (["HTTPS://Shop.example:443"], "HTTPS://Shop.example:443"),
    ([" https://shop.example\t"], "https://shop.example"),
    *(
        ([origin], None)
        for origin in (
            *("", "*", "NULL", "shop.example", "https://shop.example/", "https://shop.example/x", "https://u@shop.example"),
            *("https://shop.example, https://b.example", "https://b\xfccher.example", "https://shop.example\r\nX-Evil: 1"),
            *("ftp://shop.example", "x" * 10_000),
        )
    ),
    (["https://shop.example", "https://shop.example"], None),
    (["https://shop.example", "https://other.example"], None),
    (["null", "null"], None),
]


@pytest.mark.parametrize(("origins", "reader"), PREFLIGHTS, ids=lambda value: str(value)[:60])
async def test_any_page_may_ask_the_browser_first(origins: list[str], reader: str | None, service: Service) -> None:
    """C5, AP-20: a preflight names Authorization, for which `*` does not stand; who may is decided where there is a key."""
    asked = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type")]
    for more in ([], asked):
        answer = await service.ask("/ai", "OPTIONS", [*(("Origin", origin) for origin in origins), *more])
        assert (answer.status, answer.body) == (204, b"")
        assert dict(answer.headers) == {
            "allow": "OPTIONS, POST",
            **({"access-control-allow-origin": reader} if reader else {}),
            "vary": "Origin",
            "access-control-allow-methods": "POST",
            "access-control-allow-headers": "Authorization, Content-Type",
            "access-control-max-age": "7200",
            "cache-control": "no-store",
            "x-request-id": "tests",
        }


# ---------------------------------------------------------------- where the prompt is not


@pytest.mark.parametrize("failures", [0, 1])
async def test_no_part_of_a_prompt_comes_out_anywhere(
    imagining: Imagining, failures: float, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """P-20, P-22: no URL, header, body, metadata or log line, nor in the clear on the disk."""
    words = ["zephyr", "quokka", "marmalade"]
    caplog.set_level(logging.DEBUG)
    async with imagining(worker=True, sketch_failures=failures) as service:
        prompt = " ".join(words)
        first = await service.post({**FOX, "w": 40, "h": 30, "prompt": prompt})
        told = first.json()
        replies = [first]
        targets = [
            told["url"],
            told["status_url"],
            told["status_url"] + "?wait=5",
            f"/ai/status?ids={told['id']}",
            told["url"] + "?width=16",
        ]
        replies += [await service.ask(target) for target in targets]
        state = (await service.ended(told["id"]))["state"]
        assert state == ("failed" if failures else "ready")
        replies += [await service.ask(target) for target in targets]
        replies += [await service.post({"prompt": f"{prompt} {'x' * MAX_PROMPT}", "w": 1, "h": 1})]
        replies += [await service.post({"prompt": prompt, "w": 1, "h": 1, "model": prompt})]
        replies += [await service.post({"prompt": prompt, "w": 1, "h": 1, prompt: prompt})]
        replies += [
            await service.post({"prompt": f"{prompt}, jailbait", "w": 1, "h": 1}, headers={"Accept": accept})
            for accept in ("*/*", "application/json")
        ]
        kept = b"".join(path.read_bytes() for path in service.folder.rglob("*") if path.is_file())
        said = caplog.text + "".join(repr(vars(record)) for record in caplog.records) + "".join(capfd.readouterr())
    for word in words:
        for reply in replies:
            assert word.encode() not in reply.everything.lower()
        assert word.encode() not in kept.lower()
        assert word not in said.lower()
    assert KEY not in said
    assert SECRET not in said


async def test_ids_and_seeds_follow_from_the_secret_and_not_from_the_prompt_alone(imagining: Imagining) -> None:
    """Nobody who knows an id can try out prompts."""
    ids = []
    for secret in (SECRET, SECRET[::-1]):
        async with imagining(secret=secret) as service:
            ids.append((await service.post()).json()["id"])
    assert ids[0] != ids[1]


async def test_a_restart_keeps_ids_and_jobs(imagining: Imagining) -> None:
    async with imagining() as service:
        first, folder = (await service.post()).json(), service.folder
    async with imagining(data_dir=folder) as service:
        assert (await service.post()).json() == first
        assert await service.count(jobs) == 1
