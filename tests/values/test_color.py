"""Color: the two grammars, the canonical form, and which colour can be read on another."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import ImageColor

from placeholder.errors import BadParameter
from placeholder.values.color import (
    AA_TEXT,
    BLACK,
    CLEAR,
    WHITE,
    Color,
    contrast,
    luminance,
    over,
    parse_path_color,
    parse_query_color,
    readable_on,
    readable_under,
)
from placeholder.values.css_names import CSS_NAMES

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

QUERY_ALONE = ["ffff", "fff8", "12345678", "red", "REBECCAPURPLE", "transparent"]
REFUSED = [
    *("", "f", "ff", "fffff", "fffffff", "123456789", "ggg", "zzz", "zzzzzz", "none", "currentcolor", "inherit"),
    *("#red", " red", "red ", "red\n", "dark red", "blac\u212a", "\uff52\uff45\uff44", "reds", "#transparent", "fff,5"),
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


ALPHA = [
    ("fff8", "#ffffff", 0x88),
    ("FFF8", "#ffffff", 0x88),
    ("ffffff80", "#ffffff", 0x80),
    ("7C9Cff01", "#7c9cff", 1),
    ("abcf", "#aabbcc", 255),
    ("123456ff", "#123456", 255),
]


@pytest.mark.parametrize(("text", "hex", "alpha"), ALPHA)
def test_a_query_colour_may_have_an_alpha(text: str, hex: str, alpha: int) -> None:
    assert parse_query_color("bg", text) == parse_query_color("bg", "#" + text) == Color(hex, alpha)


@given(st.integers(0, 0xFFFFFF), st.integers(1, 255))
def test_the_digits_of_a_colour_name_it(number: int, alpha: int) -> None:
    color = Color(f"#{number:06x}", alpha)
    assert parse_query_color("bg", color.digits) == color
    assert len(color.digits) == (6 if color.is_opaque else 8)
    assert parse_query_color("bg", CLEAR.digits) == CLEAR


@pytest.mark.parametrize("text", ["transparent", "Transparent", "0000", "fff0", "#12345600"])
def test_all_that_cannot_be_seen_is_one_colour(text: str) -> None:
    assert parse_query_color("fg", text) == CLEAR


def test_the_names_are_those_of_css() -> None:
    """CSS Color 4 §6.1, as Pillow knows it too."""
    # Not the table itself: Pillow writes back into it what it was asked for.
    theirs = {name: "".join(f"{level:02x}" for level in ImageColor.getrgb(name)) for name in ImageColor.colormap}
    assert theirs == CSS_NAMES
    assert len(CSS_NAMES) == 148
    assert list(CSS_NAMES) == sorted(CSS_NAMES)


@pytest.mark.parametrize("name", CSS_NAMES)
def test_a_query_colour_may_have_a_name_in_any_case(name: str) -> None:
    expected = Color("#" + CSS_NAMES[name])
    assert {parse_query_color("to", text) for text in (name, name.upper(), name.capitalize())} == {expected}


@pytest.mark.parametrize("text", [*REFUSED, *QUERY_ALONE, "#fff", "#7c9cff"], ids=ascii)
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


ANY_ALPHA = st.integers(0, 255)


@given(ANY_COLOR, ANY_ALPHA, st.sampled_from([WHITE, BLACK]))
def test_a_colour_on_a_page_lies_between_the_two_and_is_opaque(color: Color, alpha: int, page: Color) -> None:
    seen = over(Color(color.hex, alpha), page)
    assert seen.is_opaque
    for mixed, own, under in zip(seen.rgb, color.rgb, page.rgb, strict=True):
        assert mixed == pytest.approx(own * alpha / 255 + under * (255 - alpha) / 255, abs=0.51)


def test_the_ends_of_alpha_are_the_colour_and_the_page() -> None:
    assert over(Color("#123456"), WHITE) == Color("#123456")
    assert over(CLEAR, WHITE) == WHITE
    assert over(CLEAR, BLACK) == BLACK


@given(ANY_COLOR, ANY_ALPHA)
@example(Color("#808080"), 254)
def test_the_ground_chosen_for_an_ink_is_the_better_end_unless_a_softer_one_suffices(color: Color, alpha: int) -> None:
    """At least AA where black or white can give it."""
    ink = Color(color.hex, alpha)
    ground = readable_under(ink)
    assert ground.is_opaque
    best = max(contrast(over(ink, end), end) for end in (BLACK, WHITE))
    assert contrast(over(ink, ground), ground) >= min(best, AA_TEXT)
