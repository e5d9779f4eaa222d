"""One window, whichever browser it is in: what a test of both needs, and alike in both. And the one in Chromium.

Each has a context of its own: cookies, storage, HTTP cache and image cache are shared with no other window. It has one
pixel for a CSS pixel, is visible whatever other windows there are, and keeps pages for going back to (bfcache).
"""

import asyncio
import base64
import json
import re
import time
from contextlib import suppress
from io import BytesIO
from typing import Any, Literal, Protocol

from PIL import Image
from playwright.async_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page
from playwright.async_api import Error as PlaywrightError

PATIENCE_S = 30
"""Seconds for whatever has no limit of its own."""
SIZE = (1280, 900)

Wait = Literal["load", "none"]
Clip = tuple[int, int, int, int]


class ScriptError(Exception):
    """What a page's script threw, as `TypeError: …`; or why it could not be asked."""


class NotOffered(Exception):
    """This window cannot do that."""


class Window(Protocol):
    """`complaints`: console warnings and errors, errors that nobody caught, breaches of a policy, as the browser words them;
    without what Chromium alone says, that a resource failed to load (the relay sees those)."""

    name: str
    complaints: list[str]

    async def open(self, url: str, wait: Wait = "load") -> None:
        """Goes to `url`; until it has loaded, or ("none") until the page is the new one, however much is still to come."""

    async def reload(self) -> None: ...

    async def back(self, seconds: float = 10) -> None:
        """To the page before, until its document is read; out of the bfcache if the browser likes."""
        where = "() => [location.href, performance.timeOrigin]"
        left = await self.evaluate(where)
        await self.evaluate("() => { setTimeout(() => history.back()); }")
        here = "(url, born) => document.readyState !== 'loading' && (location.href !== url || performance.timeOrigin !== born)"
        await self.until(here, *left, seconds=seconds)

    async def evaluate(self, function: str, *args: Any, seconds: float = PATIENCE_S) -> Any:
        """Calls a JavaScript function with JSON values; its value as JSON, awaited if it is a promise. Raises ScriptError."""

    async def until(self, function: str, *args: Any, seconds: float = 10) -> Any:
        """Evaluates until the value is true, and gives it. What throws meanwhile is not true yet."""
        ends = time.monotonic() + seconds
        while True:
            try:
                last = await self.evaluate(function, *args, seconds=max(1, ends - time.monotonic()))
                if last:
                    return last
            except ScriptError as error:
                last = error
            assert time.monotonic() < ends, f"{self.name}: not in {seconds:g} s, at last {last!r}: {function}"
            await asyncio.sleep(0.03)

    async def init_script(self, source: str) -> None:
        """Runs in every document from now on before any script of the page; its own variables stay its own."""

    async def screenshot(self, clip: Clip | None = None) -> Image.Image:
        """The viewport, or x, y, width and height of it, in RGB."""

    async def set_viewport(self, width: int, height: int) -> None: ...

    async def offline(self, is_offline: bool) -> None:
        """Cuts the page off from the network, as it is told by navigator.onLine and its events too, or connects it again.
        What is under way goes on, in both browsers: to lose that, cut the relay."""

    async def ax(self) -> list[dict[str, Any]]:
        """The accessibility tree: role, name and busy of every node that is not ignored. Chromium only."""

    async def close(self) -> None: ...


def call(function: str, args: tuple[Any, ...]) -> str:
    """A function without parameters that gives JSON."""
    return f"async () => {{ const given = await ({function}\n)(...{json.dumps(args)}); return JSON.stringify(given) ?? 'null'; }}"


def picture(png: str, clip: Clip | None) -> Image.Image:
    shot = Image.open(BytesIO(base64.b64decode(png))).convert("RGB")
    if clip is None:
        return shot
    x, y, w, h = clip
    is_inside = x + w <= shot.width and y + h <= shot.height
    assert is_inside, f"{clip} is not inside the viewport, {shot.size}"
    return shot.crop((x, y, x + w, y + h))


class ChromiumWindow(Window):
    """Made by `make`. `page` is Playwright's, for what only Chromium is asked; its own evaluate and go_back may hang after
    a return from the bfcache."""

    name = "chromium"

    def __init__(self, context: BrowserContext, page: Page, session: CDPSession, has_script: bool) -> None:
        self.complaints = []
        self.page = page
        self._context, self._session, self._has_script = context, session, has_script
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"{error.name}: {error.message}"))

    @classmethod
    async def make(cls, browser: Browser, has_script: bool = True) -> "ChromiumWindow":
        context = await browser.new_context(java_script_enabled=has_script, viewport={"width": SIZE[0], "height": SIZE[1]})
        page = await context.new_page()
        return cls(context, page, await context.new_cdp_session(page), has_script)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("warning", "error") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    async def _send(self, method: str, seconds: float = PATIENCE_S, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await asyncio.wait_for(self._session.send(method, params), seconds)
        return answer

    async def open(self, url: str, wait: Wait = "load") -> None:
        await self.page.goto(url, wait_until="load" if wait == "load" else "commit", timeout=PATIENCE_S * 1000)

    async def reload(self) -> None:
        await self.page.reload(timeout=PATIENCE_S * 1000)

    async def evaluate(self, function: str, *args: Any, seconds: float = PATIENCE_S) -> Any:
        if not self._has_script:
            raise NotOffered("there is no script in this window")
        asked = {"expression": f"({call(function, args)})()", "awaitPromise": True, "returnByValue": True}
        try:
            told = await self._send("Runtime.evaluate", seconds, **asked)
        except (PlaywrightError, TimeoutError) as error:
            raise ScriptError(str(error) or f"no answer in {seconds:g} s: {function}") from None
        if thrown := told.get("exceptionDetails"):
            what = thrown.get("exception", {})
            text = what.get("description") or what.get("value") or thrown["text"]
            raise ScriptError(re.sub(r"\n    at .*", "", str(text), flags=re.DOTALL))
        return json.loads(told["result"]["value"])

    async def init_script(self, source: str) -> None:
        await self.page.add_init_script(f"(() => {{ {source}\n }})()")

    async def screenshot(self, clip: Clip | None = None) -> Image.Image:
        for wait_s in (0.2, 0.5, 1):  # on a busy machine Chromium may have nothing to show yet
            with suppress(PlaywrightError):
                return picture((await self._send("Page.captureScreenshot", format="png"))["data"], clip)
            await asyncio.sleep(wait_s)
        return picture((await self._send("Page.captureScreenshot", format="png"))["data"], clip)

    async def set_viewport(self, width: int, height: int) -> None:
        await self.page.set_viewport_size({"width": width, "height": height})

    async def offline(self, is_offline: bool) -> None:
        await self._context.set_offline(is_offline)

    async def ax(self) -> list[dict[str, Any]]:
        nodes = (await self._send("Accessibility.getFullAXTree"))["nodes"]
        return [_ax(node) for node in nodes if not node["ignored"]]

    async def close(self) -> None:
        await self._context.close()


def _ax(node: dict[str, Any]) -> dict[str, Any]:
    properties = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    role, name = (node.get(key, {}).get("value", "") for key in ("role", "name"))
    return {"role": role, "name": name, "busy": bool(properties.get("busy"))}
