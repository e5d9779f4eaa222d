"""How a model is told a size, when it makes only some. Pure.

The nearest of its shapes is the one whose ratio differs least as a factor (the logarithms' distance), so that wide and tall
shapes are weighed alike; of two equally near the first in the table. A shape counts both as it is called and as it comes out
(Flux's 4:3 is 1152×896), so that whoever asks for either gets it. What a model makes is then at least as large as the
asked size wherever it can be, since scaling down keeps what scaling up must invent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, log, sqrt
from typing import Protocol

from placeholder.values.size import Size

Shapes = Mapping[str, tuple[int, int]]
"""Ratios by name ("W:H"), with the width and height in pixels that a model makes of each; they are the ratio's only roughly."""

FLUX: Shapes = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
"""What the Flux models make of one megapixel; SDXL was trained on the same sizes."""
_SIDE = 1024
_GOOD = 512
"""Below this many pixels a side, models compose poorly."""


class Sizing(Protocol):
    def inputs(self, size: Size) -> dict[str, object]: ...


def named(ratios: str) -> Shapes:
    """The shapes "W:H", separated by spaces, at about one megapixel."""
    return {ratio: (round(_SIDE * sqrt(_quotient(ratio))), round(_SIDE / sqrt(_quotient(ratio)))) for ratio in ratios.split()}


def nearest(size: Size, shapes: Shapes) -> str:
    asked = log(size.w / size.h)

    def distance(ratio: str) -> float:
        w, h = shapes[ratio]
        return min(abs(asked - log(_quotient(ratio))), abs(asked - log(w / h)))

    return min(shapes, key=distance)


def _quotient(ratio: str) -> float:
    w, _, h = ratio.partition(":")
    return int(w) / int(h)


@dataclass(frozen=True, slots=True)
class Scale:
    """An input by which a model makes its shapes smaller or larger. `small` is its value for sides `share` times those of the
    shape; it is chosen iff that suffices."""

    input: str
    small: str
    large: str
    share: float


@dataclass(frozen=True, slots=True)
class Ratios:
    """`aspect_ratio` by name, and a scale where the model has one."""

    shapes: Shapes
    scale: Scale | None = None

    def inputs(self, size: Size) -> dict[str, object]:
        ratio = nearest(size, self.shapes)
        if self.scale is None:
            return {"aspect_ratio": ratio}
        w, h = self.shapes[ratio]
        suffices = size.w <= w * self.scale.share and size.h <= h * self.scale.share
        return {"aspect_ratio": ratio, self.scale.input: self.scale.small if suffices else self.scale.large}


@dataclass(frozen=True, slots=True)
class Sides:
    """`width` and `height` of the nearest shape."""

    shapes: Shapes

    def inputs(self, size: Size) -> dict[str, object]:
        w, h = self.shapes[nearest(size, self.shapes)]
        return {"width": w, "height": h}


@dataclass(frozen=True, slots=True)
class Free:
    """`width` and `height` between `low` and `high` in multiples of `step`, which an input (`switch`) set to "custom" opens:
    the asked ratio, as far as the limits allow."""

    low: int
    high: int
    step: int
    switch: str = "aspect_ratio"

    def inputs(self, size: Size) -> dict[str, object]:
        short, long = sorted((size.w, size.h))
        factor = min(max(1, max(self.low, _GOOD) / short), self.high / long)
        return {self.switch: "custom", "width": self._side(size.w * factor), "height": self._side(size.h * factor)}

    def _side(self, wanted: float) -> int:
        # Rounded first: 1024.0000000001 is 1024.
        steps = ceil(round(wanted / self.step, 6))
        return min(max(steps * self.step, self.low), self.high // self.step * self.step)
