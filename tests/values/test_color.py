"""Color: the two grammars, the canonical form, and which colour can be read on another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.errors import BadParameter
from placeholder.values.color import (
    AA_TEXT,
    BLACK,
    WHITE,
    Color,
    contrast,
    luminance,
    parse_path_color,
    parse_query_color,
    readable_on,
)

READ = [
    pytest.param("7c9cff", "#7c9cff", id="P-9 six digits"),
    pytest.param("7C9CFF", "#7c9cff", id="P-9 upper case"),
    pytest.param("7c9CfF", "#7c9cff", id="P-9 mixed case"),
    pytest.param("abc", "#aabbcc", id="P-8 P-13 three digits are doubled"),
    pytest.param("ABC", "#aabbcc", id="P-8 P-13 three upper-case digits"),
    pytest.param("000", "#000000", id="P-8 black"),
    pytest.param("fff", "#ffffff", id="P-8 white"),
    pytest.param("012", "#001122", id="P-8 digits alone"),
    pytest.param("123456", "#123456", id="P-9 digits alone"),
]

REFUSED = [
    *("", "f", "ff", "ffff", "fff8", "fffff", "fffffff", "12345678", "ggg", "zzz", "zzzzzz", "red", "transparent", "none"),
    *("1_2", "+12", "-12", " fff", "fff ", "fff\n", "f f", "0x1", "ｆｆｆ", "１２３", "١٢٣", "ﬀ", "fff\x00", "f\u200bff"),
    *("url(#a)", '"/><script>', "rgb(0,0,0)", "hsl(0)", "##fff", "%23fff", "fff#", "\udcff\udcff\udcff"),
]

ANY_COLOR = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: Color("#{:02x}{:02x}{:02x}".format(*rgb)))


@pytest.mark.parametrize(("text", "canonical"), READ)
def test_three_or_six_hexadecimal_digits_name_a_colour(text: str, canonical: str) -> None:
    """P-8, P-9, P-11, P-13: in the path and in the query alike."""
    assert parse_path_color(text) == Color(canonical)
    assert parse_query_color("bg", text) == Color(canonical)


@pytest.mark.parametrize(("text", "canonical"), READ)
def test_a_query_colour_may_have_a_hash_and_is_the_same(text: str, canonical: str) -> None:
    """P-12."""
    assert parse_query_color("bg", "#" + text) == Color(canonical)


@pytest.mark.parametrize("text", [*REFUSED, "#fff", "#7c9cff"], ids=ascii)
def test_anything_else_is_no_path_colour(text: str) -> None:
    """P-10, V14."""
    with pytest.raises(BadParameter) as refusal:
        parse_path_color(text)
    assert refusal.value.param == "hex"


@pytest.mark.parametrize("param", ["bg", "fg", "from", "to"])
@pytest.mark.parametrize("text", [*REFUSED, "#", "#ff", "# fff"], ids=ascii)
def test_anything_else_is_no_query_colour_and_the_refusal_names_the_parameter(param: str, text: str) -> None:
    """AP-4, V14."""
    with pytest.raises(BadParameter) as refusal:
        parse_query_color(param, text)
    assert refusal.value.param == param
    assert str(refusal.value).startswith(f"{param}: ")
    assert len(text) < 4 or text not in str(refusal.value), "the refused value is not echoed"


@given(st.text(max_size=8))
def test_what_is_read_is_three_or_six_ascii_hexadecimal_digits(text: str) -> None:
    """P-10: the grammar lets nothing else in."""
    try:
        color = parse_path_color(text)
    except BadParameter:
        return
    assert len(text) in (3, 6)
    assert set(text) <= set("0123456789abcdefABCDEF")
    doubled = "".join(digit * 2 for digit in text) if len(text) == 3 else text
    assert color.hex == "#" + doubled.lower()


@given(ANY_COLOR)
def test_every_colour_survives_its_own_text(color: Color) -> None:
    """P-9, P-12."""
    assert parse_path_color(color.hex[1:]) == parse_query_color("to", color.hex) == color
    assert "#{:02x}{:02x}{:02x}".format(*color.rgb) == color.hex


# Reference pairs: the two ends by definition; #777 and #767676 on white as WCAG's own technique G18 is commonly checked.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
        ("#595959", "#ffffff", 7.00),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(Color(one), Color(other)) == pytest.approx(ratio, abs=0.005)
    assert contrast(Color(other), Color(one)) == contrast(Color(one), Color(other))


def test_luminance_runs_from_black_to_white() -> None:
    assert luminance(BLACK) == 0
    assert luminance(WHITE) == pytest.approx(1)
    assert luminance(Color("#ff0000")) == pytest.approx(0.2126)


@given(ANY_COLOR)
def test_a_readable_colour_has_at_least_aa_contrast(ground: Color) -> None:
    """AP-7's label has to be read: WCAG 2.2 SC 1.4.3, 4.5:1."""
    assert contrast(ground, readable_on(ground)) >= AA_TEXT == 4.5


@pytest.mark.parametrize(
    "channel", ["{0:02x}{0:02x}{0:02x}", "{0:02x}0000", "00{0:02x}00", "0000{0:02x}", "ff{0:02x}ff", "{0:02x}ff80"]
)
def test_a_readable_colour_exists_along_every_ramp(channel: str) -> None:
    """Greys around the middle are the hard ones: neither black nor white is far away."""
    worst = min(contrast(ground, readable_on(ground)) for level in range(256) for ground in [Color("#" + channel.format(level))])
    assert worst >= 4.5
