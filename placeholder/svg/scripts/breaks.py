"""Where a line of any script may end (UAX #14, as far as a label needs it).

- Everywhere at spaces;
- between two characters one of which is Chinese, kana or an emoji, but not before closing punctuation, small kana and their
  like, nor after opening punctuation;
- within a word of Hangul, or of a script that puts no spaces between its words, only where the word is long: there at
  any grapheme, for we have no dictionary.
"""

from bisect import bisect_right
from collections.abc import Sequence

LONG = 12
"""Graphemes that such a word may have and still stay whole."""

_NOT_BEFORE = frozenset(
    "!%),.:;?]}¢°’”†‡›»…‥、。〃々〉》」』】〕〗〙〛〜〟〻ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ・ーヽヾゝゞ！％），．：；？］｝｠｡｣､･"
)
_NOT_AFTER = frozenset("([{‘“‹«〈《「『【〔〖〘〚〝（［｛｟｢#$£¥€")
_ANYWHERE = (0x2E80, 0xA4D0, 0xF900, 0xFB00, 0xFE30, 0xFE70, 0xFF01, 0xFFE7, 0x1F000, 0x1FB00, 0x20000, 0x3FFFE)
_WHERE_LONG = (0x0E00, 0x0F00, 0x1000, 0x10A0, 0x1780, 0x1800, 0x19E0, 0x1A00, 0xAC00, 0xD7A4)
"""Where such characters begin and end, in turns: the second are Thai, Lao, Myanmar, Khmer, Hangul."""
_FIRST = "\u0e00"
"""Of them all."""


def words(text: str, starts: Sequence[bool]) -> list[tuple[int, int]]:
    """The spans of `text` that no line may break; only spaces and line breaks stand between them, or nothing. `starts` says of
    every character whether a grapheme begins there."""
    spans: list[tuple[int, int]] = []
    at, count = 0, len(text)
    while at < count:
        if text[at] in " \n":
            at += 1
            continue
        end = at
        while end < count and text[end] not in " \n":
            end += 1
        spans += _broken(text, at, end, starts)
        at = end
    return spans


def _broken(text: str, start: int, end: int, starts: Sequence[bool]) -> list[tuple[int, int]]:
    if max(text[start:end]) < _FIRST:
        return [(start, end)]
    is_long = sum(starts[start:end]) > LONG
    spans, first = [], start
    for at in range(start + 1, end):
        if starts[at] and _may_break(text[at - 1], text[at], is_long):
            spans.append((first, at))
            first = at
    return [*spans, (first, end)]


def _may_break(one: str, other: str, is_long: bool) -> bool:
    if other in _NOT_BEFORE or one in _NOT_AFTER:
        return False
    if _within(_ANYWHERE, one) or _within(_ANYWHERE, other):
        return True
    return is_long and _within(_WHERE_LONG, one) and _within(_WHERE_LONG, other)


def _within(edges: Sequence[int], character: str) -> bool:
    return bool(bisect_right(edges, ord(character)) & 1)
