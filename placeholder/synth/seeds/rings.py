"""Rings: discs in discs about one centre, each of two sectors of two tones."""

from placeholder.svg import markup
from placeholder.synth.seeds.look import Look, Styled, sheet
from placeholder.synth.seeds.palette import Palette
from placeholder.synth.seeds.shapes import ARM, TURN, arm

BANDS = 6


def _draw(spec: Styled, dice: bytes, palette: Palette) -> str:
    paper = sheet(spec.size)
    x, y = paper.w * (70 + dice[0] * 116 // 256) // 256, paper.h * (70 + dice[1] * 116 // 256) // 256
    reach = (paper.w + paper.h) * 180 // 512
    widths = [60 + die // 2 for die in dice[2 : 2 + 3 * BANDS : 3]]
    whole = inside = sum(widths)
    paints = (*palette.tones, palette.accent)
    first = dice[-1]
    parts = []
    for at, width in enumerate(widths):
        start, sweep = dice[3 + 3 * at], 12 + dice[4 + 3 * at] % 40
        r = reach * inside // whole
        inside -= width
        # The first reaches a little beneath the second, so that nothing shines through between them.
        rest = _sector(x, y, r, start + sweep - 1, TURN - sweep + 2)
        parts.append(markup.filled(paints[(first + 2 * at) % 6].hex, rest))
        parts.append(markup.filled(paints[(first + 2 * at + 3) % 6].hex, _sector(x, y, r, start, sweep)))
    return markup.ground(spec.size, palette.soft.hex) + markup.scaled(paper.scale, *parts)


def _sector(x: int, y: int, r: int, start: int, sweep: int) -> str:
    (x1, y1), (x2, y2) = arm(start), arm(start + sweep)
    is_large = 1 if 2 * sweep > TURN else 0
    return f"M{x} {y}L{x + r * x1 // ARM} {y + r * y1 // ARM}A{r} {r} 0 {is_large} 1 {x + r * x2 // ARM} {y + r * y2 // ARM}z"


RINGS = Look("rings", 1, 3 + 3 * BANDS, _draw)
