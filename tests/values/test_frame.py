"""Frame: the grammars of radius and border, and how both are clamped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.errors import BadParameter
from placeholder.values.color import CLEAR, Color
from placeholder.values.frame import parse_border, parse_radius
from placeholder.values.size import Size

SIZE = Size(400, 300)
NO_NUMBER = ["", " ", "-1", "+1", "1.5", "1e2", "0x10", "99999", "٤", "４", "1_0", "8px", "1\n", " 1", "1 ", "NaN", "%", "\udcff"]


@pytest.mark.parametrize(
    ("text", "size", "radius"),
    [
        ("0", SIZE, 0),
        ("16", SIZE, 16),
        ("0016", SIZE, 16),
        ("150", SIZE, 150),
        ("151", SIZE, 150),
        ("9999", SIZE, 150),
        ("0%", SIZE, 0),
        ("10%", SIZE, 30),
        ("50%", SIZE, 150),
        ("51%", SIZE, 150),
        ("999%", SIZE, 150),
        ("50%", Size(33, 47), 16.5),
        ("7%", Size(33, 47), 2.31),
        ("1", Size(1, 2048), 0.5),
    ],
)
def test_a_radius_is_units_or_a_share_of_the_shorter_side_up_to_half_of_it(text: str, size: Size, radius: float) -> None:
    assert parse_radius(text, size) == pytest.approx(radius)


@pytest.mark.parametrize("text", [*NO_NUMBER, "1000%", "5%%", "%5", "5 %", "1.5%", "2,111827", "2,"], ids=ascii)
def test_any_other_radius_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        parse_radius(text, SIZE)
    assert refusal.value.param == "radius"


@pytest.mark.parametrize(
    ("text", "size", "width", "color"),
    [
        ("0", SIZE, 0, None),
        ("2", SIZE, 2, None),
        ("2,111827", SIZE, 2, Color("#111827")),
        ("2,#1118", SIZE, 2, Color("#111111", 0x88)),
        ("12,Teal", SIZE, 12, Color("#008080")),
        ("12,transparent", SIZE, 12, CLEAR),
        ("9999,fff", SIZE, 150, Color("#ffffff")),
        ("1", Size(1, 1), 0.5, None),
    ],
)
def test_a_border_is_a_width_and_perhaps_a_colour(text: str, size: Size, width: float, color: Color | None) -> None:
    assert parse_border(text, size) == (width, color)


@pytest.mark.parametrize(
    "text", [*NO_NUMBER, "2,", ",fff", "2, fff", "2,fff,", "2,zzz", "2;fff", "2 fff", "fff", "fff,2", "50%", "2,\n"], ids=ascii
)
def test_any_other_border_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        parse_border(text, SIZE)
    assert refusal.value.param == "border"


@given(st.text(max_size=8), st.integers(1, 2048), st.integers(1, 2048))
def test_what_is_read_never_passes_half_the_shorter_side(text: str, w: int, h: int) -> None:
    for parse in (parse_radius, lambda text, size: parse_border(text, size)[0]):
        try:
            found = parse(text, Size(w, h))
        except BadParameter:
            continue
        assert 0 <= found <= min(w, h) / 2
