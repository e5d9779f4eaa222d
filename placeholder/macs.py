"""HMAC-SHA256 (RFC 2104), in a form that suits a busy event loop. Pure.

`hmac.digest` lets go of the interpreter for its two microseconds. While a thread of ours writes to the database, that thread
takes it, and a request that asks for three digests stands three times at the end of the queue.
"""

import hmac
from functools import lru_cache


def mac(key: bytes, message: bytes) -> bytes:
    """32 bytes."""
    begun = _under(key).copy()
    begun.update(message)
    return begun.digest()


@lru_cache(maxsize=256)
def _under(key: bytes) -> hmac.HMAC:
    """What the digests of all messages under one key have in common."""
    return hmac.new(key, digestmod="sha256")
