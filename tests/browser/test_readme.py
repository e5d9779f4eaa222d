"""README's own page, word for word but for the address, the id and the key: in both browsers, on another origin."""

import re
from pathlib import Path
from typing import Any

import pytest
from browser.elements import LISTEN, MOST_DIFFERENT, difference, heard, picture, submit
from browser.relay import Relay
from browser.test_ai_img_page import BELOW, WATCH
from browser.windows import Window

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture
def html() -> str:
    if not README.is_file():
        pytest.skip("needs README.md beside the tests")
    blocks = re.findall(r"```html\n(.*?)```", README.read_text("utf-8"), flags=re.DOTALL)
    return next(block for block in blocks if "registerAiImg" in block)


async def test_readmes_page_shows_placeholders_and_then_pictures(
    window: Window, relay: Relay, make_relay: Any, key: str, prompt: str, html: str
) -> None:
    """Without a reload, and without anything moving."""
    pages = make_relay()
    told = submit(relay.origin, key, prompt, 512, 512)
    page = html.replace("http://127.0.0.1:8000", relay.origin).replace("ID", told["id"]).replace("YOUR_KEY", key)
    page = page.replace("a red fox in snow", f"a red fox in snow, {window.name}")
    await window.set_viewport(1280, 700)
    await window.init_script(f"Object.assign(globalThis, {{ heard: [], states: [], hasShown: false }}); {LISTEN} {WATCH}")
    await window.open(pages.page("page.html", f"<!doctype html><title>page</title>{page}{BELOW}"))
    events = await heard(window, 2)
    assert {event["name"] for event in events} == {"ai-img:ready"}
    elements = "[...document.querySelectorAll('ai-img')]"
    places = await window.evaluate(f"() => {elements}.map((it) => it.getBoundingClientRect().toJSON())")
    sources = await window.evaluate("() => [...document.images].map((it) => it.src)")
    for place, source in zip(places, sources, strict=True):
        assert (place["width"], place["height"]) == (512, 512)
        shot = await window.screenshot((round(place["x"]), round(place["y"]), 512, 512))
        assert difference(shot, picture(source.removesuffix("#ready"))) < MOST_DIFFERENT
    assert len(await window.evaluate("() => [...tops]")) == 1
    assert await window.evaluate("() => [blanks, shifts]") == [0, 0]
    assert len([seen for seen in pages.seen if seen.path == "/pages/page.html"]) == 1
