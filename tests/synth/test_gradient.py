"""`/gradient/{w}x{h}`: two colours, along a line as CSS has it or around the centre."""

import math
import xml.etree.ElementTree as ET
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder import draw
from placeholder.errors import BadParameter

Sound = Callable[..., ET.Element]


@pytest.fixture(scope="module")
def seen(assert_sound_svg: Sound) -> Callable[..., tuple[str, dict[str, float], list[str]]]:
    """From a URL and a size: the gradient's kind, its geometry, its two colours."""

    def see(url: str, size: tuple[int, int]) -> tuple[str, dict[str, float], list[str]]:
        root = assert_sound_svg(draw(url), size)
        _, gradient, ground = root
        assert ground.attrib["fill"] == f"url(#{gradient.attrib['id']})"
        assert gradient.attrib["gradientUnits"] == "userSpaceOnUse"
        geometry = {name: float(value) for name, value in gradient.attrib.items() if name not in ("id", "gradientUnits")}
        first, last = gradient
        assert (first.get("offset"), last.get("offset")) == (None, "1")
        return gradient.tag, geometry, [first.attrib["stop-color"], last.attrib["stop-color"]]

    return see


def css_line(w: int, h: int, degrees: float) -> dict[str, float]:
    """CSS Images 4 §3.1.1: the line passes the centre; its length is |W·sin A| + |H·cos A|."""
    a = math.radians(degrees)
    half = (abs(w * math.sin(a)) + abs(h * math.cos(a))) / 2
    dx, dy = math.sin(a) * half, -math.cos(a) * half
    return {"x1": w / 2 - dx, "y1": h / 2 - dy, "x2": w / 2 + dx, "y2": h / 2 + dy}


DEFAULTS = ["#7c9cff", "#59e3c5"]
DRAWN = [
    pytest.param("?from=7c9cff&to=59e3c5&angle=120", 120, ["#7c9cff", "#59e3c5"], id="P-43 the documented example"),
    pytest.param("", 90, DEFAULTS, id="P-35 AP-8 the defaults, to the right"),
    pytest.param("?from=f00", 90, ["#ff0000", "#59e3c5"], id="P-36 from alone"),
    pytest.param("?to=00f", 90, ["#7c9cff", "#0000ff"], id="P-37 to alone"),
    pytest.param("?from=%23f00&to=%230000ff", 90, ["#ff0000", "#0000ff"], id="P-12 with a hash"),
    pytest.param("?from=Red&to=rebeccapurple", 90, ["#ff0000", "#663399"], id="CSS names"),
    pytest.param("?from=123456&to=123456", 90, ["#123456", "#123456"], id="P-35 twice one colour"),
    pytest.param("?type=linear", 90, DEFAULTS, id="P-39 linear"),
    pytest.param("?angle=0", 0, DEFAULTS, id="AP-8 upward"),
    pytest.param("?angle=90", 90, DEFAULTS, id="AP-8 to the right"),
    pytest.param("?angle=180", 180, DEFAULTS, id="P-38 downward"),
    pytest.param("?angle=270", 270, DEFAULTS, id="P-38 to the left"),
    pytest.param("?angle=45", 45, DEFAULTS, id="P-38 to the corner"),
    pytest.param("?angle=-22.5", -22.5, DEFAULTS, id="P-38 negative, with decimals"),
    pytest.param("?angle=%2B30", 30, DEFAULTS, id="P-38 with a plus"),
    pytest.param("?angle=3735.125", 135.125, DEFAULTS, id="AP-8 modulo a turn"),
    pytest.param("?angle=10&angle=20", 20, DEFAULTS, id="V17 the last wins"),
]


@pytest.mark.parametrize("size", [(600, 400), (400, 600), (1, 1), (2048, 3)], ids=str)
@pytest.mark.parametrize(("query", "degrees", "colors"), DRAWN)
def test_a_linear_gradient_runs_along_the_line_that_css_gives(
    query: str,
    degrees: float,
    colors: list[str],
    size: tuple[int, int],
    seen: Callable[..., tuple[str, dict[str, float], list[str]]],
) -> None:
    """P-35 to P-39, P-41, P-43, AP-8."""
    kind, geometry, found = seen(f"/gradient/{size[0]}x{size[1]}{query}", size)
    assert kind == "linearGradient"
    assert found == colors
    assert geometry == pytest.approx(css_line(*size, degrees), abs=0.0051)


@given(st.integers(1, 2048), st.integers(1, 2048), st.decimals(-1000, 1000, places=3))
def test_the_corners_have_the_pure_colours_at_any_angle(
    seen: Callable[..., tuple[str, dict[str, float], list[str]]], w: int, h: int, degrees
) -> None:
    """P-38, P-43: the farthest corner on each side projects onto the line's end."""
    _, at, _ = seen(f"/gradient/{w}x{h}?angle={quote(f'{degrees:+f}')}", (w, h))
    assert at == pytest.approx(css_line(w, h, float(degrees)), abs=0.0051)
    dx, dy = at["x2"] - at["x1"], at["y2"] - at["y1"]
    along = [((x - at["x1"]) * dx + (y - at["y1"]) * dy) / math.hypot(dx, dy) for x in (0, w) for y in (0, h)]
    # Two decimals turn the line by a hundredth over its length, which a corner feels at its distance.
    rounding = 0.01 + 0.01 * math.hypot(w, h) / math.hypot(dx, dy)
    assert min(along) == pytest.approx(0, abs=rounding)
    assert max(along) == pytest.approx(math.hypot(dx, dy), abs=rounding)


