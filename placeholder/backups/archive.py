"""The file that a backup is: a tar archive of plain files, which no other tool is needed to look into.

    backup        = placeholder.db [ secret ] *( pictures/KEY ) manifest.json
    manifest.json = { "format": 1, "release", "made_at", "schema", "mark": digest of the secret,
                      "secret": place, "pictures": place, "files": { name: { "bytes", "sha256" } } }
    place         = "here" / "elsewhere"

The manifest comes last: where it is missing, the file was cut off. Names are this grammar's, and nothing is taken for a path that
is not one of them.
"""

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from typing import IO, Any

from placeholder.blobs.store import segments

FORMAT = 1
DATABASE, SECRET, PICTURES, MANIFEST = "placeholder.db", "secret", "pictures/", "manifest.json"
_CHUNK = 1 << 20
_MAX_MANIFEST = 1 << 28
_MAX_SECRET = 1 << 16
_CUT_OFF = "it is no backup, or was cut off"
_STRANGE = "it has more in it than a backup"


class Place(StrEnum):
    HERE = "here"
    ELSEWHERE = "elsewhere"


class BadBackup(Exception):
    """What is wrong with a file that was to be a backup."""


@dataclass(frozen=True, slots=True)
class Digest:
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says of itself."""

    release: str
    made_at: str
    """UTC, ISO 8601."""
    schema: str
    mark: str
    """Vault.mark of the secret under which the rows were written, in hexadecimal."""
    secret: Place
    pictures: Place


class Writer:
    """Writes a backup into `out`, front to back. Raises OSError."""

    def __init__(self, out: IO[bytes], now: float) -> None:
        counted: Any = _Counted(out)
        self._tar: Any = tarfile.TarFile(fileobj=counted, mode="w")
        self._now = int(now)
        self._files: dict[str, Digest] = {}

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """`size` bytes of `source`."""
        told = _Told(source)
        self._put(name, told, size)
        self._files[name] = Digest(size, told.digest.hexdigest())

    def close(self, about: About) -> None:
        """Ends it with the manifest."""
        files = {name: asdict(digest) for name, digest in self._files.items()}
        body = json.dumps({"format": FORMAT, **asdict(about), "files": files}, indent=1).encode() + b"\n"
        self._put(MANIFEST, BytesIO(body), len(body))
        self._tar.close()

    def _put(self, name: str, source: Any, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, self._now
        self._tar.addfile(member, source)
        self._tar.members.clear()  # which nobody reads, and a million pictures would fill the memory


class _Counted:
    """What tarfile needs of a file that it writes; a pipe has less."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._at = out, 0

    def write(self, chunk: bytes) -> int:
        self._out.write(chunk)
        self._at += len(chunk)
        return len(chunk)

    def tell(self) -> int:
        return self._at


class _Told:
    """A source that hears what is read from it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self.digest = source, sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self.digest.update(chunk)
        return chunk


class Reader:
    """Reads a backup front to back: `files`, and after the last of them `about`."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._about: About | None = None

    @property
    def about(self) -> About:
        """Raises BadBackup before the last file was read, and where there is none."""
        if self._about is None:
            raise BadBackup(_CUT_OFF)
        return self._about

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each file's name and its content, to be read before the next is asked for. What came is right once there is no more.
        Raises BadBackup, and so does the content."""
        found: dict[str, Digest] = {}
        with _taken_for_none():
            tar: Any = tarfile.open(fileobj=self._source, mode="r|")  # noqa: SIM115 - its end is not looked at
        while True:
            with _taken_for_none():
                member = tar.next()
                tar.members.clear()
                content = tar.extractfile(member) if member and member.isreg() and not member.issparse() else None
            if member is None:
                break
            if content is None or self._about or member.size < 0 or member.name in found:
                raise BadBackup(_STRANGE)
            if member.name == MANIFEST:
                with _taken_for_none():
                    body = content.read(_MAX_MANIFEST)
                self._about = _read(body, found)
                continue
            _check_name(member.name, member.size)
            digest = sha256()
            chunks = _chunks(content, digest)
            yield member.name, chunks
            for _ in chunks:
                pass
            found[member.name] = Digest(member.size, digest.hexdigest())
        _ = self.about


@contextmanager
def _taken_for_none() -> Iterator[None]:
    """Raises BadBackup for what tarfile says of a file that is no archive, or not all of one."""
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError, OverflowError, KeyError, IndexError):
        raise BadBackup(_CUT_OFF) from None


def _chunks(content: IO[bytes], digest: Any) -> Iterator[bytes]:
    while True:
        with _taken_for_none():
            chunk = content.read(_CHUNK)
        if not chunk:
            return
        digest.update(chunk)
        yield chunk


def _check_name(name: str, size: int) -> None:
    """Raises BadBackup."""
    if name == DATABASE or (name == SECRET and size <= _MAX_SECRET):
        return
    is_key = name.startswith(PICTURES)
    if is_key:
        try:
            segments(name.removeprefix(PICTURES))
        except ValueError:
            is_key = False
    if not is_key:
        raise BadBackup(_STRANGE)


def _read(body: bytes, found: dict[str, Digest]) -> About:
    """Raises BadBackup where the manifest is none, or tells of other files than were found."""
    try:
        told = json.loads(body)
        is_ours = told.pop("format") == FORMAT
        files = {name: Digest(**digest) for name, digest in told.pop("files").items()}
        about = About(**{**told, "secret": Place(told["secret"]), "pictures": Place(told["pictures"])})
        is_ours = is_ours and all(isinstance(text, str) for text in told.values())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        is_ours = False
    if not is_ours:
        raise BadBackup("its manifest is not one of ours, or was written by a newer release; use that one")
    for name, digest in files.items():
        if found.get(name) != digest:
            raise BadBackup(f"{name} is missing" if name not in found else f"{name} is damaged")
    if files.keys() != found.keys() or DATABASE not in files or (about.secret is Place.HERE) != (SECRET in files):
        raise BadBackup("it has other files in it than its manifest says")
    return about
