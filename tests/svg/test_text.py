"""Type that always fits: every line inside four fifths of the canvas, never too small to read, cut with an ellipsis."""

from itertools import pairwise

import pytest
from fontTools.misc.transform import Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from hypothesis import assume, example, given
from hypothesis import strategies as st

from placeholder.svg.font import FACES, SANS, Face, bundled_font
from placeholder.svg.paragraph import MIN_SIZE
from placeholder.svg.setting import covered
from placeholder.svg.text import KEPT_WHOLE, LINE, SHARE_OF_CANVAS, Align, Block, Place, Room, fit, set_block
from placeholder.values.color import Color
from placeholder.values.size import Size
from placeholder.values.text import ELLIPSIS, clean_text

pytestmark = pytest.mark.usefixtures("without_fonts")
"""What is set in the fonts of its script has tests of its own, in scripts."""

EPSILON = 1e-6

SIZES = st.builds(Size, st.integers(1, 2048), st.integers(1, 2048)) | st.builds(Size, st.integers(1, 120), st.integers(1, 120))
WORDS = st.lists(
    st.text("abcxyzWMil.,-ÄßéпЖΩή…", min_size=1, max_size=12) | st.text("漢字かな한글🎉", min_size=1, max_size=6), max_size=30
)
TEXTS = (
    st.builds(lambda words, glue: glue.join(words), WORDS, st.sampled_from([" ", "\n", "  ", " \n "]))
    | st.text(max_size=250)
    | st.text("Wil \n", max_size=250)
).map(clean_text)


def width_of(text: str) -> int:
    """A line's width by the font's own advances, where it has every character."""
    return sum(bundled_font().advances[character] for character in text)


def is_outlined(block: Block) -> bool:
    return all(path is not None for *_, path in block.lines)


def check_fits(block: Block, canvas: Size) -> None:
    """What must hold for every laid-out text."""
    units = bundled_font().units
    assert block.lines
    assert block.size >= MIN_SIZE == 6
    assert block.size <= max(0.2 * min(canvas.w, canvas.h), 12) + EPSILON
    for line, width, _ in block.lines:
        assert "\n" not in line
        assert width * block.size / units <= SHARE_OF_CANVAS * canvas.w + EPSILON, line
    assert len(block.lines) * LINE * block.size <= SHARE_OF_CANVAS * canvas.h + EPSILON


@given(TEXTS, SIZES)
@example("W", Size(7, 2048))
@example("W" * 200, Size(2048, 10))
@example("a " * 100, Size(60, 60))
def test_every_line_stays_within_four_fifths_of_the_canvas(text: str, canvas: Size) -> None:
    """P-24, P-25: no label ever leaves its picture."""
    assert SHARE_OF_CANVAS == 0.8
    block = fit(text, canvas)
    assume(block is not None)
    check_fits(block, canvas)


@given(TEXTS, SIZES)
def test_the_width_of_a_line_is_that_of_its_characters(text: str, canvas: Size) -> None:
    """The measure that the fit relies on is the font's."""
    block = fit(text, canvas)
    assume(block is not None and is_outlined(block))
    for line, width, _ in block.lines:
        assert width == width_of(line)


@given(TEXTS, SIZES)
@example("i WWWW", Size(10, 100))
def test_words_come_in_order_and_a_cut_is_closed_with_an_ellipsis(text: str, canvas: Size) -> None:
    """P-25: the label is the text, or its beginning and an ellipsis; no word is lost in the middle."""
    block = fit(text, canvas)
    assume(block is not None)
    shown = " ".join(line for line, *_ in block.lines).split()
    wanted = text.split()
    if shown != wanted:
        assert block.lines[-1][0].endswith(ELLIPSIS)
        assert " ".join(wanted).startswith(" ".join(shown).removesuffix(ELLIPSIS).rstrip())


