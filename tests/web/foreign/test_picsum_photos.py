"""Lorem Picsum: the URLs of its own page and its own tests, each a seed's drawing, and those that have none here."""

from io import BytesIO

import pytest
from fixtures.foreign import Ask, check_refusal
from PIL import Image

from placeholder import draw

HOST = "picsum.photos"

URLS = {
    "/200/300": "/seed/200x300/200x300.jpg",
    "/200": "/seed/200x200/200x200.jpg",
    "/id/237/200/300": "/seed/id-237/200x300.jpg",
    "/id/237/250": "/seed/id-237/250x250.jpg",
    "/id/1/200.webp": "/seed/id-1/200x200.webp",
    "/id/1/200/120.jpg": "/seed/id-1/200x120.jpg",
    "/seed/picsum/200/300": "/seed/picsum/200x300.jpg",
    "/seed/picsum/536/354": "/seed/picsum/536x354.jpg",
    "/seed/1/200": "/seed/1/200x200.jpg",
    "/seed/mytest/400/300.webp": "/seed/mytest/400x300.webp",
    "/seed/caf%C3%A9%20%F0%9F%A6%8A/40/30": "/seed/caf%C3%A9%20%F0%9F%A6%8A/40x30.jpg",
    "/200/300?grayscale": "/seed/200x300/200x300.jpg",
    "/200/300/?blur": "/seed/200x300/200x300.jpg",
    "/200/300/?blur=2": "/seed/200x300/200x300.jpg",
    "/id/870/200/300?grayscale&blur=2": "/seed/id-870/200x300.jpg",
    "/id/1084/536/354?grayscale": "/seed/id-1084/536x354.jpg",
    "/200/300?random=1": "/seed/200x300-1/200x300.jpg",
    "/200/300?random=2": "/seed/200x300-2/200x300.jpg",
    "/200/300/?random": "/seed/200x300/200x300.jpg",
    "/200/300?image=237": "/seed/id-237/200x300.jpg",
    "/200/300.jpg": "/seed/200x300/200x300.jpg",
    "/200/300.webp": "/seed/200x300/200x300.webp",
    "/200.webp?random=a/b": "/seed/200x200-a-b/200x200.webp",
    "/g/200/300": "/seed/200x300/200x300.jpg",
    "/g/200": "/seed/200x200/200x200.jpg",
    "/id/237/200/300.jpg?hmac=TmmQSbShHz9CdQm0NkEjx1Dyh_Y984R9LpNrpvH2D_U": "/seed/id-237/200x300.jpg",
    "/5000/10": "/seed/2048x10/2048x10.jpg",
}


@pytest.mark.parametrize(("url", "own"), URLS.items(), ids=URLS)
@pytest.mark.parametrize("host", [HOST, "fastly.picsum.photos"])
async def test_a_url_shows_the_drawing_of_its_seed(url: str, own: str, host: str, ask: Ask) -> None:
    answer, ours = await ask(url, "GET", {"Host": host}), await ask(own)
    assert answer.status == 200, answer.body[:500]
    assert answer["content-type"] == ("image/webp" if own.endswith("webp") else "image/jpeg")
    assert (answer.headers, answer.body) == (ours.headers, ours.body)
    assert answer.body == draw(own)
    w, h = own.rpartition("/")[2].partition(".")[0].split("x")
    with Image.open(BytesIO(answer.body)) as picture:
        assert picture.size == (int(w), int(h))


async def test_each_value_of_random_and_each_id_is_another_picture(ask: Ask) -> None:
    urls = ["/90/60", "/90/60?random=1", "/90/60?random=2", "/id/1/90/60", "/id/2/90/60", "/seed/a/90/60", "/seed/b/90/60"]
    assert len({(await ask(url, "GET", {"Host": HOST})).body for url in urls}) == len(urls)


REFUSED = {
    "another format": ("/id/1/100/100.png", 404),
    "a side of nothing": ("/200/0", 404),
    "a size of nothing": ("/00", 404),
    "a photograph's own size": ("/id/1/0/0", 404),
    "a number that is none": ("/id/nonexistent/200/300", 404),
    "a size that is none": ("/asdf", 404),
    "a negative side": ("/-200/300", 404),
    "a third side": ("/200/300/400", 404),
    "a seed without a size": ("/seed/picsum", 404),
    "no seed": ("/seed//200/300", 404),
    "a slash in a seed": ("/seed/a/b/200/300", 404),
    "words about a picture": ("/id/0/info", 404),
    "words about a seed": ("/seed/picsum/info", 404),
    "the list": ("/v2/list", 404),
    "full-width digits": ("/%EF%BC%92%EF%BC%90%EF%BC%90", 404),
    "too many parameters": ("/200/300?" + "&" * 40, 400),
    "an endless URL": ("/200/300?random=" + "a" * 9000, 414),
}


@pytest.mark.parametrize(("target", "status"), REFUSED.values(), ids=REFUSED)
async def test_what_has_no_drawing_is_refused_as_a_picture(target: str, status: int, ask: Ask) -> None:
    await check_refusal(ask, HOST, target, status)


HOSTILE = {
    "an encoded slash": "/seed/a%2Fb/200/300",
    "a climb": "/seed/..%2F..%2Fetc%2Fpasswd/200/300",
    "markup": "/seed/%3Cscript%3Ealert(1)%3C%2Fscript%3E/200/300",
    "bytes that are no UTF-8": "/seed/%FF%ED%A0%80/200/300",
    "raw bytes": "/seed/\xff\xfe/200/300",
    "NUL": "/seed/%00/200/300",
    "a dot": "/seed/./200/300",
    "a question mark": "/seed/%3Frandom=1/200/300",
    "a percent sign": "/seed/%25252F/200/300",
    "an endless seed": "/seed/" + "a" * 8000 + "/200/300",
    "endless digits": "/seed/a/" + "2" * 4000 + "/300",
    "random markup": "/200/300?random=%3Cscript%3E%2F%2F",
    "random raw bytes": "/200/300?random=\xff",
    "a blur beyond its range": "/200/300?blur=9999",
    "a number without end": "/id/" + "9" * 5000 + "/200/300",
}


@pytest.mark.parametrize("target", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_words_end_in_a_sound_picture(target: str, ask: Ask) -> None:
    answer = await ask(target, "GET", {"Host": HOST})
    assert (answer.status, answer["content-type"]) == (200, "image/jpeg"), answer.body[:500]
