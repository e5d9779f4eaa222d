"""Nothing that the service writes holds a word of a prompt, a key or a secret: not its log at the most talkative level, not its
database with all that lies beside it, not its pictures, no header and no body of an answer. A prompt that is found nowhere
else goes every way that there is: accepted, blocked, invalid, failed in the provider's own words, crashed in the middle,
brought by a webhook, asked for in a URL. Only the provider gets to see it.

It is searched for as it is, escaped, in base64, in UTF-16 and as a plain digest, which a guess could be held against.
"""

import asyncio
import base64
import hashlib
import html
import json
import re
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from fakes.replicate.signing import WRONG_SECRET, signatures
from faults import checker
from faults.client import Answer, Client, Wish
from faults.harness import KEY, SECRET, FakeProcess, Service

WORD = "quokka5f1e9c2b7d"
SIGNS = 'Ärger<"' + WORD[6:]
CANARY = f"a {WORD} at the sea, {SIGNS} & more"

MakeService = Callable[..., Service]
MakeFake = Callable[..., FakeProcess]


# ---------------------------------------------------------------- looking for it


def _spellings(needle: str) -> Iterator[bytes]:
    """With ASCII in lower case."""
    for text in (
        needle,
        json.dumps(needle)[1:-1],
        json.dumps(json.dumps(needle))[3:-3],
        quote(needle, safe=""),
        quote(needle),
        quote_plus(needle),
        html.escape(needle),
        repr(needle.encode())[2:-1],
        needle.encode().hex(),
        re.sub(r"[^\x20-\x7e]", "?", needle),
    ):
        yield text.encode().lower()
    for coding in ("latin-1", "utf-16-le", "utf-16-be"):
        yield needle.encode(coding).lower()


def _in_base64(needle: str) -> Iterator[bytes]:
    """Wherever in a longer text it stands: without the characters at its ends that its neighbours take part in."""
    raw = needle.encode()
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + raw)
        after = (before + len(raw)) % 3
        middle = coded[(0, 2, 3)[before] : len(coded) - (0, 3, 2)[after]]
        yield middle
        yield middle.translate(bytes.maketrans(b"+/", b"-_"))


def _digests(text: str) -> Iterator[bytes]:
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
        digest = hashlib.new(name, text.encode()).digest()
        yield from (digest, digest.hex().encode(), base64.b64encode(digest), base64.urlsafe_b64encode(digest))


def traces(said: bytes, needles: list[str], whole: list[str]) -> list[str]:
    """What of `needles`, and of digests of `whole`, is in `said`."""
    low = said.lower()
    found = [needle for needle in needles if any(spelling in low for spelling in _spellings(needle))]
    found += [f"{needle} in base64" for needle in needles if any(coded in said for coded in _in_base64(needle))]
    return found + [f"a digest of {text[:20]}" for text in whole if any(digest in said for digest in _digests(text))]


def test_it_would_be_found() -> None:
    for form in (
        CANARY,
        CANARY.upper(),
        json.dumps({"x": CANARY}),
        quote(CANARY),
        repr(CANARY.encode()),
        base64.b64encode(CANARY.encode()).decode(),
        base64.b64encode(b"x" + CANARY.encode()).decode(),
        base64.b64encode(b"xx" + CANARY.encode()).decode(),
    ):
        assert len(traces(b"before " + form.encode() + b" after", [WORD], [])) == 1, form
    for form in (CANARY, json.dumps(CANARY), quote(CANARY), html.escape(CANARY), repr(CANARY.encode())):
        assert traces(form.encode(), [SIGNS], []), form
    assert traces(CANARY.encode("utf-16-le"), [WORD, SIGNS], []) == [WORD, SIGNS]
    assert traces(hashlib.sha256(CANARY.encode()).hexdigest().encode(), [WORD], [CANARY])
    assert not traces(b"a quokka", [WORD, SIGNS], [CANARY])


# ---------------------------------------------------------------- a client that keeps all that it is told