@given(TEXTS, SIZES)
def test_a_text_that_fits_readably_is_never_cut_or_left_out(text: str, canvas: Size) -> None:
    """P-25: where the words fit one below the other at the smallest size, they all stand there."""
    words = text.split()
    assume(words and all(character in bundled_font().advances for character in text.replace("\n", "")))
    room_w = SHARE_OF_CANVAS * canvas.w * bundled_font().units / MIN_SIZE
    assume(max(map(width_of, words)) <= room_w)
    assume(len(words) * LINE * MIN_SIZE <= SHARE_OF_CANVAS * canvas.h)
    block = fit(text, canvas)
    assert block is not None
    assert " ".join(line for line, *_ in block.lines).split() == words


def fits_at(text: str, canvas: Size, size: float) -> bool:
    """Whether the words of `text` fit at `size`, broken greedily, which needs the fewest lines."""
    room_w, room_h = SHARE_OF_CANVAS * canvas.w * bundled_font().units, SHARE_OF_CANVAS * canvas.h / LINE
    count, pen, space = 1, 0, width_of(" ")
    for word in text.split():
        if pen and (pen + space + width_of(word)) * size > room_w:
            count, pen = count + 1, 0
        pen += width_of(word) + (space if pen else 0)
        if width_of(word) * size > room_w:
            return False
    return count * size <= room_h


@given(st.lists(st.text("abcdefghWi", min_size=1, max_size=12), min_size=1, max_size=20).map(" ".join), SIZES)
def test_a_larger_size_would_not_have_fitted(text: str, canvas: Size) -> None:
    """A quarter unit more overflows, however the lines break; a line that is nearly as large on its own stays whole."""
    block = fit(text, canvas)
    assume(block is not None and not block.lines[-1][0].endswith(ELLIPSIS))
    largest, larger = max(0.2 * min(canvas.w, canvas.h), 12), block.size + 0.25
    assume(larger <= largest)
    if len(block.lines) == 1 and block.size >= KEPT_WHOLE * min(largest, SHARE_OF_CANVAS * canvas.h / LINE) - EPSILON:
        assert KEPT_WHOLE == 0.7
        one_line = width_of(text) * larger <= SHARE_OF_CANVAS * canvas.w * bundled_font().units
        assert not (one_line and larger * LINE <= SHARE_OF_CANVAS * canvas.h)
    else:
        assert not fits_at(text, canvas, larger)


@pytest.mark.parametrize(
    ("text", "canvas"),
    [
        pytest.param("", Size(400, 300), id="AP-7 empty"),
        pytest.param("   ", Size(400, 300), id="spaces"),
        pytest.param("\n\n", Size(400, 300), id="line breaks"),
        pytest.param(" \n ", Size(400, 300), id="both"),
        pytest.param("400×300", Size(1, 1), id="AP-2 one unit"),
        pytest.param("400×300", Size(2048, 9), id="too low for six units"),
        pytest.param("400×300", Size(5, 2048), id="too narrow for a letter and the ellipsis"),
        pytest.param("W" * 50, Size(8, 400), id="too narrow for a wide letter and the ellipsis"),
        pytest.param("漢字", Size(4, 4), id="too small for another script"),
    ],
)
def test_nothing_is_drawn_where_nothing_legible_fits(text: str, canvas: Size) -> None:
    assert fit(text, canvas) is None


@given(TEXTS, st.integers(1, 2048), st.integers(1, 9))
def test_a_canvas_lower_than_a_line_has_no_label(text: str, w: int, h: int) -> None:
    assert fit(text, Size(w, h)) is None


