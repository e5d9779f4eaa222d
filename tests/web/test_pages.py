"""The front page: its files, none from elsewhere, and a policy that says so; and what it may know that others may not."""

import re
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from fixtures.imagining import Imagining

from placeholder.values.named import NAMES
from placeholder.values.size import Size

Ask = Callable[..., Awaitable[Any]]

FILES = {
    "/": "text/html; charset=utf-8",
    "/page.css": "text/css; charset=utf-8",
    "/docs.css": "text/css; charset=utf-8",
    "/page.js": "text/javascript; charset=utf-8",
    "/copy.js": "text/javascript; charset=utf-8",
    "/prompt.js": "text/javascript; charset=utf-8",
}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize(("target", "media_type"), FILES.items())
async def test_the_page_and_its_files_are_sent_with_their_policy(target: str, media_type: str, ask: Ask) -> None:
    answer = await ask(target)
    assert answer.status == 200
    assert answer["content-type"] == media_type
    assert answer["cache-control"] == "no-cache"
    assert answer["x-content-type-options"] == "nosniff"
    assert answer["referrer-policy"] == "no-referrer"
    policy = dict(part.strip().split(" ", 1) for part in answer["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer["content-security-policy"]


@pytest.mark.parametrize("target", FILES)
async def test_a_file_that_the_browser_has_is_not_sent_again(target: str, ask: Ask) -> None:
    tag = (await ask(target))["etag"]
    assert (await ask(target, headers={"If-None-Match": tag})).status == 304
    assert (await ask(target, headers={"If-None-Match": '"old"'})).status == 200


async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(ask: Ask) -> None:
    tags = Tags()
    tags.feed((await ask("/")).body.decode())
    assert len(tags.seen) > 20
    for tag, attributes in tags.seen:
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "style" not in attributes, tag
        if tag == "script":
            assert attributes.get("src")
        if tag in ("script", "img", "iframe", "source") or (tag == "link" and attributes.get("rel") in ("stylesheet", "icon")):
            address = attributes.get("src") or attributes.get("href") or "/"
            assert re.match(r"/(?!/)|data:image/", address), address


async def test_every_picture_and_link_of_the_page_that_is_ours_answers(ask: Ask) -> None:
    """The examples on the page are examples that work."""
    tags = Tags()
    tags.feed((await ask("/")).body.decode())
    addresses = {value for _, attributes in tags.seen for name, value in attributes.items() if name in ("src", "href") and value}
    ours = sorted(address for address in addresses if address.startswith("/"))
    assert len(ours) > 5
    for address in ours:
        # The page may show one refusal, so that people know what it looks like.
        assert (await ask(address.partition("#")[0])).status == (400 if "zzz" in address else 200), address


async def test_a_preset_with_a_name_is_of_that_size(ask: Ask) -> None:
    presets = re.findall(r'data-size="([0-9]+)x([0-9]+)">([^<]+)</button>', (await ask("/")).body.decode())
    assert {name for _, _, name in presets} & set(NAMES)
    for w, h, name in presets:
        assert NAMES[name] == Size(int(w), int(h)) if name in NAMES else name == f"{w} × {h}"


@pytest.mark.parametrize("target", ["/%0A", "/page.css%0A", "/prompt.js/", "/copy.js.map"])
async def test_what_is_no_file_of_the_page_is_not_found(target: str, ask: Ask) -> None:
    assert (await ask(target)).status == 404


async def test_the_key_of_the_page_is_for_the_page_alone(imagining: Imagining) -> None:
    """No script of another origin may read it, and nobody keeps it."""
    async with imagining() as service:
        answer = await service.ask("/page.json")
        assert answer.status == 200
        assert answer["access-control-allow-origin"] is None
        assert answer["cache-control"] == "no-store"
        assert list(answer.json()) == ["key"]
        assert answer.json()["key"].startswith("pk_")


async def test_where_pictures_cost_something_the_page_has_no_key(imagining: Imagining) -> None:
    async with imagining(provider="cog", cog_url="http://127.0.0.1:9") as service:
        assert (await service.ask("/page.json")).json() == {"key": None}
