"""fakeimg.pl: the URLs of its README, its page and its own tests, and those that it never had."""

import pytest
from fixtures.foreign import Ask, Wanted, check, check_refusal

HOST = "fakeimg.pl"
BG, FG = "cccccc", "909090"

URLS = {
    "/300/": Wanted("png", 300, 300, BG, FG),
    "/300": Wanted("png", 300, 300, BG, FG),
    "/250x100/": Wanted("png", 250, 100, BG, FG),
    "/250x100/ff0000/": Wanted("png", 250, 100, "ff0000", FG),
    "/350x200/ff0000/000": Wanted("png", 350, 200, "ff0000", "000000"),
    "/350x200/ff0000,128/000,255": Wanted("png", 350, 200, "ff000080", "000000"),
    "/350x200/ff0000,128/000": Wanted("png", 350, 200, "ff000080", "000000"),
    "/350x200/ff0000,128/000,10": Wanted("png", 350, 200, "ff000080", "0000000a"),
    "/350x200/?text=Hello": Wanted("png", 350, 200, BG, FG, "Hello"),
    "/350x200/?text=World&font=lobster": Wanted("png", 350, 200, BG, FG, "World"),
    "/350x200/?text=one%0Atwo": Wanted("png", 350, 200, BG, FG, "one\ntwo"),
    "/440x320/282828/eae0d0/?retina=1": Wanted("png", 440, 320, "282828", "eae0d0", density=2),
    "/200x100/eee/000/?retina=1": Wanted("png", 200, 100, "eeeeee", "000000", density=2),
    "/200x100/eee,10/000,10/?retina=1": Wanted("png", 200, 100, "eeeeee0a", "0000000a", density=2),
    "/440x230/282828/eae0d0/?retina=1&text=Problem?": Wanted("png", 440, 230, "282828", "eae0d0", "Problem?", density=2),
    "/200x100/CCCCCC/": Wanted("png", 200, 100, "cccccc", FG),
    "/200x100/CCCCCC,50/": Wanted("png", 200, 100, "cccccc32", FG),
    "/200x100/eee/000/": Wanted("png", 200, 100, "eeeeee", "000000"),
    "/200x100/eee/000,25/": Wanted("png", 200, 100, "eeeeee", "00000019"),
    "/200x100/ff0000,128/fff/": Wanted("png", 200, 100, "ff000080", "ffffff"),
    "/200x100/eee/000/?font_size=1": Wanted("png", 200, 100, "eeeeee", "000000"),
    "/200x100/eee/000/?font_size=-1": Wanted("png", 200, 100, "eeeeee", "000000"),
    "/200x100/?radius=20": Wanted("png", 200, 100, BG, FG),
    "/200x100/?radius_tl=20&radius_br=x": Wanted("png", 200, 100, BG, FG),
    "/300/some-name.png": Wanted("png", 300, 300, BG, FG),
    "/300/some.other.name.webp": Wanted("webp", 300, 300, BG, FG),
    "/250x100/ff0000/000/logo.webp?text=Logo": Wanted("webp", 250, 100, "ff0000", "000000", "Logo"),
    "/250x100/ff0000,128/logo.png": Wanted("png", 250, 100, "ff000080", FG),
    "/250x100/ff0000,128/logo.webp": Wanted("webp", 250, 100, "ff000080", FG),
    "/250x100/ff0000,0/": Wanted("png", 250, 100, "00000000", FG),
    "/5000/": Wanted("png", 2048, 2048, BG, FG),
    "/200x100/?text=": Wanted("png", 200, 100, BG, FG),
}


@pytest.mark.parametrize(("url", "wanted"), URLS.items(), ids=URLS)
async def test_a_url_shows_its_picture_again(url: str, wanted: Wanted, ask: Ask) -> None:
    await check(ask, HOST, url, wanted)


async def test_a_text_that_no_font_of_ours_has_is_its_size_in_pixels(ask: Ask) -> None:
    """As everywhere (README: other scripts are drawn by the viewer's fonts in SVG, and pixels show the size instead)."""
    url = "/200x100/?retina=1&text=%E3%81%93%E3%82%93%E3%81%AB%E3%81%A1%E3%81%AF&font=noto"
    answer = await ask(url, "GET", {"Host": HOST})
    own = await ask("/200x100@2x.png?bg=ccc&fg=909090&text=%E3%81%93%E3%82%93%E3%81%AB%E3%81%A1%E3%81%AF")
    assert answer.status == 200
    assert (answer.headers, answer.body) == (own.headers, own.body)


REFUSED = {
    "a colour that is none": ("/200x100/prout/", 404),
    "a colour of two digits": ("/200x100/fff/ee/", 404),
    "a colour of five digits": ("/200x100/fffff/", 404),
    "an alpha over 255": ("/200x100/CCCCCC,256/", 404),
    "an alpha of four digits": ("/200x100/CCCCCC,5123/", 404),
    "an alpha in letters": ("/200x100/eee/000,b/", 404),
    "an alpha without a number": ("/200x100/eee,/000/", 404),
    "a negative alpha": ("/200x100/eee,-1/000/", 404),
    "a picture without a size": ("/logo.png", 404),
    "a picture without a name": ("/300/.png", 404),
    "another format": ("/300/logo.gif", 404),
    "an ending at the size": ("/300.png", 404),
    "a third colour": ("/300/000/fff/000/logo.png", 404),
    "words that mean nothing": ("/this-does-not-exist", 404),
    "an empty word": ("/300//000", 404),
    "markup": ("/300/%3Csvg%3E/", 404),
    "too many parameters": ("/300/a.webp?" + "&" * 40, 400),
    "an endless URL": ("/300/?text=" + "a" * 9000, 414),
}


@pytest.mark.parametrize(("target", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_it_never_had_is_refused_as_a_picture(target: str, status: int, ask: Ask) -> None:
    await check_refusal(ask, HOST, target, status)


HOSTILE = {
    "a radius that is no number": "/300/?radius=__import__('os')",
    "a size of a font that is no number": "/300/?font_size=1e309",
    "a font that is a file": "/300/?font=../../../etc/passwd",
    "an endless name": "/300/" + "a" * 8000 + ".png",
    "a name with a slash": "/300/a%2Fb.png",
    "a name of line feeds": "/300/%0A%0A.png",
    "a name of raw bytes": "/300/\xff\xfe.png",
    "a Discord picture": "/300/?text=%3C:rooThink:596576798351949847%3E",
    "retina of nothing": "/300/?retina",
    "an emoji": "/300/?text=%F0%9F%98%8B",
    "controls": "/300/?text=%00%1B%0D%E2%80%AE",
}


@pytest.mark.parametrize("target", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_words_end_in_a_sound_picture(target: str, ask: Ask) -> None:
    answer = await ask(target, "GET", {"Host": HOST})
    assert (answer.status, answer["content-type"]) == (200, "image/png"), answer.body[:500]
