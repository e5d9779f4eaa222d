"""Our own targets, as the foreign grammars write them."""

from urllib.parse import quote

from placeholder.values.color import Color
from placeholder.values.size import Size

_IN_A_WORD = "!$&'()*+,;=:@~"


def label(size: Size, ending: str, text: str | None, bg: Color, fg: Color | None) -> str:
    """A label of ours. `ending` is what may follow a size (values/format.py); without `text` it says its size; without `fg`
    a readable colour is chosen."""
    words = [f"bg={bg.digits}"]
    words += [f"fg={fg.digits}"] if fg else []
    words += [f"text={quote(text, safe='', errors='replace')}"] if text else []
    return f"/{size.w}x{size.h}{ending}?" + "&".join(words)


def seed(seed: str, size: Size, ending: str) -> str:
    """A seed of ours. One holds no slash (P-49), so a hyphen stands in its place."""
    word = quote(seed.replace("/", "-"), safe=_IN_A_WORD, errors="replace")
    return f"/seed/{word}/{size.w}x{size.h}{ending}"
