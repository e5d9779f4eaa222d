"""Routes: what is mounted where, what matches none, health, and that a GET changes nothing in the world."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

Ask = Callable[..., Awaitable[Any]]

NO_SIZE = {
    "an upper-case X": "/400X300",
    "no height": "/400x",
    "no width": "/x300",
    "one number": "/400",
    "a negative width": "/-1x300",
    "a negative height": "/300x-1",
    "decimals": "/4.5x300",
    "three numbers": "/400x300x2",
    "a multiplication sign": "/400%C3%97300",
    "Arabic-Indic digits": "/%D9%A4%D9%A0%D9%A0x%D9%A3%D9%A0%D9%A0",
    "full-width digits": "/%EF%BC%94x%EF%BC%93",
    "a plus": "/+4x3",
    "an encoded plus": "/%2B4x3",
    "an underscore": "/4_0x3",
    "a space": "/400x300%20",
    "a line feed": "/400x300%0A",
    "a leading line feed": "/%0A400x300",
    "a tab": "/400x300%09",
    "NUL": "/400x300%00",
    "a trailing slash": "/4x3/",
    "a leading slash": "//4x3",
    "a path parameter": "/4x3;a",
    "an encoded slash behind": "/4x3%2F",
    "an encoded question mark": "/4x3%3Ftext=a",
    "hexadecimal": "/0x10x3",
    "no digits": "/axb",
    "a dot segment": "/./4x3",
    "an unknown format": "/4x3.bmp",
    "an upper-case format": "/4x3.PNG",
    "a bare dot": "/4x3.",
    "density one": "/4x3@1x.png",
    "density four": "/4x3@4x.png",
    "a density without a format": "/4x3@2x",
    "a Cyrillic x": "/400%D1%85300",
}


@pytest.mark.parametrize("prefix", ["", "/color/7c9cff", "/gradient", "/seed/precious-tide", "/glyph"])
@pytest.mark.parametrize("path", NO_SIZE.values(), ids=NO_SIZE)
async def test_a_segment_of_any_other_shape_matches_no_route(path: str, prefix: str, ask: Ask) -> None:
    """P-5, V9, V10, V13: 404 and no redirect, by GET and by HEAD."""
    for method in ("GET", "HEAD"):
        answer = await ask(prefix + path, method)
        assert answer.status == 404
        assert answer["location"] is None
        assert answer["cache-control"] == "no-store"


SIZES = [
    ("/400x300", (400, 300)),
    ("/9999x300", (2048, 300)),
    ("/400x9999", (400, 2048)),
    ("/2049x2049", (2048, 2048)),
    ("/0x0", (1, 1)),
    ("/0x300", (1, 300)),
    ("/00400x300", (400, 300)),
    ("/99999999999999999999x1", (2048, 1)),
    ("/" + "9" * 5000 + "x1", (2048, 1)),
    ("/1x" + "0" * 5000 + "7", (1, 7)),
    ("/%34%30%30x300", (400, 300)),
]


@pytest.mark.parametrize("prefix", ["", "/color/7c9cff", "/gradient", "/seed/precious-tide", "/glyph"])
@pytest.mark.parametrize(("path", "size"), SIZES, ids=[path[:24] for path, _ in SIZES])
async def test_every_route_clamps_each_side_on_its_own(
    path: str, size: tuple[int, int], prefix: str, ask: Ask, assert_sound_svg: Callable[..., object]
) -> None:
    """P-4, P-6, P-7, P-23, AP-2, V11, V12."""
    answer = await ask(prefix + path)
    assert answer.status == 200
    assert_sound_svg(answer.body, size)


async def test_a_size_with_leading_zeros_is_the_same_picture(ask: Ask) -> None:
    """V12."""
    assert (await ask("/00400x0300")).body == (await ask("/400x300")).body


@pytest.mark.parametrize("path", ["/v1/400x300", "/api/400x300", "/api/v1/400x300", "/images/400x300", "/placeholder/400x300"])
async def test_nothing_is_mounted_under_a_prefix(path: str, ask: Ask) -> None:
    """P-1."""
    assert (await ask(path)).status == 404


@pytest.mark.parametrize("path", ["/ai", "/ai?prompt=a+red+fox", "/ai/prompt", "/generate?prompt=x"])
async def test_no_get_accepts_a_prompt(path: str, ask: Ask) -> None:
    """P-21."""
    assert (await ask(path)).status in (404, 405)


# ---------------------------------------------------------------- health


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nobody"},
        {"Accept": "image/png"},
        {"Accept": "text/html"},
        {"Host": "evil.example"},
        {"If-None-Match": "*"},
    ],
    ids=str,
)
@pytest.mark.parametrize("target", ["/healthz", "/healthz?x=1"])
async def test_health_is_exactly_this_without_authentication(target: str, headers: dict[str, str], ask: Ask) -> None:
    """P-108."""
    answer = await ask(target, headers=headers)
    assert answer.status == 200
    assert answer.body == b'{"ok": true}'
    assert answer["content-type"] == "application/json"
    assert answer["cache-control"] == "no-store"
    assert answer["x-content-type-options"] == "nosniff"


async def test_health_is_json_to_an_ordinary_client(client: httpx.AsyncClient) -> None:
    """P-108."""
    assert (await client.get("/healthz")).json() == {"ok": True}


@pytest.mark.parametrize("target", ["/healthz/", "/healthz.json", "/Healthz", "/health"])
async def test_nothing_else_is_health(target: str, ask: Ask) -> None:
    """P-108."""
    assert (await ask(target)).status == 404


# ---------------------------------------------------------------- work is bounded, the world is left alone


async def test_too_many_pictures_at_once_are_sent_away_and_health_stays_quick(make_app: Any, asker: Any) -> None:
    """V24: 60 different megapixel PNGs with room for six."""
    app = make_app(raster_workers=2, raster_queue=4)
    ask = asker(app)
    pending = [asyncio.create_task(ask(f"/seed/storm-{number}/1024x1024.png")) for number in range(60)]
    slowest, asked = 0.0, 0
    while not all(task.done() for task in pending):
        started = time.perf_counter()
        assert (await ask("/healthz")).status == 200
        slowest = max(slowest, time.perf_counter() - started)
        asked += 1
        await asyncio.sleep(0.005)
    answers = [task.result() for task in pending]
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 6
    for answer in answers:
        if answer.status == 503:
            assert 1 <= int(answer["retry-after"]) <= 60
            assert answer["cache-control"] == "no-store"
            assert answer.body.startswith(b"<svg ")
        else:
            assert answer["content-type"] == "image/png"
            assert answer["retry-after"] is None
    assert asked > 5
    assert slowest < 0.5
    assert (await ask("/seed/storm-59/1024x1024.png")).status == 200, "and it recovers"


WATCHED = """
import asyncio, json, os, sys

