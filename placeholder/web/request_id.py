"""A name for each request that somebody may have to look for: on its answer, and on every line that is logged meanwhile.

    X-Request-Id = own / "req_" 24HEXDIG
    own          = 1*64( ALPHA / DIGIT / "." / "_" / "-" )        the client's, where it sends one such header

- Answers that nobody may keep have it: those of /ai, and errors. What may be kept has none, for it would go on to be told of
  requests that never were; so a picture by URL stays the same bytes, and costs no more.
- A random one says nothing of how many there were.
"""

import random
import re
from collections.abc import Iterable
from contextvars import ContextVar

HEADER = b"x-request-id"
_OWN = re.compile(rb"[A-Za-z0-9._-]{1,64}")

present: ContextVar[str] = ContextVar("request_id")
"""Of the request that is being answered."""


def of(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The name of the request with these headers."""
    told = [value for name, value in headers if name == HEADER]
    return told[0] if len(told) == 1 and _OWN.fullmatch(told[0]) else b"req_%024x" % random.getrandbits(96)
