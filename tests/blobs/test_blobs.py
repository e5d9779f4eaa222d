"""Finished bytes: one behaviour over disk, memory and S3; what a disk must survive; how a bucket fails."""

import asyncio
import errno
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.blobs.store import Blobs, BlobsUnavailable, open_blobs, segments
from placeholder.errors import Unavailable
from placeholder.jobs.model import blob_key as key_of

KEY = key_of("abcdefghijklmnop", 0)
OTHER = key_of("abcd234567abcdef", 12)
SECRETS = ("tester", "secret-of-the-tests", "canary")


async def all_keys(blobs: Blobs) -> set[str]:
    return {key async for key in blobs.keys()}  # noqa: SIM118 - no dictionary


# ---------------------------------------------------------------- every store


@pytest.mark.parametrize("size", [0, 1, 3_000_000, 17_000_000])
async def test_what_was_put_is_there_until_it_is_deleted(blobs: Blobs, size: int) -> None:
    body = random.Random(size).randbytes(size)
    assert await blobs.get(KEY) is None
    await blobs.put(KEY, body)
    assert await blobs.get(KEY) == body
    await blobs.delete(KEY)
    assert await blobs.get(KEY) is None


async def test_a_put_takes_the_place_of_what_was_there(blobs: Blobs) -> None:
    for body in (b"one", b"another, longer", b"3"):
        await blobs.put(KEY, body)
        assert await blobs.get(KEY) == body


async def test_keys_do_not_touch_one_another(blobs: Blobs) -> None:
    keys = [key_of("a" * 16, 0), key_of("a" * 16, 1), key_of("a" * 15 + "b", 0), key_of("b" * 16, 0)]
    for key in keys:
        await blobs.put(key, key.encode())
    assert [await blobs.get(key) for key in keys] == [key.encode() for key in keys]
    await blobs.delete(keys[0])
    assert [await blobs.get(key) for key in keys] == [None, *(key.encode() for key in keys[1:])]


async def test_deleting_what_is_not_there_is_fine(blobs: Blobs) -> None:
    await blobs.delete(KEY)
    await blobs.put(OTHER, b"body")
    await blobs.delete(KEY)
    assert await blobs.get(OTHER) == b"body"


async def test_keys_tells_what_is_there(blobs: Blobs) -> None:
    assert await all_keys(blobs) == set()
    keys = {key_of(f"{letter * 2}cd{'a' * 12}", epoch) for letter in "abcdefgh" for epoch in range(9)}
    await asyncio.gather(*(blobs.put(key, b"body") for key in keys))
    assert await all_keys(blobs) == keys


async def test_a_reader_sees_the_whole_of_one_put(blobs: Blobs) -> None:
    bodies = [bytes([number]) * 300_000 for number in range(20)]
    await blobs.put(KEY, bodies[0])
    writing = asyncio.gather(*(blobs.put(KEY, body) for body in bodies))
    while not writing.done():
        assert await blobs.get(KEY) in bodies
    assert await blobs.get(KEY) in bodies
    assert await all_keys(blobs) == {KEY}


async def test_there_is_nothing_to_sweep(blobs: Blobs) -> None:
    await blobs.put(KEY, b"body")
    assert await blobs.sweep() == 0
    assert await blobs.sweep(age=0) == 0
    assert await blobs.get(KEY) == b"body"


# ---------------------------------------------------------------- keys

NO_KEYS = [
    *("", "/", "..", ".", "../x", "a/../b", "a/..", "/etc/passwd", "a//b", "a/", "/a", "a/./b", "a\\b", "a\0", "a\n", " a", "A"),
    *(".a", "a.", "a..b", "a/.b.half", "é", "a%2fb", "a:b", "a/b/c/d/e", "a" * 65, "a/" * 300, "~", "a*b", "-a", "a-"),
]


@pytest.mark.parametrize("key", NO_KEYS)
async def test_what_is_no_key_is_asked_of_no_store(blobs: Blobs, key: str) -> None:
    for work in (blobs.put(key, b"body"), blobs.get(key), blobs.delete(key)):
        with pytest.raises(ValueError, match="expected a key"):
            await work


@given(st.text(max_size=40))
def test_a_key_leads_nowhere_but_down(text: str) -> None:
    try:
        parts = segments(text)
    except ValueError:
        return
    assert Path("/root", *parts).resolve() == Path("/root") / text
    assert all(part == part.lower() and part.isascii() and not part.startswith(".") for part in parts)


