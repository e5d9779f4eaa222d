"""Whose URL it is: ours wherever our grammar reads it, a peer's on its own host, a listed peer's where nobody else wants it."""

from typing import Any

import httpx
import pytest
from fixtures.foreign import TARGETS, TYPES, Ask
from hypothesis import given, settings
from hypothesis import strategies as st

from placeholder.synth.foreign.peers import PEERS
from placeholder.web.pages import FILES

ALL = ",".join(peer.name for peer in PEERS)
FOREIGN = {
    "via.placeholder.com": ("/150/0000FF/808080", "/150x150.png?bg=00f&fg=808080"),
    "placehold.co": ("/600x400/orange/white", "/600x400?bg=ffa500&fg=fff"),
    "dummyimage.com": ("/qvga/f0f/f", "/320x240.png?bg=f0f&fg=fff"),
    "fakeimg.pl": ("/250x100/ff0000,128/", "/250x100.png?bg=ff000080&fg=909090"),
    "placeholders.dev": ("/api/350", "/350x350?bg=ddd&fg=00000080"),
    "picsum.photos": ("/seed/picsum/200/300", "/seed/picsum/200x300.jpg"),
}
SPECIFIED = [
    "/400x300",
    "/600x240?text=hero+banner&bg=111827&fg=9aa0b4",
    "/color/7c9cff/400x300",
    "/gradient/600x400?from=7c9cff&to=59e3c5&angle=120",
    "/gradient/600x400?from=7c9cff&to=59e3c5&type=radial",
    "/seed/precious-tide/400x300",
    "/glyph/300x300?as=avatar",
    "/healthz",
]
OURS = [
    *SPECIFIED,
    *("/400x300.png", "/400x300@2x.webp", "/9999x0", "/color/abc/40x30.jpg", "/glyph/300x300?as=map", "/seed/seed/40x30"),
    *("/400x300?bg=zzz", "/color/%23fff/40x30", "/color/zzz/40x30", "/gradient/40x30?type=conic", "/glyph/40x30?as=cat"),
    *("/400x300?" + "&" * 40, "/400x300?text=" + "a" * 9000),
    *FILES,
]
FIXED = ["/healthz", "/ai", "/ai/status", "/ai/512x512/a1b2c3d4e5f6g7h2.png", "/ai/a1b2c3d4e5f6g7h2/status", "/page.json"]


@pytest.fixture(scope="module")
def listed(make_app: Any, asker: Any) -> Ask:
    """The service with every peer on its list."""
    asked: Ask = asker(make_app(compat=ALL))
    return asked


@pytest.mark.parametrize("target", OURS, ids=lambda target: target[:40])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
async def test_what_our_grammar_reads_stays_ours_with_every_peer_listed(target: str, method: str, ask: Ask, listed: Ask) -> None:
    for _ in range(3):  # the third answer to GET comes out of the lane's cache
        plain, answer = await ask(target, method), await listed(target, method)
        assert (answer.status, answer.headers, answer.body) == (plain.status, plain.headers, plain.body)


@pytest.mark.parametrize("name", FOREIGN)
async def test_a_listed_peers_url_is_answered_where_nobody_else_wants_it(name: str, ask: Ask, make_app: Any, asker: Any) -> None:
    target, own = FOREIGN[name]
    answer, ours = await asker(make_app(compat=name))(target), await ask(own)
    assert (answer.status, answer.headers, answer.body) == (200, ours.headers, ours.body)
    assert (await ask(target)).status == 404


async def test_with_the_list_empty_nothing_is_read_but_on_the_peers_hosts(ask: Ask) -> None:
    for target in ("/400", "/300/09f/fff", "/seed/picsum/200/300", "/400x300/", "/mediumrectangle"):
        assert (await ask(target)).status == 404


async def test_bare_numbers_are_picsums_on_its_host_alone(make_app: Any, asker: Any, ask: Ask) -> None:
    listed = asker(make_app(compat="picsum"))
    for target in ("/200", "/200/300", "/g/200", "/200.webp"):
        assert (await listed(target)).status == 404
        assert (await listed(target, "GET", {"Host": "picsum.photos"})).status == 200
        assert (await ask(target, "GET", {"Host": "picsum.photos"})).status == 200


@pytest.mark.parametrize("target", [*FIXED, *FILES], ids=str)
def test_no_grammar_reads_what_is_no_picture_of_ours(target: str) -> None:
    """On a peer's host its grammar comes before all that we have; only placeholders.dev has a picture at "/"."""
    readers = [peer.name for peer in PEERS if peer.read(target) or peer.read_at_host(target)]
    assert readers == (["placeholders.dev"] if target == "/" else [])


async def test_health_is_told_on_every_host(ask: Ask) -> None:
    for peer in PEERS:
        for host in peer.hosts:
            assert (await ask("/healthz", "GET", {"Host": host})).body == b'{"ok": true}'


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
async def test_on_a_peers_host_its_grammar_is_read_first_and_ours_then(peer: Any, ask: Ask) -> None:
    for host in peer.hosts:
        target, own = FOREIGN[peer.name]
        answer, ours = await ask(target, "GET", {"Host": host}), await ask(own)
        assert (answer.headers, answer.body) == (ours.headers, ours.body)
        for unknown in (
            "/gradient/60x40?angle=120",
            "/color/7c9cff/40x30.png",
            "/glyph/30x30?as=avatar",
            "/seed/precious-tide/40x30",
        ):
            answer, ours = await ask(unknown, "GET", {"Host": host}), await ask(unknown)
            assert (answer.status, answer.headers, answer.body) == (200, ours.headers, ours.body)


