"""Palettes: colours that can be told apart and letters that can be read, at every hue."""

from itertools import pairwise

import pytest

from placeholder.synth.seeds.palette import THEMES, Palette, following, palette
from placeholder.values.color import AA_TEXT, contrast, luminance

HARMONIES = 8


def every(theme: str) -> list[Palette]:
    return [palette(theme, hue, harmony) for hue in range(256) for harmony in range(HARMONIES)]


@pytest.mark.parametrize("theme", THEMES)
def test_ink_can_be_read_on_all_that_letters_stand_on(theme: str) -> None:
    """WCAG AA, at every throw of the dice."""
    for one in every(theme):
        for ground in (one.ground, one.soft, *one.tones[:3]):
            assert contrast(one.ink, ground) >= AA_TEXT, one


@pytest.mark.parametrize("theme", THEMES)
def test_tones_lead_away_from_the_ground(theme: str) -> None:
    """Darker in a light palette, lighter in a dark one; neighbours may be about equal where one is yellow."""
    for one in every(theme):
        steps = [luminance(color) for color in (one.ground, one.soft, *one.tones)]
        steps = steps if theme == "light" else steps[::-1]
        assert all(after < before * 1.05 for before, after in pairwise(steps)), one
        assert all(after < before * 0.95 for before, after in zip(steps, steps[2:], strict=False)), one


@pytest.mark.parametrize("theme", THEMES)
def test_neighbouring_tones_can_be_told_apart(theme: str) -> None:
    for one in every(theme):
        for before, after in pairwise((one.soft, *one.tones)):
            assert sum(abs(a - b) for a, b in zip(before.rgb, after.rgb, strict=True)) >= 24, one


def test_a_light_palette_is_light_and_a_dark_one_dark() -> None:
    assert min(luminance(one.soft) for one in every("light")) > 0.7
    assert max(luminance(one.soft) for one in every("dark")) < 0.04


def test_every_die_of_the_hue_counts_and_every_harmony() -> None:
    assert len({palette("light", hue, 0) for hue in range(256)}) > 200
    assert len({palette("light", 40, harmony) for harmony in range(HARMONIES)}) == HARMONIES
    assert palette("light", 40, 255) == palette("light", 40, 255 % HARMONIES)


def test_whoever_follows_the_reader_exchanges_every_colour_for_one_and_has_a_name_for_it() -> None:
    """No two of a palette are the same, so what to exchange can be told by the colour alone."""
    named = {}
    for hue in range(256):
        for harmony in range(HARMONIES):
            shown, exchanged = following(hue, harmony + HARMONIES)
            light, dark = (palette(theme, hue, harmony) for theme in THEMES)
            assert shown == light._replace(mark=shown.mark)
            sides = [(one.ground, one.soft, *one.tones, one.accent, one.ink) for one in (light, dark)]
            assert exchanged == {one.hex: other.hex for one, other in zip(*sides, strict=True)}
            assert len(exchanged) == len(sides[0])
            named[shown.mark] = exchanged
    assert len(named) == 256 * HARMONIES
