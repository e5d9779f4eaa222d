"""How a label looks besides its words: corners, border, type, side, theme, caption."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from fontTools.misc.transform import Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path
from hypothesis import example, given
from hypothesis import strategies as st

from placeholder import draw
from placeholder.errors import BadParameter
from placeholder.svg.font import FACES
from placeholder.synth import label
from placeholder.synth.catalogue import find_target, self_contained, svg
from placeholder.synth.look import DARK, LIGHT, PLAIN
from placeholder.values.color import AA_TEXT, BLACK, WHITE, contrast, over
from placeholder.values.query import parse_query
from placeholder.values.size import Size

Sound = Callable[..., ET.Element]
SIZE = Size(400, 300)


def parsed(query: str, size: Size = SIZE) -> label.Label:
    return label.parse(size, parse_query(query))


# ---------------------------------------------------------------- the query

SAME = [
    ("", "radius=0"),
    ("", "border=0"),
    ("", "border=0,red"),
    ("", "font=sans&weight=400&align=center&theme=light&debug=0"),
    ("bg=fff&fg=000", "bg=fff&fg=000&theme=dark"),
    ("bg=fff&fg=000", "bg=fff&fg=000&theme=auto"),
    ("bg=fff", "bg=fff&theme=auto"),
    ("bg=fff", "bg=white&theme=dark"),
    ("fg=000", "fg=black&theme=auto"),
    ("radius=50%25", "radius=150"),
    ("radius=9999", "radius=150"),
    ("border=2,1e293b&bg=000", "border=2,1E293B&bg=black"),
    ("text=a", "text=a&Radius=5&BORDER=x&fonts=none"),
]


@pytest.mark.parametrize(("query", "same"), SAME)
def test_equal_pictures_are_equal_specs_and_equal_bytes(query: str, same: str) -> None:
    assert parsed(query) == parsed(same)
    assert hash(parsed(query)) == hash(parsed(same))
    assert draw(f"/400x300?{query}") == draw(f"/400x300?{same}")
    assert draw("/400x300") == draw("/400x300?radius=0&theme=light")
    assert (parsed(query).look is PLAIN) == (parsed(same).look is PLAIN)


DIFFERENT = ["", "radius=5", "radius=6", "border=2", "border=3", "border=2,red", "radius=5&border=2", "font=serif", "font=mono"]
DIFFERENT += ["weight=700", "font=serif&weight=700", "align=left", "align=right", "theme=dark", "theme=auto", "debug=1"]
DIFFERENT += [
    "bg=fff8",
    "bg=transparent",
    "bg=transparent&theme=dark",
    "bg=transparent&theme=auto",
    "fg=red",
    "fg=ff000080",
    "text=",
]


def test_every_parameter_changes_the_picture() -> None:
    assert len({draw(f"/400x300?{query}") for query in DIFFERENT}) == len(DIFFERENT)


REFUSED = [
    *(("radius", value) for value in ("", "-1", "1.5", "5px", "1000%", "a")),
    *(("border", value) for value in ("", "2,", "2,zzz", "fff", "2 red", "-2")),
    *(("font", value) for value in ("", "Sans", "arial", "serif,mono", "../notosans", "__class__", "sans-serif", "\udcff")),
    *(("weight", value) for value in ("", "500", "bold", "0700", "400.0", "٤٠٠")),
    *(("align", value) for value in ("", "Left", "middle", "justify", "start")),
    *(("theme", value) for value in ("", "Dark", "system", "black")),
    *(("debug", value) for value in ("", "2", "true", "yes", "on")),
    *(("bg", value) for value in ("fffff", "rgb(0,0,0)", "none", "currentColor", "#red")),
]


@pytest.mark.parametrize(("name", "value"), REFUSED, ids=ascii)
def test_an_unknown_value_is_refused_by_name_whatever_else_is_right(name: str, value: str) -> None:
    right = {"radius": "5", "border": "2", "font": "mono", "weight": "700", "align": "left", "theme": "auto", "debug": "1"}
    with pytest.raises(BadParameter) as refusal:
        label.parse(SIZE, {**right, "bg": "fff", name: value})
    assert refusal.value.param == name
    assert str(refusal.value).startswith(f"{name}: expected ")
    assert len(value) < 5 or value not in str(refusal.value), "the refused value is not echoed"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("font", ("sans", "serif", "mono")),
        ("weight", ("400", "700")),
        ("align", ("left", "center", "right")),
        ("theme", ("light", "dark", "auto")),
        ("debug", ("0", "1")),
    ],
)
def test_a_refusal_says_what_there_is(name: str, words: tuple[str, ...]) -> None:
    with pytest.raises(BadParameter, match=f"^{name}: expected one of {', '.join(words)}$"):
        label.parse(SIZE, {name: "other"})
    for word in words:
        label.parse(SIZE, {name: word})


# ---------------------------------------------------------------- every look is sound, and every text fits

COLORS = st.sampled_from(["red", "fff", "#1118", "12345678", "transparent", "Teal", "00000001", "fffffffe"])
LOOKS = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(max_size=60) | st.sampled_from(["", "hero banner", "The quick brown fox jumps", "漢字", "W" * 80]),
        "bg": COLORS,
        "fg": COLORS,
        "radius": st.sampled_from(["0", "1", "7", "33%", "50%", "9999"]),
        "border": st.sampled_from(["0", "1", "5", "40", "9999"]) | COLORS.map(lambda color: f"6,{color}"),
        "font": st.sampled_from(["sans", "serif", "mono"]),
        "weight": st.sampled_from(["400", "700"]),
        "align": st.sampled_from(["left", "center", "right"]),
        "theme": st.sampled_from(["light", "dark", "auto"]),
        "debug": st.sampled_from(["0", "1"]),
    },
)
SIDES = st.integers(1, 2048) | st.integers(1, 60)


def ink(element: ET.Element) -> tuple[float, float, float, float]:
    """The bounding box of an outlined line."""
    place, scale = element.attrib["transform"].removeprefix("translate(").removesuffix(")").split(")scale(")
    x, y = map(float, place.split())
    pen = BoundsPen(None, ignoreSinglePoints=True)
    parse_path(element.attrib["d"], TransformPen(pen, Transform(float(scale), 0, 0, float(scale), x, y)))
    return pen.bounds or (x, y, x, y)


@given(LOOKS, SIDES, SIDES)
@example({"theme": "auto"}, 1, 1)
@example({"theme": "auto", "bg": "transparent", "text": "", "border": "6,red"}, 40, 30)
def test_any_look_is_a_sound_picture(assert_sound_svg: Sound, query: dict[str, str], w: int, h: int) -> None:
    """Whatever is asked for together: a drawing cannot fail, and stays within the grammar of all our pictures."""
    target = f"/{w}x{h}?{urlencode(query, errors='replace')}"
    assert_sound_svg(draw(target), (w, h))
    in_pixels = svg(self_contained(find_target(target)))
    assert "<text" not in in_pixels
    assert "<style" not in in_pixels


@given(LOOKS, SIDES, SIDES)
def test_no_text_stands_on_a_border_or_outside_of_round_corners(query: dict[str, str], w: int, h: int) -> None:
    """Radius and border shrink the room that a text has."""
    query = {**query, "text": query.get("text", "hero banner").translate(dict.fromkeys(range(0x0300, 0x0370), "x"))}
    spec = self_contained(find_target(f"/{w}x{h}?{urlencode(query, errors='replace')}")).spec
    assert isinstance(spec, label.Label)
    radius, border = spec.look.radius, spec.look.border
    kept = border + 0.29 * max(0, radius - border)
    for line in ET.fromstring(label.draw(spec)):
        if "transform" in line.attrib:
            size = float(line.attrib["transform"].partition("scale(")[2].removesuffix(")")) * 1000
            left, top, right, bottom = ink(line)
            # Letters may overhang their advance, and marks their line, by less than the margin that the room keeps.
            slack = 0.25 * size + 0.05
            assert left >= kept - slack
            assert right <= w - kept + slack
            assert top >= kept - slack
            assert bottom <= h - kept + slack


def test_a_picture_without_a_frame_is_as_large_in_type_as_ever() -> None:
    transform = re.compile(rb'transform="([^"]+)"')
    assert transform.search(draw("/400x300?bg=fff8"))[1] == transform.search(draw("/400x300"))[1]
    scale = re.compile(rb"scale\(([0-9.]+)\)")
    smaller = ("", "border=4", "border=40", "radius=50%25&border=40")
    sizes = [float(scale.search(draw(f"/400x300?{query}"))[1]) for query in smaller]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 4


# ---------------------------------------------------------------- frames


def test_corners_are_cut_from_the_ground(assert_sound_svg: Sound) -> None:
    _, ground, _ = assert_sound_svg(draw("/400x300?radius=20"), (400, 300))
    assert ground.attrib == {"fill": "#e2e8f0", "d": ground.attrib["d"]}
    assert ground.attrib["d"].startswith("M20 0h360a20 20 0 0 1 20 20v260")


@pytest.mark.parametrize(
    ("query", "fill", "opacity"),
    [
        ("border=4", "#475569", None),
        ("border=4,teal", "#008080", None),
        ("border=4,11182780", "#111827", "0.502"),
        ("border=4&fg=ff000080", "#ff0000", "0.502"),
        ("border=4&theme=dark", DARK[1].hex, None),
    ],
)
def test_a_border_lies_inside_in_its_colour_or_that_of_the_text(
    query: str, fill: str, opacity: str | None, assert_sound_svg: Sound
) -> None:
    _, _, border, _ = assert_sound_svg(draw(f"/400x300?{query}"), (400, 300))
    assert (border.get("fill"), border.get("fill-opacity")) == (fill, opacity)
    assert border.attrib["d"] == "M0 0h400v300h-400v-300zM4 4v292h392v-292h-392z"


def test_under_an_opaque_round_border_the_ground_ends_before_the_edge(assert_sound_svg: Sound) -> None:
    """Else its colour would shimmer around the border's outer edge; under a translucent border it has to be there."""
    ground = assert_sound_svg(draw("/400x300?radius=20&border=4"), (400, 300))[1].attrib["d"]
    assert ground.startswith("M20 2h360a18 18 ")
    ground = assert_sound_svg(draw("/400x300?radius=20&border=4,00000080"), (400, 300))[1].attrib["d"]
    assert ground.startswith("M20 0h360a20 20 ")


