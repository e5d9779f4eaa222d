"""The colours of the peers.

digits   "09f", "0099ff", with "#" or without; some peers repeat one or two digits; four and eight have alpha (CSS)
names    the 148 of CSS, and "transparent"
css      either, or rgb(), rgba(), hsl(), hsla() with commas or spaces (CSS Color 4 §5.1, §7)
"""

import re
from collections.abc import Collection
from colorsys import hls_to_rgb

from placeholder.values.color import CLEAR, OPAQUE, Color
from placeholder.values.css_names import CSS_NAMES

_HEX = re.compile("[0-9a-fA-F]+")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]{5,60})\)")
_BETWEEN = re.compile(r"\s*[,/]\s*|\s+")
_NUMBER = re.compile(r"([+-]?(?:[0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}))(%|deg)?")


def digits(word: str, lengths: Collection[int]) -> Color | None:
    """The colour that so many hexadecimal digits name, `lengths` being 1, 2, 3, 4, 6 or 8."""
    word = word.removeprefix("#")
    if len(word) not in lengths or not _HEX.fullmatch(word):
        return None
    if len(word) < 3:
        word *= 6 // len(word)
    elif len(word) < 6:
        word = "".join(digit * 2 for digit in word)
    return Color("#" + word[:6].lower(), int(word[6:] or "ff", 16))


def named(word: str) -> Color | None:
    """The colour that has this name, in any case."""
    word = word.lower()
    if word == "transparent":
        return CLEAR
    return Color("#" + CSS_NAMES[word]) if word in CSS_NAMES else None


def css(text: str) -> Color | None:
    """The colour that CSS would read in `text`, as far as the grammar above goes."""
    text = text.strip().lower()
    function = _FUNCTION.fullmatch(text)
    if function is None:
        return named(text) or (digits(text, (3, 4, 6, 8)) if text.startswith("#") else None)
    numbers = [_NUMBER.fullmatch(part) for part in _BETWEEN.split(function[2].strip())]
    if len(numbers) not in (3, 4) or None in numbers:
        return None
    values = [(float(number[1]), number[2] or "") for number in numbers if number]
    alpha = OPAQUE if len(values) < 4 else _byte(values[3], 1)
    rgb = _rgb if function[1] == "rgb" else _hsl
    return Color("#{:02x}{:02x}{:02x}".format(*rgb(*values[:3])), alpha)


_Value = tuple[float, str]


def _byte(value: _Value, whole: float) -> int:
    """A share of `whole`, or a percentage, as 0 … 255."""
    number, unit = value
    return round(min(max(number / (100 if unit == "%" else whole), 0), 1) * 255)


def _rgb(*channels: _Value) -> list[int]:
    return [_byte(channel, 255) for channel in channels]


def _hsl(hue: _Value, saturation: _Value, lightness: _Value) -> list[int]:
    s, li = (min(max(number / 100, 0), 1) for number, _ in (saturation, lightness))
    return [round(channel * 255) for channel in hls_to_rgb(hue[0] % 360 / 360, li, s)]
