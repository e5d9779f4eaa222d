"""What pages ask for: the elements of their HTML, and what the service answers to a picture's URL."""

import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from io import BytesIO

import httpx
from PIL import Image

Element = tuple[str, dict[str, str]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def elements(html: str) -> list[Element]:
    """Tag and attributes of each element, in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def images(html: str) -> list[dict[str, str]]:
    return [attributes for tag, attributes in elements(html) if tag == "img"]


def picture(url: str) -> tuple[str, tuple[int, int]]:
    """The type of the picture at `url`, which has to be a final one, and its size in pixels."""
    got = httpx.get(url).raise_for_status()
    assert "immutable" in got.headers["cache-control"], url
    kind = got.headers["content-type"]
    if kind == "image/svg+xml":
        root = ET.fromstring(got.content)
        return kind, (int(root.attrib["width"]), int(root.attrib["height"]))
    with Image.open(BytesIO(got.content)) as opened:
        opened.load()
        assert Image.MIME[opened.format or ""] == kind
        return kind, opened.size
