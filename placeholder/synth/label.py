"""`/{w}x{h}?text&bg&fg`: a ground with a label on it (P-23 to P-31); look.py has what else may be asked of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from placeholder.svg import frame, markup
from placeholder.svg.setting import drawable
from placeholder.svg.text import Place, Room, fit, set_block
from placeholder.synth import look as looks
from placeholder.synth.caption import captioned
from placeholder.synth.look import PLAIN, Look
from placeholder.values.color import OPAQUE, Color, parse_query_color
from placeholder.values.query import Query
from placeholder.values.size import Size
from placeholder.values.text import clean_text

PARAMETERS = ("text", "bg", "fg", *looks.PARAMETERS)
GROUND, INK = looks.LIGHT


@dataclass(frozen=True, slots=True)
class Label:
    """`text` is clean; empty means an unlabelled ground (AP-7)."""

    size: Size
    text: str
    bg: Color
    fg: Color
    look: Look = PLAIN

    @property
    def smooth(self) -> bool:
        return False

    @property
    def inks(self) -> tuple[Color, Color] | None:
        is_flat = is_opaque(self) and self.fg.is_opaque and self.look.line in (None, self.bg, self.fg)
        return (self.bg, self.fg) if is_flat else None


def parse(size: Size, query: Query) -> Label:
    """Raises BadParameter."""
    if not query:
        return Label(size, str(size), GROUND, INK)
    text = query.get("text")
    bg = parse_query_color("bg", query["bg"]) if "bg" in query else None
    fg = parse_query_color("fg", query["fg"]) if "fg" in query else None
    look = PLAIN
    if not looks.ASKING.isdisjoint(query):
        (bg, fg), look = looks.parse(size, query, bg, fg)
    elif bg is None or fg is None:
        bg, fg = looks.colors(bg, fg)
    return Label(size, str(size) if text is None else clean_text(text), bg, fg, look)


def draw(spec: Label) -> str:
    size, bg, fg, title = spec.size, spec.bg, spec.fg, spec.text or "placeholder"
    if spec.look is not PLAIN or bg.alpha < OPAQUE:
        return markup.document(size, title, *_dressed(spec))
    block = fit(spec.text, size)
    return markup.document(size, title, markup.ground(size, bg.hex), set_block(block, size, fg) if block else "")


def _dressed(spec: Label) -> Iterator[str]:
    """The same with all that a look can add."""
    size, bg, fg, look = spec.size, spec.bg, spec.fg, spec.look
    margin = frame.margin(look.radius, look.border)
    room = Room(size.w - 2 * margin, size.h - 2 * margin)
    blocks = captioned(spec.text, look.caption, room, look.face)
    shown = (bg, fg) if blocks or (look.border and not look.line) else (bg,)
    exchanged = {light: dark for light, dark in zip(shown, look.dark or (), strict=False) if light != dark}
    dark_bg, dark_fg = exchanged.get(bg), exchanged.get(fg)
    if exchanged:
        yield markup.scheme(exchanged)
    line, dark_line = (look.line, None) if look.line else (fg, dark_fg)
    # Under the border's own edge the ground would shimmer through where that is round, unless it ends within the border.
    inset = look.border / 2 if look.radius and line.is_opaque else 0
    yield markup.painted(markup.paint(bg, dark_bg), frame.rounded(size, look.radius, inset))
    if look.border:
        yield markup.painted(markup.paint(line, dark_line), frame.ring(size, look.radius, look.border))
    top = (size.h - sum(block.height for block in blocks)) / 2
    for block in blocks:
        yield set_block(block, size, fg, Place(margin, top, room.w, block.height, look.align, dark_fg))
        top += block.height


def is_opaque(spec: Label) -> bool:
    """Whether no page shows through."""
    return spec.bg.is_opaque and not spec.look.radius


def captioned_as(spec: Label, caption: str) -> Label:
    """`spec`, which asks for a caption, with it."""
    return replace(spec, look=replace(spec.look, caption=caption))


def self_contained(spec: Label) -> Label:
    """`spec` for pixels: in its light colours where it follows the reader, and labelled with its size where the text needs
    fonts that only a viewer has."""
    look = replace(spec.look, dark=None) if spec.look.dark else spec.look
    text = spec.text if drawable(spec.text, look.face) else str(spec.size)
    return replace(spec, look=PLAIN if look == PLAIN else look, text=text)
