"""dummyimage.com: the URLs of its own documentation, its named sizes, and those that it never had."""

import pytest
from fixtures.foreign import Ask, Wanted, check, check_refusal

from placeholder.synth.foreign.dummyimage_com import NAMES

HOST = "dummyimage.com"
BG, FG = "cccccc", "000000"

URLS = {
    "/300": Wanted("png", 300, 300, BG, FG),
    "/600x400": Wanted("png", 600, 400, BG, FG),
    "/600x400/000/fff": Wanted("png", 600, 400, "000000", "ffffff"),
    "/640x4:3": Wanted("png", 640, 480, BG, FG),
    "/640x4:3/": Wanted("png", 640, 480, BG, FG),
    "/16:9x1080": Wanted("png", 1920, 1080, BG, FG),
    "/16:9x1080/": Wanted("png", 1920, 1080, BG, FG),
    "/250/ffffff/000000": Wanted("png", 250, 250, "ffffff", "000000"),
    "/qvga": Wanted("png", 320, 240, BG, FG),
    "/skyscraper/f0f/f": Wanted("png", 120, 600, "ff00ff", "ffffff"),
    "/300.png/09f/fff": Wanted("png", 300, 300, "0099ff", "ffffff"),
    "/300/09f.png/fff": Wanted("png", 300, 300, "0099ff", "ffffff"),
    "/300/09f/fff.png": Wanted("png", 300, 300, "0099ff", "ffffff"),
    "/300/ef/c": Wanted("png", 300, 300, "efefef", "cccccc"),
    "/300/00": Wanted("png", 300, 300, "000000", FG),
    "/200x300&text=dummyimage.com+rocks!": Wanted("png", 200, 300, BG, FG, "dummyimage.com rocks!"),
    "/480&text=Plus+Sign=0x2B": Wanted("png", 480, 480, BG, FG, "Plus Sign=+"),
    "/480&text=Number+sign+(Octothorp)=0x23": Wanted("png", 480, 480, BG, FG, "Number sign (Octothorp)=#"),
    "/480&text=Percent+symbol=0x25": Wanted("png", 480, 480, BG, FG, "Percent symbol=%"),
    "/480&text=Ampersand=0x26": Wanted("png", 480, 480, BG, FG, "Ampersand=&"),
    "/480&text=400x250": Wanted("png", 480, 480, BG, FG, "400x250"),
    "/480&text=400×250": Wanted("png", 480, 480, BG, FG, "400×250"),
    "/600x400/000/fff.png&text=Hello+World": Wanted("png", 600, 400, "000000", "ffffff", "Hello World"),
    "/600x400/000/fff?text=one|two": Wanted("png", 600, 400, "000000", "ffffff", "one\ntwo"),
    "/300.gif": Wanted("gif", 300, 300, BG, FG),
    "/300/09f/fff.jpg": Wanted("jpg", 300, 300, "0099ff", "ffffff"),
    "/300x200.JPEG/09F": Wanted("jpeg", 300, 200, "0099ff", FG),
    "/300.webp/09f": Wanted("webp", 300, 300, "0099ff", FG),
    "/300/%2309f/%23fff": Wanted("png", 300, 300, "0099ff", "ffffff"),
    "/medrect.gif/09f&text=ad": Wanted("gif", 300, 250, "0099ff", FG, "ad"),
    "/HD720": Wanted("png", 1280, 720, BG, FG),
    "/600X400": Wanted("png", 600, 400, BG, FG),
    "/333x4:3": Wanted("png", 333, 250, BG, FG),
    "/9999x60": Wanted("png", 2048, 60, BG, FG),
    "/300&text=": Wanted("png", 300, 300, BG, FG),
}
NAMED = {
    "mediumrectangle": (300, 250), "medrect": (300, 250), "squarepopup": (250, 250), "sqrpop": (250, 250),
    "verticalrectangle": (240, 400), "vertrec": (240, 400), "largerectangle": (336, 280), "lrgrec": (336, 280),
    "rectangle": (180, 150), "rec": (180, 150), "popunder": (720, 300), "pop": (720, 300),
    "fullbanner": (468, 60), "fullban": (468, 60), "halfbanner": (234, 60), "halfban": (234, 60),
    "microbar": (88, 31), "mibar": (88, 31), "button1": (120, 90), "but1": (120, 90), "button2": (120, 60), "but2": (120, 60),
    "verticalbanner": (120, 240), "vertban": (120, 240), "squarebutton": (125, 125), "sqrbut": (125, 125),
    "leaderboard": (728, 90), "leadbrd": (728, 90), "wideskyscraper": (160, 600), "wiskyscrpr": (160, 600),
    "skyscraper": (120, 600), "skyscrpr": (120, 600), "halfpage": (300, 600), "hpge": (300, 600),
    "cga": (320, 200), "qvga": (320, 240), "vga": (640, 480), "wvga": (800, 480), "svga": (1024, 600), "wsvga": (1024, 600),
    "xga": (1024, 768), "wxga": (1280, 800), "wsxga": (1440, 900), "wuxga": (1920, 1200), "wqxga": (2048, 1600),
    "ntsc": (720, 480), "pal": (768, 576), "hd720": (1280, 720), "hd1080": (1920, 1080),
}  # fmt: skip