# ---------------------------------------------------------------- type


@pytest.mark.parametrize(("family", "weight"), FACES)
def test_a_label_is_set_in_its_face(family: str, weight: str, assert_sound_svg: Sound) -> None:
    root = assert_sound_svg(draw(f"/400x300?text=Handgloves&font={family}&weight={weight}"), (400, 300))
    outlines = FACES[family, weight].font.outlines
    assert root[2].attrib["d"] == "".join(outlines[character] for character in "Handgloves")


@pytest.mark.usefixtures("without_fonts")
def test_what_a_face_lacks_is_drawn_by_a_font_of_its_kind(assert_sound_svg: Sound) -> None:
    root = assert_sound_svg(draw("/400x300?text=%E5%9B%BE&font=serif&weight=700&theme=auto&fg=&fg=f008"), (400, 300))
    assert (root[2].tag, root[2].get("font-family"), root[2].get("font-weight")) == ("text", "serif", "700")
    assert root[2].get("fill-opacity") == "0.533"


@pytest.mark.parametrize("align", ["left", "right"])
def test_lines_stand_on_the_side_that_was_asked_for(align: str, assert_sound_svg: Sound) -> None:
    root = assert_sound_svg(draw(f"/400x300?text=one%0Athree&align={align}"), (400, 300))
    boxes = [ink(line) for line in root[2:]]
    if align == "left":
        assert all(40 <= left <= 50 for left, *_ in boxes)
    else:
        assert all(350 <= right <= 360 for _, _, right, _ in boxes)


