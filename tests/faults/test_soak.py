"""The soak of tests/bench/soak.py, in forty-five seconds; and that it would tell."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bench.soak import Report, Sample, Tally, faults, soak, table

WARM_UP_S, LOAD_S = 18, 22
LEAK_KB = 2.5
"""For each request. After so short a warm-up about one is measured, on any machine; an answer that leaks is several."""
LEAST_KB = 6000
"""What the allocator may take at once."""
FLAT = Sample(0, 140_000, 40, 20, 4_000_000)


def a_report(**changes: object) -> Report:
    samples = [FLAT._replace(at=n, rss_kb=140_000 + n % 7 * 5000, files=40 + n % 9) for n in range(90)]
    tallies = {"drawing": Tally([0.01], Counter({"200": 1})), "pixels": Tally([0.01], Counter({"503, later": 1}))}
    return replace(Report(samples, FLAT._replace(files=27), FLAT._replace(files=28, threads=22), tallies), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, None),
        ({"after": FLAT._replace(files=27, rss_kb=147_000)}, None),
        ({"after": FLAT._replace(files=27, rss_kb=147_001)}, "memory grew from 136.7 to 143.6 MB"),
        ({"after": FLAT._replace(files=20, threads=1, rss_kb=100_000)}, None),
        ({"after": FLAT._replace(files=30)}, "30 files are open, after the warm-up there were 27"),
        ({"after": FLAT._replace(files=27, threads=23)}, "23 threads run, after the warm-up there were 20"),
        ({"samples": [FLAT, FLAT._replace(wal=8_388_608), FLAT]}, "the write-ahead log had 8,388,608 bytes"),
        ({"tallies": {"drawing": Tally([0.01], Counter({"200": 5, "!500": 2}))}}, "drawing: 2 answered !500"),
        ({"tallies": {"drawing": Tally([0.01], Counter({"200": 5, "!ReadError": 1}))}}, "drawing: 1 answered !ReadError"),
        ({"tallies": {"drawing": Tally()}}, "drawing: none was answered"),
    ],
)
def test_what_a_run_should_not_show(changes: dict[str, object], says: str | None) -> None:
    assert faults(a_report(**changes)) == ([says] if says else [])


async def test_a_soak(tmp_path: Path, figures: Callable[[str], None]) -> None:
    report = await soak(tmp_path, WARM_UP_S, LOAD_S, pace=3)
    figures("soak\n" + table(report))
    requests = sum(len(tally.seconds) for tally in report.tallies.values())
    assert not faults(report, max(LEAST_KB, LEAK_KB * requests) / report.before.rss_kb)
