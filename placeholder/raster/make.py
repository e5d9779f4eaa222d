"""A raster Picture, made here and now: pixels, encoded with the settings that suit drawings.

Pictures of at most two inks become indexed PNG, GIF is always indexed (both by Pillow); the other formats come from
libvips, which draws and encodes strip by strip and needs no whole picture in memory. Where a page shows through, JPEG is
drawn on white; GIF too, but for one colour that stands where nothing is drawn; the others have alpha.
"""

import os
import zlib
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from placeholder.raster.rasterize import indexed, is_opaque, opaque, rasterized
from placeholder.synth.catalogue import Picture
from placeholder.values.format import Format

_LARGE = 1_000_000
"""Pixels above which time counts more than bytes."""


def make(picture: Picture) -> bytes:
    """The bytes of `picture`, whose format is not SVG."""
    match picture.format:
        case Format.PNG if picture.spec.inks:
            out = BytesIO()
            indexed(picture).save(out, "PNG", **_png_options(picture))
            return out.getvalue()
        case Format.GIF:
            with _real_file() as file:
                indexed(picture).save(file, "GIF", optimize=False)
                file.seek(0)
                return file.read()
    has_alpha = picture.format is not Format.JPEG and not is_opaque(picture)
    image = rasterized(picture) if has_alpha else opaque(picture)
    body: bytes = getattr(image, _SAVERS[picture.format])(keep="none", **_options(picture))
    return body


def _png_options(picture: Picture) -> dict[str, int]:
    """For an indexed PNG. In flat drawings nothing but runs repeats: to look for more costs time and finds less."""
    if not picture.spec.smooth:
        return {"compress_type": zlib.Z_RLE}
    return {"compress_level": 3 if _is_large(picture) else 6}


_SAVERS = {
    Format.PNG: "pngsave_buffer",
    Format.JPEG: "jpegsave_buffer",
    Format.WEBP: "webpsave_buffer",
    Format.AVIF: "heifsave_buffer",
}


def _options(picture: Picture) -> dict[str, Any]:
    match picture.format:
        case Format.JPEG:
            return {"Q": 85, "optimize_coding": True}
        case Format.WEBP if picture.spec.smooth:
            return {"Q": 80, "effort": 2}
        case Format.WEBP:
            return {"lossless": True, "Q": 20, "effort": 2}
        case Format.AVIF:
            return {"Q": 75, "compression": "av1", "effort": 0 if _is_large(picture) else 1}
    return {}


def _is_large(picture: Picture) -> bool:
    return picture.pixels.w * picture.pixels.h > _LARGE


def _real_file() -> IO[bytes]:
    """A file that has a descriptor, in memory where the system can: to it Pillow's GIF encoder writes without holding the
    interpreter, which it holds for the whole picture otherwise."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("placeholder"), "w+b")
    return TemporaryFile()
