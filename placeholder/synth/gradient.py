"""`/gradient/{w}x{h}?from&to&angle&type`: two colours run into each other (P-35 to P-44).

Geometry as CSS Images 4 §3 has it: a linear gradient's line passes the centre at `angle` and is as long as brings the
corners to the pure colours; a radial one is a circle that reaches the farthest corner.
"""

from dataclasses import dataclass
from math import sqrt

from placeholder.errors import BadParameter
from placeholder.svg import markup
from placeholder.values.angle import direction, parse_angle
from placeholder.values.color import Color, parse_query_color
from placeholder.values.query import Query
from placeholder.values.size import Size

PARAMETERS = ("from", "to", "angle", "type")
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

    @property
    def smooth(self) -> bool:
        return True

    @property
    def inks(self) -> tuple[Color, Color]:
        return self.start, self.end


def parse(size: Size, query: Query) -> Gradient:
    """Raises BadParameter."""
    kind = query.get("type", "linear")
    if kind not in TYPES:
        raise BadParameter("type", " or ".join(TYPES))
    return Gradient(
        size,
        parse_query_color("from", query["from"]) if "from" in query else START,
        parse_query_color("to", query["to"]) if "to" in query else END,
        None if kind == "radial" else parse_angle(query["angle"]) if "angle" in query else _TO_THE_RIGHT,
    )


def draw(spec: Gradient) -> str:
    w, h, colors = spec.size.w, spec.size.h, (spec.start, spec.end)
    # The name follows from the Spec, so that two pictures inlined in one page never borrow each other's gradient.
    name = f"g-{spec.start.hex[1:]}-{spec.end.hex[1:]}-{'r' if spec.angle is None else spec.angle}-{w}x{h}"
    if spec.angle is None:
        paint = markup.radial_gradient(name, (w / 2, h / 2), sqrt(w * w + h * h) / 2, colors)
        title = f"Radial gradient from {spec.start.hex} to {spec.end.hex}"
    else:
        x, y = direction(spec.angle)
        half = (abs(w * x) + abs(h * y)) / 2
        x, y = x * half, y * half
        paint = markup.linear_gradient(name, (w / 2 - x, h / 2 - y), (w / 2 + x, h / 2 + y), colors)
        title = f"Gradient from {spec.start.hex} to {spec.end.hex}"
    return markup.document(spec.size, title, paint, markup.ground(spec.size, f"url(#{name})"))
