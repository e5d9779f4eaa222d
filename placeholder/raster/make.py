"""A raster Picture, made here and now: rasterize, then encode."""

from placeholder.raster.encode import encode
from placeholder.raster.rasterize import rasterize
from placeholder.synth.catalogue import Picture


def make(picture: Picture) -> bytes:
    """The bytes of `picture`, whose format is not SVG."""
    return encode(rasterize(picture), picture.format, smooth=picture.spec.smooth)
