"""Initials: which letters a seed has, and that they are there to be seen."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder import draw
from placeholder.svg.font import bundled_font
from placeholder.synth.seeds.initials import MOST, initials
from placeholder.values.text import clean_text

Sound = Callable[..., ET.Element]

LETTERS = {
    "Ada Lovelace": "AL",
    "ada lovelace": "AL",
    "ada": "A",
    "precious-tide": "PT",
    "snake_case_name": "SC",
    "first.last": "FL",
    "camelCase": "CC",
    "PascalCaseName": "PC",
    "HTTPServer": "H",
    "user42": "U",
    "userId": "UI",
    "user-42": "U4",
    "v2Final": "VF",
    "42": "4",
    "grace.hopper@example.com": "GH",
    "ada@example.com": "A",
    "@ada": "A",
    "  ada   king  lovelace ": "AK",
    "(Ada) [Lovelace]": "AL",
    "O'Brien": "OB",
    "Émile Zola": "ÉZ",
    "émile zola": "ÉZ",
    "łukasz żak": "ŁŻ",
    "Øyvind Ås": "ØÅ",
    "жанна дарк": "ЖД",
    "ΑλίκηΣοφία": "ΑΣ",
    "ömerÖz": "ÖÖ",
    "ßtraße": "ß",
    "ŉ": "ŉ",
    "ΐ": "ΐ",
    "日本 太郎": "日太",
    "李雷": "李",
    "محمد علي": "مع",
    "🦊 fox": "🦊F",
    "one\u3000two": "OT",
    "one\u00a0two": "OT",
    "one\u200btwo": "O",
    "a\nb": "AB",
    "": "",
    " ": "",
    "...": "",
    "-_-": "",
    "@@": "",
}


@pytest.mark.parametrize(("seed", "letters"), LETTERS.items(), ids=lambda text: ascii(text))
def test_a_seed_has_these_letters(seed: str, letters: str) -> None:
    assert initials(seed) == letters


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_letters_are_at_most_two_and_clean(seed: str) -> None:
    found = initials(seed)
    assert len(found) <= MOST == 2
    assert clean_text(found) == found
    assert not re.search(r"[ -/:-@\[-`{-~\n]", found)


def test_what_rises_is_one_letter_that_the_font_has() -> None:
    """So that every Python raises it alike, and none grows into two."""
    for character in bundled_font().advances:
        risen = initials(character)
        assert len(risen) <= 1
        assert not risen or risen in bundled_font().advances


def written(url: str) -> ET.Element:
    return list(ET.fromstring(draw(url)))[-1]


@pytest.mark.parametrize("size", [(40, 40), (300, 300), (2048, 2048), (600, 100), (100, 600), (41, 33)], ids=str)
@pytest.mark.parametrize("seed", ["W M", "@", "i l", "Ж Щ", "ada"])
def test_letters_are_outlines_in_the_middle_that_fit(seed: str, size: tuple[int, int], assert_sound_svg: Sound) -> None:
    w, h = size
    url = f"/seed/{quote(seed)}/{w}x{h}?style=initials"
    assert_sound_svg(draw(url), size)
    letters = initials(seed)
    mark = written(url)
    if not letters:
        assert mark.tag.endswith("g")
        return
    found = re.fullmatch(r"translate\(([0-9.]+) ([0-9.]+)\)scale\(([0-9.]+)\)", mark.attrib["transform"])
    assert found
    x, y, scale = map(float, found.groups())
    font = bundled_font()
    width = sum(font.advances[letter] for letter in letters) * scale
    assert x == pytest.approx((w - width) / 2, abs=0.1)
    assert y - font.cap * scale / 2 == pytest.approx(h / 2, abs=0.1)
    assert width <= 0.9 * min(w, h)
    assert font.units * scale == pytest.approx(0.44 * min(w, h), rel=0.01)


@pytest.mark.parametrize("seed", ["日本 太郎", "李雷", "محمد", "🦊 fox"])
@pytest.mark.usefixtures("without_fonts")
def test_another_script_is_written_by_the_viewers_fonts_and_left_out_of_pixels(seed: str, assert_sound_svg: Sound) -> None:
    """As in labels: held to its place, and no boxes where there are no fonts."""
    url = f"/seed/{quote(seed)}/120x80{{}}?style=initials"
    root = assert_sound_svg(draw(url.format("")), (120, 80))
    text = root[-1]
    assert (text.tag, text.text) == ("text", initials(seed))
    assert (text.attrib["x"], text.attrib["text-anchor"]) == ("60", "middle")
    assert float(text.attrib["textLength"]) <= 0.9 * 80
    assert draw(url.format(".png")) != draw("/seed/ada/120x80.png?style=initials")
    assert draw(url.format(".png")).startswith(b"\x89PNG")


def test_a_seed_without_a_word_is_the_ground_alone(assert_sound_svg: Sound) -> None:
    root = assert_sound_svg(draw("/seed/.../80x80?style=initials"), (80, 80))
    assert [child.tag for child in root] == ["title", "path", "g"]
