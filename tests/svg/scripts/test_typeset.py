"""Texts in any script, laid out and drawn: nothing lost, nothing outside, the right order."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from fixtures.fonts import SAMPLES
from fontTools.pens.boundsPen import BoundsPen
from fontTools.svgLib.path import parse_path
from hypothesis import assume, given
from hypothesis import strategies as st

from placeholder import draw
from placeholder.svg.font import FACES, SANS, Face
from placeholder.svg.paragraph import MIN_SIZE
from placeholder.svg.scripts.typeset import typeset
from placeholder.svg.setting import covered, drawable, outlines
from placeholder.svg.text import LINE, SHARE_OF_CANVAS, Room, fit
from placeholder.values.text import ELLIPSIS, clean_text

MANY = st.sampled_from(list(SAMPLES.values()))
TEXTS = (
    st.lists(MANY | st.text("ab 12(),-\n", max_size=6), max_size=6).map(" ".join)
    | st.text("שא ()1a\nعक्िา占👩\u200d👍🏽\ufe0f\u20e3", max_size=60)
).map(clean_text)
ROOMS = st.builds(Room, st.floats(1, 2048), st.floats(1, 2048)) | st.builds(Room, st.floats(1, 120), st.floats(1, 120))
FACE = st.sampled_from(list(FACES.values()))


def ink(path: str) -> tuple[float, float, float, float] | None:
    pen = BoundsPen(None, ignoreSinglePoints=True)
    parse_path("M0 0" + path, pen)
    found: tuple[float, float, float, float] | None = pen.bounds
    return found


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_every_script_is_outlines(text: str) -> None:
    assert not covered(text)
    assert drawable(text)
    url = f"/600x240?text={quote(text)}"
    svg = draw(url)
    assert b"<text" not in svg
    assert svg.count(b"<path") >= 2
    assert draw(url.replace("?", ".png?")) != draw("/600x240.png")


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_the_ink_is_about_as_wide_as_the_line(text: str) -> None:
    width, path = outlines(text) or (0, "")
    left, _, right, _ = ink(path) or (0, 0, 0, 0)
    assert left >= -150
    assert right <= width + 150
    assert right - left >= 0.8 * width - 300


@given(TEXTS, ROOMS, FACE)
def test_every_line_stays_within_its_room(text: str, room: Room, face: Face) -> None:
    """As in test_text.py: four fifths of the canvas. A line that is shaped apart from its neighbours may be a little wider than
    it was among them."""
    block = fit(text, room, face)
    assume(block is not None)
    assert block.size >= MIN_SIZE
    assert len(block.lines) * LINE * block.size <= SHARE_OF_CANVAS * room.h + 1e-6
    for line, width, _ in block.lines:
        assert "\n" not in line
        assert width * block.size / 1000 <= SHARE_OF_CANVAS * room.w + 0.5 * block.size


@given(TEXTS, ROOMS)
def test_no_word_is_lost(text: str, room: Room) -> None:
    block = fit(text, room)
    assume(block is not None)
    shown, wanted = ("".join(part.split()) for part in (" ".join(line for line, *_ in block.lines), text))
    if shown != wanted:
        assert shown.endswith(ELLIPSIS)
        assert wanted.startswith(shown.removesuffix(ELLIPSIS))


@given(TEXTS, FACE)
def test_the_width_of_a_text_is_that_of_its_graphemes(text: str, face: Face) -> None:
    for paragraph in text.split("\n"):
        setting = typeset(paragraph, face)
        assume(setting is not None)
        assert sum(setting.widths) == setting.line(0, len(paragraph))[0]


def paths_of(text: str, part: str) -> Iterator[int]:
    """Where the outlines of the words of `part` stand in the line `text`, from left to right."""
    _, whole = outlines(text) or (0, "")
    for word in part.split():
        _, path = outlines(word) or (0, "")
        yield whole.find(path.rpartition("m")[0])


@pytest.mark.parametrize(
    ("text", "order"),
    [
        pytest.param("hero אב", "hero אב", id="a letter from the left begins"),
        pytest.param("אב hero", "hero אב", id="a letter from the right begins"),
        pytest.param("אב 12 hero", "hero 12 אב", id="digits"),
        pytest.param("بيت hero", "hero بيت", id="Arabic"),
    ],
)
def test_words_stand_in_visual_order(text: str, order: str) -> None:
    places = list(paths_of(text, order))
    assert -1 not in places
    assert places == sorted(places)


def test_brackets_are_mirrored_where_the_line_runs_to_the_left() -> None:
    """The one that opens stands to the right of what it holds."""
    table = SANS.font.outlines
    _, path = outlines("(אב)") or (0, "")
    assert path.startswith(table["("])
    assert path.endswith(table[")"])


def test_a_line_runs_the_way_of_its_paragraph() -> None:
    """Of two lines of a paragraph from right to left the second does so though its first letter does not."""
    text = "אבגדה hero אב"
    setting = typeset(text, SANS)
    assert setting is not None
    _, path = setting.line(text.index("hero"), len(text))
    assert path.endswith(SANS.font.outlines["o"])
    assert setting.line(0, 5, ELLIPSIS)[1].startswith(SANS.font.outlines[ELLIPSIS])


def test_chinese_wraps_anywhere_and_is_cut_at_a_grapheme() -> None:
    block = fit("占位图用于网页设计" * 3, Room(100, 60))
    assert block is not None
    assert len(block.lines) > 1
    cut = fit("क्षत्रिय" * 20, Room(60, 20))
    assert cut is not None
    shown = cut.lines[-1][0]
    assert shown.endswith(ELLIPSIS)
    assert set(shown.removesuffix(ELLIPSIS)[-1]) <= set("यिष")


async def test_the_answer_has_nothing_to_tell(client: httpx.AsyncClient) -> None:
    for ending in ("", ".png"):
        answer = await client.get(f"/400x300{ending}", params={"text": SAMPLES["Hindi"]})
        assert answer.status_code == 200
        assert "x-text-fallback" not in answer.headers


def test_initials_of_any_script_are_outlines() -> None:
    for seed in ("李雷", "محمد", "🦊 fox"):
        url = f"/seed/{quote(seed)}/120x80{{}}?style=initials"
        assert b"<text" not in draw(url.format(""))
        assert draw(url.format(".png")) != draw(url.format(".png").replace("initials", "waves"))


def test_two_hundred_ideographs_are_outlines_and_as_many_elaborate_emoji_are_not() -> None:
    """What one URL may cost has a bound."""
    assert len(draw(f"/2048x2048?text={quote('鬱' * 200)}")) > 100_000
    assert len(draw(f"/2048x2048?text={quote('📓' * 200)}")) < 20_000
    assert b"<text" not in draw(f"/2048x2048?text={quote('📓' * 12)}")


@pytest.mark.parametrize("text", ["占\U00013000", "\U00020000", "\ue000占"], ids=ascii)
def test_a_character_that_no_font_has_leaves_the_words_to_the_viewer(text: str) -> None:
    assert typeset(text, SANS) is None
    assert not drawable(text)
    assert b"<text" in draw(f"/400x300?text={quote(text)}")


@pytest.mark.parametrize(
    "text",
    ["\u200d", "\ufe0f", "\u200d\ufe0f占", "A\ufe0f占", "\u20e3占", "\U0001f3fd", "\u0301占\u0301", "ि", "\ufe0f\u200d\u200d"],
    ids=ascii,
)
def test_what_stands_alone_is_drawn_or_left_out(text: str) -> None:
    """Joiners, selectors, skin tones and marks without a character to belong to."""
    assert draw(f"/400x300?text={quote(text)}").startswith(b"<svg")
    assert draw(f"/400x300.png?text={quote(text)}").startswith(b"\x89PNG")
