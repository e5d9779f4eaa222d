"""The service without a server: the same bytes, the same refusals."""

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from placeholder import draw
from placeholder.errors import BadParameter, NoSuchPicture, Refusal, TooLong
from placeholder.library import asked_for
from placeholder.values.format import SUFFIXES, Format
from placeholder.web.errors import STATUS

Ask = Callable[..., Awaitable[Any]]

ROUTES = [
    ("/90x60{}", "?text=Hi+there&bg=111827"),
    ("/color/7c9cff/90x60{}", ""),
    ("/gradient/90x60{}", "?from=7c9cff&to=59e3c5&angle=120"),
    ("/gradient/90x60{}", "?type=radial"),
    ("/seed/precious-tide/90x60{}", ""),
    ("/glyph/90x60{}", "?as=avatar"),
]
PILLOW = {Format.PNG: "PNG", Format.JPEG: "JPEG", Format.WEBP: "WEBP", Format.AVIF: "AVIF", Format.GIF: "GIF"}


@pytest.mark.parametrize("suffix", ["", *SUFFIXES])
@pytest.mark.parametrize(("route", "query"), ROUTES)
async def test_what_is_drawn_is_what_is_answered(route: str, query: str, suffix: str, client: httpx.AsyncClient) -> None:
    """P-16: every route in every format and density."""
    url = route.format(suffix) + query
    picture_format, density = SUFFIXES.get(suffix, (Format.SVG, 1))
    body = draw(url)
    answer = await client.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == picture_format.value
    assert answer.content == body
    if picture_format is not Format.SVG:
        with Image.open(BytesIO(body)) as image:
            image.load()
            assert (image.format, image.size) == (PILLOW[picture_format], (90 * density, 60 * density))


@pytest.mark.parametrize("suffix", ["", "@2x.svg", ".png", "@3x.gif"])
@pytest.mark.parametrize("name", ["favicon", "16:9/64", "16%3A9/64"])
@pytest.mark.parametrize(("route", "query"), ROUTES)
def test_a_size_may_go_by_a_name_or_a_ratio(route: str, query: str, name: str, suffix: str) -> None:
    plain = "32x32" if name == "favicon" else "64x36"
    assert draw(route.format(suffix).replace("90x60", name) + query) == draw(route.format(suffix).replace("90x60", plain) + query)


@pytest.mark.parametrize(
    "spelling",
    [
        "http://placeholder.test{}",
        "https://user@elsewhere.example:8443{}",
        "//placeholder.test{}",
        "{}#fragment",
        "http://[::1]:8000{}",
    ],
)
def test_a_whole_url_is_its_path_and_query(spelling: str) -> None:
    """P-16: the host is not looked at."""
    assert draw(spelling.format("/90x60?text=a")) == draw("/90x60?text=a")


REFUSED = [
    "/400X300",
    "/color/zzz/400x300",
    "/400x300?bg=zzz",
    "/gradient/400x300?angle=NaN",
    "/glyph/400x300?as=cat",
    "/4x3/",
    "/nothing/here",
    "/",
    "/400x300?" + "&".join(["a=1"] * 33),
    "/seed/a%2Fb/4x3",
    "/400x300%0A",
    "/400x300.bmp",
]


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: url[:24])
async def test_what_is_refused_is_refused_alike(url: str, ask: Ask) -> None:
    """AP-4: the class that is raised is the status that is sent."""
    with pytest.raises(Refusal) as refusal:
        draw(url)
    if url != "/":  # where the service has its front page
        assert (await ask(url)).status == STATUS[refusal.type]


@pytest.mark.parametrize("url", ["/seed/" + "a" * 9000 + "/4x3", "/4x3?text=" + "a" * 9000])
def test_a_url_that_the_service_finds_too_long_is_too_long(url: str) -> None:
    """V7."""
    with pytest.raises(TooLong):
        draw(url)


@pytest.mark.parametrize("url", ["", "?text=a", "#a", "http://placeholder.test", "//4x3", "4x3", "http://[/4x3", "//[::1/4x3"])
def test_what_has_no_path_of_ours_is_refused_and_nothing_else(url: str) -> None:
    """P-5: a Refusal is the only exception that there is."""
    with pytest.raises(Refusal):
        draw(url)


def test_an_empty_seed_is_refused() -> None:
    """P-45."""
    with pytest.raises(NoSuchPicture):
        draw("/seed//4x3")


def test_text_that_was_never_encoded_is_drawn_as_if_it_had_been() -> None:
    """P-25: a caller in Python has no reason to percent-encode."""
    assert draw("/90x60?text=Привет") == draw("/90x60?text=%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82")
    assert draw("/seed/é/90x60") == draw("/seed/%C3%A9/90x60")


@pytest.mark.parametrize(
    ("url", "name", "expected"),
    [
        ("/90x60", "hero.png", Format.PNG),
        ("/90x60", "HERO.JPEG", Format.JPEG),
        ("/90x60", "hero.webp", Format.WEBP),
        ("/90x60", "hero.txt", Format.SVG),
        ("/90x60", "", Format.SVG),
        ("/90x60", "-", Format.SVG),
        ("/90x60.png", "", Format.PNG),
        ("/90x60.png", "hero.png", Format.PNG),
        ("/90x60@2x.gif", "hero", Format.GIF),
        ("/90x60.jpeg", "hero.jpg", Format.JPEG),
        ("/90x60?text=a.b", "hero.avif", Format.AVIF),
        ("/seed/a.b/90x60", "hero.avif", Format.AVIF),
    ],
)
def test_the_ending_of_a_file_chooses_where_the_url_leaves_it_open(url: str, name: str, expected: Format) -> None:
    assert asked_for(url, name).format is expected


@pytest.mark.parametrize(("url", "name"), [("/90x60.png", "a.gif"), ("/90x60.svg", "a.png"), ("/90x60@2x.webp", "a.svg")])
def test_a_file_whose_ending_contradicts_the_url_is_refused(url: str, name: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        asked_for(url, name)
    assert refusal.value.param == "output"