@pytest.mark.parametrize(
    ("text", "canvas", "lines"),
    [
        pytest.param("one\ntwo", Size(400, 300), ("one", "two"), id="a line feed breaks"),
        pytest.param(clean_text("one\\ntwo"), Size(400, 300), ("one", "two"), id="backslash n breaks"),
        pytest.param("one\n\ntwo", Size(400, 300), ("one", "two"), id="an empty line takes no room"),
        pytest.param("\none\n", Size(400, 300), ("one",), id="breaks at the ends go"),
        pytest.param("hero banner", Size(600, 240), ("hero banner",), id="P-29 on one line"),
        pytest.param("aaaa aaaa aaaa aaaa", Size(60, 60), ("aaaa aaaa", "aaaa aaaa"), id="balanced: two and two"),
        pytest.param("aaa aaa aaa", Size(30, 400), ("aaa", "aaa", "aaa"), id="one word a line in a tall canvas"),
        pytest.param("abcdefghijklmnopqrstuvwxyz", Size(40, 40), None, id="a word too wide is cut"),
        pytest.param("漢字\nかな", Size(300, 200), ("漢字", "かな"), id="another script breaks alike"),
    ],
)
def test_lines_break_where_they_should(text: str, canvas: Size, lines: tuple[str, ...] | None) -> None:
    block = fit(text, canvas)
    assert block is not None
    check_fits(block, canvas)
    found = tuple(line for line, *_ in block.lines)
    if lines is None:
        assert len(found) == 1
        assert found[0].endswith(ELLIPSIS)
        assert text.startswith(found[0].removesuffix(ELLIPSIS))
        assert len(found[0]) > 2
    else:
        assert found == lines


@given(st.lists(st.text("abcdWi", min_size=1, max_size=9), min_size=2, max_size=14), SIZES)
def test_lines_are_balanced(words: list[str], canvas: Size) -> None:
    """No other way to break into as many lines has a narrower widest line."""
    block = fit(" ".join(words), canvas)
    assume(block is not None and len(block.lines) > 1 and not block.lines[-1][0].endswith(ELLIPSIS))
    widest = max(width for _, width, _ in block.lines)
    space, widths = width_of(" "), [width_of(word) for word in words]
    # The best possible, by trying every break: best[n] is the narrowest widest line of the words from n on, in k lines.
    ends = len(words)
    best = [float("inf")] * ends + [0.0]
    for _ in block.lines:
        best = [
            min(
                max(sum(widths[start:end]) + space * (end - start - 1), best[end]) if end > start else float("inf")
                for end in range(start + 1, ends + 1)
            )
            for start in range(ends)
        ] + [float("inf")]
    assert widest <= best[0] + EPSILON


def test_a_longer_text_is_never_larger() -> None:
    """The size follows the text down to the smallest, then the text is cut."""
    blocks = [fit("a" * length, Size(200, 40)) for length in range(1, 201)]
    sizes = [block.size for block in blocks if block]
    assert len(sizes) == 200
    assert all(earlier >= later for earlier, later in pairwise(sizes))
    assert sizes[0] == 12
    assert sizes[-1] == MIN_SIZE
    assert blocks[-1].lines[0][0].endswith(ELLIPSIS)


def test_a_text_past_two_hundred_characters_ends_in_an_ellipsis_even_where_there_is_room() -> None:
    """V7."""
    block = fit(clean_text("word " * 60), Size(2048, 2048))
    assert block is not None
    shown = " ".join(line for line, *_ in block.lines)
    assert shown.endswith(ELLIPSIS)
    assert len(shown) <= 200


# ---------------------------------------------------------------- outlines

SAMPLES = {
    "Latin": "The quick brown fox ÀÉÎÕÜ ąćęłńóśźż ĞİŞ ßẞ Þð ﬁ 0123456789",
    "Vietnamese": "Tiếng Việt ằẵặ ọỗợ",
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία ἄρχω ᾧ",
    "Cyrillic": "Съешь ещё этих мягких французских булок, да выпей чаю Їїєґ Ћђ Әқң",
    "signs": "400×300 “quoted” – — … • € £ ₹ № ™ ½ � «»",
}


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_latin_greek_and_cyrillic_are_outlines(text: str) -> None:
    """P-24, P-25: the same letters on every machine."""
    block = fit(text, Size(1000, 400))
    assert block is not None
    assert is_outlined(block)
    drawn = set_block(block, Size(1000, 400), Color("#123456"))
    assert "<text" not in drawn
    assert drawn.startswith('<path fill="#123456" ')
    for character in set(text.replace(" ", "")):
        assert len(bundled_font().outlines[character]) > 20, f"{character} is blank"


