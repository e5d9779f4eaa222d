"""<ai-img> and a service that is slow, busy, gone, elsewhere, or hidden from: how it asks, and how it gives up (P-95)."""

import asyncio
import json
import time
from typing import Any

import pytest
from browser.elements import PICTURE, POST, STATUS, asked, gaps, get, heard, is_held, show, submit, until
from browser.relay import Relay
from browser.windows import Window

SLOW = 0.35
"""Seconds that a request may come late on a busy machine."""
HOTEL = b"<h1>Welcome to this hotel</h1>"
JOB = {"id": "a" * 16, "url": "/ai/64x48/aaaaaaaaaaaaaaaa.png", "status_url": "/ai/aaaaaaaaaaaaaaaa/status", "state": "pending"}


def element(prompt: str, key: str, more: str = "") -> str:
    return f'<ai-img prompt="{prompt}" w="64" h="48" api-key="{key}" {more}></ai-img>'


FASTER = 4
HURRY = f"const real = setTimeout; window.setTimeout = (call, time, ...more) => real(call, time / {FASTER}, ...more);"


async def test_without_long_polls_the_pauses_double_from_half_a_second_to_five(window: Window, relay: Relay, key: str) -> None:
    """P-95: with a service that answers at once, whatever it is asked; by a clock that goes faster."""
    await window.init_script(HURRY)
    relay.on("POST", POST, json=JOB, status=200)
    relay.on("GET", STATUS, json={"state": "pending"}, status=200)
    await show(window, relay, element("a fox", key))
    polls = await relay.until("GET", STATUS, 7, seconds=40)
    for gap, wanted in zip(gaps(polls)[:6], (0.5, 1, 2, 4, 5, 5), strict=True):
        assert wanted / FASTER - 0.02 <= gap <= wanted / FASTER + SLOW / 2, gaps(polls)


async def test_it_does_not_ask_for_ever(window: Window, relay: Relay, key: str) -> None:
    """A thousand seconds, which the page's clock skips after the second poll."""
    relay.on("POST", POST, json=JOB, status=200)
    relay.on("GET", STATUS, json={"state": "pending"}, status=200)
    await window.init_script("const now = Date.now; window.skip = 0; Date.now = () => now() + skip;")
    await show(window, relay, element("a fox", key))
    await relay.until("GET", STATUS, 2)
    assert await get(window, "it.complete") is False
    await window.evaluate("() => { skip = 1_000_000; }")
    (event,) = await heard(window)
    assert (event["name"], event["detail"]["status"], event["detail"]["code"]) == ("ai-img:failed", 0, "timeout")
    before = len(relay.of("GET", STATUS))
    await asyncio.sleep(3)
    assert len(relay.of("GET", STATUS)) == before


async def test_a_long_poll_takes_the_place_of_many(window: Window, patient: Relay, key: str, prompt: str) -> None:
    await show(window, patient, element(prompt, key))
    await heard(window)
    ready = time.monotonic()
    polls = asked(patient, "GET", STATUS)
    assert len(polls) <= 3
    assert all(is_held(poll) for poll in polls)
    assert (polls[-1].ended_at or 0) > ready - 1.5, "shown as soon as it was known"


async def test_at_most_two_are_held_and_nothing_stalls(window: Window, relay: Relay, key: str, prompt: str) -> None:
    """Fifty on a page over HTTP/1.1: all become ready, two held at a time, and the page can still ask."""
    body = "".join(f'<ai-img prompt="{prompt} {n}" w="32" h="24" api-key="{key}"></ai-img>' for n in range(50))
    await show(window, relay, body)
    took = "async () => { const began = Date.now(); await (await fetch('/healthz')).text(); return Date.now() - began; }"
    await until(window, "it.state")
    assert await window.evaluate(took) < 2000
    events = await heard(window, 50, seconds=60)
    assert {event["name"] for event in events} == {"ai-img:ready"}
    held = sorted(
        (at, step)
        for poll in asked(relay, "GET", STATUS)
        if is_held(poll)
        for at, step in ((poll.at, 1), (poll.ended_at or float("inf"), -1))
    )
    now, most = 0, 0
    for _, step in held:
        now += step
        most = max(most, now)
    assert most <= 2
    assert len(asked(relay, "POST", POST)) == 50
    assert len(asked(relay, "GET", PICTURE)) == 50


