"""README's promises: each names a proof, and every proof is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def promises() -> list[str]:
    readme = ROOT / "README.md"
    if not readme.is_file():
        pytest.skip("needs the source tree: no README beside the tests")
    section = readme.read_text("utf-8").partition("\n## Promises\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| what")]


def test_every_promise_has_a_proof_that_exists() -> None:
    rows = promises()
    assert len(rows) >= 15
    for row in rows:
        proofs = re.findall(r"`(pytest|python) ([^`]+)`", row.split(" | ")[-1])
        assert proofs, row
        for _, words in proofs:
            paths = [word for word in words.split() if word.startswith("tests/")]
            assert paths, row
            for path in paths:
                found = ROOT / path
                assert found.is_file() or any(found.glob("**/test_*.py")), path