import httpx
from placeholder.app import create_app
from placeholder.settings import Settings

urls = json.load(sys.stdin)
acts = []
watching = False


def watch(event, arguments):
    if not watching:
        return
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, int) or str(path).startswith("/memfd"):
            return
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or set(str(mode or "")) & set("wax+"):
            acts.append([event, str(path)])
    elif event in FORBIDDEN:
        acts.append([event, str(arguments)[:80]])


FORBIDDEN = {
    "socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.system",
    "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.mkdir", "os.putenv", "shutil.rmtree", "urllib.Request",
}


async def main():
    global watching
    app = create_app(Settings(_env_file=None))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://placeholder.test") as client:
        for url in urls:
            assert (await client.get(url)).status_code == 200, url
        watching = True
        for url in urls:
            assert (await client.get(url + ("&" if "?" in url else "?") + "again=1")).status_code == 200, url
        if "--prove" in sys.argv:
            open("written", "w").close()
        watching = False


sys.addaudithook(watch)
asyncio.run(main())
print(json.dumps(acts))
"""


@pytest.mark.parametrize("prove", [False, True], ids=["as it is", "the watch sees a write"])
def test_a_synth_request_writes_nothing_and_calls_nobody(prove: bool, tmp_path: Path) -> None:
    """P-19: watched by the interpreter's own audit events, in a process of its own."""
    urls = [
        *(
            "/400x300",
            "/600x240?text=hero+banner",
            "/color/7c9cff/400x300",
            "/gradient/600x400?angle=120",
            "/glyph/300x300?as=map",
        ),
        *("/seed/precious-tide/400x300", "/seed/precious-tide/400x300@2x.svg", "/400x300.png", "/gradient/60x40.webp"),
    ]
    ran = subprocess.run(
        [sys.executable, "-c", WATCHED, *(["--prove"] if prove else [])],
        input=json.dumps(urls),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == ([["open", "written"]] if prove else [])
    assert [file.name for file in tmp_path.iterdir()] == (["written"] if prove else [])
