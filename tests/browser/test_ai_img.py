"""<ai-img> in pages, in both browsers: its modes, its attributes, its states, its events (P-92 to P-107)."""

import json
from typing import Any

import pytest
from browser.elements import (
    MOST_DIFFERENT,
    PICTURE,
    POST,
    STATUS,
    asked,
    difference,
    get,
    heard,
    page_of,
    picture,
    show,
    submit,
    until,
)
from browser.relay import Relay
from browser.windows import Window

NO_MARGIN = "<style>body{margin:0}</style>"


async def test_a_prompt_becomes_a_picture_without_a_reload(window: Window, patient: Relay, key: str, prompt: str) -> None:
    """P-93 to P-99, P-103, P-106, P-107: placeholder, POST, polls, the picture on the same <img>."""
    body = f'{NO_MARGIN}<div><ai-img id="a" prompt="{prompt}" w="240" h="160" api-key="{key}"></ai-img></div>'
    await show(window, patient, body)
    assert await get(window, "it.state") in ("pending", "generating")
    assert await get(window, "it.complete") is False
    still = await until(window, "img.complete && img.naturalWidth && img.src")
    assert still == f"{patient.origin}/240x160"
    assert difference(await window.screenshot((0, 0, 240, 160)), picture(f"{patient.origin}/240x160.png")) < 0.1
    await window.evaluate("() => { window.same = document.querySelector('ai-img').shadowRoot.querySelector('img'); }")

    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready"
    assert (event["id"], event["state"]) == ("a", "ready")
    detail = event["detail"]
    assert detail["url"] == f"{patient.origin}/ai/240x160/{detail['id']}.png"
    assert detail["status_url"] == f"{patient.origin}/ai/{detail['id']}/status"
    assert detail["state"] == "ready"
    assert await get(window, "[it.state, it.dataset.state, it.complete, it.matches(':state(ready)')]") == [
        "ready",
        "ready",
        True,
        True,
    ]
    assert await get(window, "img === same")
    assert await get(window, "img.src") == detail["url"] + "#ready"
    assert difference(await window.screenshot((0, 0, 240, 160)), picture(detail["url"])) < MOST_DIFFERENT
    assert await window.evaluate("() => states.filter((one, place) => one !== states[place - 1])") == [
        "pending",
        "generating",
        "ready",
    ]
    assert [one["name"] for one in await window.evaluate("() => heard")] == ["ai-img:ready", "load"]

    (post,) = asked(patient, "POST", POST)
    assert json.loads(post.body) == {"prompt": prompt, "w": 240, "h": 160}
    assert post.headers["authorization"] == f"Bearer {key}"
    assert post.headers["content-type"] == "application/json"
    for other in patient.seen:
        if other is not post:
            assert "authorization" not in other.headers, other.path
    assert 1 <= len(asked(patient, "GET", STATUS)) <= 3
    assert len(asked(patient, "GET", PICTURE)) == 1, "the picture is loaded once"
    assert [one.path for one in patient.seen if one.path == "/pages/page.html"] == ["/pages/page.html"], "no reload"


async def test_a_url_that_is_there_already_is_followed(window: Window, patient: Relay, key: str, prompt: str) -> None:
    """P-100, P-101: no POST; the page's own <img> is used in its place."""
    told = submit(patient.origin, key, prompt)
    patient.seen.clear()
    body = (
        f'{NO_MARGIN}<ai-img src="{told["url"]}" status="{told["status_url"]}" w="240" h="160">'
        f'<img src="{told["url"]}" width="240" height="160" alt="a fox"></ai-img>'
    )
    await show(window, patient, body)
    assert await get(window, "it.state") in ("pending", "generating")
    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready"
    assert event["detail"]["url"] == patient.origin + told["url"]
    assert await get(window, "img.parentElement === it && it.shadowRoot.querySelector('img') === null")
    assert await get(window, "[img.alt, it.childElementCount]") == ["a fox", 1]
    assert difference(await window.screenshot((0, 0, 240, 160)), picture(patient.origin + told["url"])) < MOST_DIFFERENT
    assert asked(patient, "POST", POST) == []
    assert len(asked(patient, "GET", PICTURE)) == 2, "the placeholder and the picture"


async def test_a_picture_that_was_ready_before_is_shown_at_once(window: Window, relay: Relay, key: str, prompt: str) -> None:
    submit(relay.origin, key, prompt, is_ready=True)
    relay.seen.clear()
    await show(window, relay, f'<ai-img prompt="{prompt}" w="240" h="160" api-key="{key}"></ai-img>')
    await heard(window)
    assert len(asked(relay, "POST", POST)) == 1
    assert asked(relay, "GET", STATUS) == []


async def test_a_src_alone_is_a_picture(window: Window, relay: Relay) -> None:
    await show(window, relay, '<ai-img src="/seed/tern/240x160.png" w="240" h="160"></ai-img>')
    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready"
    assert event["detail"]["url"] == f"{relay.origin}/seed/tern/240x160.png"
    assert asked(relay, "*", r"/ai.*") == []


