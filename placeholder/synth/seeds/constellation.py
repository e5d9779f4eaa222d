"""Constellation: nine stars, each joined to the nearest of those before it, in a sky with dust."""

from placeholder.svg import markup
from placeholder.synth.seeds.look import Look, Styled, sheet
from placeholder.synth.seeds.palette import Palette

_FIELDS = [(row, column) for row in range(3) for column in range(3)]
STARS, DUST = len(_FIELDS), 14
MARGIN, FIELD, ROAM = 22, 72, 68
"""In 256ths of the sheet: each star has a field of its own and room within, so that they are spread out."""
THINNEST = 0.8
"""Of a line, in units of the canvas, as far as that is thin."""


def _draw(spec: Styled, dice: bytes, palette: Palette) -> str:
    size, (w, h, scale) = spec.size, sheet(spec.size)
    short = w if w < h else h
    places = [
        (MARGIN + FIELD * column + dice[at] * ROAM // 256, MARGIN + FIELD * row + dice[STARS + at] * ROAM // 256)
        for at, (row, column) in enumerate(_FIELDS)
    ]
    stars = [f"M{w * x // 256} {h * y // 256}" for x, y in places]
    # A line of no length with round ends is a disc.
    points = [star + "h0" for star in stars]
    lines = "".join([stars[at] + "L" + stars[near][1:] for at, near in enumerate(_nearest_before(places), 1)])
    motes = iter(dice[2 * STARS : 2 * (STARS + DUST)])
    dust = "".join([f"M{w * x // 256} {h * y // 256}h0" for x, y in zip(motes, motes, strict=True)])
    first, second = dice[-2] % STARS, dice[-1] % STARS
    bright = points[first] + points[second] if first != second else points[first]
    sky, horizon = palette.ground, palette.tones[0]
    # The name follows from what it paints, so that two pictures inlined in one page never borrow each other's sky.
    name = f"{palette.mark}c-{sky.hex[1:]}-{horizon.hex[1:]}-{size.h}"
    return (
        markup.linear_gradient(name, (0, 0), (0, size.h), (sky, horizon))
        + markup.ground(size, f"url(#{name})")
        + markup.scaled(
            scale,
            markup.stroked(palette.tones[2], short * 13 // 1000 or 1, dust),
            markup.stroked(palette.tones[3], max(short * 11 // 1000, min(int(THINNEST / scale), short // 40), 1), lines),
            markup.stroked(palette.ink, short * 56 // 1000 or 1, "".join(points)),
            markup.stroked(palette.accent, short * 92 // 1000 or 1, bright),
        )
    )


def _nearest_before(places: list[tuple[int, int]]) -> list[int]:
    """For each place from the second on, which of those before it is nearest."""
    found = []
    for at in range(1, len(places)):
        x, y = places[at]
        away = [(x - u) * (x - u) + (y - v) * (y - v) for u, v in places[:at]]
        found.append(away.index(min(away)))
    return found


CONSTELLATION = Look("constellation", 1, 2 * (STARS + DUST) + 2, _draw)
