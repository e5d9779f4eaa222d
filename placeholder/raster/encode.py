"""Pixels to bytes, by Pillow, with the settings that research found best for drawings. No metadata is written."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from placeholder.values.format import Format

if TYPE_CHECKING:
    from PIL.Image import Image

_LARGE = 1_000_000
"""Pixels above which AVIF is encoded at its fastest."""


def encode(image: "Image", picture_format: Format, *, smooth: bool) -> bytes:
    """`image` ("P" or "RGB") as a file of a raster format; `smooth`: it is all gradients, which lossy codecs like."""
    out = BytesIO()
    options = _options(image, picture_format, smooth)
    _prepared(image, picture_format).save(out, **options)
    return out.getvalue()


def _prepared(image: "Image", picture_format: Format) -> "Image":
    if picture_format is Format.PNG:
        return image
    if picture_format is Format.GIF:
        from PIL.Image import Dither, Quantize

        return image if image.mode == "P" else image.quantize(256, Quantize.FASTOCTREE, dither=Dither.NONE)
    return image.convert("RGB")


def _options(image: "Image", picture_format: Format, smooth: bool) -> dict[str, Any]:
    match picture_format:
        case Format.PNG:
            return {"format": "PNG"}
        case Format.JPEG:
            return {"format": "JPEG", "quality": 85, "optimize": True}
        case Format.WEBP if smooth:
            return {"format": "WEBP", "quality": 80, "method": 2}
        case Format.WEBP:
            return {"format": "WEBP", "lossless": True, "quality": 20, "method": 2}
        case Format.AVIF:
            return {"format": "AVIF", "quality": 75, "speed": 10 if image.width * image.height > _LARGE else 8, "max_threads": 1}
        case Format.GIF:
            return {"format": "GIF", "optimize": False}
    raise ValueError(f"{picture_format} has no pixels")
