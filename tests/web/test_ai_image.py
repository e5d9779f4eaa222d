"""The one URL of a job: a real picture of its size at every moment, the finished one in widths and formats, and the live one."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
from zlib import crc32

import pytest
import pytest_asyncio
from fixtures.imagining import Exchange, Imagining, Reply, Service, again, painted, way_to
from PIL import Image

from placeholder.db.tables import jobs
from placeholder.jobs.model import FAILURES, Job, blob_key
from placeholder.values.ladder import LADDER, widths
from placeholder.web import live

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "a" * 16
FORMATS = [("png", "image/png"), ("webp", "image/webp"), ("avif", "image/avif")]
UNDER_WAY = [("queued", "pending"), ("submitting", "pending"), ("running", "generating"), ("fetching", "generating")]
FAILED = [(code, "blocked" if code == "blocked" else "failed") for code in FAILURES]

PICTURE = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
    "access-control-allow-origin": "*",
    "timing-allow-origin": "*",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(imagining: Imagining) -> AsyncIterator[Service]:
    async with imagining() as opened:
        yield opened


def named(job: Job, suffix: str = "png", query: str = "") -> str:
    return job.url.removesuffix("png") + suffix + query


def check_error(answer: Reply, status: int, media_type: str, size: tuple[int, int]) -> None:
    """A picture is always a picture: of the asked format and size, and nobody keeps it."""
    assert answer.status == status
    assert answer["content-type"] == media_type
    if media_type != "image/svg+xml":
        assert answer.picture().size == size
    assert answer["cache-control"] == "no-store"
    assert answer["etag"] is None
    assert answer["x-ai-state"] is None
    assert answer["refresh"] is None
    assert answer["access-control-allow-origin"] == "*"


# ---------------------------------------------------------------- until it is ready


@pytest.mark.parametrize(("phase", "state"), UNDER_WAY)
@pytest.mark.parametrize(("suffix", "media_type"), FORMATS)
async def test_a_placeholder_until_then(phase: str, state: str, suffix: str, media_type: str, service: Service) -> None:
    """P-75, P-76, P-78, AP-17, C1: 200, its size, and nothing that anybody could keep."""
    job = await service.stand(phase, prompt=f"until {phase}", w=90, h=61)
    answer = await service.ask(named(job, suffix))
    assert answer.status == 200
    assert dict(answer.headers) == {
        "content-type": media_type,
        "cache-control": "no-store",
        **PICTURE,
        "x-ai-state": state,
        "access-control-expose-headers": "X-AI-State",
        "refresh": "5",
        "retry-after": "5",
        "content-length": str(len(answer.body)),
        "x-request-id": "tests",
    }
    assert answer.picture().size == (90, 61)
    assert len(answer.picture().convert("RGB").getcolors(9999) or range(9999)) > 3, "something to look at"


async def test_the_placeholder_follows_from_the_id_and_is_the_same_all_the_way(service: Service) -> None:
    """It tells nothing of the prompt, and does not flicker."""
    submitted = await service.submit(prompt="all the way", w=90, h=60)
    seen = set()
    for event in [None, *way_to("fetching", "a1", "", 90, 60)]:
        if event:
            await service.bring(submitted["id"], event)
        seen |= {(await service.ask(submitted["url"])).body for _ in range(3)}
    assert seen == {(await service.ask(f"/seed/{submitted['id']}/90x60.png")).body}
    other = await service.submit(prompt="another all the way", w=90, h=60)
    assert (await service.ask(other["url"])).body not in seen


async def test_a_placeholder_is_never_304_and_never_a_part(service: Service) -> None:
    """C1: whatever a client believes to have."""
    for phase in ("queued", "running", "failed"):
        job = await service.stand(phase, prompt=f"never {phase}")
        plain = await service.ask(job.url)
        for headers in ({"If-None-Match": "*"}, {"If-None-Match": '"x"'}, {"Range": "bytes=0-9"}, {"Range": "bytes=999999-"}):
            answer = await service.ask(job.url, headers=headers)
            assert (answer.status, answer.headers, answer.body) == (200, plain.headers, plain.body)
        assert plain["etag"] is None


@pytest.mark.parametrize(("code", "word"), FAILED)
@pytest.mark.parametrize(("suffix", "media_type"), FORMATS[:2])
async def test_a_glyph_where_it_failed(code: str, word: str, suffix: str, media_type: str, service: Service) -> None:
    """P-79, AP-18: drawable, kept by nobody, and a tab does not ask again."""
    job = await service.stand("failed", code=code, prompt=f"glyph {code}", w=90, h=61)
    answer = await service.ask(named(job, suffix))
    assert answer.status == 200
    assert dict(answer.headers) == {
        "content-type": media_type,
        "cache-control": "no-store",
        **PICTURE,
        "x-ai-state": "failed",
        "access-control-expose-headers": "X-AI-State",
        "content-length": str(len(answer.body)),
        "x-request-id": "tests",
    }
    assert answer.picture().size == (90, 61)
    glyphs = {
        each: (await service.ask(named(await service.stand("failed", code=each, prompt=f"glyph {each}", w=90, h=61)))).body
        for each in ("blocked", "timeout")
    }
    assert glyphs["blocked"] != glyphs["timeout"]
    if suffix == "png":
        assert answer.body == glyphs["blocked" if word == "blocked" else "timeout"]


# ---------------------------------------------------------------- once it is ready


@pytest.mark.parametrize(("suffix", "media_type"), FORMATS)
async def test_the_picture_once_it_is_ready(suffix: str, media_type: str, service: Service) -> None:
    """P-77: for ever."""
    job = await service.stand("ready", prompt="once", w=90, h=61)
    answer = await service.ask(named(job, suffix))
    assert answer.status == 200
    assert dict(answer.headers) == {
        "content-type": media_type,
        "cache-control": "public, max-age=31536000, immutable",
        **PICTURE,
        "x-ai-state": "ready",
        "access-control-expose-headers": "X-AI-State",
        "accept-ranges": "bytes",
        "content-length": str(len(answer.body)),
        "etag": f'"{crc32(answer.body):08x}-{len(answer.body):x}"',
    }
    assert answer.picture().size == (90, 61)
    if suffix == "png":
        assert answer.body == painted(90, 61).png
    assert (await service.ask(named(job, suffix))).body == answer.body


async def test_the_url_stays_while_what_it_shows_changes(service: Service) -> None:
    """P-66, P-76, P-77."""
    submitted = await service.submit(prompt="one url", w=90, h=61)
    first = await service.ask(submitted["url"])
    await service.bring(submitted["id"], *way_to("fetching", "o1", "", 90, 61))
    await service.stand_ready(submitted["id"])
    last = await service.ask(submitted["url"])
    assert (first["x-ai-state"], last["x-ai-state"]) == ("pending", "ready")
    assert last.body == painted(90, 61).png != first.body
    assert (await service.status(submitted["id"]))["url"] == submitted["url"]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_who_has_it_is_told_so(method: str, service: Service) -> None:
    job = await service.stand("ready", prompt="once", w=90, h=61)
    plain = await service.ask(job.url)
    for condition in (plain["etag"], f"W/{plain['etag']}", f'"x", {plain["etag"]}', "*"):
        answer = await service.ask(job.url, method, {"If-None-Match": condition})
        assert answer.status == 304
        assert (answer["etag"], answer["cache-control"]) == (plain["etag"], plain["cache-control"])
    assert (await service.ask(job.url, method, {"If-None-Match": '"x"'})).status == 200


async def test_a_part_of_it(service: Service) -> None:
    job = await service.stand("ready", prompt="once", w=90, h=61)
    whole = await service.ask(job.url)
    size = len(whole.body)
    table: list[tuple[dict[str, str], int, bytes]] = [
        ({"Range": "bytes=0-9"}, 206, whole.body[:10]),
        ({"Range": "bytes=-9"}, 206, whole.body[-9:]),
        ({"Range": f"bytes={size - 1}-"}, 206, whole.body[-1:]),
        ({"Range": f"bytes={size}-"}, 416, b""),
        ({"Range": "bytes=-0"}, 416, b""),
        ({"Range": "bytes=0-1,3-4"}, 200, whole.body),
        ({"Range": "bytes=5-4"}, 200, whole.body),
        ({"Range": "bytes=0-9", "If-Range": whole["etag"] or ""}, 206, whole.body[:10]),
        ({"Range": "bytes=0-9", "If-Range": '"x"'}, 200, whole.body),
        ({"Range": "bytes=0-9", "If-Range": f"W/{whole['etag']}"}, 200, whole.body),
        ({"Range": "bytes=0-9", "If-None-Match": '"x"'}, 206, whole.body[:10]),
        ({"Range": "bytes=0-9", "If-None-Match": whole["etag"] or ""}, 304, b""),
        ({"Range": "bytes=999999-", "If-None-Match": "*"}, 304, b""),
    ]
    for headers, status, body in table:
        answer = await service.ask(job.url, headers=headers)
        assert (answer.status, answer.body) == (status, body), headers
        if status == 206:
            first = whole.body.rindex(body)
            assert answer["content-range"] in (f"bytes {first}-{first + len(body) - 1}/{size}", f"bytes 0-9/{size}")
            assert (answer["etag"], answer["cache-control"]) == (whole["etag"], whole["cache-control"])
        if status == 416:
            assert (answer["content-range"], answer["cache-control"]) == (f"bytes */{size}", "no-store")
        head = await service.ask(job.url, "HEAD", headers)
        assert head.status == (304 if status == 304 else 200), "a range of HEAD is none (RFC 9110 §14.2)"


@pytest.mark.parametrize("phase", ["queued", "running", "ready", "failed", "purged"])
@pytest.mark.parametrize("suffix", ["png", "webp", "jpg"])
async def test_head_is_get_without_a_body(phase: str, suffix: str, service: Service) -> None:
    job = await service.stand(phase, prompt=f"head {phase}")
    target = named(job, suffix)
    got, head = await service.ask(target), await service.ask(target, "HEAD")
    assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")
    assert got.body


# ---------------------------------------------------------------- what there is not


@pytest.mark.parametrize("phase", ["queued", "running", "ready", "failed", "purged"])
@pytest.mark.parametrize("size", ["63x48", "64x47", "48x64", "1x1", "2048x2048", "128x96", "9999x48"])
async def test_another_size_is_not_found(phase: str, size: str, service: Service) -> None:
    """C2, AP-13: in the format and the size that were asked for."""
    job = await service.stand(phase, prompt=f"sizes {phase}")
    if phase == "purged":
        return
    asked = tuple(min(int(side), 2048) for side in size.split("x"))
    check_error(await service.ask(f"/ai/{size}/{job.id}.png"), 404, "image/png", (asked[0], asked[1]))
    told = await service.ask(f"/ai/{size}/{job.id}.png", headers={"Accept": "application/json"})
    assert (told.status, told.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [
        ("png", "image/png"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("gif", "image/gif"),
        ("svg", "image/svg+xml"),
        ("bmp", "image/svg+xml"),
        ("PNG", "image/svg+xml"),
        ("", "image/svg+xml"),
        ("png%0A", "image/svg+xml"),
        ("png.webp", "image/svg+xml"),
        ("php", "image/svg+xml"),
    ],
)
async def test_nobodys_picture_is_not_found(ending: str, media_type: str, service: Service) -> None:
    """P-87, M7."""
    ready = await service.stand("ready", prompt="once", w=64, h=48)
    names = [NOBODY, "A" * 16, "a" * 15, "a" * 17, "%5c", "{id}", "0" * 16, "%C3%A9" * 8, "a" * 15 + "%00"]
    if ending not in ("png", "webp", "avif"):
        names.append(ready.id)
    for name in names:
        check_error(await service.ask(f"/ai/64x48/{name}.{ending}"), 404, media_type, (64, 48))


async def test_a_deleted_picture_is_gone(service: Service) -> None:
    """From then on, on the same URL."""
    job = await service.stand("purged", prompt="deleted")
    for suffix, media_type in FORMATS:
        for query in ("", "?width=32", "?live=1"):
            check_error(await service.ask(named(job, suffix, query)), 410, media_type, (64, 48))
    told = await service.ask(job.url, headers={"Accept": "application/json"})
    assert (told.status, told.json()) == (410, {"error": "This picture was deleted", "code": "gone", "param": None})


async def test_a_picture_that_the_store_has_lost(service: Service) -> None:
    """503, for it may come back; not a 500, and not another picture under this URL."""
    job = await service.stand("ready", prompt="lost", w=64, h=48)
    await service.blobs.delete(blob_key(job.id, 1))
    for query in ("", "?width=16"):
        for suffix, media_type in FORMATS:
            answer = await service.ask(named(job, suffix, query))
            check_error(answer, 503, media_type, (64, 48))
            assert int(answer["retry-after"] or "") > 0
    told = await service.ask(job.url, headers={"Accept": "application/json"})
    assert told.json()["code"] == "unavailable"
    assert str(service.folder) not in json.dumps(told.json())
    await service.blobs.put(blob_key(job.id, 1), painted(64, 48).png)
    assert (await service.ask(job.url)).body == painted(64, 48).png


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "QUERY"])
async def test_other_methods_are_refused(method: str, service: Service) -> None:
    job = await service.stand("ready", prompt="once", w=64, h=48)
    answer = await service.ask(job.url, method)
    assert answer.status == 405
    assert {"GET", "HEAD"} <= {name.strip() for name in (answer["allow"] or "").split(",")}


# ---------------------------------------------------------------- widths


async def test_every_step_of_the_ladder_below_its_own_width(service: Service) -> None:
    job = await service.stand("ready", prompt="steps", w=2000, h=500)
    steps = widths(2000)
    assert len(steps) == len(LADDER), "all but 2048, and its own"
    for width in steps:
        answer = await service.ask(named(job, "webp" if width > 700 else "png", f"?width={width}"))
        assert (answer.status, answer["cache-control"]) == (200, "public, max-age=31536000, immutable")
        assert answer.picture().size == (width, max(1, round(width / 4)))
    assert (await service.ask(named(job, "png", "?width=2000"))).body == (await service.ask(job.url)).body


SHAPES = [(64, 48), (33, 1), (2048, 1), (1, 2048), (17, 900), (100, 77)]


@pytest.mark.parametrize("size", [*SHAPES, (64, 5)], ids=str)
@pytest.mark.parametrize("suffix", ["png", "webp"])
async def test_the_placeholder_and_the_picture_have_the_same_size_at_every_width(
    size: tuple[int, int], suffix: str, service: Service
) -> None:
    """Else a page would jump."""
    w, h = size
    waiting = await service.stand("running", prompt=f"waiting {size}", w=w, h=h)
    failed = await service.stand("failed", prompt=f"failed {size}", w=w, h=h)
    ready = await service.stand("ready", prompt=f"ready {size}", w=w, h=h)
    for width in widths(w):
        found = [(await service.ask(named(job, suffix, f"?width={width}"))).picture().size for job in (waiting, failed, ready)]
        assert found[0][0] == width
        assert len(set(found)) == 1, found


@pytest.mark.parametrize(
    "width",
    [
        *("0", "1", "15", "17", "47", "65", "100", "128", "2048", "4096", "-16", "+16", "016", "16.0", "16px", "1e2", "", "x"),
        *("%2016", "16%20", "16%0A", "%D9%A1%D9%A6", "%EF%BC%91%EF%BC%96", "%C2%B2", "9" * 5000, "None", "NaN", "16,32", "0x10"),
    ],
)
async def test_another_width_is_refused_with_those_that_there_are(width: str, service: Service) -> None:
    """Few enough that all of them stay in a cache; nothing is enlarged. In every state alike."""
    for phase in ("running", "ready", "failed"):
        job = await service.stand(phase, prompt=f"width {phase}")
        told = await service.ask(f"{job.url}?width={width}", headers={"Accept": "application/json"})
        assert told.status == 400
        assert told.json() == {"error": "width: expected one of 16, 32, 48, 64", "code": "invalid_parameter", "param": "width"}
        check_error(await service.ask(f"{job.url}?width={width}"), 400, "image/png", (64, 48))


async def test_a_narrow_picture_has_its_own_width_alone(service: Service) -> None:
    job = await service.stand("ready", prompt="narrow", w=9, h=40)
    assert (await service.ask(job.url + "?width=9")).picture().size == (9, 40)
    told = await service.ask(job.url + "?width=16", headers={"Accept": "application/json"})
    assert told.json()["error"] == "width: expected one of 9"


@pytest.mark.parametrize(
    "query", ["?width=16&width=32", "?a=1&width=32", "?Width=16&width=32", "?width=32&live=0", "?width=%33%32"]
)
async def test_the_last_of_several_widths_counts(query: str, service: Service) -> None:
    job = await service.stand("ready", prompt="once", w=64, h=48)
    assert (await service.ask(job.url + query)).picture().size == (32, 24)


async def test_a_width_is_made_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask at once, and later."""
    from placeholder.jobs import gallery

    job = await service.stand("ready", prompt="made once", w=200, h=100)
    made: list[Any] = []
    make = gallery.variant

    def counted(*given: Any) -> bytes:
        made.append(given[1:])
        time.sleep(0.05)
        return make(*given)

    monkeypatch.setattr(gallery, "variant", counted)
    targets = [named(job, suffix, f"?width={width}") for suffix in ("png", "webp") for width in (64, 96)]
    answers = await asyncio.gather(*(service.ask(target) for target in targets * 8))
    assert {answer.status for answer in answers} == {200}
    for target in targets:
        assert (await service.ask(target)).status == 200
    assert len(made) == len(set(made)) == 4
    assert (await service.ask(job.url)).status == 200
    assert len(made) == 4, "its own width is the stored file"


