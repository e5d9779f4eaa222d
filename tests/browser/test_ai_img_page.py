"""<ai-img> as a part of a page: its place, its scripts' rules, its readers, its neighbours, and a page without any script."""

import json

import pytest
from browser.elements import MOST_DIFFERENT, POST, asked, difference, get, heard, page_of, picture, register, show, submit, until
from browser.relay import Relay
from browser.windows import ChromiumWindow, Window
from PIL import ImageStat

WATCH = """
window.tops = new Set();
window.blanks = 0;
const look = () => {
  const below = document.getElementById("below");
  if (below) tops.add(Math.round(below.getBoundingClientRect().top * 10) / 10);
  const it = document.querySelector("ai-img"), img = it?.querySelector("img") ?? it?.shadowRoot?.querySelector("img");
  if (window.hasShown && !(img?.complete && img.naturalWidth)) blanks += 1;
  window.hasShown ||= Boolean(img?.complete && img?.naturalWidth);
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
window.shifts = 0;
if (PerformanceObserver.supportedEntryTypes.includes("layout-shift"))
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) shifts += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
"""
BELOW = '<p id="below">What stands below.</p>'
SIZED = "<style>ai-img{display:inline-block;width:120px;aspect-ratio:3/2}img{max-width:100%;height:auto}</style>"
RULE = "<style>ai-img:not(:defined){display:inline-block;width:240px;height:160px}</style>"


@pytest.mark.parametrize(
    ("head", "markup"),
    [
        ("", '<ai-img {wish} w="240" h="160"><img src="/240x160" width="240" height="160" alt=""></ai-img>'),
        (RULE, '<ai-img {wish} w="240" h="160"></ai-img>'),
        (SIZED, '<ai-img {wish} w="240" h="160"></ai-img>'),
    ],
    ids=["with its own img", "with a rule", "in a size of the page"],
)
async def test_nothing_moves(window: Window, relay: Relay, key: str, prompt: str, head: str, markup: str) -> None:
    """The module comes late, the placeholder and the picture later; what stands below stays where it is, and once something
    is shown there is no gap."""
    relay.on("GET", r"/components/ai-img\.js", delay=0.4)
    relay.on("GET", r"/240x160", delay=0.2)
    await window.init_script(f"Object.assign(globalThis, {{ hasShown: false }}); {WATCH}")
    wish = f'prompt="{prompt}" api-key="{key}"'
    await show(window, relay, markup.format(wish=wish) + BELOW, head=register() + head)
    (event,) = await heard(window)
    assert event["name"] == "ai-img:ready"
    assert len(await window.evaluate("() => [...tops]")) == 1
    assert await window.evaluate("() => blanks") == 0
    assert await window.evaluate("() => shifts") == 0


async def test_the_box_is_there_before_any_answer(window: Window, relay: Relay, key: str) -> None:
    """P-94: while the service says nothing at all."""
    relay.on("*", "/ai|/240x160", delay=20)
    body = f'<style>body{{margin:0}}</style><ai-img prompt="a fox" w="240" h="160" api-key="{key}"></ai-img>'
    await show(window, relay, body, wait="none")
    await until(window, "it.state === 'pending' && it.offsetWidth === 240 && it.offsetHeight === 160")
    shot = await window.screenshot((0, 0, 300, 160))
    assert sum(ImageStat.Stat(shot.crop((20, 100, 220, 150))).mean) < 3 * 252, "a ground that can be told from the page"
    assert shot.getpixel((280, 80)) == (255, 255, 255)


CHILD = '<img src="/seed/tern/240x160" width="240" height="160" alt="">'
SIZES = [
    ("", (240, 160)),
    ("ai-img{width:120px}", (120, 80)),
    ("ai-img{width:100%}", (600, 400)),
    ("ai-img{width:100px;height:100px}", (100, 100)),
    ("ai-img{display:block}", (240, 160)),
    ("#room{width:90px}", (90, 60)),
    ("img{max-width:100%;height:auto;display:block}", (240, 160)),
]


