"""Frame: corners and borders, measured on the path data by fontTools' reading of it."""

import re

import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from hypothesis import given
from hypothesis import strategies as st

from placeholder.svg.frame import margin, ring, rounded
from placeholder.values.size import Size

SIDES = st.integers(1, 2048)
SHARES = st.fractions(0, 1, max_denominator=50).map(float)
PATH = r"[MhvaHz0-9. -]+"


def bounds(path: str) -> tuple[float, float, float, float]:
    pen = BoundsPen(None)
    parse_path(path, pen)
    assert pen.bounds is not None
    return pen.bounds


def area(path: str) -> float:
    """What is filled: contours that run the other way count against the rest."""
    pen = AreaPen(None)
    parse_path(path, pen)
    return float(abs(pen.value))


def rounded_area(w: float, h: float, r: float) -> float:
    return w * h - (4 - 3.14159265) * r * r


@given(SIDES, SIDES, SHARES, SHARES)
def test_a_canvas_with_corners_fills_what_it_should(w: int, h: int, share: float, part: float) -> None:
    radius = share * min(w, h) / 2
    inset = part * radius / 2
    path = rounded(Size(w, h), radius, inset)
    assert re.fullmatch(PATH, path)
    assert bounds(path) == pytest.approx((inset, inset, w - inset, h - inset), abs=0.05)
    expected = rounded_area(w - 2 * inset, h - 2 * inset, radius - inset)
    assert area(path) == pytest.approx(expected, abs=0.05 * (w + h), rel=1e-3)


@given(SIDES, SIDES, SHARES, SHARES)
def test_a_border_lies_inside_and_leaves_a_hole(w: int, h: int, share: float, part: float) -> None:
    radius, width = share * min(w, h) / 2, part * min(w, h) / 2
    path = ring(Size(w, h), radius, width)
    assert re.fullmatch(PATH, path)
    assert path.count("M") == path.count("z") == 2
    assert bounds(path) == pytest.approx((0, 0, w, h), abs=0.05)
    hole = rounded_area(w - 2 * width, h - 2 * width, max(0, radius - width))
    assert area(path) == pytest.approx(rounded_area(w, h, radius) - hole, abs=0.1 * (w + h), rel=2e-3)


def test_without_corners_a_canvas_is_a_rectangle() -> None:
    assert rounded(Size(400, 300), 0) == "M0 0h400v300H0z"
    assert "a" not in ring(Size(400, 300), 0, 2)


@given(SIDES, SIDES, SHARES, SHARES)
def test_the_margin_keeps_a_rectangle_clear_of_border_and_corners(w: int, h: int, share: float, part: float) -> None:
    radius, width = share * min(w, h) / 2, part * min(w, h) / 2
    kept = margin(radius, width)
    assert width <= kept <= min(w, h) / 2 + 1e-9
    # Seen from the middle of a corner's arc, the rectangle's corner is no farther than the border's inner edge.
    inner = max(0.0, radius - width)
    if kept < radius and inner:
        assert 2**0.5 * (radius - kept) == pytest.approx(inner)
    assert margin(0, width) == width