async def test_what_is_not_said_has_its_default_and_what_is_said_travels(
    window: Window, relay: Relay, key: str, prompt: str
) -> None:
    """P-99, P-104."""
    body = (
        f'<ai-img id="a" prompt="{prompt}" api-key="{key}"></ai-img>'
        f'<ai-img id="b" prompt="{prompt}" api-key="{key}" w="64" h="48" seed="0" model="flux-schnell"></ai-img>'
        f'<ai-img id="c" prompt="{prompt}" api-key="{key}" w="-3" h="tall" seed="7"></ai-img>'
    )
    await show(window, relay, body)
    await heard(window, 3)
    sent = sorted((json.loads(seen.body) for seen in asked(relay, "POST", POST)), key=lambda one: one.get("seed", -1))
    assert sent == [
        {"prompt": prompt, "w": 400, "h": 300},
        {"prompt": prompt, "w": 64, "h": 48, "seed": 0, "model": "flux-schnell"},
        {"prompt": prompt, "w": 400, "h": 300, "seed": 7},
    ]
    assert await get(window, "[it.w, it.h, it.offsetWidth, it.offsetHeight]", "#c") == [400, 300, 400, 300]


async def test_the_endpoint_may_be_another_origin(window: Window, relay: Relay, make_relay: Any, key: str, prompt: str) -> None:
    """P-102, AP-20."""
    other = make_relay()
    body = f'<ai-img prompt="{prompt}" w="240" h="160" endpoint="{other.origin}/" api-key="{key}"></ai-img>'
    await show(window, relay, body)
    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready", event
    assert event["detail"]["url"].startswith(other.origin + "/ai/")
    assert asked(relay, "*", r"/ai.*") == []
    assert len(asked(other, "OPTIONS", POST)) == 1
    assert len(asked(other, "POST", POST)) == 1
    assert asked(other, "OPTIONS", STATUS) == [], "polls need no preflight"
    assert len(asked(other, "GET", PICTURE)) == 1, "the picture is loaded once"


@pytest.mark.parametrize(
    ("markup", "alt"),
    [
        ('<ai-img src="/40x30"></ai-img>', ""),
        ('<ai-img src="/40x30" alt="a fox"></ai-img>', "a fox"),
        ('<ai-img src="/40x30" alt=""></ai-img>', ""),
        ('<ai-img src="/40x30" prompt="a red fox" ></ai-img>', "a red fox"),
        ('<ai-img src="/40x30" prompt="a red fox" alt=""></ai-img>', ""),
        ('<ai-img src="/40x30" prompt="a red fox"><img src="/40x30" alt="Reynard"></ai-img>', "Reynard"),
        ('<ai-img src="/40x30" alt="a fox"><img src="/40x30" alt="Reynard"></ai-img>', "a fox"),
    ],
)
async def test_the_pictures_words(window: Window, relay: Relay, markup: str, alt: str) -> None:
    """P-105: alt, an empty one too; without, what the page's own <img> says, or else the prompt."""
    await show(window, relay, markup)
    await heard(window)
    assert await get(window, "img.alt") == alt


