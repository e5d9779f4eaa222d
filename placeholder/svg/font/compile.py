"""Compiles TrueType fonts into the glyph tables that labels are drawn from: `python -m placeholder.svg.font.compile FOLDER`,
where FOLDER holds the files of SOURCES.

Runs when a font changes, never in the service; needs fontTools (the `dev` extra).

Rules of a table (one line a glyph so that a change of font can be reviewed):
- units are the font's own (1,000 to the em for Noto);
- a glyph is `[advance, outline]`; the outline (outline.py) starts at the pen, and ends with a move to where the next glyph's pen
  stands.
"""

import json
import sys
from pathlib import Path
from typing import Any

from placeholder.svg.font.outline import Outline

SOURCES = {
    "notosans.json": "NotoSans-Regular.ttf",
    "notosans-bold.json": "NotoSans-Bold.ttf",
    "notoserif.json": "NotoSerif-Regular.ttf",
    "notoserif-bold.json": "NotoSerif-Bold.ttf",
    "notosansmono.json": "NotoSansMono-Regular.ttf",
    "notosansmono-bold.json": "NotoSansMono-Bold.ttf",
}
"""Every table, by the font that it comes from."""

BLOCKS = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x02FF),  # Latin-1 to spacing modifiers
    (0x0300, 0x036F),  # combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x1E00, 0x1FFF),  # Latin additional, polytonic Greek
    (0x2000, 0x206F),  # punctuation
    (0x2070, 0x20CF),  # super- and subscripts, currencies
    (0x2100, 0x218F),  # letter-like, number forms
    (0x2190, 0x22FF),  # arrows, mathematics
    (0x25A0, 0x25FF),  # geometric shapes
    (0xFB00, 0xFB06),  # Latin ligatures
    (0xFFFD, 0xFFFD),  # the replacement character
)


def _trace(glyphs: Any, name: str) -> Outline:
    from fontTools.pens.basePen import decomposeQuadraticSegment
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    recorded = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(recorded)
    outline = Outline()
    for command, points in recorded.value:
        if command == "moveTo":
            outline.move(points[0][0], -points[0][1])
        elif command == "lineTo":
            outline.line(points[0][0], -points[0][1])
        elif command == "qCurveTo":
            for (cx, cy), (x, y) in decomposeQuadraticSegment(points):
                outline.curve(cx, -cy, x, -y)
        elif command == "closePath":
            outline.close()
        else:
            raise ValueError(f"{name}: expected a TrueType outline with an on-curve start, found {command}")
    return outline


def compile_table(font_file: Path) -> str:
    """The glyph table of `font_file` as JSON text, one line a glyph."""
    from fontTools.ttLib import TTFont

    font = TTFont(font_file)
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    lines = []
    for first, last in BLOCKS:
        for code in range(first, last + 1):
            if code not in names:
                continue
            advance = glyphs[names[code]].width
            outline = _trace(glyphs, names[code])
            outline.move(advance, 0)
            glyph = [advance, "".join(outline.parts)]
            lines.append(f"{json.dumps(chr(code))}: {json.dumps(glyph)}")
    head = {"units": font["head"].unitsPerEm, "cap": font["OS/2"].sCapHeight}
    return '{"font": ' + json.dumps(head) + ',\n"glyphs": {\n' + ",\n".join(lines) + "\n}}\n"


if __name__ == "__main__":
    for table, source in SOURCES.items():
        Path(__file__).with_name(table).write_text(compile_table(Path(sys.argv[1]) / source), encoding="ascii")