async def test_the_stored_file_is_read_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await service.stand("ready", prompt="read once")
    assert (await service.ask(job.url)).status == 200
    await service.blobs.delete(blob_key(job.id, 1))
    assert (await service.ask(job.url)).status == 200


# ---------------------------------------------------------------- the whole way


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def working(imagining: Imagining) -> AsyncIterator[Service]:
    async with imagining(worker=True) as opened:
        yield opened


@pytest.mark.parametrize("size", [(1, 1), (2048, 2048), (2048, 1), (1, 2048), (16, 9), (1000, 333)], ids=str)
async def test_a_prompt_becomes_a_picture_of_exactly_its_size(size: tuple[int, int], working: Service) -> None:
    """P-77: painted, decoded, stored and served."""
    w, h = size
    submitted = await working.submit(prompt="all the way", w=w, h=h)
    first = await working.ask(submitted["url"])
    assert first.picture().size == size
    assert (await working.ended(submitted["id"]))["state"] == "ready"
    answer = await working.ask(submitted["url"])
    assert answer.picture().size == size
    assert answer["x-ai-state"] == "ready"
    assert (await working.blobs.get(blob_key(submitted["id"], 1))) == answer.body
    for suffix in ("webp", "avif"):
        width = widths(w)[-2] if w > 16 else w
        target = submitted["url"].removesuffix("png") + f"{suffix}?width={width}"
        assert (await working.ask(target)).picture().size[0] == width


