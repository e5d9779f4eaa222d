"""`/glyph/{w}x{h}`: wireframe icons, the six specified ones among them, in one hand."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from fontTools.misc.transform import Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.recordingPen import RecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.svgLib.path import parse_path

from placeholder import draw
from placeholder.errors import BadParameter
from placeholder.synth.glyph import BOX, GROUND, LINE
from placeholder.synth.icons import ICONS, LINES, MORE, VERDICTS
from placeholder.values.color import contrast

NAMES = ["avatar", "photo", "video", "product", "map", "document"]
Sound = Callable[..., ET.Element]


def icon(root: ET.Element) -> ET.Element:
    _, ground, drawn = root
    assert ground.attrib["fill"] == GROUND.hex
    return drawn


def test_there_are_the_six_and_many_more() -> None:
    """P-52."""
    assert list(ICONS) == NAMES
    assert len(MORE) >= 12
    assert len(LINES) == len(ICONS) + len(MORE) + len(VERDICTS), "no name stands in two tables"


@pytest.mark.parametrize("name", [*NAMES, *MORE])
@pytest.mark.parametrize("size", [(300, 300), (400, 100), (100, 400), (1, 1), (2048, 2048)], ids=str)
def test_each_value_draws_a_wireframe(name: str, size: tuple[int, int], assert_sound_svg: Sound) -> None:
    """P-51, P-52, P-54: lines, no fill, in the middle, inside the canvas."""
    w, h = size
    root = assert_sound_svg(draw(f"/glyph/{w}x{h}?as={name}"), size)
    drawn = icon(root)
    assert root[0].text == name
    assert drawn.attrib["fill"] == "none"
    assert drawn.attrib["stroke"] == LINE.hex
    place, scale = drawn.attrib["transform"].removeprefix("translate(").removesuffix(")").split(")scale(")
    x, y = map(float, place.split())
    pen = BoundsPen(None)
    parse_path(drawn.attrib["d"], TransformPen(pen, Transform(float(scale), 0, 0, float(scale), x, y)))
    left, top, right, bottom = pen.bounds
    stroke = 1.5 * float(scale)
    assert 0 <= left - stroke < right + stroke <= w
    assert 0 <= top - stroke < bottom + stroke <= h
    assert float(scale) * 96 == pytest.approx(BOX * min(size), rel=1e-3)
    assert (x + float(scale) * 48, y + float(scale) * 48) == pytest.approx((w / 2, h / 2), abs=0.06)
    assert max(right - left, bottom - top) >= 0.4 * min(size)


def test_the_six_values_draw_six_different_icons() -> None:
    """P-53: different lines, not different titles."""
    paths = {icon(ET.fromstring(draw(f"/glyph/300x300?as={name}"))).attrib["d"] for name in NAMES}
    assert len(paths) == 6


def test_no_two_values_draw_the_same() -> None:
    assert len(set(LINES.values())) == len(LINES)
    pixels = {draw(f"/glyph/48x48.png?as={name}") for name in LINES}
    assert len(pixels) == len(LINES)


@pytest.mark.parametrize("name", LINES)
def test_each_is_drawn_in_one_hand(name: str) -> None:
    """In the middle of the box and nearly as long as it, off its edge, with nothing that is no line (icons.py)."""
    assert re.fullmatch(r"[MmLlHhVvCcAaZz0-9. -]+", LINES[name])
    pen = BoundsPen(None)
    parse_path(LINES[name], pen)
    left, top, right, bottom = pen.bounds
    assert 6 <= left < right <= 90
    assert 6 <= top < bottom <= 90
    assert 68 <= max(right - left, bottom - top) <= 84
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx((48, 48), abs=2.5)


@pytest.mark.parametrize("name", MORE)
def test_every_move_draws_and_no_line_is_drawn_twice(name: str) -> None:
    """A move alone is nothing to be seen, and a line over a line is darker where it is smoothed."""
    pen = RecordingPen()
    parse_path(LINES[name], pen)
    strokes = "".join("M" if kind == "moveTo" else "e" if kind in ("endPath", "closePath") else "-" for kind, _ in pen.value)
    assert re.fullmatch(r"(M-+e)+", strokes)
    ends = [points[-1] if points else None for _, points in pen.value]
    lines = [frozenset((ends[at - 1], ends[at])) for at, (kind, _) in enumerate(pen.value) if kind == "lineTo"]
    assert len(set(lines)) == len(lines)


def test_without_a_value_it_is_a_photo() -> None:
    """AP-10."""
    photo = draw("/glyph/300x300?as=photo")
    assert photo == draw("/glyph/300x300") == draw("/glyph/300x300?other=avatar") == draw("/glyph/300x300?As=avatar")


def test_the_last_of_two_values_counts() -> None:
    """V17."""
    assert draw("/glyph/300x300?as=map&as=video") == draw("/glyph/300x300?as=video")


@pytest.mark.parametrize("value", ["", "icon", "Avatar", "avatar%20", "photo,map", "../../etc/passwd", "%00", "__class__", "📷"])
def test_any_other_value_is_refused_by_name(value: str) -> None:
    """AP-10, V16."""
    with pytest.raises(BadParameter) as refusal:
        draw(f"/glyph/300x300?as={value}")
    assert refusal.value.param == "as"
    assert str(refusal.value).removeprefix("as: expected one of ").split(", ") == list(LINES)


def test_the_lines_can_be_told_from_the_ground() -> None:
    """P-51: a wireframe that can be seen, and that stays quieter than a picture."""
    assert contrast(GROUND, LINE) > 2


@pytest.mark.parametrize("size", [(300, 300), (400, 100), (1, 1)], ids=str)
def test_a_glyph_may_have_round_corners(size: tuple[int, int], assert_sound_svg: Sound) -> None:
    """An avatar is round as often as not."""
    w, h = size
    radius = f"{min(size) / 2:g}"
    round_one, square = (assert_sound_svg(draw(f"/glyph/{w}x{h}?as=avatar{more}"), size) for more in ("&radius=50%25", ""))
    assert f"a{radius} {radius} 0 0 1 " in round_one[1].attrib["d"]
    assert icon(round_one).attrib == icon(square).attrib
    assert draw(f"/glyph/{w}x{h}?radius=0") == draw(f"/glyph/{w}x{h}")


def test_a_bad_radius_is_refused_by_name() -> None:
    with pytest.raises(BadParameter) as refusal:
        draw("/glyph/300x300?radius=1.5")
    assert refusal.value.param == "radius"
