"""The bundled fonts as outlines: Noto Sans, Noto Serif and Noto Sans Mono, regular and bold, for Latin, Greek and Cyrillic
(`compile.py` made the tables; OFL.txt is their licence). Each is read on first use."""

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import NamedTuple


class Font(NamedTuple):
    """Per character its advance and its outline (`compile.py` has the rules), in font units, of which `units` make an em;
    `cap` is a capital's height."""

    units: int
    cap: int
    advances: dict[str, int]
    outlines: dict[str, str]


@dataclass(frozen=True, eq=False)
class Face:
    """A family in a weight: the name of its table, and what to call it where the viewer's own fonts stand in. There is one of
    each, so they are compared by identity."""

    table: str
    generic: str
    weight: int

    @cached_property
    def font(self) -> Font:
        table = json.loads(files(__package__).joinpath(f"{self.table}.json").read_bytes())
        glyphs = table["glyphs"]
        return Font(
            table["font"]["units"],
            table["font"]["cap"],
            {character: advance for character, (advance, _) in glyphs.items()},
            {character: outline for character, (_, outline) in glyphs.items()},
        )


SANS = Face("notosans", "sans-serif", 400)
FACES: dict[tuple[str, str], Face] = {
    ("sans", "400"): SANS,
    ("sans", "700"): Face("notosans-bold", "sans-serif", 700),
    ("serif", "400"): Face("notoserif", "serif", 400),
    ("serif", "700"): Face("notoserif-bold", "serif", 700),
    ("mono", "400"): Face("notosansmono", "monospace", 400),
    ("mono", "700"): Face("notosansmono-bold", "monospace", 700),
}
"""Every face by what a URL calls its family and its weight."""
FAMILIES, WEIGHTS = (tuple(dict.fromkeys(names)) for names in zip(*FACES, strict=True))


def bundled_font(face: Face = SANS) -> Font:
    return face.font
