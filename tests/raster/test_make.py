"""Pixels: each format decodes to the size asked for, cleanly, and holds nobody up."""

import threading
import time
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from placeholder import draw
from placeholder.library import asked_for
from placeholder.raster.rasterize import opaque, ramp
from placeholder.values.color import Color

ENDINGS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "avif": "AVIF", "gif": "GIF"}
DRAWINGS = ("/{}", "/color/7c9cff/{}", "/gradient/{}", "/gradient/{}?type=radial", "/seed/ada/{}", "/glyph/{}?as=map")
LONGEST_STALL_S = 0.015
ATTEMPTS = 40


def opened(url: str) -> Image.Image:
    image = Image.open(BytesIO(draw(url)))
    image.load()
    return image


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("address", DRAWINGS)
def test_every_drawing_comes_in_every_format_at_its_size(address: str, ending: str) -> None:
    image = opened(address.format(f"61x43.{ending}"))
    assert (image.format, image.size) == (ENDINGS[ending], (61, 43))


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ("400x300@2x", (800, 600)),
        ("400x300@3x", (1200, 900)),
        ("1x1@3x", (3, 3)),
        ("2048x2048@2x", (4096, 4096)),
        ("2048x2048@3x", (4096, 4096)),
        ("2048x100@3x", (4096, 200)),
        ("1500x1000@3x", (4096, 2731)),
        ("9999x1@3x", (4096, 2)),
    ],
)
def test_a_density_multiplies_the_pixels_up_to_4096_a_side(size: str, pixels: tuple[int, int]) -> None:
    assert opened(f"/color/7c9cff/{size}.png").size == pixels
    assert opened(f"/gradient/{size}.png").size == pixels


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_solid_is_its_colour_to_the_last_pixel(ending: str) -> None:
    image = opened(f"/color/7c9cff/64x64.{ending}").convert("RGB")
    for (low, high), wanted in zip(image.getextrema(), (0x7C, 0x9C, 0xFF), strict=True):
        lossy = 4 if ending in ("jpg", "jpeg", "avif") else 0
        assert wanted - lossy <= low <= high <= wanted + lossy


@pytest.mark.parametrize(
    "url",
    [
        "/400x300.png",
        "/400x300.png?text=red+on+green&bg=0f0&fg=f00",
        "/gradient/600x400.png?from=102030&to=e0d0c1&angle=77",
        "/gradient/300x300.png?from=808080&to=818283&type=radial",
        "/glyph/300x300.png",
        "/400x300.png?theme=dark&border=5&font=serif&debug=1",
        "/400x300.png?border=5,111827&fg=111827",
    ],
)
def test_two_inks_as_a_palette_are_the_drawing_itself_but_for_rounding(url: str) -> None:
    drawn = opaque(asked_for(url))
    direct = Image.frombytes("RGB", (drawn.width, drawn.height), bytes(drawn.write_to_memory()))
    indexed = opened(url)
    assert indexed.mode in ("P", "1")
    worst = max(high for _, high in ImageChops.difference(indexed.convert("RGB"), direct).getextrema())
    assert worst <= 2


def test_a_ramp_ends_in_its_inks() -> None:
    colors = ramp(Color("#102030"), Color("#f0e0d0"), 0)
    assert colors[3 * 0x10 :][:3] == bytes((0x10, 0x20, 0x30))
    assert colors[3 * 0xF0 :][:3] == bytes((0xF0, 0xE0, 0xD0))
    assert len(colors) == 3 * 256


ALPHA = ("png", "webp", "avif")
THROUGH = [
    ("/{}?bg=transparent&text=", (0, 0, 0, 0)),
    ("/{}?bg=00ff0080&text=", (0, 255, 0, 128)),
    ("/{}?bg=00ff0001&text=", (0, 255, 0, 1)),
    ("/{}?bg=00ff00fe&text=", (0, 255, 0, 254)),
    ("/gradient/{}?from=00ff0080&to=00ff0080", (0, 255, 0, 128)),
]


@pytest.mark.parametrize("ending", ALPHA)
@pytest.mark.parametrize(("address", "pixel"), THROUGH)
def test_what_lets_a_page_through_has_alpha(address: str, pixel: tuple[int, int, int, int], ending: str) -> None:
    image = opened(address.format(f"61x43.{ending}"))
    assert image.mode == "RGBA"
    for (low, high), wanted, is_alpha in zip(image.getextrema(), pixel, (False, False, False, True), strict=True):
        # Of a colour that can hardly be seen, little is kept but how little can be seen of it.
        slack = 1 if is_alpha or pixel[3] > 100 else 255
        slack += 3 if ending == "avif" or "gradient" in address else 0
        assert wanted - slack <= low <= high <= wanted + slack


