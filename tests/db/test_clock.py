"""The clock that processes share: the database's, where machines may differ."""

import asyncio
import time
from types import SimpleNamespace

import pytest

from placeholder.db import clock as clock_module
from placeholder.db.clock import Clock
from placeholder.db.database import Database
from placeholder.errors import Unavailable


@pytest.mark.parametrize("wrong_by", [3600.0, -3600.0])
async def test_a_machine_whose_clock_is_wrong(database: Database, monkeypatch: pytest.MonkeyPatch, wrong_by: float) -> None:
    own = SimpleNamespace(time=lambda: time.time() + off[0])
    monkeypatch.setattr(clock_module, "time", own)
    off = [wrong_by]
    clock = Clock(database)
    seen = [clock() - time.time()]
    off[0] = 0  # the machine's clock is set
    seen.append(clock() - time.time())
    await clock.correct()
    seen.append(clock() - time.time())
    expected = [wrong_by, 0, 0] if database.is_sqlite else [0, -wrong_by, 0]
    assert seen == pytest.approx(expected, abs=60)


async def test_small_differences_are_none(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [0.4]
    monkeypatch.setattr(clock_module, "_ahead", lambda _: told[0])
    monkeypatch.setattr(clock_module, "time", SimpleNamespace(time=lambda: 1000.0))
    clock = Clock(database)
    seen = []
    for told[0] in (0.9, 5.0, 4.2, 6.1, -0.5):
        await clock.correct()
        seen.append(clock())
    assert seen == ([1000.0] * 5 if database.is_sqlite else [1000.0, 1005.0, 1005.0, 1006.1, 999.5])


async def test_it_is_kept_right_whatever_the_database_does(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Clock(database), 0

    async def correct() -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise Unavailable("The database")

    monkeypatch.setattr(clock_module, "_EVERY_S", 0)
    monkeypatch.setattr(clock, "correct", correct)
    keeping = asyncio.create_task(clock.keep())
    async with asyncio.timeout(10):
        while asked < 3:
            await asyncio.sleep(0)
    keeping.cancel()
