"""Where masters are made: in processes of their own, which a hostile picture may take with it.

A worker (`easel`) lives for _PICTURES pictures and is replaced when it is worn or dead; at most as many live as there are
threads here, of which each hands one picture to one worker and waits. So a worker's death concerns one picture. It is tried
once more with a fresh worker, since a worker may have died of something else (a system short of memory picks its victims),
unless its time was up.

Rules: workers are started, not forked, because a server has threads; they get no environment, where secrets are; they end
when their input ends. The event loop never waits for one.

concurrent.futures' own pool of processes is not used: it unpickles what the workers say, ends all of them when one dies, does
not tell how, and its workers outlive a server that was killed, as each holds both ends of the pipe that it waits on.
"""

import asyncio
import os
import re
import signal
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import FileIO
from pathlib import Path
from threading import Lock, Timer
from typing import cast, get_args

from placeholder.raster.easel import SIDES, receive, send
from placeholder.raster.master import Master, Reason, Undecodable
from placeholder.values.size import Size

MAX_BODY = 32 << 20
"""Bytes of a picture that are taken in at most."""
_MAX_ANSWER = 128 << 20
_PICTURES = 100
"""A decoder that leaks memory, or shreds it, does so for so many pictures."""
_ATTEMPTS = 2
_LATE = 5
"""Seconds after which the studio itself ends a worker whose alarm did not, or that does not start."""
_START = """
import sys
module, seconds, most, *sys.path = sys.argv[1:]
from placeholder.raster.easel import main
main(module, float(seconds), int(most))
"""
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Of the environment, what an interpreter may need to start."""


class _Died(Exception):
    """A worker that ended instead of answering; `late` when its time was up."""

    def __init__(self, late: bool) -> None:
        super().__init__()
        self.late = late


class _Worker:
    """One process and the two pipes to it."""

    def __init__(self, craft: str, seconds: float) -> None:
        path = [entry or str(Path.cwd()) for entry in sys.path]
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-c", _START, craft, str(seconds), str(MAX_BODY), *path],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            # Ctrl-C in a terminal is for the server, which lets its pictures be finished.
            start_new_session=True,
        )
        # Without a buffer these are plain files.
        self._in, self._out = cast(FileIO, self._process.stdin), cast(FileIO, self._process.stdout)
        self._patience = seconds + _LATE
        self._killed_late = self._ready = False
        self._pictures = 0

    @property
    def fit(self) -> bool:
        """Whether it can take another picture."""
        return self._pictures < _PICTURES and self._process.poll() is None

    def get_ready(self) -> None:
        """Returns once it waits for a picture. Raises _Died."""
        if not self._ready:
            self._exchange()
            self._ready = True

    def ask(self, body: bytes, size: Size) -> list[bytes]:
        """Its answer. Raises _Died."""
        self._pictures += 1
        return self._exchange(SIDES.pack(size.w, size.h), body)

    def _exchange(self, *parts: bytes) -> list[bytes]:
        clock = Timer(self._patience, self._kill_late)
        clock.daemon = True
        clock.start()
        try:
            if parts:
                send(self._in, *parts)
            return receive(self._out, _MAX_ANSWER)
        except (EOFError, OSError):
            self.end()
            raise _Died(self._killed_late or self._process.returncode == -getattr(signal, "SIGALRM", 0)) from None
        finally:
            clock.cancel()

    def _kill_late(self) -> None:
        self._killed_late = True
        self.kill()

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Leaves nothing behind of it. It holds nothing that is worth a farewell."""
        self.kill()
        self._process.wait()
        for pipe in (self._in, self._out):
            with suppress(OSError):
                pipe.close()


class Studio:
    """`workers` pictures at a time, `seconds` for each. `craft` names the module whose `clean` is run."""

    def __init__(self, workers: int, seconds: float = 10, craft: str = "placeholder.raster.master") -> None:
        self._craft, self._seconds = craft, seconds
        self._hands = ThreadPoolExecutor(workers, thread_name_prefix="studio")
        self._lock = Lock()
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False

    async def clean(self, body: bytes, size: Size) -> Master:
        """The master of `body`. Raises Undecodable, and RuntimeError when the studio is closed or no worker starts, which is
        not the picture's fault."""
        if len(body) > MAX_BODY:
            raise Undecodable("size")
        return await asyncio.get_running_loop().run_in_executor(self._hands, self._clean, body, size)

    async def warm(self) -> None:
        """Starts a worker ahead, so that the next picture finds it ready."""
        await asyncio.get_running_loop().run_in_executor(self._hands, self._warm)

    def close(self) -> None:
        """Ends the workers, whatever they are at."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.kill()
        self._hands.shutdown()
        while self._idle:
            self._idle.pop().end()

    def _warm(self) -> None:
        self._put_back(self._take())

    def _clean(self, body: bytes, size: Size) -> Master:
        for _ in range(_ATTEMPTS):
            worker = self._take()
            try:
                return _understood(worker.ask(body, size), size)
            except _Died as death:
                if death.late:
                    raise Undecodable("time") from None
            finally:
                self._put_back(worker)
        raise Undecodable("crash")

    def _take(self) -> _Worker:
        """A worker that waits for a picture."""
        for _ in range(_ATTEMPTS):
            with suppress(OSError):
                worker = self._waiting() or self._started()
                try:
                    worker.get_ready()
                except _Died:
                    self._put_back(worker)
                else:
                    return worker
        raise RuntimeError("no worker of the studio starts")

    def _waiting(self) -> _Worker | None:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.fit:
                    self._busy.add(worker)
                    return worker
                worker.end()
        return None

    def _started(self) -> _Worker:
        worker = _Worker(self._craft, self._seconds)
        with self._lock:
            self._busy.add(worker)
            closed = self._closed
        if closed:
            self._put_back(worker)
            raise RuntimeError("the studio is closed")
        return worker

    def _put_back(self, worker: _Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
            fit = worker.fit and not self._closed
            if fit:
                self._idle.append(worker)
        if not fit:
            worker.end()


_REASONS: dict[bytes, Reason] = {reason.encode(): reason for reason in get_args(Reason)}
_THUMBHASH = re.compile(rb"[A-Za-z0-9+/]{1,64}={0,2}")
_BLUR = re.compile(rb"data:image/webp;base64,[A-Za-z0-9+/]{1,2000}={0,2}")


def _understood(answer: list[bytes], size: Size) -> Master:
    """What a worker says, if it is one of the things that it may say."""
    match answer:
        case [png, thumbhash, blur] if _is_png(png, size) and _THUMBHASH.fullmatch(thumbhash) and _BLUR.fullmatch(blur):
            return Master(png, thumbhash.decode(), blur.decode())
        case [reason] if reason in _REASONS:
            raise Undecodable(_REASONS[reason])
    raise Undecodable("crash")


def _is_png(body: bytes, size: Size) -> bool:
    heads = (struct.pack(">8sI4sIIBBBBB", b"\x89PNG\r\n\x1a\n", 13, b"IHDR", size.w, size.h, 8, kind, 0, 0, 0) for kind in (2, 6))
    return body.startswith(tuple(heads))
