"""The gallery as people see it: every picture there, in the reader's own theme, in a small window, without a script.

Every test also fails when the page logs an error, breaks its own policy or asks another origin for anything.
"""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from placeholder.synth.seeds.album import LOOKS

LOADED = """(them) => Promise.all(them.map(async (it) => {
    it.loading = "eager";
    await it.decode();
    return [it.currentSrc, it.naturalWidth / it.naturalHeight, it.getAttribute("width") / it.getAttribute("height")];
}))"""


@pytest_asyncio.fixture(loop_scope="session")
async def gallery(page: Page, live_server: str) -> AsyncIterator[Page]:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(live_server + "/") else complaints.append(request.url))
    await page.goto("/gallery")
    yield page
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_picture_loads_in_its_proportions_and_in_the_readers_theme(gallery: Page, scheme: str) -> None:
    await gallery.emulate_media(color_scheme=scheme)
    pictures = await gallery.locator("img").evaluate_all(LOADED)
    assert len(pictures) >= (len(LOOKS) + 1) * 20
    for source, natural, declared in pictures:
        assert natural == pytest.approx(declared), source
        assert source.endswith("&theme=dark") == (scheme == "dark" and "style=" in source), source


@pytest.mark.parametrize("width", [320, 375, 768, 1280, 1920])
async def test_nothing_sticks_out(gallery: Page, width: int) -> None:
    await gallery.set_viewport_size({"width": width, "height": 800})
    await gallery.locator("img").evaluate_all(LOADED)
    assert await gallery.evaluate("document.documentElement.scrollWidth") <= width
    for dot in await gallery.locator("#mesh .dots img").all():
        box = await dot.bounding_box()
        assert box
        assert (box["width"], box["height"]) == (40, 40), "small pictures are shown as small as they are"


async def test_each_look_is_one_click_away_and_opens_in_the_composer(gallery: Page) -> None:
    for style in LOOKS:
        await gallery.goto("/gallery")
        await gallery.locator(f".index a[href='#{style}']").click()
        await expect(gallery.locator(f"#{style} h2")).to_be_in_viewport()
        await gallery.locator(f"#{style}").get_by_role("link", name="Compose").click()
        await expect(gallery.locator("#picture")).to_have_attribute("src", f"/seed/precious-tide/960x240?style={style}")


async def test_everything_has_a_name(gallery: Page) -> None:
    assert await gallery.locator("img:not([alt])").count() == 0
    nameless = "(them) => them.filter((it) => !it.textContent.trim() && !it.getAttribute('aria-label')).map((it) => it.outerHTML)"
    assert await gallery.locator("a, section:not([aria-labelledby])").evaluate_all(nameless) == []
    ids = await gallery.locator("[id]").evaluate_all("(them) => them.map((it) => it.id)")
    assert len(ids) == len(set(ids))
    named = await gallery.locator("[aria-labelledby]").evaluate_all(
        "(them) => them.map((it) => it.getAttribute('aria-labelledby'))"
    )
    assert set(named) <= set(ids)
    levels = await gallery.locator("h1, h2, h3").evaluate_all("(them) => them.map((it) => Number(it.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


async def test_the_first_tab_skips_to_the_looks(gallery: Page) -> None:
    await gallery.keyboard.press("Tab")
    await expect(gallery.get_by_role("link", name="Skip to the looks")).to_be_focused()
    await gallery.keyboard.press("Enter")
    await expect(gallery.locator("#looks")).to_be_focused()
    await gallery.keyboard.press("Tab")
    await expect(gallery.locator(".index a[href='#plain']")).to_be_focused()
