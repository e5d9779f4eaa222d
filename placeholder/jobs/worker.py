"""Carries jobs from queued to ready, in the process that serves; as many processes as share a database share the work.

A job is held by a lease: the time of its next look, put off. Whoever dies or stands still loses it to another, and the
version keeps him from writing over what the other did.
"""

import asyncio
import logging
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from placeholder.db.database import Database
from placeholder.errors import Refusal
from placeholder.jobs import store
from placeholder.jobs.board import Board
from placeholder.jobs.machine import Event, Reported, advance
from placeholder.jobs.model import ENDED, Job, Phase
from placeholder.jobs.ports import Trouble
from placeholder.jobs.steps import World, first_step, next_step
from placeholder.jobs.store import Taking

log = logging.getLogger("placeholder.jobs")

_LONGEST_REST_S = 1.0
"""How late a job is noticed that another process has left or made due."""
_CLOSING_S = 8
"""What a step that is under way gets to end, once the process is asked to."""
_LATE_S = 30
"""After so long a turn of the loop hangs on something; the longest wait for a lock is 5 s."""
STATES = ("ok", "late", "down")


class Worker:
    """`room`: steps under way at once."""

    def __init__(self, database: Database, board: Board, world: World, room: int) -> None:
        self._database, self._board, self._world, self._room = database, board, world, room
        self._rest_s = min(_LONGEST_REST_S, world.policy.lease_s / 3)
        self._bell = asyncio.Event()
        self._steps: dict[str, asyncio.Task[None]] = {}
        self._held: dict[str, Job] = {}
        self._asides: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._is_warm = False
        self._is_closing = False
        self._turned_at = time.monotonic()

    def start(self) -> None:
        self._loop = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There is something to do."""
        self._bell.set()

    def state(self) -> str:
        """Of STATES."""
        if self._loop is None or self._loop.done():
            return "down"
        return "ok" if time.monotonic() - self._turned_at < _LATE_S else "late"

    async def close(self) -> None:
        """Lets the steps under way end, within reason; what is left is free for others at once."""
        self._is_closing = True
        self._bell.set()
        if self._loop:
            # Not in the middle of taking: what it took would wait for its lease to run out.
            await asyncio.wait((self._loop,), timeout=_CLOSING_S)
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        tasks = [*self._steps.values(), *self._asides]
        if tasks:
            await asyncio.wait(tasks, timeout=_CLOSING_S)
        left = list(self._held.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(Refusal):
            await self._database.write(lambda c: store.prolong(c, left, self._world.clock()))

    async def _run(self) -> None:
        prolonged = time.monotonic()
        while not self._is_closing:
            self._bell.clear()
            self._turned_at = time.monotonic()
            rest = self._rest_s
            try:
                rest = await self._take()
                if time.monotonic() - prolonged > self._world.policy.lease_s / 3:
                    await self._prolong()
                    prolonged = time.monotonic()
            except Refusal as error:
                log.warning("the worker waits", extra={"code": error.code})
            except Exception as error:  # the worker outlives everything
                log.error("the worker met an error", extra={"error": type(error).__name__})  # noqa: TRY400 - a traceback may quote
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), rest)

    async def _take(self) -> float:
        """Takes what is due and there is room for; the seconds after which there may be more."""
        world, now = self._world, self._world.clock()
        room = self._room - len(self._steps)
        if room <= 0:
            return self._rest_s  # the next step that ends rings the bell
        due = await self._database.read(store.next_due)
        if due is None or due > now:
            return self._rest_s if due is None else min(due - now, self._rest_s)
        sendable = world.breaker.room(now, room)
        until = now + world.policy.lease_s

        def take(c: Connection) -> list[Taking]:
            return store.take(c, now, until, sendable or room, world.policy, may_send=sendable > 0)

        taken = await self._database.write(take)
        if any(taking.held.phase is Phase.SUBMITTING and taking.before.phase is Phase.QUEUED for taking in taken):
            world.breaker.tries(now)
        world.at("claim.after_commit")
        for taking in taken:
            self._board.tell(taking.held)
            if taking.held.phase not in ENDED:
                self._carry(taking)
        return 0 if taken else self._rest_s

    def _carry(self, taking: Taking) -> None:
        job = taking.held.id
        going = self._steps.get(job)
        if going and not going.done():
            if _step(self._held[job]) == _step(taking.held):
                self._held[job] = taking.held
                return  # our own lease ran out while its step went on; that one decides
            going.cancel()  # news has overtaken it: whatever it still brings would change nothing
        if not self._is_warm:
            self._is_warm = True
            self._aside(self._world.finisher.warm())
        self._held[job] = taking.held
        task = self._steps[job] = asyncio.create_task(self._go(taking))

        def ended(task: asyncio.Task[None]) -> None:
            if self._steps.get(job) is task:
                del self._steps[job], self._held[job]
            if not task.cancelled() and (error := task.exception()):
                log.error("a job met an error between two steps", extra={"job": job, "error": type(error).__name__})
            self._bell.set()

        task.add_done_callback(ended)

    async def _go(self, taking: Taking) -> None:
        """Steps until there is something to wait for."""
        event = await first_step(taking, self._world)
        job: Job | None = taking.held
        while job is not None:
            job = await self._keep(self._held[job.id], event)
            if job is None or job.phase is not Phase.FETCHING or not isinstance(event, Reported):
                return
            event = await next_step(job, self._world, event.prediction)

    async def _keep(self, job: Job, event: Event) -> Job | None:
        """The job after `event`, on record and told; None where somebody else has changed it, whose word then counts."""
        world = self._world
        after = advance(job, event, world.policy)
        if after is None:
            return None
        goes_on = after.phase is Phase.FETCHING and isinstance(event, Reported)
        if goes_on:
            after = replace(after, due_at=world.clock() + world.policy.lease_s)
        if not await self._write(after):
            self._aside(self._give_up(job, event))
            return None
        world.at("store.after_ready" if after.phase is Phase.READY else "provider.after_commit")
        if goes_on:  # what ends here is nobody's now, and is not to be prolonged
            self._held[job.id] = after
        self._board.tell(after)
        if after.phase is Phase.FAILED:
            log.info("a job failed", extra={"job": after.id, "code": after.code})
            if after.code == "timeout" and after.prediction:
                self._aside(self.cancel(after.prediction))
        return after

    async def _write(self, after: Job) -> bool:
        """Again and again while the database does not answer: what the world has told must not be lost lightly."""
        while True:
            try:
                return await self._database.write(lambda c: store.replace(c, after))
            except Refusal:
                await asyncio.sleep(1)

    async def _give_up(self, job: Job, event: Event) -> None:
        """Whoever changed the job meanwhile may not know of the prediction that we started."""
        if not isinstance(event, Reported):
            return
        said = event.prediction
        with suppress(Refusal):
            present = await self._database.read(lambda c: store.by_id(c, job.id))
            if present is None or present.prediction == said.id:
                return
            adopted = advance(present, event, self._world.policy) if _attempt(present) == _attempt(job) else None
            if adopted and await self._write(adopted):
                self._board.tell(adopted)
                self.wake()
            elif said.output is None and said.body is None and said.failure is None:
                await self.cancel(said.id)

    def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._asides.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._asides.discard(task)
            if not task.cancelled() and (error := task.exception()):
                log.warning("an aside met an error", extra={"error": type(error).__name__})

        task.add_done_callback(ended)

    async def cancel(self, prediction: str) -> None:
        """Stops what nobody waits for."""
        with suppress(Trouble):
            await self._world.provider.cancel(prediction)

    def cancel_soon(self, prediction: str) -> None:
        self._aside(self.cancel(prediction))

    async def _prolong(self) -> None:
        held, until = list(self._held.values()), self._world.clock() + self._world.policy.lease_s
        await self._database.write(lambda c: store.prolong(c, held, until))


def _attempt(job: Job) -> tuple[int, int]:
    return job.epoch, job.attempt


def _step(job: Job) -> tuple[Phase, int, int]:
    """What is being done for it."""
    return job.phase, job.epoch, job.attempt
