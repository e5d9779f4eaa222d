"""What goes with time: prompts of jobs that ended, names of webhooks, old usage, and old pictures where they are not kept."""

import asyncio
import logging
import random
import time
from dataclasses import dataclass

from sqlalchemy import Connection

from placeholder.db.database import Database
from placeholder.errors import Refusal, Unavailable
from placeholder.jobs import store
from placeholder.jobs.machine import Policy
from placeholder.jobs.model import Job, Phase
from placeholder.jobs.ports import Blobs
from placeholder.jobs.service import delete_picture, purge
from placeholder.keys.store import forget_usage

log = logging.getLogger("placeholder.jobs")

_EVERY_S = 60
_DELIVERIES_S = 72 * 3600
_USAGE_S = 62 * 86400
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Retention:
    """Seconds after a job's end. `pictures_s` 0 keeps them."""

    prompts_s: float
    pictures_s: float


async def keep_up(database: Database, blobs: Blobs, policy: Policy, retention: Retention) -> None:
    """For ever."""
    while True:
        try:
            await tidy(database, blobs, policy, retention, time.time())
        except Refusal as error:
            log.warning("upkeep waits", extra={"code": error.code})
        except Exception as error:  # tomorrow is another day
            log.error("upkeep met an error", extra={"error": type(error).__name__})  # noqa: TRY400 - a traceback may quote
        await asyncio.sleep(_EVERY_S * (0.5 + random.random()))


async def tidy(database: Database, blobs: Blobs, policy: Policy, retention: Retention, now: float) -> None:
    """Once. Raises Unavailable."""

    def forget(c: Connection) -> None:
        store.erase_prompts(c, now - retention.prompts_s)
        store.forget_deliveries(c, now - _DELIVERIES_S)
        forget_usage(c, now - _USAGE_S)

    await database.write(forget)
    await blobs.sweep()
    if not retention.pictures_s:
        return
    before = now - retention.pictures_s
    while old := await database.read(lambda c: store.ended(c, Phase.READY, before, _BATCH)):
        trouble: Unavailable | None = None
        for job in old:
            try:
                await _purge(database, blobs, policy, job, now)
            except Unavailable as error:
                trouble = error  # which must not keep the younger ones
        if trouble:
            raise trouble


async def _purge(database: Database, blobs: Blobs, policy: Policy, job: Job, now: float) -> None:
    # Its bytes first: where that fails, the row is still there to be found again.
    await delete_picture(blobs, job)
    await database.write(lambda c: purge(c, job.id, now, policy, job.epoch))
