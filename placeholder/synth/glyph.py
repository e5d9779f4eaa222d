"""`/glyph/{w}x{h}?as&radius`: a wireframe icon that says what kind of picture will stand here (P-51 to P-54), or why none will.

The icons are line drawings in a box of 96 units with one stroke language: 3 units wide, round ends, eighths of the box
as the grid. On the canvas the box takes BOX of the shorter side.
"""

from dataclasses import dataclass

from placeholder.errors import BadParameter
from placeholder.svg import frame, markup
from placeholder.values.color import Color
from placeholder.values.frame import parse_radius
from placeholder.values.query import Query
from placeholder.values.size import Size

PARAMETERS = ("as", "radius")
GROUND, LINE = Color("#f1f5f9"), Color("#94a3b8")
NO_GROUND, NO_LINE = Color("#fef2f2"), Color("#b91c1c")
BOX = 0.56
_UNITS = 96

_FRAME = "M16 18h64a6 6 0 0 1 6 6v48a6 6 0 0 1-6 6h-64a6 6 0 0 1-6-6v-48a6 6 0 0 1 6-6z"

ICONS: dict[str, str] = {
    "avatar": "M48 12a18 18 0 1 0 0 36a18 18 0 1 0 0-36zM12 84v-4a24 24 0 0 1 24-24h24a24 24 0 0 1 24 24v4",
    "photo": _FRAME + "M30 30a7 7 0 1 0 0 14a7 7 0 1 0 0-14zM10 70l20-18 14 12 20-24 22 24",
    "video": _FRAME + "M40 35v26l22-13z",
    "product": "M48 10l36 18v40l-36 18-36-18v-40zM12 28l36 18 36-18M48 46v40M30 19l36 18v14",
    "map": "M12 24l24-10 24 10 24-10v58l-24 10-24-10-24 10zM36 14v58M60 24v58",
    "document": "M26 10h30l20 20v50a6 6 0 0 1-6 6h-44a6 6 0 0 1-6-6v-64a6 6 0 0 1 6-6zM56 10v20h20M32 44h32M32 56h32M32 68h20",
}
VERDICTS: dict[str, str] = {
    "blocked": "M48 12a36 36 0 1 0 0 72a36 36 0 1 0 0-72zM22.5 22.5l51 51",
    "failed": _FRAME + "M36 36l24 24M60 36l-24 24",
}
_LINES = {**ICONS, **VERDICTS}


@dataclass(frozen=True, slots=True)
class Glyph:
    """`icon` is a key of ICONS or VERDICTS."""

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
    icon = query.get("as", "photo")
    if icon not in _LINES:
        raise BadParameter("as", "one of " + ", ".join(_LINES))
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
        markup.strokes((size.w - box) / 2, (size.h - box) / 2, box / _UNITS, line, _LINES[spec.icon]),
    )
