"""ThumbHash: the bytes that its author's own encoder writes (JavaScript, version 0.1.1), and what pages read from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.raster.thumbhash import thumbhash


def waves(width: int, height: int, opaque: bool) -> bytes:
    """A picture by formula, so that another encoder can be given the same."""
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            pixels += bytes(((x * x * 3 + y * 5) % 256, (x * 7 + y * y * 2) % 256, (x * y + 40) % 256))
            pixels.append(255 if opaque else (x * x * 2 + x * y * 3 + y * 11) % 256)
    return bytes(pixels)


VECTORS = {
    (100, 100, True): "1f0802070055556065676675774754b45387c6dffcaf5205",
    (100, 100, False): "1f0882050007455357678747f4becfad0f176334a464909581",
    (100, 56, True): "1f08020c82434453515505291468ab9a8f38f9",
    (100, 56, False): "1f0882038207425363560babaa7f38f90862714604c915",
    (56, 100, True): "1f08020402344055557742817247afaead6f64",
    (56, 100, False): "1f088203000701647508a3bdbfbe6f5433095946542637",
    (48, 48, True): "1f08020f0205546311313607374a45186772d3a9f8c8380f",
    (48, 48, False): "1f08820d020706652442185938ae7b8f7df441466045756623",
    (37, 11, True): "9ce8051a88105655338855a9993f8f668f",
    (37, 11, False): "9ef885118407107934bba69a5e7f669f02103133744549",
    (11, 37, True): "5c180a1a0622502988867676cf597c11f0",
    (11, 37, False): "9c188609040712604a7b7acf6a7d23f184763385121570",
    (13, 9, True): "d5180a258c609795828787798777888840454af366",
    (13, 9, False): "1719860b881680a9a3988a504a5df456205633b6768967",
}


@pytest.mark.parametrize(("width", "height", "opaque"), VECTORS)
def test_the_bytes_are_those_of_the_format_s_own_encoder(width: int, height: int, opaque: bool) -> None:
    assert thumbhash(width, height, waves(width, height, opaque)).hex() == VECTORS[width, height, opaque]


def head(body: bytes) -> tuple[int, int, int, int, int, int, bool]:
    """Luminance, yellow-blue, red-green; luminance's scale, has alpha; terms along the shorter side, is landscape."""
    first, second = int.from_bytes(body[:3], "little"), int.from_bytes(body[3:5], "little")
    return first & 63, first >> 6 & 63, first >> 12 & 63, first >> 18 & 31, first >> 23, second & 7, bool(second >> 15)


@pytest.mark.parametrize(
    ("color", "luminance", "yellow_blue", "red_green"),
    [
        pytest.param((0, 0, 0), 0, 32, 32, id="black"),
        pytest.param((255, 255, 255), 63, 32, 32, id="white"),
        pytest.param((255, 0, 0), 21, 47, 63, id="red"),
        pytest.param((0, 255, 0), 21, 47, 0, id="green"),
        pytest.param((0, 0, 255), 21, 0, 32, id="blue"),
    ],
)
def test_a_flat_picture_is_its_colour_and_nothing_varies(
    color: tuple[int, int, int], luminance: int, yellow_blue: int, red_green: int
) -> None:
    flat = thumbhash(9, 7, bytes((*color, 255)) * 63)
    assert head(flat)[:5] == (luminance, yellow_blue, red_green, 0, 0)
    assert set(flat[5:]) == {0}


SHAPES = [(100, 100, 7, False), (100, 50, 4, True), (50, 100, 4, False), (100, 1, 1, True)]


@pytest.mark.parametrize(("width", "height", "terms", "landscape"), SHAPES)
def test_it_tells_the_shape(width: int, height: int, terms: int, landscape: bool) -> None:
    assert head(thumbhash(width, height, waves(width, height, opaque=True)))[5:] == (terms, landscape)


def test_what_is_transparent_has_no_colour() -> None:
    """Its hidden colour does not count, and nothing divides by no alpha at all."""
    half = [thumbhash(2, 1, bytes((200, 100, 50, 255, *hidden, 0))) for hidden in ((0, 0, 0), (255, 255, 255))]
    assert half[0] == half[1]
    assert head(thumbhash(3, 3, bytes(36)))[:3] == (0, 32, 32)


@given(st.integers(1, 24), st.integers(1, 24), st.data())
def test_any_picture_has_a_short_hash(width: int, height: int, data: st.DataObject) -> None:
    rgba = data.draw(st.binary(min_size=4 * width * height, max_size=4 * width * height))
    assert 5 <= len(thumbhash(width, height, rgba)) <= 25 + 11


@pytest.mark.parametrize(("width", "height", "length"), [(101, 1, 404), (0, 1, 0), (1, 0, 0), (2, 2, 15), (2, 2, 17)])
def test_what_is_no_small_picture_is_refused(width: int, height: int, length: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        thumbhash(width, height, bytes(length))
