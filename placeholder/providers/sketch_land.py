"""What lies below a sketch's horizon: hills with trees, the sea, a city. Pure; every layer is one path."""

from math import pi, sin

from placeholder.providers.sketch_palettes import Palette, between
from placeholder.svg import markup
from placeholder.values.size import Size

Light = tuple[float, float, float]
"""Where the sun or the moon stands, and its radius."""
Outline = list[tuple[float, float]]

_LAYERS = 5
_STEPS = 48
"""Points of a layer's outline."""


class Dice:
    """Thrown one after the other; the drawing throws fewer than there are."""

    def __init__(self, dice: bytes) -> None:
        self._left = iter(dice)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * next(self._left) / 255


def _hills(size: Size, palette: Palette, dice: Dice, horizon: float, light: Light) -> list[str]:
    h = size.h
    parts = list[str]()
    for layer in range(_LAYERS):
        near = layer / (_LAYERS - 1)
        base = horizon + (h - horizon) * near * 0.78
        height = h * (0.15 - 0.085 * near) * dice.between(0.8, 1.3)
        outline = _ridge(size, dice, base, height, sharp=layer < 2)
        color = between(palette.far, palette.near, near)
        parts.append(markup.outlined(0, 0, 1, color, _land(size, outline)))
        if layer in (2, 3):
            parts.append(markup.outlined(0, 0, 1, between(color, palette.near, 0.45), _trees(size, dice, outline, near)))
    return parts


def _sea(size: Size, palette: Palette, dice: Dice, horizon: float, light: Light) -> list[str]:
    w, h = size.w, size.h
    island = _ridge(size, dice, horizon + h * 0.02, h * dice.between(0.07, 0.13), sharp=True)
    parts = [markup.outlined(0, 0, 1, between(palette.far, palette.near, 0.25), _land(size, island))]
    for layer in range(7):
        near = layer / 6
        base = horizon + (h - horizon) * near**1.5 * 0.86
        color = between(between(palette.horizon, palette.far, 0.6), palette.near, near)
        outline = _waves(size, dice, base, h * (0.003 + 0.016 * near), 5 + round(9 * (1 - near)))
        parts.append(markup.outlined(0, 0, 1, color, _land(size, outline)))
        # The light's path on the water.
        wide, tall = light[2] * (0.5 + 1.1 * near) * dice.between(0.6, 1.2), max(h * 0.004 * (1 + 2 * near), 0.5)
        glint = between(color, palette.light, 0.75 - 0.4 * near)
        x, y = light[0] + w * dice.between(-0.015, 0.015), base + h * 0.025 * (1 + near)
        parts.append(
            markup.outlined(
                0,
                0,
                1,
                glint,
                f"M{x - wide:.1f} {y:.1f}q{wide:.1f} {-tall:.1f} {2 * wide:.1f} 0q{-wide:.1f} {tall:.1f} {-2 * wide:.1f} 0z",
            )
        )
    return parts


def _city(size: Size, palette: Palette, dice: Dice, horizon: float, light: Light) -> list[str]:
    """Three rows of houses, and lit windows in the nearest."""
    w, h = size.w, size.h
    parts = list[str]()
    for layer in range(3):
        near = (0.15, 0.5, 0.92)[layer]
        foot, tallest = horizon + (h - horizon) * (0.3, 0.6, 1.0)[layer], h * (0.34, 0.36, 0.4)[layer]
        path, windows, x = f"M0 {h}", "", 0.0
        while x < w:
            wide = w * dice.between(0.05, 0.11)
            top = foot - tallest * dice.between(0.35, 1)
            path += f"L{x:.1f} {top:.1f}H{x + wide:.1f}"
            if layer == 2:
                windows += _windows(x, top, wide, h, dice)
            x += wide
        parts.append(markup.outlined(0, 0, 1, between(palette.far, palette.near, near), f"{path}V{h}z"))
        if windows:
            parts.append(markup.outlined(0, 0, 1, between(palette.near, palette.light, 0.7), windows))
    return parts


def _windows(x: float, top: float, wide: float, bottom: float, dice: Dice) -> str:
    side = wide / 9
    lit = ""
    for row in range(6):
        y = top + side * (1.5 + 2.2 * row)
        pattern = round(dice.between(0, 15))
        if y + side < bottom:
            lit += "".join(
                f"M{x + side * (1 + 2 * column):.1f} {y:.1f}h{side:.1f}v{side * 1.3:.1f}h{-side:.1f}z"
                for column in range(4)
                if pattern >> column & 1
            )
    return lit


def _ridge(size: Size, dice: Dice, base: float, height: float, *, sharp: bool) -> Outline:
    """A sum of waves; a sharp one has peaks, as the waves' lower halves are folded up."""
    waves = [(dice.between(0.6, 1.4) * times, dice.between(0, 2 * pi), 1 / times**0.9) for times in (1, 2.1, 4.3, 9.1)]
    outline = Outline()
    for step in range(_STEPS + 1):
        at = step / _STEPS
        heights = [
            (1 - 2 * abs(sin(pi * turns * at + shift)) if sharp else sin(2 * pi * turns * at + shift)) * share
            for turns, shift, share in waves
        ]
        outline.append((size.w * at, base - height * (sum(heights) / 2 + 0.5)))
    return outline


def _waves(size: Size, dice: Dice, base: float, height: float, count: int) -> Outline:
    shift, swell = dice.between(0, 2 * pi), dice.between(0, 2 * pi)
    places = [step / (2 * _STEPS) for step in range(2 * _STEPS + 1)]
    return [(size.w * at, base + height * (sin(2 * pi * count * at + shift) + sin(2 * pi * 1.3 * at + swell))) for at in places]


def _land(size: Size, outline: Outline) -> str:
    """All below `outline`."""
    return f"M0 {size.h}" + "".join(f"L{x:.1f} {y:.1f}" for x, y in outline) + f"L{size.w} {size.h}z"


def _trees(size: Size, dice: Dice, outline: Outline, near: float) -> str:
    path = ""
    for _ in range(14):
        x, y = outline[round(dice.between(0, _STEPS))]
        tall = size.h * (0.018 + 0.035 * near) * dice.between(0.6, 1.3)
        wide = tall * 0.26
        x += size.w * dice.between(-0.01, 0.01)
        path += f"M{x - wide:.1f} {y + tall * 0.15:.1f}L{x:.1f} {y - tall:.1f}L{x + wide:.1f} {y + tall * 0.15:.1f}z"
    return path


LAND = {"hills": _hills, "sea": _sea, "city": _city}
