"""The glyph table: what the compiler makes of the font file, outline for outline what the font itself draws."""

from pathlib import Path

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from fontTools.ttLib import TTFont

from placeholder.svg.font import bundled_font
from placeholder.svg.font.compile import BLOCKS, TABLE, compile_table

FONT_FILE = Path(__file__).parent.parent / "data" / "fonts" / "NotoSans-Regular.ttf"


@pytest.fixture(scope="module")
def font() -> TTFont:
    return TTFont(FONT_FILE)


def test_the_table_is_the_compiled_font() -> None:
    """P-17: what is shipped can be made again, byte for byte."""
    assert TABLE.read_text(encoding="ascii") == compile_table(FONT_FILE)


def test_every_glyph_is_drawn_as_the_font_draws_it(font: TTFont) -> None:
    """Advances and boxes of all glyphs, read back from the path data by fontTools; each ends where the next one starts."""
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    compared = 0
    for character, data in bundled_font().outlines.items():
        glyph = glyphs[names[ord(character)]]
        assert bundled_font().advances[character] == glyph.width
        drawn, original, ours = RecordingPen(), BoundsPen(glyphs), BoundsPen(None, ignoreSinglePoints=True)
        glyph.draw(original)
        parse_path(data, drawn)
        drawn.replay(ours)
        command, (end,) = drawn.value[-2]
        assert command == "moveTo"
        assert end == pytest.approx((glyph.width, 0), abs=0.01), repr(character)
        assert drawn.value[-1] == ("endPath", ())
        if original.bounds is None:
            assert ours.bounds is None, repr(character)
            continue
        left, bottom, right, top = original.bounds
        assert ours.bounds == pytest.approx((left, -top, right, -bottom), abs=0.01), repr(character)
        compared += 1
    assert compared > 1900


def test_the_table_covers_what_the_font_has_in_its_blocks(font: TTFont) -> None:
    names = font.getBestCmap()
    expected = {chr(code) for first, last in BLOCKS for code in range(first, last + 1) if code in names}
    assert len(expected) > 1900
    assert set(bundled_font().advances) == set(bundled_font().outlines) == expected


def test_its_units_are_the_fonts(font: TTFont) -> None:
    assert bundled_font().units == font["head"].unitsPerEm == 1000
    assert bundled_font().cap == font["OS/2"].sCapHeight == 714


@pytest.mark.parametrize(
    "alphabet",
    [
        pytest.param("".join(map(chr, range(0x20, 0x7F))), id="ASCII"),
        pytest.param("".join(chr(code) for code in range(0xA0, 0x180) if code != 0xAD), id="Latin-1 and Extended-A"),
        pytest.param("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", id="Greek"),
        pytest.param("".join(map(chr, range(0x400, 0x460))), id="Cyrillic"),
        pytest.param("×…–—‘’“”•€\ufffd", id="signs that labels and cuts need"),
    ],
)
def test_the_alphabets_that_labels_promise_are_complete(alphabet: str) -> None:
    assert set(alphabet) <= set(bundled_font().outlines)


def test_the_font_comes_with_its_licence() -> None:
    """The Open Font Licence asks to travel with the font."""
    licence = TABLE.with_name("OFL.txt")
    assert licence.is_file()
    assert "SIL OPEN FONT LICENSE" in licence.read_text(encoding="utf-8")
