"""The ground that the other tests stand on: a window does the same in Chromium and in Firefox."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from browser.relay import Relay
from browser.windows import NotOffered, ScriptError, Window

MakeWindow = Callable[[], Awaitable[Window]]

RED, LIME, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
CACHED = {"cache-control": "public, max-age=3600"}
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def a_page(title: str = "", script: str = "", body: str = "", color: str = "white") -> str:
    head = f"<!doctype html><title>{title}</title><style>body {{ background: {color} }}</style>"
    return f"{head}<body>{body}<script>{script}</script>"


async def heard(window: Window, *texts: str) -> None:
    """Waits until there has been a complaint with each of the texts."""
    ends = time.monotonic() + 10
    while not all(any(text in complaint for complaint in window.complaints) for text in texts):
        assert time.monotonic() < ends, window.complaints
        await asyncio.sleep(0.02)


async def test_values_go_in_and_come_out(window: Window, relay: Relay) -> None:
    await window.open(relay.page("one", a_page("One")))
    assert await window.evaluate("() => document.title") == "One"
    assert await window.evaluate("async (a, b) => [a + b.c, null, 'é\"\\\\']  // a remark", 1, {"c": 2}) == [3, None, 'é"\\']
    assert await window.evaluate("() => undefined") is None


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("() => { throw new TypeError('bad\\nnews'); }", "^TypeError: bad\nnews$"),
        ("() => Promise.reject(new RangeError('too far'))", "^RangeError: too far$"),
        ("() => { throw 'a word'; }", "^a word$"),
        ("() => {", "^SyntaxError: "),
        ("() => nothing.at.all", "^ReferenceError: nothing is not defined$"),
    ],
)
async def test_what_is_thrown_is_raised(window: Window, function: str, words: str) -> None:
    with pytest.raises(ScriptError, match=words):
        await window.evaluate(function)


async def test_a_promise_that_is_never_kept_is_given_up(window: Window) -> None:
    with pytest.raises(ScriptError, match=r"no answer in 0\.2 s"):
        await window.evaluate("() => new Promise(() => {})", seconds=0.2)


async def test_until(window: Window, relay: Relay) -> None:
    late = "setTimeout(() => { window.late = { at: { last: 7 } }; }, 300)"
    await window.open(relay.page("one", a_page(script=late)))
    assert await window.until("(more) => window.late.at.last + more", 1) == 8
    with pytest.raises(AssertionError, match=rf"^{window.name}: not in 0.1 s, at last 0: \(\) => 0$"):
        await window.until("() => 0", seconds=0.1)


async def test_a_page_under_a_strict_policy_can_be_asked(window: Window, relay: Relay) -> None:
    strict = {"Content-Security-Policy": "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"}
    await window.open(relay.page("one", "<!doctype html><title>One</title>", headers=strict))
    assert await window.evaluate("async () => document.title") == "One"
    assert window.complaints == []


async def test_the_viewport_and_its_picture(window: Window, relay: Relay) -> None:
    box = "<div style='position: fixed; left: 100px; top: 50px; width: 20px; height: 10px; background: #00f'></div>"
    await window.open(relay.page("one", a_page(color="#f00", body=box)))
    assert (await window.screenshot()).size == (1280, 900)
    await window.set_viewport(400, 300)
    await window.until("() => innerWidth === 400 && innerHeight === 300 && devicePixelRatio === 1")
    assert await window.evaluate("() => document.visibilityState") == "visible"
    shot = await window.screenshot()
    assert (shot.mode, shot.size) == ("RGB", (400, 300))
    assert sorted(shot.getcolors() or []) == [(200, BLUE), (400 * 300 - 200, RED)]
    assert (await window.screenshot((100, 50, 20, 10))).getcolors() == [(200, BLUE)]


async def test_a_script_before_all_others(window: Window, relay: Relay) -> None:
    await window.init_script("const first = 1; window.order = [first]")
    url = relay.page("one", a_page(script="order.push(2); const first = 3"))
    for _ in range(2):
        await window.open(url)
        assert await window.evaluate("() => order") == [1, 2]


async def test_complaints(window: Window, relay: Relay) -> None:
    wrongs = """
        console.log("no matter"); console.warn("beware", 1); console.error("wrong");
        Promise.reject(new Error("adrift")); setTimeout(() => { throw new TypeError("boom"); });
        new Image().src = "/400x300"; fetch("/pages/absent");
    """
    policy = {"Content-Security-Policy": "img-src 'none'"}
    await window.open(relay.page("one", a_page(script=wrongs), headers=policy))
    await heard(window, "beware 1", "wrong", "TypeError: boom", "adrift", "img-src")
    await relay.until("GET", "/pages/absent")
    assert len(window.complaints) == 5, window.complaints


async def test_what_a_frame_complains_of_counts(window: Window, relay: Relay) -> None:
    relay.page("inner", a_page(script="console.warn('from inside')"))
    await window.open(relay.page("one", a_page(body="<iframe src=/pages/inner></iframe>")))
    await heard(window, "from inside")


async def test_offline_and_back(window: Window, relay: Relay) -> None:
    noting = "window.told = []; for (const it of ['online', 'offline']) addEventListener(it, () => told.push(it))"
    await window.open(relay.page("one", a_page(script=noting)))
    await window.offline(True)
    await window.until("() => told.join() === 'offline' && navigator.onLine === false")
    with pytest.raises(ScriptError, match="TypeError"):
        await window.evaluate("async () => (await fetch('/400x300')).status")
    await window.offline(False)
    await window.until("() => told.join() === 'offline,online' && navigator.onLine === true")
    assert await window.evaluate("async () => (await fetch('/400x300')).status") == 200
    assert len(relay.of("GET", "/400x300")) == 1


async def test_going_on_and_back(window: Window, relay: Relay) -> None:
    """Out of the bfcache, as users do; the page can still be asked, seen, reloaded and left."""
    kept = "window.shows = []; addEventListener('pageshow', (event) => shows.push(event.persisted))"
    one = relay.page("one", a_page("One", script=kept, color="#0f0"))
    two = relay.page("two", a_page("Two", color="#00f"))
    await window.open(one)
    await window.open(two)
    await window.back()
    assert await window.evaluate("() => document.title") == "One"
    await window.until("() => shows.join() === 'false,true'")
    assert len(relay.of("GET", "/pages/one")) == 1
    assert (await window.screenshot()).getpixel((500, 500)) == LIME
    await window.reload()
    assert await window.evaluate("() => shows") == [False]
    assert len(relay.of("GET", "/pages/one")) == 2
    await window.open(two)
    assert (await window.screenshot()).getpixel((500, 500)) == BLUE


async def test_a_page_that_does_not_finish_loading_can_be_opened(window: Window, relay: Relay) -> None:
    relay.on("GET", "/slow", delay=60)
    await window.open(relay.page("one", a_page("One", body="<img src=/slow>", color="#0f0")), wait="none")
    await window.until("() => document.title === 'One' && document.images.length === 1")
    assert await window.evaluate("() => document.readyState") == "interactive"
    assert (await window.screenshot()).getpixel((500, 500)) == LIME


async def test_a_page_that_is_not_there(window: Window, relay: Relay) -> None:
    relay.cut()
    with pytest.raises(Exception, match=r"(?i)connection.?refused"):
        await window.open(f"{relay.origin}/pages/one")


async def test_windows_share_nothing(make_window: MakeWindow, relay: Relay) -> None:
    relay.page("dot.svg", DOT, headers=CACHED)
    url = relay.page("one", a_page(body="<img src=/pages/dot.svg>"))
    state = "() => { const had = [document.cookie, localStorage.a]; document.cookie = 'a=1'; localStorage.a = 1; return had; }"
    one, other = await make_window(), await make_window()
    for _ in range(2):
        await one.open(url)
    assert len(relay.of("GET", "/pages/dot.svg")) == 1, "the cache is the browser's own"
    assert await one.evaluate(state) == ["", None]
    await other.open(url)
    assert len(relay.of("GET", "/pages/dot.svg")) == 2
    assert await other.evaluate(state) == ["", None]
    assert await one.evaluate(state) == ["a=1", "1"]
    for window in (one, other):
        assert await window.evaluate("() => document.visibilityState") == "visible"


async def test_a_window_without_script(scriptless_window: Window, relay: Relay) -> None:
    script = "document.body.style.background = '#f00'"
    await scriptless_window.open(relay.page("one", a_page(script=script, color="#0f0", body="<noscript>none</noscript>")))
    await scriptless_window.set_viewport(300, 200)
    shot = await scriptless_window.screenshot()
    assert (shot.size, shot.getpixel((250, 150))) == ((300, 200), LIME)
    assert len(shot.getcolors(9999) or []) > 1, "what stands in <noscript> is shown"
    with pytest.raises(NotOffered):
        await scriptless_window.evaluate("() => 1")


async def test_the_accessibility_tree(window: Window, relay: Relay) -> None:
    await window.open(relay.page("one", a_page(body="<main aria-busy=true><img alt='a fox' src=/400x300></main>")))
    if window.name == "firefox":
        with pytest.raises(NotOffered):
            await window.ax()
        return
    tree = await window.ax()
    assert {"role": "image", "name": "a fox", "busy": False} in tree
    assert [node["role"] for node in tree if node["busy"]] == ["main"]
