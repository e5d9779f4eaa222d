"""What the door knows: how to paint a target, which hosts it serves, and the finished answers it keeps, ready for the wire.

One desk serves every connection of a process; the application hands it over in its lifespan state.
"""

import gc
from asyncio import AbstractEventLoop, Transport
from collections.abc import Callable
from dataclasses import dataclass, field

from placeholder.cache import BoundedCache
from placeholder.web.respond import Answer

MOST_WAITING = 64
"""Answers that wait to be written together; a peer that asks for more at once is soon found not to read."""

Ready = tuple[Answer, bytes]
"""An answer, and its header lines with the body behind them."""


@dataclass(slots=True)
class Answered:
    """How often, since the process began."""

    whole: int = 0
    unchanged: int = 0
    """304."""


@dataclass(frozen=True, slots=True)
class Desk:
    paint: Callable[[bytes], Answer | None]
    hosts: frozenset[str]
    kept: BoundedCache[bytes, Ready]
    is_foreign: Callable[[bytes], bool] = lambda _: False
    """Whether a Host header names another service, whose URLs are the application's to read."""
    answered: Answered = field(default_factory=Answered)
    _outgoing: list[tuple[Transport, bytes]] = field(default_factory=list)

    def ready(self, target: bytes) -> Ready | None:
        """The answer to GET `target` where it is an SVG picture, else None."""
        found = self.kept.get(target)
        if found is None:
            answer = self.paint(target)
            if answer is None:
                return None
            found = answer, b"%b\r\n%b" % (answer.header_lines, answer.body)
            self.kept.offer(target, found, len(target) + 2 * (len(answer.body) + len(answer.location or b"")))
        return found

    def send(self, transport: Transport, data: bytes, loop: AbstractEventLoop) -> None:
        """Writes `data` when the requests that lie ready have all been read. To write one answer wakes the client's side up,
        which costs more than to draw it; to write them in a row wakes it up once."""
        if not self._outgoing:
            loop.call_soon(self.flush)
        self._outgoing.append((transport, data))
        if len(self._outgoing) >= MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        # Counted by the row: a count for each would be felt.
        self.answered.whole += len(self._outgoing)
        for transport, data in self._outgoing:
            if not transport.is_closing():
                transport.write(data)
        self._outgoing.clear()


def settle() -> None:
    """Tells the garbage collector that what is loaded stays, and to look rarely: an answer leaves no cycles behind, and
    walking a full cache over and over is what makes the slowest answers slow."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