async def test_equal_asks_are_one_job_one_post_and_one_poller(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await show(window, relay, element(prompt, key) * 5)
    events = await heard(window, 5)
    assert len({event["detail"]["id"] for event in events}) == 1
    assert len(asked(relay, "POST", POST)) == 1
    assert len(asked(relay, "GET", STATUS)) <= 3
    assert len(asked(relay, "GET", PICTURE)) == 1


async def test_the_last_of_equal_ones_goes_on_when_others_leave(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await show(window, relay, element(prompt, key) * 3)
    await relay.until("POST", POST)
    await window.evaluate("() => document.querySelectorAll('ai-img:not(:last-of-type)').forEach((it) => it.remove())")
    assert len(await heard(window)) == 1
    assert len(asked(relay, "POST", POST)) == 1


async def test_an_element_that_is_removed_asks_no_more(window: Window, relay: Relay, key: str) -> None:
    relay.on("POST", POST, json=JOB, status=200)
    relay.on("GET", STATUS, json={"state": "pending"}, status=200)
    await show(window, relay, element("a fox", key))
    await relay.until("GET", STATUS, 2)
    await window.evaluate("() => document.querySelector('ai-img').remove()")
    await asyncio.sleep(0.3)
    before = len(relay.seen)
    await asyncio.sleep(1.5)
    assert len(relay.seen) == before


@pytest.mark.parametrize("how", ["append", "moveBefore"])
async def test_moving_it_posts_nothing_anew(window: Window, relay: Relay, key: str, prompt: str, how: str) -> None:
    await show(window, relay, element(prompt, key) + '<p id="there"></p>')
    await relay.until("POST", POST)
    move = """(how) => { const it = document.querySelector("ai-img"), there = document.getElementById("there");
        if (how === "append") there.append(it); else if (there.moveBefore) there.moveBefore(it, null); else there.append(it); }"""
    await window.evaluate(move, how)
    await heard(window)
    await window.evaluate("() => document.body.append(document.querySelector('ai-img'))")
    await asyncio.sleep(0.3)
    assert await get(window, "it.state") == "ready"
    assert len(asked(relay, "POST", POST)) == 1


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "invalid_parameter"), (401, "invalid_api_key"), (402, "no_credit"), (403, "insufficient_scope"), (404, "not_found")],
)
async def test_a_refusal_is_final(window: Window, relay: Relay, key: str, status: int, code: str) -> None:
    relay.on("POST", POST, status=status, json={"error": "No.", "code": code, "param": None})
    await show(window, relay, element("a fox", key))
    (event,) = await heard(window)
    assert event["detail"] == {"status": status, "code": code, "error": "No.", "retryAfter": 0}
    assert await get(window, "img.src") == f"{relay.origin}/glyph/64x48?as=failed#failed"
    await asyncio.sleep(1)
    assert len(asked(relay, "POST", POST)) == 1


async def test_a_refusal_without_words_is_told_by_its_number(window: Window, relay: Relay, key: str) -> None:
    relay.on("POST", POST, status=410, body=b"<h1>Gone</h1>", headers={"content-type": "text/html"})
    await show(window, relay, element("a fox", key))
    (event,) = await heard(window)
    assert event["detail"] == {"status": 410, "code": "refused", "error": "Status 410", "retryAfter": 0}


async def test_busy_is_asked_again_when_it_says_so(window: Window, relay: Relay, key: str, prompt: str) -> None:
    relay.on("POST", POST, status=429, json={"error": "Slowly.", "code": "busy"}, headers={"retry-after": "2"}, times=1)
    await show(window, relay, element(prompt, key))
    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready"
    first, second = asked(relay, "POST", POST)
    assert 2 <= second.at - (first.ended_at or 0) < 2 + SLOW


async def test_a_budget_that_is_used_up_for_today_is_not_waited_for(window: Window, relay: Relay, key: str) -> None:
    relay.on("POST", POST, status=429, json={"error": "No more.", "code": "over_budget"}, headers={"retry-after": "7200"})
    await show(window, relay, element("a fox", key))
    (event,) = await heard(window)
    assert event["detail"] == {"status": 429, "code": "over_budget", "error": "No more.", "retryAfter": 7200}
    assert len(asked(relay, "POST", POST)) == 1


async def test_faults_that_pass_are_outlived(window: Window, relay: Relay, key: str, prompt: str) -> None:
    """Two 503, a broken connection, a body that is no JSON; then the service."""
    relay.on("POST", POST, status=503, json={"error": "Later.", "code": "unavailable"}, times=2)
    relay.on("GET", STATUS, cut="reset", times=1)
    relay.on("GET", STATUS, status=502, body=b"<h1>Bad Gateway</h1>", times=1)
    relay.on("GET", STATUS, status=200, body=HOTEL, headers={"content-type": "text/html"}, times=1)
    await show(window, relay, element(prompt, key))
    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready"
    assert len(asked(relay, "POST", POST)) == 3


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_page_in_the_way_is_no_answer(window: Window, relay: Relay, key: str, method: str) -> None:
    """It is asked again, with pauses, and not for ever."""
    await window.init_script(HURRY)
    relay.on(method, f"{POST}|{STATUS}", status=200, body=HOTEL, headers={"content-type": "text/html"})
    relay.on("POST", POST, json=JOB, status=200)
    await show(window, relay, element("a fox", key))
    (event,) = await heard(window, seconds=30)
    assert (event["detail"]["status"], event["detail"]["code"]) == (0, "invalid")
    asks = relay.of(method, f"{POST}|{STATUS}")
    assert len(asks) == 9
    assert min(gaps(asks)) > 0.09


