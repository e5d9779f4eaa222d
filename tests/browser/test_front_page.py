"""The front page as people use it: composing, copying, being told what is wrong; by mouse, by keyboard, in a small window.

Every test also fails when the page logs an error, breaks its own policy or asks another origin for anything.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from placeholder.synth.icons import LINES
from placeholder.synth.seeds.album import LOOKS
from placeholder.values.color import AA_TEXT, Color, contrast, luminance

EXAMPLES = (
    "/400x300",
    "/600x240?text=hero+banner&bg=111827&fg=9aa0b4",
    "/color/7c9cff/400x300",
    "/gradient/600x400?from=7c9cff&to=59e3c5&angle=120",
    "/gradient/600x400?from=7c9cff&to=59e3c5&type=radial",
    "/seed/precious-tide/400x300",
    *(f"/glyph/300x300?as={icon}" for icon in ("avatar", "photo", "video", "product", "map", "document")),
)
PLAIN = {"/gradient/og": "/gradient/1200x630?from=7c9cff&to=59e3c5&angle=90", "/16:9/480?text=16:9": "/480x270?text=16%3A9"}
"""What the composer makes of the examples whose size goes by a name or a ratio."""


class Front:
    """The front page, opened, and what it complained about."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.complaints: list[str] = []  # a breach of the policy is among the console's errors
        page.on("console", lambda message: self._complain(message.type in ("error", "warning"), message.text))
        page.on("pageerror", lambda error: self._complain(True, str(error)))
        page.on("request", lambda request: self._complain(not request.url.startswith(origin + "/"), request.url))

    def _complain(self, is_wrong: bool, text: str) -> None:
        if is_wrong:
            self.complaints.append(text)

    async def open(self) -> "Front":
        await self.page.goto("/")
        return self

    def radio(self, group: str, name: str) -> Locator:
        return self.page.locator(f"input[name={group}]").and_(self.page.get_by_role("radio", name=name, exact=True))

    def box(self, name: str) -> Locator:
        return self.page.get_by_role("checkbox", name=name)

    def field(self, name: str) -> Locator:
        return self.page.locator(f"#{name}")

    def snippet(self, name: str) -> Locator:
        return self.page.locator(f"#snippet-{name}")

    async def recall(self, fragment: str) -> None:
        """Goes to `#fragment` and waits until the page has heard of it."""
        await self.page.evaluate(
            """(fragment) => new Promise((heard) => {
                addEventListener("hashchange", heard, { once: true });
                location.hash = fragment;
            })""",
            fragment,
        )

    async def shows(self, address: str) -> tuple[int, int]:
        """Waits until `address` is composed and shown; the picture's size in pixels."""
        await expect(self.field("address")).to_have_value(self.origin + address)
        picture = self.field("picture")
        await expect(picture).to_have_attribute("src", address)
        w, h = await picture.evaluate("async (it) => { await it.decode(); return [it.naturalWidth, it.naturalHeight]; }")
        return w, h


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(browser: Browser, live_server: str) -> AsyncIterator[Front]:
    """One window for most tests: opening a page anew takes less time than opening a window."""
    context = await browser.new_context(base_url=live_server, permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(5000)
    yield Front(await context.new_page(), live_server)
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def front(shared: Front) -> AsyncIterator[Front]:
    await shared.page.goto("about:blank")  # until then the last page may still complain
    shared.complaints.clear()
    await shared.page.set_viewport_size({"width": 1280, "height": 800})
    await shared.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    yield await shared.open()
    assert shared.complaints == []


# Composing


async def test_it_starts_with_the_plain_picture(front: Front) -> None:
    assert await front.shows("/400x300") == (400, 300)
    await expect(front.field("measured")).to_contain_text("SVG, 400 × 300")
    assert await front.page.evaluate("location.hash") == ""


async def test_formats_and_densities(front: Front) -> None:
    for density, form, address, size in (
        ("2x", "SVG", "/400x300@2x.svg", (800, 600)),
        ("1x", "PNG", "/400x300.png", (400, 300)),
        ("2x", "JPEG", "/400x300@2x.jpg", (800, 600)),
        ("3x", "WebP", "/400x300@3x.webp", (1200, 900)),
        ("1x", "AVIF", "/400x300.avif", (400, 300)),
        ("1x", "GIF", "/400x300.gif", (400, 300)),
    ):
        await front.radio("format", form).check()
        await front.radio("density", density).check()
        assert await front.shows(address) == size
        await expect(front.field("measured")).to_contain_text(f"{form}, {size[0]} × {size[1]}")


async def test_a_label_with_text_and_colours(front: Front) -> None:
    await front.field("text").fill("Tea & <cake>")
    await front.shows("/400x300?text=Tea+%26+%3Ccake%3E")
    await front.field("bg").fill("#111827")
    await front.page.get_by_label("Pick the text colour").fill("#9aa0b4")
    await front.shows("/400x300?text=Tea+%26+%3Ccake%3E&bg=111827&fg=9aa0b4")
    await expect(front.page.get_by_label("Pick the background")).to_have_value("#111827")
    await expect(front.field("fg")).to_have_value("9aa0b4")


async def test_automatic_leaves_a_parameter_out(front: Front) -> None:
    await front.box("Automatic background").uncheck()
    await front.shows("/400x300?bg=e2e8f0")
    await front.box("Automatic background").check()
    await front.shows("/400x300")
    await front.field("fg").fill("fff")
    await expect(front.box("Automatic text colour")).not_to_be_checked()
    await front.field("fg").fill("")
    await expect(front.box("Automatic text colour")).to_be_checked()
    await front.shows("/400x300")


async def test_an_empty_text_is_no_automatic_text(front: Front) -> None:
    await front.box("Automatic text").and_(front.page.locator("[name=auto-text]")).uncheck()
    await front.shows("/400x300?text=")
    await expect(front.snippet("markdown")).to_have_text(f"![placeholder]({front.origin}/400x300?text=)")


async def test_the_look_of_a_label(front: Front) -> None:
    summary = front.page.locator("#look summary")
    await expect(front.field("radius")).to_be_hidden()
    await summary.click()
    for group, name, query in (
        ("font", "Serif", "font=serif"),
        ("weight", "700", "font=serif&weight=700"),
        ("align", "Left", "font=serif&weight=700&align=left"),
        ("theme", "Auto", "font=serif&weight=700&align=left&theme=auto"),
        ("debug", "Debug", "font=serif&weight=700&align=left&theme=auto&debug=1"),
    ):
        await front.radio(group, name).check()
        assert await front.shows(f"/400x300?{query}") == (400, 300)
    await front.field("radius").fill(" 50% ")
    await front.field("border").fill("2,teal")
    look = "radius=50%25&border=2%2Cteal&font=serif&weight=700&align=left&theme=auto&debug=1"
    await front.shows(f"/400x300?{look}")
    await front.page.reload()
    await front.shows(f"/400x300?{look}")
    await expect(front.field("radius")).to_have_value("50%")
    await expect(front.field("radius")).to_be_visible()
    await front.field("radius").fill("")
    await front.radio("theme", "Light").check()
    await front.shows("/400x300?border=2%2Cteal&font=serif&weight=700&align=left&debug=1")


@pytest.mark.parametrize(("name", "typed"), [("radius", "8px"), ("border", "2 red")])
async def test_a_refused_look_is_told_beside_its_field(name: str, typed: str, front: Front) -> None:
    await front.page.locator("#look summary").click()
    await front.field(name).fill(typed)
    await expect(front.field(f"{name}-problem")).to_contain_text(f"{name}: expected ")
    await expect(front.field(name)).to_have_attribute("aria-invalid", "true")
    await front.field(name).fill("2")
    await front.shows(f"/400x300?{name}=2")
    await expect(front.field(f"{name}-problem")).to_be_empty()
    assert all("400 (Bad Request)" in complaint for complaint in front.complaints)
    front.complaints.clear()


async def test_a_colour_has_a_name_or_an_alpha_and_its_picker_follows(front: Front) -> None:
    picker = front.page.get_by_label("Pick the background")
    for typed, shown in (
        ("Teal", "#008080"),
        ("black", "#000000"),
        ("white", "#ffffff"),
        ("#1118", "#111111"),
        ("7c9cff40", "#7c9cff"),
        ("transparent", "#7c9cff"),
        ("zz", "#7c9cff"),
        ("000", "#000000"),
    ):
        await front.field("bg").fill(typed)
        await front.shows(f"/400x300?bg={typed.removeprefix('#')}")
        await expect(picker).to_have_value(shown)
    assert all("400 (Bad Request)" in complaint for complaint in front.complaints)
    front.complaints.clear()


async def test_a_color(front: Front) -> None:
    await front.radio("drawing", "Color").check()
    await front.shows("/color/7c9cff/400x300")
    await front.field("hex").fill("#f80")
    await front.shows("/color/f80/400x300")
    await expect(front.page.get_by_label("Pick the colour")).to_have_value("#ff8800")


async def test_a_gradient(front: Front) -> None:
    await front.radio("drawing", "Gradient").check()
    await front.field("angle").fill("120")
    await front.page.get_by_label("Pick the first colour").fill("#102030")
    await front.shows("/gradient/400x300?from=102030&to=59e3c5&angle=120")
    await expect(front.field("angle-shown")).to_have_text("120°")
    await front.radio("type", "Radial").check()
    await front.shows("/gradient/400x300?from=102030&to=59e3c5&type=radial")
    await expect(front.field("angle")).to_be_hidden()


async def test_a_seed_typed_and_rolled(front: Front) -> None:
    await front.radio("drawing", "Seed").check()
    await front.field("seed").fill("Zoë's 1+1 (a)")
    await front.shows("/seed/Zo%C3%AB%27s%201%2B1%20%28a%29/400x300")
    await front.page.get_by_role("button", name="Roll").click()
    seed = await front.field("seed").input_value()
    assert seed != "Zoë's 1+1 (a)"
    await front.shows(f"/seed/{seed}/400x300")


async def test_a_style_and_a_theme_of_a_seed(front: Front) -> None:
    await front.radio("drawing", "Seed").check()
    await expect(front.radio("style", "plain")).to_be_checked()
    await expect(front.field("shade-param")).to_be_hidden()
    for style in LOOKS:
        await front.radio("style", style).click()
        assert await front.shows(f"/seed/precious-tide/400x300?style={style}") == (400, 300)
    await front.radio("shade", "Auto").check()
    await front.shows("/seed/precious-tide/400x300?style=constellation&theme=auto")
    await front.radio("shade", "Dark").check()
    await front.radio("format", "WebP").check()
    await front.shows("/seed/precious-tide/400x300.webp?style=constellation&theme=dark")
    await expect(front.snippet("img")).to_have_text(
        f'<img src="{front.origin}/seed/precious-tide/400x300.webp?style=constellation&amp;theme=dark"'
        ' width="400" height="300" alt="precious-tide">'
    )
    await front.radio("style", "plain").check()
    await front.shows("/seed/precious-tide/400x300.webp")
    await expect(front.field("shade-param")).to_be_hidden()


async def test_a_style_is_recalled(front: Front) -> None:
    await front.recall("/seed/tern/300x200?theme=dark&style=mesh")
    await front.shows("/seed/tern/300x200?style=mesh&theme=dark")
    await expect(front.radio("style", "mesh")).to_be_checked()
    await expect(front.radio("shade", "Dark")).to_be_checked()
    await front.page.reload()
    await front.shows("/seed/tern/300x200?style=mesh&theme=dark")
    for query in ("", "?style=zzz", "?style=", "?theme=dark"):
        await front.recall(f"/seed/tern/300x200{query}")
        await front.shows("/seed/tern/300x200")
        await expect(front.radio("style", "plain")).to_be_checked()


async def test_every_look_has_its_tile(front: Front) -> None:
    tiles = front.page.locator("input[name=style]")
    assert await tiles.evaluate_all("(them) => them.map((it) => it.value)") == ["", *LOOKS]


async def test_a_seed_that_no_path_segment_can_carry(front: Front) -> None:
    await front.radio("drawing", "Seed").check()
    for typed, sent in (("a/b", "a-b"), ("", "precious-tide"), ("...", "..."), ("..", "precious-tide")):
        await front.field("seed").fill(typed)
        await front.shows(f"/seed/{sent}/400x300")
        await expect(front.field("seed-problem")).to_be_empty()


async def test_glyphs_and_presets_by_mouse(front: Front) -> None:
    await front.radio("drawing", "Glyph").click()
    await front.shows("/glyph/400x300?as=photo")
    await front.radio("as", "map").click()
    await front.page.get_by_role("button", name="1200 × 630").click()
    assert await front.shows("/glyph/1200x630?as=map") == (1200, 630)
    await front.page.get_by_role("button", name="leaderboard").click()
    assert await front.shows("/glyph/728x90?as=map") == (728, 90)


async def test_every_glyph_can_be_chosen(front: Front) -> None:
    """P-52: and the page names each."""
    offered = await front.page.locator("input[name=as]").evaluate_all("(them) => them.map((it) => it.value)")
    assert offered == list(LINES)
    told = await front.page.locator("article[aria-labelledby=route-glyph] dl code").all_text_contents()
    assert set(LINES) < set(told)
    await front.radio("drawing", "Glyph").click()
    for name in ("star", "failed"):
        await front.radio("as", name).click()
        await front.shows(f"/glyph/400x300?as={name}")


async def test_only_the_options_of_the_drawing_are_there(front: Front) -> None:
    for name in ("Label", "Color", "Gradient", "Seed", "Glyph"):
        await front.radio("drawing", name).check()
        await expect(front.page.locator(".options:visible")).to_have_count(1)
        await expect(front.page.locator(".options:visible")).to_have_attribute("data-drawing", name.lower())


async def test_a_breach_of_the_policy_would_be_noticed(front: Front) -> None:
    await front.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    await front.page.evaluate("fetch('https://elsewhere.example/').catch(() => null)")
    assert len(front.complaints) >= 2
    assert all("Content Security Policy" in complaint for complaint in front.complaints)
    front.complaints.clear()


# By keyboard


async def test_everything_by_keyboard(front: Front) -> None:
    keyboard = front.page.keyboard
    await keyboard.press("Tab")
    await expect(front.page.get_by_role("link", name="Skip to the composer")).to_be_focused()
    await expect(front.page.get_by_role("link", name="Skip to the composer")).to_be_in_viewport()
    await keyboard.press("Enter")
    await keyboard.press("Tab")
    await expect(front.radio("drawing", "Label")).to_be_focused()
    outline = "(it) => getComputedStyle(it.closest('label')).outlineStyle"
    assert await front.radio("drawing", "Label").evaluate(outline) == "solid"
    for _ in range(4):
        await keyboard.press("ArrowRight")
    await expect(front.radio("drawing", "Glyph")).to_be_focused()
    await keyboard.press("Tab")
    await expect(front.radio("as", "photo")).to_be_focused()
    await keyboard.press("ArrowRight")
    await front.shows("/glyph/400x300?as=video")
    await keyboard.press("Tab")
    await keyboard.press("ArrowUp")
    await front.shows("/glyph/401x300?as=video")
    await keyboard.press("Enter")  # submits nothing
    for _ in range(8):  # height, six presets, format
        await keyboard.press("Tab")
    await keyboard.press("ArrowRight")
    await front.shows("/glyph/401x300.png?as=video")


# What the page says


async def test_a_refused_colour_is_told_beside_its_field(front: Front) -> None:
    await front.field("bg").fill("zzz")
    await expect(front.field("bg-problem")).to_have_text(
        "bg: expected a colour: 3, 4, 6 or 8 hexadecimal digits, such as 7c9cff, or a CSS name, such as teal",
    )
    await expect(front.field("bg")).to_have_attribute("aria-invalid", "true")
    assert await front.shows("/400x300?bg=zzz") == (400, 300)
    await front.field("bg").fill("abc")
    await front.shows("/400x300?bg=abc")
    await expect(front.field("bg-problem")).to_be_empty()
    await expect(front.page.locator("[aria-invalid]")).to_have_count(0)
    assert all("400 (Bad Request)" in complaint for complaint in front.complaints)
    front.complaints.clear()


async def test_a_silent_service_is_told(front: Front) -> None:
    await front.shows("/400x300")
    await front.page.route("**/400x300.png", lambda route: route.abort())
    await front.radio("format", "PNG").check()
    await expect(front.field("picture-problem")).to_have_text("The service does not answer.")
    await front.page.unroute_all()
    await front.radio("format", "GIF").check()
    await front.shows("/400x300.gif")
    await expect(front.field("picture-problem")).to_be_empty()
    # What the browser itself says of the refused request comes when it comes.
    front.complaints[:] = [said for said in front.complaints if "ERR_FAILED" not in said]


async def test_an_answer_that_comes_too_late_is_not_awaited(front: Front) -> None:
    asked = asyncio.Event()
    await front.page.route("**/400x300.png", lambda _: asked.set())  # never answered
    await front.radio("format", "PNG").check()
    await asyncio.wait_for(asked.wait(), 5)
    async with front.page.expect_event("requestfailed") as dropped:
        await front.radio("format", "GIF").check()
    assert (await dropped.value).url.endswith("/400x300.png")
    await front.shows("/400x300.gif")
    await front.page.unroute_all()


async def test_a_size_out_of_range_is_clamped_and_told(front: Front) -> None:
    note = front.field("size-note")
    await front.field("w").fill("5000")
    await front.field("h").fill("0")
    assert await front.shows("/2048x1") == (2048, 1)
    await expect(note).to_have_text(
        "Width is a whole number from 1 to 2048; this one counts as 2048."
        " Height is a whole number from 1 to 2048; this one counts as 1.",
    )
    await front.field("w").fill("")
    await expect(note).to_contain_text("Width is not a number; it stays 2048.")
    await front.field("w").fill("300.5")
    await front.field("h").fill("200")
    await expect(note).to_have_text("Width is a whole number from 1 to 2048; this one counts as 300.")
    await front.page.get_by_role("button", name="300 × 300").click()
    await expect(note).to_be_empty()
    await front.shows("/300x300")


async def test_pixels_beyond_the_limit_are_told_as_they_are_sent(front: Front) -> None:
    await front.radio("drawing", "Color").check()
    await front.field("w").fill("2048")
    await front.field("h").fill("101")
    await front.radio("format", "PNG").check()
    await front.radio("density", "3x").check()
    assert await front.shows("/color/7c9cff/2048x101@3x.png") == (4096, 202)
    await expect(front.field("density-note")).to_have_text("No side passes 4096 pixels: it is sent as 4096 × 202.")


# Copying

LABEL = "/400x300@2x.webp?text=%3Ca%3E+%22%26%22+%5B1%5D&bg=fff"
WORDS = '<a> "&" [1]'


def expected_snippets(origin: str) -> dict[str, str]:
    query = "?text=%3Ca%3E+%22%26%22+%5B1%5D&amp;bg=fff"
    sizes = 'width="400" height="300" alt="&lt;a&gt; &quot;&amp;&quot; [1]"'
    one, two, three = (f"{origin}/400x300{suffix}.webp{query}" for suffix in ("", "@2x", "@3x"))
    return {
        "Copy the URL": origin + LABEL,
        "Copy as HTML": f'<img src="{two}" {sizes}>',
        "Copy as HTML with srcset": f'<img src="{one}" srcset="{one} 1x, {two} 2x, {three} 3x" {sizes}>',
        "Copy as Markdown": rf'![\<a\> "\&" \[1\]]({origin}{LABEL})',
        "Copy as CSS background": f'background: url("{origin}{LABEL}") center / cover no-repeat;',
    }


async def test_each_text_to_copy(front: Front) -> None:
    await front.field("text").fill(WORDS)
    await front.field("bg").fill("fff")
    await front.radio("format", "WebP").check()
    await front.radio("density", "2x").check()
    for name, text in expected_snippets(front.origin).items():
        button = front.page.get_by_role("button", name=name, exact=True)
        await button.click()
        await expect(button).to_have_text("Copied")
        await expect(front.field("said")).to_have_text(name.replace("Copy", "Copied"))
        assert await front.page.evaluate("navigator.clipboard.readText()") == text


async def test_the_copied_html_is_the_picture_that_was_meant(front: Front) -> None:
    await front.field("text").fill(WORDS)
    markup = json.dumps(await front.snippet("img").text_content())
    found = await front.page.evaluate(
        f"""async () => {{
            const copy = new DOMParser().parseFromString({markup}, "text/html").querySelector("img");
            const image = Object.assign(new Image(), {{ src: copy.src }});
            await image.decode();
            return [copy.alt, copy.src, image.naturalWidth];
        }}""",
    )
    assert found == [WORDS, f"{front.origin}/400x300?text=%3Ca%3E+%22%26%22+%5B1%5D", 400]


async def test_srcset_of_an_svg_is_png(front: Front) -> None:
    one, two, three = (f"{front.origin}/400x300{suffix}.png" for suffix in ("", "@2x", "@3x"))
    await expect(front.snippet("srcset")).to_have_text(
        f'<img src="{one}" srcset="{one} 1x, {two} 2x, {three} 3x" width="400" height="300" alt="400×300">',
    )


async def test_alt_texts(front: Front) -> None:
    for address, alt in (
        ("/400x300?text=Two%5Cnlines", "Two lines"),
        ("/color/7c9cff/400x300", "#7c9cff"),
        ("/gradient/9x9", "Gradient from #7c9cff to #59e3c5"),
        ("/gradient/9x9?type=radial", "Radial gradient from #7c9cff to #59e3c5"),
        ("/seed/caf%C3%A9/9x9", "café"),
        ("/glyph/9x9?as=video", "video"),
    ):
        await front.recall(address)
        await expect(front.field("picture")).to_have_attribute("alt", alt)
        await expect(front.snippet("img")).to_contain_text(f'alt="{alt}"')


async def test_without_a_clipboard_the_text_is_selected(page: Page, live_server: str) -> None:
    await page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    front = await Front(page, live_server).open()
    await page.get_by_role("button", name="Copy as Markdown").click()
    await expect(front.field("said")).to_contain_text("The text is selected")
    assert await page.evaluate("String(getSelection())") == f"![400×300]({live_server}/400x300)"
    await page.get_by_role("button", name="Copy the URL").click()
    selected = "(it) => it.value.slice(it.selectionStart, it.selectionEnd)"
    assert await front.field("address").evaluate(selected) == f"{live_server}/400x300"


# State


async def test_a_composed_picture_outlives_a_reload(front: Front) -> None:
    await front.radio("drawing", "Glyph").check()
    await front.radio("as", "document").check()
    await front.radio("format", "AVIF").check()
    await front.radio("density", "2x").check()
    await front.field("w").fill("120")
    await front.shows("/glyph/120x300@2x.avif?as=document")
    assert await front.page.evaluate("location.hash") == "#/glyph/120x300@2x.avif?as=document"
    await front.page.reload()
    assert await front.shows("/glyph/120x300@2x.avif?as=document") == (240, 600)
    await expect(front.radio("drawing", "Glyph")).to_be_checked()


async def test_a_fragment_that_names_no_picture_changes_nothing(front: Front) -> None:
    await front.recall("/glyph/200x100?as=map")
    for fragment in ("/", "/nowhere/400x300", "/label/400x300", "/color/400x300", "/400x300.bmp", "/400x", "routes"):
        await front.recall(fragment)
        await expect(front.field("address")).to_have_value(f"{front.origin}/glyph/200x100?as=map")
    await front.shows("/glyph/200x100?as=map")


async def test_a_fragment_written_by_hand_is_read_as_it_can_be(front: Front) -> None:
    for seed, sent in (("a&b", "a%26b"), ("100%", "100%25"), ("%zz", "%25zz"), ("a%2Fb", "a-b"), ("a+b", "a%2Bb")):
        await front.recall(f"/seed/{seed}/400x300.jpeg")
        await front.shows(f"/seed/{sent}/400x300.jpg")
    await front.recall("/gradient/9999x300?from=%23abc&type=conic&angle=1&angle=45&unknown=1")
    await front.shows("/gradient/2048x300?from=abc&to=59e3c5&angle=45")


ANSWERED_TOO_LATE = """() => new Promise((isAsked) => {
    const { fetch } = window;
    window.fetch = (target, how) => target.includes("/glyph/10x10")
        ? new Promise((answer) => {
            window.answer = () => answer({ ok: true, blob: async () => ({ size: 5 }) });
            isAsked();
        })
        : fetch(target, how);
    location.hash = "/glyph/10x10";
})"""


async def test_the_answer_to_the_last_fragment_does_not_put_it_back(front: Front) -> None:
    """Though it comes before the page has heard of the new one."""
    await front.page.evaluate(ANSWERED_TOO_LATE)
    await front.page.evaluate("() => { location.hash = '/glyph/20x20'; answer(); }")
    await front.shows("/glyph/20x20?as=photo")


async def test_a_fragment_whose_size_has_a_name_or_a_ratio_is_read(front: Front) -> None:
    for fragment, plain in (
        ("/og", "/1200x630"),
        ("/vga@2x.png?text=a%5Cnb", "/640x480@2x.png?text=a%5Cnb"),
        ("/color/fff/4k.webp", "/color/fff/2048x1152.webp"),
        ("/seed/og/favicon", "/seed/og/32x32"),
        ("/16:9/64.gif?text=x", "/64x36.gif?text=x"),
        ("/glyph/16%3A9/99999?as=bell", "/glyph/2048x1152?as=bell"),
        ("/og?bg=zzz", "/1200x630?bg=zzz"),
    ):
        await front.recall(fragment)
        await expect(front.field("address")).to_have_value(front.origin + plain)
        if "zzz" not in plain:
            await front.shows(plain)
    await expect(front.field("bg-problem")).to_contain_text("bg: expected a colour")
    front.complaints.clear()  # of the 400


async def test_a_name_that_there_is_not_changes_nothing_and_asks_for_no_picture(front: Front) -> None:
    await front.recall("/glyph/200x100?as=map")
    for fragment in ("/nosuch", "/constructor", "/OG", "/og.bmp", "/400", "/16:9", "/color/og", "/seed/16:9/1280"):
        await front.recall(fragment)
        await expect(front.field("address")).to_have_value(f"{front.origin}/glyph/200x100?as=map")
    await front.shows("/glyph/200x100?as=map")


# Every route


async def test_each_example_is_there_and_can_be_edited(front: Front) -> None:
    captions = front.page.locator(".examples figcaption")
    addresses = await captions.locator("a:first-child").evaluate_all("(them) => them.map((it) => it.getAttribute('href'))")
    assert set(EXAMPLES) <= set(addresses)
    edits = await captions.locator("a.edit").evaluate_all("(them) => them.map((it) => it.getAttribute('href'))")
    assert edits == [f"#{address}" for address in addresses]
    for address in addresses:
        await front.recall(address)
        await expect(front.field("address")).to_have_value(front.origin + PLAIN.get(address, address))
    await front.page.get_by_role("link", name=f"Edit {EXAMPLES[1]}", exact=True).click()
    assert await front.shows(EXAMPLES[1]) == (600, 240)
    await expect(front.field("compose")).to_be_focused()
    await expect(front.field("picture")).to_be_in_viewport()


async def test_each_picture_of_the_page_loads_in_its_proportions(front: Front) -> None:
    lazy = front.page.locator("#routes img")
    assert await lazy.evaluate_all("(them) => them.every((it) => it.loading === 'lazy')")
    sizes = await front.page.locator("img").evaluate_all(
        """(them) => Promise.all(them.map(async (it) => {
            it.loading = "eager";
            await it.decode();
            return [it.src, it.naturalWidth / it.naturalHeight, it.getAttribute("width") / it.getAttribute("height")];
        }))""",
    )
    assert len(sizes) > len(EXAMPLES)
    for source, natural, declared in sizes:
        assert natural == pytest.approx(declared), source


async def test_each_link_leads_somewhere(front: Front) -> None:
    links = set(await front.page.locator("a").evaluate_all("(them) => them.map((it) => it.getAttribute('href'))"))
    for link in links:
        if link.startswith("/"):
            answer = await front.page.request.get(link)
            assert answer.status == (400 if link == "/400x300?bg=zzz" else 200), link
        elif not link.startswith("#/"):
            await expect(front.page.locator(link)).to_have_count(1)


async def test_without_scripts_the_routes_remain(browser: Browser, live_server: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(live_server)
    for notice in await page.locator("noscript p").all():
        await expect(notice).to_be_visible()
    await expect(page.locator("#composer")).to_be_hidden()
    await expect(page.locator("#asking")).to_be_hidden()
    await expect(page.get_by_role("link", name="/glyph/300x300?as=avatar")).to_be_visible()
    await context.close()


# Looks and access

NAMELESS = """(them) => them.filter((it) => {
    const labels = [...(it.labels ?? [])].map((label) => label.textContent).join("");
    return !(it.getAttribute("aria-label") ?? (labels || (it.matches("button, a") && it.textContent)) ?? "").trim?.();
}).map((it) => it.outerHTML)"""
DANGLING = """(them) => them.flatMap((it) => ["aria-describedby", "aria-labelledby", "for"]
    .flatMap((name) => (it.getAttribute(name) ?? "").split(" "))
    .filter((id) => id && !document.getElementById(id)))"""


async def test_everything_has_a_name(front: Front) -> None:
    page = front.page
    assert await page.locator("input, button, select, textarea, a").evaluate_all(NAMELESS) == []
    assert await page.locator("[aria-describedby], [aria-labelledby], [for]").evaluate_all(DANGLING) == []
    assert await page.locator("img:not([alt]), fieldset:not(:has(> legend)), svg:not([aria-hidden])").count() == 0
    ids = await page.locator("[id]").evaluate_all("(them) => them.map((it) => it.id)")
    assert len(ids) == len(set(ids))
    levels = await page.locator("h1, h2, h3, h4").evaluate_all("(them) => them.map((it) => Number(it.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


async def test_colours_can_be_told_apart(front: Front) -> None:
    names = ("ground", "paper", "wash", "ink", "soft", "accent", "wrong", "edge")
    style = "(root, name) => getComputedStyle(root).getPropertyValue('--' + name).trim()"
    for scheme in ("light", "dark"):
        await front.page.emulate_media(color_scheme=scheme)
        color = {name: Color(await front.page.locator(":root").evaluate(style, name)) for name in names}
        for ground in (color["ground"], color["paper"]):
            assert min(contrast(color[ink], ground) for ink in ("ink", "soft", "accent", "wrong")) >= AA_TEXT
            assert contrast(color["edge"], ground) >= 3
        assert contrast(color["ink"], color["wash"]) >= AA_TEXT


async def test_dark_and_light_follow_the_reader(front: Front) -> None:
    async def seen(scheme: str) -> tuple[bytes, float]:
        await front.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        r, g, b = await front.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        return await front.page.screenshot(), luminance(Color(f"#{r:02x}{g:02x}{b:02x}"))

    await front.shows("/400x300")
    light, bright = await seen("light")
    dark, dim = await seen("dark")
    assert light != dark
    assert bright > 0.8
    assert dim < 0.05


async def test_motion_only_for_those_who_want_it(front: Front) -> None:
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    for wish, found in (("reduce", "auto"), ("no-preference", "smooth")):
        await front.page.emulate_media(reduced_motion=wish)
        assert await front.page.evaluate(behaviour) == found


async def test_nothing_sticks_out(front: Front) -> None:
    wide = "document.documentElement.scrollWidth"
    for width, size in ((320, "1x2048"), (375, "2048x1"), (768, "2048x2048"), (1920, "2048x2")):
        await front.page.set_viewport_size({"width": width, "height": 640})
        for address in (
            "/9x9?bg=fff",
            "/color/fff/9x9",
            "/gradient/9x9",
            "/seed/a/9x9",
            "/seed/a/9x9?style=mesh",
            "/glyph/9x9?as=map",
        ):
            await front.recall(address)
            assert await front.page.evaluate(wide) <= width, address
        await front.recall(f"/glyph/{size}?as=photo")
        await front.shows(f"/glyph/{size}?as=photo")
        assert await front.page.evaluate(wide) <= width
        box = await front.field("picture").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


async def test_the_picture_that_stays_in_view_covers_no_focus(front: Front) -> None:
    await front.page.set_viewport_size({"width": 375, "height": 640})
    await front.radio("format", "SVG").focus()
    for _ in range(11):  # upwards: presets, height, width, the label's options
        await front.page.keyboard.press("Shift+Tab")
        top = await front.page.locator(":focus").evaluate("(it) => it.getBoundingClientRect().top")
        stage = await front.page.locator(".stage").evaluate("(it) => it.getBoundingClientRect().bottom")
        assert top >= stage
