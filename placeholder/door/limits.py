"""What a client may send, how long it may take, and how many there may be. Where it goes too far, door/guard.py ends it."""

from dataclasses import dataclass

MAX_HEAD = 32 * 1024
"""Bytes of a request's first line and headers together: beyond, 431."""
MAX_HEADERS = 64
"""Beyond, 431."""
BODY_RATE = 64 * 1024
"""Bytes of a body that win it another second."""
LEAST_READ = 16 * 1024
"""Bytes of an answer; whoever takes fewer in all of `write_s` does not read."""
MOST_BEYOND = 128
"""Connections beyond the ceiling that are heard, to be answered 503, or as ALWAYS_ANSWERED has it."""
ALWAYS_ANSWERED = frozenset((b"/healthz", b"/readyz"))
"""Paths for which there is always room."""


@dataclass(frozen=True, slots=True)
class Limits:
    connections: int = 16_384
    """The ceiling, for each process."""
    head_s: float = 5
    """Seconds from the first byte of a head to its last; for a new connection, also to the first."""
    body_s: float = 30
    """Seconds for a body, besides those that it wins by BODY_RATE."""
    write_s: float = 30
    """Seconds that an answer may lie unread."""
    linger_s: float = 3
    """Seconds for which what a client still sends is taken in and thrown away, after an answer that did not wait for it: a
    socket that is closed before would take the answer with it (RFC 9112 §9.6)."""
    stopping_s: float = 5
    """The same as `body_s`, for a body that is on its way when the process is asked to end."""
