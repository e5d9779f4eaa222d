"""What a look is: a way to turn dice into a picture.

- The seed and the look's name and version decide everything, in a fixed number of dice; a look that is to draw otherwise gets a
  new version, and with it new dice.
- Two dice choose the palette (`palette`), alike for every look; the others are the look's own.
- No theme changes a line: colours alone are other ones.
- A look draws on a sheet (`Sheet`), so that its picture does not depend on its size, but on its proportions alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from placeholder.svg import markup
from placeholder.synth.dice import roll
from placeholder.synth.seeds.palette import Palette, following, palette
from placeholder.values.size import MAX_DIM, Size

LONG = MAX_DIM
"""The longer side of every sheet."""
AUTO = "auto"
"""The theme that is the reader's own: a drawing in the light colours, with rules for the dark ones."""


@dataclass(frozen=True, slots=True)
class Look:
    """`dice`: how many it needs besides those of the palette, 1 … 62. `draw` takes the Spec, them and the palette, and gives the
    picture's body, its ground first; it cannot fail."""

    name: str
    version: int
    dice: int
    draw: Callable[["Styled", bytes, Palette], str]
    smooth: bool = False


@dataclass(frozen=True, slots=True)
class Styled:
    """`theme`: one of palette.THEMES, or AUTO. `letters`: what a look that writes has to write, clean."""

    size: Size
    seed: str
    look: Look
    theme: str
    letters: str = ""

    @property
    def smooth(self) -> bool:
        return self.look.smooth

    @property
    def inks(self) -> None:
        return None


def body(spec: Styled) -> str:
    """The picture of `spec`, without its frame."""
    look = spec.look
    dice = roll(spec.seed, look.dice + 2, f"{look.name}.{look.version}")
    if spec.theme != AUTO:
        return look.draw(spec, dice[2:], palette(spec.theme, dice[0], dice[1]))
    light, exchanged = following(dice[0], dice[1])
    return markup.following(light.mark, exchanged, look.draw(spec, dice[2:], light))


class Sheet(NamedTuple):
    """A picture's own units: LONG to its longer side, as many in proportion to the other, whole numbers for all that is drawn.
    `scale` brings them to the canvas."""

    w: int
    h: int
    scale: float

    @property
    def short(self) -> int:
        return min(self.w, self.h)


@lru_cache(maxsize=1024)
def sheet(size: Size) -> Sheet:
    w, h = size.w, size.h
    longest = max(w, h)
    across, down = ((side * LONG + longest // 2) // longest for side in (w, h))
    return Sheet(across, down, longest / LONG)
