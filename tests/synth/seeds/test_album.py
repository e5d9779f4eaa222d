"""`/seed/{seed}/{w}x{h}?style&theme`: what is asked for, what is refused, and that the specified look is left alone."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

from placeholder import draw
from placeholder.errors import BadParameter
from placeholder.synth.catalogue import find, self_contained
from placeholder.synth.look import THEMES
from placeholder.synth.seeds.album import LOOKS

Sound = Callable[..., ET.Element]
Ask = Callable[..., Awaitable[Any]]

NAMES = ["identicon", "mesh", "waves", "mosaic", "rings", "initials", "blobs", "constellation"]
PLAIN = draw("/seed/precious-tide/400x300")


def test_these_are_the_looks_and_each_goes_by_its_own_name() -> None:
    assert list(LOOKS) == NAMES
    assert [look.name for look in LOOKS.values()] == NAMES
    assert all(look.version >= 1 and 1 <= look.dice <= 62 for look in LOOKS.values())
    assert all(len(f"{look.name}.{look.version}") <= 16 for look in LOOKS.values()), "it names a game of dice"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", NAMES)
def test_a_style_is_a_sound_picture_named_by_its_seed(style: str, theme: str, assert_sound_svg: Sound) -> None:
    root = assert_sound_svg(draw(f"/seed/precious-tide/400x300?style={style}&theme={theme}"), (400, 300))
    assert root[0].text == "precious-tide"


def test_every_style_in_every_theme_is_another_picture() -> None:
    bodies = {draw(f"/seed/precious-tide/400x300?style={style}&theme={theme}") for style in NAMES for theme in THEMES}
    assert len(bodies | {PLAIN}) == 3 * len(NAMES) + 1


@pytest.mark.parametrize("style", NAMES)
def test_the_light_theme_is_the_one_without(style: str) -> None:
    assert draw(f"/seed/a/40x40?style={style}") == draw(f"/seed/a/40x40?style={style}&theme=light&else=1")


@pytest.mark.parametrize(
    "query",
    ["", "theme=dark", "theme=zzz", "Style=mesh", "styles=mesh", "a=style", "&".join(["a=1"] * 33), "style%20=mesh"],
    ids=lambda query: query[:20],
)
def test_without_a_style_the_specified_look_stays(query: str) -> None:
    """P-48."""
    assert draw(f"/seed/precious-tide/400x300?{query}") == PLAIN


STRANGE = ["", "zzz", "Mesh", "mesh ", "mesh%00", "discs", "identicon,mesh", "__class__", "%F0%9F%A6%8A"]


@pytest.mark.parametrize("style", STRANGE)
def test_another_style_is_refused_by_name_with_those_that_there_are(style: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        draw(f"/seed/precious-tide/400x300?style={style}")
    assert refusal.value.param == "style"
    assert str(refusal.value) == "style: expected one of " + ", ".join(NAMES)


@pytest.mark.parametrize("theme", ["", "Auto", "Dark", "zzz", "light,dark"])
def test_another_theme_is_refused(theme: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        draw(f"/seed/precious-tide/400x300?style=mesh&theme={theme}")
    assert (refusal.value.param, str(refusal.value)) == ("theme", "theme: expected one of light, dark, auto")


def test_with_a_style_the_query_has_its_limit() -> None:
    """V17."""
    with pytest.raises(BadParameter):
        draw("/seed/a/40x40?style=mesh&" + "&".join(["a=1"] * 32))


def test_the_last_style_counts() -> None:
    assert draw("/seed/a/40x40?style=zzz&style=mesh") == draw("/seed/a/40x40?style=mesh")


async def test_a_refusal_is_told_truly_and_drawn(ask: Ask, assert_sound_svg: Sound) -> None:
    answer = await ask("/seed/a/400x300?style=zzz")
    assert (answer.status, answer["cache-control"]) == (400, "no-store")
    assert_sound_svg(answer.body, (400, 300))
    told = await ask("/seed/a/400x300?style=zzz", headers={"Accept": "application/json"})
    assert json.loads(told.body) == {
        "error": "style: expected one of " + ", ".join(NAMES),
        "code": "invalid_parameter",
        "param": "style",
    }


@pytest.mark.parametrize("style", NAMES)
async def test_a_style_is_answered_for_ever(style: str, ask: Ask) -> None:
    """P-14, P-15."""
    answer = await ask(f"/seed/a/400x300?style={style}")
    assert (answer.status, answer["content-type"]) == (200, "image/svg+xml")
    assert answer["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.body == draw(f"/seed/a/400x300?style={style}")


@pytest.mark.parametrize("style", NAMES)
def test_equal_pictures_are_equal_specs(style: str) -> None:
    """P-16: what is cached by Spec is cached by picture."""
    one, other = find("/seed/a/40x30.png", f"style={style}"), find("/seed/a/040x030.png", f"theme=light&cb=1&style={style}")
    assert (one, hash(one)) == (other, hash(other))
    assert one.spec.inks is None
    for path, query in (
        ("/seed/b/40x30.png", f"style={style}"),
        ("/seed/a/40x31.png", f"style={style}"),
        ("/seed/a/40x30.png", f"style={style}&theme=dark"),
        ("/seed/a/40x30.png", ""),
    ):
        assert find(path, query) != one


def test_only_what_has_no_edge_is_smooth() -> None:
    """It chooses the encoder."""
    assert [name for name in NAMES if find("/seed/a/40x30", f"style={name}").spec.smooth] == ["mesh"]


@pytest.mark.parametrize("style", NAMES)
@pytest.mark.parametrize(
    ("suffix", "form"), [(".png", "PNG"), (".jpg", "JPEG"), (".webp", "WEBP"), (".avif", "AVIF"), (".gif", "GIF")]
)
def test_every_style_comes_in_every_format(style: str, suffix: str, form: str) -> None:
    picture = Image.open(BytesIO(draw(f"/seed/tern/60x40@2x{suffix}?style={style}")))
    assert (picture.format, picture.size) == (form, (120, 80))
    assert len(picture.convert("RGB").getcolors(120 * 80) or []) > 8


_RULE = re.compile(r'\.(p[0-9a-f]{3}) \[([a-z-]+)="(#[0-9a-f]{6})"\]\{\2:(#[0-9a-f]{6})\}')


def _painted(picture: ET.Element, seen_as: dict[tuple[str, str], str]) -> list[object]:
    """All that is drawn, with the colours that it has where `seen_as` holds; names of paints apart."""
    return [
        (
            element.tag,
            element.text,
            {
                name: seen_as.get((name, value), value)
                for name, value in element.attrib.items()
                if name not in ("id", "class") and not value.startswith("url(")
            },
        )
        for element in picture.iter()
        if element.tag != "style" and "class" not in element.attrib
    ]


@pytest.mark.parametrize("style", NAMES)
def test_auto_is_the_light_drawing_with_the_colours_of_the_dark_one(style: str, assert_sound_svg: Sound) -> None:
    """And what it paints with has names of its own, so that in a page it lends nothing to a picture that does not follow."""
    for seed in ("precious-tide", *map(str, range(60))):
        url = f"/seed/{seed}/400x300?style={style}&theme="
        light, dark, auto = (assert_sound_svg(draw(url + theme), (400, 300)) for theme in THEMES)
        rules = _RULE.findall(auto[1].text or "")
        assert _painted(auto, {}) == _painted(light, {})
        assert _painted(auto, {(name, before): after for _, name, before, after in rules}) == _painted(dark, {})
        (mark,) = {mark for mark, *_ in rules}
        assert auto[2].attrib == {"class": mark}
        assert all(paint.attrib["id"].startswith(mark) for paint in auto.iter() if "id" in paint.attrib)


@pytest.mark.parametrize("style", NAMES)
@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_pixels_of_auto_are_those_of_light(style: str, ending: str) -> None:
    assert draw(f"/seed/tern/60x40.{ending}?style={style}&theme=auto") == draw(f"/seed/tern/60x40.{ending}?style={style}")
    auto, light = (
        self_contained(find(f"/seed/tern/60x40.{ending}", f"style={style}&theme={theme}")) for theme in ("auto", "light")
    )
    assert auto == light, "whoever rasterizes is shown no rule that it might follow"


@pytest.mark.parametrize("style", NAMES)
def test_a_picture_weighs_little(style: str) -> None:
    """Bytes as SVG: a usual picture, and the longest of names in the longest of shapes."""
    assert len(draw(f"/seed/precious-tide/400x300?style={style}")) < 2_600
    assert len(draw(f"/seed/{quote('ж' * 200)}/2048x300?style={style}")) < 8_000
    assert len(draw(f"/seed/precious-tide/400x300?style={style}&theme=auto")) < 3_000
