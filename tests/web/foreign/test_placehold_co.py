"""placehold.co: the URLs of its own page and of the builders that follow it, and those that it never had."""

import pytest
from fixtures.foreign import Ask, Wanted, check, check_refusal

HOST = "placehold.co"
BG, FG, CLEAR = "dddddd", "999999", "00000000"

URLS = {
    "/600x400": Wanted("svg", 600, 400, BG, FG),
    "/400": Wanted("svg", 400, 400, BG, FG),
    "/600x400/": Wanted("svg", 600, 400, BG, FG),
    "/600x400/png": Wanted("png", 600, 400, BG, FG),
    "/600x400.png": Wanted("png", 600, 400, BG, FG),
    "/600x400.svg": Wanted("svg", 600, 400, BG, FG),
    "/600x400/000000/FFFFFF": Wanted("svg", 600, 400, "000000", "ffffff"),
    "/600x400/000000/FFF": Wanted("svg", 600, 400, "000000", "ffffff"),
    "/600x400/000000/FFFFFF/png": Wanted("png", 600, 400, "000000", "ffffff"),
    "/600x400/000000/FFFFFF.png": Wanted("png", 600, 400, "000000", "ffffff"),
    "/400x400/orange/white": Wanted("svg", 400, 400, "ffa500", "ffffff"),
    "/400x400/orange/white.png": Wanted("png", 400, 400, "ffa500", "ffffff"),
    "/400x400/brown/white?text=Chocolate": Wanted("svg", 400, 400, "a52a2a", "ffffff", "Chocolate"),
    "/600x400/transparent/F00": Wanted("svg", 600, 400, CLEAR, "ff0000"),
    "/600x400/transparent/FFF": Wanted("svg", 600, 400, CLEAR, "ffffff"),
    "/600x400/transparent": Wanted("svg", 600, 400, CLEAR, None),
    "/600x400/transparent/F00.png": Wanted("png", 600, 400, CLEAR, "ff0000"),
    "/300x200/Transparent/F00/webp": Wanted("webp", 300, 200, CLEAR, "ff0000"),
    "/300x200/transparent/F00/avif": Wanted("avif", 300, 200, CLEAR, "ff0000"),
    "/300x200/transparent/F00/jpg": Wanted("jpg", 300, 200, CLEAR, "ff0000"),
    "/300x200/transparent/F00/gif": Wanted("gif", 300, 200, CLEAR, "ff0000"),
    "/300x200/navy/transparent.png": Wanted("png", 300, 200, "000080", CLEAR),
    "/600x400/transparent/white?text=TechHub+Premium": Wanted("svg", 600, 400, CLEAR, "ffffff", "TechHub Premium"),
    "/600x400?text=Hello+World": Wanted("svg", 600, 400, BG, FG, "Hello World"),
    "/600x400?text=Hello\\nWorld": Wanted("svg", 600, 400, BG, FG, "Hello\nWorld"),
    "/600x400?font=roboto": Wanted("svg", 600, 400, BG, FG),
    "/800?text=Hello+World&font=roboto": Wanted("svg", 800, 800, BG, FG, "Hello World"),
    "/600x400@2x.png": Wanted("png", 600, 400, BG, FG, density=2),
    "/800@3x.webp": Wanted("webp", 800, 800, BG, FG, density=3),
    "/80@2x/png?text=GG": Wanted("png", 80, 80, BG, FG, "GG", density=2),
    "/600x400@2x/F8F8F8/CCC?text=Your%20image": Wanted("svg", 600, 400, "f8f8f8", "cccccc", "Your image"),
    "/300x200/1a1a2e/eee/webp": Wanted("webp", 300, 200, "1a1a2e", "eeeeee"),
    "/80/6366f1/ffffff/png?text=GG": Wanted("png", 80, 80, "6366f1", "ffffff", "GG"),
    "/1200x400@2x.webp?text=Hero+Banner&font=montserrat": Wanted("webp", 1200, 400, BG, FG, "Hero Banner", density=2),
    "/400x400/f3f4f6/9ca3af/png?text=Product": Wanted("png", 400, 400, "f3f4f6", "9ca3af", "Product"),
    "/300x300.jpeg": Wanted("jpeg", 300, 300, BG, FG),
    "/300x300/gif": Wanted("gif", 300, 300, BG, FG),
    "/300x300/000/fff.avif": Wanted("avif", 300, 300, "000000", "ffffff"),
    "/300x300/JPG": Wanted("jpg", 300, 300, BG, FG),
    "/300x200/RebeccaPurple/White": Wanted("svg", 300, 200, "663399", "ffffff"),
    "/300x200/navy": Wanted("svg", 300, 200, "000080", None),
    "/600x400?text=": Wanted("svg", 600, 400, BG, FG),
    "/4000x10": Wanted("svg", 2048, 10, BG, FG),
}


@pytest.mark.parametrize(("url", "wanted"), URLS.items(), ids=URLS)
async def test_a_url_shows_its_picture_again(url: str, wanted: Wanted, ask: Ask) -> None:
    await check(ask, HOST, url, wanted)


REFUSED = {
    "a colour that is none": ("/600x400/octarine/white", 404),
    "a colour of four digits": ("/600x400/0000/fff", 404),
    "a function of CSS": ("/600x400/rgb(0,0,0)/fff", 404),
    "markup for a colour": ("/600x400/%22onload=%22alert(1)/fff", 404),
    "a reference for a colour": ("/600x400/url(%23a)/fff", 404),
    "a format that nobody has": ("/600x400/heif", 404),
    "two words of format": ("/600x400/png/webp", 404),
    "a density of four": ("/600x400@4x.png", 404),
    "a density alone": ("/@2x.png", 404),
    "two densities": ("/600x400@2x@2x.png", 404),
    "four words": ("/600x400/000/fff/000/fff", 404),
    "no words": ("//", 404),
    "an empty word": ("/600x400//fff", 404),
    "a size in words": ("/wide", 404),
    "dots": ("/600x400/../../etc/passwd", 404),
    "too many parameters": ("/600x400?" + "&" * 40, 400),
    "an endless URL": ("/600x400/000/fff?text=" + "a" * 9000, 414),
}


@pytest.mark.parametrize(("target", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_it_never_had_is_refused_as_a_picture(target: str, status: int, ask: Ask) -> None:
    await check_refusal(ask, HOST, target, status)


HOSTILE = {
    "markup": "/300x100?text=%3C/title%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "an entity": "/300x100?text=%26lt;%26%23x0;]]%3E",
    "control characters": "/300x100?text=%00%01%08%0B%1B%7F%C2%85",
    "bytes that are no UTF-8": "/300x100?text=%FF%ED%A0%80",
    "raw bytes": "/300x100/000/fff?text=\xff",
    "a text of 8,000 characters": "/300x100?text=" + "a" * 8000,
    "bidirectional controls": "/300x100?text=%E2%80%AE%E2%81%A6abc",
    "digits without end": "/" + "1" * 8000,
    "zeros without end": "/" + "0" * 4000 + "x" + "0" * 4000,
    "a parameter without a name": "/300x100?=a&=&&&",
}


@pytest.mark.parametrize("target", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_words_end_in_a_sound_picture(target: str, ask: Ask, assert_sound_svg: object) -> None:
    answer = await ask(target, "GET", {"Host": HOST})
    assert answer.status == 200, answer.body[:500]
    if "x100" in target:
        assert callable(assert_sound_svg)
        assert_sound_svg(answer.body, (300, 100))
