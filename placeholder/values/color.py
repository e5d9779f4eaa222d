"""A colour, the grammars that name one, and which colour can be read on another.

    path  = 3HEXDIG / 6HEXDIG            without "#" (P-8 to P-10)
    query = [ "#" ] ( 3HEXDIG / 4HEXDIG / 6HEXDIG / 8HEXDIG )            (P-11, P-12)
          / name                         of CSS (css_names.py)
          / "transparent"

Three or four digits are their doubled six or eight (P-13), of which the last two are the alpha; case does not matter; the
canonical form is "#" and six lower-case digits, and the alpha. All that cannot be seen is one colour, CLEAR.
Contrast is WCAG 2.2's: relative luminance, and 4.5:1 as the AA bar for text. A colour that lets a page through is judged as
it looks on that page, taken to be white, or black for a dark theme.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from placeholder.errors import BadParameter
from placeholder.values.css_names import CSS_NAMES

AA_TEXT = 4.5
OPAQUE = 255
_HEX = re.compile(r"[0-9a-fA-F]{3}|[0-9a-fA-F]{6}")
_HEX_ALPHA = re.compile(r"[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8}")


@dataclass(frozen=True, slots=True)
class Color:
    """An sRGB colour; `hex` is "#" and six lower-case hexadecimal digits, `alpha` 0 (clear) … 255 (opaque)."""

    hex: str
    alpha: int = OPAQUE

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green, blue, each 0 … 255."""
        number = int(self.hex[1:], 16)
        return number >> 16, number >> 8 & 255, number & 255

    @property
    def digits(self) -> str:
        """Six hexadecimal digits, or eight with the alpha, as a query names it."""
        return self.hex[1:] if self.is_opaque else f"{self.hex[1:]}{self.alpha:02x}"

    @property
    def is_opaque(self) -> bool:
        return self.alpha == OPAQUE


BLACK, WHITE = Color("#000000"), Color("#ffffff")
CLEAR = Color("#000000", 0)


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
    if _HEX_ALPHA.fullmatch(digits):
        return _canonical(digits)
    # Outside ASCII there are letters whose lower case is one of ours.
    name = text.lower() if text.isascii() else ""
    if name == "transparent":
        return CLEAR
    if name not in CSS_NAMES:
        raise BadParameter(param, "a colour: 3, 4, 6 or 8 hexadecimal digits, such as 7c9cff, or a CSS name, such as teal")
    return Color("#" + CSS_NAMES[name])


def _canonical(digits: str) -> Color:
    digits = digits.lower()
    if len(digits) < 6:
        digits = "".join([digit * 2 for digit in digits])
    alpha = int(digits[6:] or "ff", 16)
    return Color("#" + digits[:6], alpha) if alpha else CLEAR


def over(top: Color, page: Color) -> Color:
    """What `top` looks like on `page`, an opaque colour."""
    if top.is_opaque:
        return top
    return _mix(page, Color(top.hex), top.alpha, OPAQUE)


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
    """Contrast ratio, 1 … 21 (WCAG 2.2), of opaque colours."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=4096)
def readable_on(ground: Color) -> Color:
    """A shade of `ground` (opaque) itself that text on it, or a ground under it, can have: at least AA, softer than black or
    white where that suffices. Black or white alone always reaches 4.58:1, so an answer exists for every colour."""
    ink = max((BLACK, WHITE), key=lambda end: contrast(end, ground))
    for tenths in (6, 7, 8, 9):
        shade = _mix(ground, ink, tenths, 10)
        if contrast(shade, ground) >= AA_TEXT:
            return shade
    return ink


def readable_under(ink: Color) -> Color:
    """An opaque ground on which text in `ink` can be read: at least AA, or, under an ink that is nearly clear, black or
    white, whichever it stands out from more."""
    if ink.is_opaque:
        return readable_on(ink)
    return max((WHITE, BLACK), key=lambda end: contrast(over(ink, end), end))


def _mix(start: Color, end: Color, parts: int, whole: int) -> Color:
    """`parts` of `whole` on the way from `start` to `end`."""
    channels = ((a * (whole - parts) + b * parts + whole // 2) // whole for a, b in zip(start.rgb, end.rgb, strict=True))
    return Color("#{:02x}{:02x}{:02x}".format(*channels))
