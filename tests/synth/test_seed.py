"""`/seed/{seed}/{w}x{h}`: a picture that belongs to its seed."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import combinations

import pytest
from fixtures.seeds import THOUSAND
from hypothesis import given
from hypothesis import strategies as st

from placeholder import draw
from placeholder.synth.seed import CIRCLES, Seed, parse
from placeholder.synth.seed import draw as draw_spec
from placeholder.values.size import Size

Sound = Callable[..., ET.Element]


def look(root: ET.Element) -> tuple[tuple[str, ...], ...]:
    """What can be seen: the ground's two colours and its direction, and every disc."""
    gradient = root[1]
    return (
        (*(stop.attrib["stop-color"] for stop in gradient), gradient.attrib["x1"]),
        *(tuple(circle.attrib[name] for name in ("cx", "cy", "r", "fill", "fill-opacity")) for circle in root.iter("circle")),
    )


def test_the_documented_example_is_a_picture_of_discs_on_two_colours(assert_sound_svg: Sound) -> None:
    """P-45, P-50."""
    root = assert_sound_svg(draw("/seed/precious-tide/400x300"), (400, 300))
    assert [child.tag for child in root] == ["title", "linearGradient", "path", *["circle"] * CIRCLES]
    assert CIRCLES == 5
    assert root[0].text == "precious-tide"


def test_the_same_seed_gives_the_same_picture() -> None:
    """P-46."""
    assert len({draw("/seed/precious-tide/400x300") for _ in range(10)}) == 1


def test_a_thousand_seeds_give_a_thousand_pictures(assert_sound_svg: Sound) -> None:
    """P-47: not one SVG twice, and not one look twice either, whatever the title says."""
    assert len(set(THOUSAND)) == len(THOUSAND) == 1000
    bodies = [draw(f"/seed/{seed}/400x300") for seed in THOUSAND]
    assert len(set(bodies)) == 1000
    assert len({look(assert_sound_svg(body, (400, 300))) for body in bodies}) == 1000


def test_no_two_of_a_thousand_seeds_look_nearly_alike(assert_sound_svg: Sound) -> None:
    """P-47: visibly different means a colour of the ground or a disc well apart, not a last digit."""

    def vector(root: ET.Element) -> tuple[float, ...]:
        ground, *discs = look(root)
        colors = [int(color[at : at + 2], 16) / 255 for color in ground[:2] for at in (1, 3, 5)]
        return (*colors, *(value for x, y, r, *_ in discs for value in (int(x) / 400, int(y) / 300, int(r) / 163)))

    vectors = [vector(assert_sound_svg(draw(f"/seed/{seed}/400x300"), (400, 300))) for seed in THOUSAND]
    assert len(vectors[0]) == 6 + 3 * CIRCLES
    pairs = combinations(zip(THOUSAND, vectors, strict=True), 2)
    assert not [
        (seed, neighbour)
        for (seed, one), (neighbour, other) in pairs
        if all(abs(a - b) <= 0.1 for a, b in zip(one, other, strict=True))
    ]


@given(st.integers(1, 2048), st.integers(1, 2048), st.text(st.characters(exclude_characters="/"), min_size=1, max_size=20))
def test_every_disc_starts_on_the_canvas(assert_sound_svg: Sound, w: int, h: int, seed: str) -> None:
    """P-45: whatever the size, the discs are there to be seen, and their look is of one seed."""
    root = assert_sound_svg(draw_spec(parse(Size(w, h), {}, seed)).encode("ascii", "xmlcharrefreplace"), (w, h))
    circles = list(root.iter("circle"))
    assert len(circles) == 5
    for circle in circles:
        assert 0 <= int(circle.attrib["cx"]) <= w
        assert 0 <= int(circle.attrib["cy"]) <= h
        assert 1 <= int(circle.attrib["r"]) <= 1 + (w + h) / 3


def test_a_seed_keeps_its_colours_at_every_size(assert_sound_svg: Sound) -> None:
    """P-45, P-46: the same seed is recognised large and small."""
    looks = [look(assert_sound_svg(draw(f"/seed/precious-tide/{w}x{h}"), (w, h))) for w, h in ((400, 300), (40, 30), (1, 2048))]
    colors = [[(ground[0], ground[1]), *((disc[3], disc[4]) for disc in discs)] for ground, *discs in looks]
    assert colors[0] == colors[1] == colors[2]


@pytest.mark.parametrize("query", ["text=x", "bg=zzz", "seed=other", "&".join(["a=1"] * 100), "%FF", "="])
def test_a_query_changes_nothing(query: str) -> None:
    """P-48."""
    assert draw(f"/seed/precious-tide/400x300?{query}") == draw("/seed/precious-tide/400x300")


SPELLINGS = [
    pytest.param(
        ["precious-tide", "%70recious-tide", "preciou%73%2Dtide", "%70%72%65%63%69%6F%75%73%2d%74%69%64%65"], id="ASCII"
    ),
    pytest.param(["a%20b"], id="a space"),
    pytest.param(["caf%C3%A9", "caf%c3%a9", "c%61f%C3%A9"], id="an accent"),
    pytest.param(["%F0%9F%A6%8A", "%f0%9f%a6%8a"], id="an emoji"),
    pytest.param(["%E6%97%A5%E6%9C%AC"], id="Japanese"),
    pytest.param(["a+b", "a%2Bb", "%61+%62"], id="a plus is a plus in a path"),
    pytest.param(["50%25", "%35%30%25"], id="a percent sign"),
    pytest.param(["%3F%23", "%3f%23"], id="a question mark and a hash"),
    pytest.param(["%00", "%00"], id="V18 NUL"),
    pytest.param(["..", "%2e%2E", ".%2e"], id="V18 two dots"),
]


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_a_seed_is_the_same_however_it_was_encoded(spellings: list[str], assert_sound_svg: Sound) -> None:
    """P-49."""
    bodies = {draw(f"/seed/{spelling}/400x300") for spelling in spellings}
    assert len(bodies) == 1
    assert_sound_svg(bodies.pop(), (400, 300))


def test_seeds_that_differ_in_spelling_alone_to_the_eye_are_different_seeds() -> None:
    """P-47: case, order, spaces and Unicode's composed forms are told apart."""
    seeds = ["ab", "AB", "ba", "a b", "a+b", "a%2520b", "ab%20", "%20ab", "ab.", "%C3%A9", "e%CC%81"]
    assert len({look(ET.fromstring(draw(f"/seed/{seed}/400x300"))) for seed in seeds}) == len(seeds)


@given(st.text(st.characters(exclude_categories=())))
def test_any_string_is_a_seed(assert_sound_svg: Sound, seed: str) -> None:
    """P-49, V5, V18: drawing cannot fail."""
    assert_sound_svg(draw_spec(Seed(Size(40, 30), seed)).encode("ascii", "xmlcharrefreplace"), (40, 30))


def test_equal_names_mean_equal_gradients(assert_sound_svg: Sound) -> None:
    """Inlined in one page, a picture must not borrow another's ground."""
    grounds: dict[str, bytes] = {}
    for number in range(4000):
        gradient = ET.fromstring(draw(f"/seed/{number}/400x300"))[1]
        assert grounds.setdefault(gradient.attrib["id"], ET.tostring(gradient)) == ET.tostring(gradient), f"seed {number}"
    assert len(grounds) > 1000
