"""Cleaning: what may be shown stays, what breaks XML or lies about a label goes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.values.text import ELLIPSIS, MAX_MARKS, MAX_TEXT, clean_text

# XML 1.0 §2.2, by itself and not by the module's own pattern; C1 controls are allowed there and still unreadable.
_XML = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")

CLEANED = [
    pytest.param("hero banner", "hero banner", id="plain"),
    pytest.param("<b>&\"']]>", "<b>&\"']]>", id="P-30 markup is text"),
    pytest.param("\x00", "\ufffd", id="V3 NUL"),
    pytest.param("\x01\x08\x0b\x0c\x1f", "\ufffd" * 5, id="V3 controls"),
    pytest.param("\x7f\x80\x85\x9f", "\ufffd" * 4, id="V3 delete and C1"),
    pytest.param("\ufffe\uffff", "\ufffd\ufffd", id="V3 non-characters"),
    pytest.param("\ufdd0\ufdef", "\ufffd\ufffd", id="V3 Arabic non-characters"),
    pytest.param("\ud800\udfff", "\ufffd\ufffd", id="V5 surrogates"),
    pytest.param("a\u202eb\u2066c\u2069d", "abcd", id="V8 bidirectional controls"),
    pytest.param("a\u200bb\u200ec\u200fd\ufeffe\u2060f\xadg", "abcdefg", id="V8 invisible marks"),
    pytest.param("\u200b\u202e", "", id="V8 nothing remains"),
    pytest.param("می\u200cخواهم", "می\u200cخواهم", id="V8 the non-joiner stays"),
    pytest.param("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧", id="V8 the joiner stays"),
    pytest.param("a\\nb", "a\nb", id="backslash n is a line break"),
    pytest.param("a\nb", "a\nb", id="a line feed is a line break"),
    pytest.param("a\r\nb\rc", "a\nb\nc", id="carriage returns are line breaks"),
    pytest.param("a\u2028b\u2029c", "a\nb\nc", id="Unicode's line breaks"),
    pytest.param("a\tb", "a b", id="a tab is a space"),
    pytest.param("a\\tb\\", "a\\tb\\", id="other backslashes stay"),
    pytest.param("e" + "\u0301" * MAX_MARKS, "e" + "\u0301" * MAX_MARKS, id="V7 eight marks stay"),
    pytest.param("e" + "\u0301" * 50 + "x", "e" + "\u0301" * MAX_MARKS + "x", id="V7 the ninth goes"),
    pytest.param("Привет, Ωραία", "Привет, Ωραία", id="other scripts"),
    pytest.param("x" * 200, "x" * 200, id="two hundred stay"),
    pytest.param("é" * 200, "é" * 200, id="two hundred others stay"),
    pytest.param("x" * 201, "x" * 199 + ELLIPSIS, id="V7 one more is cut"),
    pytest.param("x" * 100_000, "x" * 199 + ELLIPSIS, id="V7 a hundred thousand are cut"),
    pytest.param("ﷺ" * 1000, "ﷺ" * 199 + ELLIPSIS, id="V7 wide ones are cut"),
    pytest.param("\u200b" * 300 + "y", "y", id="V8 what goes does not count"),
]


@pytest.mark.parametrize(("text", "clean"), CLEANED)
def test_text_is_made_fit_to_be_shown(text: str, clean: str) -> None:
    """P-30, V3, V5, V7, V8."""
    assert clean_text(text) == clean


ANYTHING = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("\x00\x0b\x1f\x7f\x85\u0301\u0300\u20dd\u200b\u200d\u202e\u2028\ufeff\ufffe\\n\r\n\t\ud800<&>\"'"),
    ),
    max_size=300,
)


@given(ANYTHING)
def test_any_text_comes_out_legal_short_and_once_for_all(text: str) -> None:
    """P-30."""
    clean = clean_text(text)
    assert _XML.fullmatch(clean)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]", clean)
    assert not re.search("[\u0300-\u036f]{9}", clean)
    assert len(clean) <= MAX_TEXT == 200
    assert MAX_MARKS == 8
    assert clean_text(clean) == clean


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\\"), max_size=200))
def test_printable_ascii_is_left_as_it_is(text: str) -> None:
    """P-25."""
    assert clean_text(text) == text


@given(st.text(st.characters(min_codepoint=0xA1, max_codepoint=0x2FF, exclude_characters="\xad"), max_size=200))
def test_latin_letters_are_left_as_they_are(text: str) -> None:
    """P-25."""
    assert clean_text(text) == text
