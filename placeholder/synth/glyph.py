"""`/glyph/{w}x{h}?as&radius`: a wireframe icon that says what kind of picture will stand here (P-51 to P-54), or why none will.

The icons are line drawings in a box of 96 units (icons.py). On the canvas the box takes BOX of the shorter side.
"""

from dataclasses import dataclass

from placeholder.svg import frame, markup
from placeholder.synth.icons import LINES, VERDICTS
from placeholder.values.color import Color
from placeholder.values.frame import parse_radius
from placeholder.values.query import Query, chosen
from placeholder.values.size import Size

PARAMETERS = ("as", "radius")
GROUND, LINE = Color("#f1f5f9"), Color("#94a3b8")
NO_GROUND, NO_LINE = Color("#fef2f2"), Color("#b91c1c")
BOX = 0.56
_UNITS = 96


@dataclass(frozen=True, slots=True)
class Glyph:
    """`icon` is a key of LINES."""

    size: Size
    icon: str
    radius: float = 0

    @property
    def smooth(self) -> bool:
        return False

    @property
    def colors(self) -> tuple[Color, Color]:
        """Ground and line."""
        return (NO_GROUND, NO_LINE) if self.icon in VERDICTS else (GROUND, LINE)

    @property
    def inks(self) -> tuple[Color, Color] | None:
        return self.colors if is_opaque(self) else None


def parse(size: Size, query: Query) -> Glyph:
    """Raises BadParameter. Without `as`, a photo (AP-10)."""
    icon = chosen(query, "as", LINES, "photo")
    return Glyph(size, icon, parse_radius(query["radius"], size) if "radius" in query else 0)


def is_opaque(spec: Glyph) -> bool:
    """Whether no page shows through."""
    return not spec.radius


def draw(spec: Glyph) -> str:
    size, (ground, line) = spec.size, spec.colors
    box = BOX * min(size.w, size.h)
    rounded = markup.painted(markup.paint(ground), frame.rounded(size, spec.radius)) if spec.radius else ""
    return markup.document(
        size,
        spec.icon,
        rounded or markup.ground(size, ground.hex),
        markup.strokes((size.w - box) / 2, (size.h - box) / 2, box / _UNITS, line, LINES[spec.icon]),
    )
