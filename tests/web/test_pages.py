"""The front page and the gallery: their files, none from elsewhere, and a policy that says so; and what the front page may know
that others may not."""

import re
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from fixtures.imagining import Imagining

from placeholder.synth.seeds.album import LOOKS
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
    "/gallery": "text/html; charset=utf-8",
    "/gallery.css": "text/css; charset=utf-8",
    "/operator": "text/html; charset=utf-8",
    "/operator.css": "text/css; charset=utf-8",
    "/operator.js": "text/javascript; charset=utf-8",
    "/operator/grafana.json": "application/json",
}
PAGES = ("/", "/gallery", "/operator")


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


async def tags_of(page: str, ask: Ask) -> list[tuple[str, dict[str, str | None]]]:
    tags = Tags()
    tags.feed((await ask(page)).body.decode())
    return tags.seen


@pytest.mark.parametrize("page", PAGES)
async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(page: str, ask: Ask) -> None:
    seen = await tags_of(page, ask)
    assert len(seen) > 20
    for tag, attributes in seen:
        assert tag != "style"
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "style" not in attributes, tag
        if tag == "script":
            assert attributes.get("src")
        if tag in ("script", "img", "iframe", "source") or (tag == "link" and attributes.get("rel") in ("stylesheet", "icon")):
            address = attributes.get("src") or attributes.get("href") or attributes.get("srcset") or ""
            assert re.match(r"/(?!/)|data:image/", address), address


@pytest.mark.parametrize("page", PAGES)
async def test_every_picture_and_link_of_the_page_that_is_ours_answers(page: str, ask: Ask) -> None:
    """The examples on the page are examples that work."""
    named = ("src", "href", "srcset")
    seen = await tags_of(page, ask)
    addresses = {value for _, attributes in seen for name, value in attributes.items() if name in named and value}
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


@pytest.mark.parametrize(
    "target", ["/%0A", "/page.css%0A", "/prompt.js/", "/copy.js.map", "/gallery/", "/gallery%0A", "/gallery.html"]
)
async def test_what_is_no_file_of_the_page_is_not_found(target: str, ask: Ask) -> None:
    assert (await ask(target)).status == 404


async def test_the_gallery_shows_every_look_in_several_sizes_with_several_seeds_in_both_themes(ask: Ask) -> None:
    seen = await tags_of("/gallery", ask)
    shown = {attributes["src"] for tag, attributes in seen if tag == "img"}
    in_the_dark = {attributes["srcset"] for tag, attributes in seen if tag == "source"}
    linked = {attributes["href"] for tag, attributes in seen if tag == "a"}
    assert in_the_dark == {f"{address}&theme=dark" for address in shown if "style=" in str(address)}
    for style in ("", *(f"?style={style}" for style in LOOKS)):
        own = [re.fullmatch(r"/seed/([^/]+)/([0-9]+x[0-9]+)" + re.escape(style), str(address)) for address in shown]
        assert len({match[1] for match in own if match}) >= 6
        assert len({match[2] for match in own if match}) >= 3
        # Each has its URL beside it; those of the index, at the top, lead to the look.
        assert {match[0] for match in own if match and match[2] != "144x96"} <= linked
        assert f"#{style.partition('=')[2] or 'plain'}" in linked


async def test_the_gallery_runs_no_script_and_the_front_page_leads_there(ask: Ask) -> None:
    assert not [tag for tag, _ in await tags_of("/gallery", ask) if tag == "script"]
    assert "/gallery" in [attributes.get("href") for tag, attributes in await tags_of("/", ask) if tag == "a"]


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
