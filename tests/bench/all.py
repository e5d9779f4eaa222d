"""Every benchmark of this folder, and one Markdown report of what they say: `python tests/bench/all.py --out FILE`.

Each runs in a process of its own and by itself, for on two cores nothing else may go on; the report begins with the machine and
the versions. `--quick` only proves that they run: small numbers, several at once, within three minutes; its figures and limits
mean nothing. The command fails where a benchmark does: where it breaks down, and, without `--quick`, where a limit is broken.
"""

import argparse
import ast
import io
import os
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import report

FOLDER = Path(__file__).parent
QUICK_AT_ONCE = 3


@dataclass(frozen=True)
class Words:
    """What a benchmark is told: in earnest, and where it only has to show that it runs."""

    full: str = ""
    quick: str = ""


WORDS = {
    "connections": Words(quick="--connections 500 --polls 50 --rate 100 --seconds 5"),
    "drawing": Words(quick="--limits"),
    "element": Words(quick="--jobs 2 --delay 0.5"),
    "footprint": Words("--rounds 3", "--rounds 1"),
    "growth": Words("--postgres", "--sizes 1000 10000 --rounds 1"),
    "jobs": Words("--rounds 3 --seconds 2", "--rounds 1 --seconds 1 --polls 200"),
    "peers": Words("--rounds 3", "--rounds 1 --seconds 1"),
    "serving": Words("--rounds 3", "--rounds 1 --seconds 1"),
    "soak": Words("--minutes 30", "--minutes 0.5"),
}
"""Whoever is not named here needs no words."""
PARTS = {"startup": "drawing"}
"""Who is run by another of them."""


@dataclass(frozen=True)
class Bench:
    name: str
    about: str
    command: list[str]


@dataclass(frozen=True)
class Outcome:
    bench: Bench
    said: str
    trouble: str
    """The last that it said of itself where it failed."""
    is_broken: bool
    """It did not come to its end, where else a limit is broken."""
    seconds: float

    def markdown(self) -> str:
        command = shlex.join(["python", *self.bench.command])
        trouble = f"\n\n**{'Broke down' if self.is_broken else 'Limit'}**: {self.trouble}" if self.trouble else ""
        return f"## {self.bench.name}\n\n{self.bench.about}\n`{command}`, {self.seconds:.0f} s.\n\n{self.said}{trouble}\n"


def benches(*, is_quick: bool) -> list[Bench]:
    """The files of this folder that are commands."""
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text()
        if path == Path(__file__) or path.stem in PARTS or 'if __name__ == "__main__"' not in text:
            continue
        about = (ast.get_docstring(ast.parse(text)) or "").split("`")[0].strip().rstrip(":") + "."
        words = WORDS.get(path.stem, Words())
        command = [str(path.relative_to(FOLDER.parents[1])), *shlex.split(words.quick if is_quick else words.full)]
        found.append(Bench(path.stem, about, command))
    return found


def run(bench: Bench) -> Outcome:
    root = FOLDER.parents[1]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(root), os.environ.get("PYTHONPATH", "")))}
    began = time.monotonic()
    done = subprocess.run([sys.executable, *bench.command], cwd=root, env=env, capture_output=True, text=True, check=False)
    trouble = (done.stderr.strip().splitlines() or ["it said nothing"])[-1] if done.returncode else ""
    outcome = Outcome(bench, done.stdout.strip(), trouble, "Traceback" in done.stderr, time.monotonic() - began)
    print(f"{bench.name}: {outcome.trouble or 'done'}, {outcome.seconds:.0f} s", file=sys.stderr, flush=True)
    return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="the report; default: standard output")
    parser.add_argument("--quick", action="store_true", help="only prove that they run")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these alone")
    options = parser.parse_args()
    chosen = [bench for bench in benches(is_quick=options.quick) if not options.only or bench.name in options.only]
    if options.only and len(chosen) < len(set(options.only)):
        parser.error(f"expected names of {', '.join(bench.name for bench in benches(is_quick=False))}")
    with redirect_stdout(io.StringIO()) as told:
        report.machine()
    with ThreadPoolExecutor(QUICK_AT_ONCE if options.quick else 1) as pool:
        outcomes = list(pool.map(run, chosen))
    warning = "\nA quick run: it proves that they run; its figures and limits mean nothing.\n" if options.quick else ""
    head = f"# Benchmarks\n\n{time.strftime('%Y-%m-%d', time.gmtime())}. {told.getvalue()}{warning}\n"
    whole = head + "\n".join(outcome.markdown() for outcome in outcomes)
    if options.out:
        options.out.write_text(whole)
    else:
        print(whole)
    failed = [one.bench.name for one in outcomes if (one.is_broken if options.quick else one.trouble)]
    sys.exit(f"failed: {', '.join(failed)}" if failed else None)


if __name__ == "__main__":
    main()