async def test_a_failure_is_shown_and_asking_again_starts_over(imagining: Imagining) -> None:
    """P-79, P-85, AP-15: the same URL in a second life."""
    async with imagining(worker=True, sketch_failures=1) as service:
        submitted = await service.submit(prompt="fails", w=40, h=30)
        told = await service.ended(submitted["id"])
        assert (told["state"], told["code"]) == ("failed", "generation_failed")
        assert (await service.ask(submitted["url"]))["x-ai-state"] == "failed"
        folder = service.folder
    async with imagining(worker=True, data_dir=folder) as service:
        assert (await service.ask(submitted["url"]))["x-ai-state"] == "failed"
        assert (await service.submit(prompt="fails", w=40, h=30))["id"] == submitted["id"]
        assert (await service.ended(submitted["id"]))["state"] == "ready"
        answer = await service.ask(submitted["url"])
        assert answer["x-ai-state"] == "ready"
        assert await service.blobs.get(blob_key(submitted["id"], 2)) == answer.body
        assert (await service.rows(jobs.c.epoch)) == [(2,)]


# ---------------------------------------------------------------- ?live=1

IMG = {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site", "Accept": "image/avif,*/*;q=0.8"}
HEAD = b"--frame\r\nContent-Type: image/%s\r\n\r\n"
END = b"\r\n--frame--\r\n"


def first_part(body: bytes, kind: bytes = b"png") -> bytes:
    """A picture, and the next one's head at once, or Chromium would hold it back; at least 1 kB, or WebKit would."""
    return HEAD % kind + body + b"\0" * (1024 - len(body)) + b"\r\n" + HEAD % kind


def check_live(exchange: Exchange) -> None:
    assert exchange.reply.status == 200
    assert dict(exchange.reply.headers) == {
        "content-type": "multipart/x-mixed-replace; boundary=frame",
        "cache-control": "no-store",
        "vary": "Sec-Fetch-Dest",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
        "x-request-id": "tests",
    }


@pytest.mark.parametrize(
    ("suffix", "query", "size"),
    [
        ("png", "?live=1", (64, 48)),
        ("png", "?width=32&live=1", (32, 24)),
        ("webp", "?live=1", (64, 48)),
        ("avif", "?live=1&width=16", (16, 12)),
    ],
)
async def test_a_live_picture_becomes_the_final_one(suffix: str, query: str, size: tuple[int, int], service: Service) -> None:
    """browser.md §2b: two parts, exactly framed."""
    submitted = await service.submit(prompt=f"live {suffix} {query}")
    target = submitted["url"].removesuffix("png") + suffix + query
    still = (await service.ask(target)).body
    async with service.exchanged(target, "GET", IMG) as exchange:
        await exchange.until(1)
        check_live(exchange)
        assert exchange.chunks == [first_part(still, suffix.encode())]
        assert len(exchange.chunks[0]) > 1024
        padded = exchange.chunks[0].split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--frame", 1)[0]
        assert Image.open(BytesIO(padded)).size == size
        await service.bring(submitted["id"], *way_to("fetching", f"l{suffix}", "", 64, 48))
        await asyncio.sleep(0.05)
        assert len(exchange.chunks) == 1, "a state that looks the same sends nothing"
        await service.stand_ready(submitted["id"])
        await exchange.until(9)
    final = (await service.ask(target)).body
    assert exchange.is_whole
    assert exchange.chunks[1:] == [final + END]
    assert Image.open(BytesIO(final)).size == size
    assert final != still


@pytest.mark.parametrize("code", ["generation_failed", "blocked"])
async def test_or_a_glyph_where_it_fails(code: str, service: Service) -> None:
    submitted = await service.submit(prompt=f"live {code}")
    async with service.exchanged(submitted["url"] + "?live=1", "GET", IMG) as exchange:
        await exchange.until(1)
        await service.bring(submitted["id"], *way_to("failed", "", code, 64, 48))
        await exchange.until(9)
    assert exchange.chunks[1:] == [(await service.ask(submitted["url"])).body + END]


async def test_another_process_may_finish_it(service: Service) -> None:
    submitted = await service.submit(prompt="live elsewhere")
    await service.bring(submitted["id"], *way_to("fetching", "le", "", 64, 48))
    async with service.exchanged(submitted["url"] + "?live=1", "GET", IMG) as exchange:
        await exchange.until(1)
        job = await service.job(submitted["id"])
        await service.blobs.put(blob_key(job.id, 1), painted(64, 48).png)
        await service.bring(job.id, way_to("ready", "", "", 64, 48)[-1], told=False)
        await exchange.until(9)
    assert exchange.chunks[1:] == [painted(64, 48).png + END]


async def test_what_takes_too_long_stays_as_it_is(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection ends in time, and the placeholder stays up."""
    assert 30 <= live.LONGEST_S < 60
    monkeypatch.setattr(live, "LONGEST_S", 0.3)
    submitted = await service.submit(prompt="live too long")
    still = (await service.ask(submitted["url"])).body
    started = time.perf_counter()
    async with service.exchanged(submitted["url"] + "?live=1", "GET", IMG) as exchange:
        await exchange.until(9)
    assert 0.25 < time.perf_counter() - started < 1.5
    assert exchange.chunks == [first_part(still), still + END]


async def test_a_picture_that_is_lost_on_the_way_leaves_the_placeholder(service: Service) -> None:
    """The status was sent long ago: what is left is a picture."""
    submitted = await service.submit(prompt="live lost")
    still = (await service.ask(submitted["url"])).body
    async with service.exchanged(submitted["url"] + "?live=1", "GET", IMG) as exchange:
        await exchange.until(1)
        await service.bring(submitted["id"], *way_to("ready", "ll", "", 64, 48))
        await exchange.until(9)
    assert exchange.is_whole
    assert exchange.chunks[1:] == [still + END]


async def test_whoever_hangs_up_is_let_go(service: Service) -> None:
    submitted = await service.submit(prompt="live hung up")
    started = time.perf_counter()
    async with service.exchanged(submitted["url"] + "?live=1", "GET", IMG) as exchange:
        await exchange.until(1)
    assert time.perf_counter() - started < 2
    assert service.state.ai.board._waiting == {}


async def test_the_end_of_the_service_ends_it(imagining: Imagining) -> None:
    async with imagining() as service:
        submitted = await service.submit()
        still = (await service.ask(submitted["url"])).body
        context = service.exchanged(submitted["url"] + "?live=1", "GET", IMG)
        exchange = await context.__aenter__()
        await exchange.until(1)
        await asyncio.sleep(0.4)
        started = time.perf_counter()
    await exchange.until(9)
    await context.__aexit__(None, None, None)
    assert time.perf_counter() - started < 3
    assert exchange.is_whole
    assert exchange.chunks == [first_part(still), still + END]


NOT_AN_IMG: list[tuple[str, str, dict[str, str]]] = [
    ("no headers", "?live=1", {}),
    ("a tab", "?live=1", {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}),
    ("fetch()", "?live=1", {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}),
    ("fetch() without CORS", "?live=1", {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "no-cors"}),
    ("<img crossorigin>", "?live=1", {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "cors"}),
    ("half of it", "?live=1", {"Sec-Fetch-Dest": "image"}),
    ("the other half", "?live=1", {"Sec-Fetch-Mode": "no-cors"}),
    ("an iframe", "?live=1", {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"}),
    ("a proxy", "?live=1", {"Accept": "image/webp,*/*", "Via": "1.1 camo"}),
    ("another case", "?live=1", {"Sec-Fetch-Dest": "Image", "Sec-Fetch-Mode": "No-CORS"}),
    *(
        (f"{query!r}", query, IMG)
        for query in ("", "?live=0", "?live", "?live=", "?live=true", "?live=01", "?Live=1", "?live=1&live=0", "?live=1%00")
    ),
]


