"""What a start costs, with the packages that the extras bring and without: `python tests/bench/startup.py`.

A start is a new process, and counts with its own time, user and system; the two kinds take turns, and the medians count. Without:
as if these packages were not there. A start that is slower for having them has loaded what nobody asked for.
"""

import statistics
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage

EXTRAS = ("mcp", "mcp_types", "uharfbuzz", "bidi")
STARTS = {
    "a first picture": "from placeholder import draw; draw('/400x300')",
    "the command line": "import placeholder.cli",
    "the application": "import placeholder.app",
}
WITHOUT = f"import sys; sys.modules.update(dict.fromkeys({EXTRAS}))\n"
LIMIT = 1.05
"""Of the time without; what lies below is noise."""
ROUNDS = 9


def seconds(code: str) -> float:
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure() -> bool:
    """Prints the table; whether every start keeps to its limit."""
    print("\n| start | ms with the extras | ms without | ratio | limit | |\n|---|--:|--:|--:|--:|---|")
    kept = True
    for name, code in STARTS.items():
        kinds = (code, WITHOUT + code)
        rounds = [[seconds(kind) for kind in kinds] for _ in range(ROUNDS + 1)][1:]
        having, lacking = (statistics.median(kind) for kind in zip(*rounds, strict=True))
        is_kept = having / lacking < LIMIT
        kept &= is_kept
        print(
            f"| {name} | {having * 1e3:.0f} | {lacking * 1e3:.0f} | {having / lacking:.2f} | {LIMIT}"
            f" | {'kept' if is_kept else 'BROKEN'} |",
            flush=True,
        )
    return kept


if __name__ == "__main__":
    sys.exit(None if measure() else "a limit is broken")
