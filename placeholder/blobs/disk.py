"""Finished bytes on this machine's disk.

Not obstore's own way, which writes a file and renames it but has neither brought to the disk (its fsync cannot be turned on from
Python), lets everybody read what it wrote, and follows links. Here:

* a file is written in a folder whose name is no key's, brought to the disk and moved to its place; then each folder on the way
  to it is brought to the disk too, for a name lives in its folder. So what a dead process left half written lies in one folder,
  and is found without a walk past all pictures;
* files and folders are for us alone (0600, 0700);
* each folder is opened from the one above it, and below the root, which may itself be a link, no link is followed.

All of it happens in threads.
"""

import asyncio
import errno
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from stat import S_ISREG

from placeholder.blobs.store import HOUR, BlobsUnavailable, segments

_HALVES = ".half"
"""The folder of what is being written. It begins with a dot, which no key does."""
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a named pipe in the place of a file would have us wait for its writer.
_OLD = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NO_FILE = "plain folders and files, no links"
_EXPECTED = {
    errno.ENOSPC: "room on the disk",
    errno.EDQUOT: "room on the disk",
    errno.ELOOP: _NO_FILE,
    errno.ENOTDIR: _NO_FILE,
    errno.EISDIR: _NO_FILE,
}


class Disk:
    """The store in the folder `root`, which is made when something is put there."""

    def __init__(self, root: Path, at: Callable[[str], None]) -> None:
        self._root, self._at = root, at

    async def put(self, key: str, body: bytes) -> None:
        await asyncio.to_thread(self._put, segments(key), body)

    async def get(self, key: str) -> bytes | None:
        return await asyncio.to_thread(self._get, segments(key))

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._delete, segments(key))

    async def keys(self) -> AsyncIterator[str]:
        for part in await asyncio.to_thread(self._parts):
            for path in await asyncio.to_thread(self._files, part):
                with suppress(ValueError):
                    yield "/".join(segments(path.relative_to(self._root).as_posix()))

    async def sweep(self, age: float = HOUR) -> int:
        return await asyncio.to_thread(self._sweep, time.time() - age)

    def _put(self, path: list[str], body: bytes) -> None:
        *folders, name = path
        half = f"{name}.{secrets.token_hex(8)}"
        with _told(), self._way([_HALVES], make=True) as (_, halves), self._way(folders, make=True) as way:
            try:
                with os.fdopen(os.open(half, _NEW, 0o600, dir_fd=halves), "wb") as file:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                self._at("store.after_write")
                os.replace(half, name, src_dir_fd=halves, dst_dir_fd=way[-1])
            except BaseException:
                with suppress(OSError):
                    os.unlink(half, dir_fd=halves)
                raise
            self._at("store.after_rename")
            for folder in reversed(way):
                os.fsync(folder)

    def _get(self, path: list[str]) -> bytes | None:
        *folders, name = path
        with _told(), suppress(FileNotFoundError), self._way(folders) as way:
            file = os.open(name, _OLD, dir_fd=way[-1])
            try:
                if not S_ISREG(os.fstat(file).st_mode):
                    raise OSError(errno.ELOOP, _NO_FILE)
                with os.fdopen(file, "rb", closefd=False) as reader:
                    return reader.read()
            finally:
                os.close(file)
        return None

    def _delete(self, path: list[str]) -> None:
        *folders, name = path
        with _told(), suppress(FileNotFoundError), self._way(folders) as way:
            os.unlink(name, dir_fd=way[-1])
            os.fsync(way[-1])

    def _sweep(self, before: float) -> int:
        swept = 0
        for path in self._files(self._root / _HALVES):
            # Its writer may be done with it by now.
            with _told(), suppress(FileNotFoundError):
                if path.lstat().st_mtime <= before:
                    path.unlink()
                    swept += 1
        return swept

    @contextmanager
    def _way(self, folders: list[str], *, make: bool = False) -> Iterator[list[int]]:
        """The root and the folders below it, open."""
        if make:
            _make(self._root)
        with ExitStack() as stack:
            way = [os.open(self._root, _FOLDER)]
            stack.callback(os.close, way[0])
            for name in folders:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(name, 0o700, dir_fd=way[-1])
                way.append(os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=way[-1]))
                stack.callback(os.close, way[-1])
            yield way

    def _parts(self) -> list[Path]:
        """What stands in the root, which is looked through one by one so as not to hold a thread for long."""
        with _told(), suppress(FileNotFoundError):
            return list(self._root.iterdir())
        return []

    def _files(self, part: Path) -> list[Path]:
        """The files in and below `part`, links left out."""
        found: list[Path] = []
        with _told():
            left = [part]
            while left:
                path = left.pop()
                # What was here a moment ago may be gone.
                with suppress(FileNotFoundError, NotADirectoryError):
                    if path.is_symlink() and path != self._root:
                        continue
                    found += [path] if path.is_file() else []
                    left += path.iterdir() if path.is_dir() else []
        return found


def _make(root: Path) -> None:
    if not root.is_dir():
        _make(root.parent)
        with suppress(FileExistsError):
            root.mkdir(0o700)
        with ExitStack() as stack:
            above = os.open(root.parent, _FOLDER)
            stack.callback(os.close, above)
            os.fsync(above)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        expected = _EXPECTED.get(error.errno or 0, "a folder that this process may read and write")
        raise BlobsUnavailable("disk", expected) from error
