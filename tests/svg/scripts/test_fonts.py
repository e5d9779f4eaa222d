"""The fonts of the pack: what they hold, whose each character is, and how glyphs are placed."""

import io
import json
import re
import subprocess
import sys
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from fontTools.ttLib import TTFont

from placeholder.svg import scripts
from placeholder.svg.font import FACES, bundled_font
from placeholder.svg.scripts.compile import SOURCES, owners
from placeholder.svg.scripts.fonts import UNITS, Pack, ScriptFont, pack

FOLDER = files(scripts).joinpath("fonts")


@pytest.fixture(scope="module")
def whole() -> Pack:
    found = pack()
    assert found is not None, "uharfbuzz comes with the dev extra"
    return found


@pytest.fixture(scope="module")
def opened() -> dict[str, Any]:
    return {name: TTFont(io.BytesIO(FOLDER.joinpath(name).read_bytes()), lazy=True) for name in SOURCES}


def test_the_folder_holds_these_fonts_and_their_licence() -> None:
    names = {entry.name for entry in FOLDER.iterdir()}
    assert names == {*SOURCES, "owners.json", "OFL.txt"}
    licence = FOLDER.joinpath("OFL.txt").read_text(encoding="ascii")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert {"cjk.otf", "emoji.ttf", "tibetan.ttf"} <= set(licence.split())


def test_fonts_in_these_families_may_be_passed_on(opened: dict[str, Any]) -> None:
    for name, font in opened.items():
        assert re.search("Google|Adobe", font["name"].getDebugName(0)), name
        assert font["OS/2"].fsType == 0, name
        if name != "emoji.ttf":
            assert "SIL Open Font License" in font["name"].getDebugName(13), name


def test_the_owner_of_a_character_is_the_first_font_that_has_it(opened: dict[str, Any]) -> None:
    table = json.loads(FOLDER.joinpath("owners.json").read_bytes())
    assert table["fonts"] == [[name, source.script] for name, source in SOURCES.items()]
    made = owners(font.getBestCmap() for font in opened.values())
    assert (table["starts"], table["numbers"]) == (made["starts"], made["numbers"])
    assert all(one < other for one, other in pairwise(table["starts"]))


def test_no_font_takes_a_character_from_the_bundled_table(whole: Pack) -> None:
    assert [character for character in bundled_font().advances if whole.owner(character)] == []


@pytest.mark.parametrize(
    ("characters", "file"),
    [
        ("عربي", "arabic.ttf"),
        ("שלום", "hebrew.ttf"),
        ("हिन्दी", "devanagari.ttf"),
        ("ไทย", "thai.ttf"),
        ("占図圖かカ뷁、", "cjk.otf"),
        ("🦊👍🏽🇫❄", "emoji.ttf"),
        ("✓⌘", "symbols2.ttf"),
    ],
)
def test_whose_a_character_is(characters: str, file: str, whole: Pack) -> None:
    for character in characters:
        found = whole.owner(character)
        assert found is not None
        assert found.file == file
        assert found.has(character)


@pytest.mark.parametrize("character", ["\U00013000", "\U00020000", "\ue000", "\x7f", "\U0010ffff", "A"], ids=ascii)
def test_what_is_nobodys(character: str, whole: Pack) -> None:
    assert whole.owner(character) is None


@pytest.mark.parametrize("name", SOURCES)
def test_every_font_has_the_tables_units(name: str, whole: Pack, opened: dict[str, Any]) -> None:
    """An outline is where the font's own tables say, at a thousand units to the em."""
    assert {face.font.units for face in FACES.values()} == {UNITS}
    font, source = whole.fonts[list(SOURCES).index(name)], opened[name]
    letters = (code for code in sorted(source.getBestCmap()) if code > 0xFF and category(chr(code)) in ("Lo", "Lu", "So"))
    code = next(code for code in letters if len(font.shape(chr(code), False, False, None)) == 1)
    glyph, (placed,) = source.getBestCmap()[code], font.shape(chr(code), False, False, None)
    scale = UNITS / source["head"].unitsPerEm
    assert placed.advance == pytest.approx(source["hmtx"][glyph][0] * scale, abs=1)
    wanted, drawn = BoundsPen(source.getGlyphSet()), BoundsPen(None, ignoreSinglePoints=True)
    source.getGlyphSet()[glyph].draw(wanted)
    parse_path("M0 0" + placed.outline, drawn)
    left, bottom, right, top = (side * scale for side in wanted.bounds)
    assert drawn.bounds == pytest.approx((left, -top, right, -bottom), abs=1.5)


def shaped(whole: Pack, text: str, *, to_left: bool = False, language: str | None = None, is_bold: bool = False) -> list[Any]:
    font = whole.owner(text[0])
    assert isinstance(font, ScriptFont)
    glyphs = font.shape(text, is_bold, to_left, language)
    assert not any(glyph.is_missing for glyph in glyphs)
    return glyphs


def test_arabic_letters_join_and_run_to_the_left(whole: Pack) -> None:
    word, apart = shaped(whole, "بيت", to_left=True), [shaped(whole, letter, to_left=True)[0] for letter in "تيب"]
    assert [glyph.cluster for glyph in word] == [2, 1, 0]
    assert all(one.outline != other.outline for one, other in zip(word, apart, strict=True))


@pytest.mark.parametrize(
    ("text", "graphemes"),
    [
        pytest.param("لا", 1, id="lam-alef"),
        pytest.param("क्ष", 1, id="a conjunct"),
        pytest.param("कि", 1, id="a vowel that stands before its consonant"),
        pytest.param("ที่", 1, id="a vowel and a tone on one letter"),
        pytest.param("👩‍👩‍👧", 1, id="a family"),
        pytest.param("👍🏽", 1, id="a skin tone"),
        pytest.param("🇫🇷🇩🇪", 2, id="flags"),
        pytest.param("占位", 2, id="ideographs"),
    ],
)
def test_what_belongs_together_is_one_cluster(text: str, graphemes: int, whole: Pack) -> None:
    is_arabic = text == "لا"
    assert len({glyph.cluster for glyph in shaped(whole, text, to_left=is_arabic)}) == graphemes


def test_a_text_with_kana_has_the_japanese_forms(whole: Pack) -> None:
    chinese, japanese = (shaped(whole, "直", language=language)[0].outline for language in (None, "ja"))
    assert chinese != japanese


def test_bold_is_wider_than_regular(whole: Pack) -> None:
    regular, bold = (shaped(whole, "占", is_bold=is_bold)[0] for is_bold in (False, True))
    assert bold.outline != regular.outline
    assert bold.advance > regular.advance


def test_nothing_is_loaded_before_it_is_needed() -> None:
    """Start-up is no slower for the pack, and each font waits for its script."""
    told = (
        "import sys; from placeholder import draw; draw('/400x300?text=hero'); print('uharfbuzz' in sys.modules);"
        "draw('/400x300?text=%D7%A9'); from placeholder.svg.scripts.fonts import pack;"
        "print([font.file for font in pack().fonts if '_regular' in vars(font)])"
    )
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[0] == "False"
    assert "hebrew.ttf" in ran.stdout
    assert "cjk.otf" not in ran.stdout


def test_without_harfbuzz_there_is_no_pack(tmp_path: Path) -> None:
    (tmp_path / "uharfbuzz.py").write_text("raise ImportError\n")
    told = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from placeholder.svg.scripts.fonts import pack; print(pack())"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "None\n"
