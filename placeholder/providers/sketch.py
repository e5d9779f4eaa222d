"""The embedded painter: a landscape out of dice, for development, demonstrations and tests. It costs nothing and asks nobody.

It keeps nothing: a sketch's name tells when it began, so that any process, after any restart, knows when it is done and draws
it then. `delay` plays a model's time, `failure_rate` (0 to 1) its bad days: which orders fail is thrown from their names.
"""

import asyncio
import re
from collections.abc import Callable
from hashlib import sha256

from placeholder.jobs.ports import Order, Prediction, Trouble
from placeholder.providers.sketch_drawing import Sketch, draw, sketch
from placeholder.raster.rasterize import opaque
from placeholder.synth.catalogue import Drawing, Picture
from placeholder.values.format import Format

AT_ONCE = 2
"""Sketches drawn at the same time."""

_NAME = re.compile(r".+\.([0-9]{1,15})")
_QUICK = 1
"""The PNG is made to be decoded again at once: bytes count little."""


class SketchProvider:
    name = "sketch"

    def __init__(self, delay: float, failure_rate: float, clock: Callable[[], float]) -> None:
        """`clock`: seconds since the epoch."""
        self._delay, self._failure_rate, self._clock = delay, failure_rate, clock
        self._desk = asyncio.Semaphore(AT_ONCE)

    async def start(self, order: Order) -> Prediction:
        return await self.look(order, _name(order, self._clock()))

    async def look(self, order: Order, prediction: str) -> Prediction:
        match = _NAME.fullmatch(prediction)
        if match is None:
            raise Trouble("no name of a sketch")
        left = int(match[1]) / 1000 + self._delay - self._clock()
        if self._delay > 0 and left > 0:
            return Prediction(prediction, again_s=min(left, self._delay))
        if _throw(order) < self._failure_rate:
            return Prediction(prediction, failure="generation_failed")
        async with self._desk:
            return Prediction(prediction, body=await asyncio.to_thread(painted, order))

    async def find(self, order: Order) -> Prediction | None:
        """What `start` would have said when it was sent."""
        return await self.look(order, _name(order, order.sent_at))

    async def cancel(self, prediction: str) -> None:
        """Nothing runs."""

    async def close(self) -> None: ...


def painted(order: Order) -> bytes:
    """The sketch for `order` as PNG."""
    spec = sketch(order.prompt, order.seed, order.size)
    body: bytes = opaque(Picture(_DRAWING, spec, Format.PNG, 1)).pngsave_buffer(compression=_QUICK, keep="none")
    return body


def _unread(*_: object) -> Sketch:
    raise NotImplementedError("a sketch has no address")


_DRAWING = Drawing("", (), _unread, draw)


def _name(order: Order, began_at: float) -> str:
    return f"{order.name}.{int(began_at * 1000)}"


def _throw(order: Order) -> float:
    """0 to 1, the same for each attempt of an epoch: a failure lasts until it is asked for anew."""
    digest = sha256(f"{order.job}.{order.epoch}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
