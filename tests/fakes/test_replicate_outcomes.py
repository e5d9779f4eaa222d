"""What a prompt's markers bring about: at the create, and at the end; what the models draw; the dice."""

import asyncio
import io
import json
from collections import Counter
from itertools import count
from typing import Any

import httpx
import pytest
import replicate
from fakes.asking import QUICK, SCHNELL, SDXL_VERSION, client_of, post, run
from fakes.replicate import ERRORS, FakeReplicate, Faults, create, files, hooks, markers
from fakes.replicate.faults import plan
from PIL import Image
from replicate import AsyncReplicate

# ---------------------------------------------------------------- what becomes of a create


async def test_the_client_pays_three_times_if_it_retries(fake: FakeReplicate) -> None:
    """Why `spend` is counted: the official client sends a create again by itself."""
    async with client_of(fake, max_retries=2) as client:
        client._calculate_retry_timeout = lambda *_: 0.0  # type: ignore[method-assign]
        with pytest.raises(replicate.InternalServerError):
            await client.predictions.create(version=SCHNELL, input={"prompt": "[[create:502]]"})
    assert (fake.spend, len(fake.creates)) == (3, 3)


AMBIGUOUS = {"drop": 1, "502": 1, "hang": 1, "500-after": 1, "500": 0, "reset": 0}


@pytest.mark.parametrize("fault", AMBIGUOUS)
async def test_creates_that_end_badly(fake: FakeReplicate, fault: str) -> None:
    async with client_of(fake, timeout=0.4) as client:
        with pytest.raises(replicate.APIError) as failed:
            await client.predictions.create(version=SCHNELL, input={"prompt": f"[[create:{fault}]]"})
        answered = fault in ("502", "500", "500-after")
        assert isinstance(failed.value, replicate.InternalServerError if answered else replicate.APIConnectionError)
        assert isinstance(failed.value, replicate.APITimeoutError) == (fault == "hang")
        assert fake.spend == AMBIGUOUS[fault]
        assert [one.id async for one in client.predictions.list()] == list(fake.predictions)
    assert [(one.fault, one.prediction_id is not None) for one in fake.creates] == [(fault, fake.spend == 1)]


async def test_a_drop_and_a_reset_look_different(fake: FakeReplicate, plain: httpx.AsyncClient) -> None:
    for fault, kind in (("drop", httpx.RemoteProtocolError), ("reset", httpx.ReadError)):
        with pytest.raises(kind):
            await post(plain, fake, {"version": SCHNELL, "input": {"prompt": f"[[create:{fault}]]"}})


async def test_a_hang_ends(fake: FakeReplicate, client: AsyncReplicate) -> None:
    fake.knobs.hang_seconds = 0.1
    assert (await run(client, "[[create:hang]]")).status == "succeeded"


async def test_only_the_first_times(fake: FakeReplicate, client: AsyncReplicate) -> None:
    for prompt in ("a [[create:drop*1]]", "b [[create:drop*1]]"):
        with pytest.raises(replicate.APIConnectionError):
            await run(client, prompt)
        assert (await run(client, prompt)).status == "succeeded"
    assert [(await run(client, "[[fail:PA*2]]")).status for _ in range(3)] == ["failed", "failed", "succeeded"]


async def test_a_marker_that_does_not_exist_is_told(client: AsyncReplicate) -> None:
    with pytest.raises(replicate.BadRequestError, match="knows no marker"):
        await client.predictions.create(version=SCHNELL, input={"prompt": "[[fail:typo]]"})
    assert (await run(client, "just [[brackets]] and [[more:of]] them")).status == "succeeded"


def test_markers_name_what_there_is() -> None:
    tables: dict[str, Any] = {"fail": ERRORS, "create": create.FAULTS, "hook": hooks.FAULTS, "file": files.FAULTS}
    for kind, table in tables.items():
        assert markers.VALUES[kind] == table.keys()


async def test_inline_files_that_are_too_much(fake: FakeReplicate, client: AsyncReplicate) -> None:
    image = "data:image/png;base64," + "A" * (7 * 1024 * 1024)
    made = await client.predictions.create(version="black-forest-labs/flux-dev", input={"prompt": "a", "image": image})
    fake.clock.advance(60)
    assert fake.status(made.id) == "processing"
    fake.clock.advance(61)
    assert (await client.predictions.get(prediction_id=made.id)).error == ERRORS["PA"]


# ---------------------------------------------------------------- outcomes


async def test_every_error(client: AsyncReplicate) -> None:
    prompts = {name: f"a secret wish [[fail:{name}]]" for name in ERRORS}
    for (name, prompt), done in zip(
        prompts.items(), await asyncio.gather(*(run(client, prompt) for prompt in prompts.values())), strict=True
    ):
        assert (done.status, done.output) == ("failed", None)
        assert done.error == ERRORS[name].format(prompt=prompt)
        assert ("secret" in done.error) == (name == "prompt")
        assert done.error in done.logs


OUTPUTS: dict[str, tuple[str, int, Any]] = {
    "a list": ("", 2, ["out-0.webp", "out-1.webp"]),
    "null": ("[[null]]", 2, None),
    "fewer": ("[[fewer]]", 3, ["out-0.webp", "out-1.webp"]),
    "none at all": ("[[fewer]]", 1, []),
    "a string": ("[[string]]", 1, "tmp"),
}


