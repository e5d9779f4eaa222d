"""The bundled font as outlines: Noto Sans Regular for Latin, Greek and Cyrillic (`compile.py` made the table; OFL.txt is
its licence). Read on first use."""

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

Glyph = tuple[int, float | None, str]
"""Advance, the x where the outline starts (None: blank), the outline from there on. Font units, y downward."""


class Font(NamedTuple):
    """Glyphs by character; `units` to the em; `cap` is a capital's height in units."""

    units: int
    cap: int
    glyphs: dict[str, Glyph]


@cache
def bundled_font() -> Font:
    table = json.loads(files(__package__).joinpath("notosans.json").read_bytes())
    glyphs: dict[str, Glyph] = {character: (a, x, rest) for character, (a, x, rest) in table["glyphs"].items()}
    glyphs["\u00a0"] = glyphs[" "]
    return Font(table["font"]["units"], table["font"]["cap"], glyphs)
