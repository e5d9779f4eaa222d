"""Outlines as SVG path commands (SVG 2 §9.3), the way the tables of glyphs have them and HarfBuzz's glyphs get them.

Every command is relative and y grows downward, so that glyphs put one behind the other, with a move in between to where the
next pen stands, are a line of text.
"""

Point = tuple[float, float]


class Outline:
    """A pen that writes. Points are absolute, y already downward; a quadratic curve whose control point mirrors the one before
    is `t` (§9.3.7)."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.start: Point = (0.0, 0.0)
        """Where the contour began, which is where the pen stands when it is closed."""
        self._at: Point = (0.0, 0.0)
        self._mirror: Point | None = None

    def move(self, x: float, y: float) -> None:
        self.parts.append("m" + _joined(x - self.start[0], y - self.start[1]))
        self._at = self.start = (x, y)
        self._mirror = None

    def line(self, x: float, y: float) -> None:
        dx, dy = x - self._at[0], y - self._at[1]
        if dx or dy:
            self.parts.append(f"v{_number(dy)}" if not dx else f"h{_number(dx)}" if not dy else "l" + _joined(dx, dy))
        self._at, self._mirror = (x, y), None

    def curve(self, cx: float, cy: float, x: float, y: float) -> None:
        ax, ay = self._at
        if self._mirror == (cx, cy):
            self.parts.append("t" + _joined(x - ax, y - ay))
        else:
            self.parts.append("q" + _joined(cx - ax, cy - ay, x - ax, y - ay))
        self._at, self._mirror = (x, y), (2 * x - cx, 2 * y - cy)

    def cubic(self, ax: float, ay: float, bx: float, by: float, x: float, y: float) -> None:
        ox, oy = self._at
        self.parts.append("c" + _joined(ax - ox, ay - oy, bx - ox, by - oy, x - ox, y - oy))
        self._at, self._mirror = (x, y), None

    def close(self) -> None:
        self.parts.append("z")


def step(x: float, y: float) -> str:
    """A move by (x, y)."""
    return "m" + _joined(x, y)


def _number(value: float) -> str:
    text = f"{value:g}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _joined(*values: float) -> str:
    out = ""
    for value in values:
        text = _number(value)
        out += text if not out or text.startswith("-") else " " + text
    return out
