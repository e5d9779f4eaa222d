"""via.placeholder.com, placeholder.com and placehold.it: gone since 2023, and still in the fixtures of Faker and JSONPlaceholder.

    /{size}[/{bg}[/{fg}]][/]  with an ending behind any word, and ?text= or &text= behind it all

| they have | here |
|---|---|
| `/150`, `/350x150` | a square, or that size; PNG |
| `.png`, `.jpg`, `.jpeg`, `.gif`, `.webp` behind any word | that format; of several endings the first counts |
| `/09f/fff`: ground and text in 3 or 6 hexadecimal digits | those colours; without them #cccccc and #969696 |
| `?text=`, `?Text=`, `&text=` without a question mark | the label, as ours (values/text.py); an empty one is the size |
| a space behind a word (`/808080%20?Text=`), as their own examples had it | counts for nothing |
| any other parameter | left out |
| a word that is no colour, another ending, a fourth word | 404 |

Sources: Faker (Ruby), FakerPHP, JSONPlaceholder, and pages that still ask; the two default colours from memory.
"""

from placeholder.synth.foreign import ours
from placeholder.synth.foreign.inks import digits
from placeholder.synth.foreign.words import cut_inline, size_of, stacked, text_of
from placeholder.values.color import Color

FORMATS = ("png", "jpg", "jpeg", "gif", "webp")
GROUND, INK = Color("#cccccc"), Color("#969696")
_LENGTHS = (3, 6)


def read(target: str) -> str | None:
    """Raises BadParameter."""
    words, query = cut_inline(target)
    stack = stacked(words, FORMATS)
    size = size_of(stack.size) if stack else None
    if stack is None or size is None:
        return None
    bg, fg = digits(stack.bg, _LENGTHS), digits(stack.fg, _LENGTHS)
    if (stack.bg and not bg) or (stack.fg and not fg):
        return None
    return ours.label(size, f".{stack.format or 'png'}", text_of(query), bg or GROUND, fg or INK)
