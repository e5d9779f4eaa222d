"""dummyimage.com.

    /{size}[/{bg}[/{fg}]][/]  in any case, with an ending behind any word, and &text= or ?text= behind it all
    size = number | number "x" number | number "x" ratio | ratio "x" number | name

| they have | here |
|---|---|
| `/300`, `/600x400` | a square, or that size; PNG |
| `/640x4:3`, `/16:9x1080` | the missing side follows from the ratio, rounded |
| `/qvga`, `/skyscraper`, and their short forms | the sizes of NAMES, as their server has them: `svga` is 1024×600 |
| `.gif`, `.jpg`, `.jpeg`, `.png`, `.webp` behind any word | that format; of several endings the first counts |
| 1, 2, 3 or 6 hexadecimal digits, perhaps behind `#` (%23) | those colours, one or two digits being repeated |
| no colours | #cccccc and #000000 |
| `&text=` behind the path, `?text=` | the label; a bar breaks the line; an empty one is the size |
| `0x2B`, `0x23`, `0x25`, `0x26` in a text | `+`, `#`, `%`, `&`, unless a digit stands before: 400x250 stays |
| any other parameter | left out |
| a ratio without its other side, or with a zero or more than 5 digits | 404 |
| a word that is no colour, which they take for black | 404 |

Source: kingkool68/dummyimage, its documentation and its server's rules.
"""

import re

from placeholder.synth.foreign import ours
from placeholder.synth.foreign.inks import digits
from placeholder.synth.foreign.words import cut_inline, size_of, stacked, text_of
from placeholder.values.color import BLACK, Color
from placeholder.values.size import Size, parse_size

FORMATS = ("png", "jpg", "jpeg", "gif", "webp")
GROUND, INK = Color("#cccccc"), BLACK
_LENGTHS = (1, 2, 3, 6)

NAMES: dict[str, Size] = {
    name: Size(w, h)
    for names, w, h in (
        ("mediumrectangle medrect", 300, 250),
        ("squarepopup sqrpop", 250, 250),
        ("verticalrectangle vertrec", 240, 400),
        ("largerectangle lrgrec", 336, 280),
        ("rectangle rec", 180, 150),
        ("popunder pop", 720, 300),
        ("fullbanner fullban", 468, 60),
        ("halfbanner halfban", 234, 60),
        ("microbar mibar", 88, 31),
        ("button1 but1", 120, 90),
        ("button2 but2", 120, 60),
        ("verticalbanner vertban", 120, 240),
        ("squarebutton sqrbut", 125, 125),
        ("leaderboard leadbrd", 728, 90),
        ("wideskyscraper wiskyscrpr", 160, 600),
        ("skyscraper skyscrpr", 120, 600),
        ("halfpage hpge", 300, 600),
        ("cga", 320, 200),
        ("qvga", 320, 240),
        ("vga", 640, 480),
        ("wvga", 800, 480),
        ("svga wsvga", 1024, 600),
        ("xga", 1024, 768),
        ("wxga", 1280, 800),
        ("wsxga", 1440, 900),
        ("wuxga", 1920, 1200),
        ("wqxga", 2048, 1600),
        ("ntsc", 720, 480),
        ("pal", 768, 576),
        ("hd720", 1280, 720),
        ("hd1080", 1920, 1080),
    )
    for name in names.split()
}
_RATIO = re.compile(r"(?:([0-9]{1,5})x([0-9]{1,5}):([0-9]{1,5})|([0-9]{1,5}):([0-9]{1,5})x([0-9]{1,5}))")
_ESCAPE = re.compile("(?<![0-9])0x(2b|23|25|26)", re.IGNORECASE)


def read(target: str) -> str | None:
    """Raises BadParameter."""
    words, query = cut_inline(target)
    stack = stacked([word.lower() for word in words], FORMATS)
    size = _size(stack.size) if stack else None
    if stack is None or size is None:
        return None
    bg, fg = digits(stack.bg, _LENGTHS), digits(stack.fg, _LENGTHS)
    if (stack.bg and not bg) or (stack.fg and not fg):
        return None
    text = text_of(query)
    if text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("|", "\n")
    return ours.label(size, f".{stack.format or 'png'}", text, bg or GROUND, fg or INK)


def _size(word: str) -> Size | None:
    return size_of(word) or NAMES.get(word) or _by_ratio(word)


def _by_ratio(word: str) -> Size | None:
    match = _RATIO.fullmatch(word)
    if match is None:
        return None
    w, across, down, wide, high, h = (int(number or 0) for number in match.groups())
    if across and down:
        return parse_size(f"{w}x{(2 * w * down + across) // (2 * across)}")
    return parse_size(f"{(2 * h * wide + high) // (2 * high)}x{h}") if wide and high else None
