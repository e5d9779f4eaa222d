"""Sites of Django, Flask and Starlette with tests of their own, run as their owners would run them, warnings for errors."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
METADATA = """Metadata-Version: 2.1
Name: placeholder-as-installed
Version: 1
"""

RUNS = {
    "django_shop": ["-W", "error", "-m", "django", "test", "--settings", "settings"],
    "flask_shop": ["-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:asyncio", "tests.py"],
    "starlette_shop": ["-W", "error", "-m", "unittest", "-v", "tests"],
}


@pytest.fixture
def installed(tmp_path: Path) -> dict[str, str]:
    """An environment where pytest finds the plugin as in an installed package, however this one is installed."""
    folder = tmp_path / "site" / "placeholder_as_installed-1.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(METADATA)
    (folder / "entry_points.txt").write_text("[pytest11]\nplaceholder = placeholder.testing.plugin\n")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PLACEHOLDER_", "DJANGO_", "PYTEST_"))}
    package = str(HERE.parents[1]) if (HERE.parents[1] / "placeholder").is_dir() else ""
    path = os.pathsep.join(filter(None, (str(folder.parent), package, os.environ.get("PYTHONPATH", ""))))
    return {**own, "PYTHONPATH": path, "PLACEHOLDER_DATA_DIR": str(tmp_path / "data")}


@pytest.mark.parametrize("project", RUNS)
def test_a_project_tests_itself(tmp_path: Path, installed: dict[str, str], project: str) -> None:
    folder = tmp_path / project
    shutil.copytree(HERE / "projects" / project, folder)
    command = [sys.executable, *RUNS[project]]
    done = subprocess.run(command, cwd=folder, env=installed, capture_output=True, text=True, check=False, timeout=120)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "OK" in told or "3 passed" in told
    assert "skipped" not in told
