"""What stands where a picture was asked for and will not come: blocked, or failed. No address of its own."""

from dataclasses import dataclass

from placeholder.synth.glyph import drawn
from placeholder.values.color import Color
from placeholder.values.size import Size

_FRAME = "M16 18h64a6 6 0 0 1 6 6v48a6 6 0 0 1-6 6h-64a6 6 0 0 1-6-6v-48a6 6 0 0 1 6-6z"
ICONS: dict[str, str] = {
    "blocked": "M48 12a36 36 0 1 0 0 72a36 36 0 1 0 0-72zM22.5 22.5l51 51",
    "failed": _FRAME + "M36 36l24 24M60 36l-24 24",
}
GROUND, LINE = Color("#fef2f2"), Color("#b91c1c")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`word` is a key of ICONS."""

    size: Size
    word: str

    @property
    def smooth(self) -> bool:
        return False

    @property
    def inks(self) -> tuple[Color, Color]:
        return GROUND, LINE


def draw(spec: Verdict) -> str:
    return drawn(spec.size, spec.word, ICONS[spec.word], GROUND, LINE)