class Listener(Client):
    def __init__(self, service: Service) -> None:
        super().__init__([service])
        self.heard: list[tuple[str, bytes]] = []

    async def exchange(self, method: str, path: str, service: Service | None = None, **more: Any) -> Answer | None:
        got = await super().exchange(method, path, service, **more)
        if got:
            head = b"\n".join(name + b": " + value for name, value in got.headers.raw)
            self.heard.append((f"{method} {path}", head + b"\n\n" + got.body))
        return got

    async def say(self, *sent: bytes) -> None:
        """Bytes that are no request, or the beginning of one."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._services[0].port)
        for part in sent:
            writer.write(part)
            await asyncio.sleep(0.05)
        if sent[-1]:
            self.heard.append(("bytes", await asyncio.wait_for(reader.read(65536), 10)))
        writer.close()


async def ask_in_every_way(client: Listener) -> None:
    """What is refused."""
    bearer = {"authorization": f"Bearer {KEY}"}
    blocked = f"fake passport of {CANARY}"
    bodies: list[Any] = [
        {"prompt": blocked, "w": 96, "h": 64},
        {"prompt": CANARY, "w": 96, "h": 64, WORD: 1},
        {"prompt": CANARY, "w": 0, "h": 64},
        {"prompt": CANARY, "w": CANARY, "h": 64},
        {"prompt": CANARY * 1000, "w": 96, "h": 64},
        {"prompt": CANARY + "\x00", "w": 96, "h": 64},
        {"prompt": [CANARY], "w": 96, "h": 64},
        {"prompt": CANARY, "w": 96, "h": 64, "seed": CANARY},
        {"prompt": CANARY, "w": 96, "h": 64, "model": CANARY},
        {"prompt": CANARY, "w": 96, "h": 64, "model": f"black-forest-labs/{WORD}"},
        [CANARY],
        CANARY,
    ]
    for accept in ("application/json", "image/*", "*/*"):
        for body in bodies:
            got = await client.exchange("POST", "/ai", json=body, headers={**bearer, "accept": accept})
            assert got
            assert 400 <= got.status < 500, (got.status, body)
    raw = json.dumps({"prompt": CANARY, "w": 96, "h": 64}).encode()
    for content, headers in (
        (raw[:-1], {"content-type": "application/json"}),
        (raw.replace(b'"w"', b'"prompt": "x", "w"'), {"content-type": "application/json"}),
        (raw + b"\xff", {"content-type": "application/json"}),
        (raw.decode().encode("utf-16"), {"content-type": "application/json"}),
        (raw, {"content-type": "text/plain"}),
        (raw, {"content-type": f"application/{WORD}"}),
        (raw, {"content-type": "application/json", "content-encoding": WORD}),
        (b'{"prompt": "' + WORD.encode() * 9000 + b'"}', {"content-type": "application/json"}),
    ):
        got = await client.exchange("POST", "/ai", content=content, headers={**bearer, **headers})
        assert got
        assert 400 <= got.status < 500, got.status
    for wrong in (f"Bearer {WORD}{WORD}", f"Bearer {KEY}x", f"Basic {KEY}", KEY, f"Bearer {KEY[:-1]}"):
        got = await client.exchange(
            "POST", "/ai", content=raw, headers={"authorization": wrong, "content-type": "application/json"}
        )
        assert got
        assert got.status == 401
    told = quote(CANARY, safe="")
    for path in (
        f"/ai?prompt={told}",
        f"/ai/status?ids={told}",
        f"/ai/status?ids={'a' * 16}&wait={told}",
        f"/ai/{told}/status",
        f"/ai/{WORD}/status?key={KEY}",
        f"/ai/96x64/{told}.png",
        f"/ai/96x64/{'a' * 16}.png?prompt={told}",
        f"/{told}",
        f"/{told}/400x300.png",
        f"/400x300?bg={told}",
        f"/400x300?unheard-of={told}",
        f"/gradient/400x300.png?from={told}",
    ):
        for method, accept in (
            ("GET", "application/json"),
            ("GET", "image/*"),
            ("HEAD", "*/*"),
            ("POST", "*/*"),
            ("DELETE", "*/*"),
        ):
            extra = {
                "accept": accept,
                "referer": f"https://example.com/{told}",
                "user-agent": WORD,
                "x-request-id": f"{WORD} at sea",
            }
            await client.exchange(method, path, headers=extra)
    await client.say(b"GET /" + WORD.encode() + b" HTTP/1.1\r\nno header " + WORD.encode() + b"\r\n\r\n")
    await client.say(WORD.encode() + b" / HTTP/1.1\r\nhost: x\r\n\r\n")
    await client.say(
        b"POST /ai HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + KEY.encode() + b"\r\ncontent-type: application/json\r\n"
        b"content-length: 400\r\n\r\n" + raw,
        b"",
    )


async def bring_webhooks(client: Listener, secret: str) -> None:
    """Such as the provider would send, and such as it would not."""
    news = {"id": "abcdefghij0123456789abcdef", "status": "failed", "error": CANARY, "logs": CANARY, "input": {"prompt": CANARY}}
    bodies = [
        json.dumps(body).encode()
        for body in (
            news,
            {**news, "status": CANARY},
            {**news, "id": CANARY},
            {**news, "status": "succeeded", "output": CANARY},
            [CANARY],
        )
    ]
    for body in (*bodies, bodies[0][:-1], CANARY.encode("utf-16"), b'{"' + WORD.encode() * 20_000):
        for signed_by, query in (
            (secret, f"?job={'a' * 16}&e=1&a=1&t={'x' * 24}"),
            (secret, f"?job={quote(CANARY)}"),
            (WRONG_SECRET, ""),
        ):
            now = int(time.time())
            headers = {
                "content-type": "application/json",
                "webhook-id": f"msg_{WORD}",
                "webhook-timestamp": str(now),
                "webhook-signature": signatures([signed_by], f"msg_{WORD}", now, body),
            }
            got = await client.exchange("POST", "/ai/replicate-webhook" + query, content=body, headers=headers)
            assert got
            assert got.status < 500


async def look_from_all_sides(client: Listener, known: list[str]) -> None:
    for job in known:
        wish = client.jobs[job].wish
        for path in (
            f"/ai/{job}/status",
            f"/ai/{job}/status?wait=0.01",
            f"/ai/status?ids={job}",
            f"/ai/{wish.w}x{wish.h}/{job}.png",
            f"/ai/{wish.w}x{wish.h}/{job}.webp",
            f"/ai/{wish.w}x{wish.h}/{job}.avif",
            f"/ai/9x9/{job}.png",
        ):
            await client.exchange("GET", path)
        await client.ask(wish, client.jobs[job])


def written(service: Service, home: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, and the log."""
    for path in home.rglob("*"):
        if path.is_file():
            yield str(path.relative_to(home)), path.read_bytes()
    assert service.log.is_relative_to(home)