def test_a_picture_s_key_follows_from_its_id_and_epoch() -> None:
    assert key_of("abcd234567abcdef", 12) == "ab/cd/abcd234567abcdef.12.png"
    assert len({key_of(letter * 16, epoch) for letter in "ab" for epoch in range(20)}) == 40


# ---------------------------------------------------------------- URLs


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "file://",
            "file://relative/path",
            "file:///a/../b",
            "file:///a\0b",
            "/tmp/pictures",
            "memory",
            "memory:x",
            "http://canary/",
        ),
        *(
            "s3://",
            "s3:///prefix",
            "s3://canary:canary@bucket/prefix",
            "s3://bucket?key=canary",
            "s3://bucket/../other",
            "S3://bucket",
        ),
        *("s3://bucket/a b", "gs://", "ftp://canary", "az://"),
    ],
)
def test_a_url_that_names_no_store_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="expected") as refusal:
        open_blobs(url)
    assert not any(secret in str(refusal.value) for secret in SECRETS)


def test_other_buckets_open_with_their_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_NAME", raising=False)
    with pytest.raises(ValueError, match="environment") as refusal:
        open_blobs("az://container/prefix")
    assert refusal.value.__context__ is None
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    assert open_blobs("az://container/prefix")
    assert open_blobs("gs://bucket/prefix")
    assert open_blobs("s3://bucket")


# ---------------------------------------------------------------- the disk


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "er"


@pytest.fixture
def disk(root: Path) -> Blobs:
    return open_blobs(root.as_uri())


def files_below(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if not path.is_dir())


async def test_files_and_folders_are_ours_alone(disk: Blobs, root: Path) -> None:
    before = os.umask(0)
    try:
        await disk.put(KEY, b"body")
    finally:
        os.umask(before)
    made = [root.parent, root, root / "ab", root / "ab" / "cd"]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o700] * 4
    assert (root / KEY).stat().st_mode & 0o777 == 0o600


async def test_a_put_is_on_the_disk_before_it_returns(disk: Blobs, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First the bytes, then the name, then each folder that leads to it."""
    seen: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noting_fsync(file: int) -> None:
        seen.append(str(Path(f"/proc/self/fd/{file}").resolve()))
        fsync(file)

    def noting_replace(old: str, new: str, **folders: int) -> None:
        seen.append(f"{old} -> {new}")
        replace(old, new, **folders)

    await disk.put(OTHER, b"body")
    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(os, "replace", noting_replace)
    await disk.put(KEY, b"body")
    half, renamed, *folders = seen
    assert half.startswith(str(root / ".half" / "abcdefghijklmnop.0.png."))
    assert renamed == f"{Path(half).name} -> {Path(KEY).name}"
    assert folders == [str(root / "ab" / "cd"), str(root / "ab"), str(root)]


CRASH = """
import asyncio, os, signal, sys
from placeholder.blobs.store import open_blobs

url, key, point = sys.argv[1:]
blobs = open_blobs(url, at=lambda passed: os.kill(os.getpid(), signal.SIGKILL) if passed == point else None)
asyncio.run(blobs.put(key, b"new"))
"""


@pytest.mark.parametrize(("point", "left", "halves"), [("store.after_write", b"old", 1), ("store.after_rename", b"new", 0)])
async def test_a_process_that_is_killed_leaves_the_old_or_the_new(
    disk: Blobs, root: Path, point: str, left: bytes, halves: int
) -> None:
    await disk.put(KEY, b"old")
    ended = subprocess.run([sys.executable, "-c", CRASH, root.as_uri(), KEY, point])
    assert ended.returncode == -signal.SIGKILL
    assert await disk.get(KEY) == left
    assert await all_keys(disk) == {KEY}
    assert len(files_below(root)) == 1 + halves
    assert await disk.sweep() == 0, "its writer may still be at it"
    assert await disk.sweep(age=0) == halves
    assert files_below(root) == [root / KEY]


async def test_a_put_that_fails_halfway_leaves_the_old(root: Path) -> None:
    class Injected(Exception):
        pass

    def at(point: str) -> None:
        passed.append(point)
        if fails:
            raise Injected

    passed: list[str] = []
    blobs, fails = open_blobs(root.as_uri(), at=at), False
    await blobs.put(KEY, b"old")
    assert passed == ["store.after_write", "store.after_rename"]
    fails = True
    with pytest.raises(Injected):
        await blobs.put(KEY, b"new")
    assert await blobs.get(KEY) == b"old"
    assert files_below(root) == [root / KEY]


async def test_a_full_disk_is_told_and_leaves_the_old(disk: Blobs, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await disk.put(KEY, b"old")

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BlobsUnavailable, match="disk: expected room"):
        await disk.put(KEY, b"new")
    assert await disk.get(KEY) == b"old"
    assert files_below(root) == [root / KEY]


async def test_a_sweep_takes_what_is_half_and_old(disk: Blobs, root: Path) -> None:
    await disk.put(KEY, b"body")
    old, young, foreign = (root / name for name in (".half/x.png.0a", ".half/y.png.0b", "ab/cd/.notes.half"))
    for path in (old, young, foreign):
        path.write_bytes(b"half")
    os.utime(old, (1, time.time() - 3700))
    os.utime(foreign, (1, 1))
    assert await disk.sweep() == 1
    assert files_below(root) == sorted([young, foreign, root / KEY])
    assert await disk.sweep(age=0) == 1
    assert foreign.exists()


async def test_a_sweep_looks_at_no_picture(disk: Blobs, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes round every minute, and there may be a million of them."""
    await disk.put(KEY, b"body")
    seen: list[Path] = []
    iterdir = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: seen.append(path) or iterdir(path))  # type: ignore[func-returns-value]
    assert await disk.sweep(age=0) == 0
    assert seen == [root / ".half"]


