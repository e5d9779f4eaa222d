"""From what a provider painted to the one picture that is stored: exactly as large as asked, upright, sRGB, and nothing in it
but pixels.

`clean` reads bytes that strangers made, with decoders written in C. It is for a process that may be lost (`studio`), never
for the server's own. Pillow is loaded when it is first called, so that the server can import the words below without it.
"""

import zlib
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Literal

from placeholder.raster.thumbhash import thumbhash
from placeholder.values.size import Size

if TYPE_CHECKING:
    from PIL.Image import Image

Reason = Literal["format", "size", "broken", "memory", "time", "crash"]
"""Why a picture could not be cleaned: neither PNG, JPEG nor WebP · too many pixels · damaged · or the decoder took too much
memory, too long, or its process with it. The decoder's own words may quote the file, so they go nowhere."""


class Undecodable(Exception):
    """Bytes that do not become a picture; `reason` is all that is said about them."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Master:
    """What is kept of a picture: the file, and two ways to paint something before the file has come."""

    png: bytes
    """8-bit RGB or RGBA, not interlaced, of IHDR, IDAT and IEND alone."""
    thumbhash: str
    """Its ThumbHash, as base64."""
    blur: str
    """A picture of at most 16 pixels a side as a data URL, what next/image calls blurDataURL."""


_THUMBNAIL = 48
"""Pixels a side that a hash is made of: seven for its finest wave, and a quarter of the time that 100 take."""
_BLURS = ((16, 60), (16, 20), (8, 20), (4, 0))
"""Sides and WebP qualities to try until the data URL is short enough to stand in a page."""
_BLUR_CHARACTERS = 400


def clean(body: bytes, size: Size) -> Master:
    """The master of a PNG, JPEG or WebP picture, cut and scaled so that it covers `size`. Raises Undecodable."""
    from placeholder.raster.decode import covering

    try:
        image = covering(body, size)
    except Undecodable:
        raise
    except MemoryError:
        raise Undecodable("memory") from None
    except Exception:
        # Decoders raise whatever they like: OSError, ValueError, SyntaxError, struct.error, zlib.error, EOFError …
        raise Undecodable("broken") from None
    small = image.copy()
    small.thumbnail((_THUMBNAIL, _THUMBNAIL))
    small = small.convert("RGBA")
    return Master(_png(image), b64encode(thumbhash(*small.size, small.tobytes())).decode(), _blur(small))


def rehearse() -> None:
    """Cleans a picture of each kind. A process that may open no file afterwards has then loaded all that it needs."""
    from PIL import Image, ImageCms

    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for form in ("PNG", "JPEG", "WEBP"):
        out = BytesIO()
        Image.new("RGB", (8, 8)).save(out, form, exif=exif, icc_profile=profile)
        clean(out.getvalue(), Size(4, 4))


def _png(image: "Image") -> bytes:
    """Once its rows are filtered, runs (Z_RLE) are all that a photograph holds. Measured on three of 1024²:

    Pillow, runs                  53 to  68 ms
    Pillow, level 1               59 to  78 ms, 11 to 19 % more bytes
    Pillow, level 6, its default  231 to 385 ms, 0 to 2 % more or fewer
    libvips, level 2, all filters 51 to  62 ms, 6 to 13 % more
    libvips, level 6, all filters 78 to  88 ms, 2 to 12 % more
    """
    out = BytesIO()
    image.save(out, "PNG", compress_type=zlib.Z_RLE)
    return out.getvalue()


def _blur(small: "Image") -> str:
    url = ""
    for side, quality in _BLURS:
        tiny = small.copy()
        tiny.thumbnail((side, side))
        out = BytesIO()
        tiny.save(out, "WEBP", quality=quality, alpha_quality=quality, method=6)
        url = f"data:image/webp;base64,{b64encode(out.getvalue()).decode()}"
        if len(url) < _BLUR_CHARACTERS:
            break
    return url
