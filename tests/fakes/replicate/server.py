"""Runs the fake: the API and the file host on two ports of 127.0.0.1, in a thread with an event loop of its own, so that it
serves tests of either kind, and a service that blocks its own loop too.

    async with FakeReplicate(seed=7) as fake:     # or: with FakeReplicate(seed=7) as fake:
        AsyncReplicate(bearer_token=fake.token, base_url=fake.base_url, max_retries=0)

Leaving the block fails where the file host was shown an Authorization header, unless the block failed already.
"""

import asyncio
import threading
import time
from asyncio import Transport
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from . import control, names
from .api import PREFIX, Api
from .clock import Clock
from .control import Control
from .faults import Faults
from .files import Files
from .hooks import Hooks
from .journal import Journal
from .knobs import Knobs
from .model import Prediction
from .timekeeper import Timekeeper
from .wire import Gate, Listener
from .world import Create, Delivery, World

_PATIENCE_S = 20


class FakeReplicate:
    def __init__(
        self,
        seed: int = 0,
        faults: Faults | None = None,
        *,
        port: int = 0,
        files_port: int = 0,
        clock: Clock | None = None,
        state_file: Path | None = None,
        **knobs: Any,
    ) -> None:
        """`knobs`: the fields of Knobs. They stay at hand as `fake.knobs`."""
        self.clock = clock or Clock()
        self.knobs = Knobs(**knobs)
        self.token = names.api_token(seed)
        self._world = World(seed, faults or Faults(), self.knobs, self.clock)
        self._ports = port, files_port
        self._journal = Journal(state_file, self._world) if state_file else None
        self._listeners: list[Listener] = []
        """The API's and the file host's."""
        self._gates: list[Gate] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    # ---------------------------------------------------------------- where it is, what it saw

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._listeners[0].port}"

    @property
    def base_url(self) -> str:
        return self.origin + PREFIX

    @property
    def files_origin(self) -> str:
        return f"http://127.0.0.1:{self._listeners[1].port}"

    @property
    def webhook_secret(self) -> str:
        return self._world.secrets[-1]

    @property
    def spend(self) -> int:
        """How many predictions were made, and so paid."""
        return self._world.spend

    @property
    def creates(self) -> list[Create]:
        return self._world.creates

    def creates_by_job(self) -> dict[str | None, list[Create]]:
        return self._world.creates_by_job()

    @property
    def predictions(self) -> dict[str, Prediction]:
        """By id, the oldest first."""
        return self._world.predictions

    @property
    def deliveries(self) -> list[Delivery]:
        return self._world.deliveries

    @property
    def seen_authorization_on_files(self) -> list[str]:
        return self._world.violations

    def status(self, prediction_id: str) -> str:
        return self.predictions[prediction_id].status(self.clock.ns())

    def report(self) -> dict[str, Any]:
        return control.report(self._world)

    # ---------------------------------------------------------------- what a test may do to it

    def network(self, up: bool) -> None:
        """Down: every connection to the API and the file host is reset, no webhook goes out."""
        self._in_loop(self._plug(up))

    def refuse(self) -> None:
        """Stops listening: connections are refused, so that a client knows for sure that nothing has arrived."""
        self._in_loop(self._close_ports())

    def accept(self) -> None:
        """Listens again, at the same ports."""
        self._in_loop(self._open_ports())

    def rotate_secret(self) -> str:
        """From now on webhooks are signed with the old secret and the new one, which is the one that is told."""
        return self._world.add_secret()

    def end_rotation(self) -> None:
        del self._world.secrets[:-1]

    async def until(self, true: Callable[[], object], seconds: float = 10.0) -> None:
        """Waits, in the caller's loop, until `true()`."""
        ending = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < ending, f"this did not come about in {seconds} s; see `deliveries` and `creates`"
            await asyncio.sleep(0.005)

    # ---------------------------------------------------------------- starting and stopping

    def start(self) -> None:
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._main, args=(started,), name="fake-replicate", daemon=True)
        self._thread.start()
        started.result(_PATIENCE_S)

    def stop(self) -> None:
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_PATIENCE_S)
        assert not self._thread.is_alive(), "the fake did not stop"
        self._thread = None
        if self._journal is not None:
            self._journal.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        if error is None:
            seen = self.seen_authorization_on_files
            assert not seen, f"the file host was shown an Authorization header: {seen}"

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.to_thread(self.__exit__, kind, error, trace)

    def _main(self, started: "Future[None]") -> None:
        # Whatever loop the tests have chosen: its sockets can be reset.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._run(started))

    async def _run(self, started: "Future[None]") -> None:
        try:
            self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
            close = await self._open()
        except BaseException as error:
            for listener in self._listeners:
                await listener.close()
            started.set_exception(error)
            return
        started.set_result(None)
        await self._stopping.wait()
        await close()

    async def _open(self) -> Callable[[], Coroutine[Any, Any, None]]:
        """The only place that wires. Gives what closes it all."""
        for port in self._ports:
            self._listeners.append(Listener(port))
        world, delivery = self._world, self.knobs.delivery or self.files_origin
        hooks = Hooks(world, self.base_url, delivery)
        timekeeper = Timekeeper(self.clock, hooks.post)
        api = Api(world, timekeeper, self.token, self.base_url, delivery)
        beside = Control(world, self._set_network).routes()
        self._gates = [
            Gate(api.application(beside), self._is_up, self.clock.now, always=control.PREFIX),
            Gate(Files(world).application(), self._is_up, self.clock.now),
        ]
        await self._open_ports()
        now = self.clock.ns()
        for prediction in world.predictions.values():
            timekeeper.follow(prediction, after=now)

        async def close() -> None:
            timekeeper.close()
            await hooks.close()
            await self._close_ports()

        return close

    async def _open_ports(self) -> None:
        for listener, gate in zip(self._listeners, self._gates, strict=True):
            await listener.open(gate)

    async def _close_ports(self) -> None:
        for listener in self._listeners:
            await listener.close()

    # ---------------------------------------------------------------- from other threads

    def _is_up(self) -> bool:
        return self._world.network_up

    async def _plug(self, up: bool) -> None:
        self._set_network(up, None)

    def _set_network(self, up: bool, spared: Transport | None) -> None:
        self._world.network_up = up
        if not up:
            for listener in self._listeners:
                listener.drop_all(but=spared)

    def _in_loop(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._loop is not None, "the fake has not been started"
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)
