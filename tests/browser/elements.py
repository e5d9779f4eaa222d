"""Pages with <ai-img> in them, and what they tell: every event that reaches the window, every state that the element enters."""

import re
from collections.abc import Mapping
from io import BytesIO
from itertools import pairwise
from typing import Any

import httpx
from browser.relay import Relay, Seen
from browser.windows import Wait, Window
from PIL import Image, ImageChops, ImageStat

POST, STATUS, PICTURE = r"/ai", r"/ai/[a-z2-7]{16}/status", r"/ai/\d+x\d+/[a-z2-7]{16}\.png"

MOST_DIFFERENT = 0.02
"""Mean difference of two pictures that look the same."""

LISTEN = """
window.heard = [];
window.states = [];
for (const name of ["ai-img:ready", "ai-img:failed", "load", "error"])
  document.addEventListener(name, (event) => {
    if (!event.target.state) return;
    heard.push({ name, detail: event.detail ?? null, id: event.target.id, state: event.target.dataset.state });
  }, { capture: name.length < 6 });
new MutationObserver((changes) => { for (const { target } of changes) states.push(target.dataset.state); })
  .observe(document, { subtree: true, attributeFilter: ["data-state"] });
"""


def register(origin: str = "") -> str:
    source = f"{origin}/components/ai-img.js"
    return f'<script type="module">import {{ registerAiImg }} from "{source}"; registerAiImg();</script>'


def page_of(
    relay: Relay, body: str, head: str | None = None, headers: Mapping[str, str] | None = None, name: str = "page"
) -> str:
    """A page in the relay that registers the element and has `body`; its address."""
    opening = '<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>'
    return relay.page(f"{name}.html", f"{opening}{register() if head is None else head}<body>{body}", headers=dict(headers or {}))


async def show(window: Window, relay: Relay, body: str, wait: Wait = "load", **more: Any) -> None:
    """Opens a page with `body` that is listened to from the first."""
    await window.init_script(f"Object.assign(globalThis, {{ heard: [], states: [] }}); {LISTEN}")
    await window.open(page_of(relay, body, **more), wait)


async def heard(window: Window, count: int = 1, seconds: float = 20) -> list[dict[str, Any]]:
    """The specification's own events, once there are so many."""
    told = "(count) => { const own = heard.filter((one) => one.name.includes(':')); return own.length >= count && own; }"
    found: list[dict[str, Any]] = await window.until(told, count, seconds=seconds)
    return found


async def get(window: Window, expression: str, target: str = "ai-img") -> Any:
    """An expression over the element `it` and the picture `img` that it shows."""
    shown = "it.querySelector('img') ?? it.shadowRoot.querySelector('img')"
    return await window.evaluate(
        f"(target) => {{ const it = document.querySelector(target), img = {shown}; return {expression}; }}", target
    )


async def until(window: Window, expression: str, target: str = "ai-img", seconds: float = 20) -> Any:
    shown = "it.querySelector('img') ?? it.shadowRoot.querySelector('img')"
    function = f"(target) => {{ const it = document.querySelector(target), img = {shown}; return {expression}; }}"
    return await window.until(function, target, seconds=seconds)


def asked(relay: Relay, method: str, path: str) -> list[Seen]:
    """What the browser has asked for; a test looks for itself too."""
    return [seen for seen in relay.of(method, path) if "python" not in seen.headers.get("user-agent", "")]


def is_held(seen: Seen) -> bool:
    return bool(re.search(r"(^|&)wait=", seen.query))


def gaps(seen: list[Seen]) -> list[float]:
    """Seconds from each request's end to the next one's start."""
    return [after.at - (before.ended_at or before.at) for before, after in pairwise(seen)]


def submit(origin: str, key: str, prompt: str, w: int = 240, h: int = 160, *, is_ready: bool = False) -> Any:
    """What POST /ai says; `is_ready`: once the picture is."""
    wish = {"prompt": prompt, "w": w, "h": h}
    told = httpx.post(f"{origin}/ai", json=wish, headers={"Authorization": f"Bearer {key}"}).raise_for_status().json()
    while is_ready and httpx.get(f"{origin}{told['status_url']}?wait=20").json()["state"] != "ready":
        pass
    return told


def picture(url: str) -> Image.Image:
    return Image.open(BytesIO(httpx.get(url).raise_for_status().content)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean absolute difference of two pictures, 0 … 1."""
    assert one.size == other.size
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / (3 * 255)
