"""via.placeholder.com: the URLs that its own page, Faker and JSONPlaceholder handed out, and those that nobody should."""

from io import BytesIO

import pytest
from fixtures.foreign import Ask, Wanted, check, check_refusal
from PIL import Image

HOST = "via.placeholder.com"
BG, FG = "cccccc", "969696"

URLS = {
    "/150": Wanted("png", 150, 150, BG, FG),
    "/350x150": Wanted("png", 350, 150, BG, FG),
    "/300.png/09f/fff": Wanted("png", 300, 300, "0099ff", "ffffff"),
    "/300/09f/fff.png": Wanted("png", 300, 300, "0099ff", "ffffff"),
    "/300/09f.png/fff": Wanted("png", 300, 300, "0099ff", "ffffff"),
    "/150/0000FF/808080?Text=Digital.com": Wanted("png", 150, 150, "0000ff", "808080", "Digital.com"),
    "/150/0000FF/808080 ?Text=Digital.com": Wanted("png", 150, 150, "0000ff", "808080", "Digital.com"),
    "/150/FF0000/FFFFFF?Text=Down.com": Wanted("png", 150, 150, "ff0000", "ffffff", "Down.com"),
    "/150/FFFF00/000000?Text=WebsiteBuilders.org": Wanted("png", 150, 150, "ffff00", "000000", "WebsiteBuilders.org"),
    "/150/000000/FFFFFF/?text=IPaddress.net": Wanted("png", 150, 150, "000000", "ffffff", "IPaddress.net"),
    "/150/000000/FFFFFF/?text=Пусто": Wanted("png", 150, 150, "000000", "ffffff", "Пусто"),
    "/600/92c952": Wanted("png", 600, 600, "92c952", FG),
    "/150/771796": Wanted("png", 150, 150, "771796", FG),
    "/640x480.png/00dd22?text=animals+aut": Wanted("png", 640, 480, "00dd22", FG, "animals aut"),
    "/640x480.png/0000dd?text=animals+mollitia": Wanted("png", 640, 480, "0000dd", FG, "animals mollitia"),
    "/300x300.png": Wanted("png", 300, 300, BG, FG),
    "/50x50.jpg": Wanted("jpg", 50, 50, BG, FG),
    "/50x50.gif/ffffff": Wanted("gif", 50, 50, "ffffff", FG),
    "/50x50.jpeg/39eba7": Wanted("jpeg", 50, 50, "39eba7", FG),
    "/50x50.jpeg/ffffff/000": Wanted("jpeg", 50, 50, "ffffff", "000000"),
    "/468x60?text=Visit+Blogging.com+Now": Wanted("png", 468, 60, BG, FG, "Visit Blogging.com Now"),
    "/728x90.png?text=Visit+WhoIsHostingThis.com+Buyers+Guide": Wanted(
        "png", 728, 90, BG, FG, "Visit WhoIsHostingThis.com Buyers Guide"
    ),
    "/300.webp": Wanted("webp", 300, 300, BG, FG),
    "/200x100?text=one\\ntwo": Wanted("png", 200, 100, BG, FG, "one\ntwo"),
    "/200x100?text=": Wanted("png", 200, 100, BG, FG),
    "/5000x40": Wanted("png", 2048, 40, BG, FG),
}
PLACEHOLD_IT = {
    "/350x150": Wanted("png", 350, 150, BG, FG),
    "/350x123&text=this+is+text": Wanted("png", 350, 123, BG, FG, "this is text"),
    "/450/3185ab/": Wanted("png", 450, 450, "3185ab", FG),
    "/350x123/3185ab/9d960f/": Wanted("png", 350, 123, "3185ab", "9d960f"),
    "/350x123/38394B/F5F8CC/&text=this+is+text": Wanted("png", 350, 123, "38394b", "f5f8cc", "this is text"),
}


@pytest.mark.parametrize(("url", "wanted"), URLS.items(), ids=URLS)
async def test_a_url_shows_its_picture_again(url: str, wanted: Wanted, ask: Ask) -> None:
    await check(ask, HOST, url, wanted)


@pytest.mark.parametrize(("url", "wanted"), PLACEHOLD_IT.items(), ids=PLACEHOLD_IT)
async def test_so_does_one_of_its_older_name(url: str, wanted: Wanted, ask: Ask) -> None:
    await check(ask, "placehold.it", url, wanted)


REFUSED = {
    "a colour of five digits": ("/300/09f09/fff", 404),
    "a name of a colour": ("/300/red/fff", 404),
    "markup for a colour": ("/300/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", 404),
    "an encoded slash in a colour": ("/300/09f%2Ffff", 404),
    "a fourth word": ("/300/09f/fff/000", 404),
    "no size": ("/png/09f/fff", 404),
    "a negative side": ("/-300/09f/fff", 404),
    "Arabic-Indic digits": ("/%D9%A3%D9%A0%D9%A0", 404),
    "an unknown ending": ("/300.svgz/09f", 404),
    "two endings on a word": ("/300.png.gif/09f", 404),
    "an empty word": ("/300//fff", 404),
    "a line feed in a size": ("/300%0A0/09f", 404),
    "NUL": ("/300/09f%00/fff", 404),
    "too many parameters": ("/300.png/09f?" + "a&" * 40, 400),
    "an endless URL": ("/300.png/09f?text=" + "a" * 9000, 414),
}


@pytest.mark.parametrize(("target", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_it_never_had_is_refused_as_a_picture(target: str, status: int, ask: Ask) -> None:
    await check_refusal(ask, HOST, target, status)


HOSTILE = {
    "digits without end": ("/" + "9" * 5000, (2048, 2048)),
    "zeros": ("/0x0", (1, 1)),
    "markup in a text": ("/300x100?text=%3C/title%3E%3Cscript%3E", (300, 100)),
    "bytes that are no UTF-8": ("/300x100?text=%FF%FE%ED%A0%80", (300, 100)),
    "raw bytes": ("/300x100?text=\xff\xfe", (300, 100)),
    "a text of 7,000 characters": ("/300x100?text=" + "%F0%9F%A6%8A" * 580, (300, 100)),
    "bidirectional controls": ("/300x100?text=%E2%80%AEgnp.exe", (300, 100)),
    "marks without end": ("/300x100?text=" + "%CC%81" * 1000, (300, 100)),
}


@pytest.mark.parametrize(("target", "size"), HOSTILE.values(), ids=HOSTILE)
async def test_hostile_words_end_in_a_sound_picture(target: str, size: tuple[int, int], ask: Ask) -> None:
    answer = await ask(target, "GET", {"Host": HOST})
    assert answer.status == 200, answer.body[:500]
    assert answer["content-type"] == "image/png"
    with Image.open(BytesIO(answer.body)) as picture:
        assert picture.size == size


async def test_a_refusal_comes_in_the_format_and_the_size_asked_for(ask: Ask) -> None:
    for target, media_type, size in (
        ("/50x40.gif/09f?" + "a&" * 40, "image/gif", (50, 40)),
        ("/300/09f?" + "a&" * 5000, "image/png", (300, 300)),
    ):
        answer = await ask(target, "GET", {"Host": HOST})
        assert answer["content-type"] == media_type
        with Image.open(BytesIO(answer.body)) as picture:
            assert picture.size == size
