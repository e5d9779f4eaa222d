"""Found out once for all who ask at the same time, and not again before it is old."""

import asyncio

import pytest

from placeholder.figures.fresh import Fresh


class Finding:
    def __init__(self) -> None:
        self.now, self.times = 100.0, 0
        self.go = asyncio.Event()
        self.go.set()
        self.trouble: Exception | None = None
        self.fresh = Fresh(5, self._find, lambda: self.now)

    async def _find(self) -> int:
        self.times += 1
        await self.go.wait()
        if self.trouble:
            raise self.trouble
        return self.times


async def test_it_is_found_out_again_when_it_is_old() -> None:
    finding = Finding()
    told = []
    for now in (100, 104.9, 105, 109.9, 110, 200):
        finding.now = now
        told.append(await finding.fresh.get())
    assert told == [1, 1, 2, 2, 3, 4]


async def test_whoever_asks_meanwhile_shares_it_even_when_another_leaves() -> None:
    finding = Finding()
    finding.go.clear()
    asking = [asyncio.create_task(finding.fresh.get()) for _ in range(10)]
    await asyncio.sleep(0)
    asking.pop(0).cancel()
    finding.now += 50
    await asyncio.sleep(0)
    finding.go.set()
    assert await asyncio.gather(*asking) == [1] * 9
    assert await finding.fresh.get() == 1, "its age counts from when it was found"


async def test_a_failure_is_not_repeated_at_once_either() -> None:
    finding = Finding()
    finding.trouble = OSError("no")
    for _ in range(3):
        with pytest.raises(OSError, match="no"):
            await finding.fresh.get()
    assert finding.times == 1
    finding.trouble, finding.now = None, 105
    assert await finding.fresh.get() == 2


async def test_what_is_under_way_ends_with_it() -> None:
    finding = Finding()
    await finding.fresh.close()
    finding.go.clear()
    asking = asyncio.create_task(finding.fresh.get())
    await asyncio.sleep(0)
    await finding.fresh.close()
    with pytest.raises(asyncio.CancelledError):
        await asking
