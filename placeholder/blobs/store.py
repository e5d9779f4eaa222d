"""What a store of finished bytes is, and which one a URL names.

    url      = "file://" absolute-folder / "memory:" / ( "s3" / "gs" / "az" ) "://" bucket [ "/" prefix ]
    key      = 1*4segment, joined by "/"
    segment  = word *( ( "." / "-" ) word )          word = 1*64 ( %x61-7A / DIGIT )

Buckets take their credentials from the environment, as their own tools do (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL,
AWS_ALLOW_HTTP, GOOGLE_SERVICE_ACCOUNT, AZURE_STORAGE_ACCOUNT_NAME …).
"""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from placeholder.errors import Unavailable

HOUR = 3600.0
_WORD = "[a-z0-9]{1,64}"
_SEGMENT = rf"{_WORD}(?:[.-]{_WORD})*"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,3}}")
_MAX_KEY = 200
_BUCKET = re.compile(r"(s3|gs|az)://[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9._/-]*)?")


class BlobsUnavailable(Unavailable):
    """The store did not do its part. Its own words go nowhere, since they may quote requests, and so credentials."""

    def __init__(self, kind: str, expected: str) -> None:
        super().__init__("The store of pictures")
        self.args = (f"The store of pictures, {kind}: expected {expected}",)


class Blobs(Protocol):
    """Every method raises BlobsUnavailable, and ValueError for what is no key."""

    async def put(self, key: str, body: bytes) -> None:
        """Keeps `body`, in the place of what was there."""

    async def get(self, key: str) -> bytes | None: ...

    async def delete(self, key: str) -> None:
        """Nothing is left of it, and nothing need have been there."""

    def keys(self) -> AsyncIterator[str]:
        """In no order; what comes or goes meanwhile may be told or not."""

    async def sweep(self, age: float = HOUR) -> int:
        """Removes what a process that died left half written more than `age` seconds ago; says how many."""


def segments(key: str) -> list[str]:
    """The parts of `key`. Raises ValueError where it is none."""
    if len(key) > _MAX_KEY or not _KEY.fullmatch(key):
        raise ValueError("expected a key of lower-case words")
    return key.split("/")


def open_blobs(url: str, *, at: Callable[[str], None] = lambda _: None, seconds: float = 20) -> Blobs:
    """The store that `url` names; nothing is asked of it yet. A call takes at most `seconds` where it goes over a network.
    `at` hears "store.after_write" and "store.after_rename" as a put on this disk passes there. Raises ValueError."""
    root = folder(url)
    if root:
        from placeholder.blobs.disk import Disk

        return Disk(root, at)
    from placeholder.blobs.bucket import open_bucket

    if url == "memory:":
        return open_bucket("memory", "memory:///", seconds)
    bucket = _BUCKET.fullmatch(url)
    if not bucket or ".." in url:
        # Not said back: people put credentials into URLs.
        raise ValueError("expected file:///folder, memory:, or s3, gs or az://bucket/prefix, without credentials")
    return open_bucket(bucket[1], url, seconds)


def folder(url: str) -> Path | None:
    """Where a store on this disk lies; None for any other. Raises ValueError."""
    if not url.startswith("file://"):
        return None
    root = Path(unquote(url.removeprefix("file://")))
    if not root.is_absolute() or ".." in root.parts or "\0" in url:
        raise ValueError("expected file:// and an absolute folder")
    return root
