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

from typing import Literal, NamedTuple, Protocol

from placeholder.svg import markup
from placeholder.svg.font import SANS, Face
from placeholder.svg.paragraph import MIN_SIZE, Paragraph
from placeholder.svg.setting import Setting, Tabled, measured
from placeholder.values.color import Color
from placeholder.values.text import ELLIPSIS

MAX_SHARE = 0.2
MIN_LARGEST = 12.0
KEPT_WHOLE = 0.7
SHARE_OF_CANVAS = 0.8
LINE = 1.25

Line = tuple[str, int, str | None]
"""One line of text, its width and its outlines in font units; no outlines where the viewer's fonts have to draw it."""

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
    """Lines as they will stand; `size` is in drawn units to the em."""

    size: float
    lines: tuple[Line, ...]
    face: Face = SANS

    @property
    def height(self) -> float:
        return self.size * LINE * len(self.lines)


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
    setting: Setting | None = None
    try:
        width = sum(map(font.advances.__getitem__, text))
    except KeyError:  # for "\n" too, which has no width of its own
        setting = measured(text, face)
        width = sum(setting.widths)
    if "\n" not in text:
        size = room_w / width if width else largest
        if size > largest:
            size = largest
        if size >= MIN_SIZE and (size >= KEPT_WHOLE * largest or (len(setting.words) == 1 if setting else " " not in text)):
            path = setting.line(0, len(text))[1] if setting else "".join(map(font.outlines.__getitem__, text))
            return Block(size, ((text, width, path),), face)
    setting = setting or Tabled(text, face)
    paragraph = Paragraph(setting, font.advances[ELLIPSIS])
    size = paragraph.largest_size(largest, room_w, room_h)
    spans = paragraph.balanced(int(room_w / size)) if size else paragraph.cut(int(room_w / MIN_SIZE), int(room_h / MIN_SIZE))
    lines = tuple((text[start:end] + tail, *setting.line(start, end, tail)) for start, end, tail in spans)
    return Block(size or MIN_SIZE, lines, face) if lines else None


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
    size, rows, face = block
    font = face.font
    scale, step, w = size / font.units, size * LINE, canvas.w
    y = (canvas.h - step * (len(rows) - 1) + font.cap * scale) / 2
    lines, dark = "", None
    if place:
        y, dark = y + place.top + (place.h - canvas.h) / 2, place.dark
    for text, width, path in rows:
        length = width * scale
        x = (w - length) / 2 if place is None else place.start(length)
        if path is not None:
            lines += markup.outlined(x, y, scale, color, path, dark)
        else:
            lines += markup.drawn_text(
                x + length / 2, y, size, length, color, text, dark=dark, family=face.generic, weight=face.weight
            )
        y += step
    return lines
