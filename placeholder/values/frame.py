"""What may stand around a picture: round corners, a border.

    radius = 1*4DIGIT / 1*3DIGIT "%"        in drawn units, or as a share of the shorter side
    border = 1*4DIGIT [ "," color ]         in drawn units; a colour as in any query (color.py)

Both are clamped to half the shorter side.
"""

import re

from placeholder.errors import BadParameter
from placeholder.values.color import Color, parse_query_color
from placeholder.values.size import Size

_RADIUS = re.compile(r"([0-9]{1,4})|([0-9]{1,3})%")
_BORDER = re.compile(r"([0-9]{1,4})(?:,(.+))?", re.DOTALL)


def parse_radius(text: str, size: Size) -> float:
    """The radius of the corners of a picture of `size`, in drawn units. Raises BadParameter."""
    match = _RADIUS.fullmatch(text)
    if not match:
        raise BadParameter("radius", "whole units, such as 16, or a share of the shorter side, such as 50%")
    shorter = min(size.w, size.h)
    return min(int(match[1]) if match[1] else shorter * int(match[2]) / 100, shorter / 2)


def parse_border(text: str, size: Size) -> tuple[float, Color | None]:
    """The width of a border, in drawn units, and its colour where one is named. Raises BadParameter."""
    match = _BORDER.fullmatch(text)
    if not match:
        raise BadParameter("border", "a width in whole units, perhaps with a colour behind a comma, such as 2 or 2,111827")
    color = None if match[2] is None else parse_query_color("border", match[2])
    return min(int(match[1]), min(size.w, size.h) / 2), color
