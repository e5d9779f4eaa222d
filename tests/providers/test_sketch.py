"""The embedded painter: the same picture each time, pleasant at every size, nothing of the prompt in it, and no memory."""

import asyncio
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from placeholder.jobs.ports import Order, Prediction, Trouble
from placeholder.providers.sketch import SketchProvider, painted
from placeholder.providers.sketch_drawing import draw, sketch
from placeholder.providers.sketch_palettes import MOODS, PALETTES, SCENES, chosen
from placeholder.svg import markup
from placeholder.values.size import Size

Make = Callable[..., Order]
Sound = Callable[..., ET.Element]
SIZES = [Size(1, 1), Size(2048, 2048), Size(2048, 1), Size(1, 2048), Size(400, 300), Size(37, 91)]


def opened(prediction: Prediction) -> Image.Image:
    assert prediction.body
    return Image.open(BytesIO(prediction.body), formats=("PNG",))


async def test_without_a_delay_it_is_finished_at_once(order: Make) -> None:
    provider = SketchProvider(0, 0, time.time)
    done = await provider.start(order())
    assert opened(done).size == (400, 300)
    assert (done.output, done.failure) == (None, None)
    assert await provider.look(order(), done.id) == done
    found = await provider.find(order())
    assert found
    assert found.body == done.body
    await provider.cancel(done.id)
    await provider.close()


async def test_with_a_delay_it_takes_its_time_whoever_asks(order: Make) -> None:
    """No memory: another process, with another object, knows when it is finished."""
    now = 1_800_000_000.0
    begun = await SketchProvider(3, 0, lambda: now).start(order())
    assert begun == Prediction(begun.id, again_s=3)
    assert begun.id.startswith(order().name)
    later = await SketchProvider(3, 0, lambda: now + 2).look(order(), begun.id)
    assert later == Prediction(begun.id, again_s=1)
    done = await SketchProvider(3, 0, lambda: now + 3).look(order(), begun.id)
    assert done.body
    assert done.id == begun.id
    assert (await SketchProvider(3, 0, lambda: now + 1).find(order(sent_at=now))) == Prediction(begun.id, again_s=2)


async def test_a_clock_that_was_put_back_does_not_stop_it(order: Make) -> None:
    begun = await SketchProvider(3, 0, lambda: 2_000.0).start(order())
    assert (await SketchProvider(3, 0, lambda: 1_000.0).look(order(), begun.id)).again_s == 3


@pytest.mark.parametrize("name", ["", "x", "abcdefghijklmnop.1.1.x", "abcdefghijklmnop.1.1.-5", "a.²"])
async def test_a_name_that_is_none(order: Make, name: str) -> None:
    with pytest.raises(Trouble):
        await SketchProvider(0, 0, time.time).look(order(), name)


async def test_a_share_of_the_jobs_fails(order: Make) -> None:
    orders = [order(job=f"job{number}", size=Size(8, 8)) for number in range(200)]
    provider = SketchProvider(0, 0.25, time.time)
    ends = [await provider.start(asked) for asked in orders]
    failed = [asked for asked, end in zip(orders, ends, strict=True) if end.failure]
    assert 30 <= len(failed) <= 70
    assert {end.failure for end in ends} == {None, "generation_failed"}
    assert all([(await provider.start(asked)).failure for asked in failed]), "the same ones each time"
    assert any([(await provider.start(order(job=asked.job, epoch=2, size=Size(8, 8)))).body for asked in failed]), (
        "but not for ever"
    )
    assert all([(await SketchProvider(0, 1, time.time).start(asked)).failure for asked in orders[:5]])


def test_the_same_order_is_the_same_picture(order: Make) -> None:
    assert painted(order()) == painted(order(job="other", attempt=3))
    assert painted(order()) != painted(order(seed=43))
    assert painted(order()) != painted(order(prompt="another"))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("prompt", ["a mountain", "the sea", "a city at night", "", "🦊", "\ud800", "x" * 4000])
def test_it_is_a_sound_picture_at_every_size(assert_sound_svg: Sound, order: Make, prompt: str, size: Size) -> None:
    root = assert_sound_svg(markup.encode(draw(sketch(prompt, 42, size))), (size.w, size.h))
    assert root[0].text == "A sketch"
    assert opened(Prediction("x", body=painted(order(prompt=prompt, size=size)))).size == (size.w, size.h)


@settings(max_examples=60)
@given(st.text(max_size=60), st.integers(0, 2**31 - 1), st.integers(1, 2048), st.integers(1, 2048))
def test_any_prompt_is_drawn(assert_sound_svg: Sound, prompt: str, seed: int, w: int, h: int) -> None:
    assert_sound_svg(markup.encode(draw(sketch(prompt, seed, Size(w, h)))), (w, h))


def test_the_prompt_is_not_in_it() -> None:
    """What a prompt leaves is a palette, a scene and the dice."""
    svg = draw(sketch("<script> quokka", 42, Size(400, 300)))
    assert "quokka" not in svg
    assert "script" not in svg
    assert "<text" not in svg


def test_it_says_that_it_is_a_sketch() -> None:
    """As outlines, wherever there is room to read it."""
    with_word, without = draw(sketch("x", 1, Size(400, 300))), draw(sketch("x", 1, Size(20, 20)))
    assert with_word.rpartition("<path")[2].startswith(' fill="#')
    assert "scale(0." in with_word
    assert "scale(0." not in without


@pytest.mark.parametrize(
    ("prompt", "mood", "scene"),
    [
        ("A red fox in a city", "ember", "city"),
        ("Blue whale, oil painting", "sea", "sea"),
        ("a GREEN valley", "forest", "hills"),
        ("bored", None, None),
        ("skyline by night", "night", "city"),
    ],
)
def test_words_choose_colours_and_scene(prompt: str, mood: str | None, scene: str | None) -> None:
    assert mood is None or chosen(prompt, MOODS, 0) == mood
    assert scene is None or chosen(prompt, SCENES, 0) == scene
    if mood is None:
        assert len({chosen(prompt, MOODS, number) for number in range(20)}) == len(PALETTES)
        assert len({chosen(prompt, SCENES, number) for number in range(20)}) == 3


def test_every_mood_has_its_palette() -> None:
    assert set(MOODS.values()) == set(PALETTES)


def test_it_is_quickly_drawn(order: Make) -> None:
    """A megapixel takes 10 ms; the bound is for a machine that is busy with something else."""
    painted(order(size=Size(1024, 1024)))
    times = []
    for seed in range(5):
        began = time.perf_counter()
        painted(order(size=Size(1024, 1024), seed=seed))
        times.append(time.perf_counter() - began)
    assert min(times) < 0.15


async def test_the_event_loop_keeps_its_beat(order: Make) -> None:
    provider = SketchProvider(0, 0, time.time)
    await provider.start(order())
    stalls = list[float]()

    async def beat() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            stalls.append(time.perf_counter() - began)

    beating = asyncio.create_task(beat())
    await asyncio.gather(*(provider.start(order(seed=seed, size=Size(2048, 2048))) for seed in range(4)))
    beating.cancel()
    assert len(stalls) > 5
