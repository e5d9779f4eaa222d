"""The stage of the crash tests: `placeholder serve` processes that can be killed, stopped and started again, a fake Replicate
beside them, and what they write. Everything is at a fixed port, so that whoever comes back is found again.
"""

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

import httpx

KEY = "Zq8vR2mXw7Lk3TbN9sHd4JfY6pGc1e"
SECRET = "t7Qe2LxV9pWb4KzR8nYd6HcM3jSg5FaU"
PATIENCE_S = 60

_FOLDER = Path(__file__).parent


def free_ports(count: int, dice: random.Random) -> list[int]:
    """Below the range from which the system takes the ports of clients: such a one would sit on the port of a server that
    is down for a moment."""
    found: list[int] = []
    while len(found) < count:
        port = dice.randrange(12_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found += [port] if port not in found else []
    return found


# ---------------------------------------------------------------- processes


class Life:
    """One process, from its start to its end."""

    def __init__(self, pid: int, settings: Mapping[str, str], send: Callable[[dict[str, Any]], None]) -> None:
        self.pid, self.settings, self._send = pid, settings, send
        self.ended: Future[int] = Future()
        """Its exit code; minus a signal's number where that ended it."""

    def signal(self, number: signal.Signals) -> None:
        if not self.ended.done():
            self._send({"signal": number, "to": self.pid})

    async def end(self) -> int:
        """Its exit code, once it has one."""
        return await asyncio.shield(asyncio.wrap_future(self.ended))


class Nursery:
    """`nursery.py`, and the lives that it began."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(_FOLDER / "nursery.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env={name: value for name, value in os.environ.items() if not name.startswith(("PLACEHOLDER_", "REPLICATE_"))},
            start_new_session=True,
        )
        self._lives: dict[int, Life] = {}
        self._started: Future[Life] = Future()
        self._settings: Mapping[str, str] = {}
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._reader = threading.Thread(target=self._read, name="nursery", daemon=True)
        self._reader.start()

    def start(self, argv: list[str], env: Mapping[str, str], folder: Path, log: Path, seed: int) -> Life:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        wish = {"argv": argv, "env": {**kept, **env}, "folder": str(folder), "log": str(log), "seed": seed}
        with self._lock:
            assert self._process.poll() is None, f"the nursery ended with {self._process.returncode}"
            self._started, self._settings = Future(), env
            self._send({"start": wish})
            return self._started.result(PATIENCE_S)

    def _send(self, wish: dict[str, Any]) -> None:
        assert self._process.stdin
        with self._writing:
            self._process.stdin.write(json.dumps(wish).encode() + b"\n")
            self._process.stdin.flush()

    def close(self) -> None:
        with self._process:
            assert self._process.stdin
            self._process.stdin.close()
            self._process.wait(PATIENCE_S)
            self._reader.join(PATIENCE_S)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            match json.loads(line):
                case {"started": pid}:
                    life = self._lives[pid] = Life(pid, self._settings, self._send)
                    self._started.set_result(life)
                case {"ended": pid, "status": status}:
                    self._lives.pop(pid).ended.set_result(status)
        for life in self._lives.values():
            life.ended.set_result(-signal.SIGKILL)


class Service:
    """`placeholder serve` at one port, over all its lives. `settings` are its environment."""

    def __init__(self, nursery: Nursery, home: Path, port: int, settings: Mapping[str, str], seed: int = 0) -> None:
        self.port, self.settings = port, dict(settings)
        self.url = f"http://127.0.0.1:{port}"
        self.log = home / f"log-{port}"
        self.lives: list[Life] = []
        self.is_wanted = False
        """Whether it is up, or will be again at once."""
        self._nursery, self._home, self._seed = nursery, home, seed
        self._stopped = False

    @property
    def life(self) -> Life:
        return self.lives[-1]

    def start(self, **more: str) -> Self:
        """`more`: settings for this life alone."""
        words = ["serve", "--port", str(self.port)]
        seed = self._seed * 1000 + len(self.lives)
        self.lives.append(self._nursery.start(words, {**self.settings, **more}, self._home, self.log, seed))
        self.is_wanted = True
        return self

    async def answers(self) -> bool:
        """Waits until it answers; False where it ended before."""
        ends = time.monotonic() + PATIENCE_S
        while not self.life.ended.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                assert time.monotonic() < ends, f"it did not start\n{self.told()}"
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return True
        return False

    async def ready(self) -> Self:
        """Waits until it answers."""
        assert await self.answers(), f"it ended with {self.life.ended.result()}\n{self.told()}"
        return self

    def kill(self) -> None:
        self.life.signal(signal.SIGKILL)
        self._stopped = False

    def stop(self) -> None:
        self.life.signal(signal.SIGSTOP)
        self._stopped = True

    def go_on(self) -> None:
        self.life.signal(signal.SIGCONT)
        self._stopped = False

    async def ended(self) -> int:
        """Its exit code, once it has one."""
        return await asyncio.wait_for(self.life.end(), PATIENCE_S + 10)

    async def end(self) -> None:
        """A clean end. What was never started, or has ended, is left alone."""
        self.is_wanted = False
        if self.lives and not self.life.ended.done():
            if self._stopped:
                self.go_on()
            self.life.signal(signal.SIGTERM)
            assert await self.ended() in (0, -signal.SIGTERM), self.told()

    async def restart(self, **more: str) -> Self:
        await self.end()
        return await self.start(**more).ready()

    def told(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class FakeProcess:
    """The fake Replicate as a process of its own; `knobs` as `provider.py` takes them."""

    def __init__(self, log: Path, seed: int, **knobs: Any) -> None:
        command = [sys.executable, str(_FOLDER / "provider.py"), json.dumps({"seed": seed, **knobs})]
        with log.open("ab") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, start_new_session=True)
        assert self._process.stdout
        told = json.loads(self._process.stdout.readline())
        self.base_url, self.files_origin, self.token = told["base_url"], told["files_origin"], told["token"]
        self.webhook_secret = told["webhook_secret"]
        self._origin = self.base_url.removesuffix("/v1")

    @property
    def settings(self) -> dict[str, str]:
        """What a service needs to know of it."""
        return {
            "REPLICATE_API_TOKEN": self.token,
            "REPLICATE_BASE_URL": self.base_url,
            "PLACEHOLDER_OUTPUT_HOSTS": self.files_origin,
        }

    async def report(self) -> dict[str, Any]:
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            found: dict[str, Any] = (await client.get(self._origin + "/_fake/report")).json()
            return found

    async def network(self, *, up: bool) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
            (await client.post(self._origin + "/_fake/network", json={"up": up})).raise_for_status()

    def close(self) -> None:
        """Fails where the file host was shown our token."""
        if self._process.poll() is None:
            self._process.terminate()
            with self._process:
                status = self._process.wait(PATIENCE_S)
            assert status == 0, "the file host was shown an Authorization header"


# ---------------------------------------------------------------- in front of several


class Balancer:
    """One address for several services: each connection goes to one that takes it, in turn."""

    def __init__(self, port: int, backends: list[int]) -> None:
        self.port, self._backends = port, backends
        self.url = f"http://127.0.0.1:{port}"
        self._turn = 0
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for _ in self._backends:
                self._turn += 1
                port = self._backends[self._turn % len(self._backends)]
                try:
                    there, back = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    continue
                try:
                    await asyncio.gather(_pour(reader, back), _pour(there, writer))
                finally:
                    back.close()
                return
        finally:
            writer.close()


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while chunk := await source.read(1 << 16):
            target.write(chunk)
            await target.drain()
        target.write_eof()
    except OSError:
        target.close()
