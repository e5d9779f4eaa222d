"""Pictures that come by themselves, as people see them and without a script: `?live=1` in a page, the bare URL in a tab."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import httpx
import pytest
import pytest_asyncio
from PIL import Image, ImageChops, ImageStat
from playwright.async_api import Browser, Page

KEY = "Zk3vR8qLm2XwT5bNs7Yd1HcJf"
W, H = 240, 160
DELAY_S = 3
MOST_DIFFERENT = 0.02
"""Mean difference over all pixels and channels, of the full range."""


@pytest.fixture(scope="module")
def painter(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """The origin of a service whose pictures take DELAY_S."""
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": str(DELAY_S)}
    with serving(**chosen) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def failing(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """The same, where every picture fails."""
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_SKETCH_DELAY_S": str(DELAY_S), "PLACEHOLDER_SKETCH_FAILURES": "1"}
    with serving(**chosen, PLACEHOLDER_PROVIDER="sketch") as port:
        yield f"http://127.0.0.1:{port}"


@pytest_asyncio.fixture(loop_scope="session")
async def scriptless(browser: Browser) -> AsyncIterator[Page]:
    """A page in a browser that runs no script at all."""
    context = await browser.new_context(java_script_enabled=False, viewport={"width": W, "height": H})
    context.set_default_timeout(5000)
    yield await context.new_page()
    await context.close()


def submit(origin: str, prompt: str) -> Any:
    asked = {"prompt": prompt, "w": W, "h": H}
    return httpx.post(f"{origin}/ai", json=asked, headers={"Authorization": f"Bearer {KEY}"}).raise_for_status().json()


def pixels(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference, 0 … 1."""
    assert one.size == other.size
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / (3 * 255)


async def shown(page: Page) -> Image.Image:
    return pixels(await page.screenshot(clip={"x": 0, "y": 0, "width": W, "height": H}))


async def until_shown(page: Page, wanted: Image.Image, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while (found := difference(await shown(page), wanted)) >= MOST_DIFFERENT:
        assert time.monotonic() < ends, f"it still differs by {found:.2f}"
        await asyncio.sleep(0.05)


async def open_page(page: Page, source: str) -> None:
    """A page with the one picture in it; not waited for until it has loaded."""
    html = f'<!doctype html><style>*{{margin:0}}img{{display:block}}</style><img src="{source}" width={W} height={H}>'
    await page.set_content(html, wait_until="commit")


async def test_a_live_picture_shows_the_placeholder_and_then_itself(scriptless: Page, painter: str) -> None:
    """browser.md §2: both parts are seen, on one request, and the page counts as loaded at the first."""
    told = submit(painter, "a lighthouse")
    still = pixels(httpx.get(painter + told["url"]).content)
    requests: list[str] = []
    scriptless.on("request", lambda request: requests.append(request.url))
    await open_page(scriptless, f"{painter}{told['url']}?live=1")
    await until_shown(scriptless, still, DELAY_S - 0.5)
    await scriptless.wait_for_load_state("load")
    assert httpx.get(painter + told["status_url"]).json()["state"] in ("pending", "generating"), "the page did not wait for it"
    assert httpx.get(f"{painter}{told['status_url']}?wait=20").json()["state"] in ("generating", "ready")
    assert httpx.get(f"{painter}{told['status_url']}?wait=20").json()["state"] == "ready"
    final = pixels(httpx.get(painter + told["url"]).content)
    assert difference(still, final) > 5 * MOST_DIFFERENT
    await until_shown(scriptless, final, 5)
    assert requests == [f"{painter}{told['url']}?live=1"]


async def test_a_live_picture_that_fails_shows_why(scriptless: Page, failing: str) -> None:
    told = submit(failing, "a lighthouse")
    still = pixels(httpx.get(failing + told["url"]).content)
    await open_page(scriptless, f"{failing}{told['url']}?live=1")
    await until_shown(scriptless, still, DELAY_S - 0.5)
    while httpx.get(f"{failing}{told['status_url']}?wait=10").json()["state"] != "failed":
        pass
    glyph = pixels(httpx.get(failing + told["url"]).content)
    assert difference(still, glyph) > MOST_DIFFERENT
    await until_shown(scriptless, glyph, 5)


async def test_a_live_picture_that_is_ready_is_a_picture(scriptless: Page, painter: str) -> None:
    told = submit(painter, "a lighthouse")
    while httpx.get(f"{painter}{told['status_url']}?wait=20").json()["state"] != "ready":
        pass
    await open_page(scriptless, f"{painter}{told['url']}?live=1")
    await until_shown(scriptless, pixels(httpx.get(painter + told["url"]).content), 3)


async def test_the_bare_url_in_a_tab_becomes_the_picture(scriptless: Page, painter: str) -> None:
    """Refresh: 5, which nothing heeds but a tab."""
    told = submit(painter, "a harbour at night")
    seen: list[str | None] = []

    async def note(response: Any) -> None:
        if response.url == painter + told["url"]:
            seen.append((await response.all_headers()).get("x-ai-state"))

    scriptless.on("response", note)
    await scriptless.goto(painter + told["url"])
    ends = time.monotonic() + 12
    while not seen or seen[-1] != "ready":
        assert time.monotonic() < ends, seen
        await asyncio.sleep(0.1)
    assert seen[0] in ("pending", "generating")
    assert len(seen) <= 3
    settled = len(seen)
    final = pixels(httpx.get(painter + told["url"]).content)
    await asyncio.sleep(0.3)
    picture = scriptless.locator("img")
    assert difference(pixels(await picture.screenshot()), final) < MOST_DIFFERENT
    assert len(seen) == settled, "and that is the end of it"
