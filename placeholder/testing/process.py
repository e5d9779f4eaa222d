"""`placeholder serve` in a process of its own, which ends when it is told to and, however that comes about, with the one that
started it.

The service holds the reading end of a pipe as its standard input. Nobody writes into it; when its other end closes, by
`started` or by the death of the process that had it, the service ends as on SIGTERM.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

PATIENCE_S = 30
"""Seconds that it may take to start, and to end."""
_ADDRESS = re.compile(r"running on (http://127\.0\.0\.1:[1-9][0-9]*)")
_OURS = ("PLACEHOLDER_", "REPLICATE_")


@contextmanager
def started(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """A service that works in `folder`; its origin. Raises RuntimeError."""
    log = folder / "log"
    others = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    # Where the package was found here it has to be found there, though that process starts in another folder.
    path = os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)
    with log.open("wb") as out:
        service = subprocess.Popen(
            [sys.executable, "-m", "placeholder.testing.process"],
            cwd=folder,
            env={**others, "PYTHONPATH": path, **settings},
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
        )
    try:
        yield _origin(service, log)
    finally:
        _end(service)


def _origin(service: "subprocess.Popen[bytes]", log: Path) -> str:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends and service.poll() is None:
        found = _ADDRESS.search(log.read_text("utf-8", "replace"))
        if found:
            return found[1]
        time.sleep(0.02)
    raise RuntimeError(f"The service did not start:\n{log.read_text('utf-8', 'replace')}")


def _end(service: "subprocess.Popen[bytes]") -> None:
    if service.stdin:
        service.stdin.close()
    if os.name != "nt":  # where to terminate is to kill
        service.terminate()
    with suppress(subprocess.TimeoutExpired):
        service.wait(PATIENCE_S)
    if service.poll() is None:
        service.kill()
        service.wait()


def _end_with_the_other() -> None:
    sys.stdin.buffer.read()
    signal.raise_signal(signal.SIGTERM)


def main() -> None:
    """What the other process runs."""
    from placeholder.cli import main as command

    Thread(target=_end_with_the_other, daemon=True).start()
    command(["serve", "--port", "0"])


if __name__ == "__main__":
    main()
