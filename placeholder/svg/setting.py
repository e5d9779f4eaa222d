"""A text measured and ready to be broken into lines: by the bundled font's table, in the fonts of its scripts, or by guesses at
the viewer's fonts."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

from placeholder.svg.font import SANS, Face, Font
from placeholder.svg.scripts.typeset import typeset

_ESTIMATED = 550
_ESTIMATED_WIDE = 1000
_WIDE = (
    *(0x1100, 0x1160, 0x2E80, 0xA4D0, 0xAC00, 0xD7A4, 0xF900, 0xFB00, 0xFE30, 0xFE70, 0xFF01, 0xFF61, 0xFFE0, 0xFFE7),
    *(0x1F000, 0x1FB00, 0x20000, 0x3FFFE),
)
"""Where wide characters begin and end, in turns. (A regular expression of them takes three milliseconds to compile.)"""
_WORD = re.compile(r"[^ \n]+")


class Setting(Protocol):
    """`widths` are those of the characters in font units; `words` are the spans that no line may break."""

    @property
    def text(self) -> str: ...

    @property
    def widths(self) -> Sequence[int]: ...

    @property
    def words(self) -> Sequence[tuple[int, int]]: ...

    def line(self, start: int, end: int, tail: str = "") -> tuple[int, str | None]:
        """Width and outlines of the characters from `start` to `end`, and of `tail`, which the bundled font has, after them; no
        outlines where the viewer's fonts have to draw them."""


def outlines(text: str, face: Face = SANS) -> tuple[int, str] | None:
    """Width and outlines of one line in font units; None where the viewer's fonts have to draw it."""
    if not covered(text, face):
        setting = typeset(text, face)
        return setting.line(0, len(text)) if setting else None
    font = face.font
    return sum(map(font.advances.__getitem__, text)), "".join(map(font.outlines.__getitem__, text))


def drawable(text: str, face: Face = SANS) -> bool:
    """Whether `text` (clean) needs no font of the viewer's."""
    return covered(text, face) or typeset(text, face) is not None


def covered(text: str, face: Face = SANS) -> bool:
    """Whether the bundled font has every character of `text` (clean)."""
    advances = face.font.advances
    return all(character in advances or character == "\n" for character in text)


def measured(text: str, face: Face) -> Setting:
    if covered(text, face):
        return Tabled(text, face)
    return typeset(text, face) or _Estimated(text, face)


class Tabled:
    """A text that the bundled font has."""

    def __init__(self, text: str, face: Face) -> None:
        self.text, self.font = text, face.font
        self.widths = [self.font.advances.get(character, 0) for character in text]
        self.words = [match.span() for match in _WORD.finditer(text)]

    def line(self, start: int, end: int, tail: str = "") -> tuple[int, str | None]:
        text, font = self.text[start:end] + tail, self.font
        return sum(map(font.advances.__getitem__, text)), "".join(map(font.outlines.__getitem__, text))


class _Estimated:
    """A text that the viewer's fonts draw, by guesses at how wide they are."""

    def __init__(self, text: str, face: Face) -> None:
        self.text, self.font = text, face.font
        self.widths = [_estimated(character, self.font) for character in text]
        self.words = [match.span() for match in _WORD.finditer(text)]

    def line(self, start: int, end: int, tail: str = "") -> tuple[int, str | None]:
        return sum(self.widths[start:end]) + sum(map(self.font.advances.__getitem__, tail)), None


def _estimated(character: str, font: Font) -> int:
    """The width of `character` in `font`, or a guess at that in another."""
    known = font.advances.get(character)
    if known is not None:
        return known
    return _ESTIMATED_WIDE if bisect_right(_WIDE, ord(character)) & 1 else _ESTIMATED
