"""SVG to pixels, by libvips (librsvg inside). It releases the interpreter while it draws.

A drawing whose pixels all lie between two inks is kept as one channel: the one in which the inks differ most tells where
between them a pixel lies. It takes a third of the memory, and an indexed PNG of it a tenth of the time (render.md's
two-colour case), at a rounding of at most one level of 255.
"""

import os
from typing import TYPE_CHECKING

from placeholder.synth.catalogue import Picture, svg_bytes
from placeholder.values.color import Color

if TYPE_CHECKING:
    from PIL.Image import Image


def rasterize(picture: Picture) -> "Image":
    """The pixels of `picture`, `picture.pixels` large: mode "P" between two inks, else "RGB"."""
    from PIL import Image

    size = (picture.pixels.w, picture.pixels.h)
    inks = picture.spec.inks
    if inks and inks[0] == inks[1]:
        return _indexed(Image.new("L", size), [inks[0].rgb])
    drawn = _vips_image(svg_bytes(picture))
    if not inks:
        # libvips' RGBA is what Pillow keeps an RGB image in, so this maps the memory instead of copying it.
        return Image.frombuffer("RGBX", size, drawn.write_to_memory(), "raw", "RGBX", 0, 1).convert("RGB")
    start, end = (ink.rgb for ink in inks)
    channel = max(range(3), key=lambda index: abs(end[index] - start[index]))
    levels = Image.frombuffer("L", size, drawn[channel].write_to_memory(), "raw", "L", 0, 1)
    return _indexed(levels, ramp(*inks, channel))


def ramp(start: Color, end: Color, channel: int) -> list[tuple[int, int, int]]:
    """For each level 0 … 255 of `channel`, the colour on the way from `start` to `end` that has it."""
    low, high = start.rgb, end.rgb
    span = high[channel] - low[channel]
    colors = []
    for level in range(256):
        at = min(max((level - low[channel]) / span, 0.0), 1.0)
        r, g, b = (round(a + (z - a) * at) for a, z in zip(low, high, strict=True))
        colors.append((r, g, b))
    return colors


def _indexed(levels: "Image", palette: list[tuple[int, int, int]]) -> "Image":
    levels.putpalette([value for color in palette for value in color])
    return levels


def _vips_image(svg: bytes):  # type: ignore[no-untyped-def]
    # Parallel requests use the cores; threads inside one picture would only fight over them.
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    import pyvips

    pyvips.cache_set_max(0)
    return pyvips.Image.svgload_buffer(svg)
