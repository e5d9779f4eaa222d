"""A colour, the grammars that name one, and which colour can be read on another.

    path  = 3HEXDIG / 6HEXDIG            without "#" (P-8 to P-10)
    query = [ "#" ] ( 3HEXDIG / 6HEXDIG )            (P-11, P-12)

Three digits are their doubled six (P-13); case does not matter; the canonical form is "#" and six lower-case digits.
Contrast is WCAG 2.2's: relative luminance, and 4.5:1 as the AA bar for text.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from placeholder.errors import BadParameter

AA_TEXT = 4.5
_HEX = re.compile(r"[0-9a-fA-F]{3}|[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Color:
    """An opaque sRGB colour; `hex` is "#" and six lower-case hexadecimal digits."""

    hex: str

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green, blue, each 0 … 255."""
        number = int(self.hex[1:], 16)
        return number >> 16, number >> 8 & 255, number & 255


BLACK, WHITE = Color("#000000"), Color("#ffffff")


@lru_cache(maxsize=4096)
def parse_path_color(text: str) -> Color:
    """The colour that a path segment names. Raises BadParameter (AP-3)."""
    if not _HEX.fullmatch(text):
        raise BadParameter("hex", "a colour of 3 or 6 hexadecimal digits, such as 7c9cff")
    return _canonical(text)


@lru_cache(maxsize=4096)
def parse_query_color(param: str, text: str) -> Color:
    """The colour that the query parameter `param` names. Raises BadParameter (AP-4)."""
    digits = text.removeprefix("#")
    if not _HEX.fullmatch(digits):
        raise BadParameter(param, "a colour of 3 or 6 hexadecimal digits, such as 7c9cff")
    return _canonical(digits)


def _canonical(digits: str) -> Color:
    if len(digits) == 3:
        digits = digits[0] * 2 + digits[1] * 2 + digits[2] * 2
    return Color("#" + digits.lower())


def _linear(channel: int) -> float:
    c = channel / 255
    # Rounded, so that a libm that differs in the last bit cannot change a choice.
    return round(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4, 9)


_LINEAR = tuple(_linear(channel) for channel in range(256))


def luminance(color: Color) -> float:
    """Relative luminance, 0 (black) … 1 (white) (WCAG 2.2)."""
    r, g, b = color.rgb
    return 0.2126 * _LINEAR[r] + 0.7152 * _LINEAR[g] + 0.0722 * _LINEAR[b]


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio, 1 … 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def readable_on(ground: Color) -> Color:
    """A shade of `ground` itself that text on it, or a ground under it, can have: at least AA, softer than black or white
    where that suffices. Black or white alone always reaches 4.58:1, so an answer exists for every colour."""
    ink = max((BLACK, WHITE), key=lambda end: contrast(end, ground))
    for tenths in (6, 7, 8, 9):
        shade = _mix(ground, ink, tenths)
        if contrast(shade, ground) >= AA_TEXT:
            return shade
    return ink


def _mix(start: Color, end: Color, tenths: int) -> Color:
    channels = ((a * (10 - tenths) + b * tenths + 5) // 10 for a, b in zip(start.rgb, end.rgb, strict=True))
    return Color("#{:02x}{:02x}{:02x}".format(*channels))
