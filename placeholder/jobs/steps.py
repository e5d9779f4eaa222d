"""What is done for a job that a worker holds, by phase: one talk with the world, and the event that came of it.

Nothing here changes a job; nothing here raises but asyncio.CancelledError. What a provider says in words is neither kept
nor logged.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from placeholder.errors import Unavailable
from placeholder.jobs.breaker import Breaker
from placeholder.jobs.machine import Deferred, Event, Policy, PutOff, Refused, Reported, Stored, Unfetched, Unfound
from placeholder.jobs.model import Job, Phase, blob_key, dice
from placeholder.jobs.ports import (
    Blobs,
    Finisher,
    NotStarted,
    Order,
    OutputGone,
    OutputRefused,
    Outputs,
    OutputTrouble,
    Prediction,
    Provider,
    Rejected,
    Seals,
    Trouble,
    Unsure,
)
from placeholder.jobs.store import Taking
from placeholder.raster.master import Undecodable

log = logging.getLogger("placeholder.jobs")

_LOOKED_INTO = 2
"""How often an output is fetched that turns out to be no picture: once more than once, since transfers break."""


@dataclass(frozen=True, slots=True)
class World:
    """All that a step needs. `hook` is where a provider may report on an attempt, if anywhere."""

    provider: Provider
    outputs: Outputs
    finisher: Finisher
    blobs: Blobs
    seals: Seals
    policy: Policy
    breaker: Breaker
    hook: Callable[[str, int, int], str | None]
    at: Callable[[str], None]
    clock: Callable[[], float]
    jitter: Callable[[], float]
    """0 to 1."""


async def first_step(taking: Taking, world: World) -> Event:
    """For a job just taken: what was queued is sent, anything else is looked into."""
    if taking.before.phase is Phase.QUEUED:
        return await _guarded(_send, taking.held, world)
    return await next_step(taking.held, world)


async def next_step(job: Job, world: World, said: Prediction | None = None) -> Event:
    """`said`: what the provider has just told, where that led to this phase."""
    if job.phase is Phase.FETCHING:
        return await _guarded(lambda job, world: _fetch(job, world, said), job, world)
    return await _guarded(_STEPS[job.phase], job, world)


async def _guarded(step: Callable[[Job, World], Awaitable[Event]], job: Job, world: World) -> Event:
    # A fruitless step counts from its begin: the process may stand still meanwhile, and what is paid is looked at once more.
    began = world.clock()
    try:
        return await step(job, world)
    except (Trouble, Unavailable) as error:
        log.info("a step failed", extra=_told(job, error))
    except Exception as error:  # of ours or of a library: the job must not hang on it
        log.error("a step met an error", extra=_told(job, error))  # noqa: TRY400 - a traceback may quote
    return PutOff(began, world.policy.poll_s * (1 + world.jitter()))


def _told(job: Job, error: Exception) -> dict[str, str]:
    return {"job": job.id, "phase": job.phase, "error": type(error).__name__}


def order_of(job: Job, world: World) -> Order:
    """Raises ValueError where the prompt cannot be read."""
    if job.prompt is None:
        raise ValueError(f"job {job.id}: its prompt was erased")
    return Order(
        job=job.id,
        epoch=job.epoch,
        attempt=job.attempt,
        prompt=world.seals.open(job.id, job.prompt),
        size=job.size,
        model=job.model,
        seed=dice(job.mac) if job.seed is None else job.seed,
        is_exact=job.seed is not None,
        webhook=world.hook(job.id, job.epoch, job.attempt),
        seconds=world.policy.deadline_s,
        sent_at=job.sent_at or 0,
    )


async def _send(job: Job, world: World) -> Event:
    """The one place that costs money."""
    try:
        order = order_of(job, world)
    except ValueError:
        log.error("a prompt cannot be read; was PLACEHOLDER_SECRET changed?", extra={"job": job.id})  # noqa: TRY400
        return Refused(world.clock(), "invalid")
    if world.clock() - order.sent_at > world.policy.lease_s / 2:
        # This process stood still; others may hold the job by now, and they will not send it.
        return PutOff(world.clock(), world.policy.poll_s)
    world.at("provider.before_call")
    try:
        said = await world.provider.start(order)
    except NotStarted as no:
        world.breaker.failed(world.clock(), order.sent_at, is_closed=no.is_closed)
        log.warning("a job was not taken", extra={"job": job.id, "provider": world.provider.name, "reason": str(no)})
        return Deferred(world.clock(), _wait(no.wait, job.deferrals, world))
    except Rejected as no:
        world.breaker.worked()
        return Refused(world.clock(), no.code)
    except Unsure:
        world.breaker.failed(world.clock(), order.sent_at)
        log.warning("a job may have been taken", extra={"job": job.id, "provider": world.provider.name})
        return PutOff(world.clock(), min(world.policy.poll_s, world.policy.grace_s / 2))
    world.at("provider.after_call")
    world.breaker.worked()
    return Reported(world.clock(), said)


def _wait(asked: float | None, deferrals: int, world: World) -> float:
    wait = min(2.0 ** min(deferrals, 16), world.policy.longest_wait_s) if asked is None else asked
    return min(wait, world.policy.longest_wait_s) * (1 + world.jitter() / 2)


async def _reconcile(job: Job, world: World) -> Event:
    # What was not there when we asked may be there by the time that we hear so: this process may stand still meanwhile.
    asked = world.clock()
    found = await world.provider.find(order_of(job, world))
    return Reported(world.clock(), found) if found else Unfound(asked)


async def _look(job: Job, world: World) -> Event:
    asked = world.clock()
    return Reported(asked, await world.provider.look(order_of(job, world), job.prediction or ""))


async def _fetch(job: Job, world: World, said: Prediction | None) -> Event:
    try:
        body = await _body(job, world, said)
        master = await world.finisher.clean(body, job.size)
    except OutputGone:
        return Unfetched(world.clock(), "output_lost", is_final=True)
    except OutputTrouble:
        return Unfetched(world.clock(), "output_lost", is_final=False)
    except OutputRefused:
        return Unfetched(world.clock(), "bad_output", is_final=True)
    except Undecodable:
        return Unfetched(world.clock(), "bad_output", is_final=job.looks + 1 >= _LOOKED_INTO)
    await world.blobs.put(blob_key(job.id, job.epoch), master.png)
    return Stored(world.clock(), master.thumbhash, master.blur)


async def _body(job: Job, world: World, said: Prediction | None) -> bytes:
    if job.output is not None:
        return await world.outputs.fetch(job.output)
    if said is None or said.body is None:
        said = await world.provider.look(order_of(job, world), job.prediction or "")
    if said.failure is not None:
        raise OutputGone
    if said.output is not None:
        return await world.outputs.fetch(said.output)
    if said.body is None:
        raise OutputTrouble
    return said.body


_STEPS: Mapping[Phase, Callable[[Job, World], Awaitable[Event]]] = {Phase.SUBMITTING: _reconcile, Phase.RUNNING: _look}