async def test_a_server_that_restarts_is_waited_for(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await show(window, relay, element(prompt, key))
    await relay.until("GET", STATUS)
    await asyncio.to_thread(relay.cut)
    await asyncio.sleep(2)
    assert await get(window, "it.complete") is False
    await asyncio.to_thread(relay.mend)
    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready"


async def test_a_server_that_is_gone_is_given_up_and_may_come_back(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await window.init_script(HURRY)
    await show(window, relay, f'<ai-img w="64" h="48" api-key="{key}"></ai-img>')
    await until(window, "it.state")
    await asyncio.to_thread(relay.cut)
    await get(window, f"(it.prompt = {json.dumps(prompt)}, 1)")
    (event,) = await heard(window)
    assert event["name"] == "ai-img:failed"
    assert event["detail"] == {"status": 0, "code": "network", "error": "The service could not be reached", "retryAfter": 0}
    assert await get(window, "img.getAttribute('src')") is None, "no broken picture"
    assert await get(window, "[it.offsetWidth, it.offsetHeight]") == [64, 48]
    await asyncio.to_thread(relay.mend)
    await get(window, "it.retry()")
    assert (await heard(window, 2))[1]["name"] == "ai-img:ready"


async def test_offline_and_back(window: Window, relay: Relay, key: str, prompt: str) -> None:
    """Nothing is asked meanwhile, and nothing fails, however long it takes."""
    await show(window, relay, f'<ai-img w="64" h="48" api-key="{key}"></ai-img>')
    await until(window, "it.state")
    await window.offline(True)
    await window.until("() => !navigator.onLine")
    await get(window, f"(it.prompt = {json.dumps(prompt)}, 1)")
    await asyncio.sleep(1.5)
    assert await get(window, "[it.state, heard.length]") == ["pending", 0]
    assert asked(relay, "POST", POST) == []
    await window.offline(False)
    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready"


async def test_a_refusal_by_cors_fails_at_once(window: Window, relay: Relay, make_relay: Any, key: str, prompt: str) -> None:
    other = make_relay()
    other.strips_cors = True
    began = time.monotonic()
    await show(window, relay, element(prompt, key, f'endpoint="{other.origin}"'))
    (event,) = await heard(window)
    assert time.monotonic() - began < 4
    assert event["detail"]["code"] == "cors"
    assert event["detail"]["status"] == 0
    assert asked(other, "POST", POST) == [], "the preflight was refused"
    assert len(asked(other, "OPTIONS", POST)) == 2


# ---------------------------------------------------------------- hidden, far away

HIDE = """
window.isHidden = false;
Object.defineProperty(document, "hidden", { get: () => isHidden });
window.hide = (is) => { isHidden = is; document.dispatchEvent(new Event("visibilitychange")); };
"""


async def test_a_hidden_page_does_not_poll(window: Window, relay: Relay, key: str, prompt: str) -> None:
    told = submit(relay.origin, key, prompt, 64, 48)
    await window.init_script(f"Object.assign(globalThis, {{ isHidden: false }}); {HIDE} isHidden = true;")
    await show(window, relay, f'<ai-img src="{told["url"]}" status="{told["status_url"]}" w="64" h="48"></ai-img>')
    await until(window, "it.state")
    await asyncio.sleep(1.5)
    assert asked(relay, "GET", STATUS) == []
    back = time.monotonic()
    await window.evaluate("() => hide(false)")
    (poll, *_) = await relay.until("GET", STATUS)
    assert poll.at - back < 1
    assert (await heard(window))[0]["name"] == "ai-img:ready"


async def test_a_lazy_element_costs_nothing_until_it_is_near(window: Window, relay: Relay, key: str, prompt: str) -> None:
    body = f'<div style="height:4000px"></div>{element(prompt, key, "loading=lazy")}'
    await show(window, relay, body)
    await until(window, "it.state")
    await asyncio.sleep(1)
    assert asked(relay, "POST", POST) == []
    await window.evaluate("() => scrollTo(0, 3000)")
    assert (await heard(window))[0]["name"] == "ai-img:ready"


async def test_lazy_no_more_is_asked_at_once(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await show(window, relay, f'<div style="height:4000px"></div>{element(prompt, key, "loading=lazy")}')
    await until(window, "it.state")
    assert await get(window, "(it.loading = 'eager', it.loading)") == "eager"
    assert (await heard(window))[0]["name"] == "ai-img:ready"
