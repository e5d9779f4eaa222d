"""The fake's API, held against the official client: predictions, lists, the clock, uploads."""

import hashlib
from typing import Any

import httpx
import pytest
import replicate
from fakes.asking import SCHNELL, SDXL_VERSION, ended, post, run
from fakes.replicate import FakeReplicate
from replicate import AsyncReplicate

# ---------------------------------------------------------------- predictions


async def test_a_prediction_runs_through_the_official_client(fake: FakeReplicate, client: AsyncReplicate) -> None:
    made = await client.predictions.create(version=SCHNELL, input={"prompt": "a cat", "num_outputs": 2})
    assert made.status == "starting"
    assert made.output is None
    assert made.version == "hidden"
    done = await ended(client, made.id)
    assert done.status == "succeeded"
    assert done.model == SCHNELL
    assert [url.rpartition("/")[2] for url in done.output] == ["out-0.webp", "out-1.webp"]
    assert all(url.startswith(fake.files_origin + "/") for url in done.output)
    assert done.metrics.image_count == 2
    assert made.created_at < done.started_at < done.completed_at
    assert "Prompt: a cat" in done.logs
    assert fake.spend == 1
    assert [one.prediction_id for one in fake.creates] == [made.id]


async def test_the_object_has_every_field(fake: FakeReplicate, plain: httpx.AsyncClient) -> None:
    hook = "https://example.com/hook?job=1&x=<y>"
    body = {"input": {"prompt": "a"}, "version": SCHNELL, "webhook": hook, "webhook_events_filter": ["completed"]}
    answer = await post(plain, fake, body, **{"cancel-after": "1h30m45s"})
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert int(answer.headers["ratelimit-remaining"]) == 599
    made = answer.json()
    assert set(made) == {
        *("id", "model", "version", "input", "output", "logs", "error", "status", "source", "created_at", "data_removed"),
        *("urls", "webhook", "webhook_events_filter", "deadline"),
    }
    assert len(made["id"]) == 26
    assert made["webhook"] == hook
    assert rb"\u003cy\u003e" in answer.content, "written as Python would not"
    assert made["urls"]["get"] == f"{fake.base_url}/predictions/{made['id']}"
    assert set(made["urls"]) == {"web", "get", "cancel", "stream"}
    fake.clock.advance(10)
    done = (await plain.get(made["urls"]["get"], headers={"authorization": f"Bearer {fake.token}"})).json()
    assert set(done) - set(made) == {"started_at", "completed_at", "metrics"}
    assert len(done["started_at"].rpartition(".")[2]) > 7, "more digits than a datetime holds"


VERSIONS = {
    "an official model by name": (SCHNELL, SCHNELL, "hidden"),
    "a version alone": (SDXL_VERSION, "stability-ai/sdxl", SDXL_VERSION),
    "a name with its version": (f"stability-ai/sdxl:{SDXL_VERSION}", "stability-ai/sdxl", SDXL_VERSION),
    "another's version": (f"{SCHNELL}:{SDXL_VERSION}", None, None),
    "a model that has to be told its version": ("stability-ai/sdxl", None, None),
    "latest": (f"{SCHNELL}:latest", None, None),
    "nothing that exists": ("nobody/nothing", None, None),
}


@pytest.mark.parametrize(("version", "model", "shown"), VERSIONS.values(), ids=VERSIONS)
async def test_the_spellings_of_version(client: AsyncReplicate, version: str, model: str | None, shown: str | None) -> None:
    if model is None:
        with pytest.raises(replicate.UnprocessableEntityError, match="Invalid version or not permitted"):
            await client.predictions.create(version=version, input={"prompt": "a"})
    else:
        made = await client.predictions.create(version=version, input={"prompt": "a"})
        assert (made.model, made.version) == (model, shown)


async def test_the_endpoint_of_a_model(client: AsyncReplicate) -> None:
    create_of = client.models.predictions.create
    made = await create_of(model_owner="google", model_name="imagen-4-fast", input={"prompt": "a"})
    done = await ended(client, made.id)
    assert done.output.endswith(".jpg"), "a string, not a list"
    with pytest.raises(replicate.NotFoundError):
        await create_of(model_owner="stability-ai", model_name="sdxl", input={"prompt": "a"})


async def test_waiting(client: AsyncReplicate) -> None:
    raw = client.predictions.with_raw_response
    done = await raw.create(version=SCHNELL, input={"prompt": "a"}, prefer="wait=5")
    assert done.status_code == 201
    assert done.headers["preference-applied"] == "wait=5"
    made: Any = await done.parse()
    assert (made.status, len(made.output)) == ("processing", 1), "output comes before the end is told"
    late = await raw.create(version=SCHNELL, input={"prompt": "[[slow:30]]"}, prefer="wait=1")
    assert late.status_code == 202
    assert (await late.parse()).output is None


async def test_paging_newest_first(fake: FakeReplicate, client: AsyncReplicate, plain: httpx.AsyncClient) -> None:
    fake.knobs.page_size = 3
    made = [(await client.predictions.create(version=SCHNELL, input={"prompt": f"{n}"})).id for n in range(7)]
    assert [one.id async for one in client.predictions.list()] == made[::-1]
    bearer = {"authorization": f"Bearer {fake.token}"}
    first = (await plain.get(f"{fake.base_url}/predictions", headers=bearer)).json()
    second = (await plain.get(first["next"], headers=bearer)).json()
    assert first["previous"] is None
    assert [one["id"] for one in second["results"]] == made[3:0:-1]
    back = (await plain.get(second["previous"], headers=bearer)).json()
    assert [one["id"] for one in back["results"]] == made[:3:-1]
    await client.predictions.create(version=SCHNELL, input={"prompt": "new"})
    again = (await plain.get(first["next"], headers=bearer)).json()
    assert [one["id"] for one in again["results"]] == made[3:0:-1], "a cursor keeps its place"


