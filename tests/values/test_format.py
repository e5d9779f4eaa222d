"""Format: the suffixes, and pixels at a density."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.values.format import MAX_PIXELS_SIDE, SUFFIXES, Format, pixels
from placeholder.values.size import Size

MEDIA_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
}


def test_every_extension_comes_in_three_densities_and_there_are_no_others() -> None:
    expected = {
        f"{mark}.{extension}": (Format(media_type), density)
        for extension, media_type in MEDIA_TYPES.items()
        for mark, density in (("", 1), ("@2x", 2), ("@3x", 3))
    }
    assert expected == SUFFIXES


@pytest.mark.parametrize(
    ("size", "density", "expected"),
    [
        ((400, 300), 1, (400, 300)),
        ((400, 300), 2, (800, 600)),
        ((400, 300), 3, (1200, 900)),
        ((2048, 2048), 1, (2048, 2048)),
        ((2048, 1024), 2, (4096, 2048)),
        ((2048, 2048), 3, (4096, 4096)),
        ((1500, 1000), 3, (4096, 2731)),
        ((1000, 1500), 3, (2731, 4096)),
        ((2048, 1), 3, (4096, 2)),
        ((1, 2048), 3, (2, 4096)),
        ((1365, 1), 3, (4095, 3)),
        ((1366, 1), 3, (4096, 3)),
        ((1, 1), 3, (3, 3)),
    ],
)
def test_a_density_multiplies_and_the_longest_side_stays_in_bounds(
    size: tuple[int, int], density: int, expected: tuple[int, int]
) -> None:
    assert pixels(Size(*size), density) == Size(*expected)


@given(st.integers(1, 2048), st.integers(1, 2048), st.integers(1, 3))
def test_pixels_keep_the_ratio_and_never_pass_the_bound(w: int, h: int, density: int) -> None:
    shown = pixels(Size(w, h), density)
    assert 1 <= min(shown.w, shown.h) <= max(shown.w, shown.h) <= MAX_PIXELS_SIDE
    if max(w, h) * density <= MAX_PIXELS_SIDE:
        assert (shown.w, shown.h) == (w * density, h * density)
    else:
        scale = MAX_PIXELS_SIDE / max(w, h)
        assert max(shown.w, shown.h) == MAX_PIXELS_SIDE
        assert abs(shown.w - w * scale) <= 0.5
        assert abs(shown.h - h * scale) <= 0.5
