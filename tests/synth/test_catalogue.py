"""The catalogue: which path names which drawing, in which format."""

import pytest

from placeholder.errors import NoSuchPicture, Refusal
from placeholder.synth.catalogue import CATALOGUE, find, notice, svg_bytes
from placeholder.values.format import SUFFIXES, Format
from placeholder.values.size import Size

ADDRESSES = {
    "/{size}": ("text", "bg", "fg", "radius", "border", "font", "weight", "align", "theme", "debug"),
    "/color/{hex}/{size}": (),
    "/gradient/{size}": ("from", "to", "angle", "type", "radius"),
    "/seed/{seed}/{size}": (),
    "/glyph/{size}": ("as", "radius"),
}
PATHS = ["/{}", "/color/7c9cff/{}", "/gradient/{}", "/seed/precious-tide/{}", "/glyph/{}"]


def test_the_five_documented_routes_stand_at_the_root_with_their_parameters() -> None:
    """P-1, P-23, P-32, P-35, P-45, P-51."""
    assert {drawing.address: drawing.parameters for drawing in CATALOGUE}.items() >= ADDRESSES.items()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("suffix", ["", *SUFFIXES])
def test_every_drawing_comes_in_every_format_and_density(path: str, suffix: str) -> None:
    """P-14: without a suffix it is SVG."""
    picture = find(path.format("400x300" + suffix), "")
    expected = SUFFIXES.get(suffix, (Format.SVG, 1))
    assert (picture.format, picture.density) == expected
    assert picture.spec.size == Size(400, 300)
    assert picture.pixels == Size(400 * expected[1], 300 * expected[1])


NOWHERE = [
    *("", "/", "//", "/400", "/x", "/400X300", "/400x300/", "//400x300", "/400x300/400x300", "/v1/400x300", "/color/400x300"),
    *("/color/fff", "/color/fff/ccc/400x300", "/gradient", "/gradient/", "/gradient/a/400x300", "/glyph/avatar/400x300"),
    *("/seed/400x300", "/seed/a/b/400x300", "/Seed/a/400x300", "/COLOR/fff/400x300", "/400x300.bmp", "/400x300.PNG", "/400x300."),
    *(
        "/400x300@2x",
        "/400x300@1x.png",
        "/400x300@4x.png",
        "/400x300@2X.png",
        "/400x300@.png",
        "/400x300.png@2x",
        "/400x300.png.gif",
    ),
    *(
        "/400x300.svgz",
        "/@2x.png",
        "/.png",
        "/400x300 .png",
        "/400x300.png ",
        "/400x300\n",
        "/400x300.png\n",
        "/400x300@2x@2x.png",
    ),
    *("/favicon.ico", "/robots.txt", "/ai", "/{size}", "/400x300;a", "/./400x300", "/../400x300", "/400x300?text=a", "/4.5x300"),
    *("*", "400x300"),
]


@pytest.mark.parametrize("path", NOWHERE, ids=ascii)
def test_any_other_path_names_nothing(path: str) -> None:
    """P-5, V9, V13, V18: a refusal, never another error."""
    with pytest.raises(NoSuchPicture):
        find(path, "")


def test_an_empty_seed_is_no_seed() -> None:
    """P-45: an address with an empty segment is another address."""
    with pytest.raises(NoSuchPicture):
        find("/seed//400x300", "")


@pytest.mark.parametrize("path", [*NOWHERE, "/400x300.png", "/seed/x/99999x1@3x.webp", "/color/zzz/40x30.gif"], ids=ascii)
def test_a_notice_is_a_picture_whatever_the_path(path: str) -> None:
    """A refused request still gets a picture, in the size and format that can be read from its path."""
    picture = notice(path, "400\nbg: expected")
    if path.endswith("40x30.gif"):
        assert (picture.format, picture.spec.size) == (Format.GIF, Size(40, 30))
    elif path.endswith("webp"):
        assert (picture.format, picture.density, picture.spec.size) == (Format.WEBP, 3, Size(2048, 1))
    assert svg_bytes(picture).startswith(b"<svg ")


@pytest.mark.parametrize("path", PATHS)
def test_equal_pictures_are_equal_specs(path: str) -> None:
    """P-16: what is cached by Spec is cached by picture."""
    one, other = find(path.format("400x300.png"), ""), find(path.format("0400x0300.png"), "cb=1")
    assert one == other
    assert hash(one) == hash(other)
    assert one != find(path.format("400x301.png"), "")


def test_a_bad_query_is_refused_only_where_it_is_read() -> None:
    """P-33, P-48, V17."""
    thirty_three = "&".join(["a=1"] * 33)
    for path in ("/400x300", "/gradient/400x300", "/glyph/400x300"):
        with pytest.raises(Refusal):
            find(path, thirty_three)
    for path in ("/color/fff/400x300", "/seed/a/400x300"):
        assert find(path, thirty_three) == find(path, "")
