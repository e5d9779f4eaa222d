"""SVG to pixels, by libvips (librsvg inside).

A drawing whose pixels all lie between two inks can be kept as one channel, the one in which the inks differ most: it
tells where between them a pixel lies. An indexed PNG of it is smaller and sooner made than one of three channels, at a
rounding of at most two levels of 255.
"""

import ctypes
import os
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from placeholder.synth.catalogue import Picture, self_contained, svg_bytes
from placeholder.values.color import Color

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_COLORS = 256
_M_MMAP_THRESHOLD = -3  # mallopt(3)
_LARGE_BLOCK = 4 << 20
_SAMPLE = 512
"""The longer side to which a picture is reduced when a palette is chosen for it."""


def rasterized(picture: Picture) -> Any:
    """`picture` as a pyvips image, `picture.pixels` large: red, green, blue and alpha, which is opaque everywhere unless
    `is_opaque` says otherwise. libvips draws it while it is read, in strips."""
    return vips().Image.svgload_buffer(svg_bytes(self_contained(picture)))


def opaque(picture: Picture) -> Any:
    """The same without the alpha: on white, where a page would show through."""
    image = rasterized(picture)
    return image.extract_band(0, n=3) if is_opaque(picture) else image.flatten(background=255)


def is_opaque(picture: Picture) -> bool:
    return picture.drawing.is_opaque(picture.spec)


@cache
def vips() -> Any:
    """libvips, loaded and told its place."""
    # Parallel requests use the cores; threads inside one picture would only fight over them.
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    import pyvips

    pyvips.cache_set_max(0)
    # glibc keeps freed blocks of up to 32 MB for later, some hundred megabytes after a few large pictures; with a fixed
    # threshold every large block goes back to the system at once. Other C libraries lack the call and the habit.
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt:
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)
    return pyvips


def indexed(picture: Picture) -> "Image":
    """`picture` with a palette of at most MAX_COLORS: exact between two inks, chosen for the picture where there are more."""
    from PIL import Image

    size = (picture.pixels.w, picture.pixels.h)
    inks = picture.spec.inks
    if inks and inks[0] == inks[1]:
        return _with_palette(Image.new("L", size), bytes(inks[0].rgb))
    if inks:
        channel = max(range(3), key=lambda index: abs(inks[1].rgb[index] - inks[0].rgb[index]))
        levels = Image.frombuffer("L", size, rasterized(picture)[channel].write_to_memory(), "raw", "L", 0, 1)
        return _with_palette(levels, ramp(*inks, channel))
    if not is_opaque(picture):
        return _with_holes(picture)
    image = Image.frombuffer("RGB", size, opaque(picture).write_to_memory(), "raw", "RGB", 0, 1)
    return _quantized(image, MAX_COLORS)


def _with_holes(picture: Picture) -> "Image":
    """The picture on white, and its last colour, which is transparent, wherever nothing is drawn at all."""
    from PIL import Image

    size, last = (picture.pixels.w, picture.pixels.h), MAX_COLORS - 1
    drawn = rasterized(picture).copy_memory()
    on_white = Image.frombuffer("RGB", size, drawn.flatten(background=255).write_to_memory(), "raw", "RGB", 0, 1)
    full = _quantized(on_white, last)
    # By libvips, for Pillow would hold the interpreter.
    indices = vips().Image.new_from_memory(full.tobytes(), *size, 1, "uchar")
    holed = (drawn[3] == 0).ifthenelse(last, indices).cast("uchar").write_to_memory()
    image = Image.frombuffer("P", size, holed, "raw", "P", 0, 1)
    image.putpalette(full.getpalette() or b"")
    image.info["transparency"] = last
    return image


def _quantized(image: "Image", colors: int) -> "Image":
    from PIL import Image

    palette = image.reduce(max(1, max(image.size) // _SAMPLE)).quantize(colors, Image.Quantize.MEDIANCUT)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


@lru_cache(maxsize=512)
def ramp(start: Color, end: Color, channel: int) -> bytes:
    """For each level 0 … 255 of `channel`, red, green and blue of the colour on the way from `start` to `end` that has it."""
    low, high = start.rgb, end.rgb
    span = high[channel] - low[channel]
    way = [min(max((level - low[channel]) / span, 0.0), 1.0) for level in range(MAX_COLORS)]
    levels = [[round(a + (z - a) * at) for at in way] for a, z in zip(low, high, strict=True)]
    return bytes(value for color in zip(*levels, strict=True) for value in color)


def _with_palette(levels: "Image", palette: bytes) -> "Image":
    levels.putpalette(palette)
    return levels