@pytest.mark.parametrize(("marker", "number", "names"), OUTPUTS.values(), ids=OUTPUTS)
async def test_outputs(client: AsyncReplicate, marker: str, number: int, names: Any) -> None:
    done = await run(client, marker, input={"num_outputs": number})
    assert done.status == "succeeded"
    match done.output:
        case str(url):
            assert url.rpartition("/")[2].startswith(names)
        case output:
            assert (output and [url.rpartition("/")[2] for url in output]) == names


SIZES: dict[str, tuple[str, dict[str, Any], tuple[int, int], str]] = {
    "schnell": (SCHNELL, {}, (1024, 1024), "WEBP"),
    "a quarter": (SCHNELL, {"aspect_ratio": "16:9", "megapixels": "0.25", "output_format": "png"}, (672, 384), "PNG"),
    "pro, rounded": (
        "black-forest-labs/flux-1.1-pro",
        {"aspect_ratio": "custom", "width": 300, "height": 500, "output_format": "jpg"},
        (288, 512),
        "JPEG",
    ),
    "kontext": ("black-forest-labs/flux-kontext-pro", {"aspect_ratio": "9:16"}, (752, 1392), "PNG"),
    "sdxl": (SDXL_VERSION, {"width": 640, "height": 256}, (640, 256), "PNG"),
    "imagen": ("google/imagen-4-fast", {"aspect_ratio": "3:4"}, (896, 1280), "JPEG"),
    "qwen": ("qwen/qwen-image", {"image_size": "optimize_for_speed"}, (1376, 768), "WEBP"),
}


@pytest.mark.parametrize(("model", "given", "size", "kind"), SIZES.values(), ids=SIZES)
async def test_pictures_are_as_the_model_makes_them(
    client: AsyncReplicate, plain: httpx.AsyncClient, model: str, given: dict[str, Any], size: tuple[int, int], kind: str
) -> None:
    prompt = "a secret wïsh"
    done = await run(client, prompt, model, input=given)
    answer = await plain.get(done.output if isinstance(done.output, str) else done.output[0])
    picture = Image.open(io.BytesIO(answer.content))
    picture.load()
    assert (picture.size, picture.format) == (size, kind)
    assert answer.headers["content-type"] == Image.MIME[kind]
    told = picture.info["prompt"] if kind == "PNG" else picture.getexif()[0x010E]
    assert json.loads(told)["prompt"] == prompt


async def test_the_same_seed_draws_the_same_picture_unless_it_goes_fast(client: AsyncReplicate, plain: httpx.AsyncClient) -> None:
    async def drawn(**given: Any) -> bytes:
        done = await run(client, "a", input={"megapixels": "0.25", **given})
        return (await plain.get(done.output[0])).content

    first = await drawn(seed=1, go_fast=False)
    assert await drawn(seed=1, go_fast=False) == first
    assert len({first, await drawn(seed=2, go_fast=False), await drawn(seed=1), await drawn(seed=1)}) == 4


# ---------------------------------------------------------------- the dice


def thrown(seed: int, number: int) -> list[tuple[Any, ...]]:
    """What a storm does to the first creates of a run."""

    plans = (plan(Faults.storm(), seed, ordinal, {}, QUICK) for ordinal in range(1, number + 1))
    return [(one.create, one.fail, one.hook, one.file, one.file_times) for one in plans]


def test_a_storm_repeats_and_has_its_rates() -> None:
    number = 20_000
    plans = thrown(1, number)
    assert plans == thrown(1, number)
    assert plans != thrown(2, number)
    seen = [Counter(kind) for kind in zip(*plans, strict=True)]
    expected = [
        {"429": 0.04, "500": 0.02, "500-after": 0.02, "hang": 0.04},
        {"prompt": 0.03},
        {"drop": 0.2, "dup": 0.2, "reorder": 0.1},
        {"truncated": 0.03, "5xx": 0.03, "redirect": 0.01, "huge": 0.01},
    ]
    for rates, counted in zip(expected, seen, strict=False):
        assert set(counted) == {None, *rates}
        for name, rate in rates.items():
            assert counted[name] / number == pytest.approx(rate, rel=0.2)
    assert all((times == 2) == (file == "5xx") for *_, file, times in plans)


async def test_a_run_repeats() -> None:
    async def creates() -> list[tuple[str | None, str | None, str | None]]:
        storm = Faults(throttled=0.2, broken_before=0.1, broken_after=0.2, failed_with_prompt=0.3)
        async with FakeReplicate(seed=3, faults=storm) as fake, httpx.AsyncClient() as plain:
            for number in count():
                if number == 40:
                    return [(one.fault, one.plan.fail, one.prediction_id) for one in fake.creates]
                await post(plain, fake, {"version": SCHNELL, "input": {"prompt": f"{number}"}})
        return []

    first = await creates()
    assert first == await creates()
    assert {fault for fault, *_ in first} == {None, "429", "500", "500-after"}
    assert {fail for _, fail, _ in first} == {None, "prompt"}
    assert all((made is None) == (fault in ("429", "500")) for fault, _, made in first)