@pytest.mark.parametrize(("query", "headers"), [pytest.param(query, headers, id=name) for name, query, headers in NOT_AN_IMG])
async def test_nobody_else_is_given_a_stream(query: str, headers: dict[str, str], service: Service) -> None:
    """The plain picture, at once."""
    job = await service.stand("running", prompt="no stream")
    started = time.perf_counter()
    answer = await service.ask(job.url + query, headers=headers)
    assert time.perf_counter() - started < 1
    plain = await service.ask(job.url)
    assert (answer.status, answer.headers, answer.body) == (200, plain.headers, plain.body)


@pytest.mark.parametrize("phase", ["ready", "failed", "purged"])
async def test_what_has_ended_needs_no_stream(phase: str, service: Service) -> None:
    job = await service.stand(phase, prompt=f"no need {phase}")
    answer, plain = await service.ask(job.url + "?live=1", headers=IMG), await service.ask(job.url)
    assert (answer.status, answer["content-type"], answer.body) == (plain.status, "image/png", plain.body)


async def test_head_of_a_live_picture_is_that_of_the_plain_one(service: Service) -> None:
    """Nobody is kept waiting for a body that does not come."""
    job = await service.stand("running", prompt="no stream")
    started = time.perf_counter()
    head = await service.ask(job.url + "?live=1", "HEAD", IMG)
    assert time.perf_counter() - started < 1
    assert (head.status, head.headers) == (200, (await service.ask(job.url)).headers)


async def test_errors_of_a_live_picture_are_pictures(service: Service) -> None:
    job = await service.stand("running", prompt="no stream")
    check_error(await service.ask(f"{job.url}?live=1&width=17", headers=IMG), 400, "image/png", (64, 48))
    check_error(await service.ask(f"/ai/64x48/{NOBODY}.png?live=1", headers=IMG), 404, "image/png", (64, 48))
    check_error(await service.ask(f"/ai/65x48/{job.id}.png?live=1", headers=IMG), 404, "image/png", (65, 48))


async def test_a_second_life_is_live_again(service: Service) -> None:
    job = await service.stand("failed", prompt="second life")
    await service.bring(job.id, again(job))
    async with service.exchanged(job.url + "?live=1", "GET", IMG) as exchange:
        await exchange.until(1)
        assert exchange.chunks[0].startswith(HEAD % b"png")
        await service.bring(job.id, *way_to("fetching", "sl", "", 64, 48))
        await service.stand_ready(job.id)
        await exchange.until(9)
    assert exchange.chunks[1:] == [painted(64, 48).png + END]
