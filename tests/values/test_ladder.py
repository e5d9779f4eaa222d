"""The ladder of widths: which steps a picture has, and how high it is on each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.values.ladder import LADDER, scaled, widths
from placeholder.values.size import MAX_DIM, Size

SIDES = st.integers(1, MAX_DIM)


def test_the_steps_are_what_next_image_asks_for_by_default() -> None:
    """Its imageSizes and deviceSizes, as far as a picture can be wide."""
    image_sizes, device_sizes = (16, 32, 48, 64, 96, 128, 256, 384), (640, 750, 828, 1080, 1200, 1920, 2048, 3840)
    assert set(LADDER) == {step for step in (*image_sizes, *device_sizes) if step <= MAX_DIM}
    assert list(LADDER) == sorted(LADDER)


@pytest.mark.parametrize(
    ("own", "steps"),
    [
        (1, (1,)),
        (15, (15,)),
        (16, (16,)),
        (17, (16, 17)),
        (64, (16, 32, 48, 64)),
        (65, (16, 32, 48, 64, 65)),
        (512, (16, 32, 48, 64, 96, 128, 256, 384, 512)),
        (2047, (*LADDER[:-1], 2047)),
        (2048, LADDER),
    ],
)
def test_a_picture_has_the_steps_below_it_and_its_own(own: int, steps: tuple[int, ...]) -> None:
    assert widths(own) == steps


@given(SIDES)
def test_nothing_is_enlarged_and_nothing_stands_twice(own: int) -> None:
    steps = widths(own)
    assert list(steps) == sorted(set(steps))
    assert steps[-1] == own
    assert len(steps) <= len(LADDER) + 1
    assert set(steps) - {own} <= set(LADDER)


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [
        ((100, 50), 100, 50),
        ((100, 50), 50, 25),
        ((400, 300), 384, 288),
        ((2048, 1), 16, 1),
        ((1, 2048), 1, 2048),
        ((17, 2048), 16, 1928),
        ((2048, 2048), 640, 640),
        ((1000, 333), 640, 213),
    ],
)
def test_the_shape_is_kept(size: tuple[int, int], width: int, height: int) -> None:
    assert scaled(Size(*size), width) == Size(width, height)


@given(SIDES, SIDES)
def test_each_step_is_a_size_and_the_last_is_its_own(w: int, h: int) -> None:
    """As near to the shape as whole pixels allow, and never nothing."""
    size = Size(w, h)
    for width in widths(w):
        step = scaled(size, width)
        assert step.w == width
        assert 1 <= step.h <= h
        assert step.h == 1 or abs(step.h * w - h * width) * 2 <= w
    assert scaled(size, w) == size
