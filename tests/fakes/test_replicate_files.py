"""The fake's file host: files that are not what they should be, and tokens that it must not see."""

import asyncio
import io

import httpx
import pytest
from fakes.asking import QUICK, SCHNELL, client_of, run
from fakes.replicate import FakeReplicate, files
from PIL import Image
from replicate import AsyncReplicate


async def fetched(plain: httpx.AsyncClient, client: AsyncReplicate, fault: str) -> httpx.Response:
    done = await run(client, f"[[file:{fault}]]", input={"megapixels": "0.25", "output_format": "png"})
    return await plain.get(done.output[0])


def opened(answer: httpx.Response) -> Image.Image:
    picture = Image.open(io.BytesIO(answer.content))
    picture.load()
    return picture


async def test_files_that_are_not_what_they_should_be(client: AsyncReplicate, plain: httpx.AsyncClient) -> None:
    truncated = await fetched(plain, client, "truncated")
    assert truncated.status_code == 200
    with pytest.raises(OSError, match="truncated"):
        opened(truncated)
    html = await fetched(plain, client, "html")
    assert (html.status_code, html.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"<script>" in html.content
    mistyped = await fetched(plain, client, "type")
    assert mistyped.headers["content-type"].startswith("text/plain")
    assert opened(mistyped).size == (512, 512)
    redirect = await fetched(plain, client, "redirect")
    assert (redirect.status_code, redirect.headers["location"]) == (302, files.REDIRECT_TO)
    assert (await fetched(plain, client, "404")).status_code == 404
    huge = await fetched(plain, client, "huge")
    assert len(huge.content) == int(huge.headers["content-length"]) == files.HUGE
    bomb = await fetched(plain, client, "bomb")
    assert len(bomb.content) < 100_000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(bomb.content))


async def test_files_that_come_badly(fake: FakeReplicate, client: AsyncReplicate, plain: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await fetched(plain, client, "cut")
    done = await run(client, "[[file:5xx*2]]")
    assert [(await plain.get(done.output[0])).status_code for _ in range(3)] == [503, 503, 200]
    assert (await fetched(plain, client, "5xx")).status_code == 503
    done = await run(client, "[[file:drip]]")
    fake.knobs.drip_seconds = 0.1
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(plain.get(done.output[0]), 0.4)
    done = await run(client, "[[file:foreign]]")
    assert done.output[0].startswith("https://replicate.delivery.example/")


async def test_the_file_host_tells_who_showed_it_a_token(client: AsyncReplicate, plain: httpx.AsyncClient) -> None:
    async with FakeReplicate(latency=QUICK) as strict:
        async with client_of(strict) as its:
            done = await run(its, "a")
        await plain.get(done.output[0])
        assert strict.seen_authorization_on_files == []
        await plain.get(done.output[0], headers={"authorization": f"Bearer {strict.token}"})
        [seen] = strict.seen_authorization_on_files
        assert seen.startswith("GET /xezq/")
        with pytest.raises(AssertionError, match="Authorization"):
            strict.__exit__(None, None, None)
        strict.seen_authorization_on_files.clear()


async def test_a_file_is_there_when_the_prediction_has_ended(fake: FakeReplicate, client: AsyncReplicate) -> None:
    made = await client.predictions.create(version=SCHNELL, input={"prompt": "[[slow:60]]"})
    [artifact] = fake.predictions[made.id].artifacts
    async with httpx.AsyncClient(base_url=fake.files_origin) as host:
        assert (await host.get(artifact.path)).status_code == 404
        fake.clock.advance(61)
        assert (await host.get(artifact.path)).status_code == 200


async def test_outputs_may_name_the_real_host(plain: httpx.AsyncClient) -> None:
    async with FakeReplicate(latency=QUICK, delivery="https://replicate.delivery") as fake, client_of(fake) as client:
        [url] = (await run(client, "a")).output
        assert url.startswith("https://replicate.delivery/xezq/")
        answer = await plain.get(fake.files_origin + url.removeprefix("https://replicate.delivery"))
        assert answer.headers["content-type"] == "image/webp"
