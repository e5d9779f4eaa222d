"""The bidirectional algorithm, held against python-bidi's (Unicode's own, in Rust)."""

import pytest
from bidi import get_base_level, get_display
from hypothesis import example, given
from hypothesis import strategies as st

from placeholder.svg.scripts.bidi import MIRRORED, base_level, levels, visual
from placeholder.values.text import clean_text

TEXTS = st.text("אבגשל\u05b8ab cd 12 3()[]{}.,-+%$:/!ابتم\u064b١٢ <>«»「」", max_size=24) | st.text(max_size=24)


def displayed(text: str) -> str:
    of = levels(text)
    return "".join(text[at] for at in visual(of))


@given(TEXTS.map(lambda text: clean_text(text).replace("\n", " ").rstrip()))
@example("אב (ab) [12] ג")
@example("12 אב-3.5%")
@example("ab (אב) cd")
@example("")
def test_a_line_stands_as_unicode_has_it(text: str) -> None:
    assert displayed(text) == get_display(text)


@given(TEXTS.map(clean_text))
def test_a_paragraph_runs_the_way_of_its_first_letter(text: str) -> None:
    paragraph = text.partition("\n")[0]
    assert base_level(paragraph) == (get_base_level(paragraph) if paragraph else 0)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("hero", "0000", id="one way"),
        pytest.param("אב", "11", id="the other"),
        pytest.param("a אב 12", "0011122", id="N1, I1: digits behind letters from the right"),
        pytest.param("אב ab", "11122", id="I2"),
        pytest.param("ا1", "12", id="W2: after an Arabic letter"),
        pytest.param("אב (ab)", "1111221", id="N0"),
    ],
)
def test_levels(text: str, wanted: str) -> None:
    assert "".join(map(str, levels(text))) == wanted


def test_a_mirror_works_both_ways() -> None:
    assert MIRRORED["("] == ")"
    assert MIRRORED["»"] == "«"
    assert all(MIRRORED[other] == one != other for one, other in MIRRORED.items())
