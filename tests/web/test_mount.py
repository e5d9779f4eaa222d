"""The service mounted at a path of another application, or behind a proxy that takes a path off: every URL that it hands out
carries that path, and everything else is as it is at the root."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from fixtures.imagining import BEARER, FOX, KEY, SECRET, Chosen, scope_of
from fixtures.running import running, under_uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from placeholder.app import create_app
from placeholder.web.mount import PREFIX, Mountable, prefix_of
from placeholder.web.pages import FILES

ROOT = "/pictures"
SMALL = {**FOX, "w": 64, "h": 48}


def make(folder: Path, **chosen: Any) -> Mountable:
    plain = {"data_dir": folder, "api_key": KEY, "secret": SECRET, "provider": "sketch", "sketch_delay_s": 0, "poll_s": 0.2}
    return create_app(Chosen(**{**plain, "cache_mb": 4, "raster_workers": 1, **chosen}))


async def hello(_: Any) -> PlainTextResponse:
    return PlainTextResponse("hello")


def outer(pictures: Mountable, at: str = ROOT, **more: Any) -> Starlette:
    return Starlette(routes=[Route("/", hello), Mount(at, app=pictures)], **more)


def client(app: Any) -> httpx.AsyncClient:
    """Its requests are named, so that two answers to one are the same."""
    named = {"X-Request-Id": "tests"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.test", headers=named)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Mountable:
    """The service without its lifespan."""
    return make(tmp_path_factory.mktemp("bare"))


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An application with the service at /pictures, by the lines that README shows."""
    pictures = make(tmp_path)
    async with running(outer(pictures, lifespan=pictures.lifespan)) as app, client(app) as opened:
        yield opened


# ---------------------------------------------------------------- pictures and pages


