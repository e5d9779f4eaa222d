"""`?debug=1`: what a picture was asked for as, written into it: `webp @2x 800×600`. Whoever debugs a `srcset` sees which of
its entries a browser took.

It stands under the label; where there is room for one of the two alone, it stands there alone.
"""

from placeholder.svg.font import Face
from placeholder.svg.paragraph import MIN_SIZE
from placeholder.svg.text import Block, Room, fit
from placeholder.values.format import Format
from placeholder.values.size import Size

_SHARE = 0.1
_LEAST = 18.75
"""Of the room's height, and in drawn units: the latter is what a line of type of twelve units takes (svg/text.py)."""

_SMALLER = 0.75
"""Than its label, as far as it can still be read."""


def caption(format: Format, density: int, pixels: Size) -> str:
    return f"{format.name.lower()} @{density}x {pixels}"


def captioned(label: str, below: str | None, room: Room, face: Face) -> list[Block]:
    """Both laid out, as far as they fit into `room` one under the other; `below` may be none."""
    if not below:
        block = fit(label, room, face)
        return [block] if block else []
    strip = min(room.h, max(_LEAST, room.h * _SHARE))
    foot = fit(below, Room(room.w, strip), face)
    if foot is None or " ".join(line for line, *_ in foot.lines) != below:
        # Cut it tells nothing; the label can be read off the address.
        foot, strip = fit(below, room, face), room.h
    head = fit(label, Room(room.w, room.h - strip), face)
    if head and foot:
        foot = foot._replace(size=max(MIN_SIZE, min(foot.size, head.size * _SMALLER)))
    return [block for block in (head, foot) if block]
