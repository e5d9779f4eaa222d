"""A second opinion on prompts: what the moderation service's answers mean."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from placeholder.jobs.ports import Trouble
from placeholder.providers.moderation import OpenAIModeration

Listening = Callable[..., Any]
Silent = Callable[[BaseException], None]
PROMPT = "a zephyr-quokka that nobody else would ask for"


def answer(body: object, status: int = 200) -> bytes:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(text)) + text


def result(flagged: object, categories: object = None, scores: object = None) -> dict[str, Any]:
    return {"id": "modr-1", "results": [{"flagged": flagged, "categories": categories, "category_scores": scores}]}


async def opinion(listening: Listening, sent: bytes, seconds: float = 2, pause: float = 0) -> tuple[str | None, list[bytes]]:
    asked: list[bytes] = []

    async def server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        asked.extend((head, await reader.readexactly(length)))
        await asyncio.sleep(pause)
        writer.write(sent)
        await writer.drain()

    async with listening(server) as port:
        moderation = OpenAIModeration("sk-key", f"http://127.0.0.1:{port}/v1/", seconds)
        try:
            return await moderation.check(PROMPT), asked
        finally:
            await moderation.close()


@pytest.mark.parametrize(
    ("given", "category"),
    [
        (result(False, {"violence": False}), None),
        (result(False, {"violence": True}), None),
        (result(True, {"violence": True, "hate": False}, {"violence": 0.9}), "violence"),
        (result(True, {"violence": True, "sexual/minors": True}, {"violence": 0.2, "sexual/minors": 0.7}), "sexual/minors"),
        (result(True, {"self-harm/intent": True}), "self-harm/intent"),
        (result(True), "flagged"),
        (result(True, {"violence": 1}), "flagged"),
        (result(True, {PROMPT: True, "X\n": True}), "flagged"),
        (result(True, ["violence"], "scores"), "flagged"),
    ],
)
async def test_opinions(listening: Listening, given: dict[str, Any], category: str | None) -> None:
    found, (head, body) = await opinion(listening, answer(given))
    assert found == category
    assert head.startswith(b"POST /v1/moderations HTTP/1.1\r\n")
    assert b"authorization: bearer sk-key" in head.lower()
    assert json.loads(body) == {"model": "omni-moderation-latest", "input": PROMPT}


@pytest.mark.parametrize(
    "sent",
    [
        answer({"error": {"message": PROMPT}}, 500),
        answer({"error": {"message": PROMPT}}, 429),
        answer({"error": {"message": PROMPT}}, 401),
        answer(result(False), 302),
        answer(result(False), 201),
        answer(result("no")),
        answer(result(None)),
        answer({"results": []}),
        answer({"results": {}}),
        answer({"results": [7]}),
        answer({}),
        answer([]),
        answer(b"null"),
        answer(b"<html>"),
        answer(b"\xff"),
        answer(b"[" * 100_000),
        answer(b" " * 1_000_001),
        b"HTTP/1.1 200 X\r\nContent-Length: 99\r\n\r\n{",
        b"nonsense\r\n\r\n",
        b"",
    ],
)
async def test_everything_else_is_trouble(listening: Listening, assert_silent: Silent, sent: bytes) -> None:
    with pytest.raises(Trouble) as caught:
        await opinion(listening, sent)
    assert_silent(caught.value)


async def test_an_opinion_that_takes_too_long(listening: Listening, assert_silent: Silent) -> None:
    with pytest.raises(Trouble) as caught:
        await opinion(listening, answer(result(False)), seconds=0.1, pause=0.5)
    assert_silent(caught.value)


async def test_nobody_listens(assert_silent: Silent) -> None:
    moderation = OpenAIModeration("sk-key", "http://127.0.0.1:1", 2)
    for prompt in (PROMPT, PROMPT + "\ud800"):
        with pytest.raises(Trouble) as caught:
            await moderation.check(prompt)
        assert_silent(caught.value)
    await moderation.close()
