"""placehold.co.

    /{size}[@2x|@3x][/{bg}[/{fg}]]  with a format as an ending behind any word, or as a word of its own; ?text= and ?font=

| they have | here |
|---|---|
| `/400`, `/600x400` | a square, or that size; SVG |
| `/600x400.png`, `/600x400/png`, `/600x400/000/fff/png` | that format: svg, png, jpg, jpeg, gif, webp, avif |
| two endings, an ending and a word | the first ending counts |
| `@2x`, `@3x` behind the size | so many pixels to the unit; as with them, not in SVG |
| `/000000/FFFFFF`, `/orange/white`: 3 or 6 hexadecimal digits, names of CSS | those colours; without them #dddddd and #999999 |
| a ground without a text colour, which they refuse | a readable text colour is chosen |
| `transparent` | the same; JPEG, which has no alpha, is on white |
| `?text=`, a backslash and n in it | the label and its lines; an empty one is the size |
| `?font=` | left out: our own font |
| any other word, a second word of format | 404 |

Sources: ExeQue/php-placehold-dot-co, guides that pages follow, and an answer of theirs for the default colours.
"""

import re

from placeholder.synth.foreign import ours
from placeholder.synth.foreign.inks import digits, named
from placeholder.synth.foreign.words import cut, size_of, stacked, text_of
from placeholder.values.color import Color

FORMATS = ("svg", "png", "jpg", "jpeg", "gif", "webp", "avif")
GROUND, INK = Color("#dddddd"), Color("#999999")
_SIZE = re.compile(r"([^@]*)(@[23]x)?")


def read(target: str) -> str | None:
    """Raises BadParameter."""
    words, query = cut(target)
    formats = [word.lower() for word in words[1:] if word.lower() in FORMATS]
    stack = stacked([*words[:1], *(word for word in words[1:] if word.lower() not in FORMATS)], FORMATS)
    measure = _SIZE.fullmatch(stack.size) if stack else None
    size = size_of(measure[1]) if measure else None
    if stack is None or measure is None or size is None or len(formats) > 1:
        return None
    bg, fg = _ink(stack.bg), _ink(stack.fg)
    if (stack.bg and not bg) or (stack.fg and not fg):
        return None
    wanted = stack.format or "".join(formats)
    ending = f"{measure[2] or ''}.{wanted}" if wanted not in ("", "svg") else ""
    return ours.label(size, ending, text_of(query), bg or GROUND, fg or (None if bg else INK))


def _ink(word: str) -> Color | None:
    return named(word) or digits(word, (3, 6))
