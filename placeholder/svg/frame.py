"""The geometry of a frame: a canvas with round corners, and a border that lies within it.

The radius is that of the outer edge; the border's inner edge runs parallel to it. Nothing here knows colours.
"""

from placeholder.svg.markup import number
from placeholder.values.size import Size

_CORNER = 1 - 0.5**0.5
"""How far, in radii, a round corner reaches in: where its arc meets the diagonal."""


def rounded(size: Size, radius: float, inset: float = 0) -> str:
    """The path of a canvas with corners of `radius`, drawn smaller by `inset` on every side."""
    if not radius and not inset:
        return f"M0 0h{size.w}v{size.h}H0z"
    return _outline(size, radius, inset, 1)


def ring(size: Size, radius: float, width: float) -> str:
    """The path of a border."""
    # The two run in opposite directions, so the inner one is a hole.
    return _outline(size, radius, 0, 1) + _outline(size, radius, width, 0)


def _outline(size: Size, radius: float, inset: float, clockwise: int) -> str:
    r = max(0, radius - inset)
    across, down = size.w - 2 * (inset + r), size.h - 2 * (inset + r)

    def corner(x: float, y: float) -> str:
        return f"a{number(r)} {number(r)} 0 0 {clockwise} {number(x)} {number(y)}" if r else ""

    right, left, below, above = f"h{number(across)}", f"h{number(-across)}", f"v{number(down)}", f"v{number(-down)}"
    if clockwise:
        start = f"M{number(inset + r)} {number(inset)}"
        return f"{start}{right}{corner(r, r)}{below}{corner(-r, r)}{left}{corner(-r, -r)}{above}{corner(r, -r)}z"
    start = f"M{number(inset)} {number(inset + r)}"
    return f"{start}{below}{corner(r, r)}{right}{corner(r, -r)}{above}{corner(-r, -r)}{left}{corner(-r, r)}z"


def margin(radius: float, width: float) -> float:
    """How far from every edge of the canvas a rectangle must stay to lie within a border of `width` and the corners."""
    return width + _CORNER * max(0, radius - width)
