"""Addresses out of parts: what comes out is answered, what does not come out is told in words."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.errors import Refusal
from placeholder.synth.catalogue import CATALOGUE, find_target
from placeholder.tools.compose import ADDRESSES, DENSITIES, FORMATS, picture, target

LETTERS = st.characters(exclude_categories=())
"""Lone surrogates too, which JSON can carry."""

MADE = [
    (("label", "400x300", {}, "svg", 1), "/400x300"),
    (("label", "og", {"text": "A & B=C"}, "png", 1), "/og.png?text=A+%26+B%3DC"),
    (("label", "16:9/1280", {}, "webp", 2), "/16:9/1280@2x.webp"),
    (("label", "400x300", {}, "svg", 3), "/400x300@3x.svg"),
    (("label", "400x300", {"text": ""}, "svg", 1), "/400x300?text="),
    (("label", "400x300", {"fg": "fff", "bg": "#000"}, "svg", 1), "/400x300?bg=%23000&fg=fff"),
    (("color", "40x30", {"hex": "7c9cff"}, "gif", 1), "/color/7c9cff/40x30.gif"),
    (("seed", "40x30", {"seed": "Zoë #1?"}, "svg", 1), "/seed/Zo%C3%AB%20%231%3F/40x30"),
    (("gradient", "40x30", {"from": "fff", "type": "radial"}, "svg", 1), "/gradient/40x30?from=fff&type=radial"),
    (("label", "40x30", {"text": "\ud800"}, "svg", 1), "/40x30?text=%3F"),
    (("seed", "40x30", {"seed": "\ud800"}, "svg", 1), "/seed/%3F/40x30"),
    (("glyph", "favicon", {"as": "cart"}, "avif", 1), "/glyph/favicon.avif?as=cart"),
]

REFUSED = [
    (("nothing", "400x300", {}, "svg", 1), "drawing: expected one of label, color"),
    (("label", "400x300", {}, "bmp", 1), "format: expected one of svg, png"),
    (("label", "400x300", {}, "png", 4), "density: expected one of 1, 2, 3"),
    (("label", "400", {}, "svg", 1), "size: expected a width and a height"),
    (("label", "", {}, "svg", 1), "size: expected"),
    (("label", "huge", {}, "svg", 1), "size: expected"),
    (("label", "400x300?bg=zzz", {}, "svg", 1), "size: expected"),
    (("label", "../400x300", {}, "svg", 1), "size: expected"),
    (("label", "400x300.png", {}, "png", 1), "size: expected"),
    (("label", "seed/x/400x300", {}, "svg", 1), "size: expected"),
    (("label", "glyph/400x300", {}, "svg", 1), "size: expected"),
    (("label", "400x300", {"colour": "red"}, "svg", 1), "options: expected those of label: text, bg, fg"),
    (("label", "400x300", {"bg": "zzz"}, "svg", 1), "bg: expected a colour"),
    (("color", "400x300", {}, "svg", 1), "hex: expected text without a slash, in options"),
    (("color", "400x300", {"hex": "7c9cfg"}, "svg", 1), "hex: expected a colour"),
    (("seed", "400x300", {"seed": "a/b"}, "svg", 1), "seed: expected text without a slash"),
    (("seed", "400x300", {"seed": ""}, "svg", 1), "seed: expected text"),
    (("seed", "400x300", {"seed": ".."}, "svg", 1), "seed: expected text"),
    (("gradient", "400x300", {"angle": "up"}, "svg", 1), "angle: expected a decimal number"),
    (("glyph", "400x300", {"as": "unicorn"}, "svg", 1), "as: expected one of avatar"),
]


@pytest.mark.parametrize(("parts", "made"), MADE, ids=[made for _, made in MADE])
def test_parts_make_an_address(parts: tuple[Any, ...], made: str) -> None:
    assert target(*parts) == made
    assert picture(parts[0], made) == find_target(made)


@pytest.mark.parametrize(("parts", "words"), REFUSED, ids=[f"{parts[0]} {words}" for parts, words in REFUSED])
def test_what_is_wrong_is_said(parts: tuple[Any, ...], words: str) -> None:
    with pytest.raises(Refusal) as caught:
        picture(parts[0], target(*parts))
    assert str(caught.value).startswith(words)


def test_every_drawing_can_be_composed() -> None:
    assert set(ADDRESSES.values()) == {drawing.address for drawing in CATALOGUE}


@given(
    st.sampled_from([*ADDRESSES]),
    st.text(LETTERS, max_size=30) | st.sampled_from(["400x300", "og", "1:2/300"]),
    st.dictionaries(st.sampled_from(["text", "bg", "hex", "seed", "as", "angle"]), st.text(LETTERS, max_size=20), max_size=3),
    st.sampled_from(FORMATS),
    st.sampled_from(DENSITIES),
)
def test_whatever_comes_in_a_picture_or_a_refusal_comes_out(
    drawing: str, size: str, options: dict[str, str], format: str, density: int
) -> None:
    with suppress(Refusal):
        found = picture(drawing, target(drawing, size, options, format, density))
        assert found.drawing.address == ADDRESSES[drawing]
        assert found.density == density
