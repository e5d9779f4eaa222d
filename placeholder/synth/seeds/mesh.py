"""Mesh: five soft lights of five colours on a sixth, without an edge. Lights stretch with the canvas."""

from placeholder.svg import markup
from placeholder.synth.seeds.look import Look, Styled
from placeholder.synth.seeds.palette import Palette

LIGHTS = 5


def _draw(spec: Styled, dice: bytes, palette: Palette) -> str:
    size = spec.size
    # The ground's path, spelt otherwise, for there is one ground.
    canvas = f"M0 0H{size.w}V{size.h}H0z"
    tones = palette.tones
    colors = (tones[0], tones[3], palette.soft, tones[2], tones[4])
    turn, flip = dice[-1] % LIGHTS, dice[-1] >> 7
    parts = [markup.ground(size, tones[1].hex)]
    for at in range(LIGHTS):
        x, y, r = dice[3 * at : 3 * at + 3]
        # Towards a corner each, the last one anywhere, so that all are seen.
        if at < 4:
            x, y = x * 120 // 256 + 135 * (at >> 1), y * 120 // 256 + 135 * (at & 1 ^ at >> 1 ^ flip)
        color = colors[(at + turn) % LIGHTS]
        # The name follows from what it paints, so that two pictures inlined in one page never borrow each other's light.
        name = f"{palette.mark}m{at}-{color.hex[1:]}-{x}-{y}-{r}"
        paint = markup.glow(name, (x / 255, y / 255), (0.6 if at < 4 else 0.4) + r / 800, color)
        parts += (paint, markup.filled(f"url(#{name})", canvas))
    return "".join(parts)


MESH = Look("mesh", 1, 3 * LIGHTS + 1, _draw, smooth=True)
