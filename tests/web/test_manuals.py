"""/llms.txt, /openapi.json, /docs as they are served: kept by nobody without asking, and true of this installation."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

Ask = Callable[..., Awaitable[Any]]

TYPES = {
    "/llms.txt": "text/plain; charset=utf-8",
    "/openapi.json": "application/json",
    "/docs": "text/html; charset=utf-8",
}


@pytest.mark.parametrize(("target", "media_type"), TYPES.items())
async def test_each_is_sent_once_and_then_only_when_it_changed(target: str, media_type: str, ask: Ask) -> None:
    answer = await ask(target)
    assert answer.status == 200
    assert answer["content-type"] == media_type
    assert answer["cache-control"] == "no-cache"
    assert answer["x-content-type-options"] == "nosniff"
    assert answer["access-control-allow-origin"] == (None if target == "/docs" else "*")
    assert (await ask(target)).body == answer.body
    again = await ask(target, headers={"If-None-Match": answer["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert (await ask(target, "HEAD"))["content-length"] == str(len(answer.body))


@pytest.mark.parametrize("target", [f"{path}{more}" for path in TYPES for more in ("%0A", "/", ".html")])
async def test_what_is_none_of_them_is_not_found(target: str, ask: Ask) -> None:
    assert (await ask(target)).status == 404


@pytest.mark.parametrize("target", TYPES)
async def test_they_are_read_and_not_written(target: str, ask: Ask) -> None:
    for method in ("POST", "DELETE"):
        answer = await ask(target, method)
        assert (answer.status, answer["allow"]) == (405, "GET, HEAD")


async def test_every_example_for_language_models_works(ask: Ask) -> None:
    """And every other address that the page writes out."""
    page = (await ask("/llms.txt")).body.decode()
    links = re.findall(r"\]\((/[^)\s]*)\)", page)
    assert len(links) > 12
    written = [address for address in re.findall(r"`(/[^`\s]*)`", page) if "{" not in address] + ["/components/ai-img.js"]
    for address in (*links, *written):
        assert (await ask(address)).status == 200, address


async def test_the_page_takes_its_files_from_here(ask: Ask) -> None:
    answer = await ask("/docs")
    policy = answer["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    addresses = set(re.findall(r'(?:href|src)="(/[^"#]*)"', answer.body.decode()))
    assert {"/page.css", "/docs.css"} <= addresses
    for address in addresses:
        assert (await ask(address.replace("&amp;", "&"))).status == 200, address


async def test_the_front_page_leads_to_them(ask: Ask) -> None:
    page = (await ask("/")).body.decode()
    for target in TYPES:
        assert f'href="{target}"' in page


async def test_under_a_prefix_addresses_begin_there(app: Any, asker: Callable[[Any], Ask]) -> None:
    ask = asker(Starlette(routes=[Mount("/pictures", app)]))
    assert json.loads((await ask("/pictures/openapi.json")).body)["servers"] == [{"url": "/pictures"}]
    assert "](/pictures/400x300)" in (await ask("/pictures/llms.txt")).body.decode()
    assert 'href="/pictures/docs.css"' in (await ask("/pictures/docs")).body.decode()


async def test_addresses_begin_at_the_public_url_and_never_at_a_host_header(
    make_app: Callable[..., Any], asker: Callable[[Any], Ask]
) -> None:
    ask = asker(make_app(public_url="https://pictures.example/at/", models="flux-schnell"))
    for target in TYPES:
        body = (await ask(target, headers={"Host": "evil.example"})).body.decode()
        assert "https://pictures.example/at" in body
        assert "evil" not in body
    document = json.loads((await ask("/openapi.json")).body)
    assert document["servers"] == [{"url": "https://pictures.example/at"}]
    models = document["components"]["schemas"]["Ask"]["properties"]["model"]["enum"]
    assert models == ["flux-schnell", "black-forest-labs/flux-schnell", None]
