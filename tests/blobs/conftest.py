"""Stores of each kind, empty."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from fixtures.buckets import BUCKET, S3, addressed

from placeholder.blobs.store import Blobs, open_blobs

_PREFIX = count()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    server = S3(tmp_path_factory.mktemp("s3"))
    yield server
    server.stop()


@pytest.fixture
def at_s3(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From an address, an environment in which our credentials and that address are found, and no others."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)

    def at(url: str) -> None:
        for name, value in addressed(url).items():
            monkeypatch.setenv(name, value)

    return at


@pytest.fixture(params=["disk", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """An empty store of each kind."""
    if request.param == "disk":
        return open_blobs((tmp_path / "pictures").as_uri())
    if request.param == "memory":
        return open_blobs("memory:")
    request.getfixturevalue("at_s3")(request.getfixturevalue("s3").url)
    return open_blobs(f"s3://{BUCKET}/tests/{next(_PREFIX)}")
