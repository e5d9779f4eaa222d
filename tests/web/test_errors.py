"""Refusals: their status, JSON where it is asked for, a picture in the asked format otherwise, never kept."""

import json
from collections.abc import Awaitable, Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from placeholder import errors
from placeholder.errors import BadParameter, Busy, ForeignHost, NoSuchPicture, Refusal, TooLong, WrongMethod
from placeholder.web.errors import STATUS

Ask = Callable[..., Awaitable[Any]]


def family(root: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in root.__subclasses__():
        yield child
        yield from family(child)


def test_every_refusal_has_its_status_and_no_other_class_has() -> None:
    """The map is complete."""
    drawn = {refusal for refusal in family(Refusal) if refusal.__module__ == errors.__name__}
    assert {NoSuchPicture, WrongMethod, TooLong, BadParameter, ForeignHost, Busy} <= drawn
    assert set(STATUS) == drawn
    assert all(400 <= status < 500 or status == 503 for status in STATUS.values())


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [refusal.code for refusal in STATUS]
    assert len(set(codes)) == len(codes)
    assert all(code.isascii() and code == code.lower() and " " not in code for code in codes)


REFUSED = [
    pytest.param("GET", "/400X300", 404, "not_found", None, id="P-5 no such picture"),
    pytest.param("GET", "/nothing/at/all", 404, "not_found", None, id="no such route"),
    pytest.param("GET", "/color/zzz/400x300", 400, "invalid_parameter", "hex", id="P-10 a path colour"),
    pytest.param("GET", "/color/%23fff/400x300", 400, "invalid_parameter", "hex", id="P-10 a hash in the path"),
    pytest.param("GET", "/400x300?bg=zzz", 400, "invalid_parameter", "bg", id="AP-4 bg"),
    pytest.param("GET", "/400x300?fg=12", 400, "invalid_parameter", "fg", id="AP-4 fg"),
    pytest.param("GET", "/gradient/400x300?from=x", 400, "invalid_parameter", "from", id="AP-4 from"),
    pytest.param("GET", "/gradient/400x300?to=", 400, "invalid_parameter", "to", id="AP-4 to"),
    pytest.param("GET", "/gradient/400x300?angle=NaN", 400, "invalid_parameter", "angle", id="AP-8 angle"),
    pytest.param("GET", "/gradient/400x300?type=conic", 400, "invalid_parameter", "type", id="V16 type"),
    pytest.param("GET", "/glyph/400x300?as=cat", 400, "invalid_parameter", "as", id="AP-10 as"),
    pytest.param("GET", "/400x300?" + "&".join(["a=1"] * 33), 400, "invalid_parameter", "query", id="V17 too many"),
    pytest.param("GET", "/seed/" + "a" * 9000 + "/4x3", 414, "url_too_long", None, id="V7 too long"),
    pytest.param("POST", "/400x300", 405, "method_not_allowed", None, id="V19 another method"),
]


@pytest.mark.parametrize(("method", "target", "status", "code", "param"), REFUSED)
@pytest.mark.parametrize(
    "accept",
    ["application/json", "application/json, image/*;q=0.5", "text/html, APPLICATION/JSON;q=0.9", "application/problem+json"],
)
async def test_who_prefers_json_gets_error_code_and_param(
    method: str, target: str, status: int, code: str, param: str | None, accept: str, ask: Ask
) -> None:
    """AP-3, AP-4: the refusal names the parameter and never echoes its value."""
    answer = await ask(target, method, {"Accept": accept})
    assert answer.status == status
    assert answer["content-type"] == "application/json"
    told = json.loads(answer.body)
    assert list(told) == ["error", "code", "param"]
    assert (told["code"], told["param"]) == (code, param)
    assert told["error"]
    assert param is None or told["error"].startswith(f"{param}: ")
    assert "zzz" not in told["error"]
    assert "conic" not in told["error"]
    check_error_headers(answer)


def check_error_headers(answer: Any) -> None:
    """AP-6, C1, C7."""
    assert answer["cache-control"] == "no-store"
    assert answer["vary"] == "Accept"
    assert answer["etag"] is None
    assert answer["x-content-type-options"] == "nosniff"
    assert answer["content-security-policy"].startswith("default-src 'none'")
    assert answer["access-control-allow-origin"] == "*"
    assert answer["location"] is None


@pytest.mark.parametrize(("method", "target", "status", "code", "param"), REFUSED)
@pytest.mark.parametrize(
    "accept", [None, "image/avif,image/webp,image/*,*/*;q=0.8", "*/*", "text/html", "application/json;q=0.1, image/*"]
)
async def test_everyone_else_gets_a_picture_that_says_so(
    method: str,
    target: str,
    status: int,
    code: str,
    param: str | None,
    accept: str | None,
    ask: Ask,
    assert_sound_svg: Callable[..., Any],
) -> None:
    """A picture is always a picture: the status tells the truth, the picture says what is wrong."""
    answer = await ask(target, method, {"Accept": accept} if accept else {})
    assert answer.status == status
    assert answer["content-type"] == "image/svg+xml"
    size = (4, 3) if "/4x3" in target else (400, 300)
    title = assert_sound_svg(answer.body, size)[0].text
    assert title.startswith(f"{status}\n")
    assert param is None or f"{param}: expected" in title
    assert code
    check_error_headers(answer)


FORMATS = [
    (".png", "image/png", "PNG"),
    (".jpg", "image/jpeg", "JPEG"),
    (".jpeg", "image/jpeg", "JPEG"),
    (".webp", "image/webp", "WEBP"),
    (".avif", "image/avif", "AVIF"),
    (".gif", "image/gif", "GIF"),
]


@pytest.mark.parametrize(("suffix", "media_type", "pillow"), FORMATS)
@pytest.mark.parametrize(
    ("path", "density", "status", "size"),
    [
        pytest.param("/color/zzz/200x150{}", "", 400, (200, 150), id="a bad colour"),
        pytest.param("/color/zzz/200x150{}", "@2x", 400, (400, 300), id="twice the pixels"),
        pytest.param("/nothing/of/this/kind/99x77{}", "", 404, (99, 77), id="no such route"),
        pytest.param("/300x9{}?fg=x", "", 400, (300, 9), id="too low for a word"),
    ],
)
async def test_the_picture_has_the_asked_format_and_size(
    path: str, density: str, status: int, size: tuple[int, int], suffix: str, media_type: str, pillow: str, ask: Ask
) -> None:
    """An <img> shows it wherever it shows the picture itself."""
    answer = await ask(path.format(density + suffix))
    assert answer.status == status
    assert answer["content-type"] == media_type
    with Image.open(BytesIO(answer.body)) as image:
        image.load()
        assert image.format == pillow
        assert image.size == size
    check_error_headers(answer)


async def test_a_fault_of_ours_is_told_without_its_details(make_app: Any, asker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 500 is a bug; should there be one, it says nothing of the inside, and it is not kept."""

    def broken(_: Any) -> bytes:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("placeholder.web.drawings.svg_bytes", broken)
    sent: list[Any] = []
    app = make_app()
    ask = asker(app)

    async def swallowing(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except RuntimeError as error:
            sent.append(error)

    for accept in ("application/json", "image/*"):
        answer = await asker(swallowing)("/400x300", "HEAD", {"Accept": accept})
        assert answer.status == 500
        got = await asker(swallowing)("/400x300", "GET", {"Accept": accept, "If-None-Match": '"x"'})
        assert got.status == 500
        assert b"secret" not in got.body
        assert b"RuntimeError" not in got.body
        check_error_headers(got)
    assert len(sent) == 4, "the server is told, so that it can log"
    monkeypatch.undo()
    assert (await ask("/400x300")).status == 200