OTHERS = {
    "Chinese": "占位图",
    "Japanese": "プレースホルダー",
    "Korean": "자리 표시자",
    "Arabic": "عنصر نائب",
    "Hebrew": "מציין מיקום",
    "Hindi": "प्लेसहोल्डर",
    "Thai": "ตัวยึด",
    "emoji": "🦊❄️",
    "mixed": "Hero 占位",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_scripts_are_text_held_to_the_measured_length(text: str) -> None:
    """P-25: drawn by the viewer's fonts, and still inside the picture."""
    canvas = Size(300, 200)
    block = fit(text, canvas)
    assert block is not None
    assert not is_outlined(block)
    check_fits(block, canvas)
    drawn = set_block(block, canvas, Color("#123456"))
    assert "<path" not in drawn
    assert drawn.count("<text ") == len(block.lines) == drawn.count(' textLength="') == drawn.count("spacingAndGlyphs")
    assert f">{block.lines[0][0]}</text>" in drawn


def ink(drawn: str) -> tuple[float, float, float, float]:
    """The bounding box of a block's outlines, measured by fontTools' reading of the path data."""
    pen = BoundsPen(None, ignoreSinglePoints=True)
    for part in drawn.split(' transform="translate(')[1:]:
        place, rest = part.split(")scale(")
        scale, data = rest.split(')" d="')
        x, y = map(float, place.split())
        parse_path(data.split('"')[0], TransformPen(pen, Transform(float(scale), 0, 0, float(scale), x, y)))
    assert pen.bounds is not None
    return pen.bounds


@pytest.mark.parametrize("canvas", [Size(400, 300), Size(60, 60), Size(2048, 40), Size(100, 1000), Size(33, 17)], ids=str)
@pytest.mark.parametrize(
    "text", ["400×300", "hero banner", "Wi" * 20, "jQ gÅ ÿ", "one\ntwo\nthree", *SAMPLES.values()], ids=ascii
)
def test_the_ink_stays_inside_the_canvas_and_in_its_middle(text: str, canvas: Size) -> None:
    """P-24, P-25, measured on the path data itself."""
    block = fit(text, canvas)
    assert block is not None
    left, top, right, bottom = ink(set_block(block, canvas, Color("#123456")))
    overhang = 0.1 * block.size
    assert left >= 0.1 * canvas.w - overhang
    assert right <= 0.9 * canvas.w + overhang
    assert top >= 0
    assert bottom <= canvas.h
    assert abs(left + right - canvas.w) / 2 <= 0.3 * block.size
    assert abs(top + bottom - canvas.h) / 2 <= 0.5 * block.size


def test_the_cap_height_is_centred() -> None:
    """P-24: capitals stand as far from the top as from the bottom."""
    canvas = Size(400, 300)
    block = fit("HEH", canvas)
    assert block is not None
    left, top, right, bottom = ink(set_block(block, canvas, Color("#123456")))
    assert top + bottom == pytest.approx(canvas.h, abs=0.1)
    assert left + right == pytest.approx(canvas.w, abs=2)
    assert bottom - top == pytest.approx(block.size * 0.714, abs=0.1)


# ---------------------------------------------------------------- other faces, other places

FACE = st.sampled_from(list(FACES.values()))


@given(TEXTS, st.floats(0, 2048), st.floats(0, 2048), FACE)
@example("\u0301\n\u0301", 400, 300, SANS)
@example("\u0301\n\u0301", 400, 300, FACES["mono", "700"])
@example("W", 0, 0, SANS)
@example("a b", 0, 300, SANS)
def test_every_face_stays_within_four_fifths_of_any_room(text: str, w: float, h: float, face: Face) -> None:
    """Rooms have fractions, and may be nothing at all; marks without a letter have no width."""
    block = fit(text, Room(w, h), face)
    assume(block is not None)
    assert block.face is face
    assert block.height == len(block.lines) * LINE * block.size <= SHARE_OF_CANVAS * h + EPSILON
    for line, width, _ in block.lines:
        assert width * block.size / face.font.units <= SHARE_OF_CANVAS * w + EPSILON
        if is_outlined(block):
            assert width == sum(face.font.advances[character] for character in line)


@pytest.mark.parametrize("face", FACES.values(), ids=lambda face: face.table)
@pytest.mark.parametrize("text", ["Handgloves", "Ωμέγα", "журнал", "400×300 …"])
def test_every_face_draws_its_own_outlines(text: str, face: Face) -> None:
    block = fit(text, Size(400, 300), face)
    assert block is not None
    assert is_outlined(block)
    assert covered(text, face)
    drawn = set_block(block, Size(400, 300), Color("#123456"))
    assert "".join(face.font.outlines[character] for character in text) in drawn


@pytest.mark.parametrize("face", FACES.values(), ids=lambda face: face.table)
def test_where_the_viewers_fonts_stand_in_they_are_of_the_same_kind(face: Face) -> None:
    block = fit("占位图", Size(400, 300), face)
    assert block is not None
    drawn = set_block(block, Size(400, 300), Color("#123456", 0x80))
    assert f' font-family="{face.generic}" ' in drawn
    assert (' font-weight="700"' in drawn) == (face.weight == 700)
    assert ' fill="#123456" fill-opacity="0.502"' in drawn


LINES = "The quick\nbrown fox jumps\nover"


@pytest.mark.parametrize("align", ["left", "center", "right"])
@pytest.mark.parametrize("place", [(0, 0, 400, 300), (40.5, 20, 200, 150), (100, 0, 300, 75)], ids=str)
def test_lines_begin_and_end_where_they_are_told(align: Align, place: tuple[float, float, float, float]) -> None:
    left, top, w, h = place
    block = fit(LINES, Room(w, h))
    assert block is not None
    drawn = set_block(block, Size(400, 300), Color("#123456"), Place(*place, align))
    edges = []
    for part, (_, width, _) in zip(drawn.split(' transform="translate(')[1:], block.lines, strict=True):
        start = float(part.split()[0])
        edges.append((start, start + width * block.size / block.face.font.units))
    starts, ends = zip(*edges, strict=True)
    assert min(starts) >= left + 0.1 * w - 0.01
    assert max(ends) <= left + 0.9 * w + 0.01
    if align == "left":
        assert starts == pytest.approx([left + 0.1 * w] * len(edges), abs=0.01)
    elif align == "right":
        assert ends == pytest.approx([left + 0.9 * w] * len(edges), abs=0.01)
    else:
        assert [a + b for a, b in edges] == pytest.approx([2 * left + w] * len(edges), abs=0.02)
    _, above, _, below = ink(drawn)
    assert top <= above < below <= top + h


def test_the_plain_place_is_the_middle_of_the_canvas() -> None:
    block = fit("hero banner", Size(600, 240))
    assert block is not None
    canvas, color = Size(600, 240), Color("#123456")
    assert set_block(block, canvas, color, Place(0, 0, 600, 240)) == set_block(block, canvas, color)


@pytest.mark.parametrize(
    ("characters", "is_wide"),
    [
        ("\u1100\u115f\u2e80\u3042\ua4cf\uac00\ud7a3\uf900\ufaff\ufe30\ufe6f\uff01\uff60\uffe0\uffe6", True),
        ("\U0001f000\U0001f98a\U0001faff\U00020000\U0003fffd", True),
        ("\u10ff\u1160\u2e7f\ua4d0\uabff\ud7a4\uf8ff\ufe2f\ufe70\uff61\uffdf\uffe7\U0001efff\U0001fb00\U00040000", False),
        ("ع\u0e01\u0905", False),
    ],
)
def test_the_width_of_what_no_font_here_has_is_guessed_by_its_script(characters: str, is_wide: bool) -> None:
    for character in characters:
        block = fit(character, Size(400, 300))
        assert block is not None
        assert block.lines == ((character, 1000 if is_wide else 550, None),), ascii(character)
