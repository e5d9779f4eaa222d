"""Servers that are measured: processes on a core of their own, from their start over their first answer to their end."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

SERVER_CORE, CLIENT_CORE = "0", "1"
START_S = 30
SERVE = [sys.executable, "-m", "placeholder", "serve"]


class Silent(Exception):
    """A server that never answered."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def on_core(core: str, command: Sequence[str | Path], *, pinned: bool = True) -> list[str | Path]:
    return ["taskset", "-c", core, *command] if pinned else [*command]


@contextmanager
def answering(
    command: Sequence[str | Path],
    url: str,
    *,
    pinned: bool = True,
    folder: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    """The process of `command`, once it answers `url`. Raises Silent."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    chosen = {**os.environ, **(env or {})}
    process = subprocess.Popen(on_core(SERVER_CORE, command, pinned=pinned), cwd=folder, env=chosen, **quiet)
    try:
        until = time.monotonic() + START_S
        while True:
            try:
                urlopen(url, timeout=START_S).read()
                break
            except (OSError, HTTPException) as error:
                if time.monotonic() > until or process.poll() is not None:
                    raise Silent(f"{Path(command[0]).name}: no answer to {url}: {error}") from None
                time.sleep(0.005)
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, *, pinned: bool = True, **env: str
) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """A server that is told its port by `--port` and answers /healthz, in `folder`, which is made; its port and its process."""
    port = free_port()
    folder.mkdir()
    url = f"http://127.0.0.1:{port}/healthz"
    with answering([*command, "--port", str(port)], url, pinned=pinned, folder=folder, env=env) as process:
        yield port, process


def rss_mb(pid: int) -> float:
    """Of this process alone."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0


def family_mb(pid: int) -> float:
    """RSS of a process and of all that it has started; what they share counts for each of them."""
    children = [int(child) for told in Path(f"/proc/{pid}/task").glob("*/children") for child in told.read_text().split()]
    return rss_mb(pid) + sum(map(family_mb, children))
