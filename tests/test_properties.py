"""Whatever is asked for: a sound SVG of the right size, the same bytes again, or a refusal; never anything else."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, quote_from_bytes

from hypothesis import given, settings
from hypothesis import strategies as st

from placeholder import draw
from placeholder.errors import Refusal
from placeholder.synth.seeds.album import LOOKS
from placeholder.values.text import clean_text

Sound = Callable[..., ET.Element]
Ask = Callable[..., Awaitable[Any]]

thorough = settings(max_examples=1000, deadline=None, derandomize=True)

SIDES = st.integers(0, 3000) | st.integers(1, 40) | st.integers(0, 10**40)
SIZES = st.tuples(SIDES, SIDES)
ANY_CHARACTER = st.characters(exclude_categories=())
HOSTILE = st.sampled_from(
    [*"<>&\"'\\\x00\x0b\r\n\t\u202e\u200b\ufeff\ufffe\ud800\udfff\u0301%+;=[]()#?/", "]]>", "<!--", "漢", "🦊"]
)
TEXTS = st.text(ANY_CHARACTER, max_size=260) | st.lists(HOSTILE | ANY_CHARACTER, max_size=60).map("".join)
HEX = st.text("0123456789abcdefABCDEF", min_size=3, max_size=3) | st.text("0123456789abcdefABCDEF", min_size=6, max_size=6)


def clamped(size: tuple[int, int]) -> tuple[int, int]:
    w, h = (min(max(side, 1), 2048) for side in size)
    return w, h


def encoded(text: str) -> str:
    """Percent-encoded UTF-8 in which a lone surrogate stands as the three bytes that some encoders write."""
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def arriving(text: str) -> str:
    """The same as a strict reader of UTF-8 gets it."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def long(short: str) -> str:
    return "#" + ("".join(digit * 2 for digit in short) if len(short) == 3 else short).lower()


@thorough
@given(SIZES, TEXTS)
def test_any_text_in_any_size_is_a_sound_picture_that_comes_again(
    assert_sound_svg: Sound, size: tuple[int, int], text: str
) -> None:
    """P-16, P-23, P-25, P-30, AP-2."""
    url = f"/{size[0]}x{size[1]}?text={encoded(text)}"
    body = draw(url)
    root = assert_sound_svg(body, clamped(size))
    assert (root[0].text or "") == (clean_text(arriving(text)) or "placeholder")
    assert draw(url) == body


@thorough
@given(SIZES, TEXTS.filter(lambda seed: seed and "/" not in seed))
def test_any_seed_in_any_size_is_a_sound_picture_that_comes_again(
    assert_sound_svg: Sound, size: tuple[int, int], seed: str
) -> None:
    """P-16, P-45, P-46, P-49."""
    url = f"/seed/{encoded(seed)}/{size[0]}x{size[1]}"
    body = draw(url)
    root = assert_sound_svg(body, clamped(size))
    assert len(list(root.iter("circle"))) == 5
    assert draw(url) == body
    assert draw(url + "?anything=" + encoded(seed)) == body


@thorough
@given(SIZES, HEX, HEX, st.booleans(), st.integers(-720_000, 720_000))
def test_any_colours_are_the_ones_that_are_drawn(
    assert_sound_svg: Sound, size: tuple[int, int], one: str, other: str, has_hash: bool, thousandths: int
) -> None:
    """P-8 to P-13, P-16, P-26, P-27, P-32, P-36 to P-38."""
    extent, mark = f"{size[0]}x{size[1]}", "%23" if has_hash else ""
    solid = assert_sound_svg(draw(f"/color/{one}/{extent}"), clamped(size))
    assert solid[1].attrib["fill"] == long(one)
    label = assert_sound_svg(draw(f"/{extent}?bg={mark}{one}&fg={mark}{other}"), clamped(size))
    assert label[1].attrib["fill"] == long(one)
    assert len(label) == 2 or label[2].attrib["fill"] == long(other)
    url = f"/gradient/{extent}?from={mark}{one}&to={mark}{other}&angle={thousandths / 1000:.3f}"
    body = draw(url)
    gradient = assert_sound_svg(body, clamped(size))[1]
    assert [stop.attrib["stop-color"] for stop in gradient] == [long(one), long(other)]
    assert draw(url) == body


