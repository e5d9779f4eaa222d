"""What several looks draw with: whole numbers only, in a sheet's units."""

from functools import cache

from placeholder.values.angle import direction

TURN = 64
"""Parts of a turn."""
ARM = 4096


def disc(x: int, y: int, r: int) -> str:
    """A circle as a path."""
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0-{2 * r} 0z"


@cache
def arm(turn: int) -> tuple[int, int]:
    """The point on a circle of ARM units, `turn` (modulo TURN) clockwise from its top."""
    x, y = direction(turn % TURN * 360_000 // TURN)
    return round(x * ARM), round(y * ARM)