@pytest.mark.parametrize(("url", "wanted"), URLS.items(), ids=URLS)
async def test_a_url_shows_its_picture_again(url: str, wanted: Wanted, ask: Ask) -> None:
    await check(ask, HOST, url, wanted)


def test_the_named_sizes_are_those_of_its_documentation() -> None:
    assert {name: (size.w, size.h) for name, size in NAMES.items()} == NAMED


@pytest.mark.parametrize("name", NAMED)
async def test_a_named_size_is_that_size(name: str, ask: Ask) -> None:
    await check(ask, HOST, f"/{name}/09f/fff.gif", Wanted("gif", *NAMED[name], "0099ff", "ffffff"))


REFUSED = {
    "colours before the size": ("/ffffff/250/000000", 404),
    "a colour that is none": ("/300/xyz/fff", 404),
    "a colour of four digits": ("/300/ffff/fff", 404),
    "a ratio alone": ("/16:9", 404),
    "two ratios": ("/4:3x16:9", 404),
    "three numbers in a ratio": ("/640x4:3:2", 404),
    "a ratio with nothing": ("/640x4:0", 404),
    "a ratio of nothing": ("/640x0:3", 404),
    "a ratio without an end": ("/640x4:", 404),
    "a ratio of endless numbers": ("/640x" + "9" * 3000 + ":" + "9" * 3000, 404),
    "no number": ("/x300", 404),
    "an unknown name": ("/cinema", 404),
    "a name and more": ("/vgax", 404),
    "an unknown ending": ("/300.bmp/09f", 404),
    "markup for a size": ("/%3Csvg%20onload=alert(1)%3E", 404),
    "a fourth word": ("/300/000/fff/png", 404),
    "too many parameters": ("/300&" + "a&" * 40, 400),
    "an endless URL": ("/300?text=" + "a" * 9000, 414),
}


@pytest.mark.parametrize(("target", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_it_never_had_is_refused_as_a_picture(target: str, status: int, ask: Ask) -> None:
    await check_refusal(ask, HOST, target, status)


HOSTILE = {
    "an endless text in the path": "/300&text=" + "a" * 8000,
    "ampersands": "/300&&&&text=a",
    "both kinds of query": "/300&text=a?text=b",
    "escapes of escapes": "/300&text=0x250x250x25",
    "bars without end": "/300&text=" + "|" * 4000,
    "raw bytes": "/300&text=\xff\x80",
    "markup": "/300&text=%3Cscript%3E",
    "an encoded ampersand": "/300?text=a%26text%3Db",
    "a huge ratio": "/99999x99999:1",
    "a tiny ratio": "/1x1:99999",
    "a flat ratio": "/99999x1:99999",
}


@pytest.mark.parametrize("target", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_words_end_in_a_sound_picture(target: str, ask: Ask) -> None:
    answer = await ask(target, "GET", {"Host": HOST})
    assert (answer.status, answer["content-type"]) == (200, "image/png"), answer.body[:500]
