"""The fonts of other scripts (`compile.py` made them; fonts/OFL.txt is their licence), shaped by HarfBuzz.

HarfBuzz comes with the `fonts` extra: `pack()` is None where it is not there. Each font is read on first use.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from placeholder.svg.font.outline import Outline, step

UNITS = 1000
"""To the em, as in the bundled tables."""
BOLD = 0.03
"""How much wider, in ems, a stem becomes on each side where 700 is asked for: these fonts have no bold of their own."""

KEPT = 8192
"""Outlines that are kept. Marks can be placed in any number of ways, so there is no end to what may be asked for."""

JAPANESE = "ja"
"""The language whose forms of Chinese characters the font has besides the Chinese ones."""


class Glyph(NamedTuple):
    """A glyph as it is placed: the first character of its cluster, and in font units its advance; its outline begins at the
    pen and ends with a move to the next one's."""

    cluster: int
    advance: int
    outline: str
    is_missing: bool = False


@dataclass(frozen=True, eq=False)
class ScriptFont:
    file: str
    script: str

    @cached_property
    def _face(self) -> Any:
        import uharfbuzz

        return uharfbuzz.Face(uharfbuzz.Blob(files(__package__).joinpath("fonts").joinpath(self.file).read_bytes()))

    @cached_property
    def _regular(self) -> Any:
        return _font(self._face, 0)

    @cached_property
    def _bold(self) -> Any:
        return _font(self._face, BOLD)

    def has(self, character: str) -> bool:
        return self._regular.get_nominal_glyph(ord(character)) is not None

    def shape(self, text: str, is_bold: bool, to_left: bool, language: str | None) -> list[Glyph]:
        """The glyphs of `text` from left to right."""
        import uharfbuzz

        font = self._bold if is_bold else self._regular
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.script, buffer.direction = self.script, "rtl" if to_left else "ltr"
        if language:
            buffer.language = language
        uharfbuzz.shape(font, buffer)
        glyphs = []
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyph = info.codepoint
            dx, dy, advance, _ = place.position
            glyphs.append(Glyph(info.cluster, advance, _outline(font, glyph, dx, dy, advance), not glyph))
        return glyphs


@dataclass(frozen=True, eq=False)
class Pack:
    """Every font, and which of them draws a character."""

    fonts: tuple[ScriptFont, ...]
    starts: list[int]
    numbers: list[int]

    def owner(self, character: str) -> ScriptFont | None:
        number = self.numbers[bisect_right(self.starts, ord(character)) - 1]
        return self.fonts[number] if number >= 0 else None

    @cached_property
    def emoji(self) -> ScriptFont:
        return next(font for font in self.fonts if font.script == "Zsye")


@cache
def pack() -> Pack | None:
    try:
        import uharfbuzz  # noqa: F401
    except ImportError:
        return None
    table = json.loads(files(__package__).joinpath("fonts").joinpath("owners.json").read_bytes())
    return Pack(tuple(ScriptFont(*font) for font in table["fonts"]), table["starts"], table["numbers"])


def _font(face: Any, bold: float) -> Any:
    import uharfbuzz

    font = uharfbuzz.Font(face)
    font.scale = UNITS, UNITS
    if bold:
        font.synthetic_bold = bold, bold, False
    return font


@lru_cache(maxsize=KEPT)
def _outline(font: Any, glyph: int, dx: int, dy: int, advance: int) -> str:
    outline = Outline()
    font.draw_glyph(glyph, _tracer(), outline)
    x, y = outline.start
    return f"{step(dx, -dy) if dx or dy else ''}{''.join(outline.parts)}{step(advance - dx - x, dy - y)}"


@cache
def _tracer() -> Any:
    """HarfBuzz's callbacks onto an Outline, in whole units."""
    import uharfbuzz

    def points(*values: float) -> tuple[int, ...]:
        return tuple(round(-value) if at % 2 else round(value) for at, value in enumerate(values))

    tracer = uharfbuzz.DrawFuncs()
    tracer.set_move_to_func(lambda x, y, outline: outline.move(*points(x, y)))
    tracer.set_line_to_func(lambda x, y, outline: outline.line(*points(x, y)))
    tracer.set_quadratic_to_func(lambda *values: values[-1].curve(*points(*values[:-1])))
    tracer.set_cubic_to_func(lambda *values: values[-1].cubic(*points(*values[:-1])))
    tracer.set_close_path_func(lambda outline: outline.close())
    return tracer
