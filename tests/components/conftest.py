"""The npm package as others get it: packed, installed from its tarball beside real frameworks, built, served.

All of it happens in a copy under pytest's folder.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

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
from fixtures.npm import Npm
from fixtures.sites import hosted

_HERE = Path(__file__).parent
ROOT = _HERE.parents[1]


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


@dataclass(frozen=True)
class Installed:
    """`components`: a copy of the package; `project`: one that has it, and everything else, in its node_modules."""

    components: Path
    project: Path
    npm: Callable[..., str]


@pytest.fixture(scope="session")
def installed(components: Path, npm: Npm, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    work = tmp_path_factory.mktemp("package")
    ignored = shutil.ignore_patterns("node_modules", "dist")
    package = shutil.copytree(components, work / "components", ignore=ignored)
    project = shutil.copytree(_HERE / "project", work / "project", ignore=ignored)

    def run(*words: str, folder: Path = project) -> str:
        # What is installed beside the project is at hand in the package's folder too.
        return npm(*words, folder=folder, PATH=os.pathsep.join([str(project / "node_modules" / ".bin"), os.environ["PATH"]]))

    tarball = work / run("pack", "--silent", "--pack-destination", str(work), folder=package).strip()
    npm.install(project, str(tarball))
    return Installed(package, project, run)


@pytest.fixture(scope="session")
def pages(installed: Installed) -> Iterator[str]:
    """The origin of the built pages."""
    installed.npm("run", "build")
    with hosted(installed.project / "dist") as origin:
        yield origin


@pytest.fixture(scope="session")
def key() -> str:
    return KEY


@pytest.fixture(scope="session")
def service(serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """The origin of a service that knows `key` and draws at once, nearly."""
    chosen = {"PLACEHOLDER_API_KEY": KEY, "PLACEHOLDER_PROVIDER": "sketch", "PLACEHOLDER_SKETCH_DELAY_S": "0.3"}
    with serving(**chosen) as port:
        yield f"http://127.0.0.1:{port}"
