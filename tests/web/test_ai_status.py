"""How a job stands: exact bodies, waiting for news, many at once, and the shortcut past the router."""

import asyncio
import json
import time
from base64 import b64decode
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio
from fixtures.imagining import Imagining, Service, again, way_to
from PIL import Image

from placeholder.jobs.board import FRESH_S
from placeholder.jobs.model import FAILURES

pytestmark = pytest.mark.asyncio(loop_scope="module")

HEADERS = {
    "x-request-id": "tests",
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
}
NOBODY = "a" * 16


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(imagining: Imagining) -> AsyncIterator[Service]:
    async with imagining() as opened:
        yield opened


def check_missing(answer: Any) -> None:
    assert answer.status == 404
    told = answer.json()
    assert list(told) == ["error", "code", "param"]
    assert (told["code"], told["param"]) == ("not_found", None)
    assert answer["cache-control"] == "no-store"
    assert answer["access-control-allow-origin"] == "*"


# ---------------------------------------------------------------- exact bodies


@pytest.mark.parametrize(
    ("phase", "body"),
    [
        ("queued", b'{"state": "pending"}'),
        ("submitting", b'{"state": "pending"}'),
        ("running", b'{"state": "generating"}'),
        ("fetching", b'{"state": "generating"}'),
    ],
)
async def test_a_job_under_way_says_its_state_and_nothing_else(phase: str, body: bytes, service: Service) -> None:
    """P-80, P-82, P-83: to anybody."""
    job = await service.stand(phase, prompt=f"exact {phase}")
    answer = await service.ask(job.status_url)
    assert answer.status == 200
    assert answer.body == body
    assert dict(answer.headers) == {**HEADERS, "content-length": str(len(body))}


@pytest.mark.parametrize(("w", "h"), [(64, 48), (48, 64), (1, 1), (2048, 1)])
async def test_a_ready_job_says_where_it_is_and_what_to_paint_first(w: int, h: int, service: Service) -> None:
    """P-66, P-84."""
    submitted = await service.submit(prompt="ready", w=w, h=h)
    job = await service.stand("ready", prompt="ready", w=w, h=h)
    answer = await service.ask(job.status_url)
    told = answer.json()
    assert list(told) == ["state", "url", "width", "height", "blurDataURL", "thumbhash"]
    assert (told["state"], told["url"], told["width"], told["height"]) == ("ready", submitted["url"], w, h)
    assert dict(answer.headers) == {**HEADERS, "content-length": str(len(answer.body))}
    kind, _, data = told["blurDataURL"].partition(",")
    assert kind == "data:image/webp;base64"
    with Image.open(BytesIO(b64decode(data, validate=True))) as blur:
        blur.load()
        assert max(blur.size) <= 16
        assert (blur.width >= blur.height) == (w >= h)
    assert 5 <= len(b64decode(told["thumbhash"], validate=True)) <= 25


@pytest.mark.parametrize("code", FAILURES)
async def test_a_failed_job_says_why_in_fixed_words(code: str, service: Service) -> None:
    """P-85, A9: an `error` for people, a `code` for programs, nothing of the provider's."""
    job = await service.stand("failed", code=code, prompt=f"failed {code}")
    answer = await service.ask(job.status_url)
    assert answer.status == 200
    assert answer.json() == {"state": "failed", "error": FAILURES[code].sentence, "code": code}
    assert dict(answer.headers) == {**HEADERS, "content-length": str(len(answer.body))}


async def test_a_deleted_job_is_gone(service: Service) -> None:
    job = await service.stand("purged", prompt="deleted")
    for query in ("", "?wait=5"):
        answer = await service.ask(job.status_url + query)
        assert answer.status == 410
        assert answer.json()["code"] == "gone"
        assert answer["cache-control"] == "no-store"


@pytest.mark.parametrize("phase", ["queued", "running", "ready", "failed"])
async def test_head_is_get_without_a_body(phase: str, service: Service) -> None:
    job = await service.stand(phase, prompt=f"head {phase}")
    got, head = await service.ask(job.status_url), await service.ask(job.status_url, "HEAD")
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")
    missing = await service.ask(f"/ai/{NOBODY}/status", "HEAD")
    assert missing.status == 404


@pytest.mark.parametrize("condition", ["*", '"x"'])
async def test_a_state_is_never_304(condition: str, service: Service) -> None:
    job = await service.stand("ready", prompt="ready")
    answer = await service.ask(job.status_url, headers={"If-None-Match": condition})
    assert (answer.status, answer["etag"]) == (200, None)


# ---------------------------------------------------------------- waiting


