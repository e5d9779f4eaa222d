"""A running service and a Chromium, once for all tests here; a fresh page for each.

All of it runs on one event loop, the session's: Playwright's objects belong to the loop that made them.
"""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def live_server(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """The origin of a service of its own, with the settings' defaults."""
    with serving() as port:
        yield f"http://127.0.0.1:{port}"


def _chromium(playwright: Playwright) -> str:
    """The path of a browser: the one named, an installed one, Playwright's own."""
    named = os.environ.get("PLACEHOLDER_CHROMIUM")
    if named:
        return named
    found = [path for path in map(shutil.which, NAMES) if path]
    own = playwright.chromium.executable_path
    if found or Path(own).exists():
        return found[0] if found else own
    reason = (
        "NO BROWSER FOUND: NOTHING THAT PEOPLE SEE WAS TESTED. Install Chromium, name one in PLACEHOLDER_CHROMIUM,"
        " or run `playwright install chromium`."
    )
    if os.environ.get("PLACEHOLDER_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_chromium(playwright), args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, live_server: str) -> AsyncIterator[Page]:
    """An empty page in a context of its own; addresses without an origin are the service's, and so is the clipboard."""
    context = await browser.new_context(
        base_url=live_server,
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",
    )
    context.set_default_timeout(5000)
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server)
    yield await context.new_page()
    await context.close()
