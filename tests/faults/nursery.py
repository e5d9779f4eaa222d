"""Starts `placeholder` processes within milliseconds: this one has imported everything beforehand and forks for each.

What then runs is the real command in a process of its own; only its imports, three quarters of a second, are spared. A storm
that kills every second could otherwise kill little but imports.

    python nursery.py           one JSON object a line, in and out

    in   {"start": {"argv": [...], "env": {...}, "folder": "...", "log": "...", "seed": 7}}       {"signal": 9, "to": pid}
    out  {"started": pid}       {"ended": pid, "status": -9}

Signals go through it, because only a parent knows that a process of that number is still the one that is meant.

It ends with its input, and every process that it started ends with it. Linux.
"""

import ctypes
import json
import os
import random
import select
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

# Whatever a server imports sooner or later.
import alembic.command
import replicate
import uvicorn.protocols.http.httptools_impl
import uvloop

import placeholder.app
import placeholder.cli
import placeholder.cli.ground
import placeholder.db.schema
import placeholder.door.protocol
import placeholder.door.serve
import placeholder.keys.service
import placeholder.providers.outputs
import placeholder.providers.replicate
import placeholder.providers.sketch

_LOADED = (alembic, placeholder, replicate, uvicorn, uvloop)
_PATIENCE_S = 0.01
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def main() -> None:
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads cannot be forked safely"
    children: set[int] = set()
    pending = b""
    try:
        while True:
            if select.select([0], [], [], _PATIENCE_S)[0]:
                chunk = os.read(0, 1 << 16)
                if not chunk:
                    return
                *lines, pending = (pending + chunk).split(b"\n")
                for line in lines:
                    match json.loads(line):
                        case {"start": wish}:
                            pid = _started(**wish)
                            children.add(pid)
                            _tell({"started": pid})
                        case {"signal": number, "to": pid} if pid in children:
                            os.kill(pid, number)
            while children:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                children.discard(pid)
                _tell({"ended": pid, "status": os.waitstatus_to_exitcode(status)})
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _started(argv: list[str], env: dict[str, str], folder: str, log: str, seed: int) -> int:
    pid = os.fork()
    if pid == 0:
        _run(argv, env, folder, log, seed)
    return pid


def _run(argv: list[str], env: dict[str, str], folder: str, log: str, seed: int) -> NoReturn:
    try:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (out, 1), (out, 2)):
            os.dup2(source, target)
        os.closerange(3, 64)
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # A group of its own: what is typed at the tests' terminal is not meant for it.
        os.setpgid(0, 0)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(env)
        random.seed(seed)
        placeholder.cli.main(argv, prog_name="placeholder")
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    os._exit(70)


def _tell(told: dict[str, Any]) -> None:
    os.write(1, json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main()
