"""The file: what it is made of, that any tool can look into it, and that nothing but a whole backup is taken for one."""

import io
import json
import tarfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest
from backups.conftest import Kept
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placeholder.backups.archive import About, BadBackup, Place, Reader, Writer

ABOUT = About("1.0", "2026-11-27T00:00:00+00:00", "0002", "ab" * 32, Place.HERE, Place.HERE)
FILES = {"placeholder.db": b"rows" * 5000, "secret": b"s" * 43, "pictures/ab/cd/abcd.1.png": b"\x89PNG" * 700}


def written(files: dict[str, bytes] = FILES, about: About = ABOUT) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, 1_700_000_000.5)
    for name, body in files.items():
        writer.add(name, io.BytesIO(body), len(body))
    writer.close(about)
    return out.getvalue()


def read(body: bytes) -> tuple[dict[str, bytes], About]:
    reader = Reader(io.BytesIO(body))
    found = {name: b"".join(chunks) for name, chunks in reader.files()}
    return found, reader.about


def remade(change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], Any]) -> bytes:
    """A backup after `change` of its members; the manifest is the last."""
    with tarfile.open(fileobj=io.BytesIO(written())) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    change(members)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for member, body in members:
            member.size = len(body) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(body))
    return out.getvalue()


def told(change: Callable[[dict[str, Any]], Any]) -> bytes:
    """A backup after `change` of its manifest."""

    def edit(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        manifest = json.loads(members[-1][1])
        change(manifest)
        members[-1] = members[-1][0], json.dumps(manifest).encode()

    return remade(edit)


def put(members: list[Any], at: int, name: str, body: bytes = b"x", kind: bytes = tarfile.REGTYPE, link: str = "") -> None:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    members.insert(at, (member, body))


def test_what_was_written_is_read() -> None:
    assert read(written()) == (FILES, ABOUT)
    without = {name: body for name, body in FILES.items() if name != "secret"}
    about = About("1.0", "then", "0001", "", Place.ELSEWHERE, Place.ELSEWHERE)
    assert read(written(without, about)) == (without, about)


def test_any_tar_reads_it(kept: Kept) -> None:
    """And sha256sum could check it; nobody else may read what is taken out of it."""
    with tarfile.open(fileobj=io.BytesIO(kept.backup)) as tar:
        members = tar.getmembers()
        bodies = {member.name: tar.extractfile(member).read() for member in members}  # type: ignore[union-attr]
    assert list(bodies)[:2] == ["placeholder.db", "secret"]
    assert list(bodies)[-1] == "manifest.json"
    assert {member.mode for member in members} == {0o600}
    manifest = json.loads(bodies.pop("manifest.json"))
    assert manifest["format"] == 1
    digests = {name: {"bytes": len(body), "sha256": sha256(body).hexdigest()} for name, body in bodies.items()}
    assert manifest["files"] == digests
    assert {name.removeprefix("pictures/") for name in bodies if name.startswith("pictures/")} == set(kept.pictures)


CUT_OFF = "it is no backup, or was cut off"
STRANGE = "it has more in it than a backup"
OTHER = "its manifest is not one of ours, or was written by a newer release"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", CUT_OFF),
        (b"no archive", CUT_OFF),
        (bytes(20480), CUT_OFF),
        (written()[:600], CUT_OFF),
        (written()[:21_000], CUT_OFF),
        (remade(lambda m: m.pop()), CUT_OFF),
        (remade(lambda m: m.pop(0)), "placeholder.db is missing"),
        (remade(lambda m: m.__setitem__(0, (m[0][0], b"other"))), "placeholder.db is damaged"),
        (remade(lambda m: m.__setitem__(1, (m[1][0], b"t" * 43))), "secret is damaged"),
        (remade(lambda m: put(m, 1, "pictures/zz/zz/z.1.png")), "it has other files in it than its manifest says"),
        *(
            (remade(lambda m, name=name: put(m, 1, name)), STRANGE)
            for name in (
                "/etc/passwd", "../secret", "pictures/../secret", "pictures/", "pictures//x", "pictures/a/b/c/d/e", "pictures/A",
                "secret/x", "placeholder.db-wal", "./placeholder.db", "", "pictures/.hidden",
                "pictures/" + "a" * 300, "manifest.json.gz",
            )
        ),
        (remade(lambda m: put(m, 1, "placeholder.db")), STRANGE),
        (remade(lambda m: put(m, 9, "pictures/aa/late.png")), STRANGE),
        (remade(lambda m: m.append(m[-1])), STRANGE),
        *(
            (remade(lambda m, kind=kind: put(m, 1, "pictures/a", b"", kind, "/etc/passwd")), STRANGE)
            for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE)
        ),
        (remade(lambda m: put(m, 2, "secret", bytes(100_000))), STRANGE),
        (told(lambda m: m.update(format=2)), OTHER),
        (told(lambda m: m.pop("format")), OTHER),
        (told(lambda m: m.update(more=1)), OTHER),
        (told(lambda m: m.pop("mark")), OTHER),
        (told(lambda m: m.update(secret="there")), OTHER),
        (told(lambda m: m.update(schema=2)), OTHER),
        (told(lambda m: m.update(files=[])), OTHER),
        (told(lambda m: m.update(files={"placeholder.db": 5})), OTHER),
        (told(lambda m: m["files"].pop("secret")), "it has other files in it than its manifest says"),
        (told(lambda m: m.update(secret="elsewhere")), "it has other files in it than its manifest says"),
        (remade(lambda m: m.__setitem__(-1, (m[-1][0], b"[" * 100_000))), OTHER),
        (remade(lambda m: m.__setitem__(-1, (m[-1][0], b"\xff"))), OTHER),
        (remade(lambda m: m.__setitem__(-1, (m[-1][0], b"[]"))), OTHER),
    ],
)  # fmt: skip
def test_what_is_no_backup(body: bytes, sentence: str) -> None:
    with pytest.raises(BadBackup) as caught:
        read(body)
    assert str(caught.value).startswith(sentence)


WHOLE = written()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=600))
def test_a_spoilt_one_is_refused_or_has_the_same_files(place: int, bytes_: bytes) -> None:
    """No other error: a header has room for what counts for nothing."""
    with suppress(BadBackup):
        files, _ = read(WHOLE[:place] + bytes_ + WHOLE[place + len(bytes_) :])
        assert files == FILES


@settings(deadline=None)
@given(st.integers(0, len(WHOLE) - 1))
def test_one_that_was_cut_off_is_refused(length: int) -> None:
    """But for the nothing behind its last file, which may be missing."""
    try:
        assert read(WHOLE[:length]) == (FILES, ABOUT)
    except BadBackup:
        return
    assert length >= WHOLE.rindex(b"}\n") + 2
