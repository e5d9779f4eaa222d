"""SVG and raster are one picture: what Chromium draws from the SVG is what the service sends as pixels."""

from io import BytesIO
from urllib.parse import quote

import httpx
import pytest
from browser.windows import Window
from PIL import Image, ImageChops, ImageColor, ImageStat
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
    "/400x300{}?radius=40&border=8,teal&bg=gold",
    "/300x300{}?radius=50%25&border=12,00000080&bg=7c9cff80&text=A+round+one",
    "/33x47{}?radius=50%25&border=3",
    "/400x300{}?border=5,11182780&bg=transparent&fg=dc2626cc",
    "/400x300{}?theme=dark&font=serif&text=Serif+%CE%A9+%D0%96&weight=700",
    "/400x300{}?theme=auto&font=mono&align=right&text=one%0Atwo+three&debug=0",
    "/400x300{}?font=serif&align=left&text=the+quick+brown+fox+jumps+over+the+lazy+dog",
    "/gradient/600x400{}?from=transparent&to=rebeccapurple&radius=60",
    "/gradient/600x400{}?from=f008&to=00f&type=radial",
    "/glyph/300x300{}?as=avatar&radius=50%25",
    *(f"/glyph/300x300{{}}?as={icon}" for icon in ("avatar", "photo", "video", "product", "map", "document")),
    *(f"/300x200{{}}?weight=700&text={quote(text)}" for text in ("مرحبا (hero) 400", "क्षत्रिय", "สวัสดี\n占位图「直」", "👩‍👩‍👧 1️⃣")),
    "/seed/%E6%9D%8E%E9%9B%B7/300x300{}?style=initials",
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


def fetched(url: str, page: str = "white") -> Image.Image:
    """The picture at `url` as it looks on a page of one colour."""
    picture = Image.open(BytesIO(httpx.get(url).raise_for_status().content)).convert("RGBA")
    under = Image.new("RGBA", picture.size, page)
    under.alpha_composite(picture)
    return under.convert("RGB")


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
        "/400x300{}?radius=50%25&border=9,teal&bg=gold",
        "/400x300{}?bg=7c9cff80&fg=111827cc",
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


@pytest.mark.parametrize(
    "address",
    [
        *(f"/400x300{{}}?theme={{}}{query}" for query in ("", "&border=6&radius=30", "&bg=transparent")),
        "/400x300{}?theme={}&bg=7c9cff40&border=3,red&text=both",
        *(f"/seed/ada/400x300{{}}?theme={{}}&style={style}" for style in LOOKS),
    ],
)
async def test_auto_is_the_picture_of_the_readers_own_theme(page: Page, live_server: str, address: str) -> None:
    for scheme, ground in (("light", "white"), ("dark", "black")):
        await page.emulate_media(color_scheme=scheme)
        url = live_server + address
        png = fetched(url.format(".png", scheme), ground)
        await page.set_viewport_size({"width": 400, "height": 300})
        auto = url.format("", "auto").replace("&", "&amp;")
        await page.set_content(f'<style>*{{margin:0}}img{{display:block;background:{ground}}}</style><img src="{auto}">')
        await page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth > 0")
        svg = Image.open(BytesIO(await page.screenshot())).convert("RGB")
        assert difference(png, svg) < MOST_DIFFERENT


async def test_auto_follows_the_reader_in_a_tab_of_its_own_too(page: Page, live_server: str) -> None:
    """There the answer's own policy holds, which has to allow the style."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    await page.goto(f"{live_server}/400x300?theme=auto")
    fill = "getComputedStyle(document.querySelector('path')).fill"
    for scheme, color in (("light", "rgb(226, 232, 240)"), ("dark", "rgb(30, 41, 59)")):
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate(fill) == color
    assert complaints == []


SHOW = """async (source, scheme) => {
    const picture = Object.assign(new Image(), { src: source });
    Object.assign(picture.style, { colorScheme: scheme, position: "fixed", inset: "0 auto auto 0" });
    document.body.replaceChildren(picture);
    await picture.decode();
}"""


async def test_auto_follows_the_color_scheme_of_its_own_element(window: Window, live_server: str) -> None:
    """So a site with a switch of its own says it in CSS, in both browsers."""
    await window.open(live_server)
    for scheme, color in (("light", "#e2e8f0"), ("dark", "#1e293b"), ("light", "#e2e8f0")):
        await window.evaluate(SHOW, "/400x300?theme=auto", scheme)
        assert (await window.screenshot()).convert("RGB").getpixel((20, 20)) == ImageColor.getrgb(color)