@pytest.mark.parametrize(
    "target",
    [
        *("/400x300", "/400x300.png", "/40x30@2x.webp", "/gradient/40x30?angle=120&from=abc", "/seed/a%20b%2Bc/40x30"),
        *("/seed/%25/40x30", "/seed/%C3%A9/40x30", "/glyph/40x30?as=map", "/healthz", "/sizes.json", "/components/ai-img.js"),
        *("/40x30?bg=zzz", "/nothing", "/seed/a%2Fb/40x30", "//40x30", "/40x30/", "/components/none.js", "/pictures/40x30"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_a_mounted_answer_is_the_one_at_the_root(bare: Mountable, target: str, method: str) -> None:
    async with client(bare) as at_root, client(outer(bare)) as mounted:
        one, other = (
            await at_root.request(method, f"http://shop.test{target}"),
            await mounted.request(method, f"http://shop.test{ROOT}{target}"),
        )
    assert (other.status_code, other.headers, other.content) == (one.status_code, one.headers, one.content)


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/og", "/1200x630"),
        ("/og.png", "/1200x630.png"),
        ("/16:9/1280?text=a", "/1280x720?text=a"),
        ("/seed/a%20b/og", "/seed/a%20b/1200x630"),
    ],
)
async def test_content_location_carries_the_path(bare: Mountable, target: str, location: str) -> None:
    async with client(outer(bare)) as mounted:
        for _ in range(3):  # drawn, kept, and from memory
            answer = await mounted.get(ROOT + target)
            assert answer.headers["content-location"] == ROOT + location
        same = await mounted.get(ROOT + target, headers={"If-None-Match": answer.headers["etag"]})
        assert (same.status_code, same.headers["content-location"]) == (304, ROOT + location)
        assert (await mounted.get(ROOT + location)).content == answer.content
    async with client(bare) as at_root:
        assert (await at_root.get(target)).headers["content-location"] == location


class References(HTMLParser):
    """What a page's attributes and texts say that begins with a slash."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.attributes: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [value for _, value in attrs if value and value.startswith("/")]

    def handle_data(self, data: str) -> None:
        self.texts += [data] if data.startswith("/") else []


PAGES = [path for path, (name, _) in FILES.items() if name.endswith(".html")]
SCRIPTS = [path for path, (name, _) in FILES.items() if name.endswith(".js")]


@pytest.mark.parametrize("page", PAGES)
async def test_all_that_a_page_refers_to_is_there(bare: Mountable, page: str) -> None:
    async with client(outer(bare)) as mounted, client(bare) as at_root:
        answer, plain = await mounted.get(ROOT + page), await at_root.get(page)
        found, told = References(answer.text), References(plain.text)
        assert found.attributes == [ROOT + reference for reference in told.attributes]
        assert found.texts == [ROOT + text for text in told.texts]
        assert answer.text.replace(ROOT + "/", "/") == plain.text
        assert answer.headers["content-security-policy"] == plain.headers["content-security-policy"]
        for reference in set(found.attributes):
            assert (await mounted.get(reference)).status_code in (200, 400), reference
        again = await mounted.get(ROOT + page, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


@pytest.mark.parametrize("script", SCRIPTS)
async def test_no_script_asks_the_root_of_the_host(bare: Mountable, script: str) -> None:
    async with client(outer(bare)) as mounted:
        source = (await mounted.get(ROOT + script)).text
    code = re.sub(r"(?m)^\s*//.*$", "", source)
    assert not re.search(r"""(?:fetch\(|import\(|\bfrom |=\s*|URL\()["'`]/[^"'`$]*["'`]""", code)


async def test_the_front_page_is_at_the_bare_path_too(bare: Mountable) -> None:
    """Starlette's Mount leaves "/pictures" to others; a dispatcher written by hand may not."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await bare({**scope_of("/pictures", "GET", None), "root_path": ROOT}, None, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 200
    assert b'href="/pictures/page.css"' in sent[1]["body"]


@pytest.mark.parametrize("hostile", ["/%3Cscript%3E", "/%22%3E%3Cb%3E", "/a%0D%0AX-Evil:%201", "/%C3%A4", "/a%20b"])
async def test_a_path_that_clients_choose_stays_text(bare: Mountable, hostile: str) -> None:
    """Mounted at a path with a parameter, part of the prefix is the client's."""
    async with client(outer(bare, "/{shop}")) as mounted:
        page = await mounted.get(hostile + "/")
        assert re.search(r'href="([^"]*)/page.css"', page.text)[1].lower() == hostile.replace(":", "%3A").lower()  # type: ignore[index]
        assert "<b>" not in page.text
        assert "<script>" not in page.text
        named = await mounted.get(hostile + "/og")
        assert "x-evil" not in named.headers
        assert named.headers["content-location"].isascii()
        assert (await mounted.get(hostile + "/40x30")).status_code == 200


async def test_a_mount_in_a_mount(bare: Mountable) -> None:
    async with client(Starlette(routes=[Mount("/shop", routes=[Mount(ROOT, app=bare)])])) as mounted:
        assert (await mounted.get("/shop/pictures/og")).headers["content-location"] == "/shop/pictures/1200x630"
        assert 'src="/shop/pictures/page.js"' in (await mounted.get("/shop/pictures/")).text


async def test_hosts_and_other_services_urls_are_as_at_the_root(tmp_path: Path) -> None:
    pictures = make(tmp_path, allowed_hosts="shop.test,placehold.co", compat="dummyimage")
    async with client(outer(pictures)) as mounted:
        assert (await mounted.get(ROOT + "/400x300")).status_code == 200
        assert (await mounted.get(ROOT + "/400x300", headers={"Host": "evil.test"})).status_code == 400
        assert (await mounted.get(ROOT + "/healthz", headers={"Host": "10.0.0.1"})).status_code == 200
        own = (await mounted.get(ROOT + "/400x400?bg=ffa500&fg=fff")).content
        assert (await mounted.get(ROOT + "/400/orange/white", headers={"Host": "placehold.co"})).content == own
        assert (await mounted.get(ROOT + "/vga/f")).headers["content-type"] == "image/png"


async def test_errors_are_of_the_size_that_was_asked_for_and_name_the_whole_path(bare: Mountable) -> None:
    async with client(outer(bare)) as mounted:
        assert 'width="60" height="24"' in (await mounted.get(ROOT + "/60x24?bg=zzz")).text
        told = (await mounted.get(ROOT + "/components/ai-img@0.0.0.js")).json()
        assert told["error"].endswith(" and /pictures/components/ai-img.js")
        assert (await mounted.get(ROOT + "/ai/abcdefghijklmnop/status")).headers["content-type"] == "application/json"


# ---------------------------------------------------------------- pictures from prompts


async def test_every_url_of_a_job_works_as_it_was_handed_out(shop: httpx.AsyncClient) -> None:
    told = (await shop.post(ROOT + "/ai", json=SMALL, headers=BEARER)).raise_for_status().json()
    assert re.fullmatch(r"/pictures/ai/64x48/[a-z2-7]{16}\.png", told["url"])
    assert told["status_url"] == f"/pictures/ai/{told['id']}/status"
    state = (await shop.get(told["status_url"] + "?wait=20")).json()
    while state["state"] not in ("ready", "failed"):
        state = (await shop.get(told["status_url"] + "?wait=20")).json()
    assert state["url"] == told["url"]
    for _ in range(3):  # a state that is known without asking must not be told with another's URL
        assert (await shop.get(told["status_url"])).json()["url"] == told["url"]
    several = (await shop.get(f"{ROOT}/ai/status?ids={told['id']}")).json()
    assert several["jobs"][told["id"]]["url"] == told["url"]
    picture = await shop.get(told["url"])
    assert (picture.status_code, picture.headers["x-ai-state"]) == (200, "ready")
    assert (await shop.get(ROOT + "/page.json")).json()["key"]
    assert (await shop.post(ROOT + "/ai", json=SMALL)).status_code == 401


async def test_what_is_answered_from_memory_carries_the_path_of_its_own_request(tmp_path: Path) -> None:
    pictures = make(tmp_path, worker=False)
    app = Starlette(routes=[Mount("/one", app=pictures), Mount("/two", app=pictures), Mount("/", app=pictures)])
    app.router.lifespan_context = pictures.lifespan
    async with running(app), client(app) as mounted:
        for _ in range(3):
            for at in ("/one", "/two", ""):
                told = (await mounted.post(at + "/ai", json=SMALL, headers=BEARER)).raise_for_status().json()
                assert told["url"].startswith(f"{at}/ai/64x48/")
                assert told["status_url"].startswith(f"{at}/ai/")


async def test_without_the_lifespan_pictures_by_url_work_and_prompts_are_told_off(bare: Mountable) -> None:
    async with client(outer(bare)) as mounted:
        assert (await mounted.get(ROOT + "/400x300")).status_code == 200
        refused = await mounted.post(ROOT + "/ai", json=SMALL, headers=BEARER)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")


async def test_the_lifespan_can_be_part_of_another_and_ends_cleanly(tmp_path: Path) -> None:
    pictures = make(tmp_path)
    told: list[str] = []

    @asynccontextmanager
    async def own(_: Starlette) -> AsyncIterator[None]:
        async with pictures.lifespan():
            told.append("begun")
            yield
        told.append("ended")

    before = asyncio.all_tasks()
    async with running(outer(pictures, lifespan=own)) as app, client(app) as mounted:
        assert (await mounted.post(ROOT + "/ai", json=SMALL, headers=BEARER)).status_code == 200
        assert told == ["begun"]
    assert told == ["begun", "ended"]
    assert asyncio.all_tasks() <= before


# ---------------------------------------------------------------- what servers and outer applications write


@pytest.mark.parametrize(
    ("root", "target", "path", "raw", "prefix"),
    [
        ("", "/a/40x30", "/a/40x30", b"/a/40x30", ""),
        ("/", "/a/40x30", "/a/40x30", b"/a/40x30", ""),
        ("/p", "/p/40x30", "/40x30", b"/40x30", "/p"),
        ("/p/", "/p/40x30", "/40x30", b"/40x30", "/p"),
        ("/p/", "/p//40x30", "/40x30", b"/40x30", "/p"),
        ("p", "p/40x30", "/40x30", b"/40x30", "/p"),
        ("/p", "/p", "/", b"/", "/p"),
        ("/p", "/p/", "/", b"/", "/p"),
        ("/p", "/40x30", "/40x30", b"/40x30", "/p"),
        ("/p", "/pp/40x30", "/pp/40x30", b"/pp/40x30", "/p"),
        ("/p", "/%70/seed/%2e/40x30", "/seed/./40x30", b"/seed/%2e/40x30", "/p"),
        ("/a b", "/a%20b/seed/%41/40x30", "/seed/A/40x30", b"/seed/%41/40x30", "/a%20b"),
        ("/ä", "/%C3%A4/40x30", "/40x30", b"/40x30", "/%C3%A4"),
        ("/a%20b", "/a%2520b/40x30", "/40x30", b"/40x30", "/a%2520b"),
        ("/p/q", "/p%2Fq/40x30", "/40x30", b"/40x30", "/p/q"),
    ],
)
async def test_what_is_inside_and_what_is_handed_out(root: str, target: str, path: str, raw: bytes, prefix: str) -> None:
    seen: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-location", b"/x"), (b"link", b"/x")]})

    async def send(message: Any) -> None:
        seen.append(message)

    scope = {**scope_of(target, "GET", None), "root_path": root}
    original = dict(scope)
    await Mountable(inner, None)(scope, None, send)  # type: ignore[arg-type]
    inside, answer = seen
    assert (inside["path"], inside["raw_path"], prefix_of(inside)) == (path, raw, prefix)
    assert not root or inside["root_path"] == ""
    assert dict(answer["headers"]) == {b"content-location": prefix.encode() + b"/x", b"link": b"/x"}
    assert scope == original, "another's scope is left alone"


@given(root=st.text(max_size=20), path=st.text(max_size=30), raw=st.none() | st.binary(max_size=40))
def test_whatever_they_write_is_read(root: str, path: str, raw: bytes | None) -> None:
    seen: list[Any] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    scope = {**scope_of("/", "GET", None), "root_path": root, "path": path, "raw_path": raw}
    try:
        root.encode()
        path.encode()
    except UnicodeEncodeError:
        return
    asyncio.run(Mountable(inner, None)(scope, None, None))  # type: ignore[arg-type]
    assert re.fullmatch(r"(/[A-Za-z0-9_.~%/-]+)?", seen[0].get(PREFIX, ""))


# ---------------------------------------------------------------- live


def asked(port: int, target: str, **more: Any) -> httpx.Response:
    return httpx.request(more.pop("method", "GET"), f"http://127.0.0.1:{port}{target}", **more)


def check_live(port: int) -> None:
    """A service on `port`, behind a proxy that takes /pictures off."""
    for _ in range(3):
        assert asked(port, "/og").headers["content-location"] == "/pictures/1200x630"
    assert asked(port, "/40x30").headers["content-type"] == "image/svg+xml"
    assert 'src="/pictures/page.js"' in asked(port, "/").text
    assert asked(port, "/healthz").json() == {"ok": True}
    told = asked(port, "/ai", method="POST", json=SMALL, headers=BEARER).raise_for_status().json()
    assert told["url"].startswith("/pictures/ai/")
    state = asked(port, told["status_url"].removeprefix(ROOT) + "?wait=20").json()
    while state["state"] not in ("ready", "failed"):
        state = asked(port, told["status_url"].removeprefix(ROOT) + "?wait=20").json()
    assert state["url"] == told["url"]
    assert asked(port, told["url"].removeprefix(ROOT)).headers["x-ai-state"] == "ready"


@pytest.mark.parametrize("door", ["1", "0"])
def test_placeholder_serve_takes_the_path_from_its_public_url(
    serving: Callable[..., AbstractContextManager[int]], door: str
) -> None:
    chosen = {"PLACEHOLDER_PUBLIC_URL": "http://127.0.0.1:9/pictures/", "PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_DOOR": door}
    with serving(**chosen, PLACEHOLDER_PROVIDER="sketch", PLACEHOLDER_SKETCH_DELAY_S="0") as port:
        check_live(port)


def test_plain_uvicorn_with_a_root_path(tmp_path: Path) -> None:
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": "0"}
    with under_uvicorn(tmp_path, "placeholder.app:create_app", "--root-path", ROOT, **chosen) as port:
        check_live(port)
