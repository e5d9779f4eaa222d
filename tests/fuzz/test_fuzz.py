"""Every target, over its seeds, over what Hypothesis makes of them, and for a moment guided by what it covers.

For longer: `python -m fuzz urls -max_total_time=120`, in tests. PLACEHOLDER_REQUIRE_ATHERIS=1 forbids to go on without atheris.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from fuzz.targets import TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st

RUNS = 3000
named = pytest.mark.parametrize("name", TARGETS)


@named
def test_seeds(name: str) -> None:
    target = TARGETS[name]
    for data in (b"", b"\0", b"\xff" * 100, *target.seeds, *target.words):
        target.run(data)


@named
@settings(max_examples=150)
@given(st.data())
def test_whatever_is_made_of_them(name: str, data: st.DataObject) -> None:
    """Pieces of seeds and words, in any order, with bytes between."""
    target = TARGETS[name]
    seeds = st.tuples(st.sampled_from(target.seeds), st.integers(0, 200), st.integers(0, 200))
    pieces = st.one_of(
        seeds.map(lambda cut: cut[0][cut[1] : cut[1] + cut[2]]), st.sampled_from(target.words), st.binary(max_size=6)
    )
    target.run(data.draw(st.lists(pieces, max_size=8).map(b"".join)))


def test_guided(tmp_path: Path) -> None:
    if find_spec("atheris") is None:
        if os.environ.get("PLACEHOLDER_REQUIRE_ATHERIS") == "1":
            pytest.fail("PLACEHOLDER_REQUIRE_ATHERIS=1, and there is no atheris")
        pytest.skip("no atheris, which has no wheel for this platform: nothing was fuzzed by coverage")
    path = os.pathsep.join((str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])))
    command = [sys.executable, "-m", "fuzz", ",".join(TARGETS), f"-runs={RUNS}", "-seed=1"]
    environment = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    told = ended.stderr.decode("utf-8", "replace")
    assert ended.returncode == 0, told[-3000:]
    assert told.count(f"Done {RUNS} runs") == len(TARGETS), told[-3000:]
    assert list(tmp_path.iterdir()) == []
