"""Size: the grammar of `{w}x{h}`, and the clamp."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.values.size import MAX_DIM, Size, parse_size

READ = [
    pytest.param("400x300", (400, 300), id="P-4 the documented shape"),
    pytest.param("1x1", (1, 1), id="P-4 one digit each"),
    pytest.param("2048x2048", (2048, 2048), id="P-6 the largest stays"),
    pytest.param("2049x300", (2048, 300), id="P-6 one more in width"),
    pytest.param("9999x10", (2048, 10), id="P-6 width alone is clamped"),
    pytest.param("10x9999", (10, 2048), id="P-7 height alone is clamped"),
    pytest.param("99999x88888", (2048, 2048), id="P-7 both, each on its own"),
    pytest.param("0x300", (1, 300), id="AP-2 no width"),
    pytest.param("300x0", (300, 1), id="AP-2 no height"),
    pytest.param("0x0", (1, 1), id="AP-2 nothing"),
    pytest.param("00400x000300", (400, 300), id="V12 leading zeros"),
    pytest.param("0" * 5000 + "7x8", (7, 8), id="V11 thousands of zeros"),
    pytest.param("9" * 20 + "x1", (2048, 1), id="V11 twenty digits"),
    pytest.param("9" * 5000 + "x1", (2048, 1), id="V11 more digits than int() reads"),
    pytest.param("0" * 9 + "x" + "0" * 9, (1, 1), id="AP-2 many zeros"),
]

REFUSED = [
    *("400X300", "400x", "x300", "400", "", "x", "-1x300", "400x-1", "4.5x300", "400x300x2", "400×300", "400*300", "400 x 300"),
    *("+4x3", "4_0x3", "4x3 ", " 4x3", "4x3\n", "\n4x3", "4x3;a", "4x3/", "0x10x1", "1e3x1", "0b1x1", "0xffx1", "#4x3", "4,0x3"),
    *("٤٠٠x٣٠٠", "４００x３００", "४००x३००", "²x²", "400x३", "4\u200bx3", "400\u0445300", "4x3\x00", "4\udcffx3"),
]


@pytest.mark.parametrize(("text", "size"), READ)
def test_digits_x_digits_is_a_size_each_side_clamped_on_its_own(text: str, size: tuple[int, int]) -> None:
    """P-4, P-6, P-7, AP-2."""
    assert parse_size(text) == Size(*size)


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_any_other_shape_is_no_size(text: str) -> None:
    """P-5, V9, V10, V13."""
    assert parse_size(text) is None


@given(st.integers(0, 10**30), st.integers(0, 10**30), st.integers(0, 5))
def test_every_number_is_clamped_as_arithmetic_says(w: int, h: int, zeros: int) -> None:
    """P-6, P-7: the shortcut for long numbers gives what min and max give."""
    expected = Size(min(max(w, 1), MAX_DIM), min(max(h, 1), MAX_DIM))
    assert parse_size(f"{'0' * zeros}{w}x{'0' * zeros}{h}") == expected


@given(st.text())
def test_what_is_read_is_ascii_digits_around_one_x(text: str) -> None:
    """P-5: no text outside the grammar gets in."""
    if parse_size(text) is not None:
        left, right = text.split("x")
        assert set(left) | set(right) <= set("0123456789")
        assert left
        assert right


def test_a_size_says_itself_with_the_multiplication_sign() -> None:
    """AP-7."""
    assert str(Size(2048, 10)) == "2048×10"
