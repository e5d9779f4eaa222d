"""What the command line's tests stand on: a home of its own, and commands that end in words and never in a traceback."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fixtures.imagining import SECRET

from placeholder.cli import main

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where commands run, in an environment without a variable of ours."""
    for name in list(os.environ):
        if name.startswith(("PLACEHOLDER_", "REPLICATE_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    """`placeholder` with these words, and these variables besides; `standard output` and `standard error` apart."""

    def invoke(*words: str, **variables: str) -> Result:
        done = CliRunner().invoke(main, words, env=variables)
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        assert "Traceback" not in done.output
        assert done.exit_code in (0, 1, 2, 3)
        return done

    return invoke


@pytest.fixture
def run_on(run: Run) -> Callable[[Path], Run]:
    """The same on the folder of a service that `imagining` has started, from a thread of its own where a loop runs here."""

    def of(folder: Path) -> Run:
        return lambda *words: run(*words, PLACEHOLDER_DATA_DIR=str(folder), PLACEHOLDER_SECRET=SECRET)

    return of