@pytest.mark.parametrize(("rule", "size"), SIZES)
@pytest.mark.parametrize(
    "child", ["", '<img src="/seed/tern/240x160" width="240" height="160" alt="">'], ids=["alone", "with img"]
)
async def test_the_page_decides_on_its_size(window: Window, relay: Relay, rule: str, size: tuple[int, int], child: str) -> None:
    element = f'<ai-img src="/seed/tern/480x320" w="240" h="160">{child}</ai-img>'
    await show(window, relay, f'<style>#room{{width:600px}}{rule}</style><div id="room">{element}</div>')
    await heard(window)
    assert await get(window, "[it.offsetWidth, it.offsetHeight]") == list(size)
    assert await get(window, "[img.offsetWidth, img.offsetHeight]") == list(size)


STRICT = (
    "default-src 'none'; script-src 'nonce-r4nd0m' 'self'; img-src 'self'; connect-src 'self'; style-src 'nonce-r4nd0m';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)


@pytest.mark.parametrize("is_blocked", [False, True])
async def test_a_strict_policy_and_trusted_types_are_no_hindrance(
    window: Window, relay: Relay, key: str, prompt: str, is_blocked: bool
) -> None:
    wish = "a nude child" if is_blocked else prompt
    head = register().replace("<script", '<script nonce="r4nd0m"')
    await show(
        window,
        relay,
        f'<ai-img prompt="{wish}" w="64" h="48" api-key="{key}"></ai-img>',
        head=head,
        headers={"content-security-policy": STRICT},
    )
    (event,) = await heard(window)
    assert event["name"] == ("ai-img:failed" if is_blocked else "ai-img:ready")
    assert await get(window, "img.complete && img.naturalWidth") == 64
    assert [text for text in window.complaints if "API key" not in text] == []


async def test_it_is_shown_to_readers_of_the_tree(window: Window, relay: Relay, key: str, prompt: str) -> None:
    """The image speaks for itself; the element says that it is busy, and takes no role and no attribute of the page's."""
    relay.on("POST", POST, delay=3)
    await show(window, relay, f'<ai-img prompt="{prompt}" w="64" h="48" alt="a red fox" api-key="{key}"></ai-img>')
    names = "it.getAttributeNames().filter((name) => !['prompt', 'w', 'h', 'alt', 'api-key', 'data-state'].includes(name))"
    await until(window, "it.state === 'pending'")
    if isinstance(window, ChromiumWindow):
        tree = await window.ax()
        assert [node["role"] for node in tree if node["name"] == "a red fox"] == ["image"]
        assert any(node["busy"] for node in tree)
    await heard(window)
    assert await get(window, names) == []
    if isinstance(window, ChromiumWindow):
        assert not any(node["busy"] for node in await window.ax())


async def test_less_motion_is_less_motion(window: Window, relay: Relay, key: str) -> None:
    relay.on("POST", POST, delay=20)
    await show(window, relay, f'<ai-img prompt="a fox" w="64" h="48" api-key="{key}"></ai-img>')
    moving = "it.getAnimations({ subtree: true }).length + it.shadowRoot.getAnimations().length"
    await until(window, f"it.state && ({moving}) > 0")
    if isinstance(window, ChromiumWindow):
        await window.page.emulate_media(reduced_motion="reduce")
        await until(window, f"({moving}) === 0")


async def test_what_was_set_before_the_definition_counts(window: Window, relay: Relay, key: str, prompt: str) -> None:
    await show(window, relay, "<ai-img></ai-img>", head="")
    wish = {"prompt": prompt, "w": 64, "h": 48, "apiKey": key, "alt": "a fox", "loading": "lazy"}
    await window.evaluate("(wish) => { Object.assign(document.querySelector('ai-img'), wish); }", wish)
    await window.evaluate("async () => { (await import('/components/ai-img.js')).registerAiImg(); }")
    await heard(window)
    assert await get(window, "[it.getAttribute('prompt'), it.getAttribute('api-key'), it.w, img.alt, it.loading]") == [
        prompt, key, 64, "a fox", "lazy",
    ]  # fmt: skip
    assert await get(window, "Object.keys(it)") == []


async def test_properties_are_attributes(window: Window, relay: Relay) -> None:
    await show(window, relay, "<ai-img></ai-img>")
    await until(window, "it.state")
    defaults = {
        "prompt": "", "w": 400, "h": 300, "src": "", "status": "", "endpoint": "", "apiKey": "", "token": "", "seed": "",
        "model": "", "alt": "", "loading": "eager",
    }  # fmt: skip
    names = json.dumps(list(defaults))
    assert await get(window, f"Object.fromEntries({names}.map((name) => [name, it[name]]))") == defaults
    set_and_read = "(it[{0}] = {1}, [it[{0}], it.getAttribute({2})])"
    for name, value, attribute, read in (
        ("w", 64, "w", [64, "64"]),
        ("w", "wide", "w", [400, "wide"]),
        ("h", 0, "h", [300, "0"]),
        ("apiKey", "pk_x", "api-key", ["pk_x", "pk_x"]),
        ("loading", "lazy", "loading", ["lazy", "lazy"]),
        ("loading", "soon", "loading", ["eager", "soon"]),
        ("seed", 0, "seed", ["0", "0"]),
        ("seed", None, "seed", ["", None]),
    ):
        assert await get(window, set_and_read.format(json.dumps(name), json.dumps(value), json.dumps(attribute))) == read


async def test_two_tags_and_two_copies_live_together(window: Window, relay: Relay, key: str, prompt: str) -> None:
    """Registering again is no error, and changes nothing."""
    program = """<script type="module">
        const [one, two] = await Promise.all([import("/components/ai-img.js"), import("/components/ai-img.js?copy")]);
        window.classes = [one, one, two].map((copy) => copy.registerAiImg());
        classes.push(...[one, two].map((copy) => copy.registerAiImg("x-img")));
    </script>"""
    body = "".join(f'<{tag} prompt="{prompt}" w="64" h="48" api-key="{key}"></{tag}>' for tag in ("ai-img", "x-img"))
    await show(window, relay, body, head=program)
    await heard(window, 2)
    same = "() => [classes[0] === classes[1], classes[0] === classes[2], classes[3] === classes[4], classes[0] !== classes[3]]"
    assert await window.evaluate(same) == [True] * 4
    assert await window.evaluate("() => classes[0] === customElements.get('ai-img')")


async def test_a_shadow_root_from_a_server_is_taken_over(window: Window, relay: Relay) -> None:
    """Declarative shadow DOM: no second <img>."""
    inner = '<template shadowrootmode="open"><img part="img" src="/64x48" width="64" height="48"></template>'
    await show(window, relay, f'<ai-img src="/64x48" w="64" h="48">{inner}</ai-img>')
    await heard(window)
    assert await get(window, "it.shadowRoot.querySelectorAll('img').length") == 1


async def test_an_image_that_cannot_be_shown_has_failed(window: Window, relay: Relay) -> None:
    relay.on("GET", "/broken.png", status=200, body=b"no picture", headers={"content-type": "image/png"})
    await show(window, relay, '<ai-img src="/broken.png" w="64" h="48"></ai-img>')
    (event,) = await heard(window)
    assert (event["name"], event["detail"]["code"], event["detail"]["status"]) == ("ai-img:failed", "image", 0)
    assert await get(window, "img.src") == f"{relay.origin}/glyph/64x48?as=failed#failed"


async def test_a_bad_endpoint_is_told(window: Window, relay: Relay, key: str) -> None:
    await show(window, relay, f'<ai-img prompt="a fox" endpoint="https://" api-key="{key}"></ai-img>')
    (event,) = await heard(window)
    assert (event["name"], event["detail"]["code"]) == ("ai-img:failed", "invalid")


async def test_without_script_the_pages_own_picture_stands(
    scriptless_window: Window, relay: Relay, key: str, prompt: str
) -> None:
    told = submit(relay.origin, key, prompt, is_ready=True)
    body = (
        f'<style>body{{margin:0}}</style><ai-img src="{told["url"]}" status="{told["status_url"]}" w="240" h="160">'
        f'<img src="{told["url"]}" width="240" height="160" alt="a fox"></ai-img>'
    )
    await scriptless_window.open(page_of(relay, body))
    shot = await scriptless_window.screenshot((0, 0, 240, 160))
    assert difference(shot, picture(relay.origin + told["url"])) < MOST_DIFFERENT
    assert asked(relay, "GET", r"/components/.*") == []
