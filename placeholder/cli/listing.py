"""Lists of URLs, as commands take them: one a line; empty lines and lines that begin with # count for nothing."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TextIO, TypeVar

import click

LIST = click.File(encoding="utf-8-sig", errors="replace")
"""What is no UTF-8 becomes a URL that is refused, by its line."""
_SHOWN = 120
"""Characters of a URL that are told."""

Job = TypeVar("Job")
Done = TypeVar("Done")


class Line(NamedTuple):
    number: int
    url: str

    def refused(self, why: object) -> str:
        """What to say of it; whatever the URL holds, to a terminal it is text."""
        shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in self.url)
        return f"line {self.number}: {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'}: {why}"


def read_list(listing: TextIO) -> list[Line]:
    lines = (Line(number, line.strip()) for number, line in enumerate(listing, 1))
    return [line for line in lines if line.url and not line.url.startswith("#")]


def work_off(jobs: Sequence[Job], work: Callable[[Job], Done]) -> list[Done]:
    """What `work` makes of each, in their order, on every core and under a progress bar."""
    with (
        ThreadPoolExecutor(os.cpu_count()) as pool,
        click.progressbar(pool.map(work, jobs), len(jobs), "Drawing", file=sys.stderr) as bar,
    ):
        return list(bar)


def told(refusals: Iterable[str]) -> int:
    """Tells them. The exit status."""
    sentences = list(refusals)
    for sentence in sentences:
        click.echo(sentence, err=True)
    return 1 if sentences else 0
