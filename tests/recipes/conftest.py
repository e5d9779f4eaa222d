"""Empty projects of other tools, a live service, and a Chromium to look at what they make of README's recipes."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from browser.conftest import browser  # noqa: F401
from fixtures.npm import Npm
from playwright.async_api import Browser
from recipes.readme import README

from placeholder.testing import Server

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def service(placeholder_server: Server) -> Server:
    """Where the source tree has recipes."""
    if not README.is_file():
        pytest.skip("needs the source tree for README.md")
    return placeholder_server


@pytest.fixture(scope="session")
def fox(service: Server) -> dict[str, Any]:
    """What the service says about a picture from a prompt that is ready: its status, and the `id` that POST answered."""
    wish = {"prompt": "a red fox in snow", "w": 512, "h": 512}
    headers = {"Authorization": f"Bearer {service.key}"}
    posted = httpx.post(service.address("/ai"), json=wish, headers=headers).raise_for_status().json()
    status: dict[str, Any] = {"state": posted["state"]}
    while status["state"] in ("pending", "generating"):
        status = httpx.get(service.address(f"{posted['status_url']}?wait=20&while={status['state']}"), timeout=30).json()
    assert status["state"] == "ready"
    return {"id": posted["id"], **status}


@pytest.fixture(scope="session")
def project(npm: Npm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Next.js, Vite and Storybook in its node_modules. Next.js wants the folder itself, the others one inside."""
    folder = tmp_path_factory.mktemp("recipes")
    shutil.copy(_HERE / "project" / "package.json", folder)
    npm.install(folder)
    return folder


Seen = Callable[[str], Awaitable[list[dict[str, Any]]]]


@pytest.fixture
def seen(browser: Browser) -> Seen:  # noqa: F811
    """From a page's URL, its images in Chromium once all are loaded: `src` as it was chosen, `alt`, and `size` in pixels."""

    async def look(url: str) -> list[dict[str, Any]]:
        context = await browser.new_context(viewport={"width": 800, "height": 1200})
        context.set_default_timeout(60_000)
        try:
            page = await context.new_page()
            await page.goto(url)
            loaded = "() => document.images.length && [...document.images].every((it) => it.complete && it.naturalWidth)"
            await page.wait_for_function(loaded)
            told = "(it) => ({ src: it.currentSrc, alt: it.alt, size: [it.naturalWidth, it.naturalHeight] })"
            found: list[dict[str, Any]] = await page.evaluate(f"() => [...document.images].map({told})")
            return found
        finally:
            await context.close()

    return look