@thorough
@given(
    st.sampled_from(
        [
            "/{}",
            "/color/7c9cff/{}",
            "/gradient/{}",
            "/seed/x/{}",
            *(f"/seed/x/{{}}?style={style}" for style in LOOKS),
            "/glyph/{}",
        ]
    ),
    SIZES,
    st.sampled_from(["", ".svg", "@2x.svg", "@3x.svg"]),
    st.integers(0, 4),
)
def test_any_size_of_any_drawing_is_clamped_and_shown_at_its_density(
    assert_sound_svg: Sound, route: str, size: tuple[int, int], suffix: str, zeros: int
) -> None:
    """P-4, P-6, P-7, P-16, P-23."""
    w, h = clamped(size)
    scale = min(int(suffix[1]) if "@" in suffix else 1, 4096 / max(w, h))
    body = draw(route.format("0" * zeros + f"{size[0]}x{size[1]}{suffix}"))
    found = re.match(rb'<svg xmlns="[^"]*" width="([0-9]+)" height="([0-9]+)"', body)
    assert found
    shown = (int(found[1]), int(found[2]))
    assert abs(shown[0] - max(w * scale, 1)) <= 0.5
    assert abs(shown[1] - max(h * scale, 1)) <= 0.5
    assert_sound_svg(body, (w, h), shown if "@" in suffix else None)
    assert draw(route.format(f"{size[0]}x{size[1]}{suffix}")) == body


WORDS = (
    "400x300 4x3 0x0 9999x1 400X300 color gradient seed glyph fff zzz .. . .svg @2x.svg .png @ %2F %00 %0A %FF % x / // ? & = # ;"
    " og 4k favicon 16:9 : 16:9/64"
    ' text= bg= as= angle= type=radial from= style=mesh style= theme=dark map NaN 1e9 + < " \\ 漢'
)
PIECES = st.sampled_from([*WORDS.split(" "), " ", "\ud800"])


@thorough
@given(st.lists(PIECES, max_size=10).map("".join) | st.text(ANY_CHARACTER, max_size=40))
def test_any_url_is_drawn_or_refused_by_name(assert_sound_svg: Sound, tail: str) -> None:
    """P-5, AP-4: a Refusal is the only exception that there is."""
    url = "http://placeholder.test/" + tail.replace(".png", ".svg")
    try:
        body = draw(url)
    except Refusal:
        return
    size = re.search(rb'viewBox="0 0 ([0-9]+) ([0-9]+)"', body)
    assert size
    shown = re.findall(rb' (?:width|height)="([0-9]+)"', body)[:2]
    assert_sound_svg(body, (int(size[1]), int(size[2])), (int(shown[0]), int(shown[1])))
    assert draw(url) == body


@thorough
@given(
    st.sampled_from(["GET", "HEAD", "GET", "OPTIONS", "POST"]),
    (st.lists(PIECES, max_size=10).map("".join) | st.text(max_size=40)).map(
        lambda text: "/" + quote(text, safe="/?&=%+;.@x#", errors="replace")
    ),
    st.sampled_from([{}, {"Accept": "application/json"}, {"If-None-Match": "*"}, {"Accept": "image/*", "If-None-Match": '"x"'}]),
)
async def test_any_request_is_answered_and_never_with_a_fault(
    ask: Ask, assert_sound_svg: Sound, method: str, target: str, headers: dict[str, str]
) -> None:
    """P-14, P-15, AP-6: the answers of the whole application."""
    answer = await ask(target.replace(".png", ".svg"), method, headers)
    assert answer.status in (200, 204, 304, 400, 404, 405)
    if answer["content-type"] == "image/svg+xml" and answer.body:
        viewed = re.search(rb'viewBox="0 0 ([0-9]+) ([0-9]+)"', answer.body)
        shown = re.findall(rb' (?:width|height)="([0-9]+)"', answer.body)[:2]
        assert viewed
        assert_sound_svg(answer.body, (int(viewed[1]), int(viewed[2])), (int(shown[0]), int(shown[1])))
    if answer["content-type"] == "application/json" and answer.status >= 400 and answer.body:
        assert set(json.loads(answer.body)) == {"error", "code", "param"}
    assert (answer["cache-control"] == "no-store") == (answer.status in (204, 400, 404, 405)) or target.startswith(("/?", "/#"))
