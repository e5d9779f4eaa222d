"""OKLCH: known colours, the limits of sRGB, hues that go around."""

from itertools import pairwise
from math import atan2, cbrt, hypot, tau

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.values.color import luminance
from placeholder.values.oklch import TURN, oklch


def measured(hex: str) -> tuple[float, float, float]:
    """Lightness, chroma and hue (in 256ths) of a colour, by the way there: from sRGB to OKLab, as Ottosson gives it."""
    r, g, b = (
        (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in (byte / 255 for byte in bytes.fromhex(hex[1:]))
    )
    long = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    middle = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return lightness, hypot(a, b), atan2(b, a) / tau * TURN % TURN


@pytest.mark.parametrize("lightness", [0.35, 0.6, 0.85])
@pytest.mark.parametrize("hue", range(0, TURN, 8))
def test_a_colour_has_the_lightness_the_chroma_and_the_hue_that_were_asked_for(lightness: float, hue: int) -> None:
    """Within what eight bits to a channel can tell; and rebeccapurple, whose place is well known."""
    found = measured(oklch(lightness, 0.05, hue).hex)
    assert found[:2] == pytest.approx((lightness, 0.05), abs=0.004)
    assert min(abs(found[2] - hue), TURN - abs(found[2] - hue)) < 2.5
    assert measured("#663399") == pytest.approx((0.44027, 0.1603, 303.373 / 360 * TURN), abs=0.001)


@pytest.mark.parametrize("hue", range(0, TURN, 8))
def test_a_chroma_that_a_screen_cannot_show_is_reduced_alone(hue: int) -> None:
    lightness, chroma, kept = measured(oklch(0.7, 0.4, hue).hex)
    assert lightness == pytest.approx(0.7, abs=0.01)
    assert 0.08 < chroma < 0.4
    assert min(abs(kept - hue), TURN - abs(kept - hue)) < 2.5


@given(st.floats(0, 1), st.floats(0, 0.4), st.integers(-1000, 1000))
def test_every_place_is_a_colour_and_hues_go_around(lightness: float, chroma: float, hue: int) -> None:
    """P-16: a chroma that there is not is reduced, and nothing fails."""
    color = oklch(lightness, chroma, hue)
    assert color == oklch(lightness, chroma, hue + TURN)
    assert len(color.hex) == 7


@given(st.floats(0, 1))
def test_without_chroma_it_is_grey(lightness: float) -> None:
    r, g, b = oklch(lightness, 0, 17).rgb
    assert max(r, g, b) - min(r, g, b) <= 1


@pytest.mark.parametrize("chroma", [0.0, 0.05, 0.4])
@pytest.mark.parametrize("hue", range(0, TURN, 16))
def test_lighter_is_lighter_at_every_hue(hue: int, chroma: float) -> None:
    shades = [luminance(oklch(tenth / 10, chroma, hue)) for tenth in range(11)]
    assert all(darker < lighter for darker, lighter in pairwise(shades))


@pytest.mark.parametrize("lightness", [0.3, 0.6, 0.9])
def test_equal_lightness_looks_equally_light(lightness: float) -> None:
    """Relative luminance of one lightness differs by hue less than a step of the palette does."""
    around = [luminance(oklch(lightness, 0.1, hue)) for hue in range(TURN)]
    assert max(around) < luminance(oklch(lightness + 0.06, 0, 0))
    assert min(around) > luminance(oklch(lightness - 0.06, 0, 0))
