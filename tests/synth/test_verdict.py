"""Verdicts: what is drawn where no picture will come."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.raster.make import make
from placeholder.synth import glyph
from placeholder.synth.catalogue import find_target, svg_bytes, verdict_on
from placeholder.synth.glyph import NO_GROUND, NO_LINE, Glyph, draw
from placeholder.synth.icons import ICONS, MORE, VERDICTS
from placeholder.values.color import contrast
from placeholder.values.format import Format
from placeholder.values.size import MAX_DIM, Size

EXTREMES = [(1, 1), (1, MAX_DIM), (MAX_DIM, 1), (MAX_DIM, MAX_DIM), (400, 300), (3, 2)]
SIDES = st.integers(1, MAX_DIM)


@pytest.mark.parametrize("word", VERDICTS)
@pytest.mark.parametrize("size", EXTREMES, ids=str)
def test_it_is_a_sound_picture_of_its_size(word: str, size: tuple[int, int], assert_sound_svg: Callable[..., Any]) -> None:
    """P-73, P-79: drawable, titled by its word, in the colours that say no."""
    root = assert_sound_svg(svg_bytes(verdict_on(Size(*size), word)), size)
    assert root[0].text == word
    ground, icon = list(root.iter("path"))
    assert ground.get("fill") == NO_GROUND.hex
    assert icon.get("stroke") == NO_LINE.hex
    assert icon.get("d") == VERDICTS[word]


@given(SIDES, SIDES, st.sampled_from(sorted(VERDICTS)))
def test_the_icon_stands_in_the_middle_of_every_size(w: int, h: int, word: str) -> None:
    match = re.search(r'transform="translate\(([0-9.-]+) ([0-9.-]+)\)scale\(([0-9.]+)\)"', draw(Glyph(Size(w, h), word)))
    assert match
    x, y, scale = map(float, match.groups())
    side = scale * 96
    assert side == pytest.approx(glyph.BOX * min(w, h), abs=0.06)
    assert (x + side / 2, y + side / 2) == pytest.approx((w / 2, h / 2), abs=0.06)


def test_the_lines_can_be_told_from_the_ground() -> None:
    assert contrast(NO_GROUND, NO_LINE) > 4.5


def test_blocked_and_failed_are_told_apart_and_from_every_glyph() -> None:
    assert set(VERDICTS) == {"blocked", "failed"}
    drawn = {draw(Glyph(Size(64, 64), word)) for word in VERDICTS}
    assert len(drawn) == 2
    others = {**ICONS, **MORE}
    assert not set(VERDICTS) & set(others)
    assert not set(VERDICTS.values()) & set(others.values())


@pytest.mark.parametrize("word", VERDICTS)
@pytest.mark.parametrize("format", [Format.PNG, Format.WEBP, Format.AVIF])
def test_it_is_there_in_pixels_too(word: str, format: Format) -> None:
    body = make(verdict_on(Size(40, 30), word, format))
    assert body == make(verdict_on(Size(40, 30), word, format))
    assert body != make(verdict_on(Size(40, 30), next(other for other in VERDICTS if other != word), format))


@pytest.mark.parametrize("word", VERDICTS)
def test_it_has_an_address_for_pages_that_say_it_themselves(word: str) -> None:
    """AP-16: a page that was answered in JSON shows the same picture as one that was answered with it."""
    assert find_target(f"/glyph/400x300?as={word}") == verdict_on(Size(400, 300), word)
