"""wrk: one thread on the second core, so many requests a second and how late the slowest of a hundred is."""

import re
import shutil
import statistics
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from processes import CLIENT_CORE, on_core

CONNECTIONS = 64
_WAIT_S = 30
"""What an answer may take."""
_MS = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}


class Failed(Exception):
    """The server answered with errors, or not at all."""


@dataclass(frozen=True)
class Figure:
    """Requests a second, and the 99th percentile of their times."""

    rate: float
    p99_ms: float


def require(*tools: str) -> None:
    for tool in ("wrk", "taskset", *tools):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is not on the PATH")


def wrk(url: str, seconds: int, folder: Path, script: str = "", *, pinned: bool = True, connections: int = CONNECTIONS) -> Figure:
    """`script` is Lua, written into `folder`. Raises Failed."""
    command: list[str | Path] = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={_WAIT_S}s", "--latency"]
    if script:
        lua = folder / "script.lua"
        lua.write_text(script)
        command += ["-s", lua]
    out = subprocess.run(on_core(CLIENT_CORE, [*command, url], pinned=pinned), capture_output=True, text=True, check=True).stdout
    rate, late = re.search(r"Requests/sec:\s+([\d.]+)", out), re.search(r"99%\s+([\d.]+)(us|ms|s|m)", out)
    trouble = re.search(r"(Non-2xx|Socket errors).*", out)
    if trouble or not rate or not late or not float(rate[1]):
        raise Failed(f"wrk, {url}: {trouble[0] if trouble else f'no answer in {seconds} s'}")
    return Figure(float(rate[1]), float(late[1]) * _MS[late[2]])


def median(figures: Iterable[Figure]) -> Figure:
    """Of each part for itself."""
    rates, times = zip(*((figure.rate, figure.p99_ms) for figure in figures), strict=True)
    return Figure(statistics.median(rates), statistics.median(times))
