"""The catalogue: which path names which drawing, in which format."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.errors import BadParameter, NoSuchPicture, Refusal, TooLong
from placeholder.synth.catalogue import CATALOGUE, MAX_URL, find, find_target, look_up, notice, svg_bytes
from placeholder.values.format import SUFFIXES, Format
from placeholder.values.size import Size

ADDRESSES = {
    "/{size}": ("text", "bg", "fg", "radius", "border", "font", "weight", "align", "theme", "debug"),
    "/color/{hex}/{size}": (),
    "/gradient/{size}": ("from", "to", "angle", "type", "radius"),
    "/seed/{seed}/{size}": ("style", "theme"),
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


@pytest.mark.parametrize("path", NOWHERE, ids=ascii)
def test_no_name_is_seen_in_it(path: str) -> None:
    """P-5: an address that is none stays none where names are read."""
    with pytest.raises(NoSuchPicture):
        find_target(path.replace("%", "%25").replace("?", "%3F"))


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


# ---------------------------------------------------------------- sizes by name and by ratio

NAMED = {"og": "1200x630", "4k": "2048x1152", "16:9/1280": "1280x720", "1:4/4000": "512x2048", "0:1/0": "1x1"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("suffix", ["", *SUFFIXES])
@pytest.mark.parametrize(("name", "plain"), NAMED.items())
def test_a_named_size_is_the_same_picture_as_its_plain_form(path: str, suffix: str, name: str, plain: str) -> None:
    found, location = look_up(path.format(name + suffix))
    assert location == path.format(plain + suffix)
    assert look_up(location) == (found, None)
    assert find_target(path.format(name + suffix)) == found


LOCATIONS = {
    "/og?text=a+b&bg=fff": "/1200x630?text=a+b&bg=fff",
    "/og?": "/1200x630",
    "/og??": "/1200x630??",
    "/og?text=a%zz%": "/1200x630?text=a%zz%",
    "/%6Fg": "/1200x630",
    "/16%3A9/1280": "/1280x720",
    "/16:9%2F1280": "/1280x720",
    "/seed/a%20b%2B%25%3F%23/og.png": "/seed/a%20b+%25%3F%23/1200x630.png",
    "/seed/caf%C3%A9/og": "/seed/caf%C3%A9/1200x630",
    "/seed/%FF/og": "/seed/%EF%BF%BD/1200x630",
    "/seed/\u00e9/og?x=\u00e9": "/seed/%C3%A9/1200x630?x=%C3%A9",
    '/og?text=<"\\^`{|}> #': "/1200x630?text=%3C%22%5C%5E%60%7B%7C%7D%3E%20%23",
    "/og?text=a\r\nb": "/1200x630?text=a%0D%0Ab",
    "/color/fff/og?any=1": "/color/fff/1200x630?any=1",
}


@pytest.mark.parametrize(("target", "plain"), LOCATIONS.items(), ids=ascii)
def test_the_plain_target_is_one_that_can_be_sent(target: str, plain: str) -> None:
    """RFC 3986 §2, RFC 9110 §8.7: and it names the same picture."""
    picture, location = look_up(target)
    assert location == plain
    assert look_up(plain) == (picture, None)


ANY = st.text(st.characters(max_codepoint=255), max_size=30)


@given(ANY, ANY, st.sampled_from(list(NAMED)), st.sampled_from(["", ".png", "@2x.svg"]))
def test_whatever_stands_around_a_name_the_plain_target_names_the_same(seed: str, query: str, name: str, suffix: str) -> None:
    """Targets as they may come over the wire: any byte."""
    for target in (f"/seed/{seed}/{name}{suffix}?{query}", f"/{name}{suffix}?text={query}", f"/gradient/{name}?{query}"):
        try:
            picture, location = look_up(target)
        except Refusal:
            continue
        if location is not None:
            assert re.fullmatch(r"/[!-~]*", location)
            assert not set(location) & set('"<>\\^`{|}#')
            assert look_up(location) == (picture, None)


def test_a_plain_target_that_is_too_long_to_be_read_is_not_told() -> None:
    text = "/og?text=" + "a" * (MAX_URL - len("/og?text="))
    picture, location = look_up(text)
    assert (picture.spec.size, location) == (Size(1200, 630), None)
    assert look_up(text[:-6])[1] == text[:-6].replace("og", "1200x630")
    with pytest.raises(TooLong):
        look_up(text + "a")


def test_a_library_may_be_asked_with_any_text() -> None:
    """A lone surrogate is no fault (V9)."""
    assert find_target("/seed/\ud800/og?a=\ud800") == find_target("/seed/\ud800/1200x630")


@pytest.mark.parametrize(
    "target",
    [
        *("/16:9/1280/1280", "/16:9/400x300", "/16:9/og", "/og/og", "/og/400x300", "/16:9", "/16:9/1280.", "/16:9/1280@2x"),
        *("/og.bmp", "/og.", "/og.PNG", "/og@2x", "/OG", "/og/", "//og", "/%2Fog", "og", "16:9/1280", "/seed/og", "/glyph"),
        *("/gradient/x/16:9/1280", "/seed/16:9/1280", "/seed//og", "/seed//16:9/1280", "/color/og", "/x?/og"),
        *("/ai/og/a.png", "/v1/og", "/v1/16:9/1280"),
    ],
)
def test_a_name_makes_no_address_that_is_none(target: str) -> None:
    """P-1, P-5."""
    with pytest.raises(NoSuchPicture):
        look_up(target)


def test_a_name_is_no_excuse() -> None:
    for target, param in {"/og?bg=z": "bg", "/color/zzz/og": "hex", "/color/16:9/og": "hex", "/glyph/16:9/9?as=x": "as"}.items():
        with pytest.raises(BadParameter) as refusal:
            look_up(target)
        assert refusal.value.param == param


def test_a_seed_may_be_called_as_a_size_is() -> None:
    """P-45: what stands before the size is the seed, whatever it looks like."""
    for target, seed in (("/seed/og/400x300", "og"), ("/seed/16:9/400x300", "16:9"), ("/seed/400x300/og", "400x300")):
        assert look_up(target)[0].spec.seed == seed  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("path", "size", "form"),
    [
        ("/og", (1200, 630), Format.SVG),
        ("/gradient/16:9/1280.png", (1280, 720), Format.PNG),
        ("/color/zzz/4k.webp", (2048, 1152), Format.WEBP),
        ("/nosuch/og.gif", (1200, 630), Format.GIF),
        ("/og.bmp", (400, 300), Format.SVG),
    ],
)
def test_a_notice_has_the_size_that_a_name_asks_for(path: str, size: tuple[int, int], form: Format) -> None:
    picture = notice(path, "400")
    assert (picture.spec.size, picture.format) == (Size(*size), form)
