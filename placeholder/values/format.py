"""The formats a picture comes in, and the grammar of what may follow a size.

    suffix  = [ [ "@" ( "2x" / "3x" ) ] "." ( "svg" / "png" / "jpg" / "jpeg" / "webp" / "avif" / "gif" ) ]

No suffix is SVG at density 1. A density multiplies the pixels of the picture, not its drawing.
"""

from enum import Enum

from placeholder.values.size import Size

MAX_PIXELS_SIDE = 4096


class Format(Enum):
    """What bytes a picture is sent as; the value is its media type (IANA)."""

    SVG = "image/svg+xml"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    AVIF = "image/avif"
    GIF = "image/gif"


SUFFIXES: dict[str, tuple[Format, int]] = {
    f"{mark}.{extension}": (picture_format, density)
    for extension, picture_format in (
        ("svg", Format.SVG),
        ("png", Format.PNG),
        ("jpg", Format.JPEG),
        ("jpeg", Format.JPEG),
        ("webp", Format.WEBP),
        ("avif", Format.AVIF),
        ("gif", Format.GIF),
    )
    for mark, density in (("", 1), ("@2x", 2), ("@3x", 3))
}
"""Every suffix that may stand behind a size, with the format and the density it asks for."""


def pixels(size: Size, density: int) -> Size:
    """`size` in pixels at `density`, scaled down as a whole where a side would pass MAX_PIXELS_SIDE."""
    longest = max(size.w, size.h)
    if longest * density <= MAX_PIXELS_SIDE:
        return Size(size.w * density, size.h * density)
    return Size(*(max(1, (side * MAX_PIXELS_SIDE + longest // 2) // longest) for side in (size.w, size.h)))
