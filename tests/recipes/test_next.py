"""Next.js: the recipe's page, built and served by Next.js itself."""

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fixtures.npm import run
from fixtures.sites import free_port, listening
from PIL import Image
from recipes.pages import images, picture
from recipes.readme import write

from placeholder.testing import Server

# What every application of Next.js has already.
LAYOUT = """export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
"""
QUIET = {"NEXT_TELEMETRY_DISABLED": "1", "NO_COLOR": "1"}
WIDTHS = (640, 750, 828, 1080, 1200, 1920, 2048, 3840)
"""What next/image asks for where a picture is as wide as the window."""


@pytest.fixture(scope="module")
def site(project: Path, service: Server, fox: dict[str, Any]) -> Iterator[str]:
    (project / "app").mkdir()
    (project / "app" / "layout.jsx").write_text(LAYOUT)
    write("Next.js", project, service.url, fox["id"])
    built = run(["node_modules/.bin/next", "build"], project, **QUIET)
    assert "Compiled successfully" in built
    assert "arning" not in built, built
    port = free_port()
    command = ["node_modules/.bin/next", "start", "--hostname", "127.0.0.1", "--port", str(port)]
    with listening(command, project, port, **QUIET) as origin:
        yield origin


def candidates(image: dict[str, str]) -> dict[str, str]:
    """The URLs of a srcset by their descriptors."""
    return {descriptor: url for url, descriptor in (entry.split() for entry in image["srcset"].split(", "))}


def blur(image: dict[str, str]) -> str:
    """The data URL that the image shows until it is there."""
    return unquote(image["style"]).partition(" href='")[2].partition("'")[0]


@pytest.fixture(scope="module")
def shown(site: str) -> list[dict[str, str]]:
    return images(httpx.get(site).raise_for_status().text)


def test_a_drawing_has_every_width_of_the_srcset(shown: list[dict[str, str]], service: Server) -> None:
    urls = candidates(shown[0])
    assert list(urls) == [f"{width}w" for width in WIDTHS]
    assert list(urls.values()) == [service.address(f"/seed/hero/16:9/{width}.webp?style=waves") for width in WIDTHS]
    assert picture(urls["640w"]) == ("image/webp", (640, 360))
    assert picture(urls["3840w"]) == ("image/webp", (2048, 1152))


def test_a_drawing_is_blurred_from_its_own_small_self(shown: list[dict[str, str]]) -> None:
    head, _, data = blur(shown[0]).partition(",")
    assert head == "data:image/webp;base64"
    with Image.open(BytesIO(base64.b64decode(data))) as tiny:
        assert tiny.size == (16, 9)


def test_a_picture_from_a_prompt_is_blurred_as_its_status_says(
    shown: list[dict[str, str]], service: Server, fox: dict[str, Any]
) -> None:
    assert blur(shown[1]) == fox["blurDataURL"]


def test_a_picture_from_a_prompt_comes_no_larger_than_asked_for(
    shown: list[dict[str, str]], service: Server, fox: dict[str, Any]
) -> None:
    urls = candidates(shown[1])
    assert urls == {"1x": service.address(f"{fox['url']}?width=256"), "2x": service.address(fox["url"])}
    assert [picture(url) for url in urls.values()] == [("image/png", (256, 256)), ("image/png", (512, 512))]


async def test_the_page_shows_both(site: str, service: Server, fox: dict[str, Any], seen: Any) -> None:
    hero, animal = await seen(site)
    assert hero["src"] == service.address("/seed/hero/16:9/828.webp?style=waves")
    assert animal == {"src": service.address(f"{fox['url']}?width=256"), "alt": "a red fox in snow", "size": [256, 256]}
