"""The front page's prompt box, in both browsers: with the service's own sketches out of the box, and with a key where there
are none.
"""

import re
from typing import Any

import pytest
from browser.elements import MOST_DIFFERENT, asked, difference, picture
from browser.relay import Relay
from browser.windows import Window

ASK = """(prompt, key) => {
    document.getElementById("wish").value = prompt;
    document.getElementById("key").value = key;
    document.querySelector("#asking button").click();
}"""
SAID = "() => document.getElementById('asking-said').textContent"
CAN_ASK = "() => !document.querySelector('#asking button').disabled"
STEPS = """() => [...document.querySelectorAll("#steps li")].map((it) =>
    [it.dataset.state, Boolean(it.dataset.at), it.ariaCurrent])"""
SHOWN = "() => document.querySelector('#imagined img').src"
SNIPPET = "() => document.getElementById('snippet-element').textContent"


async def test_a_prompt_becomes_a_sketch_out_of_the_box(window: Window, relay: Relay, prompt: str) -> None:
    """No key is typed; the page says plainly that it is a sketch, shows the states as they pass, and gives the words for
    another page, which work there."""
    await window.open(relay.origin)
    await window.until(CAN_ASK)
    assert "a sketch" in await window.evaluate("() => document.getElementById('painter').textContent")
    assert await window.evaluate("() => document.getElementById('key-param').hidden")
    await window.evaluate(ASK, prompt, "")
    said = await window.until("() => document.getElementById('asking-said').textContent", seconds=20)
    assert re.fullmatch(r"Ready after \d+\.\d s\.", said)
    steps = await window.evaluate(STEPS)
    assert steps == [["pending", True, None], ["generating", True, None], ["ready", True, "step"]]
    shown = await window.evaluate(SHOWN)
    snippet = await window.evaluate(SNIPPET)
    assert f'<ai-img src="{shown.removesuffix("#ready")}" status="{relay.origin}/ai/' in snippet
    assert f'alt="{prompt}"' in snippet
    assert f'from "{relay.origin}/components/ai-img.js"' in snippet
    assert window.complaints == []

    await window.open(relay.page("taken.html", f"<!doctype html><style>body{{margin:0}}</style>{snippet}"))
    await window.until("() => document.querySelector('ai-img').state === 'ready'")
    assert difference(await window.screenshot((0, 0, 640, 480)), picture(shown.removesuffix("#ready"))) < MOST_DIFFERENT


async def test_an_empty_prompt_asks_nothing(window: Window, relay: Relay) -> None:
    await window.open(relay.origin)
    await window.until(CAN_ASK)
    await window.evaluate(ASK, "   ", "")
    assert await window.evaluate(SAID) == "Write what the picture shall show."
    assert asked(relay, "POST", "/ai") == []


async def test_a_prompt_that_is_blocked_is_told(window: Window, relay: Relay) -> None:
    await window.open(relay.origin)
    await window.until(CAN_ASK)
    await window.evaluate(ASK, "a nude child", "")
    assert await window.until("() => document.getElementById('asking-said').textContent") == "This prompt is not allowed here."
    assert await window.evaluate(SHOWN) == f"{relay.origin}/glyph/640x480?as=blocked#failed"
    await window.evaluate(ASK, "a nude child", "")
    await relay.until("POST", "/ai", 2)


@pytest.fixture(scope="module")
def keyed(serving: Any, key: str) -> Any:
    """A service whose front page has no key of its own."""
    with serving(PLACEHOLDER_API_KEY=key, PLACEHOLDER_SKETCH_DELAY_S="0.2", PLACEHOLDER_PLAYGROUND="false") as port:
        yield f"http://127.0.0.1:{port}"


async def test_where_there_is_no_key_the_visitor_has_one(window: Window, keyed: str, key: str, prompt: str) -> None:
    await window.open(keyed)
    await window.until(CAN_ASK)
    assert not await window.evaluate("() => document.getElementById('key-param').hidden")
    await window.evaluate(ASK, prompt, "")
    assert "A key is needed" in await window.evaluate(SAID)
    await window.evaluate(ASK, prompt, "wrong")
    assert "Authorization" in await window.until("() => document.getElementById('asking-said').textContent")
    await window.evaluate(ASK, prompt, key)
    await window.until("() => document.querySelector('#imagined').state === 'ready'")