# ---------------------------------------------------------------- colours and themes


def test_the_colours_of_both_themes_can_be_read() -> None:
    for ground, ink_ in (LIGHT, DARK):
        assert contrast(ground, ink_) >= AA_TEXT


HEXES = st.integers(0, 0xFFFFFFFF).map(lambda number: f"{number:08x}")


@given(HEXES)
def test_a_translucent_ground_brings_text_that_can_be_read_on_white_in_light_and_on_black_in_dark(digits: str) -> None:
    """WCAG AA, on the page that the theme promises."""
    for theme, page in (("light", WHITE), ("dark", BLACK)):
        spec = parsed(f"bg={digits}&theme={theme}")
        assert contrast(over(spec.bg, page), spec.fg) >= AA_TEXT
    both = parsed(f"bg={digits}&theme=auto")
    assert both.fg == parsed(f"bg={digits}").fg
    dark_bg, dark_fg = both.look.dark or (both.bg, both.fg)
    assert (dark_bg, dark_fg) == (both.bg, parsed(f"bg={digits}&theme=dark").fg)


def test_a_dark_theme_is_dark_and_what_is_given_wins() -> None:
    assert (parsed("theme=dark").bg, parsed("theme=dark").fg) == DARK
    assert parsed("theme=dark&bg=fff").bg == WHITE
    assert contrast(parsed("theme=dark&bg=fff").fg, WHITE) >= AA_TEXT
    assert parsed("theme=dark&fg=fff").fg == WHITE


