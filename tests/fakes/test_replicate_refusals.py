"""What the fake refuses, in the words that the real one has been recorded with."""

from typing import Any

import httpx
import pytest
import replicate
from fakes.asking import SCHNELL, client_of, post, run
from fakes.replicate import FakeReplicate
from replicate import AsyncReplicate

REFUSALS: dict[str, tuple[Any, dict[str, Any]]] = {
    "401": (replicate.AuthenticationError, {"title": "Unauthenticated", "status": 401}),
    "402": (replicate.APIStatusError, {"title": "Insufficient credit", "status": 402}),
    "422": (replicate.UnprocessableEntityError, {"title": "Input validation failed", "status": 422}),
    "429": (replicate.RateLimitError, {"status": 429, "retry_after": 1}),
    "500": (replicate.InternalServerError, {"status": 500}),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_refusals_on_demand(fake: FakeReplicate, client: AsyncReplicate, name: str) -> None:
    kind, body = REFUSALS[name]
    with pytest.raises(kind) as refused:
        await client.predictions.create(version=SCHNELL, input={"prompt": f"[[create:{name}]]"})
    assert body.items() <= refused.value.body.items()
    assert refused.value.response.headers["content-type"] == "application/problem+json"
    assert "retry-after" not in refused.value.response.headers
    assert fake.spend == 0
    assert fake.creates[0].fault == name


async def test_who_has_no_token_and_what_does_not_exist(fake: FakeReplicate, client: AsyncReplicate) -> None:
    async with client_of(fake, bearer_token="r8_wrong") as stranger:
        with pytest.raises(replicate.AuthenticationError, match="You did not pass a valid authentication token"):
            await stranger.account.get()
    with pytest.raises(replicate.NotFoundError) as missing:
        await client.predictions.get(prediction_id="nothing")
    assert missing.value.body == {"detail": "The requested resource could not be found.", "status": 404}
    assert (await client.account.get()).type == "organization"


def _wrong(field: str, type: str, description: str) -> dict[str, str]:
    return {"type": type, "field": field, "description": description}


ADDITIONAL = "additional_property_not_allowed"
INPUTS: dict[str, tuple[str, dict[str, Any], list[dict[str, str]]]] = {
    "nothing": (SCHNELL, {}, [_wrong("input", "required", "prompt is required")]),
    "two things": (
        SCHNELL,
        {"num_inference_steps": 28},
        [
            _wrong("input", "required", "prompt is required"),
            _wrong("input.num_inference_steps", "number_lte", "Must be less than or equal to 4"),
        ],
    ),
    "webp of kontext": (
        "black-forest-labs/flux-kontext-pro",
        {"prompt": "a", "output_format": "webp"},
        [_wrong("input.output_format", "enum", 'output_format must be one of the following: "jpg", "png"')],
    ),
    "imagen has no 4:5": (
        "google/imagen-4-fast",
        {"prompt": "a", "aspect_ratio": "4:5"},
        [_wrong("input.aspect_ratio", "enum", 'aspect_ratio must be one of the following: "1:1", "9:16", "16:9", "3:4", "4:3"')],
    ),
    "imagen has no seed": (
        "google/imagen-4-fast",
        {"prompt": "a", "seed": 1},
        [_wrong("input", ADDITIONAL, "Additional property seed is not allowed")],
    ),
    "schnell has no width": (
        SCHNELL,
        {"prompt": "a", "width": 512},
        [_wrong("input", ADDITIONAL, "Additional property width is not allowed")],
    ),
    "null is no seed": (
        SCHNELL,
        {"prompt": "a", "seed": None},
        [_wrong("input.seed", "invalid_type", "Invalid type. Expected: integer, given: null")],
    ),
    "true is no number": (
        "qwen/qwen-image",
        {"prompt": "a", "guidance": True},
        [_wrong("input.guidance", "invalid_type", "Invalid type. Expected: number, given: boolean")],
    ),
    "too narrow": (
        "black-forest-labs/flux-1.1-pro",
        {"prompt": "a", "width": 128},
        [_wrong("input.width", "number_gte", "Must be greater than or equal to 256")],
    ),
}


@pytest.mark.parametrize(("model", "given", "wrong"), INPUTS.values(), ids=INPUTS)
async def test_inputs_that_a_model_does_not_take(
    client: AsyncReplicate, model: str, given: dict[str, Any], wrong: list[dict[str, str]]
) -> None:
    with pytest.raises(replicate.UnprocessableEntityError) as refused:
        await client.predictions.create(version=model, input=given)
    lines = "".join(f"- {one['field']}: {one['description']}\n" for one in wrong)
    assert refused.value.body == {
        "detail": lines,
        "status": 422,
        "title": "Input validation failed",
        "invalid_fields": wrong,
    }


async def test_keys_of_the_body(fake: FakeReplicate, plain: httpx.AsyncClient) -> None:
    answer = await post(plain, fake, {"model": SCHNELL, "input": {"prompt": "a"}})
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": "- version is required\n- Additional property model is not allowed\n",
        "status": 422,
        "title": "Input validation failed",
        "invalid_fields": [
            _wrong("", "required", "version is required"),
            _wrong("", ADDITIONAL, "Additional property model is not allowed"),
        ],
    }
    told = {"input": {"prompt": "a"}, "webhook": "http://example.com/", "webhook_events_filter": ["end"]}
    answer = await post(plain, fake, told, f"/models/{SCHNELL}/predictions")
    assert [one["field"] for one in answer.json()["invalid_fields"]] == ["webhook", "webhook_events_filter.0"]
    for broken in (b"", b"[]", b"{", b'{"input": NaN}', b"[" * 100_000, b"\xff"):
        assert (await post(plain, fake, broken)).status_code == 400
    assert fake.creates == []


async def test_strictness_is_a_knob(fake: FakeReplicate, client: AsyncReplicate) -> None:
    fake.knobs.strict_inputs = False
    assert (await run(client, "a", input={"width": 512})).status == "succeeded"


async def test_rate_limits(fake: FakeReplicate, client: AsyncReplicate) -> None:
    fake.knobs.creates_per_minute, fake.knobs.create_burst = 6, 1
    fake.knobs.retry_after_header = True
    await client.predictions.create(version=SCHNELL, input={"prompt": "a"})
    with pytest.raises(replicate.RateLimitError) as refused:
        await client.predictions.create(version=SCHNELL, input={"prompt": "a"})
    body: Any = refused.value.body
    assert body["retry_after"] == 10
    assert refused.value.response.headers["retry-after"] == "10"
    assert refused.value.response.headers["ratelimit-remaining"] == "0"
    assert "6 requests per minute with a burst of 1 requests while you have less than $5.0" in body["detail"]
    fake.clock.advance(10)
    await client.predictions.create(version=SCHNELL, input={"prompt": "a"})
    assert fake.spend == 2