async def test_the_lists_filters_and_lag(fake: FakeReplicate, client: AsyncReplicate) -> None:
    old = await client.predictions.create(version=SCHNELL, input={"prompt": "old"})
    fake.clock.advance(600)
    new = await client.predictions.create(version=SCHNELL, input={"prompt": "new"})

    async def listed(**filters: Any) -> list[str]:
        return [one.id async for one in client.predictions.list(**filters)]

    assert await listed(created_after=new.created_at) == [new.id], "at or after"
    assert await listed(created_before=new.created_at) == [old.id]
    assert await listed(created_after=old.created_at, created_before=old.created_at) == []
    fake.knobs.list_lag = 300
    assert await listed() == [old.id]


@pytest.mark.parametrize("carries", [True, False])
async def test_items_of_a_list_may_lack_their_webhook(fake: FakeReplicate, client: AsyncReplicate, carries: bool) -> None:
    fake.knobs.list_items_carry_webhook = carries
    made = await client.predictions.create(version=SCHNELL, input={"prompt": "a"}, webhook="https://example.com/")
    [item] = [one async for one in client.predictions.list()]
    assert ("webhook" in item.to_dict()) is carries
    assert "webhook" in (await client.predictions.get(prediction_id=made.id)).to_dict()


async def test_cancel(fake: FakeReplicate, client: AsyncReplicate) -> None:
    made = await client.predictions.create(version=SCHNELL, input={"prompt": "[[slow:60]]"})
    fake.clock.advance(1)
    canceled = await client.predictions.cancel(prediction_id=made.id)
    assert (canceled.status, canceled.output) == ("canceled", None)
    assert await client.predictions.cancel(prediction_id=made.id) == canceled
    done = await run(client, "a")
    assert (await client.predictions.cancel(prediction_id=done.id)).status == "succeeded", "what has ended stays"


# ---------------------------------------------------------------- the clock


@pytest.mark.parametrize(("marker", "status"), [("[[queue:60]]", "aborted"), ("[[slow:60]]", "canceled")])
async def test_a_deadline(fake: FakeReplicate, client: AsyncReplicate, marker: str, status: str) -> None:
    made: Any = await client.predictions.create(version=SCHNELL, input={"prompt": marker}, cancel_after="30s")
    assert (made.deadline - made.created_at).total_seconds() == 30
    fake.clock.advance(29)
    assert (await client.predictions.get(prediction_id=made.id)).status in ("starting", "processing")
    fake.clock.advance(1)
    done = await client.predictions.get(prediction_id=made.id)
    assert (done.status, done.completed_at) == (status, made.deadline)
    assert (done.started_at is None) == (status == "aborted")


@pytest.mark.parametrize("told", ["4", "4s", "0m", "soon", "", "1d"])
async def test_deadlines_that_are_none(fake: FakeReplicate, client: AsyncReplicate, told: str) -> None:
    with pytest.raises(replicate.UnprocessableEntityError):
        await client.predictions.create(version=SCHNELL, input={"prompt": "a"}, cancel_after=told)
    assert fake.spend == 0


async def test_an_hour_later_it_is_wiped(fake: FakeReplicate, client: AsyncReplicate, plain: httpx.AsyncClient) -> None:
    done = await run(client, "a")
    assert (await plain.get(done.output[0])).status_code == 200
    fake.clock.advance(3590)
    assert (await plain.get(done.output[0])).status_code == 200
    fake.clock.advance(10)
    wiped: Any = await client.predictions.get(prediction_id=done.id)
    assert (wiped.status, wiped.data_removed, wiped.output, wiped.input) == ("succeeded", True, None, {})
    assert "a" not in wiped.logs
    assert (await plain.get(done.output[0])).status_code == 404


# ---------------------------------------------------------------- uploads


async def test_uploads(fake: FakeReplicate, client: AsyncReplicate) -> None:
    content = bytes(range(256)) * 3 + b"\r\n--x\r\n"
    made = await client.files.create(content=("ä.bin", content, "application/zip"), metadata={"n": 1})
    assert (made.size, made.content_type) == (len(content), "application/zip")
    assert [one.id for one in (await client.files.list()).results] == [made.id]
    assert (await client.files.get(file_id=made.id)).checksums.sha256 == hashlib.sha256(content).hexdigest()
    await client.files.delete(file_id=made.id)
    with pytest.raises(replicate.NotFoundError):
        await client.files.get(file_id=made.id)
    kept = await client.files.create(content=b"x")
    fake.clock.advance(24 * 3600)
    with pytest.raises(replicate.NotFoundError):
        await client.files.get(file_id=kept.id)
    fake.knobs.max_upload = 1_000_000
    with pytest.raises(replicate.APIStatusError) as refused:
        await client.files.create(content=b"x" * 1_000_001)
    assert refused.value.status_code == 413
    with pytest.raises(replicate.APIStatusError) as refused:
        await client.files.create(content=b"x" * 2_000_000)
    assert refused.value.status_code == 413
