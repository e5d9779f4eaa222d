"""Storybook: the recipe's stories, built by Storybook itself and looked at one by one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fixtures.npm import run
from fixtures.sites import hosted
from recipes.pages import picture
from recipes.readme import write

from placeholder.testing import Server

# What `storybook init` writes.
MAIN = 'export default { framework: "@storybook/react-vite", stories: ["../src/**/*.stories.jsx"] };\n'

STORIES = {
    "landscape": ("/seed/hat/320x200?style=waves", (320, 200)),
    "portrait": ("/seed/hat/200x320?style=waves", (200, 320)),
    "huge": ("/2048x2048.webp?text=2048", (2048, 2048)),
    "failed": ("/glyph/320x200?as=failed", (320, 200)),
}


@pytest.fixture(scope="module")
def book(project: Path, service: Server) -> Iterator[str]:
    folder = project / "storybook"
    (folder / ".storybook").mkdir(parents=True)
    (folder / ".storybook" / "main.js").write_text(MAIN)
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
    write("Storybook", folder, service.url)
    run(["../node_modules/.bin/storybook", "build"], folder, STORYBOOK_DISABLE_TELEMETRY="1", NO_COLOR="1")
    built = folder / "storybook-static"
    assert set(json.loads((built / "index.json").read_text())["entries"]) == {f"card--{name}" for name in STORIES}
    with hosted(built) as origin:
        yield origin


@pytest.mark.parametrize("name", STORIES)
async def test_a_story_shows_its_picture(book: str, service: Server, seen: Any, name: str) -> None:
    target, size = STORIES[name]
    (image,) = await seen(f"{book}/iframe.html?id=card--{name}&viewMode=story")
    assert (image["src"], tuple(image["size"])) == (service.address(target), size)
    assert picture(image["src"])[1] == size
