"""The Replicate provider against the fake: each answer's meaning, one POST at most, and what is found again."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from fakes.replicate import FakeReplicate, Latency

from placeholder.jobs.ports import NotStarted, Order, Prediction, Rejected, Trouble, Unsure
from placeholder.providers.replicate import ReplicateProvider
from placeholder.providers.webhook import hook_url, verify

Make = Callable[..., Order]
Silent = Callable[[BaseException], None]
Listening = Callable[..., Any]
PROMPT = "a zephyr-quokka that nobody else would ask for"
FAST = Latency(0.02, 0.05)
SLOW = Latency(30, 30)


@asynccontextmanager
async def painting(seconds: float = 2.0, **knobs: Any) -> AsyncIterator[tuple[FakeReplicate, ReplicateProvider]]:
    async with FakeReplicate(seed=7, **{"latency": FAST, **knobs}) as fake:
        provider = ReplicateProvider(fake.token, fake.base_url, time.time, seconds)
        try:
            yield fake, provider
        finally:
            await provider.close()


@pytest.fixture
def ask(order: Make) -> Make:
    def make(marker: str = "", attempt: int = 1, **chosen: Any) -> Order:
        hook = hook_url("http://127.0.0.1:9", b"key", "abcdefghijklmnop", 1, attempt)
        plain = {"prompt": PROMPT + marker, "webhook": hook, "sent_at": time.time(), "attempt": attempt}
        return order(**{**plain, **chosen})

    return make


async def ended(provider: ReplicateProvider, asked: Order, id: str) -> Prediction:
    for _ in range(200):
        found = await provider.look(asked, id)
        if found.output or found.failure:
            return found
        await asyncio.sleep(0.02)
    pytest.fail("it does not end")


async def test_an_order_is_sent_and_painted(ask: Make) -> None:
    async with painting() as (fake, provider):
        asked = ask(seconds=61.2)
        begun = await provider.start(asked)
        assert begun == Prediction(begun.id)
        done = await ended(provider, asked, begun.id)
        assert done.output
        assert done.output.startswith(fake.files_origin)
        [create] = fake.creates
        assert create.input == {
            "prompt": PROMPT,
            "aspect_ratio": "4:3",
            "megapixels": "0.25",
            "seed": 42,
            "output_format": "jpg",
            "output_quality": 95,
            "num_outputs": 1,
        }
        assert create.webhook == asked.webhook
        made = fake.predictions[begun.id]
        assert made.events == ("start", "completed")
        assert made.deadline is not None
        assert (made.deadline - made.created) / 1e9 == 62
        assert fake.spend == 1


@pytest.mark.parametrize("model", ["flux-dev", "flux-1.1-pro", "sdxl", "imagen-4-fast", "qwen-image"])
async def test_every_model_that_the_fake_knows_takes_its_inputs(ask: Make, model: str) -> None:
    from placeholder.providers.models import find_model

    found = find_model(model, frozenset())
    assert found
    async with painting() as (_, provider):
        asked = ask(model=found.name, is_exact=True)
        begun = await provider.start(asked)
        assert (await ended(provider, asked, begun.id)).output
        assert await provider.find(asked)


async def test_no_webhook_is_asked_for_where_there_is_none(ask: Make) -> None:
    async with painting() as (fake, provider):
        await provider.start(ask(webhook=None, seconds=1))
        assert fake.creates[0].webhook is None
        assert next(iter(fake.predictions.values())).events is None


DEFINITE: list[tuple[str, type[Exception], dict[str, Any]]] = [
    ("429", NotStarted, {"wait": 1.0, "is_closed": False}),
    ("401", NotStarted, {"wait": None, "is_closed": True}),
    ("402", NotStarted, {"wait": None, "is_closed": True}),
    ("422", Rejected, {"code": "invalid"}),
]
UNSURE = [("drop", 1), ("502", 1), ("hang", 1), ("500-after", 1), ("500", 0), ("reset", 0)]


@pytest.mark.parametrize(("fault", "kind", "told"), DEFINITE)
async def test_a_definite_no(ask: Make, assert_silent: Silent, fault: str, kind: type[Exception], told: dict[str, Any]) -> None:
    async with painting() as (fake, provider):
        with pytest.raises(kind) as caught:
            await provider.start(ask(f"[[create:{fault}]]"))
        assert {name: getattr(caught.value, name) for name in told} == told
        assert_silent(caught.value)
        assert len(fake.creates) == 1
        assert fake.spend == 0
        assert await provider.find(ask()) is None


@pytest.mark.parametrize(("fault", "spend"), UNSURE)
async def test_no_certainty(ask: Make, assert_silent: Silent, fault: str, spend: int) -> None:
    """One POST, never a second; what came of it is found."""
    async with painting(seconds=0.5, hang_seconds=1) as (fake, provider):
        asked = ask(f"[[create:{fault}]]")
        with pytest.raises(Unsure) as caught:
            await provider.start(asked)
        assert_silent(caught.value)
        assert len(fake.creates) == 1
        assert fake.spend == spend
        found = await provider.find(asked)
        assert (found.id if found else None) == next(iter(fake.predictions), None)


async def test_nobody_listens(ask: Make, assert_silent: Silent) -> None:
    async with painting() as (fake, provider):
        await asyncio.to_thread(fake.refuse)
        with pytest.raises(NotStarted) as caught:
            await provider.start(ask())
        assert not caught.value.is_closed
        assert_silent(caught.value)
        for call in (provider.look(ask(), "abc"), provider.find(ask()), provider.cancel("abc")):
            with pytest.raises(Trouble) as trouble:
                await call
            assert_silent(trouble.value)


async def test_the_network_is_torn(ask: Make, assert_silent: Silent) -> None:
    async with painting() as (fake, provider):
        begun = await provider.start(ask())
        await asyncio.to_thread(fake.network, False)
        with pytest.raises(Unsure) as caught:
            await provider.start(ask())
        assert_silent(caught.value)
        with pytest.raises(Trouble):
            await provider.look(ask(), begun.id)


@pytest.mark.parametrize(
    "chosen", [{"model": "no-such/model"}, {"model": "black-forest-labs/flux-kontext-pro"}, {"prompt": "quokka \ud800"}]
)
async def test_what_cannot_be_sent_is_not(ask: Make, assert_silent: Silent, chosen: dict[str, Any]) -> None:
    async with painting() as (fake, provider):
        with pytest.raises(Rejected) as caught:
            await provider.start(ask(**chosen))
        assert_silent(caught.value)
        assert not fake.creates


ANSWERS = [
    (b"HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\n[1]", Unsure),
    (b"HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\nnull", Unsure),
    (b"HTTP/1.1 503 X\r\nRetry-After: 999999999\r\nContent-Length: 0\r\n\r\n", Unsure),
    (b"HTTP/1.1 200 X\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", Unsure),
    (b"HTTP/1.1 201 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", Unsure),
    (b"HTTP/1.1 201 X\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n\xff", Unsure),
    (b"HTTP/1.1 201 X\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{}", Unsure),
    (b"HTTP/1.1 204 X\r\n\r\n", Unsure),
    (b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", Unsure),
    (b"HTTP/1.1 100 Continue\r\n\r\n", Unsure),
    (b"HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", Unsure),
    (b"garbage\r\n\r\n", Unsure),
    (b"", Unsure),
    (b"HTTP/1.1 429 X\r\nRetry-After: 999999999\r\nContent-Length: 0\r\n\r\n", NotStarted),
    (b"HTTP/1.1 429 X\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n", NotStarted),
    (b"HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n", NotStarted),
    (b"HTTP/1.1 404 X\r\nContent-Length: 3\r\n\r\n[1]", Rejected),
]


@pytest.mark.parametrize(
    ("answer", "kind"), ANSWERS, ids=lambda value: value[9:40] if isinstance(value, bytes) else value.__name__
)
async def test_every_answer_has_a_meaning(
    ask: Make, assert_silent: Silent, listening: Listening, answer: bytes, kind: type[Exception]
) -> None:
    """Whatever comes back, it comes back as one of three, and the request was sent once."""
    posts = 0

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal posts
        await reader.readuntil(b"\r\n\r\n")
        posts += 1
        writer.write(answer)
        await writer.drain()

    async with listening(server) as port:
        provider = ReplicateProvider("r8_token", f"http://127.0.0.1:{port}/v1", time.time, 2)
        with pytest.raises(kind) as caught:
            await provider.start(ask())
        assert type(caught.value) is kind
        assert_silent(caught.value)
        assert posts == 1
        await provider.close()


async def test_errors_are_codes(ask: Make) -> None:
    async with painting() as (_, provider):
        for marker, code, again in (
            ("[[fail:nsfw]]", "blocked", False),
            ("[[fail:E005-model]]", "blocked", False),
            ("[[fail:PA]]", "generation_failed", True),
            ("[[fail:E1001]]", "generation_failed", False),
            ("[[fail:prompt]]", "generation_failed", False),
            ("[[null]]", "generation_failed", True),
        ):
            asked = ask(marker)
            begun = await provider.start(asked)
            done = await ended(provider, asked, begun.id)
            assert (done.failure, done.is_worth_another) == (code, again), marker
            assert "quokka" not in repr(done)


async def test_cancel(ask: Make) -> None:
    async with painting(latency=SLOW) as (fake, provider):
        asked = ask()
        begun = await provider.start(asked)
        await provider.cancel(begun.id)
        assert fake.status(begun.id) in ("canceled", "aborted")
        assert (await provider.look(asked, begun.id)).failure == "timeout"
        await provider.cancel(begun.id)
        await provider.cancel("0" * 26)


@pytest.mark.parametrize("id", ["", "../account", "a/cancel", "A", "a" * 65, "a?b"])
async def test_a_name_that_is_none_goes_nowhere(ask: Make, id: str) -> None:
    async with painting() as (_, provider):
        with pytest.raises(Trouble):
            await provider.look(ask(), id)
        with pytest.raises(Trouble):
            await provider.cancel(id)


async def test_the_deadline_ends_it(ask: Make) -> None:
    async with painting(latency=SLOW) as (fake, provider):
        asked = ask(seconds=5)
        begun = await provider.start(asked)
        fake.clock.advance(6)
        assert await ended(provider, asked, begun.id) == Prediction(begun.id, failure="timeout")


async def test_what_was_wiped_is_lost(ask: Make) -> None:
    async with painting() as (fake, provider):
        asked = ask()
        begun = await provider.start(asked)
        await ended(provider, asked, begun.id)
        fake.clock.advance(3700)
        assert await provider.look(asked, begun.id) == Prediction(begun.id, failure="output_lost")


# ---------------------------------------------------------------- found again


@pytest.mark.parametrize("lists_webhooks", [True, False])
@pytest.mark.parametrize("has_webhook", [True, False])
async def test_among_others_the_right_one_is_found(ask: Make, lists_webhooks: bool, has_webhook: bool) -> None:
    """Other attempts at the same job, other jobs with the same prompt, over several pages."""
    async with painting(list_items_carry_webhook=lists_webhooks, page_size=3, latency=SLOW) as (fake, provider):

        def one(attempt: int, **chosen: Any) -> Order:
            return ask(attempt=attempt, **({} if has_webhook else {"webhook": None}), **chosen)

        orders = [one(1, seed=1), one(2, seed=2), *(one(attempt, seed=attempt, prompt="other") for attempt in range(3, 9))]
        begun = {asked.name: await provider.start(asked) for asked in orders}
        for asked in orders:
            found = await provider.find(asked)
            assert found == begun[asked.name]
        assert await provider.find(one(9, seed=9)) is None
        assert fake.spend == len(fake.creates) == len(orders)


@pytest.mark.parametrize("lists_webhooks", [True, False])
async def test_an_earlier_attempt_is_another(ask: Make, lists_webhooks: bool) -> None:
    """Same prompt, same seed: the webhook tells them apart."""
    async with painting(list_items_carry_webhook=lists_webhooks) as (_, provider):
        first, second = ask(attempt=1), ask(attempt=2)
        begun = await provider.start(first)
        assert await provider.find(second) is None
        found = await provider.find(first)
        assert found
        assert found.id == begun.id


async def test_older_ones_are_never_taken_for_it(ask: Make) -> None:
    async with painting() as (fake, provider):
        await provider.start(ask(webhook=None))
        fake.clock.advance(120)
        assert await provider.find(ask(webhook=None, sent_at=fake.clock.now())) is None
        assert await provider.find(ask(webhook=None, sent_at=fake.clock.now() - 30)) is None


async def test_of_two_one_is_kept(ask: Make) -> None:
    async with painting(latency=SLOW) as (fake, provider):
        asked = ask()
        old, new = await provider.start(asked), await provider.start(asked)
        found = await provider.find(asked)
        assert found == new
        assert fake.status(old.id) in ("canceled", "aborted")
        assert fake.status(new.id) == "starting"


async def test_an_ended_one_is_found_with_its_output(ask: Make) -> None:
    async with painting() as (_, provider):
        asked = ask()
        begun = await provider.start(asked)
        done = await ended(provider, asked, begun.id)
        assert await provider.find(asked) == done


PAGES: list[tuple[str, bytes]] = [
    ("elsewhere", b'{"results":[],"next":"http://127.0.0.1:1/v1/predictions?cursor=x"}'),
    ("another scheme", b'{"results":[],"next":"https://127.0.0.1:PORT/v1/predictions?cursor=x"}'),
    ("a user", b'{"results":[],"next":"http://a:b@127.0.0.1:PORT/v1/predictions?cursor=x"}'),
    ("a path", b'{"results":[],"next":"/v1/predictions?cursor=x"}'),
    ("no text", b'{"results":[],"next":7}'),
    ("no URL", b'{"results":[],"next":"http://[::/"}'),
    ("without end", b'{"results":[],"next":"http://127.0.0.1:PORT/v1/predictions?cursor=x"}'),
    ("no results", b'{"next":null}'),
    ("results that are none", b'{"results":{},"next":null}'),
    ("items that are none", b'{"results":["x"],"next":null}'),
    ("a list", b"[]"),
    ("null", b"null"),
    ("a match that cannot be read", b'{"results":[{"webhook":"HOOK","id":"a","status":"?"}],"next":null}'),
    ("a candidate without a name", b'{"results":[{"model":"black-forest-labs/flux-schnell"}],"next":null}'),
]


@pytest.mark.parametrize("page", [page for _, page in PAGES], ids=[name for name, _ in PAGES])
async def test_a_list_that_makes_no_sense_is_trouble(ask: Make, assert_silent: Silent, listening: Listening, page: bytes) -> None:
    """Not found would be a licence to pay again."""
    asked = ask()
    told: list[bytes] = []

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            told.append(head)
            port = writer.get_extra_info("sockname")[1]
            body = page.replace(b"PORT", str(port).encode()).replace(b"HOOK", str(asked.webhook).encode())
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with listening(server) as port:
        provider = ReplicateProvider("r8_token", f"http://127.0.0.1:{port}/v1", time.time, 2)
        with pytest.raises(Trouble) as caught:
            await provider.find(asked)
        assert_silent(caught.value)
        assert all(b"bearer r8_token" in head.lower() for head in told)
        await provider.close()


async def test_the_list_is_asked_for_from_a_minute_before(ask: Make, listening: Listening) -> None:
    targets: list[bytes] = []

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        targets.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n{"results":[],"next":null}')

    async with listening(server) as port:
        provider = ReplicateProvider("r8_token", f"http://127.0.0.1:{port}/v1", time.time, 2)
        assert await provider.find(ask(sent_at=1_800_000_000.5)) is None
        assert targets == [b"/v1/predictions?created_after=2027-01-15T07%3A59%3A00.500000Z"]
        await provider.close()


# ---------------------------------------------------------------- the webhook's secret


async def test_the_secret_is_asked_for_once_and_again_after_a_minute(ask: Make) -> None:
    async with FakeReplicate(seed=7, latency=FAST) as fake:
        now = 1_000.0
        provider = ReplicateProvider(fake.token, fake.base_url, lambda: now, 2)
        first = fake.webhook_secret
        assert await asyncio.gather(*(provider.secret() for _ in range(5))) == [first] * 5
        fake.rotate_secret()
        now += 59
        assert await provider.secret(anew=True) == first
        now += 1
        assert await provider.secret() == first, "only when it is asked for anew"
        assert await provider.secret(anew=True) == fake.webhook_secret != first
        await provider.close()


async def test_a_secret_that_cannot_be_had() -> None:
    async with FakeReplicate(seed=7) as fake:
        now = 1_000.0
        provider = ReplicateProvider("r8_wrong", fake.base_url, lambda: now, 2)
        assert await provider.secret() is None
        await provider.close()
        provider = ReplicateProvider(fake.token, fake.base_url, lambda: now, 2)
        await asyncio.to_thread(fake.refuse)
        assert await provider.secret() is None
        await asyncio.to_thread(fake.accept)
        assert await provider.secret() is None
        now += 5
        secret = await provider.secret()
        assert secret == fake.webhook_secret
        await asyncio.to_thread(fake.refuse)
        now += 60
        assert await provider.secret(anew=True) == secret, "an old one is better than none"
        await provider.close()


async def test_the_fakes_webhooks_are_genuine(ask: Make, listening: Listening) -> None:
    came: list[tuple[list[tuple[bytes, bytes]], bytes]] = []

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        pairs = [(name, value.strip()) for line in head.split(b"\r\n")[1:-2] for name, _, value in [line.partition(b":")]]
        length = next(int(value) for name, value in pairs if name.lower() == b"content-length")
        came.append((pairs, await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with listening(server) as port, painting() as (fake, provider):
        await provider.start(ask(webhook=hook_url(f"http://127.0.0.1:{port}", b"key", "abcdefghijklmnop", 1, 1)))
        await fake.until(lambda: len(came) >= 2)
        secret = await provider.secret()
        assert secret
        assert all(verify(pairs, body, [secret], time.time()) for pairs, body in came)
        assert not any(verify(pairs, body + b" ", [secret], time.time()) for pairs, body in came)


# ---------------------------------------------------------------- what must never be


async def test_the_prompt_is_in_no_log(ask: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with painting() as (_, provider):
        asked = ask()
        await provider.start(asked)
        await provider.find(asked)
        with pytest.raises(Unsure):
            await provider.start(ask("[[create:drop]]"))
    assert "quokka" not in caplog.text


async def test_nothing_of_it_is_in_an_orders_repr(ask: Make) -> None:
    assert "quokka" not in repr(ask())


async def test_the_environment_chooses_no_proxy(ask: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the token's sake."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with painting() as (_, provider):
        assert await provider.start(ask())


async def test_an_impatient_caller_is_let_go(ask: Make) -> None:
    async with painting(seconds=30, hang_seconds=0.5) as (fake, provider):
        task = asyncio.create_task(provider.start(ask("[[create:hang]]")))
        await fake.until(lambda: fake.creates)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_the_client_is_loaded_on_use() -> None:
    code = "import sys, placeholder.providers.replicate; sys.exit('replicate' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0


async def test_equal_orders_are_told_apart_by_attempt(ask: Make) -> None:
    asked = ask()
    assert replace(asked, attempt=2).name != asked.name