def test_auto_is_one_svg_that_follows_the_reader(assert_sound_svg: Sound) -> None:
    title, style, ground, border, words = assert_sound_svg(draw("/400x300?theme=auto&border=2"), (400, 300))
    assert title.text == "400×300"
    assert [element.get("fill") for element in (ground, border, words)] == [LIGHT[0].hex, LIGHT[1].hex, LIGHT[1].hex]
    for element, color in ((ground, DARK[0]), (border, DARK[1]), (words, DARK[1])):
        assert f".{element.attrib['class']}{{fill:{color.hex};" in (style.text or "")


def test_auto_follows_only_in_what_was_not_given(assert_sound_svg: Sound) -> None:
    _, style, ground, border, words = assert_sound_svg(draw("/400x300?theme=auto&bg=transparent&border=2,red"), (400, 300))
    assert "class" not in ground.attrib
    assert "class" not in border.attrib
    assert words.attrib["class"] in (style.text or "")
    assert b"<style" not in draw("/400x300?theme=auto&bg=111827")


def test_pictures_inlined_in_one_page_never_repaint_each_other() -> None:
    """A class of one name means the same everywhere."""
    rules: dict[str, set[str]] = {}
    for query in ("", "&bg=transparent", "&bg=ff000080", "&bg=00ff0080", "&bg=00ff0081&border=3"):
        for name, rule in re.findall(r"\.(c-[0-9a-f-]+)\{([^}]+)\}", draw(f"/400x300?theme=auto{query}").decode()):
            rules.setdefault(name, set()).add(rule)
    assert len(rules) >= 4
    assert all(len(found) == 1 for found in rules.values())


@pytest.mark.parametrize("ending", ["png", "webp", "jpg", "gif", "avif"])
def test_pixels_of_auto_are_those_of_light(ending: str) -> None:
    query = "radius=9&bg=7c9cff40&border=2"
    assert draw(f"/120x90.{ending}?{query}&theme=auto") == draw(f"/120x90.{ending}?{query}&theme=light")
    assert draw(f"/120x90.{ending}?{query}&theme=auto") != draw(f"/120x90.{ending}?{query}&theme=dark")


