"""Watches the connections of a process: one timer for all of them looks four times a second for those whose time is up; one
ceiling holds for all of them.

A connection notes what it is waiting for, since when, and how long that may take, by the watch's own clock. It lies in the
slot of the moment at which it is to be looked at. Where its time turns out to be up later, it is laid into another slot then,
so a request that comes in one piece and is answered at once costs no timer and no look at the time; only where its time is up
sooner must it say so (`expect`).

At the ceiling, the connections without a request that have waited longest make room. Where every one has a request under
way, a newcomer is heard for as long as it takes to tell it so, and to answer what is always answered.
"""

from asyncio import AbstractEventLoop, Transport
from collections.abc import Collection
from enum import Enum, auto
from heapq import nsmallest
from typing import Protocol

from placeholder.door.limits import LEAST_READ, MOST_BEYOND, Limits
from placeholder.door.system import drop, unread

TICK_S = 0.25
NOWHERE = 1 << 40
"""The slot of whoever lies in none."""


class Phase(Enum):
    """What a connection waits for."""

    IDLE = auto()
    """A request."""
    HEAD = auto()
    """The rest of a head."""
    BODY = auto()
    """The rest of a body."""
    ANSWER = auto()
    """The application's answer."""
    DEAF = auto()
    """The client's end: what it sends is thrown away."""
    LEAVING = auto()
    """That what was written goes out; it is closed already."""


class Watched(Protocol):
    phase: Phase
    since: float
    """By the watch's clock."""
    allowed: float
    """Seconds from `since`."""
    slot: int
    """NOWHERE at first; the watch's own."""
    transport: Transport

    def overdue(self) -> None:
        """Told when they are over."""


class Watch:
    def __init__(self, limits: Limits, connections: Collection[Watched], loop: AbstractEventLoop) -> None:
        """`connections`: those that are open."""
        self.limits = limits
        self.now = 0.0
        """Seconds that this process has had, to TICK_S."""
        self._connections, self._loop = connections, loop
        self._looked_at = loop.time()
        self._slots: dict[int, set[Watched]] = {}
        """By the number of the TICK_S in which they are looked at."""
        self._slot = 0
        """The last one that was."""
        self._unread: dict[Watched, tuple[int, float]] = {}
        """Those that have much to read still: how much, and since when."""
        self._beyond: dict[Watched, None] = {}
        self._room, self._has_asked_in_vain = 0, False
        loop.call_later(TICK_S, self._look)

    def expect(self, connection: Watched) -> None:
        """Its time has been set, and may be up sooner than before."""
        ends = min(connection.since + connection.allowed, NOWHERE * TICK_S)
        slot = max(self._slot, int(ends / TICK_S)) + 1
        if slot < connection.slot:
            self._take_out(connection)
            connection.slot = slot
            self._slots.setdefault(slot, set()).add(connection)

    def _take_out(self, connection: Watched) -> None:
        self._slots.get(connection.slot, set()).discard(connection)
        connection.slot = NOWHERE

    def forget(self, connection: Watched) -> None:
        self._take_out(connection)
        self._unread.pop(connection, None)
        self._beyond.pop(connection, None)

    def _look(self) -> None:
        self._loop.call_later(TICK_S, self._look)
        looked_at = self._loop.time()
        # A process that stood still has heard nobody meanwhile, and finds all that they sent now.
        self.now += min(looked_at - self._looked_at, 2 * TICK_S)
        self._looked_at, now = looked_at, self.now
        self._room, self._has_asked_in_vain = 0, False
        slots = range(self._slot + 1, int(now / TICK_S) + 1)
        self._slot += len(slots)
        for connection in [one for slot in slots for one in self._slots.pop(slot, ())]:
            connection.slot = NOWHERE
            if now - connection.since >= connection.allowed:
                connection.overdue()
            self.expect(connection)
        for connection, (before, since) in list(self._unread.items()):
            left = unread(connection.transport)
            if not left:
                del self._unread[connection]
            elif before - left >= LEAST_READ:
                self._unread[connection] = left, now
            elif now - since > self.limits.write_s:
                self.drop(connection)

    # ---------------------------------------------------------------- peers that do not read

    def await_reading(self, connection: Watched) -> None:
        """Until it has read all that it was sent."""
        self._unread.setdefault(connection, (unread(connection.transport), self.now))

    def drop(self, connection: Watched) -> None:
        """Closes it at once, whatever it has read."""
        self.forget(connection)
        drop(connection.transport)

    # ---------------------------------------------------------------- the ceiling

    def has_room(self) -> bool:
        """Whether one more connection may be had; makes room where that can be done."""
        if len(self._connections) - len(self._beyond) < self.limits.connections:
            return True
        if not self._room and not self._has_asked_in_vain:
            self._room = self._make_room()
            self._has_asked_in_vain = not self._room
        if not self._room:
            return False
        self._room -= 1
        return True

    def _make_room(self) -> int:
        """For many at once, since to find them takes a look at all."""
        waiting = (one for one in self._connections if one.phase in (Phase.IDLE, Phase.HEAD) and one not in self._beyond)
        chosen = nsmallest(max(1, self.limits.connections // 100), waiting, key=lambda one: one.since)
        for one in chosen:
            one.phase = Phase.LEAVING
            one.transport.abort()
        return len(chosen)

    def hear_beyond(self, connection: Watched) -> None:
        """Takes in one for which there is no room."""
        self._beyond[connection] = None
        if len(self._beyond) > MOST_BEYOND:
            oldest = next((one for one in self._beyond if one.phase is not Phase.ANSWER), connection)
            del self._beyond[oldest]
            oldest.phase = Phase.LEAVING
            oldest.transport.abort()
