"""The colours of the peers: digits, names, what CSS reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.synth.foreign.inks import css, digits, named
from placeholder.values.color import OPAQUE, Color

EVERY = (1, 2, 3, 4, 6, 8)


DIGITS = [
    ("f", "#ffffff", 255),
    ("ef", "#efefef", 255),
    ("09f", "#0099ff", 255),
    ("#09F", "#0099ff", 255),
    ("09f8", "#0099ff", 136),
    ("0099FF", "#0099ff", 255),
    ("0099ff80", "#0099ff", 128),
]


@pytest.mark.parametrize(("word", "hex", "alpha"), DIGITS)
def test_digits_are_repeated_to_six(word: str, hex: str, alpha: int) -> None:
    assert digits(word, EVERY) == Color(hex, alpha)


@pytest.mark.parametrize("word", ["", "#", "g", "##fff", "fff ", "0x1", "+12", "1_2", "١٢٣", "fffff", "fff\n", "0" * 9000])
def test_other_words_are_no_digits(word: str) -> None:
    assert digits(word, EVERY) is None


def test_a_grammar_says_how_many_digits_it_takes() -> None:
    assert [length for length in range(1, 9) if digits("a" * length, (3, 6))] == [3, 6]


def test_names_are_read_in_any_case() -> None:
    assert named("RebeccaPurple") == Color("#663399")
    assert named("transparent") == Color("#000000", 0)
    assert named("octarine") is None


CSS = [
    ("#000", "#000000", 255),
    ("#0008", "#000000", 136),
    ("Orange", "#ffa500", 255),
    (" white ", "#ffffff", 255),
    ("transparent", "#000000", 0),
    ("rgb(1,2,3)", "#010203", 255),
    ("rgb(1, 2, 3)", "#010203", 255),
    ("RGB(1 2 3)", "#010203", 255),
    ("rgba(255,255,255,0.5)", "#ffffff", 128),
    ("rgba(255, 255, 255, .25)", "#ffffff", 64),
    ("rgb(1 2 3 / 50%)", "#010203", 128),
    ("rgb(100%, 0%, 50%)", "#ff0080", 255),
    ("rgb(300,-5,0)", "#ff0000", 255),
    ("hsl(0,100%,50%)", "#ff0000", 255),
    ("hsl(120deg 100% 25%)", "#008000", 255),
    ("hsla(240,100%,50%,1)", "#0000ff", 255),
    ("hsl(-120,100%,50%)", "#0000ff", 255),
    ("hsl(480,100%,50%)", "#00ff00", 255),
    ("hsl(9,0%,100%)", "#ffffff", 255),
]


@pytest.mark.parametrize(("text", "hex", "alpha"), CSS)
def test_css_is_read(text: str, hex: str, alpha: int) -> None:
    assert css(text) == Color(hex, alpha)


NO_CSS = [
    *(
        "",
        "#",
        "fff",
        "#ff",
        "#fffff",
        "rgb()",
        "rgb(1,2)",
        "rgb(1,2,3,4,5)",
        "rgb(1,,3)",
        "rgb(a,b,c)",
        "rgb(1,2,3",
        "rgb 1,2,3",
    ),
    *("rgb(1e3,2,3)", "rgb(nan,inf,1)", "rgb(1,2,3)x", "rgb((1),2,3)", "lab(50% 40 59)", "currentcolor", "url(#a)", "var(--a)"),
    *("rgb(" + "1," * 99 + "1)", "rgb(" + " " * 9000 + "1,2,3)", "rgb(٣,2,3)", "inherit", "red;", "red blue", "rgb 1,2,3"),
]


@pytest.mark.parametrize("text", NO_CSS, ids=lambda text: ascii(text[:20]))
def test_what_css_would_not_read_as_a_colour_is_none(text: str) -> None:
    assert css(text) is None


@given(st.text(max_size=80))
def test_any_text_is_a_colour_or_none(text: str) -> None:
    ink = css(text)
    assert ink is None or (ink.rgb and 0 <= ink.alpha <= OPAQUE)
