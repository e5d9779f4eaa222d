"""The way in for URLs of other services (synth/foreign): a route that is there only for what their grammars read.

Such a request goes on as if it had asked for our own target, so that one code answers both.
"""

from collections.abc import Callable

from starlette.routing import Match, Route
from starlette.types import Scope

from placeholder.synth.foreign.reading import Reading, Turned
from placeholder.web.drawings import drawing, target_of, turned_to

Turn = Callable[[Reading, Scope], Turned | None]


class Foreign(Route):
    """`turn` says what a request asks of us, if anything. One that `yields` leaves to other routes what they know even in
    part, by another method."""

    def __init__(self, turn: Turn, *, yields: bool) -> None:
        super().__init__("/", drawing, methods=["GET", "OPTIONS"])
        self._turn, self._match = turn, Match.PARTIAL if yields else Match.FULL

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            return Match.NONE, {}
        turned = self._turn(scope["app"].state.reading, scope)
        return (self._match, {"endpoint": drawing, "path_params": {}, **turned_to(turned)}) if turned else (Match.NONE, {})


def at_host(reading: Reading, scope: Scope) -> Turned | None:
    """On a peer's own host."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return reading.at_host(host, target_of(scope).decode("latin-1")) if reading.is_foreign(host) else None


def elsewhere(reading: Reading, scope: Scope) -> Turned | None:
    """Anywhere, of the peers that the operator listed."""
    return reading.elsewhere(target_of(scope).decode("latin-1"))
