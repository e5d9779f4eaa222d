"""`/{w}x{h}?text&bg&fg`: a ground with a label on it (P-23 to P-31)."""

from dataclasses import dataclass, replace

from placeholder.svg import markup
from placeholder.svg.text import covered, fit, set_block
from placeholder.values.color import Color, parse_query_color, readable_on
from placeholder.values.query import Query
from placeholder.values.size import Size
from placeholder.values.text import clean_text

PARAMETERS = ("text", "bg", "fg")
GROUND, INK = Color("#e2e8f0"), Color("#475569")


@dataclass(frozen=True, slots=True)
class Label:
    """`text` is clean; empty means an unlabelled ground (AP-7)."""

    size: Size
    text: str
    bg: Color
    fg: Color

    @property
    def smooth(self) -> bool:
        return False

    @property
    def inks(self) -> tuple[Color, Color]:
        return self.bg, self.fg


def parse(size: Size, query: Query) -> Label:
    """Raises BadParameter. A single colour brings a readable other one along (WCAG AA)."""
    if not query:
        return Label(size, str(size), GROUND, INK)
    text = query.get("text")
    bg = parse_query_color("bg", query["bg"]) if "bg" in query else None
    fg = parse_query_color("fg", query["fg"]) if "fg" in query else None
    if bg is None and fg is None:
        bg, fg = GROUND, INK
    return Label(
        size,
        str(size) if text is None else clean_text(text),
        bg or readable_on(fg or INK),
        fg or readable_on(bg or GROUND),
    )


def draw(spec: Label) -> str:
    block = fit(spec.text, spec.size)
    return markup.document(
        spec.size,
        spec.text or "placeholder",
        markup.ground(spec.size, spec.bg.hex),
        set_block(block, spec.size, spec.fg) if block else "",
    )


def self_contained(spec: Label) -> Label:
    """`spec`, or the picture labelled with its size where the text needs fonts that only a viewer has."""
    return spec if covered(spec.text) else replace(spec, text=str(spec.size))