async def test_an_empty_store_needs_no_folder(disk: Blobs, root: Path) -> None:
    assert await disk.get(KEY) is None
    await disk.delete(KEY)
    assert await disk.sweep() == 0
    assert await all_keys(disk) == set()
    assert not root.exists()


async def all_refused(blobs: Blobs, *, what: str) -> None:
    for work in (blobs.put(KEY, b"new"), blobs.get(KEY)):
        with pytest.raises(BlobsUnavailable, match=what):
            await work


@pytest.mark.parametrize("link", ["ab", "ab/cd"])
async def test_no_folder_is_a_link(disk: Blobs, root: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    (outside / "cd").mkdir(parents=True)
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(outside)
    await all_refused(disk, what="no links")
    with pytest.raises(BlobsUnavailable):
        await disk.delete(KEY)
    assert files_below(outside) == []
    assert await all_keys(disk) == set()


async def test_no_file_is_a_link(disk: Blobs, root: Path, tmp_path: Path) -> None:
    """A put lays a file in the link's place."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (root / KEY).parent.mkdir(parents=True)
    (root / KEY).symlink_to(secret)
    assert await all_keys(disk) == set()
    with pytest.raises(BlobsUnavailable, match="no links"):
        await disk.get(KEY)
    await disk.put(KEY, b"body")
    assert secret.read_bytes() == b"secret"
    assert await disk.get(KEY) == b"body"


async def test_the_root_may_be_a_link(disk: Blobs, root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    root.parent.mkdir()
    root.symlink_to(elsewhere)
    await disk.put(KEY, b"body")
    assert await disk.get(KEY) == b"body"
    assert await all_keys(disk) == {KEY}
    assert (elsewhere / KEY).exists()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
async def test_what_is_no_file_is_not_read(disk: Blobs, root: Path, make: Callable[[Path], None]) -> None:
    (root / KEY).parent.mkdir(parents=True)
    make(root / KEY)
    async with asyncio.timeout(5):
        with pytest.raises(BlobsUnavailable, match="plain"):
            await disk.get(KEY)


async def test_a_root_that_is_a_file_is_told_without_its_name(tmp_path: Path) -> None:
    (tmp_path / "canary").write_bytes(b"")
    for url in ((tmp_path / "canary").as_uri(), (tmp_path / "canary" / "below").as_uri()):
        with pytest.raises(BlobsUnavailable, match="disk: expected") as refusal:
            await open_blobs(url).put(KEY, b"body")
        assert "canary" not in str(refusal.value)


async def test_no_descriptor_is_left_open(disk: Blobs, root: Path) -> None:
    await disk.put(KEY, b"body")
    (root / OTHER).mkdir(parents=True)

    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = opened()
    for _ in range(5):
        await disk.put(KEY, b"body")
        await disk.get(KEY)
        await disk.get("zz/yy/x.png")
        for work in (disk.get(OTHER), disk.put(OTHER, b"body")):
            with pytest.raises(BlobsUnavailable):
                await work
        await disk.sweep()
    assert opened() == before


# ---------------------------------------------------------------- a bucket that fails


async def every_call(blobs: Blobs, what: str, seconds: float) -> None:
    """Each of them is refused, in time, in our words alone."""
    for work in (blobs.put(KEY, b"body"), blobs.get(KEY), blobs.delete(KEY), all_keys(blobs)):
        start = time.perf_counter()
        with pytest.raises(BlobsUnavailable, match=what) as refusal:
            await work
        assert time.perf_counter() - start < seconds
        assert isinstance(refusal.value, Unavailable)
        assert refusal.value.__cause__ is None
        assert refusal.value.__context__ is None
        assert not any(secret in str(refusal.value) for secret in SECRETS)


@pytest.mark.parametrize(("name", "value"), [("AWS_SECRET_ACCESS_KEY", "canary"), ("AWS_ACCESS_KEY_ID", "canary")])
async def test_wrong_credentials(s3: Any, at_s3: Callable[[str], None], monkeypatch: Any, name: str, value: str) -> None:
    at_s3(s3.url)
    monkeypatch.setenv(name, value)
    await every_call(open_blobs("s3://pictures/prefix"), "s3: expected (credentials|an answer without an error)", 5)


async def test_a_missing_bucket_is_not_a_missing_picture(s3: Any, at_s3: Callable[[str], None]) -> None:
    at_s3(s3.url)
    await every_call(open_blobs("s3://canaries/prefix"), "s3: expected (a bucket that exists|an answer without an error)", 5)


async def test_nobody_listens(at_s3: Callable[[str], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    at_s3(f"http://127.0.0.1:{port}")
    await every_call(open_blobs("s3://pictures/prefix"), "s3: expected an answer", 5)


async def test_nobody_answers(at_s3: Callable[[str], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        at_s3(f"http://127.0.0.1:{silent.getsockname()[1]}")
        await every_call(open_blobs("s3://pictures/prefix", seconds=0.3), "s3: expected an answer within 0.3 s", 2)


@contextmanager
def answering(*answers: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers, one a connection, the last for ever; its address, and what it was asked."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                return
            self.rfile.read(int(self.headers.get("content-length") or 0))
            asked.append(self.requestline)
            self.wfile.write(answers[min(len(asked), len(answers)) - 1])

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(status: str, body: bytes = b"", length: int | None = None) -> bytes:
    head = f'HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\nETag: "x"\r\n'
    return f"{head}Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nConnection: close\r\n\r\n".encode() + body


TROUBLED = b"<Error><Code>InternalError</Code><Message>canary</Message></Error>"


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(answer("500 Internal Server Error", TROUBLED), id="500"),
        pytest.param(answer("503 Slow Down", TROUBLED), id="503"),
        pytest.param(answer("400 Bad Request", b"canary"), id="400"),
        pytest.param(b"SSH-2.0-canary\r\n", id="no HTTP"),
        pytest.param(b"", id="nothing"),
    ],
)
async def test_a_store_in_trouble(at_s3: Callable[[str], None], bad: bytes) -> None:
    with answering(bad) as (url, asked):
        at_s3(url)
        await every_call(open_blobs("s3://pictures/prefix", seconds=5), "s3: expected an answer", 6)
        assert 4 <= len(asked) <= 12, "each call is tried three times at most"


async def test_a_store_that_is_short_of_breath_is_asked_again(at_s3: Callable[[str], None]) -> None:
    with answering(answer("503 Slow Down"), answer("503 Slow Down"), answer("200 OK", b"body")) as (url, asked):
        at_s3(url)
        assert await open_blobs("s3://pictures/prefix").get(KEY) == b"body"
        assert len(asked) == 3


async def test_a_body_that_breaks_off_is_no_body(at_s3: Callable[[str], None]) -> None:
    with answering(answer("200 OK", b"half", length=1000)) as (url, _):
        at_s3(url)
        with pytest.raises(BlobsUnavailable):
            await open_blobs("s3://pictures/prefix", seconds=3).get(KEY)


async def test_a_put_is_one_request(at_s3: Callable[[str], None]) -> None:
    with answering(answer("200 OK")) as (url, asked):
        at_s3(url)
        await open_blobs("s3://pictures/some/prefix").put(KEY, bytes(17_000_000))
        assert asked == [f"PUT /pictures/some/prefix/{KEY} HTTP/1.1"]
