"""The widths that a finished picture is also served in: the image and device sizes that next/image asks for by default, so
that its srcset finds every step, and few enough that all of them stay in a cache.
"""

from placeholder.values.size import Size

LADDER = (16, 32, 48, 64, 96, 128, 256, 384, 640, 750, 828, 1080, 1200, 1920, 2048)


def widths(of: int) -> tuple[int, ...]:
    """The steps below a picture `of` so many pixels wide, then its own width. Nothing is enlarged."""
    return (*(step for step in LADDER if step < of), of)


def scaled(size: Size, width: int) -> Size:
    """`size` at another width, its shape kept as nearly as whole pixels allow."""
    return Size(width, max(1, round(size.h * width / size.w)))
