"""Other widths and formats of a stored master: their size, their look, and nothing else in them."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat
from raster.pictures import chunks, saved, scene

from placeholder.raster.master import clean
from placeholder.raster.variant import variant
from placeholder.values.format import Format
from placeholder.values.ladder import LADDER, scaled, widths
from placeholder.values.size import Size

FORMATS = [Format.PNG, Format.WEBP, Format.AVIF]
MASTER = clean(saved("PNG"), Size(300, 200)).png
CLEAR = clean(saved("PNG", scene("RGBA")), Size(300, 200)).png


def opened(body: bytes) -> Image.Image:
    image = Image.open(BytesIO(body))
    image.load()
    return image


def far(one: Image.Image, other: Image.Image) -> float:
    """How far apart they look, at most, on average over the picture: a colour counts by how much of it is seen."""
    seen = [image.convert("RGBA").convert("RGBa") for image in (one, other)]
    bands = [ImageChops.difference(*pair) for pair in zip(*(image.split() for image in seen), strict=True)]
    return max(ImageStat.Stat(band).mean[0] for band in bands)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("width", [300, 299, 150, 64, 16, 1])
def test_it_is_as_wide_as_asked_and_keeps_its_ratio(width: int, format: Format) -> None:
    image = opened(variant(MASTER, width, format))
    assert (image.get_format_mimetype(), image.mode) == (format.value, "RGB")
    assert image.size == (width, max(1, round(200 * width / 300)))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("size", [Size(2048, 1), Size(1, 2048), Size(1, 1), Size(2048, 1365), Size(683, 97)], ids=str)
def test_any_master_has_all_widths_of_the_ladder(size: Size, format: Format) -> None:
    master = clean(saved("PNG"), size).png
    for width in widths(size.w):
        wanted = scaled(size, width)
        assert opened(variant(master, width, format)).size == (wanted.w, wanted.h)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("master", [MASTER, CLEAR], ids=["opaque", "clear"])
@pytest.mark.parametrize("width", [300, 96])
def test_it_looks_like_its_master(width: int, master: bytes, format: Format) -> None:
    wanted = opened(master).resize((width, round(200 * width / 300)), Image.Resampling.LANCZOS)
    found = opened(variant(master, width, format))
    assert found.mode == wanted.mode
    assert far(found, wanted) < (8 if format is not Format.PNG else 1)


def test_its_own_width_as_png_is_the_master_itself() -> None:
    assert variant(MASTER, 300, Format.PNG) is MASTER


@pytest.mark.parametrize("format", FORMATS)
def test_no_metadata_is_written(format: Format) -> None:
    body = variant(MASTER, 64, format)
    image = opened(body)
    assert not image.getexif()
    assert set(image.info) <= {"background", "loop", "timestamp", "duration"}
    for mark in (b"tEXt", b"iTXt", b"zTXt", b"iCCP", b"eXIf", b"EXIF", b"XMP ", b"ICCP", b"pHYs", b"tIME"):
        assert mark not in body
    if format is Format.PNG:
        assert {name for name, _, _ in chunks(body)} == {b"IHDR", b"IDAT", b"IEND"}


@pytest.mark.parametrize("width", [301, 4096, 0, -1])
def test_nothing_is_enlarged(width: int) -> None:
    with pytest.raises(ValueError, match="1 … 300"):
        variant(MASTER, width, Format.WEBP)


@pytest.mark.parametrize("format", [Format.SVG, Format.JPEG, Format.GIF])
def test_there_are_three_formats(format: Format) -> None:
    with pytest.raises(ValueError, match="PNG, WEBP, AVIF"):
        variant(MASTER, 64, format)


@pytest.mark.parametrize(
    ("of", "steps"),
    [
        (1, (1,)),
        (16, (16,)),
        (17, (16, 17)),
        (100, (16, 32, 48, 64, 96, 100)),
        (2048, LADDER),
        (2047, (*LADDER[:-1], 2047)),
        (4096, (*LADDER, 4096)),
    ],
)
def test_the_ladder_ends_in_the_picture_s_own_width(of: int, steps: tuple[int, ...]) -> None:
    assert widths(of) == steps
