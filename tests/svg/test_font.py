"""The glyph tables: what the compiler makes of the font files, outline for outline what the fonts themselves draw."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from fontTools.ttLib import TTFont

from placeholder.svg import font as fonts
from placeholder.svg.font import FACES, FAMILIES, SANS, WEIGHTS, Face, bundled_font
from placeholder.svg.font.compile import BLOCKS, SOURCES, compile_table

FONT_FILES = Path(__file__).parent.parent / "data" / "fonts"
TABLES = Path(fonts.__file__).parent


@pytest.fixture(scope="module", params=FACES.values(), ids=lambda face: face.table)
def face(request: pytest.FixtureRequest) -> Face:
    found: Face = request.param
    return found


@pytest.fixture(scope="module")
def font_file(face: Face) -> Path:
    return FONT_FILES / SOURCES[f"{face.table}.json"]


@pytest.fixture(scope="module")
def font(font_file: Path) -> TTFont:
    return TTFont(font_file)


def test_a_table_is_the_compiled_font(face: Face, font_file: Path) -> None:
    """P-17: what is shipped can be made again, byte for byte."""
    assert (TABLES / f"{face.table}.json").read_text(encoding="ascii") == compile_table(font_file)


def test_every_face_has_its_table_and_its_weight(face: Face, font: TTFont) -> None:
    assert {f"{known.table}.json" for known in FACES.values()} == set(SOURCES) == {file.name for file in TABLES.glob("*.json")}
    assert face.weight == font["OS/2"].usWeightClass


def test_three_families_in_two_weights() -> None:
    assert FAMILIES == ("sans", "serif", "mono")
    assert WEIGHTS == ("400", "700")
    assert list(FACES) == [(family, weight) for family in FAMILIES for weight in WEIGHTS]
    assert bundled_font() is bundled_font(SANS) is FACES["sans", "400"].font


def test_a_face_is_read_on_first_use() -> None:
    """A label in the usual one reads no other."""
    used = "from placeholder import draw; from placeholder.svg.font import FACES; draw('/400x300')"
    told = f"{used}; print([face.table for face in FACES.values() if 'font' in vars(face)])"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout == "['notosans']\n"


def test_every_glyph_is_drawn_as_the_font_draws_it(face: Face, font: TTFont) -> None:
    """Advances and boxes of all glyphs, read back from the path data by fontTools; each ends where the next one starts."""
    glyphs, names = font.getGlyphSet(), font.getBestCmap()
    compared = 0
    for character, data in face.font.outlines.items():
        glyph = glyphs[names[ord(character)]]
        assert face.font.advances[character] == glyph.width
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


def test_the_table_covers_what_the_font_has_in_its_blocks(face: Face, font: TTFont) -> None:
    names = font.getBestCmap()
    expected = {chr(code) for first, last in BLOCKS for code in range(first, last + 1) if code in names}
    assert len(expected) > 1900
    assert set(face.font.advances) == set(face.font.outlines) == expected


def test_its_units_are_the_fonts(face: Face, font: TTFont) -> None:
    assert face.font.units == font["head"].unitsPerEm == 1000
    assert face.font.cap == font["OS/2"].sCapHeight == 714


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
def test_the_alphabets_that_labels_promise_are_complete(alphabet: str, face: Face) -> None:
    assert set(alphabet) <= set(face.font.outlines)


@pytest.mark.parametrize(("folder", "names"), [(TABLES, SOURCES.keys()), (FONT_FILES, SOURCES.values())], ids=["tables", "files"])
def test_the_fonts_come_with_their_licence(folder: Path, names: Iterable[str], font: TTFont) -> None:
    """The Open Font Licence asks to travel with the fonts, and so does their copyright."""
    licence = (folder / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in licence
    assert all(f"\n{name} " in licence for name in names)
    assert font["name"].getDebugName(0) in licence
    assert "SIL Open Font License, Version 1.1" in font["name"].getDebugName(13)
