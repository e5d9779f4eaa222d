"""Vite: the recipe's page, built for each mode, and behind the development server's proxy."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fixtures.npm import run
from fixtures.sites import free_port, hosted, listening
from recipes.pages import images, picture
from recipes.readme import write

from placeholder.testing import Server, serve

VITE = "../node_modules/.bin/vite"


def made(project: Path, name: str, service: str) -> Path:
    folder = project / name
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"private": True, "type": "module"}))
    write("Vite", folder, service)
    return folder


async def test_a_built_page_asks_the_service(project: Path, service: Server, seen: Any) -> None:
    """And so does a script, by the same variable."""
    folder = made(project, "vite-built", service.url)
    script = 'document.body.append(Object.assign(new Image(), { src: import.meta.env.VITE_PICTURES + "/2x1" }));'
    (folder / "more.js").write_text(script)
    with (folder / "index.html").open("a") as page:
        page.write('<script type="module" src="/more.js"></script>')
    run([VITE, "build"], folder, NO_COLOR="1")
    (image,) = images((folder / "dist" / "index.html").read_text())
    assert image == {
        "src": service.address("/600x240?text=hero+banner"),
        "width": "600",
        "height": "240",
        "alt": "hero banner",
    }
    assert picture(image["src"]) == ("image/svg+xml", (600, 240))
    with hosted(folder / "dist") as origin:
        by_page, by_script = await seen(origin)
    assert (by_page["src"], by_page["size"]) == (image["src"], [600, 240])
    assert (by_script["src"], by_script["size"]) == (service.address("/2x1"), [2, 1])


@pytest.fixture
def development(project: Path) -> Iterator[tuple[str, Server]]:
    """The development server's origin, and the service that knows where it stands."""
    port = free_port()
    with serve(public_url=f"http://localhost:{port}/pictures") as server:
        folder = made(project, "vite-development", server.url)
        (folder / ".env.development").write_text("VITE_PICTURES=/pictures\n")
        with listening([VITE, "--host", "127.0.0.1", "--port", str(port), "--strictPort"], folder, port) as origin:
            yield origin, server


async def test_the_development_server_passes_pictures_on(development: tuple[str, Server], seen: Any) -> None:
    origin, server = development
    (image,) = await seen(origin)
    assert (image["src"], image["size"]) == (f"{origin}/pictures/600x240?text=hero+banner", [600, 240])
    assert httpx.get(image["src"]).content == httpx.get(server.address("/600x240?text=hero+banner")).content
    # What the service hands out leads through the proxy too.
    told = httpx.post(
        f"{origin}/pictures/ai", json={"prompt": "a hat", "w": 64, "h": 48}, headers={"Authorization": f"Bearer {server.key}"}
    ).json()
    assert httpx.get(f"{origin}{told['url']}").raise_for_status().headers["content-type"] == "image/png"
    assert httpx.get(f"{origin}{told['status_url']}").json()["state"] in ("pending", "generating", "ready")
