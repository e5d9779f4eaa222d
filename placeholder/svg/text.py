"""Type that always fits: measured, wrapped, shrunk, cut, or left out; set as outlines of the bundled font.

In this order (`fit`): text is set at MAX_SHARE of the canvas's shorter side (on small canvases up to MIN_LARGEST); a line
that fits at KEPT_WHOLE of that is only shrunk; other text is wrapped on spaces and at its line breaks so that it can be
largest; below MIN_SIZE units it cannot be read, so it is cut at the end and closed with an ellipsis; where not even one
character and the ellipsis fit, nothing is drawn.

A text with a character that the bundled font lacks is set in the fonts of its scripts where those are installed
(svg/scripts). Where they are not, it is laid out by estimated widths and drawn by the viewer's fonts, held to the measured
length.

Lines that do not stand in the middle begin or end where the widest line that fits would.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple, Protocol

from placeholder.svg import markup
from placeholder.svg.font import SANS, Face, Font
from placeholder.svg.scripts.typeset import typeset
from placeholder.values.color import Color
from placeholder.values.text import ELLIPSIS

MAX_SHARE = 0.2
MIN_LARGEST = 12.0
MIN_SIZE = 6.0
STEP = 0.25
KEPT_WHOLE = 0.7
SHARE_OF_CANVAS = 0.8
LINE = 1.25

_ESTIMATED = 550
_ESTIMATED_WIDE = 1000
_WIDE = (
    *(0x1100, 0x1160, 0x2E80, 0xA4D0, 0xAC00, 0xD7A4, 0xF900, 0xFB00, 0xFE30, 0xFE70, 0xFF01, 0xFF61, 0xFFE0, 0xFFE7),
    *(0x1F000, 0x1FB00, 0x20000, 0x3FFFE),
)
"""Where wide characters begin and end, in turns. (A regular expression of them takes three milliseconds to compile.)"""
_WORD = re.compile(r"[^ \n]+")

Line = tuple[str, int]
"""One line of text and its width in font units."""

Align = Literal["left", "center", "right"]


class Canvas(Protocol):
    """Width and height in drawn units."""

    @property
    def w(self) -> float: ...

    @property
    def h(self) -> float: ...


class Room(NamedTuple):
    """The part of a canvas that text may use."""

    w: float
    h: float


class Block(NamedTuple):
    """Lines as they will stand; `size` is in drawn units to the em; `paths` are their outlines in font units, None where the
    viewer's fonts have to draw them."""

    size: float
    lines: tuple[Line, ...]
    paths: tuple[str, ...] | None
    face: Face = SANS

    @property
    def height(self) -> float:
        return self.size * LINE * len(self.lines)


class _Setting(Protocol):
    """A text whose lines can be told and drawn (as scripts/typeset.py has it). `line` is None for outlines where there are
    none."""

    @property
    def text(self) -> str: ...

    @property
    def widths(self) -> Sequence[int]: ...

    @property
    def words(self) -> Sequence[tuple[int, int]]: ...

    def line(self, start: int, end: int, tail: str = "") -> tuple[int, str | None]: ...


def fit(text: str, canvas: Canvas, face: Face = SANS) -> Block | None:
    """`text` (clean) laid out for `canvas`, or None when nothing legible fits."""
    text = text.strip(" \n")
    font = face.font
    w, h = canvas.w, canvas.h
    room_w, room_h = w * SHARE_OF_CANVAS * font.units, h * SHARE_OF_CANVAS / LINE
    largest = MAX_SHARE * (h if h < w else w)
    if largest < MIN_LARGEST:
        largest = min(MIN_LARGEST, room_h)
    if largest < MIN_SIZE or not text:
        return None
    setting: _Setting | None = None
    try:
        width = sum(map(font.advances.__getitem__, text))
    except KeyError:  # for "\n" too, which has no width of its own
        setting = _setting(text, face)
        width = sum(setting.widths)
    if "\n" not in text:
        size = room_w / width if width else largest
        if size > largest:
            size = largest
        is_one_word = len(setting.words) == 1 if setting else " " not in text
        if size >= MIN_SIZE and (is_one_word or size >= KEPT_WHOLE * largest):
            path = setting.line(0, len(text))[1] if setting else "".join(map(font.outlines.__getitem__, text))
            return Block(size, ((text, width),), None if path is None else (path,), face)
    paragraph = _Paragraph(setting or _Tabled(text, face), font.advances[ELLIPSIS])
    size = paragraph.largest_size(largest, room_w, room_h)
    if size:
        return paragraph.block(paragraph.balanced(int(room_w / size)), size, face)
    spans = paragraph.cut(int(room_w / MIN_SIZE), int(room_h / MIN_SIZE))
    return paragraph.block(spans, MIN_SIZE, face) if spans else None


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


def _setting(text: str, face: Face) -> _Setting:
    if covered(text, face):
        return _Tabled(text, face)
    return typeset(text, face) or _Estimated(text, face)


class _Tabled:
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


Span = tuple[int, int, str]
"""First and last character of a line, and what closes it."""


