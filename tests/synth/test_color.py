"""`/color/{hex}/{w}x{h}`: one colour and nothing else."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder import draw
from placeholder.errors import BadParameter

FILLED = [
    pytest.param("/color/7c9cff/400x300", (400, 300), "#7c9cff", id="P-34 the documented example"),
    pytest.param("/color/7C9CFF/400x300", (400, 300), "#7c9cff", id="P-9 upper case"),
    pytest.param("/color/abc/400x300", (400, 300), "#aabbcc", id="P-8 P-13 three digits"),
    pytest.param("/color/000/1x1", (1, 1), "#000000", id="AP-2 one unit"),
    pytest.param("/color/fff/99999x0", (2048, 1), "#ffffff", id="P-6 clamped"),
    pytest.param("/color/%37c9cff/400x300", (400, 300), "#7c9cff", id="P-9 a digit encoded"),
]


@pytest.mark.parametrize(("url", "size", "fill"), FILLED)
def test_the_picture_is_that_colour_and_nothing_else(
    url: str, size: tuple[int, int], fill: str, assert_sound_svg: Callable[..., ET.Element]
) -> None:
    """P-32, P-34."""
    root = assert_sound_svg(draw(url), size)
    assert [(child.tag, child.get("fill")) for child in root] == [("title", None), ("path", fill)]


@given(st.integers(0, 0xFFF))
def test_three_digits_draw_the_same_as_their_doubled_six(number: int) -> None:
    """P-13."""
    short = f"{number:03x}"
    long = "".join(digit * 2 for digit in short)
    assert draw(f"/color/{short}/40x30") == draw(f"/color/{long}/40x30") == draw(f"/color/{long.upper()}/40x30")


@pytest.mark.parametrize("query", ["text=x", "bg=zzz", "hex=000", "angle=NaN", "&".join(["a=1"] * 100), "%FF", "&&&", "="])
def test_a_query_changes_nothing(query: str) -> None:
    """P-33: the route has no parameters, so none can be wrong."""
    assert draw(f"/color/7c9cff/400x300?{query}") == draw("/color/7c9cff/400x300")


@pytest.mark.parametrize("text", ["%23fff", "%237c9cff", "ff", "ffff", "fff8", "12345678", "red", "+12", "1_2", "%20fff", "ggg"])
def test_any_other_colour_is_refused(text: str) -> None:
    """P-10, AP-3."""
    with pytest.raises(BadParameter) as refusal:
        draw(f"/color/{text}/400x300")
    assert refusal.value.param == "hex"
