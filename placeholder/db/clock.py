"""The time that all processes on one database agree on, since they compare it: leases, grace times, what rows say. PostgreSQL's
own, however wrong a machine's clock is; with SQLite all are on one machine.
"""

import asyncio
import time
from contextlib import suppress

from sqlalchemy import Connection

from placeholder.db.database import Database
from placeholder.errors import Unavailable

_EVERY_S = 60
_TOLERATED_S = 1.0
"""A difference that is none: to follow each would have time go to and fro."""


class Clock:
    """Called, it tells seconds since the epoch. Asks the database when it is made; raises Unavailable."""

    def __init__(self, database: Database) -> None:
        self._database, self._ahead = database, 0.0
        if not database.is_sqlite:
            self._set(database.transact(_ahead))

    def __call__(self) -> float:
        return time.time() + self._ahead

    async def correct(self) -> None:
        """Asks again: clocks are set, and drift. Raises Unavailable."""
        if not self._database.is_sqlite:
            self._set(await self._database.read(_ahead))

    async def keep(self) -> None:
        """Corrects it for ever."""
        while True:
            await asyncio.sleep(_EVERY_S)
            with suppress(Unavailable):
                await self.correct()

    def _set(self, ahead: float) -> None:
        if abs(ahead - self._ahead) > _TOLERATED_S:
            self._ahead = ahead


def _ahead(connection: Connection) -> float:
    """By how much the database's clock is ahead of this machine's, give or take half the time that asking took."""
    before = time.time()
    told = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one()
    return float(told) - (before + time.time()) / 2
