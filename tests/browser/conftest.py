"""A running service, a Chromium and a Firefox, once for all tests here; a fresh page or window for each.

`page` is Playwright's, in Chromium. `window` is alike in both browsers, and runs a test in each. All of it is on one event
loop, the session's: Playwright's objects belong to the loop that made them.
"""

import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

import pytest
import pytest_asyncio
from browser.bidi import Firefox
from browser.firefox import FirefoxWindow
from browser.relay import Relay
from browser.windows import ChromiumWindow, Window
from playwright.async_api import Browser, Page, Playwright, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FIREFOX_NAMES = ("firefox-esr", "firefox")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

UNWANTED = ["--disable-back-forward-cache"]
"""What Playwright would add, and no user has."""

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
    return _missing("Chromium", "apt install chromium, or playwright install chromium, or name one in PLACEHOLDER_CHROMIUM")


def _firefox() -> str:
    """The path of a Firefox: the one named, or an installed one."""
    named = os.environ.get("PLACEHOLDER_FIREFOX")
    found = [named] if named else [path for path in map(shutil.which, FIREFOX_NAMES) if path]
    return found[0] if found else _missing("Firefox", "apt install firefox-esr, or name one in PLACEHOLDER_FIREFOX")


def _missing(browser: str, remedy: str) -> NoReturn:
    reason = f"NO {browser.upper()} FOUND: NOTHING THAT PEOPLE SEE IN {browser.upper()} WAS TESTED. To test it: {remedy}."
    if os.environ.get("PLACEHOLDER_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        path = _chromium(playwright)
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS, ignore_default_args=UNWANTED)
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


# ---------------------------------------------------------------- both browsers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def firefox() -> AsyncIterator[Firefox]:
    firefox = await Firefox.start(_firefox())
    yield firefox
    await firefox.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scriptless_firefox() -> AsyncIterator[Firefox]:
    """It has no command that turns script off, and one setting for all its windows."""
    firefox = await Firefox.start(_firefox(), javascript__enabled=False)
    yield firefox
    await firefox.close()


@pytest.fixture(params=["chromium", "firefox"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


MakeWindow = Callable[[], Awaitable[Window]]


@pytest.fixture
def browser_windows(engine: str, request: pytest.FixtureRequest) -> MakeWindow:
    """Makes windows that nobody closes."""
    if engine == "firefox":
        firefox: Firefox = request.getfixturevalue("firefox")
        return lambda: FirefoxWindow.make(firefox)
    browser: Browser = request.getfixturevalue("browser")
    return lambda: ChromiumWindow.make(browser)


@pytest_asyncio.fixture(loop_scope="session")
async def make_window(browser_windows: MakeWindow) -> AsyncIterator[MakeWindow]:
    """As many windows as a test wants, all in one browser, each with a context of its own."""
    made: list[Window] = []

    async def make() -> Window:
        made.append(await browser_windows())
        return made[-1]

    yield make
    for window in made:
        await window.close()


@pytest_asyncio.fixture(loop_scope="session")
async def window(make_window: MakeWindow) -> Window:
    return await make_window()


@pytest.fixture
def scriptless_windows(engine: str, request: pytest.FixtureRequest) -> MakeWindow:
    if engine == "firefox":
        firefox: Firefox = request.getfixturevalue("scriptless_firefox")
        return lambda: FirefoxWindow.make(firefox, has_script=False)
    browser: Browser = request.getfixturevalue("browser")
    return lambda: ChromiumWindow.make(browser, has_script=False)


@pytest_asyncio.fixture(loop_scope="session")
async def scriptless_window(scriptless_windows: MakeWindow) -> AsyncIterator[Window]:
    """A window in a browser that runs no script at all."""
    window = await scriptless_windows()
    yield window
    await window.close()


# ---------------------------------------------------------------- services that fail as they are told

KEY = "Zk3vR8qLm2XwT5bNs7Yd1HcJf"


@pytest.fixture(scope="session")
def key() -> str:
    """What `sketcher` and what stands before it take for a key."""
    return KEY


@pytest.fixture(scope="session")
def sketcher(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """The origin of a service whose pictures take half a second."""
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": "0.5"}
    with serving(**chosen) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def make_relay(sketcher: str) -> Iterator[Callable[..., Relay]]:
    """A relay before the service at an origin, `sketcher` by default; two are two origins."""
    made: list[Relay] = []

    def make(service: str = sketcher) -> Relay:
        made.append(Relay(service))
        return made[-1]

    yield make
    for relay in made:
        relay.close()


@pytest.fixture
def relay(make_relay: Callable[..., Relay]) -> Relay:
    return make_relay()


@pytest.fixture(scope="session")
def failing(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """The same, where every picture fails."""
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": "0.5"}
    with serving(**chosen, PLACEHOLDER_SKETCH_FAILURES="1") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def slow(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """The same, where they take longer than anybody would like to poll."""
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": "3"}
    with serving(**chosen) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def patient(make_relay: Callable[..., Relay], slow: str) -> Relay:
    """A relay before that one: what a test does meanwhile is done before the picture is."""
    return make_relay(slow)


@pytest.fixture
def prompt(request: pytest.FixtureRequest) -> str:
    """A prompt that no other test has."""
    return " ".join(re.findall(r"[a-z0-9]+", request.node.nodeid.rpartition("::")[2].lower()))
