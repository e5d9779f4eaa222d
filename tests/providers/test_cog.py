"""The Cog provider against a real Cog server with a model of a few lines, and against servers that misbehave.

Needs the package `cog`; without it these tests are skipped, unless PLACEHOLDER_REQUIRE_COG=1 demands them.
"""

import asyncio
import base64
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from placeholder.jobs.ports import NotStarted, Order, Prediction, Trouble
from placeholder.providers.cog import CogProvider
from placeholder.providers.cog_words import MAX_PICTURE, declared_inputs, picture, read_answer
from placeholder.values.size import Size

Make = Callable[..., Order]
Silent = Callable[[BaseException], None]
Listening = Callable[..., Any]
PROMPT = "a zephyr-quokka that nobody else would ask for"
PATIENCE = 20


class Server:
    """`python -m cog.server.http` with the model beside this file. It starts its worker as `python` from PATH."""

    def __init__(self, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = found.getsockname()[1]
        self.url, self._home = f"http://127.0.0.1:{self.port}", home
        shutil.copy(Path(__file__).parent / "cog_model" / "predict.py", home)

    def start(self) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        model = {"PATH": path, "COG_PREDICT_TYPE_STUB": "predict.py:Predictor", "PORT": str(self.port)}
        command = [sys.executable, "-m", "cog.server.http", "--host", "127.0.0.1"]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._home, env={**os.environ, **model}, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(f"{self.url}/health-check", trust_env=False).json()["status"] == "READY":
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        pytest.fail(f"the cog server did not start:\n{(self._home / 'log').read_text()}")

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    @property
    def runs(self) -> int:
        return (self._home / "log").read_text().count('"Starting prediction"')


def required() -> None:
    if importlib.util.find_spec("cog") is None:
        if os.environ.get("PLACEHOLDER_REQUIRE_COG") == "1":
            pytest.fail("the package cog is not installed")
        pytest.skip("the package cog is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    required()
    server = Server(tmp_path_factory.mktemp("cog"))
    server.start()
    yield server
    server.kill()


@asynccontextmanager
async def painting(url: str, look_seconds: float = 5) -> AsyncIterator[CogProvider]:
    provider = CogProvider(url, look_seconds)
    try:
        yield provider
    finally:
        await provider.close()


@pytest.fixture
def ask(order: Make) -> Make:
    """Each with a name of its own."""
    count = iter(range(1, 1000))

    def make(marker: str = "", **chosen: Any) -> Order:
        plain = {"prompt": PROMPT + marker, "attempt": next(count), "job": f"job{time.time_ns():x}", "size": Size(32, 16)}
        return order(**{**plain, **chosen})

    return make


async def painted(provider: CogProvider, asked: Order) -> Prediction:
    begun = await provider.start(asked)
    assert begun.id == asked.name
    assert begun.again_s
    assert (begun.body, begun.output, begun.failure) == (None, None, None)
    return await provider.look(asked, begun.id)


def opened(done: Prediction, kind: str = "PNG") -> Image.Image:
    assert done.body, done.failure
    return Image.open(BytesIO(done.body), formats=(kind,))


async def test_an_order_is_painted(server: Server, ask: Make) -> None:
    async with painting(server.url) as provider:
        first, again, other = ask(), ask(), ask(seed=43)
        done = await painted(provider, first)
        assert opened(done).size == (32, 16)
        assert (await painted(provider, again)).body == done.body
        assert (await painted(provider, other)).body != done.body


@pytest.mark.parametrize(
    ("marker", "kind", "failure"),
    [
        ("[[jpeg]]", "JPEG", None),
        ("[[webp]]", "WEBP", None),
        ("[[text]]", "", "bad_output"),
        ("[[nothing]]", "", "generation_failed"),
        ("[[fail]]", "", "generation_failed"),
    ],
)
async def test_ends(server: Server, ask: Make, marker: str, kind: str, failure: str | None) -> None:
    async with painting(server.url) as provider:
        done = await painted(provider, ask(marker))
        assert (done.failure, done.is_worth_another) == (failure, False)
        assert "quokka" not in repr(done)
        assert failure or opened(done, kind).size == (32, 16)


async def test_a_look_waits_no_longer_than_it_should(server: Server, ask: Make) -> None:
    async with painting(server.url, 0.1) as provider:
        asked = ask("[[sleep:0.6]]")
        running = await painted(provider, asked)
        assert running == Prediction(asked.name, again_s=0.2)
        assert await provider.find(asked) == running
    async with painting(server.url) as provider:
        assert (await provider.look(asked, asked.name)).body


async def test_another_process_finds_what_runs(server: Server, ask: Make) -> None:
    """It asks again under the same name: one run, until that has ended."""
    asked = ask("[[sleep:0.5]]")
    async with painting(server.url) as first, painting(server.url) as second:
        runs = server.runs
        await first.start(asked)
        await asyncio.sleep(0.1)
        found = await second.find(asked)
        assert found
        look = asyncio.create_task(second.look(asked, found.id))
        await asyncio.sleep(0.2)
        assert server.runs == runs + 1
        assert (await look).body
        assert (await first.look(asked, asked.name)).body


async def test_more_than_there_is_room_for(server: Server, ask: Make) -> None:
    """The server refuses what it has no slot for; each waits its turn."""
    async with painting(server.url) as provider:
        orders = [ask("[[sleep:0.05]]") for _ in range(6)]
        assert all(done.body for done in await asyncio.gather(*(painted(provider, asked) for asked in orders)))


async def test_a_deadline(server: Server, ask: Make) -> None:
    async with painting(server.url) as provider:
        asked = ask("[[sleep:0.5]]", seconds=0.2)
        assert await painted(provider, asked) == Prediction(asked.name, failure="timeout")


async def test_cancel(server: Server, ask: Make) -> None:
    async with painting(server.url) as provider:
        asked = ask("[[sleep:0.5]]")
        await provider.start(asked)
        await asyncio.sleep(0.1)
        await provider.cancel(asked.name)
        await provider.cancel(asked.name)
        await provider.cancel("no such/name")


async def test_a_server_that_goes_away_and_comes_back(tmp_path: Path, ask: Make, assert_silent: Silent) -> None:
    required()
    server = Server(tmp_path)
    await asyncio.to_thread(server.start)
    try:
        async with painting(server.url) as provider:
            asked = ask("[[sleep:1]]")
            await provider.start(asked)
            await asyncio.sleep(0.2)
            await asyncio.to_thread(server.kill)
            with pytest.raises(Trouble) as caught:
                await provider.look(asked, asked.name)
            assert_silent(caught.value)
            with pytest.raises(Trouble):
                await provider.look(asked, asked.name)
            with pytest.raises(NotStarted) as refused:
                await provider.start(ask())
            assert_silent(refused.value)
            with pytest.raises(Trouble):
                await provider.cancel(asked.name)
            await asyncio.to_thread(server.start)
            assert (await provider.look(asked, asked.name)).body
    finally:
        server.kill()


async def test_what_nobody_looks_at_is_not_kept_for_ever(listening: Listening, ask: Make) -> None:
    async with acting(listening, GOOD) as (url, told), painting(url) as provider:
        orders = [ask() for _ in range(30)]
        for asked in orders:
            await provider.start(asked)
            await provider.start(asked)
        assert all([(await provider.look(asked, asked.name)).output for asked in orders])
        assert 30 <= len(told) <= 60
        assert not provider._tasks


async def test_closing_leaves_nothing_behind(server: Server, ask: Make) -> None:
    provider = CogProvider(server.url)
    await provider.start(ask("[[sleep:0.3]]"))
    await provider.close()
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("cog ")] == []


# ---------------------------------------------------------------- servers that misbehave


@asynccontextmanager
async def acting(listening: Listening, *answers: bytes, schema: object = None) -> AsyncIterator[tuple[str, list[Any]]]:
    """A server that answers PUTs one after the other, the last answer for ever; with what it was told."""
    told: list[Any] = []

    def framed(body: bytes, status: int = 200) -> bytes:
        return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"PUT"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                told.append((head, json.loads(await reader.readexactly(length))))
                sent = answers[min(len(told), len(answers)) - 1]
                status, _, body = sent.partition(b" ")
                if status == b"cut":
                    return
                writer.write(framed(body, int(status)))
            else:
                is_schema = b"/openapi.json" in head and schema is not None
                writer.write(framed(json.dumps(schema).encode()) if is_schema else framed(b"{}", 404))
            await writer.drain()

    async with listening(server) as port:
        yield f"http://127.0.0.1:{port}", told


GOOD = b'200 {"status":"succeeded","output":"http://127.0.0.1:9911/a.png"}'


async def test_only_declared_inputs_are_sent(listening: Listening, ask: Make) -> None:
    schema = {"components": {"schemas": {"Input": {"properties": {"prompt": {}, "seed": {}, "steps": {}}}}}}
    async with acting(listening, GOOD, schema=schema) as (url, told), painting(url) as provider:
        asked = ask()
        assert await painted(provider, asked) == Prediction(asked.name, output="http://127.0.0.1:9911/a.png")
        [(head, body)] = told
        assert head.startswith(f"PUT /predictions/{asked.name} HTTP".encode())
        assert body == {"id": asked.name, "input": {"prompt": PROMPT, "seed": 42}}
    async with acting(listening, GOOD) as (url, told), painting(url) as provider:
        await painted(provider, ask())
        assert told[0][1]["input"] == {"prompt": PROMPT, "width": 32, "height": 16, "seed": 42}


async def test_it_waits_for_room(listening: Listening, ask: Make) -> None:
    async with (
        acting(listening, b"409 {}", b"503 {}", b'202 {"status":"processing"}', GOOD) as (url, told),
        painting(url) as provider,
    ):
        assert (await painted(provider, ask())).output
        assert len(told) == 4


@pytest.mark.parametrize("answer", [b"cut", b"409 {}", b"503 {}"])
async def test_no_end(listening: Listening, ask: Make, assert_silent: Silent, answer: bytes) -> None:
    async with acting(listening, answer) as (url, _), painting(url) as provider:
        asked = ask(seconds=0.2)
        if answer != b"cut":
            assert (await painted(provider, asked)).failure == "timeout"
            return
        with pytest.raises(Trouble) as caught:
            await painted(provider, asked)
        assert_silent(caught.value)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"200 nonsense", "generation_failed"),
        (b"200 []", "generation_failed"),
        (b'200 {"status":"failed","error":"quokka"}', "generation_failed"),
        (b'200 {"status":"canceled"}', "timeout"),
        (b'200 {"status":["succeeded"]}', "generation_failed"),
        (b'200 {"status":"succeeded","output":"file:///etc/passwd"}', "bad_output"),
        (b'422 {"detail":"quokka"}', "invalid"),
        (b"500 quokka", "generation_failed"),
        (b"302 x", "generation_failed"),
        (b"200 " + b" " * 37_000_000, "generation_failed"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_answers(listening: Listening, ask: Make, answer: bytes, failure: str) -> None:
    async with acting(listening, answer) as (url, _), painting(url) as provider:
        asked = ask()
        assert await painted(provider, asked) == Prediction(asked.name, failure=failure)


@pytest.mark.parametrize("status", ["SETUP_FAILED", "DEFUNCT"])
async def test_a_server_that_cannot(listening: Listening, ask: Make, status: str) -> None:
    async def sick(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"status": status}).encode()
        writer.write(b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    async with listening(sick) as port, painting(f"http://127.0.0.1:{port}") as provider:
        with pytest.raises(NotStarted):
            await provider.start(ask())


# ---------------------------------------------------------------- words


def data(body: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/webp"])
def test_pictures_in_urls(kind: str) -> None:
    assert picture(data(b"\x89PNG", kind)) == b"\x89PNG"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data:,x",
        "data:image/png,x",
        "data:image/png;base64,",
        "data:image/png;base64,AAA",
        "data:image/png;base64,AA A",
        "data:image/png;base64,AAAA\n",
        "data:image/png;base64,%41AAA",
        "data:image/png;base64,AA-_",
        "data:image/png;charset=x;base64,AAAA",
        "DATA:image/png;base64,AAAA",
        data(b"x", "image/svg+xml"),
        data(b"x", "text/html"),
        data(b"x", "image/gif"),
        data(b"x", "application/octet-stream"),
        "data:image/png;base64," + "é" * 8,
    ],
)
def test_urls_that_hold_no_picture(url: str) -> None:
    assert picture(url) is None


def test_how_large_a_picture_may_be() -> None:
    assert picture(data(b"x" * MAX_PICTURE))
    assert picture(data(b"x" * (MAX_PICTURE + 1))) is None
    assert picture(data(b"x" * (MAX_PICTURE + 100))) is None


@pytest.mark.parametrize(
    "schema", [None, [], {}, {"components": None}, {"components": {"schemas": {"Input": {"properties": []}}}}, "x"]
)
def test_schemas_that_declare_nothing(schema: object) -> None:
    assert declared_inputs(schema) == frozenset()


def test_the_first_of_several_counts() -> None:
    both = {"status": "succeeded", "output": [data(b"a"), data(b"b")]}
    assert read_answer("x", 200, both) == Prediction("x", body=b"a")
    assert read_answer("x", 200, {"status": "succeeded", "output": None}).failure == "generation_failed"


def test_names_differ_by_attempt(order: Make) -> None:
    assert replace(order(), attempt=2).name != order().name
