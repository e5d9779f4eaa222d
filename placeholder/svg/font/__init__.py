"""The bundled font as outlines: Noto Sans Regular for Latin, Greek and Cyrillic (`compile.py` made the table; OFL.txt is
its licence). Read on first use."""

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Font(NamedTuple):
    """Per character its advance and its outline (`compile.py` has the rules), in font units, of which `units` make an em;
    `cap` is a capital's height."""

    units: int
    cap: int
    advances: dict[str, int]
    outlines: dict[str, str]


@cache
def bundled_font() -> Font:
    table = json.loads(files(__package__).joinpath("notosans.json").read_bytes())
    glyphs = table["glyphs"]
    return Font(
        table["font"]["units"],
        table["font"]["cap"],
        {character: advance for character, (advance, _) in glyphs.items()},
        {character: outline for character, (_, outline) in glyphs.items()},
    )
