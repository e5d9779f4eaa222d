"""How a peer's URL is taken apart."""

import pytest

from placeholder.errors import BadParameter
from placeholder.synth.foreign.words import Stack, cut, cut_inline, size_of, stacked, text_of
from placeholder.values.size import Size

CUTS = [
    ("/", ([], "")),
    ("/a", (["a"], "")),
    ("/a/", (["a"], "")),
    ("/a/b?c=d", (["a", "b"], "c=d")),
    ("/a/?c?d", (["a"], "c?d")),
    ("/a//b", (["a", "", "b"], "")),
    ("//", ([""], "")),
    ("/a%2Fb/c%20d", (["a/b", "c d"], "")),
    ("/%3Fa", (["?a"], "")),
    ("", ([""], "")),
    ("a/b", ([""], "")),
    ("*", ([""], "")),
    ("http://a/b", ([""], "")),
]


@pytest.mark.parametrize(("target", "found"), CUTS)
def test_a_target_is_cut_at_its_slashes(target: str, found: tuple[list[str], str]) -> None:
    assert cut(target) == found


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("/a&text=b", (["a"], "text=b")),
        ("/a?text=b&c", (["a"], "text=b&c")),
        ("/a&b?c", (["a"], "b?c")),
        ("/a/&b", (["a"], "b")),
        ("/a", (["a"], "")),
        ("/a%26b", (["a&b"], "")),
    ],
)
def test_a_query_may_begin_at_an_ampersand(target: str, found: tuple[list[str], str]) -> None:
    assert cut_inline(target) == found


@pytest.mark.parametrize(
    ("word", "size"),
    [
        ("400", Size(400, 400)),
        ("400x300", Size(400, 300)),
        ("9999x1", Size(2048, 1)),
        ("0", Size(1, 1)),
        ("9" * 5000, Size(2048, 2048)),
        *((word, None) for word in ("", "x", "400x", "x300", "400X300", "4.5", "-1", "400x300x2", "400 ", "٤٠٠", "400\n", "4_0")),
    ],
)
def test_one_number_is_a_square(word: str, size: Size | None) -> None:
    assert size_of(word) == size


STACKS = [
    (["300"], Stack("300", "", "", "")),
    (["300.png"], Stack("300", "", "", "png")),
    (["300", "09f.PNG", "fff"], Stack("300", "09f", "fff", "png")),
    (["300.gif", "09f", "fff.png"], Stack("300", "09f", "fff", "gif")),
    (["300 ", " 09f"], Stack("300", "09f", "", "")),
    ([], None),
    ([""], None),
    (["300", ""], None),
    (["300", ".png"], None),
    (["300."], None),
    (["300.bmp"], None),
    (["300.png.gif"], None),
    (["1", "2", "3", "4"], None),
]


@pytest.mark.parametrize(("words", "stack"), STACKS)
def test_colours_stack_upon_a_size_with_an_ending_anywhere(words: list[str], stack: Stack | None) -> None:
    assert stacked(words, ("png", "gif")) == stack


def test_a_text_is_clean_and_an_empty_one_is_none() -> None:
    assert text_of("text=a+b") == "a b"
    assert text_of("Text=a") == text_of("TEXT=a") == "a"
    assert text_of("text=a\\nb%00") == "a\nb\ufffd"
    assert len(text_of("text=" + "a" * 5000) or "") == 200
    assert text_of("text=") is text_of("") is text_of("font=a") is None
    with pytest.raises(BadParameter):
        text_of("&" * 40)