def assert_nothing_leaked(client: Listener, service: Service, home: Path, secrets: list[str], prompts: list[str]) -> None:
    needles = [WORD, SIGNS, *secrets]
    leaks = [
        f"{place}: {trace}"
        for place, said in (*client.heard, *written(service, home))
        for trace in traces(said, needles, [*prompts, *secrets])
    ]
    assert not leaks, "\n".join(sorted(set(leaks)))
    assert not client.wrong, client.wrong
    assert not checker.tracebacks(service.told()), checker.tracebacks(service.told())


# ---------------------------------------------------------------- the ways


async def test_with_replicate(make_service: MakeService, make_fake: MakeFake, tmp_path: Path) -> None:
    state = tmp_path / "fake.jsonl"
    fake = make_fake(11, run=0.3, hook_scale=0.2, state_file=str(state))
    home = tmp_path / "service"
    service = make_service(home="service", **fake.settings, PLACEHOLDER_SECRET=SECRET, PLACEHOLDER_LOG_LEVEL="debug")
    await service.start().ready()
    outcomes = {
        "": "ready",
        "[[create:500*1]]": "ready",
        "[[create:429*1]]": "ready",
        "[[create:drop*1]]": "ready",
        "[[create:422]]": "failed",
        "[[fail:prompt]]": "failed",
        "[[fail:E005]]": "failed",
        "[[file:html]]": "failed",
        "[[file:truncated]]": "failed",
        "[[null]]": "failed",
        "[[hook:tamper]]": "ready",
        "[[hook:secret]]": "ready",
        "[[hook:foreign]]": "ready",
    }
    async with Listener(service) as client:
        wishes = {Wish(f"{CANARY} {marker} {n}", 96, 64): state for n, (marker, state) in enumerate(outcomes.items())}
        for wish in wishes:
            await client.ask(wish)
        await look_from_all_sides(client, list(client.jobs))
        await ask_in_every_way(client)
        await bring_webhooks(client, fake.webhook_secret)
        await client.until_ended(20)
        await look_from_all_sides(client, [job for job, known in client.jobs.items() if known.state == "ready"])
        ends = {known.wish.prompt: (known.state, known.code) for known in client.jobs.values()}
        assert {prompt: state for prompt, (state, _) in ends.items()} == {wish.prompt: state for wish, state in wishes.items()}, (
            ends
        )

        await service.end()
        await service.start(PLACEHOLDER_FAILPOINTS="provider.after_call=kill").ready()
        crashed = Wish(f"{CANARY}, crashed", 96, 64)
        await client.ask(crashed)
        assert await service.ended() == -signal.SIGKILL
        # As it lies there after a crash: with everything that is not yet in its place.
        assert (home / "data" / "placeholder.db-wal").stat().st_size
        secrets = [KEY, SECRET, fake.token, fake.webhook_secret.removeprefix("whsec_")]
        prompts = [CANARY, crashed.prompt, *(wish.prompt for wish in wishes)]
        assert_nothing_leaked(client, service, home, secrets, prompts)

        points = ("submit.before_commit", "provider.after_call", "hook.before_commit", "store.after_write", "claim.after_commit")
        await service.start(PLACEHOLDER_FAILPOINTS=",".join(f"{point}=raise" for point in points)).ready()
        raised = Wish(f"{CANARY}, raised", 96, 64)
        got = await client.post(raised, [])
        assert got
        assert got.status == 500, "the failpoint"
        client.wrong.clear()
        await client.ask(raised)
        await client.until_ended(20)
        assert not client.unfinished
        await service.end()
        assert "Injected" in service.told()
    assert_nothing_leaked(client, service, home, secrets, [*prompts, raised.prompt])
    pictures = list((home / "data" / "pictures").rglob("*.png"))
    assert len(pictures) == sum(known.state == "ready" for known in client.jobs.values())
    for path in pictures:
        assert {name for name, _ in checker.chunks(path.read_bytes())} == {b"IHDR", b"IDAT", b"IEND"}
    assert traces(state.read_bytes(), [WORD, SIGNS], []) == [WORD, SIGNS], "the provider is told, of course"


