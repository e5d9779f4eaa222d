"""Cuts the fonts of other scripts out of Noto's: `python -m placeholder.svg.scripts.compile FOLDER…`, where the folders hold the
files of SOURCES (Debian: fonts-noto-core, fonts-noto-cjk; npm: @fontsource/noto-emoji).

Runs when a font changes, never in the service; needs fontTools and brotli.

- A font keeps all that it knows of its script, its shaping included, and loses hints, vertical metrics, and what the bundled
  tables draw. Of Noto Sans CJK there remain the characters of GB 2312, JIS X 0208, KS X 1001 and Big5's first level, all of
  Hangul, kana and bopomofo, in the forms of simplified Chinese, and the Japanese ones where those are others.
- `owners.json` says which font draws a character: the first of SOURCES that has it. It is a list of code points at which
  that changes, and the number of the font from there on (-1 where no font has it).
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from placeholder.svg.font import bundled_font


class Source(NamedTuple):
    """A file of Noto's, the OpenType tag of its script, and the font's number in it where it is a collection."""

    file: str
    script: str
    number: int = -1


def _noto(name: str, script: str) -> Source:
    return Source(f"Noto{name}-Regular.ttf", script)


SOURCES = {
    "arabic.ttf": _noto("SansArabic", "Arab"),
    "hebrew.ttf": _noto("SansHebrew", "Hebr"),
    "syriac.ttf": _noto("SansSyriac", "Syrc"),
    "thaana.ttf": _noto("SansThaana", "Thaa"),
    "nko.ttf": _noto("SansNKo", "Nkoo"),
    "adlam.ttf": _noto("SansAdlam", "Adlm"),
    "devanagari.ttf": _noto("SansDevanagari", "Deva"),
    "bengali.ttf": _noto("SansBengali", "Beng"),
    "gurmukhi.ttf": _noto("SansGurmukhi", "Guru"),
    "gujarati.ttf": _noto("SansGujarati", "Gujr"),
    "oriya.ttf": _noto("SansOriya", "Orya"),
    "tamil.ttf": _noto("SansTamil", "Taml"),
    "telugu.ttf": _noto("SansTelugu", "Telu"),
    "kannada.ttf": _noto("SansKannada", "Knda"),
    "malayalam.ttf": _noto("SansMalayalam", "Mlym"),
    "sinhala.ttf": _noto("SansSinhala", "Sinh"),
    "thai.ttf": _noto("SansThai", "Thai"),
    "lao.ttf": _noto("SansLao", "Laoo"),
    "tibetan.ttf": _noto("SerifTibetan", "Tibt"),
    "myanmar.ttf": _noto("SansMyanmar", "Mymr"),
    "khmer.ttf": _noto("SansKhmer", "Khmr"),
    "georgian.ttf": _noto("SansGeorgian", "Geor"),
    "armenian.ttf": _noto("SansArmenian", "Armn"),
    "ethiopic.ttf": _noto("SansEthiopic", "Ethi"),
    "cherokee.ttf": _noto("SansCherokee", "Cher"),
    "syllabics.ttf": _noto("SansCanadianAboriginal", "Cans"),
    "tifinagh.ttf": _noto("SansTifinagh", "Tfng"),
    "emoji.ttf": Source("noto-emoji-emoji-400-normal.woff2", "Zsye"),
    "cjk.otf": Source("NotoSansCJK-Regular.ttc", "Hani", 2),
    "mongolian.ttf": _noto("SansMongolian", "Mong"),
    "symbols.ttf": _noto("SansSymbols", "Zsym"),
    "symbols2.ttf": _noto("SansSymbols2", "Zsym"),
}
"""Every font, by its own file. Where two have a character, the first of them draws it."""

_BESIDES = frozenset((0x20, 0x200C, 0x200D, 0x25CC))
"""What shaping needs besides the script's own: a space, the joiners, and the circle that carries a mark without a base."""
_KEYCAPS = frozenset(map(ord, "0123456789#*©®"))
_FEATURES = {
    "cjk.otf": ["ccmp", "locl"],
}
_SYMBOLS = (*range(0x2300, 0x2400), *range(0x2460, 0x27C0), *range(0x2B00, 0x2C00), *range(0x1F000, 0x1F100))


def _double_bytes(codec: str, leads: range, trails: Iterable[int]) -> set[int]:
    """The characters of a set that is encoded in two bytes."""
    trails = tuple(trails)
    pairs = (bytes((lead, trail)).decode(codec, "ignore") for lead in leads for trail in trails)
    return {ord(character) for pair in pairs for character in pair}


def _cjk() -> set[int]:
    high = range(0xA1, 0xFF)
    return {
        *_double_bytes("gb2312", range(0xA1, 0xF8), high),
        *_double_bytes("euc_jp", range(0xA1, 0xF5), high),
        *_double_bytes("euc_kr", range(0xA1, 0xFE), high),
        *_double_bytes("big5", range(0xA4, 0xC7), (*range(0x40, 0x7F), *high)),
        *range(0x3000, 0x3400),
        *range(0xAC00, 0xD7A4),
        *range(0xFF00, 0xFFF0),
    }


def _kept(name: str, had: Iterable[int]) -> set[int]:
    """The characters that stay in a font of those that it has."""
    drawn = set(map(ord, bundled_font().advances))
    kept = {code for code in had if code not in drawn or code in _BESIDES}
    if name == "emoji.ttf":
        return kept | (_KEYCAPS & set(had))
    if name == "cjk.otf":
        return kept & _cjk()
    return kept & set(_SYMBOLS) if name.startswith("symbols") else kept


def cut(name: str, file: Path) -> Any:
    """The font `name` of SOURCES, cut out of `file` (a fontTools TTFont)."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(file, fontNumber=SOURCES[name].number)
    options = Options()
    options.hinting = False
    options.notdef_outline = True
    options.layout_features = _FEATURES.get(name, ["*"])
    options.layout_scripts = ["hani.dflt", "hani.JAN ", "kana.dflt", "kana.JAN "] if name == "cjk.otf" else ["*"]
    options.name_IDs = [0, 1, 2, 13, 14]
    options.drop_tables += ["DSIG", "vhea", "vmtx", "VORG", "BASE", "STAT", "gasp"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=_kept(name, font.getBestCmap()))
    subsetter.subset(font)
    font.flavor = None
    return font


def owners(characters: Iterable[Iterable[int]]) -> dict[str, list[int]]:
    """Where the font changes, and to which, for the characters of each font in turn."""
    owner: dict[int, int] = {}
    for number, had in enumerate(characters):
        for code in had:
            # Some fonts have a glyph for control characters.
            if code > 0x9F and code not in _BESIDES | _KEYCAPS:
                owner.setdefault(code, number)
    starts, numbers = [0], [-1]
    for edge in sorted({edge for code in owner for edge in (code, code + 1)}):
        number = owner.get(edge, -1)
        if number != numbers[-1]:
            starts.append(edge)
            numbers.append(number)
    return {"starts": starts, "numbers": numbers}


def compile_all(folders: list[Path], into: Path) -> None:
    characters = []
    for name, source in SOURCES.items():
        file = next(folder / source.file for folder in folders if (folder / source.file).is_file())
        font = cut(name, file)
        font.save(into / name)
        characters.append(list(font.getBestCmap()))
    fonts = [[name, source.script] for name, source in SOURCES.items()]
    table = {"fonts": fonts, **owners(characters)}
    (into / "owners.json").write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="ascii")


if __name__ == "__main__":
    compile_all(list(map(Path, sys.argv[1:])), Path(__file__).with_name("fonts"))