async def test_waiting_ends_with_the_next_state(service: Service) -> None:
    """Each change answers, and nothing but a change of state does."""
    job = await service.submit(prompt="waiting")
    queued, running, fetched = (way_to("ready", "w1", "", 64, 48)[at] for at in (0, 1, 2))
    waiting = asyncio.create_task(service.status(job["id"], "?wait=10"))
    await asyncio.sleep(0.05)
    await service.bring(job["id"], queued)
    await asyncio.sleep(0.05)
    assert not waiting.done(), "from queued to submitting is pending still"
    started = time.perf_counter()
    await service.bring(job["id"], running)
    assert await waiting == {"state": "generating"}
    assert time.perf_counter() - started < 1
    waiting = asyncio.create_task(service.status(job["id"], "?wait=10"))
    await asyncio.sleep(0.05)
    await service.bring(job["id"], fetched)
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await service.stand_ready(job["id"])
    assert (await waiting)["state"] == "ready"


@pytest.mark.parametrize("phase", ["ready", "failed"])
async def test_what_has_ended_is_not_waited_for(phase: str, service: Service) -> None:
    job = await service.stand(phase, prompt=f"ended {phase}")
    started = time.perf_counter()
    assert (await service.status(job.id, "?wait=25"))["state"] == phase
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("phase", ["queued", "running"])
async def test_without_news_the_present_state_comes_in_time(phase: str, service: Service) -> None:
    """200 and the present state, not an error."""
    job = await service.stand(phase, prompt=f"in time {phase}")
    started = time.perf_counter()
    told = await service.status(job.id, "?wait=0.4")
    assert 0.38 < time.perf_counter() - started < 1.5
    assert told == {"state": str(job.state)}


@pytest.mark.parametrize(
    ("phase", "known", "waits"),
    [
        ("queued", "pending", True),
        ("queued", "generating", False),
        ("running", "generating", True),
        ("running", "pending", False),
        ("running", "ready", False),
        ("ready", "ready", False),
        ("failed", "pending", False),
    ],
)
async def test_who_knows_another_state_does_not_wait(phase: str, known: str, waits: bool, service: Service) -> None:
    """A state that passed between two requests is not missed."""
    job = await service.stand(phase, prompt=f"known {phase}")
    started = time.perf_counter()
    assert (await service.status(job.id, f"?wait=0.4&while={known}"))["state"] == str(job.state)
    assert (time.perf_counter() - started > 0.38) is waits


async def test_news_of_another_process_end_the_waiting_too(service: Service) -> None:
    """Seen within FRESH_S or so."""
    job = await service.submit(prompt="elsewhere")
    waiting = asyncio.create_task(service.status(job["id"], "?wait=10"))
    await asyncio.sleep(0.05)
    started = time.perf_counter()
    await service.bring(job["id"], *way_to("running", "e1", "", 64, 48), told=False)
    assert await waiting == {"state": "generating"}
    assert time.perf_counter() - started < 4 * FRESH_S


