"""`/{w}x{h}`: the label, its colours, its defaults."""

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder import draw
from placeholder.errors import BadParameter
from placeholder.svg.font import bundled_font
from placeholder.synth import label
from placeholder.values.color import Color, contrast
from placeholder.values.size import Size

Sound = Callable[..., ET.Element]


def outline(text: str) -> str:
    """A line of text as the bundled font draws it."""
    return "".join(bundled_font().outlines[character] for character in text)


@pytest.fixture(scope="module")
def seen(assert_sound_svg: Sound) -> Callable[..., tuple[str, str | None, str, list[str]]]:
    """From a URL and a size: the ground's colour, the label's colour, the title, the path data of the label's lines."""

    def see(url: str, size: tuple[int, int]) -> tuple[str, str | None, str, list[str]]:
        root = assert_sound_svg(draw(url), size)
        title, ground, *lines = root
        assert ground.tag == "path"
        inks = {line.attrib["fill"] for line in lines}
        assert len(inks) <= 1
        return ground.attrib["fill"], next(iter(inks), None), title.text or "", [line.attrib["d"] for line in lines]

    return see


SHOWN = [
    pytest.param("/400x300", (400, 300), "400×300", "#e2e8f0", "#475569", id="P-31 the documented example, P-24"),
    pytest.param(
        "/600x240?text=hero+banner&bg=111827&fg=9aa0b4", (600, 240), "hero banner", "#111827", "#9aa0b4", id="P-29 the example"
    ),
    pytest.param("/600x240?text=hero%20banner", (600, 240), "hero banner", "#e2e8f0", "#475569", id="P-25 P-28 text alone"),
    pytest.param("/400x300?bg=112233&fg=ddeeff", (400, 300), "400×300", "#112233", "#ddeeff", id="P-26 P-27 both colours"),
    pytest.param("/400x300?bg=%23112233&fg=%23ddeeff", (400, 300), "400×300", "#112233", "#ddeeff", id="P-12 with a hash"),
    pytest.param("/400x300?bg=123&fg=DEF", (400, 300), "400×300", "#112233", "#ddeeff", id="P-13 three digits"),
    pytest.param("/400x300?bg=Teal&fg=WHITE", (400, 300), "400×300", "#008080", "#ffffff", id="CSS names"),
    pytest.param("/9999x10", (2048, 10), "2048×10", "#e2e8f0", "#475569", id="P-6 AP-7 the drawn width is told"),
    pytest.param("/100x9999", (100, 2048), "100×2048", "#e2e8f0", "#475569", id="P-7 AP-7 the drawn height is told"),
    pytest.param("/00400x0300", (400, 300), "400×300", "#e2e8f0", "#475569", id="V12 leading zeros"),
    pytest.param("/400x300?cb=1", (400, 300), "400×300", "#e2e8f0", "#475569", id="V25 unknown parameters"),
    pytest.param("/400x300?TEXT=x&Bg=000", (400, 300), "400×300", "#e2e8f0", "#475569", id="V17 names are case-sensitive"),
    pytest.param("/400x300?text=a&text=b", (400, 300), "b", "#e2e8f0", "#475569", id="V17 the last wins"),
    pytest.param("/400x300?text=%D0%9F%D1%80%D0%B8", (400, 300), "При", "#e2e8f0", "#475569", id="P-25 Cyrillic"),
    pytest.param("/400x300?text=%3Cb%3E%26%22", (400, 300), '<b>&"', "#e2e8f0", "#475569", id="P-30 markup is shown as text"),
]


@pytest.mark.parametrize(("url", "size", "text", "bg", "fg"), SHOWN)
def test_the_picture_shows_its_label_in_its_colours(
    url: str, size: tuple[int, int], text: str, bg: str, fg: str, seen: Callable[..., tuple[str, str | None, str, list[str]]]
) -> None:
    """P-23 to P-31."""
    ground, ink, title, lines = seen(url, size)
    assert (ground, ink, title) == (bg, fg, text)
    assert lines == [outline(text)]


@pytest.mark.parametrize("url", ["/400x300?text=", "/400x300?text", "/400x300?text=+++", "/400x300?text=%E2%80%8B"])
def test_an_empty_text_means_no_label(url: str, seen: Callable[..., tuple[str, str | None, str, list[str]]]) -> None:
    """AP-7."""
    ground, ink, title, lines = seen(url, (400, 300))
    assert (ground, ink, lines) == ("#e2e8f0", None, [])
    assert title != "400×300"


@pytest.mark.parametrize("url", ["/1x1", "/0x0", "/5x2000", "/2000x9", "/8x8?text=hero"])
def test_a_canvas_too_small_for_a_label_has_none_and_keeps_its_title(
    url: str, seen: Callable[..., tuple[str, str | None, str, list[str]]]
) -> None:
    """AP-2: a tiny picture is a picture still."""
    w, h = (max(int(side), 1) for side in url[1:].partition("?")[0].split("x"))
    ground, ink, title, lines = seen(url, (w, h))
    assert (ground, ink, lines) == ("#e2e8f0", None, [])
    assert title == ("hero" if "hero" in url else f"{w}×{h}")


@pytest.mark.parametrize("url", ["/400x300?text=one%0Atwo", "/400x300?text=one%5Cntwo", "/400x300?text=one%0D%0Atwo"])
def test_a_label_breaks_at_a_line_feed_and_at_backslash_n(
    url: str, seen: Callable[..., tuple[str, str | None, str, list[str]]]
) -> None:
    """P-25."""
    _, _, title, lines = seen(url, (400, 300))
    assert title == "one\ntwo"
    assert lines == [outline("one"), outline("two")]


def test_the_default_colours_can_be_read() -> None:
    """P-24: WCAG AA."""
    assert contrast(label.GROUND, label.INK) >= 4.5


@given(st.sampled_from(["bg", "fg"]), st.integers(0, 0xFFFFFF))
def test_a_single_colour_brings_a_readable_other_one_along(name: str, number: int) -> None:
    """P-26, P-27, P-28."""
    spec = label.parse(Size(400, 300), {name: f"{number:06x}"})
    assert (spec.bg if name == "bg" else spec.fg) == Color(f"#{number:06x}")
    assert contrast(spec.bg, spec.fg) >= 4.5


def test_both_colours_given_are_both_kept_however_hard_to_read() -> None:
    """P-26, P-27: what is asked for is drawn."""
    spec = label.parse(Size(400, 300), {"bg": "fff", "fg": "fffffe"})
    assert (spec.bg.hex, spec.fg.hex) == ("#ffffff", "#fffffe")


@pytest.mark.parametrize("name", ["bg", "fg"])
@pytest.mark.parametrize("value", ["", "zzz", "ff", "reddish", "#"])
def test_a_bad_colour_is_refused_by_name_whatever_else_is_right(name: str, value: str) -> None:
    """AP-4: never a silent default."""
    with pytest.raises(BadParameter) as refusal:
        label.parse(Size(400, 300), {"text": "x", "bg": "fff", "fg": "000", name: value})
    assert refusal.value.param == name
