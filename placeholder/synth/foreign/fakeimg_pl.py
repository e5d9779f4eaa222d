"""fakeimg.pl.

    /{size}[/{bg}[,{alpha}][/{fg}[,{alpha}]]][/{name}.{png|webp}][/]?text=…

| they have | here |
|---|---|
| `/300/`, `/250x100/` | a square, or that size; PNG |
| `/300/anything.png`, `.webp` | that format; the name counts for nothing |
| `/ff0000/000`: 3 or 6 hexadecimal digits | those colours; without them #cccccc and #909090 |
| `/ff0000,128/000,255`: alpha of 0 to 255 | the same; a translucent text lies on its ground, where theirs cut through it |
| `?text=`, a line feed in it | the label and its lines; an empty one is the size |
| `?retina=`, whatever its value | two pixels to the unit |
| `?font=`, `?font_size=` | left out: our own font, in the size that fits |
| `?radius=`, `?radius_tl=` … | left out: square corners |
| `<:name:number>` in a text, Discord's pictures | text as any other |
| sides over 4000, which they refuse | clamped to 2048 |
| any other word, an alpha over 255 | 404 |

Source: Rydgel/Fake-images-please.
"""

import re

from placeholder.synth.foreign import ours
from placeholder.synth.foreign.inks import digits
from placeholder.synth.foreign.words import cut, size_of, text_of
from placeholder.values.color import OPAQUE, Color
from placeholder.values.query import parse_query

GROUND, INK = Color("#cccccc"), Color("#909090")
_NAME = re.compile(r".+\.(png|webp)", re.DOTALL)
_INK = re.compile(r"([0-9a-fA-F]{3,6})(?:,([0-9]{1,3}))?")


def read(target: str) -> str | None:
    """Raises BadParameter."""
    words, query = cut(target)
    name = _NAME.fullmatch(words[-1]) if len(words) > 1 else None
    size_word, *colors = words[:-1] if name else words or [""]
    size, inks = size_of(size_word), [_ink(word) for word in colors]
    if size is None or len(inks) > 2 or not all(inks):
        return None
    bg, fg = (*(ink for ink in inks if ink), *(GROUND, INK)[len(inks) :])
    density = "@2x" if "retina" in parse_query(query) else ""
    return ours.label(size, f"{density}.{name[1] if name else 'png'}", text_of(query), bg, fg)


def _ink(word: str) -> Color | None:
    match = _INK.fullmatch(word)
    ink = digits(match[1], (3, 6)) if match else None
    alpha = int(match[2]) if match and match[2] else OPAQUE
    return Color(ink.hex, alpha) if ink and alpha <= OPAQUE else None
