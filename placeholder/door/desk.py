"""What the door knows: how to paint a target, which hosts it serves, and the finished answers it keeps, ready for the wire.

One desk serves every connection of a process; the application hands it over in its lifespan state.
"""

import gc
from collections.abc import Callable
from dataclasses import dataclass

from placeholder.cache import SecondSightCache
from placeholder.web.respond import Answer, lines

STATE = "placeholder.desk"
"""Where the desk lies in the lifespan state."""

Ready = tuple[Answer, bytes]
"""An answer, and its header lines with the body behind them."""


@dataclass(frozen=True, slots=True)
class Desk:
    paint: Callable[[bytes], Answer | None]
    hosts: frozenset[str]
    kept: SecondSightCache[bytes, Ready]

    def ready(self, target: bytes) -> Ready | None:
        """The answer to GET `target` where it is an SVG picture, else None."""
        found = self.kept.get(target)
        if found is None:
            answer = self.paint(target)
            if answer is None:
                return None
            found = answer, header_lines(answer) + b"\r\n" + answer.body
            self.kept.offer(target, found, len(target) + 2 * len(answer.body))
        return found


def header_lines(answer: Answer) -> bytes:
    """The headers as they stand on the wire, without the line that ends them."""
    return answer.common.lines + lines(answer.own)


def settle() -> None:
    """Tells the garbage collector that what is loaded stays, and to look rarely: an answer leaves no cycles behind, and
    walking a full cache over and over is what makes the slowest answers slow."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
