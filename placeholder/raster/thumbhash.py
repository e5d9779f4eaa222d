"""ThumbHash: a picture in about 25 bytes, which pages show while the picture loads. The format is Evan Wallace's, described
at https://evanw.github.io/thumbhash/; bytes come out as his own encoder writes them, but for a step where a term lies midway
between two and the order of a sum decides.

    hash       = header alpha? *nibble
    header     = 24 bits: luminance 6, yellow-blue 6, red-green 6, luminance scale 5, has alpha 1; little-endian
                 16 bits: terms along the shorter side 3, yellow-blue scale 6, red-green scale 6, is landscape 1
    alpha      = 8 bits: alpha 4, alpha scale 4
    nibble     = 4 bits: one varying term of the cosine transform, first luminance, then yellow-blue, red-green, alpha

Of each channel only the low frequencies are kept, the triangle under the diagonal. The transform is done first along the
rows, then along the columns, so that the inner loops are sums that Python does in C.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import cos, floor, pi
from operator import mul

MAX_SIDE = 100
_OPAQUE_TERMS, _TRANSPARENT_TERMS = 7, 5
_COLOR_TERMS, _ALPHA_TERMS = 3, 5
_NOISE = 1e-12
"""What sums of floats leave over of nothing. Without this floor a flat picture would hash to its rounding errors, which differ
between Python's versions."""


def thumbhash(width: int, height: int, rgba: bytes) -> bytes:
    """The hash of a picture of at most MAX_SIDE a side; `rgba` is its pixels, four bytes each, row by row."""
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and len(rgba) == 4 * width * height):
        raise ValueError(f"expected four bytes for each of 1 … {MAX_SIDE} × 1 … {MAX_SIDE} pixels")
    alpha = [value / 255 for value in rgba[3::4]]
    has_alpha = min(rgba[3::4]) < 255
    red, green, blue = (_over_its_mean(rgba[channel::4], alpha) for channel in range(3))
    longest, terms = max(width, height), _TRANSPARENT_TERMS if has_alpha else _OPAQUE_TERMS
    across, down = (max(1, _rounded(terms * side / longest)) for side in (width, height))

    def channel(values: Sequence[float], nx: int, ny: int) -> _Channel:
        return _transformed(values, width, height, nx, ny)

    luminance = channel([(r + g + b) / 3 for r, g, b in zip(red, green, blue, strict=True)], max(3, across), max(3, down))
    yellow_blue = channel([(r + g) / 2 - b for r, g, b in zip(red, green, blue, strict=True)], _COLOR_TERMS, _COLOR_TERMS)
    red_green = channel([r - g for r, g in zip(red, green, strict=True)], _COLOR_TERMS, _COLOR_TERMS)
    channels = [luminance, yellow_blue, red_green]
    landscape = width > height
    head = (
        _rounded(63 * luminance.mean)
        | _rounded(31.5 + 31.5 * yellow_blue.mean) << 6
        | _rounded(31.5 + 31.5 * red_green.mean) << 12
        | _rounded(31 * luminance.scale) << 18
        | has_alpha << 23
    ).to_bytes(3, "little") + (
        (down if landscape else across)
        | _rounded(63 * yellow_blue.scale) << 3
        | _rounded(63 * red_green.scale) << 9
        | landscape << 15
    ).to_bytes(2, "little")
    if has_alpha:
        channels.append(channel(alpha, _ALPHA_TERMS, _ALPHA_TERMS))
        head += bytes([_rounded(15 * channels[-1].mean) | _rounded(15 * channels[-1].scale) << 4])
    nibbles = [_rounded(15 * term) for term in chain.from_iterable(one.terms for one in channels)]
    nibbles += [0] * (len(nibbles) % 2)
    return head + bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class _Channel:
    """A channel's constant term, and its varying ones as 0 … 1 of twice the largest of them."""

    mean: float
    terms: Sequence[float]
    scale: float


def _over_its_mean(values: bytes, alpha: Sequence[float]) -> list[float]:
    """A colour channel as 0 … 1, laid over its own mean where it is transparent."""
    shown = [a / 255 * value for a, value in zip(alpha, values, strict=True)]
    mean = sum(shown) / (sum(alpha) or 1)
    return [mean * (1 - a) + value for a, value in zip(alpha, shown, strict=True)]


def _transformed(values: Sequence[float], width: int, height: int, nx: int, ny: int) -> _Channel:
    waves = [[cos(pi / width * cx * (x + 0.5)) for x in range(width)] for cx in range(nx)]
    rows = [values[start : start + width] for start in range(0, width * height, width)]
    # For each frequency along the rows, its strength in each row.
    strengths = [[sum(map(mul, row, wave)) for row in rows] for wave in waves]
    found: list[float] = []
    for cy in range(ny):
        wave = [cos(pi / height * cy * (y + 0.5)) for y in range(height)]
        found += (sum(map(mul, strengths[cx], wave)) / (width * height) for cx in range(nx) if cx * ny < nx * (ny - cy))
    mean, terms = found[0], [term if abs(term) > _NOISE else 0.0 for term in found[1:]]
    scale = max(map(abs, terms))
    return _Channel(mean, [0.5 + 0.5 / scale * term for term in terms] if scale else terms, scale)


def _rounded(value: float) -> int:
    """Halves go up, as in the format's own encoder; Python's round() sends them to the even side."""
    return floor(value + 0.5)