PARROT = {
    "400": b"HTTP/1.1 400 Bad Request",
    "401": b"HTTP/1.1 401 Unauthorized",
    "404": b"HTTP/1.1 404 Not Found",
    "422": b"HTTP/1.1 422 Unprocessable Entity",
    "429": b"HTTP/1.1 429 Too Many Requests",
    "500": b"HTTP/1.1 500 Internal Server Error",
    "302": b"HTTP/1.1 302 Found",
    "200": b"HTTP/1.1 200 OK",
}


async def parrot(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A provider that says back whatever it hears, in headers and bodies and broken ones."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = int((re.search(rb"(?i)content-length: (\d+)", head) or [b"", b"0"])[1])
            body = await reader.readexactly(length)
            asked = re.search(rb"parrot (\w+)", body)
            way = asked[1].decode() if asked else "200"
            echo = json.dumps(
                {"detail": body.decode(), "title": CANARY, "retry_after": CANARY, "id": CANARY, "error": CANARY}
            ).encode()
            if way == "junk":
                echo, way = body + b"}" + CANARY.encode(), "200"
            told = quote(CANARY).encode()
            writer.write(PARROT.get(way, PARROT["200"]) + b"\r\ncontent-type: application/json\r\nretry-after: " + told)
            writer.write(b"\r\nlocation: http://127.0.0.1:1/" + told + b"\r\nx-echo: " + told)
            if way == "half":
                writer.write(b"\r\ncontent-length: 100000\r\n\r\n" + echo)
                return
            if way == "head":
                writer.write(b"\r\nbroken " + CANARY.encode() + b"\r\n\r\n")
                return
            writer.write(b"\r\ncontent-length: %d\r\n\r\n" % len(echo) + echo)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def test_with_a_provider_that_says_everything_back(make_service: MakeService, tmp_path: Path) -> None:
    async with await asyncio.start_server(parrot, "127.0.0.1", 0) as server:
        await say_everything_back(server, make_service, tmp_path)


async def say_everything_back(server: asyncio.Server, make_service: MakeService, tmp_path: Path) -> None:
    token = "r8_" + "Tz5Wq8Xk2Rm9Lv4Bn7Hs3Jd6Yf1Pc0Ga2Ue5o"
    settings = {
        "REPLICATE_API_TOKEN": token,
        "REPLICATE_BASE_URL": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1",
        "REPLICATE_WEBHOOK_SECRET": "whsec_" + base64.b64encode(b"the key of the parrot's webhooks").decode(),
        "PLACEHOLDER_SECRET": SECRET,
        "PLACEHOLDER_LOG_LEVEL": "debug",
    }
    service = await make_service(home="service", **settings).start().ready()
    ways = [*PARROT, "junk", "half", "head"]
    wishes = [Wish(f"{CANARY} parrot {way}", 96, 64) for way in ways]
    async with Listener(service) as client:
        for wish in wishes:
            await client.ask(wish)
        ends: dict[str, str | None] = {}
        for _ in range(40):
            await asyncio.sleep(0.5)
            await client.look(client.jobs)
            ends = {known.wish.prompt.rpartition(" ")[2]: known.code for known in client.jobs.values()}
            if all(ends[way] for way in ("400", "404", "422")):
                break
        await look_from_all_sides(client, list(client.jobs))
        assert [ends[way] for way in ("400", "404", "422")] == ["invalid"] * 3, ends
        await bring_webhooks(client, settings["REPLICATE_WEBHOOK_SECRET"])
        await service.end()
    secrets = [KEY, SECRET, token, settings["REPLICATE_WEBHOOK_SECRET"].removeprefix("whsec_")]
    assert_nothing_leaked(client, service, tmp_path / "service", secrets, [CANARY, *(wish.prompt for wish in wishes)])


@pytest.mark.parametrize(("failures", "format"), [("0", "text"), ("1", "json")])
async def test_with_the_embedded_painter(failures: str, format: str, make_service: MakeService, tmp_path: Path) -> None:
    settings = {
        "PLACEHOLDER_PROVIDER": "sketch",
        "PLACEHOLDER_SKETCH_DELAY_S": "0.5",
        "PLACEHOLDER_SKETCH_FAILURES": failures,
        "PLACEHOLDER_SECRET": SECRET,
        "PLACEHOLDER_LOG_LEVEL": "debug",
        "PLACEHOLDER_LOG_FORMAT": format,
    }
    home = tmp_path / "service"
    service = await make_service(home="service", **settings).start().ready()
    async with Listener(service) as client:
        wishes = [Wish(f"{CANARY} {n}", 96, 64, n or None) for n in range(4)]
        for wish in wishes:
            await client.ask(wish)
        await look_from_all_sides(client, list(client.jobs))
        await ask_in_every_way(client)
        await client.until_ended(20)
        await look_from_all_sides(client, [job for job, known in client.jobs.items() if known.state == "ready"])
        assert {known.state for known in client.jobs.values()} <= ({"failed", "pending"} if failures == "1" else {"ready"})
        prompts = [CANARY, *(wish.prompt for wish in wishes)]
        service.kill()
        await service.ended()
        assert_nothing_leaked(client, service, home, [KEY, SECRET], prompts)
        sealed = sqlite3.connect(home / "data" / "placeholder.db")
        assert all(prompt for (prompt,) in sealed.execute("SELECT prompt FROM jobs")), "they are kept for a day, sealed"
        sealed.close()
        await service.start(PLACEHOLDER_PROMPT_HOURS="0").ready()
        await client.until_ended(20)
        await service.end()
    assert_nothing_leaked(client, service, home, [KEY, SECRET], prompts)
