"""Mosaic: tiles of quarters, halves and whole discs that fill the canvas. Their edges stand on whole units, for sharpness.

There are ROWS of tiles along the shorter side, and as many along the other as make them nearly square, at most MOST: the longest
pictures have fewer rows. From the middle outwards they are the same at any proportions.
"""

from functools import lru_cache

from placeholder.svg import markup
from placeholder.synth.seeds.look import Look, Styled
from placeholder.synth.seeds.palette import Palette

ROWS, MOST = 4, 16
TILES = 61
"""Dice, one to a tile; in the longest pictures some come again."""


def _draw(spec: Styled, dice: bytes, palette: Palette) -> str:
    size, tones = spec.size, palette.tones
    grounds = (palette.soft.hex, tones[0].hex, tones[1].hex, tones[3].hex)
    paints = (tones[2].hex, tones[4].hex, palette.accent.hex, palette.ground.hex)
    figures = ["", "", "", ""]
    tiles, run, under = [], "", ""
    for at, place, square, shapes in _plan(size.w, size.h):
        die = dice[at]
        paint = grounds[die & 3]
        if run and paint is not under:
            tiles.append(markup.filled(under, run))
            run = ""
        under = paint
        run += place + square
        figures[die >> 2 & 3] += place + shapes[die >> 5]
    tiles.append(markup.filled(under, run))
    tiles += [markup.filled(paint, figure) for paint, figure in zip(paints, figures, strict=True) if figure]
    return markup.ground(size, palette.soft.hex) + "".join(tiles)


@lru_cache(maxsize=256)
def _plan(w: int, h: int) -> tuple[tuple[int, str, str, tuple[str, ...]], ...]:
    """Which die decides each tile, where it is, and what it can be, row by row."""
    short, long = min(w, h), max(w, h)
    few = max(1, min(ROWS, (short * MOST + long // 2) // long))
    many = min(MOST, (long * few + short // 2) // short)
    columns, rows = (many, few) if w > h else (few, many)
    return tuple(
        ((row * MOST + column) % TILES, f"M{left} {top}", *_shapes(a, b))
        for row, top, b in _spans(h, rows)
        for column, left, a in _spans(w, columns)
    )


def _spans(side: int, count: int) -> list[tuple[int, int, int]]:
    """The number, counted from the middle, the start and the length of each of `count` tiles along `side`."""
    edges = [side * at // count for at in range(count + 1)]
    return [(at - count // 2, edges[at], edges[at + 1] - edges[at]) for at in range(count)]


@lru_cache(maxsize=1024)
def _shapes(a: int, b: int) -> tuple[str, tuple[str, ...]]:
    """A tile `a` wide and `b` high, from its upper left corner, and what can stand on it. The tile reaches one unit beneath those
    that are painted after it: no seam shows where the whole is scaled."""
    half_a, half_b, quarter_a, quarter_b = f"{a / 2:g}", f"{b / 2:g}", f"{a / 4:g}", f"{b / 4:g}"
    return f"h{a + 1}v{b + 1}h-{a + 1}z", (
        f"v{b}a{a} {b} 0 0 0 {a}-{b}z",
        f"h{a}v{b}a{a} {b} 0 0 1-{a}-{b}z",
        f"m{a} 0v{b}h-{a}a{a} {b} 0 0 1 {a}-{b}z",
        f"v{b}h{a}a{a} {b} 0 0 0-{a}-{b}z",
        f"h{a}a{half_a} {half_b} 0 0 1-{a} 0z",
        f"m0 {b}a{half_a} {half_b} 0 0 1 {a} 0z",
        f"m{quarter_a} {half_b}a{quarter_a} {quarter_b} 0 0 0 {half_a} 0a{quarter_a} {quarter_b} 0 0 0-{half_a} 0z",
        f"h{a}l-{a} {b}z",
    )


MOSAIC = Look("mosaic", 1, TILES, _draw)
