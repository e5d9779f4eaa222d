"""The package in pages that Vite built with React, Vue, Svelte and nothing, at another origin than the service's."""

from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from browser.windows import Window
from PIL import Image, ImageChops, ImageStat

SIZE = (320, 200)

FETCHES = """
    window.posts = [];
    const real = window.fetch;
    window.fetch = (url, options) => {
      if (options?.method === "POST") window.posts.push(options.headers.get("Authorization"));
      return real(url, options);
    };
"""

SHOWN = """(id) => {
    const element = document.querySelector(`ai-img#${id}`);
    const img = element.shadowRoot.querySelector("img");
    const { x, y, width, height } = element.getBoundingClientRect();
    return {
      state: element.dataset.state, alt: img.alt, src: img.currentSrc, size: [img.naturalWidth, img.naturalHeight],
      clip: [x, y, width, height], heard: window.heard[id] ?? [],
    };
}"""


async def shown(window: Window, name: str, state: str) -> dict[str, Any]:
    """What is to see of an element and to hear of it, once the page has heard that it is so far."""
    wanted = "(id, state) => window.heard[id]?.some(({ type }) => type === `ai-img:${state}`)"
    await window.until(wanted, name, state)
    told = await window.evaluate(SHOWN, name)
    assert told["state"] == state
    assert isinstance(told, dict)
    return told


async def assert_shows_the_picture(window: Window, told: dict[str, Any], service: str, detail: dict[str, Any]) -> None:
    assert detail == {
        "id": detail["id"],
        "url": f"{service}/ai/320x200/{detail['id']}.png",
        "status_url": f"{service}/ai/{detail['id']}/status",
        "state": "ready",
    }
    assert urlsplit(told["src"])._replace(fragment="").geturl() == detail["url"]
    assert tuple(told["size"]) == SIZE
    x, y, w, h = (round(side) for side in told["clip"])
    assert [x, y, w, h] == told["clip"]
    async with httpx.AsyncClient() as client:
        answer = await client.get(detail["url"])
    picture = Image.open(BytesIO(answer.content)).convert("RGB")
    seen = await window.screenshot((x, y, w, h))
    assert seen.size == picture.size
    assert max(ImageStat.Stat(ImageChops.difference(seen, picture)).mean) < 2


@pytest.mark.parametrize("order", ["defined before", "defined after"])
@pytest.mark.parametrize("app", ["plain", "react", "vue", "svelte"])
async def test_a_built_page_gets_its_pictures(window: Window, pages: str, service: str, key: str, app: str, order: str) -> None:
    await window.init_script(FETCHES)
    late = {"late": window.name} if order == "defined after" else {}
    await window.open(f"{pages}/{app}.html?{urlencode({'endpoint': service, 'key': key, **late})}")
    await window.until("() => document.querySelectorAll('ai-img').length === 2")
    if late:
        assert await window.evaluate("() => document.querySelectorAll('ai-img:not(:defined)').length") == 2
        await window.evaluate("() => define()")

    one = await shown(window, "one", "ready")
    assert one["alt"] == "At first"
    assert [heard["type"] for heard in one["heard"]] == ["ai-img:ready", "load"]
    await assert_shows_the_picture(window, one, service, one["heard"][0]["detail"])

    other = await shown(window, "other", "failed")
    assert [heard["type"] for heard in other["heard"]] == ["ai-img:failed", "error"]
    failure = other["heard"][0]["detail"]
    assert set(failure) == {"status", "code", "error", "retryAfter"}
    assert (failure["status"], failure["code"]) == (401, "invalid_api_key")
    assert other["src"] == f"{service}/glyph/320x200?as=failed#failed"

    # What changes is passed on: words alone cost nothing, another key is another try.
    await window.evaluate("(otherKey) => change({ alt: 'Changed', otherKey })", key)
    other = await shown(window, "other", "ready")
    assert [heard["type"] for heard in other["heard"][2:]] == ["ai-img:ready", "load"]
    await assert_shows_the_picture(window, other, service, other["heard"][2]["detail"])
    one = await shown(window, "one", "ready")
    assert one["alt"] == "Changed"
    assert len(one["heard"]) == 2
    assert sorted(await window.evaluate("() => posts")) == sorted([f"Bearer {key}", "Bearer wrong", f"Bearer {key}"])

    if app == "react":  # a key that is taken away is not sent any more
        await window.evaluate("() => change({ otherKey: undefined })")
        await window.until("() => posts.length === 4 && posts[3] === null")

    (complaint,) = window.complaints
    assert "whoever sees this page can read its API key" in complaint
