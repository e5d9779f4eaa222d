"""A real Firefox, spoken to in WebDriver BiDi over its own WebSocket: there is no driver in between.

Nothing that is asked waits for ever, what Firefox refuses is told in its own words, and whatever is not on this machine
is sent to a proxy that is not there.
"""

import asyncio
import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

START_S = 60
"""A busy machine may take this long to start a browser."""
ANSWER_S = 30

HEEDING = {"MOZ_REMOTE_SETTINGS_DEVTOOLS": "1"}
"""Without it a release takes no other services.settings.server than Mozilla's."""
EVENTS = ["log.entryAdded", "browsingContext.contextCreated", "browsingContext.navigationCommitted"]

Pref = str | int | bool
Params = dict[str, Any]
Listener = Callable[[str, Params], None]

PREFS: dict[str, Pref] = {
    # Nothing leaves the machine.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "localhost, 127.0.0.1",
    "network.trr.mode": 5,
    # And nothing tries to.
    "app.normandy.enabled": False,
    "app.update.auto": False,
    "app.update.disabledForTesting": True,
    "browser.region.network.url": "",
    "browser.safebrowsing.blockedURIs.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "messaging-system.rsexperimentloader.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "",
    "toolkit.telemetry.unified": False,
    # No pages of its own.
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "termsofuse.bypassNotification": True,
    # A request is there because a page asked for it, and once.
    "browser.chrome.site_icons": False,
    "network.dns.disablePrefetch": True,
    "network.http.rcwn.enabled": False,
    "network.http.speculative-parallel-limit": 0,
    "network.predictor.enabled": False,
    "network.prefetch-next": False,
    # A page may do here what it may in Chromium under automation.
    "dom.disable_open_during_load": False,
    "dom.ipc.processPrelaunch.enabled": False,  # nobody waits for the next process on two cores
    "remote.active-protocols": 1,
}


class BidiError(Exception):
    """Firefox refused a command, did not answer in time, or has gone."""


class Firefox:
    """Made by `start`. Listeners hear every event as (method, params) and must not raise."""

    def __init__(self, process: "subprocess.Popen[bytes]", profile: Path) -> None:
        self.listeners: list[Listener] = []
        self._process, self._profile = process, profile
        self._socket: ClientConnection | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Params]] = {}

    @classmethod
    async def start(cls, path: str, **prefs: Pref) -> "Firefox":
        """A Firefox with a profile of its own; `prefs` go over PREFS, with __ for a dot."""
        profile = Path(tempfile.mkdtemp(prefix="placeholder-firefox-"))
        chosen = {**PREFS, **{name.replace("__", "."): value for name, value in prefs.items()}}
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items())
        (profile / "user.js").write_text("".join(lines))
        command = [path, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0"]
        world = {**os.environ, "HOME": str(profile), **HEEDING}
        try:
            with (profile / "log").open("wb") as log:
                process = subprocess.Popen(command, env=world, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        except OSError as error:
            shutil.rmtree(profile)
            raise BidiError(f"Firefox cannot be started: {error}") from None
        firefox = cls(process, profile)
        try:
            address = await firefox._address()
            firefox._socket = await connect(f"{address}/session", proxy=None, max_size=None, open_timeout=START_S)
            firefox._hearing = asyncio.create_task(firefox._hear(firefox._socket))
            await firefox.send("session.new", seconds=START_S, capabilities={})
            await firefox.send("session.subscribe", events=EVENTS)
        except BaseException:
            await firefox.close()
            raise
        return firefox

    async def _address(self) -> str:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            told = re.search(r"WebDriver BiDi listening on (ws://\S+)\n", self._log())
            if told:
                return told[1]
            await asyncio.sleep(0.02)
        raise BidiError(f"Firefox did not start:\n{self._log()}")

    def _log(self) -> str:
        return (self._profile / "log").read_text(errors="replace")

    async def send(self, method: str, *, seconds: float = ANSWER_S, **params: Any) -> Params:
        """The result of a command. Raises BidiError."""
        if self._socket is None:
            raise BidiError(f"{method}: Firefox is not running")
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
            told = await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            raise BidiError(f"{method}: no answer in {seconds:g} s") from None
        except ConnectionClosed:
            raise BidiError(f"{method}: Firefox has gone:\n{self._log()[-2000:]}") from None
        finally:
            del self._answers[number]
        if told["type"] == "error":
            raise BidiError(f"{method}: {told['error']}: {told['message']}")
        result: Params = told["result"]
        return result

    async def _hear(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                told = json.loads(message)
                if told["type"] == "event":
                    for listener in tuple(self.listeners):
                        listener(told["method"], told["params"])
                elif (answer := self._answers.get(told["id"])) and not answer.done():
                    answer.set_result(told)
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(ConnectionClosed(None, None))

    async def close(self) -> None:
        """Ends it by its own command, or else by force; its profile goes too."""
        if self._socket:
            with suppress(BidiError):
                await self.send("browser.close", seconds=10)
            await self._socket.close()
            self._socket = None
        if self._hearing:
            with suppress(ConnectionClosed):
                await self._hearing
        deadline = time.monotonic() + 10
        while self._process.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)
