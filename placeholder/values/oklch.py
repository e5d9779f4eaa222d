"""A colour by how it looks: lightness, chroma and hue of OKLab (Ottosson 2020, as CSS Color 4 has it). Colours of equal lightness
look equally light, whatever their hue.

A chroma that sRGB cannot show is reduced until it can; lightness and hue stay. Only sums, products and comparisons decide, so
that every machine finds the same digits (P-17).
"""

from bisect import bisect
from functools import cache, lru_cache
from itertools import pairwise

from placeholder.values.angle import direction
from placeholder.values.color import Color, luminance

TURN = 256
"""Hues to a turn: 0 is pink, 64 yellow, 128 a green that is nearly blue, 192 blue."""
_STEP = 0.96


@lru_cache(maxsize=8192)
def oklch(lightness: float, chroma: float, hue: int) -> Color:
    """`lightness` 0 … 1, `chroma` 0 … 0.4, `hue` in 256ths of a turn, taken modulo TURN."""
    sine, minus_cosine = direction(hue % TURN * 360_000 // TURN)
    while True:
        channels = _linear_rgb(lightness, -minus_cosine * chroma, sine * chroma)
        if chroma < 0.001 or all(-0.0005 <= channel <= 1.0005 for channel in channels):
            return Color("#{:02x}{:02x}{:02x}".format(*(bisect(_thresholds(), channel) for channel in channels)))
        chroma *= _STEP


def _linear_rgb(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """Linear-light red, green and blue, 0 … 1 where sRGB has the colour."""
    long = _cubed(lightness + 0.3963377774 * a + 0.2158037573 * b)
    middle = _cubed(lightness - 0.1055613458 * a - 0.0638541728 * b)
    short = _cubed(lightness - 0.0894841775 * a - 1.2914855480 * b)
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _cubed(x: float) -> float:
    return x * x * x


@cache
def _thresholds() -> tuple[float, ...]:
    """Where each of the 256 levels of a channel gives way to the next, in linear light: the luminance of greys."""
    levels = [luminance(Color(f"#{level:02x}{level:02x}{level:02x}")) for level in range(256)]
    return tuple((low + high) / 2 for low, high in pairwise(levels))
