"""Markup: numbers as SVG reads them, text that stays text, a document whose extent can be changed."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.svg import markup
from placeholder.values.color import CLEAR, Color
from placeholder.values.size import Size
from placeholder.values.text import clean_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (-0.001, "0"),
        (-0.004999, "0"),
        (0.004, "0"),
        (0.01, "0.01"),
        (1, "1"),
        (1.5, "1.5"),
        (1.005, "1"),
        (1.015, "1.01"),
        (2048, "2048"),
        (2047.99, "2047.99"),
        (1234.567, "1234.57"),
        (-1234.56, "-1234.56"),
        (9999.99, "9999.99"),
        (100000 / 3 / 100, "333.33"),
    ],
)
def test_a_number_is_plain_and_rounded_once(value: float, text: str) -> None:
    """P-16: one spelling a value; V15: never an exponent, never a minus zero."""
    assert abs(float(markup.number(value)) - value) <= 0.0051
    assert markup.number(value) == text


@given(st.floats(-9999, 9999))
def test_every_number_has_at_most_two_decimals(value: float) -> None:
    text = markup.number(value)
    assert re.fullmatch(r"-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,2})?", text)
    assert text != "-0"
    assert abs(float(text) - value) <= 0.0051


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_survives_xml_character_by_character(text: str) -> None:
    """P-30: what is written is what a reader of the SVG gets back."""
    clean = clean_text(text)
    body = markup.encode(markup.document(Size(4, 3), clean))
    assert body.isascii()
    root = ET.fromstring(body)
    assert len(root) == 1
    assert (root[0].text or "") == clean


@pytest.mark.parametrize("text", ["<", ">", "&", "]]>", "<!--", "-->", "&xxe;", "<?xml?>", '"', "'", "</title><script>"])
def test_markup_in_text_is_escaped(text: str) -> None:
    """P-30, V2."""
    written = markup.document(Size(4, 3), text)
    assert written.count("<") == 4
    assert (ET.fromstring(written)[0].text) == text


def test_a_resized_document_changes_its_extent_alone() -> None:
    """A density scales the picture, not its drawing, and no text that looks like an extent is touched."""
    drawn = markup.document(Size(4, 3), ' width="4" height="3"', markup.ground(Size(4, 3), "#ffffff"))
    shown = markup.resized(drawn, Size(8, 6))
    before, after = ET.fromstring(drawn), ET.fromstring(shown)
    assert (after.get("width"), after.get("height"), after.get("viewBox")) == ("8", "6", "0 0 4 3")
    assert after.get("preserveAspectRatio") == "none"
    assert [ET.tostring(child) for child in after] == [ET.tostring(child) for child in before]


@pytest.mark.parametrize("scale", [1 / 2048, 40 / 2048, 400 / 2048, 1.0, 0.0001, 9.9])
def test_a_scale_is_plain_and_close(scale: float) -> None:
    """Never an exponent; a sheet of 2,048 units ends within a tenth of a unit of where it should."""
    written = re.fullmatch(r'<g transform="scale\(([0-9]\.[0-9]{7})\)">ab</g>', markup.scaled(scale, "a", "b"))
    assert written
    assert abs(float(written[1]) - scale) * 2048 < 0.1


def test_a_glow_fades_evenly_to_nothing() -> None:
    light = ET.fromstring(markup.glow("m", (0.25, 1), 1 / 3, Color("#7c9cff")))
    assert (light.tag, light.attrib) == ("radialGradient", {"id": "m", "cx": "0.25", "cy": "1", "r": "0.33"})
    assert {stop.attrib["stop-color"] for stop in light} == {"#7c9cff"}
    fading = [(float(stop.get("offset", "0")), float(stop.get("stop-opacity", "1"))) for stop in light]
    assert fading == sorted(fading, key=lambda stop: (stop[0], -stop[1]))
    # Smoothstep, to two places: level at both ends.
    assert all(opacity == pytest.approx(1 - at * at * (3 - 2 * at), abs=0.005) for at, opacity in fading)


def test_lines_have_round_ends_and_no_ground() -> None:
    line = ET.fromstring(markup.stroked(Color("#7c9cff"), 12, "M0 0h0"))
    assert line.attrib == {
        "fill": "none",
        "stroke": "#7c9cff",
        "stroke-width": "12",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
        "d": "M0 0h0",
    }


@pytest.mark.parametrize("alpha", range(255))
def test_an_opacity_tells_its_level(alpha: int) -> None:
    """256 levels, and every reader rounds back to the same."""
    match = re.fullmatch(r'fill="#123456" fill-opacity="(0(?:\.[0-9]{1,3})?)"', markup.paint(Color("#123456", alpha)))
    assert match
    assert round(float(match[1]) * 255) == alpha


def test_an_opaque_paint_says_nothing_of_opacity() -> None:
    assert markup.paint(Color("#123456")) == 'fill="#123456"'


def test_a_scheme_exchanges_what_its_classes_name() -> None:
    light, dark, clear = Color("#e2e8f0"), Color("#1e293b", 0x80), CLEAR
    assert markup.paint(light, dark) == 'fill="#e2e8f0" class="c-e2e8f0ff-1e293b80"'
    assert markup.paint(clear, light) == 'fill="#000000" fill-opacity="0" class="c-00000000-e2e8f0ff"'
    assert markup.scheme({light: dark, clear: light}) == (
        "<style>@media(prefers-color-scheme:dark){"
        ".c-e2e8f0ff-1e293b80{fill:#1e293b;fill-opacity:0.502}"
        ".c-00000000-e2e8f0ff{fill:#e2e8f0;fill-opacity:1}"
        "}</style>"
    )


def test_whatever_is_painted_follows_the_reader_where_its_colour_has_another() -> None:
    red, blue, teal = Color("#ff0000"), Color("#0000ff"), Color("#008080")
    body = (
        markup.ground(Size(4, 3), red.hex)
        + markup.stroked(blue, 1, "M0 0h0")
        + markup.circle(1, 1, 1, red, ".5")
        + markup.glow("g", (0, 0), 1, red)
        + markup.filled(teal.hex, "M0 0h1")
        + markup.drawn_text(1, 1, 1, 1, blue, '" fill="#ff0000" x="#0000ff')
    )
    assert markup.following("p010", {red.hex: "#ffcccc", blue.hex: "#ccccff"}, body) == (
        "<style>@media(prefers-color-scheme:dark){"
        '.p010 [fill="#ff0000"]{fill:#ffcccc}'
        '.p010 [stroke="#0000ff"]{stroke:#ccccff}'
        '.p010 [stop-color="#ff0000"]{stop-color:#ffcccc}'
        '.p010 [fill="#0000ff"]{fill:#ccccff}'
        f'}}</style><g class="p010">{body}</g>'
    )
