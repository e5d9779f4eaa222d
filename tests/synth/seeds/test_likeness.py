"""No two of a thousand seeds look alike in any style: by a perceptual hash of the pictures as pixels.

The hash is made for this: how light each of 8 × 8 fields is in each channel, in eighths, and whether each of 13 × 13 fields is
lighter than its neighbours. Two hashes are as far apart as they have different bits. ALIKE is the measure: further than that no
picture is from itself drawn three times as large.
"""

from functools import cache
from itertools import combinations

import pytest
from fixtures.seeds import THOUSAND
from PIL import Image

from placeholder.raster.rasterize import opaque
from placeholder.synth.catalogue import find
from placeholder.synth.seeds.album import LOOKS

SIDE, ALIKE = 48, 36


def pixels(seed: str, query: str, w: int, h: int) -> Image.Image:
    picture = find(f"/seed/{seed}/{w}x{h}.png", query)
    return Image.frombuffer("RGB", (w, h), opaque(picture).write_to_memory(), "raw", "RGB", 0, 1)


def hashed(picture: Image.Image) -> int:
    bits = 0
    for level in picture.resize((8, 8), Image.Resampling.BOX).tobytes():
        bits = bits << 7 | (1 << (level >> 5)) - 1
    grey = picture.resize((13, 13), Image.Resampling.BOX).convert("L").tobytes()
    for at in range(13 * 12):
        bits = bits << 2 | (grey[at] > grey[at + 13]) << 1 | (grey[at // 12 * 13 + at % 12] > grey[at // 12 * 13 + at % 12 + 1])
    return bits


@cache
def hashes(style: str) -> list[int]:
    return [hashed(pixels(seed, f"style={style}", SIDE, SIDE)) for seed in THOUSAND]


@pytest.mark.parametrize("style", LOOKS)
def test_a_picture_is_like_itself_in_another_size(style: str) -> None:
    """P-46: what makes the next test mean something, and the same composition at every size."""
    for seed, small in list(zip(THOUSAND, hashes(style), strict=True))[::10]:
        assert (small ^ hashed(pixels(seed, f"style={style}", 3 * SIDE, 3 * SIDE))).bit_count() <= ALIKE, seed


@pytest.mark.parametrize("style", LOOKS)
def test_no_two_of_a_thousand_seeds_look_alike(style: str) -> None:
    """P-47."""
    pairs = combinations(zip(THOUSAND, hashes(style), strict=True), 2)
    assert [(one, other) for (one, a), (other, b) in pairs if (a ^ b).bit_count() <= ALIKE] == []


@pytest.mark.parametrize("style", LOOKS)
def test_a_theme_changes_the_look_of_every_seed(style: str) -> None:
    for seed, light in list(zip(THOUSAND, hashes(style), strict=True))[::50]:
        assert (light ^ hashed(pixels(seed, f"style={style}&theme=dark", SIDE, SIDE))).bit_count() > ALIKE, seed


def test_the_hash_knows_a_picture_with_another_tint_and_one_with_a_piece_moved() -> None:
    """It would be of no use if it did not."""

    def shown(color: str, at: tuple[int, int]) -> int:
        picture = Image.new("RGB", (SIDE, SIDE), color)
        picture.paste("#102030", (*at, at[0] + 16, at[1] + 16))
        return hashed(picture)

    plain = shown("#7c9cff", (8, 8))
    assert (plain ^ shown("#7d9dff", (8, 8))).bit_count() <= ALIKE
    assert (plain ^ shown("#ff9c7c", (8, 8))).bit_count() > ALIKE
    assert (plain ^ shown("#7c9cff", (24, 8))).bit_count() > ALIKE