async def test_only_the_words_change_with_alt(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await show(window, relay, f'<ai-img prompt="{prompt}" w="64" h="48" api-key="{key}"></ai-img>')
    await heard(window)
    before = len(relay.seen)
    assert await get(window, "(it.alt = 'other words', 1)")
    await until(window, "img.alt === 'other words'")
    assert await get(window, "it.state") == "ready"
    assert len(relay.seen) == before


async def test_a_job_that_fails_says_so_and_may_be_tried_again(
    window: Window, make_relay: Any, failing: str, key: str, prompt: str
) -> None:
    relay = make_relay(failing)
    await show(window, relay, f'{NO_MARGIN}<ai-img prompt="{prompt}" w="240" h="160" api-key="{key}"></ai-img>')
    (event,) = await heard(window)
    assert event["name"] == "ai-img:failed"
    assert event["detail"] == {
        "status": 200,
        "code": "generation_failed",
        "error": "The model failed to make this picture.",
        "retryAfter": 0,
    }
    assert await get(window, "[it.state, it.dataset.state, it.matches(':state(failed)'), it.complete]") == [
        "failed",
        "failed",
        True,
        True,
    ]
    assert [one["name"] for one in await window.evaluate("() => heard")] == ["ai-img:failed", "error"]
    glyph = picture(f"{relay.origin}{await get(window, 'new URL(img.src).pathname')}")
    assert difference(await window.screenshot((0, 0, 240, 160)), glyph) < MOST_DIFFERENT
    assert len(asked(relay, "POST", POST)) == 1
    await get(window, "it.retry()")
    assert (await heard(window, 2))[1]["name"] == "ai-img:failed"
    assert len(asked(relay, "POST", POST)) == 2


async def test_a_blocked_prompt_shows_the_glyph(window: Window, relay: Relay, key: str) -> None:
    """AP-16."""
    await show(window, relay, f'{NO_MARGIN}<ai-img prompt="a nude child" w="240" h="160" api-key="{key}"></ai-img>')
    (event,) = await heard(window)
    assert event["name"] == "ai-img:failed"
    assert (event["detail"]["status"], event["detail"]["code"]) == (422, "blocked")
    assert await get(window, "img.src") == f"{relay.origin}/glyph/240x160?as=blocked#failed"
    assert (
        difference(await window.screenshot((0, 0, 240, 160)), picture(f"{relay.origin}/glyph/240x160.png?as=blocked"))
        < MOST_DIFFERENT
    )
    assert len(asked(relay, "POST", POST)) == 1


@pytest.mark.parametrize(
    "given", ['api-key="plh_live_wrong"', "", 'token="st_wrong"', 'api-key="schlüssel"', 'api-key="pk_wrong"']
)
async def test_a_wrong_key_is_told(window: Window, relay: Relay, prompt: str, given: str) -> None:
    await show(window, relay, f'<ai-img prompt="{prompt}" w="64" h="48" {given}></ai-img>')
    (event,) = await heard(window)
    assert event["name"] == "ai-img:failed"
    assert event["detail"]["status"] == 401
    assert event["detail"]["error"]
    assert len(asked(relay, "POST", POST)) == 1


async def test_a_secret_key_is_warned_of_once(window: Window, relay: Relay, key: str, prompt: str) -> None:
    body = "".join(f'<ai-img prompt="{prompt} {n}" w="64" h="48" api-key="{key}"></ai-img>' for n in range(3))
    await show(window, relay, body)
    await heard(window, 3)
    (warning,) = [text for text in window.complaints if "ai-img" in text]
    assert "whoever sees this page can read its API key" in warning
    assert key not in warning


async def test_a_key_that_may_stand_in_a_page_is_not_warned_of(window: Window, relay: Relay, prompt: str) -> None:
    body = "".join(
        f'<ai-img prompt="{prompt} {n}" w="64" h="48" api-key="{key}"></ai-img>' for n, key in enumerate(("pk_x", "st_x"))
    )
    await show(window, relay, body)
    await heard(window, 2)
    assert [text for text in window.complaints if "ai-img" in text] == []


async def test_without_prompt_and_src_it_waits(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await show(window, relay, f'<ai-img w="64" h="48" api-key="{key}"></ai-img>')
    assert await until(window, "it.dataset.state") == "pending"
    assert asked(relay, "*", "/ai.*") == []
    assert await get(window, "it.getAnimations({ subtree: true }).length") == 0
    assert await get(window, f"(it.prompt = {json.dumps(prompt)}, 1)")
    await heard(window)


async def test_the_page_may_be_another_one(window: Window, patient: Relay, key: str, prompt: str) -> None:
    """A new prompt is a new picture; the old one's news is not heard any more."""
    await show(window, patient, f'<ai-img prompt="{prompt}" w="64" h="48" api-key="{key}"></ai-img>')
    await patient.until("POST", POST)
    await get(window, f"(it.prompt = {json.dumps(prompt + ' in snow')}, 1)")
    (event,) = await heard(window)
    assert [json.loads(seen.body)["prompt"] for seen in asked(patient, "POST", POST)] == [prompt, prompt + " in snow"]
    assert event["detail"]["id"] == submit(patient.origin, key, prompt + " in snow", 64, 48)["id"]


async def test_five_changes_in_a_turn_are_one_ask(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await show(window, relay, '<ai-img w="64" h="48"></ai-img>')
    wish = json.dumps({"prompt": prompt, "apiKey": key, "w": 80, "h": 60, "seed": 3})
    await get(window, f"(Object.assign(it, {wish}), 1)")
    await heard(window)
    (post,) = asked(relay, "POST", POST)
    assert json.loads(post.body) == {"prompt": prompt, "w": 80, "h": 60, "seed": 3}


async def test_going_back_finds_the_picture(window: Window, patient: Relay, key: str, prompt: str) -> None:
    """browser.md §1e: a page from the history may show the placeholder that it left with."""
    told = submit(patient.origin, key, prompt)
    other = page_of(patient, "<p>elsewhere</p>", name="other")
    body = f'<ai-img src="{told["url"]}" status="{told["status_url"]}" w="240" h="160"></ai-img>'
    await show(window, patient, NO_MARGIN + body)
    await until(window, "img.complete && img.naturalWidth")
    await window.open(other)
    submit(patient.origin, key, prompt, is_ready=True)
    await window.back()
    await until(window, "it.state === 'ready' && img.complete")
    assert difference(await window.screenshot((0, 0, 240, 160)), picture(patient.origin + told["url"])) < MOST_DIFFERENT
