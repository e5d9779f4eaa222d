"""Identicon: a square sign of tiles, its right half the mirror of its left."""

from functools import lru_cache

from placeholder.svg import markup
from placeholder.synth.seeds.look import Look, Styled, sheet
from placeholder.synth.seeds.palette import Palette

ROWS, HALF = 6, 3
SHARE = 0.66
"""Of the canvas's shorter side."""
_BLANKS, _RARE = 5, 5
"""Of sixteen: tiles that stay empty, and tiles in the second colour."""


def _draw(spec: Styled, dice: bytes, palette: Palette) -> str:
    paper = sheet(spec.size)
    cell = int(paper.short * SHARE) // ROWS or 1
    left, top = (paper.w - ROWS * cell) // 2, (paper.h - ROWS * cell) // 2
    right = left + (ROWS - 1) * cell
    tiles = _tiles(cell)
    signs = ["", ""]
    for at, die in enumerate(dice):
        kind = die & 15
        if kind >= _BLANKS:
            y, step = top + at // HALF * cell, at % HALF * cell
            tile, mirrored = tiles[kind - _BLANKS]
            signs[die >> 4 < _RARE] += f"M{left + step} {y}{tile}M{right - step} {y}{mirrored}"
    paints = (palette.tones[4].hex, palette.tones[2].hex)
    return markup.ground(spec.size, palette.soft.hex) + markup.scaled(
        paper.scale, *(markup.filled(paint, sign) for paint, sign in zip(paints, signs, strict=True) if sign)
    )


@lru_cache(maxsize=1024)
def _tiles(c: int) -> tuple[tuple[str, str], ...]:
    """The tiles that are not empty, `c` wide and high, each with its mirror, from the upper left corner: six squares, a quarter
    of a disc in each corner, a disc."""
    square = f"h{c}v{c}h-{c}z"
    north_west = f"v{c}a{c} {c} 0 0 0 {c}-{c}z"
    north_east = f"h{c}v{c}a{c} {c} 0 0 1-{c}-{c}z"
    south_east = f"m{c} 0v{c}h-{c}a{c} {c} 0 0 1 {c}-{c}z"
    south_west = f"v{c}h{c}a{c} {c} 0 0 0-{c}-{c}z"
    r = c // 2
    dot = f"m0 {r}a{r} {r} 0 0 0 {2 * r} 0a{r} {r} 0 0 0-{2 * r} 0z"
    return (
        *((square, square),) * 6,
        (north_west, north_east),
        (north_east, north_west),
        (south_east, south_west),
        (south_west, south_east),
        (dot, dot),
    )


IDENTICON = Look("identicon", 1, ROWS * HALF, _draw)
