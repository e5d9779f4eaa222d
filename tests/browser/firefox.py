"""A window in a Firefox."""

import asyncio
import json
from typing import Any

from browser.bidi import BidiError, Firefox, Params
from browser.windows import PATIENCE_S, SIZE, Clip, NotOffered, ScriptError, Wait, Window, call, picture
from PIL import Image


class FirefoxWindow(Window):
    """Made by `make`, in a Firefox that has script or has not. Its window never has the focus."""

    name = "firefox"

    def __init__(self, firefox: Firefox, user_context: str, context: str, has_script: bool) -> None:
        self.complaints = []
        self.firefox, self.context = firefox, context
        self._user_context, self._has_script = user_context, has_script
        self._contexts = {context}  # frames and windows that the page opens count too
        self._committed = asyncio.Event()
        firefox.listeners.append(self._hear)

    @classmethod
    async def make(cls, firefox: Firefox, has_script: bool = True) -> "FirefoxWindow":
        user_context = (await firefox.send("browser.createUserContext"))["userContext"]
        made = await firefox.send("browsingContext.create", type="window", userContext=user_context)
        window = cls(firefox, user_context, made["context"], has_script)
        await window.set_viewport(*SIZE)
        return window

    def _hear(self, event: str, told: Params) -> None:
        if event == "browsingContext.contextCreated" and told["userContext"] == self._user_context:
            self._contexts.add(told["context"])
        elif event == "browsingContext.navigationCommitted" and told["context"] == self.context:
            self._committed.set()
        elif event == "log.entryAdded" and told["level"] in ("warn", "error") and told["source"].get("context") in self._contexts:
            self.complaints.append(told["text"])

    async def _send(self, method: str, seconds: float = PATIENCE_S, **params: Any) -> Params:
        return await self.firefox.send(method, seconds=seconds, context=self.context, **params)

    async def open(self, url: str, wait: Wait = "load") -> None:
        self._committed.clear()
        await self._send("browsingContext.navigate", url=url, wait="complete" if wait == "load" else "none")
        if wait == "none":
            await asyncio.wait_for(self._committed.wait(), PATIENCE_S)

    async def reload(self) -> None:
        await self._send("browsingContext.reload", wait="complete")

    async def evaluate(self, function: str, *args: Any, seconds: float = PATIENCE_S) -> Any:
        if not self._has_script:
            raise NotOffered("there is no script in this window")
        asked = {"functionDeclaration": call(function, args), "awaitPromise": True, "target": {"context": self.context}}
        try:
            told = await self.firefox.send("script.callFunction", seconds=seconds, **asked)
        except BidiError as error:
            raise ScriptError(str(error)) from None
        if told["type"] == "exception":
            raise ScriptError(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])

    async def init_script(self, source: str) -> None:
        script = f"() => {{ {source}\n }}"
        await self.firefox.send("script.addPreloadScript", functionDeclaration=script, contexts=[self.context])

    async def screenshot(self, clip: Clip | None = None) -> Image.Image:
        return picture((await self._send("browsingContext.captureScreenshot"))["data"], clip)

    async def set_viewport(self, width: int, height: int) -> None:
        await self._send("browsingContext.setViewport", viewport={"width": width, "height": height}, devicePixelRatio=1)

    async def offline(self, is_offline: bool) -> None:
        conditions = {"type": "offline"} if is_offline else None
        await self.firefox.send("emulation.setNetworkConditions", networkConditions=conditions, userContexts=[self._user_context])

    async def ax(self) -> list[dict[str, Any]]:
        raise NotOffered("Firefox does not tell its accessibility tree")

    async def close(self) -> None:
        self.firefox.listeners.remove(self._hear)
        await self.firefox.send("browser.removeUserContext", userContext=self._user_context)
