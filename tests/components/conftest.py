"""The npm package as others get it: packed, installed from its tarball beside real frameworks, built, served.

All of it happens in a copy under pytest's folder; npm's own cache too.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NoReturn

import pytest
import pytest_asyncio
from browser.conftest import (  # noqa: F401
    KEY,
    browser,
    browser_windows,
    engine,
    firefox,
    make_window,
    window,
)

_HERE = Path(__file__).parent
ROOT = _HERE.parents[1]

PATIENCE_S = 240


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def components() -> Path:
    """The package's source."""
    folder = ROOT / "components"
    if not folder.is_dir():
        pytest.skip("needs the source tree: no components beside the tests")
    return folder


def _missing(what: str) -> NoReturn:
    reason = f"{what}: NOTHING OF THE NPM PACKAGE WAS TESTED. To test it: install Node.js 20.19 or newer with npm."
    if os.environ.get("PLACEHOLDER_REQUIRE_NPM") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def _run(command: list[str], folder: Path, **more: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **more}, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def node() -> Callable[..., str]:
    """Runs a module's text in a folder, and gives what it printed; a warning is an error."""
    path = shutil.which("node")
    if not path:
        _missing("NO NODE FOUND")

    def run(script: str, folder: Path) -> str:
        return _run([path, "--throw-deprecation", "--input-type=module", "--eval", script], folder)

    return run


@dataclass(frozen=True)
class Installed:
    """`components`: a copy of the package; `project`: one that has it, and everything else, in its node_modules."""

    components: Path
    project: Path
    npm: Callable[..., str]


@pytest.fixture(scope="session")
def installed(components: Path, node: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Installed:
    path = shutil.which("npm")
    if not path:
        _missing("NO NPM FOUND")
    work = tmp_path_factory.mktemp("npm")
    ignored = shutil.ignore_patterns("node_modules", "dist")
    package = shutil.copytree(components, work / "components", ignore=ignored)
    project = shutil.copytree(_HERE / "project", work / "project", ignore=ignored)

    def npm(*words: str, folder: Path = project) -> str:
        # What is installed beside the project is at hand in the package's folder too.
        paths = os.pathsep.join([str(project / "node_modules" / ".bin"), os.environ["PATH"]])
        return _run([path, *words], folder, PATH=paths, npm_config_cache=str(work / "cache"), npm_config_update_notifier="false")

    tarball = work / npm("pack", "--silent", "--pack-destination", str(work), folder=package).strip()
    # No script of a package runs: none is needed.
    install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--no-save", str(tarball)]
    try:
        try:
            npm(*install)
        except AssertionError:
            npm(*install)
    except AssertionError as error:
        _missing(f"NPM COULD NOT INSTALL ({error})")
    return Installed(package, project, npm)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def pages(installed: Installed) -> Iterator[str]:
    """The origin of the built pages."""
    installed.npm("run", "build")
    handler = partial(_Quiet, directory=str(installed.project / "dist"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def key() -> str:
    return KEY


@pytest.fixture(scope="session")
def service(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """The origin of a service that knows `key` and draws at once, nearly."""
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": "0.3"}
    with serving(**chosen) as port:
        yield f"http://127.0.0.1:{port}"
