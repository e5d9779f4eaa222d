"""The press: what is asked for twice at once is made once; what does not fit in the queue is refused at once."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from placeholder.errors import Busy
from placeholder.library import asked_for
from placeholder.raster.press import Press
from placeholder.synth.catalogue import Picture

LONGEST_STALL_S = 0.015
ATTEMPTS = 40
PICTURES = [asked_for(f"/color/{number:06x}/40x30.png") for number in range(64)]


class SlowMaker:
    """Makes nothing until `go`, and counts."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.made: Counter[Picture] = Counter()

    def __call__(self, picture: Picture) -> bytes:
        assert self.go.wait(10)
        self.made[picture] += 1
        return str(picture.spec).encode()


@pytest.fixture
def maker() -> SlowMaker:
    return SlowMaker()


@pytest.fixture
def press(maker: SlowMaker) -> Iterator[Press]:
    press = Press(workers=2, queue=3, cache_bytes=100_000, make=maker)
    yield press
    maker.go.set()
    press.close()


async def settled(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0)


async def test_what_came_of_each_request_is_counted(press: Press, maker: SlowMaker) -> None:
    waiting = [asyncio.create_task(press.print(picture)) for picture in (*PICTURES[:5], PICTURES[0])]
    await asyncio.sleep(0)
    assert (press.in_flight, press.waiting) == (2, 3)
    with pytest.raises(Busy):
        await press.print(PICTURES[5])
    maker.go.set()
    await asyncio.gather(*waiting)
    await press.print(PICTURES[0])
    assert (sum(press.made.counts), press.shared, press.kept, press.refused) == (5, 1, 1, 1)
    assert press.made.seconds > 0
    assert (press.in_flight, press.waiting) == (0, 0)


async def test_work_that_raises_took_its_time_too(press: Press) -> None:
    def broken() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await press.make("key", broken)
    assert sum(press.made.counts) == 1


async def test_workers_and_queue_are_the_most_that_is_taken_on(press: Press, maker: SlowMaker) -> None:
    waiting = [asyncio.create_task(press.print(picture)) for picture in PICTURES[:5]]
    await asyncio.sleep(0)
    with pytest.raises(Busy) as refusal:
        await press.print(PICTURES[5])
    assert refusal.value.retry_after >= 1
    maker.go.set()
    assert len(await asyncio.gather(*waiting)) == 5
    assert await press.print(PICTURES[5])


async def test_equal_pictures_at_the_same_time_are_made_once(press: Press, maker: SlowMaker) -> None:
    waiting = [asyncio.create_task(press.print(asked_for("/color/123456/40x30.png?any=thing"))) for _ in range(50)]
    await asyncio.sleep(0)
    maker.go.set()
    assert len(set(await asyncio.gather(*waiting))) == 1
    assert maker.made.total() == 1


async def test_one_who_leaves_does_not_take_the_picture_from_the_others(press: Press, maker: SlowMaker) -> None:
    impatient = asyncio.create_task(press.print(PICTURES[0]))
    patient = asyncio.create_task(press.print(PICTURES[0]))
    await asyncio.sleep(0)
    impatient.cancel()
    maker.go.set()
    assert await patient
    assert maker.made.total() == 1


async def test_a_picture_asked_for_again_is_not_made_again(press: Press, maker: SlowMaker) -> None:
    maker.go.set()
    bodies = {await press.print(PICTURES[0]) for _ in range(10)}
    assert len(bodies) == 1
    assert maker.made.total() == 1


async def test_the_event_loop_keeps_its_beat_while_a_large_picture_is_made() -> None:
    """What blocks the loop blocks it every time, whereas a busy machine does so now and then: one clean run of many tells."""
    press = Press(workers=1, queue=0, cache_bytes=0)
    picture = asked_for("/seed/ada/2048x2048@2x.jpg")
    try:
        for _ in range(ATTEMPTS):
            making = asyncio.create_task(press.print(picture))
            longest, last = 0.0, time.perf_counter()
            while not making.done():
                await asyncio.sleep(0.001)
                now = time.perf_counter()
                longest, last = max(longest, now - last), now
            assert await making
            if longest < LONGEST_STALL_S:
                return
        pytest.fail(f"at least {longest * 1e3:.0f} ms without a beat, {ATTEMPTS} times")
    finally:
        press.close()


async def test_a_picture_that_fails_leaves_the_press_as_it_was() -> None:
    def broken(picture: Picture) -> bytes:
        raise RuntimeError("no ink")

    press = Press(workers=1, queue=0, cache_bytes=1000, make=broken)
    for _ in range(5):
        with pytest.raises(RuntimeError, match="no ink"):
            await press.print(PICTURES[0])
    press.close()


# ---------------------------------------------------------------- anything else that takes a thread


async def test_anything_is_made_once_by_its_key_and_kept() -> None:
    press, made = Press(workers=1, queue=0, cache_bytes=100_000), Counter[str]()

    def work(name: str) -> bytes:
        made[name] += 1
        return name.encode()

    waiting = [press.make(("picture", 640, "webp"), partial(work, "one")) for _ in range(20)]
    assert set(await asyncio.gather(*waiting)) == {b"one"}
    assert await press.make(("picture", 640, "webp"), partial(work, "another")) == b"one"
    assert await press.make(("picture", 640, "avif"), partial(work, "another")) == b"another"
    assert made == {"one": 1, "another": 1}
    press.close()


async def test_pictures_and_other_work_share_the_queue(press: Press, maker: SlowMaker) -> None:
    waiting = [asyncio.create_task(press.print(picture)) for picture in PICTURES[:5]]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await press.make("key", lambda: b"body")
    maker.go.set()
    await asyncio.gather(*waiting)
    assert await press.make("key", lambda: b"body") == b"body"


async def test_work_that_fails_fails_for_all_who_wait_and_is_not_kept() -> None:
    press, results = Press(workers=1, queue=1, cache_bytes=1000), iter((ValueError("no"), b"body"))

    def work() -> bytes:
        result = next(results)
        if isinstance(result, ValueError):
            raise result
        return result

    outcomes = await asyncio.gather(press.make(1, work), press.make(1, work), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError, ValueError]
    assert await press.make(1, work) == b"body"
    press.close()
