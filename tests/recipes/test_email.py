"""Email: the picture is of a kind and a size that mail programs show, and without it the words are there to be read."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page
from recipes.pages import elements, picture
from recipes.readme import SERVICE, snippets

from placeholder.testing import Server

GROUND, INK = (0x11, 0x18, 0x27), (0x9A, 0xA0, 0xB4)


@pytest.fixture
def mail(service: Server) -> str:
    (snippet,) = snippets("Email")
    return snippet.replace(SERVICE, service.url)


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context()
    yield await context.new_page()
    await context.close()


def test_it_is_a_png_of_twice_its_size(mail: str) -> None:
    ((tag, image),) = elements(mail)
    assert tag == "img"
    assert (image["width"], image["height"], image["alt"]) == ("600", "240", "Spring sale")
    assert picture(image["src"]) == ("image/png", (1200, 480))


@pytest.mark.parametrize("doctype", ["<!doctype html>", ""], ids=["standards", "quirks"])
@pytest.mark.parametrize(("window", "width"), [(700, 600), (360, 344)])
@pytest.mark.parametrize("has_pictures", [True, False], ids=["on", "off"])
async def test_it_holds_its_place(page: Page, mail: str, doctype: str, window: int, width: int, has_pictures: bool) -> None:
    """Mail programs make pages of both modes."""
    if not has_pictures:
        await page.route("**/*.png*", lambda route: route.abort())
    await page.set_viewport_size({"width": window, "height": 400})
    await page.set_content(doctype + mail)
    box: dict[str, Any] = await page.evaluate("() => document.images[0].getBoundingClientRect().toJSON()")
    assert box["width"] == width
    shape = 240 if not has_pictures and not doctype else width * 240 / 600
    assert box["height"] == pytest.approx(shape, abs=1)
    shot = Image.open(BytesIO(await page.locator("img").screenshot())).convert("RGB")
    colors = {color: count for count, color in shot.getcolors(shot.width * shot.height) or []}
    ink = colors.get(INK, 0)
    assert colors[GROUND] > 0.8 * shot.width * shot.height
    assert ink > 200, "the words are not to be seen"
