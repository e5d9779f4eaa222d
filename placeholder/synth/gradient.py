"""`/gradient/{w}x{h}?from&to&angle&type&radius`: two colours run into each other (P-35 to P-44).

Geometry as CSS Images 4 §3 has it: a linear gradient's line passes the centre at `angle` and is as long as brings the
corners to the pure colours; a radial one is a circle that reaches the farthest corner. An end that is clear has the colour of
the other one, so that this fades out and does not turn black on its way.
"""

from dataclasses import dataclass
from math import sqrt

from placeholder.errors import BadParameter
from placeholder.svg import frame, markup
from placeholder.values.angle import direction, parse_angle
from placeholder.values.color import Color, parse_query_color
from placeholder.values.frame import parse_radius
from placeholder.values.query import Query
from placeholder.values.size import Size

PARAMETERS = ("from", "to", "angle", "type", "radius")
START, END = Color("#7c9cff"), Color("#59e3c5")
TYPES = ("linear", "radial")
_TO_THE_RIGHT = 90_000


@dataclass(frozen=True, slots=True)
class Gradient:
    """`angle` is in thousandths of a degree (values/angle.py); None means radial, which has none (P-42)."""

    size: Size
    start: Color
    end: Color
    angle: int | None
    radius: float = 0

    @property
    def smooth(self) -> bool:
        return True

    @property
    def inks(self) -> tuple[Color, Color] | None:
        return (self.start, self.end) if is_opaque(self) else None


def parse(size: Size, query: Query) -> Gradient:
    """Raises BadParameter."""
    kind = query.get("type", "linear")
    if kind not in TYPES:
        raise BadParameter("type", " or ".join(TYPES))
    start = parse_query_color("from", query["from"]) if "from" in query else START
    end = parse_query_color("to", query["to"]) if "to" in query else END
    return Gradient(
        size,
        Color(end.hex, 0) if not start.alpha else start,
        Color(start.hex, 0) if not end.alpha else end,
        None if kind == "radial" else parse_angle(query["angle"]) if "angle" in query else _TO_THE_RIGHT,
        parse_radius(query["radius"], size) if "radius" in query else 0,
    )


def is_opaque(spec: Gradient) -> bool:
    """Whether no page shows through."""
    return spec.start.is_opaque and spec.end.is_opaque and not spec.radius


def draw(spec: Gradient) -> str:
    w, h, colors = spec.size.w, spec.size.h, (spec.start, spec.end)
    start, end = spec.start.digits, spec.end.digits
    # The name follows from the Spec, so that two pictures inlined in one page never borrow each other's gradient.
    name = f"g-{start}-{end}-{'r' if spec.angle is None else spec.angle}-{w}x{h}"
    if spec.angle is None:
        paint = markup.radial_gradient(name, (w / 2, h / 2), sqrt(w * w + h * h) / 2, colors)
        title = f"Radial gradient from #{start} to #{end}"
    else:
        x, y = direction(spec.angle)
        half = (abs(w * x) + abs(h * y)) / 2
        x, y = x * half, y * half
        paint = markup.linear_gradient(name, (w / 2 - x, h / 2 - y), (w / 2 + x, h / 2 + y), colors)
        title = f"Gradient from #{start} to #{end}"
    if spec.radius:
        shape = markup.painted(markup.paint_named(name), frame.rounded(spec.size, spec.radius))
    else:
        shape = markup.ground(spec.size, f"url(#{name})")
    return markup.document(spec.size, title, paint, shape)
