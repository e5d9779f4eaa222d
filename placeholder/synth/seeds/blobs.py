"""Blobs: soft shapes without a corner, one over the other."""

from placeholder.svg import markup
from placeholder.synth.seeds.look import Look, Styled, sheet
from placeholder.synth.seeds.palette import Palette
from placeholder.synth.seeds.shapes import ARM, TURN, arm

SHAPES, KNOTS = 5, 6


def _draw(spec: Styled, dice: bytes, palette: Palette) -> str:
    paper = sheet(spec.size)
    w, h = paper.w, paper.h
    mean = (w + h) // 2
    tones = palette.tones
    colors = (tones[1], tones[2], palette.accent, tones[3], tones[4])
    parts = []
    for at, color in enumerate(colors):
        own = dice[at * (KNOTS + 3) : (at + 1) * (KNOTS + 3)]
        reach = mean * (96 - 14 * at) // 256
        cx, cy = w * own[0] // 256, h * own[1] // 256
        turn = own[2]
        knots = []
        for place, die in enumerate(own[3:]):
            x, y = arm(turn + place * TURN // KNOTS)
            far = reach * (190 + die // 2) // 256
            knots.append((cx + far * x // ARM, cy + far * y // ARM))
        parts.append(markup.filled(color.hex, _closed(knots)))
    return markup.ground(spec.size, palette.soft.hex) + markup.scaled(paper.scale, *parts)


def _closed(knots: list[tuple[int, int]]) -> str:
    """A smooth line around: parabolas from the middle of one side to the middle of the next, drawn to the knot between."""
    x, y = knots[-1]
    near_x, near_y = knots[0]
    path = f"M{(x + near_x) // 2} {(y + near_y) // 2}"
    for x, y in knots[1:]:
        path += f"Q{near_x} {near_y} {(near_x + x) // 2} {(near_y + y) // 2}"
        near_x, near_y = x, y
    x, y = knots[0]
    return f"{path}Q{near_x} {near_y} {(near_x + x) // 2} {(near_y + y) // 2}z"


BLOBS = Look("blobs", 1, SHAPES * (KNOTS + 3), _draw)