@pytest.mark.parametrize("ending", ["jpg", "jpeg"])
def test_jpeg_is_drawn_on_white(ending: str) -> None:
    for address, wanted in (
        ("/{}?bg=transparent&text=", (255, 255, 255)),
        ("/{}?bg=00ff0080&text=", (127, 255, 127)),
        ("/{}?bg=0008&text=", (119, 119, 119)),
        ("/gradient/{}?from=00ff0080&to=00ff0080", (127, 255, 127)),
    ):
        image = opened(address.format(f"64x48.{ending}"))
        assert image.mode == "RGB"
        for (low, high), level in zip(image.getextrema(), wanted, strict=True):
            assert level - 4 <= low <= high <= level + 4


@pytest.mark.parametrize("address", ["/{}?radius=20", "/gradient/{}?radius=20", "/glyph/{}?radius=20", "/{}?radius=20&border=3"])
@pytest.mark.parametrize("ending", [*ALPHA, "gif", "jpg"])
def test_outside_of_round_corners_there_is_nothing_or_white(address: str, ending: str) -> None:
    image = opened(address.format(f"90x60.{ending}"))
    assert ("A" in image.mode or "transparency" in image.info) == (ending != "jpg")
    pixels = image.convert("RGBA")
    for corner in ((0, 0), (89, 0), (0, 59), (89, 59)):
        if ending == "jpg":
            assert min(pixels.getpixel(corner)) >= 245
        else:
            assert pixels.getpixel(corner)[3] <= 3
    for inside in ((45, 5), (20, 20), (2, 30), (45, 57)):
        assert pixels.getpixel(inside)[3] >= 252


def test_gif_has_one_clear_colour_where_nothing_is_drawn_and_white_behind_the_rest() -> None:
    clear, half = (opened(f"/90x60.gif?bg={bg}&fg=red").convert("RGBA") for bg in ("transparent", "0f08"))
    assert clear.getpixel((0, 0))[3] == 0
    assert {alpha for _, alpha in clear.getchannel("A").getcolors()} == {0, 255}
    assert half.getchannel("A").getextrema() == (255, 255)
    assert half.getpixel((0, 0))[:3] == pytest.approx((119, 255, 119), abs=4)
    assert opened("/90x60.gif?radius=9&bg=0000&text=").convert("RGBA").getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("ending", [*ALPHA, "gif", "jpg"])
@pytest.mark.parametrize("query", ["", "?border=3,teal", "?fg=ff000080", "?theme=auto&border=1", "?bg=fff&fg=000&debug=1"])
def test_what_covers_its_canvas_has_no_alpha(query: str, ending: str) -> None:
    image = opened(f"/90x60.{ending}{query}")
    assert "A" not in image.mode
    assert "transparency" not in image.info


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "avif", "gif"])
def test_no_metadata_is_written(ending: str) -> None:
    body = draw(f"/seed/ada/90x60.{ending}")
    assert not opened(f"/seed/ada/90x60.{ending}").getexif()
    for mark in (b"tEXt", b"iTXt", b"zTXt", b"iCCP", b"eXIf", b"Exif", b"ICC_PROFILE", b"http://ns.adobe", b"xpacket"):
        assert mark not in body


@pytest.mark.parametrize(
    "url",
    ["/400x300.webp", "/seed/ada/90x60.avif", "/seed/ada/90x60.gif", "/1200x630.jpg", "/glyph/40x40.png"]
    + [f"/90x60.{ending}?radius=50%25&border=3,f008&font=mono" for ending in ("png", "webp", "avif", "gif", "jpg")],
)
def test_the_same_url_gives_the_same_bytes_from_any_thread(url: str) -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(draw(url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert set(made) == {draw(url)}


@pytest.mark.parametrize(
    "url",
    ["/2048x2048.avif", "/seed/ada/2048x2048.webp"]
    + [f"/2048x2048@2x.{e}{query}" for e in ("png", "jpg", "gif") for query in ("", "?radius=300&bg=f008")],
)
def test_a_large_picture_leaves_other_threads_their_beat(url: str) -> None:
    """The event loop is such a thread. A call that holds the interpreter holds it every time, whereas a busy machine stops
    a thread now and then: one clean run of many tells the two apart."""
    draw(url.replace("2048x2048", "40x40"))  # loads what is loaded on first use
    assert any(_longest_stall(url) < LONGEST_STALL_S for _ in range(ATTEMPTS))


def _longest_stall(url: str) -> float:
    """The longest time between two beats of this thread while another draws, in seconds."""
    done = threading.Event()
    worker = threading.Thread(target=lambda: (draw(url), done.set()))
    worker.start()
    longest, last = 0.0, time.perf_counter()
    while not done.is_set():
        time.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    worker.join()
    return longest
