"""How a label looks besides its words, and the grammar of that in the query.

    radius, border                          values/frame.py
    font   = "sans" / "serif" / "mono"
    weight = "400" / "700"
    align  = "left" / "center" / "right"
    theme  = "light" / "dark" / "auto"
    debug  = "0" / "1"                      1 writes format, density and size under the label (caption.py)

Theme auto is one SVG that follows the reader's colour scheme, and in pixels the light theme. Colours that are given win over
any theme.
"""

from dataclasses import dataclass
from typing import Literal, cast

from placeholder.svg.font import FACES, FAMILIES, SANS, WEIGHTS, Face
from placeholder.svg.text import Align
from placeholder.values.color import BLACK, WHITE, Color, over, readable_on, readable_under
from placeholder.values.frame import parse_border, parse_radius
from placeholder.values.query import Query, chosen
from placeholder.values.size import Size

PARAMETERS = ("radius", "border", "font", "weight", "align", "theme", "debug")
ASKING = frozenset(PARAMETERS)
"""Without any of these there is nothing for `parse` to read; it would come to `colors` and PLAIN."""
ALIGNS = ("left", "center", "right")
THEMES = ("light", "dark", "auto")

Theme = Literal["light", "dark", "auto"]
Colors = tuple[Color, Color]
"""Ground and text."""

LIGHT: Colors = (Color("#e2e8f0"), Color("#475569"))
DARK: Colors = (Color("#1e293b"), Color("#94a3b8"))


@dataclass(frozen=True, slots=True)
class Look:
    """`radius` and `border` in drawn units, at most half the shorter side; a border without `line` has the text's colour;
    `dark` are the colours for readers whose scheme is dark, None where theirs are the same; a `caption` that is asked for is
    empty until somebody writes it who knows in which format the picture is sent."""

    radius: float = 0
    border: float = 0
    line: Color | None = None
    face: Face = SANS
    align: Align = "center"
    dark: Colors | None = None
    caption: str | None = None


PLAIN = Look()
"""Whatever looks like this is this: to compare by identity suffices."""


def parse(size: Size, query: Query, bg: Color | None, fg: Color | None) -> tuple[Colors, Look]:
    """The colours that a label comes to where `bg` and `fg` are what was given, and its look. Raises BadParameter."""
    theme: Theme = cast(Theme, chosen(query, "theme", THEMES, "light"))
    border, line = parse_border(query["border"], size) if "border" in query else (0, None)
    own = colors(bg, fg, "dark" if theme == "dark" else "light")
    dark = colors(bg, fg, "dark") if theme == "auto" else own
    look = Look(
        parse_radius(query["radius"], size) if "radius" in query else 0,
        border,
        line if border else None,
        FACES[chosen(query, "font", FAMILIES, "sans"), chosen(query, "weight", WEIGHTS, "400")],
        cast(Align, chosen(query, "align", ALIGNS, "center")),
        None if dark == own else dark,
        "" if chosen(query, "debug", ("0", "1"), "0") == "1" else None,
    )
    return own, PLAIN if look == PLAIN else look


def colors(bg: Color | None, fg: Color | None, theme: Literal["light", "dark"] = "light") -> Colors:
    """A single colour brings a readable other one along (WCAG AA). A ground that lets the page through is judged on a white
    one in the light theme, on a black one in the dark."""
    if bg is None:
        return (LIGHT if theme == "light" else DARK) if fg is None else (readable_under(fg), fg)
    return bg, fg or readable_on(over(bg, WHITE if theme == "light" else BLACK))
