"""Lorem Picsum, picsum.photos. It answers with photographs; here stands the drawing that belongs to a seed.

    seeded  = /seed/{seed}/{size} | /id/{number}/{size}
    plain   = /{size} | /g/{size}
    size    = number [ "/" number ] [ ".jpg" | ".webp" ]

`read` knows the seeded forms alone, `read_all` the plain ones too: bare numbers are what many services mean something by, so
they are read where the host says whose they are.

| they have | here |
|---|---|
| `/seed/picsum/200/300` | the drawing of the seed `picsum`; JPEG |
| `/id/237/200/300`, `?image=237` | the drawing of the seed `id-237` |
| `/200/300`, `/200`: any photograph | the drawing of the seed `200x300`, `200x200`: the same URL, the same picture |
| `?random=1` behind these | another drawing for each value: the seed `200x300-1` |
| `.jpg`, `.webp` behind the size | that format |
| `?grayscale`, `/g/…`, `?blur`, `?blur=2` | left out: colours, and sharp |
| `?hmac=`, any other parameter | left out |
| a side of 0, for a photograph's own size | 404: a drawing has none |
| any other ending | 404 |
| `/v2/list`, `/id/0/info`, `/seed/picsum/info` | 404: these are no pictures |

Source: DMarby/picsum-photos.
"""

import re

from placeholder.synth.foreign import ours
from placeholder.synth.foreign.words import cut, size_of
from placeholder.values.query import parse_query
from placeholder.values.size import Size

_LAST = re.compile(r"([0-9]+)(?:\.(jpg|webp))?")
_SIDE = re.compile("[0-9]+")
_ZERO = re.compile("0+")


def read(target: str) -> str | None:
    """The seeded forms."""
    words, _ = cut(target)
    if len(words) < 3 or not words[1]:
        return None
    match words[0]:
        case "seed":
            return _drawn(words[1], words[2:])
        case "id" if _SIDE.fullmatch(words[1]):
            return _drawn(f"id-{words[1]}", words[2:])
    return None


def read_all(target: str) -> str | None:
    """Every form. Raises BadParameter."""
    words, text = cut(target)
    sides = words[1:] if words[:1] == ["g"] else words
    measured = _size(sides)
    if measured is None:
        return read(target)
    query = parse_query(text)
    image, random = query.get("image", ""), query.get("random", "")
    size = measured[0]
    own = f"id-{image}" if _SIDE.fullmatch(image) else f"{size.w}x{size.h}" + (f"-{random}" if random else "")
    return _drawn(own, sides)


def _drawn(seed: str, sides: list[str]) -> str | None:
    measured = _size(sides)
    return ours.seed(seed, *measured) if measured else None


def _size(sides: list[str]) -> tuple[Size, str] | None:
    """The size, and the ending of our own target."""
    last = _LAST.fullmatch(sides[-1]) if 1 <= len(sides) <= 2 else None
    if last is None or not _SIDE.fullmatch(sides[0] if len(sides) == 2 else last[1]):
        return None
    w, h = (sides[0] if len(sides) == 2 else last[1]), last[1]
    size = None if _ZERO.fullmatch(w) or _ZERO.fullmatch(h) else size_of(f"{w}x{h}")
    return (size, f".{last[2] or 'jpg'}") if size else None
