"""`placeholder mcp`, the real command over stdio, spoken to by the SDK's own client; and a live service behind it."""

import base64
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from fixtures.imagining import KEY
from mcp import Client
from PIL import Image

from placeholder.library import draw
from placeholder.manual.drawings import CHAPTERS
from placeholder.synth.icons import LINES
from placeholder.values.named import NAMES

Said = Callable[[Any], str]
Speaking = Callable[..., AbstractAsyncContextManager[Client]]
Serving = Callable[..., AbstractContextManager[int]]

TOOLS = {"compose_url", "draw", "list_sizes", "list_drawings", "submit_prompt", "job_status"}


async def test_it_lists_its_tools_with_what_they_take_and_give(speaking: Speaking, tmp_path: Path) -> None:
    async with speaking() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert client.server_info.name == "placeholder"
        assert "compose_url" in (client.instructions or "")
    assert set(tools) == TOOLS
    assert all(tool.description for tool in tools.values())
    assert all(tool.output_schema for name, tool in tools.items() if name != "draw")
    assert tools["compose_url"].input_schema["properties"]["drawing"]["enum"] == [chapter.name for chapter in CHAPTERS.values()]
    assert (tmp_path / "stderr").read_text() == ""
    assert list(tmp_path.iterdir()) == [tmp_path / "stderr"], "no folder of data, for it keeps nothing"


async def test_it_composes_and_draws_by_itself(speaking: Speaking, said: Said) -> None:
    async with speaking() as client:
        made = await client.call_tool("compose_url", {"drawing": "label", "size": "og", "options": {"text": "a", "bg": "fff"}})
        assert made.structured_content == {
            "url": "/og?text=a&bg=fff",
            "width": 1200,
            "height": 630,
            "media_type": "image/svg+xml",
            "html": '<img src="/og?text=a&amp;bg=fff" width="1200" height="630" alt="">',
        }
        wrong = await client.call_tool("compose_url", {"drawing": "label", "size": "og", "options": {"bg": "zzz"}})
        assert wrong.is_error
        assert "bg: expected a colour" in said(wrong)
        assert "zzz" not in said(wrong)

        drawn = await client.call_tool("draw", {"drawing": "glyph", "size": "64x48", "options": {"as": "map"}})
        (shown,) = drawn.content
        assert (shown.type, shown.mime_type) == ("image", "image/png")  # type: ignore[union-attr]
        body = base64.b64decode(shown.data)  # type: ignore[union-attr]
        assert body == draw("/glyph/64x48.png?as=map")
        assert Image.open(BytesIO(body)).size == (64, 48)
        large = await client.call_tool("draw", {"drawing": "label", "size": "1025x10"})
        assert "size: expected at most 1024 pixels" in said(large)


async def test_it_lists_what_may_be_chosen_from(speaking: Speaking) -> None:
    async with speaking() as client:
        sizes = (await client.call_tool("list_sizes", {})).structured_content
        assert {one["name"]: (one["width"], one["height"]) for one in sizes["sizes"]} == {
            name: (size.w, size.h) for name, size in NAMES.items()
        }
        banners = (await client.call_tool("list_sizes", {"containing": "Banner"})).structured_content
        assert {one["name"] for one in banners["sizes"]} == {name for name in NAMES if "banner" in name}
        listed = (await client.call_tool("list_drawings", {})).structured_content
        assert listed["formats"] == ["svg", "png", "jpg", "jpeg", "webp", "avif", "gif"]
        options = {(one["name"], option["name"]): option for one in listed["drawings"] for option in one["options"]}
        assert options["glyph", "as"]["choices"] == list(LINES)
        assert options["color", "hex"]["required"]


async def test_without_a_service_prompts_are_refused_in_words(speaking: Speaking, said: Said) -> None:
    async with speaking(PLACEHOLDER_API_KEY=KEY) as client:
        for tool, words in (("submit_prompt", {"prompt": "a fox", "w": 8, "h": 8}), ("job_status", {"job": "abcdefghijklmnop"})):
            told = await client.call_tool(tool, words)
            assert told.is_error
            assert "start this command with --url" in said(told)
            assert "fox" not in said(told)


async def test_a_prompt_becomes_a_picture_at_a_live_service(speaking: Speaking, said: Said, serving: Serving) -> None:
    with serving(PLACEHOLDER_API_KEY=KEY, PLACEHOLDER_SKETCH_DELAY_S="0.3") as port:
        base = f"http://127.0.0.1:{port}"
        async with speaking("--url", base + "/", PLACEHOLDER_API_KEY=KEY) as client:
            await _imagine(client, said, base)
        async with speaking("--url", base) as client:
            told = await client.call_tool("submit_prompt", {"prompt": "a fox", "w": 8, "h": 8})
            assert "PLACEHOLDER_API_KEY: expected" in said(told)
        async with speaking("--url", base, PLACEHOLDER_API_KEY="wrong-but-long-enough-1234567890") as client:
            told = await client.call_tool("submit_prompt", {"prompt": "a fox", "w": 8, "h": 8})
            assert "(status 401, invalid_api_key)" in said(told)
            assert "wrong-but" not in said(told)


async def _imagine(client: Client, said: Said, base: str) -> None:
    composed = await client.call_tool(
        "compose_url", {"drawing": "label", "size": "64x48", "options": {"text": "hi"}, "format": "png"}
    )
    async with httpx.AsyncClient() as web:
        answer = await web.get(composed.structured_content["url"])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        job = (
            await client.call_tool("submit_prompt", {"prompt": "a red fox in snow", "w": 64, "h": 48, "seed": 3})
        ).structured_content
        assert job["url"] == f"{base}/ai/64x48/{job['id']}.png"
        assert (await web.get(job["url"])).headers["x-ai-state"] in ("pending", "generating")
        told = (await client.call_tool("job_status", {"job": job["id"], "wait_s": 20})).structured_content
        assert (told["state"], told["url"], told["width"]) == ("ready", job["url"], 64)
        assert (await web.get(told["url"])).headers["x-ai-state"] == "ready"
    unknown = await client.call_tool("job_status", {"job": "a" * 16})
    assert "(status 404, not_found)" in said(unknown)
    bad = await client.call_tool("submit_prompt", {"prompt": " ", "w": 8, "h": 8})
    assert "prompt: expected text" in said(bad)


async def test_over_http_it_is_the_same(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = subprocess.Popen([sys.executable, "-m", "placeholder", "mcp", "--http", str(port)], cwd=tmp_path)
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        async with Client(f"http://127.0.0.1:{port}/mcp") as client:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
            made = await client.call_tool("compose_url", {"drawing": "seed", "size": "40x40", "options": {"seed": "ada"}})
            assert made.structured_content["url"] == "/seed/ada/40x40"
    finally:
        command.terminate()
        command.wait(10)


WITHOUT = """
import sys
sys.modules["mcp"] = None
from placeholder.cli import main
main(["mcp"])
"""


def test_without_the_extra_it_names_the_line_that_brings_it(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", WITHOUT], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert "pip install 'placeholder[mcp]'" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--url", "pictures.example"],
        ["--url", "file:///etc"],
        ["--url", "http://127.0.0.1:99999"],
        ["--url", "https://user:word@pictures.example"],
        ["--url", "https://pictures.example/?at=1"],
        ["--http", "0"],
    ],
)
def test_words_that_are_off(words: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "placeholder", "mcp", *words]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 2
    assert words[0] in ran.stderr
