"""What the crash tests stand on."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from faults.harness import KEY, FakeProcess, Nursery, Service, free_ports
from fixtures.buckets import S3

_FIGURES: list[str] = []


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def make_fake(tmp_path: Path) -> Iterator[Callable[..., FakeProcess]]:
    """Makes fakes: `make_fake(seed, **knobs)`."""
    with ExitStack() as stack:

        def make(seed: int, **knobs: Any) -> FakeProcess:
            made = FakeProcess(tmp_path / "log-provider", seed, **knobs)
            stack.callback(made.close)
            return made

        yield make


@pytest.fixture
def make_service(nursery: Nursery, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Makes services that share a folder, not yet started: `make_service(port=…, PLACEHOLDER_…=…)`; those that still live at
    the end are killed."""
    made: list[Service] = []

    def make(port: int | None = None, home: str = "", seed: int = 0, **settings: str) -> Service:
        folder = tmp_path / home
        folder.mkdir(exist_ok=True)
        port = port or free_ports(1, random.Random(os.urandom(8)))[0]
        usual = {
            "PLACEHOLDER_DATA_DIR": str(folder / "data"),
            "PLACEHOLDER_API_KEY": KEY,
            "PLACEHOLDER_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PLACEHOLDER_RASTER_WORKERS": "1",
            "PLACEHOLDER_LEASE_S": "2",
            "PLACEHOLDER_POLL_S": "0.3",
            "PLACEHOLDER_RECONCILE_GRACE_S": "2",
        }
        service = Service(nursery, folder, port, {**usual, **settings}, seed)
        made.append(service)
        return service

    yield make
    for service in made:
        if service.lives:
            service.kill()


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[S3]:
    """An object store that may be stopped."""
    (tmp_path / "s3").mkdir()
    server = S3(tmp_path / "s3")
    yield server
    server.stop()


@pytest.fixture
def figures() -> Callable[[str], None]:
    """Takes a line for the end of the run."""
    return _FIGURES.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _FIGURES:
        terminalreporter.section("crash tests")
        for line in _FIGURES:
            terminalreporter.write_line(line)