@pytest.mark.parametrize("size", [(600, 400), (1, 1), (2048, 3), (333, 2048)], ids=str)
def test_a_radial_gradient_is_a_circle_to_the_farthest_corner(
    size: tuple[int, int], seen: Callable[..., tuple[str, dict[str, float], list[str]]]
) -> None:
    """P-40, P-44."""
    w, h = size
    kind, geometry, colors = seen(f"/gradient/{w}x{h}?from=7c9cff&to=59e3c5&type=radial", size)
    assert kind == "radialGradient"
    assert geometry == pytest.approx({"cx": w / 2, "cy": h / 2, "r": math.hypot(w, h) / 2}, abs=0.0051)
    assert colors == ["#7c9cff", "#59e3c5"]


@pytest.mark.parametrize("angle", ["0", "120", "NaN", "", "1e999", "a%00b", "%FF"])
def test_a_radial_gradient_has_no_angle_not_even_a_wrong_one(angle: str) -> None:
    """P-42."""
    assert draw(f"/gradient/600x400?type=radial&angle={angle}") == draw("/gradient/600x400?type=radial")


def test_without_a_type_the_gradient_is_linear() -> None:
    """P-41."""
    assert draw("/gradient/600x400?angle=30") == draw("/gradient/600x400?angle=30&type=linear")
    assert draw("/gradient/600x400?angle=30") != draw("/gradient/600x400?angle=30&type=radial")


@pytest.mark.parametrize(
    "same", [("0", "360", "-360", "-0", "720"), ("90", "450", "-270", "090", "90.000"), ("-22.5", "337.5", "337.500")]
)
def test_angles_that_point_alike_draw_the_same_bytes(same: tuple[str, ...]) -> None:
    """AP-8, P-16."""
    assert len({draw(f"/gradient/600x400?angle={angle}") for angle in same}) == 1


REFUSED = [
    ("type", "conic"),
    ("type", ""),
    ("type", "Linear"),
    ("type", "radial%20"),
    ("from", "zzz"),
    ("from", ""),
    ("to", "12345"),
    ("to", "reddish"),
    ("radius", ""),
    ("radius", "-1"),
    ("radius", "50%25%25"),
    ("angle", "NaN"),
    ("angle", "inf"),
    ("angle", "1e999"),
    ("angle", "1_0"),
    ("angle", "%D9%A9%D9%A0"),
    ("angle", "+90+"),
    ("angle", "1e-400"),
    ("angle", "9" * 400),
    ("angle", ""),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    """AP-4, AP-8, V15, V16."""
    with pytest.raises(BadParameter) as refusal:
        draw(f"/gradient/600x400?from=fff&{name}={value}")
    assert refusal.value.param == name


def test_two_different_gradients_never_share_a_name(assert_sound_svg: Sound) -> None:
    """Inlined in one page, a picture must not borrow another's paint."""
    queries = [
        *("", "?from=f00", "?to=f00", "?type=radial", "?from=f00&type=radial", "?angle=1", "?angle=-1", "?angle=0.001"),
        *("?angle=1000", "?angle=100", "?from=59e3c5&to=7c9cff"),
    ]
    sizes = [(600, 400), (400, 600), (60, 40), (6, 40)]
    pictures = [(draw(f"/gradient/{w}x{h}{query}"), (w, h)) for w, h in sizes for query in queries]
    ids = {assert_sound_svg(*picture)[1].attrib["id"] for picture in pictures}
    assert len(ids) == len(pictures) == 44


FADING = [
    ("from=ff000080&to=00f", [("#ff0000", "0.502"), ("#0000ff", None)]),
    ("from=f00&to=00f8", [("#ff0000", None), ("#0000ff", "0.533")]),
    ("from=transparent&to=f00", [("#ff0000", "0"), ("#ff0000", None)]),
    ("from=f00&to=transparent", [("#ff0000", None), ("#ff0000", "0")]),
    ("from=transparent&to=ff000080", [("#ff0000", "0"), ("#ff0000", "0.502")]),
    ("from=transparent&to=0000", [("#000000", "0"), ("#000000", "0")]),
]


@pytest.mark.parametrize("kind", ["linear", "radial"])
@pytest.mark.parametrize(("query", "stops"), FADING)
def test_an_end_may_be_translucent_and_a_clear_one_takes_the_colour_of_the_other(
    query: str, stops: list[tuple[str, str | None]], kind: str, assert_sound_svg: Sound
) -> None:
    gradient = assert_sound_svg(draw(f"/gradient/600x400?type={kind}&{query}"), (600, 400))[1]
    assert [(stop.get("stop-color"), stop.get("stop-opacity")) for stop in gradient] == stops


def test_gradients_that_differ_in_alpha_alone_have_different_names(assert_sound_svg: Sound) -> None:
    queries = ("from=f00&to=00f", "from=f008&to=00f", "from=ff000081&to=00f", "from=f00&to=0000ff80", "from=f00&to=0000")
    assert len({assert_sound_svg(draw(f"/gradient/6x4?{query}"), (6, 4))[1].attrib["id"] for query in queries}) == 5


@pytest.mark.parametrize(("radius", "drawn"), [("20", 20), ("50%25", 200), ("9999", 200), ("10%25", 40)])
def test_a_gradient_may_have_round_corners(radius: str, drawn: int, assert_sound_svg: Sound) -> None:
    _, gradient, ground = assert_sound_svg(draw(f"/gradient/600x400?radius={radius}"), (600, 400))
    assert ground.attrib["fill"] == f"url(#{gradient.attrib['id']})"
    assert ground.attrib["d"].startswith(f"M{drawn} 0h{600 - 2 * drawn}a{drawn} {drawn} 0 0 1 ")
    assert draw("/gradient/600x400?radius=0") == draw("/gradient/600x400")
