"""`/color/{hex}/{w}x{h}`: one colour and nothing else (P-32 to P-34)."""

from dataclasses import dataclass

from placeholder.svg import markup
from placeholder.values.color import Color, parse_path_color
from placeholder.values.query import Query
from placeholder.values.size import Size

PARAMETERS = ()


@dataclass(frozen=True, slots=True)
class Solid:
    size: Size
    color: Color

    @property
    def smooth(self) -> bool:
        return False

    @property
    def inks(self) -> tuple[Color, Color]:
        return self.color, self.color


def parse(size: Size, _: Query, hex: str) -> Solid:
    """Raises BadParameter."""
    return Solid(size, parse_path_color(hex))


def draw(spec: Solid) -> str:
    return markup.document(spec.size, spec.color.hex, markup.ground(spec.size, spec.color.hex))
