"""/docs as people see it: readable in every window and both themes, whole without a script, nothing from elsewhere."""

from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser

WINDOWS = {"a desktop": (1280, 900), "a phone": (360, 740)}

OVERHANGING = """() => [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 80))"""
GROUND = "() => getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", WINDOWS)
async def test_it_is_whole_without_a_script(
    window: str, scheme: Literal["light", "dark"], browser: Browser, live_server: str
) -> None:
    width, height = WINDOWS[window]
    context = await browser.new_context(
        base_url=live_server, viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=False
    )
    page = await context.new_page()
    asked, said = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    await page.goto("/docs")
    answers = page.locator("article", has=page.locator("#submit")).locator("details")
    assert not await answers.get_by_text("over_budget").is_visible()
    await answers.locator("summary").click()
    assert await answers.get_by_text("over_budget").is_visible()
    pictures = page.locator("figure img")
    await pictures.first.scroll_into_view_if_needed()
    assert await pictures.count() == 10
    assert said == []
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(live_server).netloc}
    assert not [url for url in asked if url.endswith(".js")]
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", WINDOWS)
async def test_it_fits_its_window_and_its_theme(
    window: str, scheme: Literal["light", "dark"], browser: Browser, live_server: str
) -> None:
    width, height = WINDOWS[window]
    context = await browser.new_context(base_url=live_server, viewport={"width": width, "height": height}, color_scheme=scheme)
    page = await context.new_page()
    await page.goto("/docs")
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert await page.evaluate(OVERHANGING) == []
    assert await page.evaluate(GROUND) == {"light": "rgb(245, 246, 248)", "dark": "rgb(17, 19, 24)"}[scheme]
    await context.close()
