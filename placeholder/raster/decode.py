"""Strangers' bytes to pixels that we made: the only file that opens a picture from outside.

Rules: three formats; the number of pixels is looked at before a pixel is; one frame; nothing is mended that is cut off or
fails its checksum; what comes back shares nothing with the file but its pixels. Warnings are settled for the whole process
while a picture is read, so only one may be read at a time.
"""

import warnings
from contextlib import suppress
from io import BytesIO

# Registers the three formats, and the one in which cameras hide a second picture behind a JPEG.
from PIL import Image, ImageChops, ImageCms, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401
from PIL.ImageFile import ImageFile

from placeholder.raster.master import Undecodable
from placeholder.values.size import Size

MAX_PIXELS = 25_000_000
_DEPTH_AT = 24
"""Where a PNG says how many bits a channel has."""
_EIGHT, _SIXTEEN = 8, 16
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By EXIF orientation (TIFF 6.0, tag 274), what brings the picture upright; 1 is upright."""


def covering(body: bytes, size: Size) -> Image.Image:
    """The picture in `body` as RGB or RGBA, `size` large, its middle. Raises Undecodable, or whatever the decoder does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        image = _opened(body)
        image.load()
        profile = image.info.get("icc_profile")
        orientation = 1
        # A damaged EXIF block says nothing about the pixels. Browsers pass over it too.
        with suppress(Exception):
            orientation = image.getexif().get(_ORIENTATION, 1)
        pixels = _in_eight_bits(image, body[_DEPTH_AT])
    if orientation in _UPRIGHT:
        pixels = pixels.transpose(_UPRIGHT[orientation])
    pixels = ImageOps.fit(pixels, (size.w, size.h), Image.Resampling.LANCZOS)
    pixels = _in_srgb(pixels, profile)
    if pixels.mode == "RGBA" and pixels.getchannel("A").getextrema() == (255, 255):
        pixels = pixels.convert("RGB")
    return Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())


def _opened(body: bytes) -> ImageFile:
    """The picture, its head read and no pixel yet."""
    form = _format(body)
    if form == "PNG":
        # Pillow takes a picture for whole once it has its pixels and leaves their checksums unread.
        _opened_as(body, form).verify()
    return _opened_as(body, form)


def _opened_as(body: bytes, form: str) -> ImageFile:
    try:
        image = Image.open(BytesIO(body), formats=(form,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Undecodable("size") from None
    if image.width * image.height > MAX_PIXELS:
        raise Undecodable("size")
    return image


def _format(body: bytes) -> str:
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if body.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "WEBP"
    raise Undecodable("format")


def _in_eight_bits(image: ImageFile, depth: int) -> Image.Image:
    """The same pixels as L, RGB, RGBA or CMYK; `depth` is how many bits a PNG keeps of a channel. One colour that a PNG declares
    transparent is written with its depth, whereas Pillow compares it with what it has already made eight bits of."""
    key = image.info.get("transparency")
    if image.mode == "I;16":
        return _sixteen_bit_grey(image, key)
    if key is not None and depth == _SIXTEEN and image.mode == "RGB":
        image.info["transparency"] = tuple(value >> 8 for value in key)
    elif key is not None and depth < _EIGHT and image.mode == "L":
        image.info["transparency"] = key * 255 // (2**depth - 1)
    if key is not None or image.mode == "LA":
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "RGBA", "CMYK") else image.convert("L" if image.mode == "1" else "RGB")


def _sixteen_bit_grey(image: ImageFile, key: int | None) -> Image.Image:
    """The upper bytes, as Pillow itself does with sixteen bits of colour; grey it would cut off at 255."""
    raw = image.tobytes()
    low, high = (Image.frombytes("L", image.size, raw[part::2]) for part in (0, 1))
    if key is None:
        return high
    shown = (
        part.point([0 if value == wanted else 255 for value in range(256)])
        for part, wanted in ((low, key & 255), (high, key >> 8))
    )
    return Image.merge("LA", (high, ImageChops.lighter(*shown))).convert("RGBA")


def _in_srgb(pixels: Image.Image, profile: bytes | None) -> Image.Image:
    """Red, green and blue as sRGB understands them. A profile that does not fit the picture, or is none, is left out."""
    mode = "RGBA" if pixels.mode == "RGBA" else "RGB"
    if profile:
        with suppress(Exception):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(pixels, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            if converted:
                return converted
    return pixels.convert(mode)