async def test_a_size_means_on_each_host_what_it_meant_there(make_app: Any, asker: Any) -> None:
    """Whatever was asked before, and however often: the fast paths answer no foreign host."""
    asked = asker(make_app(compat=ALL, compat_hosts="old.example=dummyimage, Older.Example.=fakeimg.pl"))
    wanted = {
        "placeholder.test": "/400x300",
        "placehold.co": "/400x300?bg=ddd&fg=999",
        "PLACEHOLD.CO:443": "/400x300?bg=ddd&fg=999",
        "www.placehold.co": "/400x300?bg=ddd&fg=999",
        "dummyimage.com": "/400x300.png?bg=ccc&fg=000",
        "old.example": "/400x300.png?bg=ccc&fg=000",
        "old.example:8000": "/400x300.png?bg=ccc&fg=000",
        "older.example": "/400x300.png?bg=ccc&fg=909090",
        "via.placeholder.com": "/400x300.png?bg=ccc&fg=969696",
        "images.placeholders.dev": "/400x300?bg=ddd&fg=00000080",
        "picsum.photos": "/400x300",
        "placehold.co.evil.example": "/400x300",
    }
    bodies = {host: (await asked(own)).body for host, own in wanted.items()}
    for _ in range(4):
        for host, body in bodies.items():
            answer = await asked("/400x300", "GET", {"Host": host})
            assert (answer.status, answer.body) == (200, body), host


@pytest.mark.parametrize("host", [peer.hosts[0] for peer in PEERS])
async def test_an_answer_has_its_tag_its_head_and_its_options(host: str, ask: Ask) -> None:
    target = next(url for name, (url, _) in FOREIGN.items() if host.endswith(name))
    answer = await ask(target, "GET", {"Host": host})
    head = await ask(target, "HEAD", {"Host": host})
    assert (head.status, head.headers) == (200, answer.headers)
    same = await ask(target, "GET", {"Host": host, "If-None-Match": answer["etag"]})
    assert (same.status, same["etag"], same.body) == (304, answer["etag"], b"")
    options = await ask(target, "OPTIONS", {"Host": host})
    assert (options.status, options["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert (await ask(target, "POST", {"Host": host})).status in (404, 405)


async def test_a_foreign_host_has_to_be_among_those_that_are_allowed(make_app: Any, asker: Any) -> None:
    picky = asker(make_app(allowed_hosts="pics.example, placehold.co", compat_hosts="old.example=placehold.co"))
    assert (await picky("/400/orange/white", "GET", {"Host": "placehold.co"})).status == 200
    assert (await picky("/400x300", "GET", {"Host": "pics.example"})).status == 200
    for host in ("dummyimage.com", "www.placehold.co", "old.example"):
        for target in ("/400", "/400x300", "/300/09f/fff"):
            answer = await picky(target, "GET", {"Host": host})
            assert answer.status == 400
            assert b"Host: expected" in answer.body
            assert answer["cache-control"] == "no-store"


async def test_two_hosts_are_refused_whosever_they_are(ask: Ask) -> None:
    for pair in (("placehold.co", "placehold.co"), ("placehold.co", "a.example"), ("a.example", "placehold.co")):
        assert (await ask("/400x300", "GET", [("Host", host) for host in pair])).status == 400


async def test_a_refusal_is_json_where_that_is_preferred(ask: Ask) -> None:
    answer = await ask("/?width=a", "GET", {"Host": "placeholders.dev", "Accept": "application/json"})
    assert (answer.status, answer["content-type"]) == (400, "application/json")
    assert b'"param": "width"' in answer.body
    assert (await ask("/x", "GET", {"Host": "placeholders.dev"}))["content-type"] in TYPES.values()


@settings(max_examples=400)
@given(TARGETS, st.sampled_from([host for peer in PEERS for host in (peer.hosts[0], "placeholder.test")]))
async def test_whatever_is_asked_for_is_a_picture_or_a_refusal(listed: Ask, target: str, host: str) -> None:
    wire = target.encode().decode("latin-1")
    answer = await listed(wire, "HEAD", {"Host": host})
    assert answer.status in (200, 400, 404, 414)
    if answer.status == 200 and target.partition("?")[0] != "/":  # where the front page is, but for placeholders.dev
        assert answer["content-type"] in TYPES.values()
        assert answer["cache-control"] == "public, max-age=31536000, immutable"


async def test_through_an_ordinary_client_too(app: Any) -> None:
    transport = httpx.ASGITransport(app)
    for base, path in (("http://placehold.co", "/80/6366f1/ffffff/png?text=GG"), ("https://picsum.photos", "/200/300")):
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            answer = await client.get(path)
            assert answer.status_code == 200
            assert answer.headers["content-type"] in ("image/png", "image/jpeg")
