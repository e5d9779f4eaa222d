"""The operator's page as people see it: a key first, then live figures, in every window and both themes; the key nowhere else.

Every test also fails when the page logs an error, breaks its own policy or asks another origin for anything.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

KEY, OPERATOR_KEY = "Zk3vR8qLm2XwT5bNs7Yd1HcJf", "Wq8Zr3Lm2XwT5bNs7Yd1HcJf9"
OVERHANGING = """() => [...document.querySelectorAll("body *")]
    .filter((element) => !element.closest(".sheet") && element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 80))"""
GROUND = "() => getComputedStyle(document.body).backgroundColor"


def ask(service: str, prompt: str) -> Any:
    """A job, once it has ended."""
    asked = {"prompt": prompt, "w": 64, "h": 48}
    with httpx.Client(base_url=service, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False, timeout=10) as client:
        told = client.post("/ai", json=asked).raise_for_status().json()
        while client.get(told["status_url"] + "?wait=5").json()["state"] not in ("ready", "failed"):
            pass
        return told


@pytest.fixture(scope="session")
def watched(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """A service in which every job fails, and pages are given no secret key."""
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_OPERATOR_KEY": OPERATOR_KEY, "PLACEHOLDER_SKETCH_FAILURES": "1"}
    with serving(**chosen, PLACEHOLDER_SKETCH_DELAY_S="0", PLACEHOLDER_REFUSE_SECRET_KEYS_FROM_BROWSERS="true") as port:
        ask(f"http://127.0.0.1:{port}", "the first")
        yield f"http://127.0.0.1:{port}"


@pytest_asyncio.fixture(loop_scope="session")
async def operator(page: Page, watched: str) -> AsyncIterator[Page]:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(watched + "/") else complaints.append(request.url))
    await page.goto(f"{watched}/operator")
    yield page
    # A refused key is an answer of 4xx, which the browser itself notes.
    assert [said for said in complaints if "the server responded with a status of 4" not in said] == []


async def enter(page: Page, key: str) -> None:
    await page.get_by_label("Operator key").fill(key)
    await page.get_by_role("button", name="Show the figures").click()


async def test_a_key_first_then_figures_that_follow_what_happens(operator: Page, watched: str) -> None:
    await expect(operator.locator("#board")).to_be_hidden()
    await enter(operator, OPERATOR_KEY)
    await expect(operator.locator("#parts")).to_contain_text("database ok")
    failed = operator.locator("#tiles div", has_text="Failed, last day").locator("dd")
    await expect(failed).to_contain_text("1")
    await expect(operator.get_by_role("row", name="failed: generation_failed")).to_contain_text("1")
    told = await asyncio.to_thread(ask, watched, "the second")
    await expect(operator.get_by_role("table", name="Changed last").get_by_role("link", name=told["id"])).to_be_visible()
    await expect(failed).to_contain_text("2")
    await expect(operator.get_by_role("table", name="Requests, by route").get_by_role("row", name="submit")).to_contain_text("2")
    link = operator.get_by_role("table", name="Failed last").get_by_role("link", name=told["id"])
    assert await link.get_attribute("href") == told["url"]


async def test_the_key_is_kept_by_this_tab_alone_and_can_be_forgotten(operator: Page, watched: str) -> None:
    await enter(operator, OPERATOR_KEY)
    await expect(operator.locator("#board")).to_be_visible()
    await operator.reload()
    await expect(operator.locator("#board")).to_be_visible()
    assert OPERATOR_KEY not in operator.url
    assert OPERATOR_KEY not in await operator.evaluate("JSON.stringify(localStorage) + document.cookie")
    other = await operator.context.new_page()
    await other.goto(f"{watched}/operator")
    await expect(other.get_by_label("Operator key")).to_be_visible()
    await other.close()
    await operator.get_by_role("button", name="Forget the key").click()
    await expect(operator.locator("#board")).to_be_hidden()
    await expect(operator.get_by_label("Operator key")).to_be_focused()
    assert await operator.get_by_label("Operator key").input_value() == ""
    await operator.reload()
    await expect(operator.get_by_label("Operator key")).to_be_visible()
    assert await operator.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "Enter a key."),
        ("nobody", "does not know this key"),
        (KEY, "may ask for pictures, but not see figures"),
        ("nö body", "does not know this key"),
        ("ключ", "does not know this key"),
    ],
)
async def test_a_key_that_will_not_do_is_told(operator: Page, key: str, words: str) -> None:
    await enter(operator, key)
    await expect(operator.get_by_role("alert")).to_contain_text(words)
    await expect(operator.locator("#board")).to_be_hidden()
    assert await operator.evaluate("sessionStorage.length") == 0


async def test_it_pauses_and_goes_on(operator: Page) -> None:
    asked: list[str] = []
    await enter(operator, OPERATOR_KEY)
    await expect(operator.get_by_role("status")).to_contain_text("Live.")
    await operator.get_by_role("button", name="Pause").click()
    await expect(operator.get_by_role("status")).to_contain_text("Paused.")
    operator.on("request", lambda request: asked.append(request.url))
    await operator.wait_for_timeout(2500)
    assert asked == []
    await operator.get_by_role("button", name="Go on").click()
    await expect(operator.get_by_role("status")).to_contain_text("Live.")
    assert asked


async def test_a_service_that_is_away_is_told_and_waited_for(page: Page, watched: str) -> None:
    """Not `operator`: the browser itself notes a connection that fails."""
    await page.goto(f"{watched}/operator")
    await enter(page, OPERATOR_KEY)
    await expect(page.locator("#board")).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.get_by_role("status")).to_contain_text("does not answer. Trying again.")
    await expect(page.locator("#parts")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_role("status")).to_contain_text("Live.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
async def test_it_fits_its_window_and_its_theme(browser: Browser, watched: str, width: int, scheme: Any) -> None:
    context = await browser.new_context(base_url=watched, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = await context.new_page()
    await page.goto("/operator")
    assert await page.evaluate(OVERHANGING) == []
    await enter(page, OPERATOR_KEY)
    await expect(page.get_by_role("table", name="Changed last")).to_be_visible()
    assert await page.evaluate(OVERHANGING) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate(GROUND) == {"light": "rgb(245, 246, 248)", "dark": "rgb(17, 19, 24)"}[scheme]
    await context.close()
