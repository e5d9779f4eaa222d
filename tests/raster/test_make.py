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


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "avif", "gif"])
def test_no_metadata_is_written(ending: str) -> None:
    body = draw(f"/seed/ada/90x60.{ending}")
    assert not opened(f"/seed/ada/90x60.{ending}").getexif()
    for mark in (b"tEXt", b"iTXt", b"zTXt", b"iCCP", b"eXIf", b"Exif", b"ICC_PROFILE", b"http://ns.adobe", b"xpacket"):
        assert mark not in body


@pytest.mark.parametrize(
    "url", ["/400x300.webp", "/seed/ada/90x60.avif", "/seed/ada/90x60.gif", "/1200x630.jpg", "/glyph/40x40.png"]
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
    "url", ["/2048x2048.avif", "/seed/ada/2048x2048.webp"] + [f"/2048x2048@2x.{e}" for e in ("png", "jpg", "gif")]
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
