"""Angles: the grammar, the turn, and sines that no machine's library decides."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.errors import BadParameter
from placeholder.values.angle import direction, parse_angle

READ = [
    ("0", 0),
    ("-0", 0),
    ("+0", 0),
    ("0.0", 0),
    ("90", 90_000),
    ("+90", 90_000),
    ("120", 120_000),
    ("359.999", 359_999),
    ("360", 0),
    ("-360", 0),
    ("361", 1_000),
    ("720.5", 500),
    ("-1", 359_000),
    ("-90", 270_000),
    ("-22.5", 337_500),
    ("22.5", 22_500),
    ("007", 7_000),
    ("0.001", 1),
    ("0.0009", 0),
    ("-0.0009", 0),
    ("-0.001", 359_999),
    ("12.345678901234567"[:18], 12_345),
    ("999999999999999", 999_999_999_999_999 % 360 * 1000),
    ("-999999999999999", -999_999_999_999_999 % 360 * 1000),
]

REFUSED = [
    *(
        "",
        " ",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "1e999",
        "1e3",
        "1E3",
        "1e-400",
        "1_0",
        "٩٠",
        "９０",
        " 90 ",
        " 90",
        "90 ",
    ),
    *("90\n", ".5", "5.", ".", "-", "+", "--5", "+-5", "5-", "0x10", "90deg", "1,5", "1.2.3", "½", "−90", "90%", "1/2"),
    *("9" * 16, "9" * 400, "0." + "1" * 16, "-" + "9" * 5000, "\x0090"),
]


@pytest.mark.parametrize(("text", "thousandths"), READ)
def test_a_decimal_number_of_degrees_counts_modulo_a_turn(text: str, thousandths: int) -> None:
    """P-38, AP-8."""
    assert parse_angle(text) == thousandths


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: ascii(text[:20]))
def test_anything_else_is_refused_and_the_refusal_names_the_parameter(text: str) -> None:
    """AP-8, V15."""
    with pytest.raises(BadParameter) as refusal:
        parse_angle(text)
    assert refusal.value.param == "angle"


@given(st.integers(-(10**14), 10**14), st.integers(-3, 3))
def test_a_whole_turn_more_changes_nothing(degrees: int, turns: int) -> None:
    """AP-8."""
    assert parse_angle(str(degrees)) == parse_angle(str(degrees + 360 * turns)) == degrees % 360 * 1000


@given(st.decimals(min_value=-100_000, max_value=100_000, places=3))
def test_thousandths_are_kept_exactly(degrees) -> None:
    """AP-8: no float decides a byte."""
    assert parse_angle(f"{degrees:f}") == int(degrees * 1000) % 360_000


def test_the_direction_is_sine_and_cosine_within_a_billionth() -> None:
    """P-38, AP-8: CSS's convention, checked against libm at every tenth of a degree and at the seams of the quarters."""
    seams = [at + by for at in range(0, 360_000, 90_000) for by in (-1, 0, 1, 45_000)]
    for thousandths in [*range(0, 360_000, 97), *seams]:
        x, y = direction(thousandths % 360_000)
        radians = math.radians(thousandths / 1000)
        assert abs(x - math.sin(radians)) < 1e-9, thousandths
        assert abs(y + math.cos(radians)) < 1e-9, thousandths


@pytest.mark.parametrize(
    ("degrees", "vector"), [(0, (0, -1)), (90, (1, 0)), (180, (0, 1)), (270, (-1, 0))], ids=["up", "right", "down", "left"]
)
def test_zero_points_up_and_ninety_to_the_right(degrees: int, vector: tuple[int, int]) -> None:
    """AP-8."""
    assert direction(degrees * 1000) == pytest.approx(vector, abs=1e-9)
