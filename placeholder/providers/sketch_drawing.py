"""A landscape out of dice: sky, a light in it, and land in layers that darken towards us. Pure.

The dice are SHA-256 of the prompt and the seed, stretched; the prompt chooses palette and scene by its words and leaves no
other trace: none of it is written into the picture. The word "sketch" is, so that nobody takes it for a model's work.
"""

from dataclasses import dataclass
from hashlib import sha256, shake_256

from placeholder.providers.sketch_land import LAND, Dice
from placeholder.providers.sketch_palettes import MOODS, PALETTES, SCENES, Palette, between, chosen
from placeholder.svg import markup
from placeholder.svg.font import bundled_font
from placeholder.values.color import WHITE, Color
from placeholder.values.size import Size

WORD = "sketch"
_DICE = 1024
_HALOS = ((2.9, ".1"), (2.1, ".14"), (1.45, ".22"), (1.0, ".95"))


@dataclass(frozen=True, slots=True)
class Sketch:
    size: Size
    palette: Palette
    scene: str
    is_night: bool
    dice: bytes

    @property
    def smooth(self) -> bool:
        return True

    @property
    def inks(self) -> None:
        return None


def sketch(prompt: str, seed: int, size: Size) -> Sketch:
    digest = sha256(prompt.encode("utf-8", "replace")).digest()
    dice = shake_256(digest + seed.to_bytes(8, "big")).digest(_DICE)
    mood = chosen(prompt, MOODS, dice[0])
    return Sketch(size, PALETTES[mood], chosen(prompt, SCENES, dice[1]), mood == "night", dice[2:])


def draw(spec: Sketch) -> str:
    w, h, palette = spec.size.w, spec.size.h, spec.palette
    dice = Dice(spec.dice)
    name = f"k-{palette.top.hex[1:]}-{palette.horizon.hex[1:]}-{w}x{h}"
    horizon = h * dice.between(0.5, 0.66)
    light = (w * dice.between(0.16, 0.84), h * dice.between(0.14, 0.4), min(w, h) * dice.between(0.06, 0.1))
    parts = [
        markup.linear_gradient(name, (0, 0), (0, round(horizon)), (palette.top, palette.horizon)),
        markup.ground(spec.size, f"url(#{name})"),
        *(_stars(spec.size, dice) if spec.is_night else ()),
        *_clouds(spec, dice, horizon),
        *_light(light, palette.light),
        *LAND[spec.scene](spec.size, spec.palette, dice, horizon, light),
        *_label(spec.size, palette),
    ]
    return markup.document(spec.size, "A sketch", *parts)


def _light(light: tuple[float, float, float], color: Color) -> list[str]:
    x, y, r = light
    return [markup.circle(round(x), round(y), max(1, round(r * times)), color, opacity) for times, opacity in _HALOS]


def _stars(size: Size, dice: Dice) -> list[str]:
    r = max(1, min(size.w, size.h) // 420)
    places = [(dice.between(0, 1), dice.between(0, 0.5), dice.between(0, 1)) for _ in range(40)]
    return [
        markup.circle(round(x * size.w), round(y * size.h), r, WHITE, ".8" if shine > 0.6 else ".4") for x, y, shine in places
    ]


def _clouds(spec: Sketch, dice: Dice, horizon: float) -> list[str]:
    """Long flat ones, each one path of overlapping discs."""
    parts = list[str]()
    for _ in range(3):
        x, y = spec.size.w * dice.between(0.05, 0.95), horizon * dice.between(0.2, 0.75)
        r = min(spec.size.w, spec.size.h) * dice.between(0.025, 0.05)
        path = ""
        for at in range(-2, 3):
            reach = r * (1 - abs(at) * 0.24) * dice.between(0.85, 1.15)
            left, middle = x + at * r * 1.15 - reach, y - reach * 0.45
            turn = f"a{reach:.1f} {reach:.1f} 0 1 1"
            path += f"M{left:.1f} {middle:.1f}{turn} {2 * reach:.1f} 0{turn} {-2 * reach:.1f} 0z"
        sky = between(spec.palette.top, spec.palette.horizon, min(y / horizon, 1))
        parts.append(markup.outlined(0, 0, 1, between(sky, spec.palette.light, 0.4), path))
    return parts


def _label(size: Size, palette: Palette) -> list[str]:
    """WORD in the lower right corner, as large as can be read, or nothing where it has no room."""
    font = bundled_font()
    em = max(10.0, min(size.w, size.h) * 0.045)
    scale = em / font.units
    wide = sum(font.advances[character] for character in WORD) * scale
    if wide + em > size.w or 2 * em > size.h:
        return []
    outline = "".join(font.outlines[character] for character in WORD)
    return [
        markup.outlined(size.w - wide - em * 0.6, size.h - em * 0.6, scale, between(palette.near, palette.light, 0.85), outline)
    ]
