"""Finished bytes in a bucket (S3 and what speaks like it, Google Cloud Storage, Azure), or in memory for tests; by obstore.

Rules: one request a call, so that a put is all or nothing (obstore would cut a large body into parts); at most two retries, and
a hard end to all of them, where obstore would go on for three minutes; what a store says of its troubles is not passed on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store, from_url

from placeholder.blobs.store import HOUR, BlobsUnavailable, segments

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore, RetryConfig

T = TypeVar("T")
_NO_BUCKET = ("<Code>NoSuchBucket</Code>", "<Code>ContainerNotFound</Code>")
"""What a 404 says when not only the object is missing: obstore makes one error of both."""


def open_bucket(kind: str, url: str, seconds: float) -> "Bucket":
    """The bucket at `url`. Raises ValueError where the environment lacks what it takes."""
    retry: RetryConfig = {
        "max_retries": 2,
        "retry_timeout": timedelta(seconds=seconds),
        "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1)},
    }
    try:
        if kind == "memory":
            return Bucket(kind, from_url(url), seconds)
        if kind == "s3":
            # The bulk request that obstore prefers is not understood by everything that speaks S3.
            return Bucket(kind, S3Store.from_url(url, retry_config=retry, disable_bulk_delete=True), seconds)
        return Bucket(kind, from_url(url, retry_config=retry), seconds)
    except (BaseError, ValueError):
        pass
    raise ValueError(f"expected {kind}://bucket/prefix, and in the environment what {kind} needs to be reached")


class Bucket:
    def __init__(self, kind: str, store: "ObjectStore", seconds: float) -> None:
        self._kind, self._store, self._seconds = kind, store, seconds

    async def put(self, key: str, body: bytes) -> None:
        segments(key)
        await self._told(self._store.put_async(key, body, use_multipart=False))

    async def get(self, key: str) -> bytes | None:
        segments(key)
        return await self._told(self._get(key))

    async def delete(self, key: str) -> None:
        segments(key)
        await self._told(self._delete(key))

    async def keys(self) -> AsyncIterator[str]:
        listing = self._store.list()
        while (batch := await self._told(_next(listing))) is not None:
            for found in batch:
                yield found["path"]

    async def sweep(self, age: float = HOUR) -> int:
        """Nothing: what was not sent to its end is not there."""
        return 0

    async def _get(self, key: str) -> bytes | None:
        try:
            return (await (await self._store.get_async(key)).bytes_async()).to_bytes()
        except FileNotFoundError as error:
            if _lacks_bucket(error):
                raise
            return None

    async def _delete(self, key: str) -> None:
        try:
            await self._store.delete_async(key)
        except FileNotFoundError as error:
            if _lacks_bucket(error):
                raise

    async def _told(self, work: Awaitable[T]) -> T:
        """What `work` comes to. Raises BlobsUnavailable, which does not even remember why."""
        try:
            async with asyncio.timeout(self._seconds):
                return await work
        except TimeoutError:
            expected = f"an answer within {self._seconds:g} s"
        except (PermissionDeniedError, UnauthenticatedError):
            expected = "credentials that open it"
        except FileNotFoundError:
            expected = "a bucket that exists"
        except (BaseError, OSError, ValueError):
            expected = "an answer without an error"
        raise BlobsUnavailable(self._kind, expected)


async def _next(listing: AsyncIterator[Sequence["ObjectMeta"]]) -> Sequence["ObjectMeta"] | None:
    return await anext(listing, None)


def _lacks_bucket(error: FileNotFoundError) -> bool:
    return any(code in str(error) for code in _NO_BUCKET)