@pytest.mark.parametrize(
    ("asked", "waits"), [("9999", 25), ("25.1", 25), ("25", 25), ("0025", 25), ("1.5", 1.5), ("0", 0), ("0.0", 0)]
)
async def test_nobody_waits_longer_than_platforms_let_them(
    asked: str, waits: float, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await service.stand("running", prompt="clamped")
    seen: list[float] = []

    async def news(_: Any, seconds: float) -> None:
        seen.append(seconds)
        raise TimeoutError

    monkeypatch.setattr(service.state.ai.board, "news", news)
    for target in (f"{job.status_url}?wait={asked}", f"/ai/status?ids={job.id}&wait={asked}"):
        seen.clear()
        try:
            answer = await service.ask(target)
        except TimeoutError:
            assert waits - 0.1 < seen[0] <= waits
        else:
            assert (waits, seen, answer.status) == (0, [], 200)


async def test_two_hundred_wait_at_once_and_all_are_answered(service: Service) -> None:
    """And nobody else waits for them."""
    job = await service.submit(prompt="a crowd")
    waiting = [asyncio.create_task(service.status(job["id"], "?wait=20")) for _ in range(200)]
    await asyncio.sleep(0.2)
    started = time.perf_counter()
    assert (await service.ask("/healthz")).status == 200
    assert (await service.ask(job["status_url"])).json() == {"state": "pending"}
    assert time.perf_counter() - started < 0.5
    started = time.perf_counter()
    await service.bring(job["id"], *way_to("running", "c1", "", 64, 48))
    assert await asyncio.gather(*waiting) == [{"state": "generating"}] * 200
    assert time.perf_counter() - started < 2
    assert service.state.ai.board._waiting == {}, "nothing is left of them"


async def test_whoever_hangs_up_leaves_nothing_for_long(service: Service) -> None:
    job = await service.stand("running", prompt="hung up")
    for target in (job.status_url + "?wait=0.2", f"/ai/status?ids={job.id}&wait=0.2"):
        async with service.exchanged(target) as exchange:
            await asyncio.sleep(0.05)
            assert exchange.start is None
    assert service.state.ai.board._waiting == {}


async def test_the_end_of_the_service_ends_the_waiting(imagining: Imagining) -> None:
    """Answered with the state as it stands, without an error and at once."""
    async with imagining() as service:
        job = await service.submit()
        waiting = [asyncio.create_task(service.ask(job["status_url"] + "?wait=20")) for _ in range(3)]
        waiting.append(asyncio.create_task(service.ask(f"/ai/status?ids={job['id']}&wait=20")))
        await asyncio.sleep(0.5)
        started = time.perf_counter()
    answers = await asyncio.gather(*waiting)
    assert time.perf_counter() - started < 3
    assert [answer.status for answer in answers] == [200] * 4
    assert answers[0].json() == {"state": "pending"}


# ---------------------------------------------------------------- many at once


async def test_many_are_told_in_the_order_asked_for(service: Service) -> None:
    """Each as the other route tells it; an unknown or a deleted one is null."""
    phases = ["ready", "queued", "failed", "running", "purged"]
    jobs = [await service.stand(phase, prompt=f"many {phase}") for phase in phases]
    ids = [jobs[0].id, NOBODY, *(job.id for job in jobs[1:])]
    answer = await service.ask("/ai/status?ids=" + ",".join(ids))
    assert answer.status == 200
    assert dict(answer.headers) == {**HEADERS, "content-length": str(len(answer.body))}
    told = answer.json()
    assert list(told) == ["jobs"]
    assert list(told["jobs"]) == ids
    for job in jobs[:-1]:
        assert told["jobs"][job.id] == await service.status(job.id)
    assert told["jobs"][NOBODY] is None
    assert told["jobs"][jobs[-1].id] is None


@pytest.mark.parametrize("separator", [",", "%2C", "%2c"])
async def test_a_comma_is_written_as_one_likes(separator: str, service: Service) -> None:
    ids = [(await service.stand(phase, prompt=f"comma {phase}")).id for phase in ("queued", "running")]
    assert list((await service.ask("/ai/status?ids=" + separator.join(ids))).json()["jobs"]) == ids


async def test_the_same_twice_is_told_once(service: Service) -> None:
    job = await service.stand("running", prompt="twice")
    told = (await service.ask(f"/ai/status?ids={job.id},{job.id},{job.id}")).json()
    assert told == {"jobs": {job.id: {"state": "generating"}}}
    started = time.perf_counter()
    await service.ask(f"/ai/status?ids={job.id},{job.id}&wait=0.3")
    assert 0.28 < time.perf_counter() - started < 1.5


async def test_fifty_are_told_and_fifty_one_are_too_many(service: Service) -> None:
    job = await service.stand("running", prompt="fifty")
    names = [
        job.id,
        *("abcdefghijklmno" + chr(97 + at) for at in range(26)),
        *("bcdefghijklmnop" + chr(97 + at) for at in range(23)),
    ]
    told = (await service.ask("/ai/status?ids=" + ",".join(names))).json()["jobs"]
    assert list(told) == names
    assert told[job.id] == {"state": "generating"}
    for ids in ([*names, NOBODY], [job.id] * 51):
        answer = await service.ask("/ai/status?ids=" + ",".join(ids))
        assert answer.status == 400
        assert answer.json() == {
            "error": "ids: expected 1 to 50 ids, separated by commas",
            "code": "invalid_parameter",
            "param": "ids",
        }


async def test_waiting_for_many_ends_when_any_of_them_changes(service: Service) -> None:
    jobs = [await service.stand(phase, prompt=f"any {phase}") for phase in ("queued", "submitting", "running")]
    target = "/ai/status?ids=" + ",".join(job.id for job in jobs)
    waiting = asyncio.create_task(service.ask(target + "&wait=10"))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await service.bring(jobs[1].id, way_to("running", "any", "", 64, 48)[1])
    told = (await asyncio.wait_for(waiting, 2)).json()["jobs"]
    assert [told[job.id]["state"] for job in jobs] == ["pending", "generating", "generating"]


@pytest.mark.parametrize("other", ["ready", "failed", "purged", None])
async def test_waiting_for_many_does_not_begin_where_one_has_an_answer(other: str | None, service: Service) -> None:
    """Whoever asks after one that is done, or is none, learns it at once."""
    job = await service.stand("running", prompt="with another")
    name = (await service.stand(other, prompt=f"other {other}")).id if other else NOBODY
    started = time.perf_counter()
    answer = await service.ask(f"/ai/status?ids={job.id},{name}&wait=20")
    assert time.perf_counter() - started < 1
    assert answer.json()["jobs"][job.id] == {"state": "generating"}


async def test_many_are_asked_with_head_too(service: Service) -> None:
    job = await service.stand("running", prompt="many head")
    target = f"/ai/status?ids={job.id}"
    got, head = await service.ask(target), await service.ask(target, "HEAD")
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")


# ---------------------------------------------------------------- forward only, and the shortcut


async def test_a_state_never_goes_back_while_it_is_polled(imagining: Imagining) -> None:
    """P-86: under a worker, through both routes and with waiting, by many at once."""
    rank = {"pending": 0, "generating": 1, "ready": 2}
    async with imagining(worker=True, sketch_delay_s=0.3) as service:
        job = await service.submit(w=16, h=16)

        async def poll(target: str, pick: Any) -> list[str]:
            seen = []
            while not seen or seen[-1] != "ready":
                seen.append(pick((await service.ask(target)).json())["state"])
                await asyncio.sleep(0.005)
            return seen

        many = f"/ai/status?ids={job['id']}"
        plain, jobs = (lambda told: told), (lambda told: told["jobs"][job["id"]])
        targets = [(job["status_url"], plain), (job["status_url"] + "?wait=0.1", plain), (many, jobs), (many + "&wait=5", jobs)]
        for seen in await asyncio.wait_for(asyncio.gather(*(poll(*target) for target in targets * 3)), 20):
            ranks = [rank[state] for state in seen]
            assert ranks == sorted(ranks), seen


async def test_only_asking_again_brings_a_failed_job_back(service: Service) -> None:
    job = await service.stand("failed", prompt="back again")
    await service.bring(job.id, again(job))
    assert await service.status(job.id) == {"state": "pending"}


@pytest.mark.parametrize("phase", ["queued", "submitting", "running", "fetching", "ready", "failed", "purged"])
async def test_the_shortcut_says_what_the_router_says(phase: str, service: Service) -> None:
    """Byte for byte: a question without and one with a header that the shortcut leaves to the router."""
    job = await service.stand(phase, prompt=f"shortcut {phase}")
    service.state.ai.board.tell(await service.job(job.id))
    short = await service.ask(job.status_url)
    routed = await service.ask(job.status_url, headers={"If-None-Match": '"x"'})
    assert (short.status, short.headers, short.body) == (routed.status, routed.headers, routed.body)
    assert (short.status == 410) == (phase == "purged")


async def test_the_shortcut_is_taken_while_the_state_is_known_and_not_longer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await service.stand("running", prompt="short and long")
    asked: list[str] = []
    find = service.state.ai.jobs.find

    async def noted(name: str) -> Any:
        asked.append(name)
        return await find(name)

    monkeypatch.setattr(service.state.ai.jobs, "find", noted, raising=False)
    service.state.ai.board.tell(await service.job(job.id))
    await service.bring(job.id, way_to("fetching", "p1", "", 64, 48)[2])
    await service.ask(job.status_url)
    assert asked == []
    for target, headers in [
        (job.status_url + "?", {}),
        (job.status_url + "?wait=0", {}),
        (job.status_url, [("Host", "a"), ("Host", "b")]),
        (job.status_url.replace("/status", "/statuS"), {}),
    ]:
        await service.ask(target, "GET", headers)
    assert len(asked) <= 3
    asked.clear()
    await asyncio.sleep(FRESH_S + 0.05)
    await service.ask(job.status_url)
    assert asked == [job.id]


async def test_hosts_that_are_not_served_learn_nothing(imagining: Imagining) -> None:
    """C3: on the shortcut too."""
    async with imagining(allowed_hosts="pics.example") as service:
        answer = await service.ask("/ai", "POST", {"Host": "evil.example"})
        assert answer.status == 400
        assert answer.json()["code"] == "unknown_host"
        for target in (f"/ai/{NOBODY}/status", "/ai/status", f"/ai/64x48/{NOBODY}.png"):
            assert (await service.ask(target, "GET", {"Host": "evil.example"})).status == 400
            assert (await service.ask(target, "GET", {"Host": "pics.example"})).status in (404, 400)
        assert (
            json.loads((await service.ask(f"/ai/{NOBODY}/status", headers={"Host": "pics.example"})).body)["code"] == "not_found"
        )
