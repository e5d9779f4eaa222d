"""`python -m fuzz TARGET[,TARGET …] [CORPUS …] [-runs=N] [-max_total_time=S]`, in tests: fuzzes targets of targets.py, guided by
what they cover (atheris; the options are libFuzzer's). An input that finds something is written to the present folder; keep it
as a seed of its target.
"""

import logging
import os
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["placeholder", "PIL"]):
    from fuzz.targets import TARGETS, escaped


def fuzz(name: str, folder: Path, options: list[str]) -> None:
    """Ends the process."""
    target = TARGETS[name]
    corpus, words = folder / "corpus", folder / "words"
    corpus.mkdir()
    for at, seed in enumerate(target.seeds):
        Path(corpus, str(at)).write_bytes(seed)
    words.write_text("\n".join(map(escaped, target.words)) + "\n")
    fixed = ["-max_len=9000", "-timeout=10", "-rss_limit_mb=1024", f"-dict={words}"]
    atheris.Setup([name, *fixed, *options, str(corpus)], target.run)
    atheris.Fuzz()


def main(names: str, *options: str) -> int:
    """What is loaded and instrumented once serves every target: each is fuzzed by a process that is forked for it."""
    logging.disable()
    warnings.simplefilter("ignore")
    failed = 0
    for name in names.split(","):
        with tempfile.TemporaryDirectory() as folder:
            child = os.fork()
            if child == 0:
                fuzz(name, Path(folder), list(options))
            failed |= os.waitpid(child, 0)[1]
    return int(failed != 0)


sys.exit(main(*sys.argv[1:]))
