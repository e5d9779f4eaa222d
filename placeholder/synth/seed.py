"""`/seed/{seed}/{w}x{h}`: a picture that belongs to its seed string (P-45 to P-50).

Thirty-two bytes of BLAKE2b over the seed's UTF-8 decide everything: the hue, how far the ground's two colours lie
apart, and the place, size and tint of CIRCLES translucent discs. This look belongs to its URLs for ever: a new look is a
new file, never a change here.
"""

from dataclasses import dataclass
from functools import cache

from placeholder.svg import markup
from placeholder.synth.dice import roll
from placeholder.values.color import Color
from placeholder.values.query import Query
from placeholder.values.size import Size
from placeholder.values.text import clean_text

CIRCLES = 5
_OPACITIES = (".18", ".28", ".38", ".5")
_SKY, _DEPTH, *_DISCS = ((150, 176), (172, 120), (200, 118), (200, 150), (200, 182), (200, 214))
"""Saturation and lightness, 0 … 255: of the ground's two ends, and of the discs."""


@dataclass(frozen=True, slots=True)
class Seed:
    size: Size
    seed: str

    @property
    def smooth(self) -> bool:
        return True

    @property
    def inks(self) -> None:
        return None


def parse(size: Size, _: Query, seed: str) -> Seed:
    return Seed(size, seed)


def draw(spec: Seed) -> str:
    w, h = spec.size.w, spec.size.h
    dice = roll(spec.seed, 32)
    hue, spread = dice[0], 20 + dice[1] % 60
    start, end = _tint(hue, _SKY), _tint((hue + spread) % 256, _DEPTH)
    # The ground's direction is one of its two diagonals.
    left = 0 if dice[2] & 1 else w
    name = f"s-{start.hex[1:]}-{end.hex[1:]}-{left}-{w}x{h}"
    parts = [
        markup.linear_gradient(name, (left, 0), (w - left, h), (start, end)),
        markup.ground(spec.size, f"url(#{name})"),
    ]
    for at in range(3, 3 + 5 * CIRCLES, 5):
        x, y, r, turn, look = dice[at : at + 5]
        color = _tint((hue + spread + turn // 3) % 256, _DISCS[look >> 4 & 3])
        parts.append(markup.circle(w * x // 255, h * y // 255, 1 + (w + h) * (26 + r) // 1100, color, _OPACITIES[look >> 6]))
    return markup.document(spec.size, clean_text(spec.seed), *parts)


@cache
def _tint(hue: int, tone: tuple[int, int]) -> Color:
    """The HSL colour in whole numbers: hue in 256ths of a turn, the tone's saturation and lightness 0 … 255."""
    saturation, lightness = tone
    chroma = saturation * (255 - abs(2 * lightness - 255)) // 255
    sector, rise = divmod(hue * 6, 256)
    low = lightness - chroma // 2
    high = low + chroma
    middle = low + chroma * (255 - rise if sector & 1 else rise) // 255
    r, g, b = (
        (high, middle, low),
        (middle, high, low),
        (low, high, middle),
        (low, middle, high),
        (middle, low, high),
        (high, low, middle),
    )[sector]
    return Color(f"#{r:02x}{g:02x}{b:02x}")
