"""The front page and <ai-img> where the service is mounted at a path of another application: nothing asks the host's root."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from browser.elements import MOST_DIFFERENT, difference, picture
from fixtures.running import under_uvicorn
from playwright.async_api import Browser, Page, expect

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of an application with the service at /pictures."""
    chosen = {"PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": "0.3"}
    with under_uvicorn(tmp_path_factory.mktemp("shop"), "--app-dir", str(TESTS), "browser.mounted:app", **chosen) as port:
        yield f"http://127.0.0.1:{port}"


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, shop: str) -> AsyncIterator[Page]:
    """A window that fails the test when anything was asked for outside /pictures, was missing, or was complained of."""
    context = await browser.new_context(base_url=shop, permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(8000)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: message.type in ("error", "warning") and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda answer: answer.status >= 400 and wrong.append(f"{answer.status} {answer.url}"))
    page.on(
        "request",
        lambda asked: asked.url.startswith((f"{shop}/pictures/", f"{shop}/shop?")) or wrong.append(f"asked {asked.url}"),
    )
    yield page
    assert wrong == []
    await context.close()


async def test_composing(visit: Page, shop: str) -> None:
    await visit.goto("/pictures/")
    address, shown = visit.locator("#address"), visit.locator("#picture")
    await expect(address).to_have_value(f"{shop}/pictures/400x300")
    await visit.locator("#text").fill("Tea")
    await expect(address).to_have_value(f"{shop}/pictures/400x300?text=Tea")
    await expect(shown).to_have_attribute("src", "/pictures/400x300?text=Tea")
    assert await shown.evaluate("async (it) => { await it.decode(); return it.naturalWidth; }") == 400
    await expect(visit.locator("#measured")).to_contain_text("SVG, 400 × 300")
    assert await visit.evaluate("location.hash") == "#/400x300?text=Tea"
    for snippet in ("img", "srcset", "markdown", "css"):
        await expect(visit.locator(f"#snippet-{snippet}")).to_contain_text(f"{shop}/pictures/400x300")


async def test_what_the_address_recalls(visit: Page, shop: str) -> None:
    for fragment, composed in (
        ("/glyph/200x100?as=map", "/glyph/200x100?as=map"),
        ("/gradient/og", "/gradient/1200x630?from=7c9cff&to=59e3c5&angle=90"),
        ("/16:9/480", "/480x270"),
    ):
        await visit.goto("about:blank")
        await visit.goto(f"/pictures/#{fragment}")
        await expect(visit.locator("#address")).to_have_value(f"{shop}/pictures{composed}")


async def test_every_example_loads_and_can_be_edited(visit: Page, shop: str) -> None:
    await visit.goto("/pictures/")
    sources = await visit.locator("img").evaluate_all(
        "(them) => Promise.all(them.map(async (it) => { it.loading = 'eager'; await it.decode(); return it.src; }))"
    )
    assert len(sources) > 40
    assert all(source.startswith(f"{shop}/pictures/") for source in sources)
    links = await visit.locator("a").evaluate_all("(them) => them.map((it) => it.getAttribute('href'))")
    assert all(link.startswith(("#", "/pictures/")) for link in links)
    await visit.get_by_role("link", name="Edit /glyph/300x300?as=map", exact=True).click()
    await expect(visit.locator("#address")).to_have_value(f"{shop}/pictures/glyph/300x300?as=map")


async def test_the_prompt_box(visit: Page, shop: str, prompt: str) -> None:
    await visit.goto("/pictures/")
    snippet = visit.locator("#snippet-element")
    await expect(snippet).to_contain_text('src="/pictures/ai/640x480/{id}.png" status="/pictures/ai/{id}/status"')
    await visit.locator("#wish").fill(prompt)
    await visit.get_by_role("button", name="Imagine").click()
    await expect(visit.locator("#asking-said")).to_contain_text("Ready after", timeout=20000)
    source = await visit.locator("#imagined img").get_attribute("src")
    assert source
    assert urlsplit(source).path.startswith("/pictures/ai/640x480/")
    await expect(snippet).to_contain_text(f'<ai-img endpoint="{shop}/pictures" src="{shop}/pictures/ai/640x480/')
    await expect(snippet).to_contain_text(f'from "{shop}/pictures/components/ai-img.js"')
    await expect(snippet).to_contain_text(f'status="{shop}/pictures/ai/')


async def test_a_prompt_that_is_blocked(browser: Browser, shop: str) -> None:
    context = await browser.new_context(base_url=shop)
    page = await context.new_page()
    await page.goto("/pictures/")
    await page.locator("#wish").fill("a nude child")
    await page.get_by_role("button", name="Imagine").click()
    await expect(page.locator("#asking-said")).to_have_text("This prompt is not allowed here.")
    shown = page.locator("#imagined img")
    await expect(shown).to_have_attribute("src", f"{shop}/pictures/glyph/640x480?as=blocked#failed")
    assert await shown.evaluate("(it) => it.naturalWidth") == 640
    await context.close()


async def test_a_page_of_the_outer_application_uses_the_element(visit: Page, shop: str, prompt: str) -> None:
    await visit.goto(f"/shop?prompt={quote(prompt)}")
    await expect(visit.locator("ai-img")).to_have_attribute("data-state", "ready", timeout=20000)
    source: str = await visit.locator("ai-img").evaluate("(it) => it.shadowRoot.querySelector('img').src")
    assert source.startswith(f"{shop}/pictures/ai/240x160/")
    drawn = picture(source.partition("#")[0])
    assert drawn.size == (240, 160)
    assert difference(drawn, picture(f"{shop}/pictures/240x160.png")) > MOST_DIFFERENT
