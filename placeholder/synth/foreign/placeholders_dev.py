"""placeholders.dev.

    /[{size}]  or  /api/[{size}], and everything else in the query, which also overrides the path's size

| they have | here |
|---|---|
| `/350`, `/350x150`, `/`, each also behind `/api` | a square, that size, or 300×150; SVG |
| `?width=`, `?height=` | that side, where it is a whole number; else 400 |
| `?text=` | the label; an empty one is the size |
| `?bgColor=`, `?textColor=`: any colour of CSS | `#` and digits, names, rgb(), rgba(), hsl(), hsla(); else 400 |
| no colours | #ddd and rgba(0,0,0,.5) |
| alpha in a colour | the same |
| `?darkBgColor=`, `?darkTextColor=` | left out: the light colours, always |
| `?fontFamily=`, `?fontWeight=`, `?fontSize=`, `?dy=` | left out: our own font, in the size that fits |
| `?textWrap=` | left out: text wraps by itself |
| an empty parameter | counts for nothing, as with them |
| a value that they do not understand, for which they draw the default | 400: a wrong picture would be kept for a year |
| any other path | 404 |

Source: Cherry/placeholders.dev.
"""

import re

from placeholder.errors import BadParameter
from placeholder.synth.foreign import ours
from placeholder.synth.foreign.inks import css
from placeholder.synth.foreign.words import cut, size_of, text_of
from placeholder.values.color import Color
from placeholder.values.query import Query, parse_query
from placeholder.values.size import Size, parse_size

SIZE = Size(300, 150)
GROUND, INK = Color("#dddddd"), Color("#000000", 128)
_SIDE = re.compile("[0-9]+")


def read(target: str) -> str | None:
    """Raises BadParameter."""
    words, text = cut(target)
    word = words[1:] if words[:1] == ["api"] else words
    size = SIZE if not word else size_of(word[0]) if len(word) == 1 else None
    if size is None:
        return None
    query = parse_query(text)
    size = parse_size(f"{_side(query, 'width', size.w)}x{_side(query, 'height', size.h)}") or size
    return ours.label(size, "", text_of(text), _ink(query, "bgColor", GROUND), _ink(query, "textColor", INK))


def _side(query: Query, name: str, default: int) -> str:
    text = query.get(name) or str(default)
    if not _SIDE.fullmatch(text):
        raise BadParameter(name, "a whole number of pixels")
    return text


def _ink(query: Query, name: str, default: Color) -> Color:
    text = query.get(name)
    ink = css(text) if text else default
    if ink is None:
        raise BadParameter(name, "a colour of CSS, such as #7c9cff, orange or rgba(0,0,0,0.5)")
    return ink