# ---------------------------------------------------------------- what encoders go by


@pytest.mark.parametrize(
    ("query", "inks", "is_opaque"),
    [
        ("", LIGHT, True),
        ("border=2", LIGHT, True),
        ("border=2,e2e8f0", LIGHT, True),
        ("border=2,red", None, True),
        ("border=2,00000080", None, True),
        ("fg=ff000080", None, True),
        ("bg=fff8", None, False),
        ("bg=transparent", None, False),
        ("radius=1", None, False),
        ("theme=dark", DARK, True),
        ("font=serif&align=left&debug=1", LIGHT, True),
    ],
)
def test_inks_and_opacity_are_told_truly(query: str, inks: Any, is_opaque: bool) -> None:
    spec = parsed(query)
    assert (spec.inks, label.is_opaque(spec), spec.smooth) == (inks, is_opaque, False)


# ---------------------------------------------------------------- the caption


def words(text: str, face: str = "sans") -> str:
    return "".join(FACES[face, "400"].font.outlines[character] for character in text)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/400x300", "svg @1x 400×300"),
        ("/400x300.svg", "svg @1x 400×300"),
        ("/400x300@2x.svg", "svg @2x 800×600"),
        ("/400x300@2x.webp", "webp @2x 800×600"),
        ("/400x300.jpg", "jpeg @1x 400×300"),
        ("/2000x1000@3x.png", "png @3x 4096×2048"),
        ("/9999x300.avif", "avif @1x 2048×300"),
    ],
)
def test_a_caption_says_how_the_picture_is_sent(address: str, says: str) -> None:
    drawn = svg(find_target(f"{address}?debug=1&text=Hero"))
    assert drawn.index(words("Hero")) < drawn.index(words(says))
    assert "<title>Hero</title>" in drawn
    assert words(says) not in svg(find_target(f"{address}?debug=0&text=Hero"))


def test_a_caption_stands_under_its_label_and_is_smaller(assert_sound_svg: Sound) -> None:
    *_, name, caption = assert_sound_svg(draw("/400x300?debug=1&font=mono"), (400, 300))
    assert caption.attrib["d"] == words("svg @1x 400×300", "mono")
    (_, top, _, bottom), (_, below, _, end) = ink(name), ink(caption)
    assert bottom < below
    assert end - below < bottom - top
    assert (top + end) / 2 == pytest.approx(150, abs=15)


@pytest.mark.parametrize("query", ["text=A+longer+headline+here&radius=50%25", "text=Hero", "text=" + "word+" * 20])
@pytest.mark.parametrize("size", [(160, 110), (800, 600), (90, 90)], ids=str)
def test_a_caption_never_outdoes_its_label(query: str, size: tuple[int, int], assert_sound_svg: Sound) -> None:
    lines = assert_sound_svg(draw(f"/{size[0]}x{size[1]}?debug=1&{query}"), size)[2:]
    sizes = [float(line.attrib["transform"].partition("scale(")[2].removesuffix(")")) * 1000 for line in lines]
    assert min(sizes) >= 6
    assert sizes[-1] <= max(6, 0.75 * sizes[0] + 0.01)


def test_where_one_of_the_two_has_room_it_is_the_caption(assert_sound_svg: Sound) -> None:
    for size, query in (((120, 20), ""), ((40, 40), "&radius=50%25"), ((90, 60), "&text=")):
        lines = assert_sound_svg(draw(f"/{size[0]}x{size[1]}?debug=1{query}"), size)[2:]
        said = words(f"svg @1x {Size(*size)}").replace(words(" "), "")
        assert "".join(line.attrib["d"] for line in lines).replace(words(" "), "") == said, size


def test_pixels_carry_their_own_caption() -> None:
    assert draw("/200x100.png?debug=1") != draw("/200x100.png")
    assert draw("/200x100.png?debug=1") == draw("/200x100.png?debug=1&theme=auto")
