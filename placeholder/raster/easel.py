"""The program that a studio's workers run: one picture after another, from standard input to standard output, in a process
that can do little else.

    message  = count *( length part )          counts and lengths are four bytes, big-endian
    asked    = size body                       what comes in; a size is two such numbers
    answer   = png thumbhash blur / reason     what goes out; the first message, without parts, says "ready"

No pickle: whoever takes over a decoder in here writes these answers, and must not be able to say more than bytes.

Before the first byte of a picture is read the process has given up, each by the system's own doing, which binds C code too:
* more memory than a picture of the most pixels needs, and files to dump or to write;
* every descriptor that it does not have yet, so it reaches no file and no network. All that is loaded on first use must
  therefore be loaded before: the rehearsal does;
* time: an alarm is set for each picture and ends the process, be it in the midst of C code.

It ends when its input ends, and so with the server, however that ended.
"""

import os
import signal
import struct
import sys
from contextlib import suppress
from importlib import import_module
from typing import Protocol

from placeholder.raster.master import Master, Undecodable
from placeholder.values.size import Size

MEMORY = 1 << 30
"""Bytes of address space. 25 million pixels of WebP with alpha, the hungriest, take 590 MB."""
SIDES = struct.Struct(">II")
_NUMBER = struct.Struct(">I")
_MOST_PARTS = 4


class Stream(Protocol):
    """An unbuffered pipe, which reads and writes as much as it can at a time."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...
    def write(self, data: memoryview, /) -> int | None: ...


class Craft(Protocol):
    """What the worked module offers. `rehearse` loads all that `clean` needs."""

    def rehearse(self) -> None: ...
    def clean(self, body: bytes, size: Size) -> Master: ...


def send(stream: Stream, *parts: bytes) -> None:
    for piece in (_NUMBER.pack(len(parts)), *(piece for part in parts for piece in (_NUMBER.pack(len(part)), part))):
        left = memoryview(piece)
        while left:
            left = left[stream.write(left) or 0 :]


def receive(stream: Stream, most: int) -> list[bytes]:
    """The parts of the next message. Raises EOFError where it ends early or says that it is longer than `most` bytes."""
    parts: list[bytes] = []
    count = _number(stream)
    while len(parts) < count:
        length = _number(stream)
        most -= length
        if most < 0 or count > _MOST_PARTS:
            raise EOFError
        parts.append(_exactly(stream, length))
    return parts


def _number(stream: Stream) -> int:
    number: int = _NUMBER.unpack(_exactly(stream, _NUMBER.size))[0]
    return number


def _exactly(stream: Stream, length: int) -> bytes:
    data = bytearray(length)
    left = memoryview(data)
    while left:
        read = stream.readinto(left)
        if not read:
            raise EOFError
        left = left[read:]
    return bytes(data)


def main(module: str, seconds: float, most: int) -> None:
    """Answers with what `module`, a Craft, makes of each picture of up to `most` bytes, until the input ends."""
    source, sink = os.fdopen(0, "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    # What a library prints must not stand among the answers.
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 1)
    craft: Craft = import_module(module)
    _renounce(craft)
    with suppress(EOFError, BrokenPipeError):
        send(sink)
        while True:
            asked, body = receive(source, most)
            _alarm(seconds)
            answer = _answer(craft, body, Size(*SIDES.unpack(asked)))
            _alarm(0)
            send(sink, *answer)


def _answer(craft: Craft, body: bytes, size: Size) -> tuple[bytes, ...]:
    try:
        master = craft.clean(body, size)
    except Undecodable as refusal:
        return (refusal.reason.encode(),)
    except MemoryError:
        return (b"memory",)
    return (master.png, master.thumbhash.encode(), master.blur.encode())


def _renounce(craft: Craft) -> None:
    """Gives up all that the head of this file says. Windows knows none of it; there the studio's own clock remains."""
    craft.rehearse()
    if sys.platform == "win32":
        return
    import resource

    # A parent may have passed on that it ignores or blocks the alarm.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    # Lowered to none, the limits cannot be raised again but by root.
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        # Not every system has every limit.
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def _alarm(seconds: float) -> None:
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)
