"""Waves: hills or a sea, one behind the other under a sun, as wide and as high as the canvas."""

from placeholder.svg import markup
from placeholder.synth.seeds.look import Look, Styled, sheet
from placeholder.synth.seeds.palette import Palette
from placeholder.synth.seeds.shapes import disc

LAYERS, CRESTS = 5, 5
_DICE = 1 + CRESTS
"""Of a layer."""


def _draw(spec: Styled, dice: bytes, palette: Palette) -> str:
    paper = sheet(spec.size)
    w, h = paper.w, paper.h
    x, y, r = w * (30 + dice[0] * 3 // 4) // 256, h * (40 + dice[1] // 5) // 256, paper.short * (18 + dice[2] // 8) // 256
    parts = [markup.filled(palette.accent.hex, disc(x, y, r))]
    for at, tone in enumerate(palette.tones):
        first, *heights = dice[3 + at * _DICE : 3 + (at + 1) * _DICE]
        line = _line(w, first, h * (104 + 31 * at) // 256, h * (30 - 2 * at) // 256, heights)
        parts.append(markup.filled(tone.hex, f"{line}V{h}H-{w}z"))
    return markup.ground(spec.size, palette.soft.hex) + markup.scaled(paper.scale, *parts)


def _line(w: int, first: int, base: int, swing: int, heights: list[int]) -> str:
    """A wave about `base` from left of the sheet, as `first` says, to right of it, level where it is highest and lowest."""
    step, bend = w // 3, w // 7
    x = -step * first // 256
    side = swing if first & 1 else -swing
    y = base + side * (80 + heights[0]) // 256
    line, turn = f"M{x} {y}", f"C{x + bend} {y} "
    for height in heights[1:]:
        side = -side
        x += step
        y = base + side * (80 + height) // 256
        line += f"{turn}{x - bend} {y} {x} {y}"
        turn = "S"
    return line


WAVES = Look("waves", 1, 3 + LAYERS * _DICE, _draw)