class _Paragraph:
    """Words with their widths in font units, and the ways to break them into lines."""

    def __init__(self, setting: _Setting, ellipsis: int) -> None:
        self.setting, self.text, self.words, self.ellipsis = setting, setting.text, setting.words, ellipsis
        self.broken = "\n" in self.text
        self.ends = [0, *accumulate(setting.widths)]
        self.word_ends = [self.ends[end] for _, end in self.words]
        # Marks alone have no width.
        self.widest_word = max(1, *(self._width(start, end) for start, end in self.words))

    def _width(self, start: int, end: int) -> int:
        return self.ends[end] - self.ends[start]

    def block(self, spans: Iterable[Span], size: float, face: Face) -> Block:
        """The lines at `spans`."""
        lines, paths = [], []
        for start, end, tail in spans:
            width, path = self.setting.line(start, end, tail)
            lines.append((self.text[start:end] + tail, width))
            paths.append(path)
        return Block(size, tuple(lines), tuple(path for path in paths if path is not None) or None, face)

    def largest_size(self, largest: float, room_w: float, room_h: float) -> float:
        """The largest size in STEPs, MIN_SIZE … `largest`, at which the words fit, or 0. `room_w` is in font units at
        size 1, `room_h` in lines of size 1. A smaller size breaks into no more lines, so bisection finds it."""
        low, high = int(MIN_SIZE / STEP), int(min(largest, room_w / self.widest_word) / STEP)
        if high < low or len(self.wrapped(int(room_w / MIN_SIZE))) * MIN_SIZE > room_h:
            return 0
        while low < high:
            middle = (low + high + 1) // 2
            size = middle * STEP
            if len(self.wrapped(int(room_w / size))) * size <= room_h:
                low = middle
            else:
                high = middle - 1
        return low * STEP

    def wrapped(self, limit: int) -> list[tuple[int, int]]:
        """The first and last word of each line when no line is wider than `limit`, a single wide word excepted."""
        words, ends, word_ends = self.words, self.ends, self.word_ends
        lines: list[tuple[int, int]] = []
        first, count = 0, len(words)
        while first < count:
            start = words[first][0]
            last = max(first, bisect_right(word_ends, ends[start] + limit, first) - 1)
            if self.broken:
                at = self.text.find("\n", start, words[last][1])
                last = last if at < 0 else bisect_right(words, (at, 0)) - 1
            lines.append((first, last))
            first = last + 1
        return lines

    def balanced(self, limit: int) -> list[Span]:
        """The lines at `limit`, broken so that the widest is as narrow as their number allows."""
        count = len(self.wrapped(limit))
        low, high = max(self.widest_word, self._width(0, len(self.text)) // count - self.widest_word), limit
        while low < high:
            middle = (low + high) // 2
            if len(self.wrapped(middle)) <= count:
                high = middle
            else:
                low = middle + 1
        return self._spans(high)

    def cut(self, limit: int, rows: int) -> list[Span]:
        """As many lines as `rows` and `limit` hold, the last closed with an ellipsis; none when none is legible."""
        spans = self._spans(limit)
        too_wide = (row for row, (start, end, _) in enumerate(spans) if self._width(start, end) > limit)
        last = min(next(too_wide, len(spans)), rows - 1, len(spans) - 1)
        for row in range(last, -1, -1):
            start, end, _ = spans[row]
            fits = bisect_right(self.ends, self.ends[start] + limit - self.ellipsis, lo=start) - 1
            if start < fits:
                return [*spans[:row], (start, min(end, fits), ELLIPSIS)]
        return []

    def _spans(self, limit: int) -> list[Span]:
        return [(self.words[first][0], self.words[last][1], "") for first, last in self.wrapped(limit)]


class Place(NamedTuple):
    """Where a block stands that does not simply stand in the middle of its canvas: the corner and the size of its part of
    the canvas, and the side of that part on which its lines begin or end. `dark` is its colour where the reader's scheme is."""

    left: float
    top: float
    w: float
    h: float
    align: Align = "center"
    dark: Color | None = None

    def start(self, length: float) -> float:
        """Where a line of `length` begins."""
        margin = self.w * (1 - SHARE_OF_CANVAS) / 2
        return self.left + {"left": margin, "center": (self.w - length) / 2, "right": self.w - margin - length}[self.align]


def set_block(block: Block, canvas: Canvas, color: Color, place: Place | None = None) -> str:
    """`block` in the middle of `canvas`, or at `place` on it."""
    size, rows, paths, face = block
    font = face.font
    scale, step, w = size / font.units, size * LINE, canvas.w
    y = (canvas.h - step * (len(rows) - 1) + font.cap * scale) / 2
    lines, dark = "", None
    if place:
        y, dark = y + place.top + (place.h - canvas.h) / 2, place.dark
    for row, (text, width) in enumerate(rows):
        length = width * scale
        x = (w - length) / 2 if place is None else place.start(length)
        if paths:
            lines += markup.outlined(x, y, scale, color, paths[row], dark)
        else:
            lines += markup.drawn_text(
                x + length / 2, y, size, length, color, text, dark=dark, family=face.generic, weight=face.weight
            )
        y += step
    return lines
