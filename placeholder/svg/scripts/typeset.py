"""A text in any script, ready to be broken into lines and drawn.

What the bundled tables have is drawn from them, as in any other label, and the rest by the fonts of the pack. A text is cut into
runs of one font and one direction; HarfBuzz shapes each run of the pack's, and the bidirectional algorithm puts those of a line
in order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from unicodedata import combining

from placeholder.svg.font import Face
from placeholder.svg.scripts import bidi, breaks
from placeholder.svg.scripts.fonts import JAPANESE, Glyph, Pack, ScriptFont, pack

_FOLLOWS = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f]")
"""What belongs to the character before it: joiners, selectors, tags. The table has no use for them, and they are not drawn."""
_JOINER, _AS_EMOJI, _KEYCAP = "\u200d", "\ufe0f", "\u20e3"
_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_BOLD = 700
MOST = 400_000
"""Characters of outlines that a text may come to: enough for 200 ideographs, not for 200 of the most elaborate emoji."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one font and one level; without a font the face's table has them."""

    start: int
    end: int
    font: ScriptFont | None
    level: int


@dataclass(frozen=True, eq=False)
class Setting:
    """`widths` are in font units, a grapheme's at its first character; `starts` says where one begins."""

    text: str
    face: Face
    language: str | None
    runs: tuple[Run, ...]
    widths: list[int]
    starts: list[bool]
    _drawn: dict[Run, list[Glyph]] = field(default_factory=dict)

    @cached_property
    def words(self) -> list[tuple[int, int]]:
        """The spans that no line may break."""
        return breaks.words(self.text, self.starts)

    def line(self, start: int, end: int, tail: str = "") -> tuple[int, str]:
        """Width and outlines of the characters from `start` to `end`, and of `tail`, which the face's table has, after them."""
        parts = [
            (run.level, self.glyphs(run if start <= run.start and run.end <= end else _within(run, start, end)))
            for run in self.runs
            if run.start < end and start < run.end
        ]
        if tail:
            level = bidi.base_level(self.text[self.text.rfind("\n", 0, start) + 1 :].partition("\n")[0])
            parts.append((level, _from_table(tail, self.face, level)))
        placed = [glyph for part in bidi.visual([level for level, _ in parts]) for glyph in parts[part][1]]
        return sum(glyph.advance for glyph in placed), "".join(glyph.outline for glyph in placed)

    def glyphs(self, run: Run) -> list[Glyph]:
        """From left to right."""
        found = self._drawn.get(run)
        if found is None:
            text = self.text[run.start : run.end]
            if run.font is None:
                found = _from_table(text, self.face, run.level)
            else:
                found = run.font.shape(text, self.face.weight >= _BOLD, run.level & 1 == 1, self.language)
            self._drawn[run] = found
        return found


def _within(run: Run, start: int, end: int) -> Run:
    return replace(run, start=max(start, run.start), end=min(end, run.end))


def typeset(text: str, face: Face) -> Setting | None:
    """`text` (clean); None where no pack is installed, its fonts lack a character, or it comes to MOST."""
    fonts_at_hand = pack()
    fonts = _fonts(text, face, fonts_at_hand) if fonts_at_hand else None
    if fonts is None:
        return None
    language, count = JAPANESE if _KANA.search(text) else None, len(text)
    setting = Setting(text, face, language, tuple(_runs(text, fonts)), [0] * count, [False] * count)
    length = 0
    for run in setting.runs:
        for glyph in setting.glyphs(run):
            length += len(glyph.outline)
            if glyph.is_missing or length > MOST:
                return None
            setting.widths[run.start + glyph.cluster] += glyph.advance
            setting.starts[run.start + glyph.cluster] = True
    return setting


def _fonts(text: str, face: Face, pack: Pack) -> list[ScriptFont | None] | None:
    """The font of each character, None standing for the face's table; or None where a character has none."""
    known, emoji = face.font.advances, pack.emoji
    fonts: list[ScriptFont | None] = []
    before: ScriptFont | None = None
    for at, character in enumerate(text):
        after = text[at + 1 : at + 2]
        if at and _FOLLOWS.match(character):
            font = before
        elif (after in (_AS_EMOJI, _KEYCAP) or text[at - 1 : at] == _JOINER) and emoji.has(character):
            font = emoji
        elif before and (character not in known or character == " " or combining(character)) and before.has(character):
            # A space too, so that a phrase is shaped in one piece.
            font = before
        elif character in known or character == "\n":
            font = None
        else:
            font = pack.owner(character)
            if font is None:
                return None
        fonts.append(font)
        before = font
    return fonts


def _runs(text: str, fonts: Sequence[ScriptFont | None]) -> Iterator[Run]:
    """From the first to the last character; line breaks are in none."""
    start = 0
    for paragraph in text.split("\n"):
        levels, first = bidi.levels(paragraph), start
        end = start + len(paragraph)
        for at in range(start + 1, end + 1):
            if at == end or fonts[at] is not fonts[first] or levels[at - start] != levels[first - start]:
                if first < at:
                    yield Run(first, at, fonts[first], levels[first - start])
                first = at
        start = end + 1


def _from_table(text: str, face: Face, level: int) -> list[Glyph]:
    """What the face's table has of `text`; to the left, its graphemes in turn from the last, and mirrored."""
    advances, outlines = face.font.advances, face.font.outlines
    if not level & 1:
        return [Glyph(at, advances[c], outlines[c]) for at, c in enumerate(text) if c in advances]
    glyphs: list[Glyph] = []
    graphemes: list[list[Glyph]] = []
    for at, character in enumerate(text):
        shown = bidi.MIRRORED.get(character, character)
        if shown not in advances:
            continue
        glyph = Glyph(at, advances[shown], outlines[shown])
        if combining(character) and graphemes:
            graphemes[-1].append(glyph)
        else:
            graphemes.append([glyph])
    for grapheme in reversed(graphemes):
        glyphs += grapheme
    return glyphs
