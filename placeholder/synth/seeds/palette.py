"""Colours that go together: one hue and how far the others lie from it, in steps of lightness that are the same for every hue.

A light palette has a pale ground, dark ink and tones that get darker; a dark one has a deep ground, pale ink and tones that get
lighter. Ink can be read on both grounds and on the first three tones (WCAG AA).
"""

from functools import cache
from typing import NamedTuple

from placeholder.values.color import Color
from placeholder.values.oklch import TURN, oklch

THEMES = ("light", "dark")
_HARMONIES = (
    (14, 28, 128),
    (-14, -28, 128),
    (24, 48, 150),
    (-24, -48, 106),
    (36, 16, 176),
    (-36, -16, 80),
    (10, 84, 170),
    (-10, -84, 86),
)
"""In 256ths of a turn from the hue: to the tones' middle, to their end, to the accent."""


class Palette(NamedTuple):
    """`tones` go from the one nearest to the ground to the one farthest from it; `accent` is of another hue.
    `mark` begins the names of what is painted with a palette that follows the reader, so that a picture that does not follow,
    inlined in the same page, never borrows it."""

    ground: Color
    soft: Color
    tones: tuple[Color, Color, Color, Color, Color]
    accent: Color
    ink: Color
    mark: str = ""


def palette(theme: str, hue: int, harmony: int) -> Palette:
    """`theme` is one of THEMES; `hue` and `harmony` are dice, 0 … 255."""
    return _palette(theme, hue, harmony % len(_HARMONIES))


@cache
def _palette(theme: str, hue: int, harmony: int) -> Palette:
    to_middle, to_end, to_accent = _HARMONIES[harmony]
    hues = tuple(hue + step for step in (0, to_middle // 2, to_middle, (to_middle + to_end) // 2, to_end))
    shades = _SHADES[theme]
    one, two, three, four, five = (_tone(*shade, at) for shade, at in zip(shades.tones, hues, strict=True))
    return Palette(
        _tone(*shades.ground, hues[0]),
        _tone(*shades.soft, hues[1]),
        (one, two, three, four, five),
        oklch(*shades.accent, hues[0] + to_accent),
        _tone(*shades.ink, hues[4]),
    )


def following(hue: int, harmony: int) -> tuple[Palette, dict[str, str]]:
    """The light palette, and for each of its colours the one of the dark palette, as hex. Dice as above."""
    return _following(hue, harmony % len(_HARMONIES))


@cache
def _following(hue: int, harmony: int) -> tuple[Palette, dict[str, str]]:
    light, dark = (_palette(theme, hue, harmony) for theme in THEMES)
    one, other = (
        [color.hex for color in (shown.ground, shown.soft, *shown.tones, shown.accent, shown.ink)] for shown in (light, dark)
    )
    return light._replace(mark=f"p{hue:02x}{harmony}"), dict(zip(one, other, strict=True))


class _Shades(NamedTuple):
    """Lightness and chroma."""

    ground: tuple[float, float]
    soft: tuple[float, float]
    tones: tuple[tuple[float, float], ...]
    accent: tuple[float, float]
    ink: tuple[float, float]


_SHADES = {
    "light": _Shades(
        (0.965, 0.018),
        (0.93, 0.038),
        ((0.885, 0.065), (0.82, 0.1), (0.735, 0.14), (0.64, 0.165), (0.53, 0.16)),
        (0.77, 0.16),
        (0.33, 0.085),
    ),
    "dark": _Shades(
        (0.185, 0.022),
        (0.24, 0.038),
        ((0.31, 0.058), (0.4, 0.09), (0.51, 0.125), (0.635, 0.145), (0.77, 0.125)),
        (0.8, 0.15),
        (0.945, 0.03),
    ),
}

_OLIVE, _GREEN = 64, 86
"""The hues between are no colours for large grounds: the wheel goes around without them."""
_REACH, _LIFT = 36, 0.075
"""Of a shade of middling lightness, what is near to them is lifted, for a dark yellow is mud."""


def _tone(lightness: float, chroma: float, step: int) -> Color:
    """The shade at `step` of TURN around the wheel."""
    hue = step % TURN * (TURN - _GREEN + _OLIVE) // TURN
    away = abs(hue - _OLIVE)
    if hue >= _OLIVE:
        hue += _GREEN - _OLIVE
    if away < _REACH and 0.52 < lightness < 0.8:
        lightness += _LIFT * (_REACH - away) / _REACH
    return oklch(lightness, chroma, hue)
