"""What the service itself takes: `python tests/bench/footprint.py`. Linux.

From the start of `placeholder serve` to its first answer, and its memory: once it answers, after one picture of every kind,
and after scripts that are shaped; with the packages of the extras (`fonts`, `mcp`) and as if they were not there. The two kinds
take turns, and the medians of the rounds count. A start should not pay for what nobody has asked for: the last row is the ratio.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import report
from processes import answering, family_mb, free_port

EXTRAS = ("mcp", "mcp_types", "uharfbuzz", "bidi")
SERVE = "import sys; sys.modules.update(dict.fromkeys({lacking})); from placeholder.cli import main; main()"
KINDS: dict[str, tuple[str, ...]] = {"with the extras": (), "without": EXTRAS}
PICTURES = (
    *(
        "/400x300",
        "/gradient/400x300",
        "/seed/ada/400x300",
        "/seed/ada/400x300?style=mesh",
        "/glyph/400x300",
        "/color/7c9cff/400x300",
    ),
    *(f"/1200x630.{ending}" for ending in ("png", "jpg", "webp", "avif", "gif")),
)
SHAPED = ("/400x300?text=%D8%B9%D9%86%D8%B5%D8%B1", "/400x300?text=%E0%A4%9A%E0%A4%BF%E0%A4%A4%E0%A5%8D%E0%A4%B0")
"""Arabic and Devanagari: what the fonts extra is for."""


@dataclass
class Seen:
    start_s: list[float] = field(default_factory=list)
    first_mb: list[float] = field(default_factory=list)
    used_mb: list[float] = field(default_factory=list)
    shaped_mb: list[float] = field(default_factory=list)

    def medians(self) -> list[float]:
        return [statistics.median(made) for made in (self.start_s, self.first_mb, self.used_mb, self.shaped_mb)]


def ask_for(origin: str, paths: Sequence[str]) -> None:
    for path in paths:
        urlopen(origin + path).read()


def measure(lacking: tuple[str, ...], seen: Seen) -> None:
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", SERVE.format(lacking=lacking), "serve", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with answering(command, f"{origin}/400x300", folder=Path(folder)) as process:
            seen.start_s.append(time.perf_counter() - began)
            seen.first_mb.append(family_mb(process.pid))
            ask_for(origin, PICTURES)
            seen.used_mb.append(family_mb(process.pid))
            ask_for(origin, SHAPED)
            seen.shaped_mb.append(family_mb(process.pid))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    seen = {name: Seen() for name in KINDS}
    for _ in range(options.rounds):
        for name, lacking in KINDS.items():
            measure(lacking, seen[name])
    rows = [(name, *made.medians()) for name, made in seen.items()]
    having, lacking = (row[1:] for row in rows)
    told = [(name, f"{start:.2f}", *(f"{mb:.0f}" for mb in memory)) for name, start, *memory in rows]
    told.append(("ratio", *(f"{mine / other:.2f}" for mine, other in zip(having, lacking, strict=True))))
    head = ("", "to first answer, s", "RSS MB then", "after each kind of picture", "after shaped scripts")
    report.table(head, told)


if __name__ == "__main__":
    main()
