"""SVG and raster are one picture: what Chromium draws from the SVG is what the service sends as pixels."""

from io import BytesIO

import httpx
import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.async_api import Page

from placeholder.synth.seeds.album import LOOKS

MOST_DIFFERENT = 0.02
"""Mean difference over all pixels and channels, of the full range."""

PICTURES = [
    "/400x300{}",
    "/600x240{}?text=hero+banner&bg=111827&fg=9aa0b4",
    "/500x400{}?text=%CE%A9%CE%BC%CE%AD%CE%B3%CE%B1+%D0%B6%D1%83%D1%80%D0%BD%D0%B0%D0%BB%0A%C3%9Cbergr%C3%B6%C3%9Fe&bg=fde68a",
    "/300x300{}?text=a+long+sentence+that+has+to+be+broken+into+many+lines+and+set+rather+small",
    "/33x47{}",
    "/color/7c9cff/400x300{}",
    "/gradient/600x400{}?from=7c9cff&to=59e3c5&angle=120",
    "/gradient/401x203{}?from=000&to=fff&angle=-33.3",
    "/gradient/600x400{}?from=f00&to=00f&type=radial",
    "/seed/precious-tide/400x300{}",
    "/seed/ada/640x640{}",
    *(f"/seed/ada/{size}{{}}?style={style}" for style in LOOKS for size in ("300x300", "640x160")),
    *(f"/seed/tern/40x40{{}}?style={style}&theme=dark" for style in LOOKS),
    *(f"/glyph/300x300{{}}?as={icon}" for icon in ("avatar", "photo", "video", "product", "map", "document")),
]


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference, 0 … 1."""
    assert one.size == other.size
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / (3 * 255)


async def drawn_by_chromium(page: Page, url: str, size: tuple[int, int]) -> Image.Image:
    w, h = size
    await page.set_viewport_size({"width": w, "height": h})
    await page.set_content(f'<style>*{{margin:0;padding:0}}img{{display:block}}</style><img src="{url}">')
    await page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth > 0")
    return Image.open(BytesIO(await page.screenshot(clip={"x": 0, "y": 0, "width": w, "height": h}))).convert("RGB")


def fetched(url: str) -> Image.Image:
    return Image.open(BytesIO(httpx.get(url).raise_for_status().content)).convert("RGB")


@pytest.mark.parametrize("address", PICTURES)
async def test_a_png_is_what_chromium_draws_from_the_svg(page: Page, live_server: str, address: str) -> None:
    png = fetched(live_server + address.format(".png"))
    svg = await drawn_by_chromium(page, live_server + address.format("").replace("&", "&amp;"), png.size)
    assert difference(png, svg) < MOST_DIFFERENT
    assert svg.getextrema() != ((255, 255),) * 3, "an empty page would look alike to a white picture only"


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".webp", ".avif", ".gif"])
@pytest.mark.parametrize(
    "address",
    [
        "/400x300{}",
        "/gradient/600x400{}?angle=30",
        "/seed/ada/640x480{}",
        "/seed/ada/300x200{}?style=mesh",
        "/glyph/300x300{}?as=map",
    ],
)
async def test_the_other_formats_show_the_same(page: Page, live_server: str, address: str, suffix: str) -> None:
    picture = fetched(live_server + address.format(suffix))
    svg = await drawn_by_chromium(page, live_server + address.format("").replace("&", "&amp;"), picture.size)
    assert difference(picture, svg) < MOST_DIFFERENT


@pytest.mark.parametrize(
    "address", ["/300x200@2x{}", "/seed/ada/333x217@3x{}", "/seed/ada/101x57@3x{}?style=mosaic", "/gradient/101x57@3x{}?angle=45"]
)
async def test_densities_have_the_pixels_and_the_picture_of_the_svg(page: Page, live_server: str, address: str) -> None:
    png = fetched(live_server + address.format(".png"))
    assert difference(png, await drawn_by_chromium(page, live_server + address.format(".svg"), png.size)) < MOST_DIFFERENT


async def test_a_script_without_outlines_becomes_the_size_label_in_pixels(live_server: str) -> None:
    assert httpx.get(f"{live_server}/400x300?text=日本語").text.count("<text") == 1
    assert httpx.get(f"{live_server}/400x300.png?text=日本語").content == httpx.get(f"{live_server}/400x300.png").content
