"""`placeholder render`: pictures into files, without a server."""

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import click

from placeholder.errors import Refusal


@click.command()
@click.argument("url", required=False)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Where to; - is standard output. Its ending may choose the format.",
)
@click.option(
    "--from",
    "listing",
    type=click.File(encoding="utf-8", errors="replace"),
    metavar="FILE",
    help="A list: one URL a line; - is standard input.",
)
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Folder for the pictures of a list."
)
def render(url: str | None, output: str | None, listing: TextIO | None, folder: Path | None) -> None:
    """Draw pictures into files, without a server.

    \b
    placeholder render '/600x240?text=hero' -o hero.png
    placeholder render --from urls.txt --out pictures/

    In a list, empty lines and lines that begin with # count for nothing.
    """
    if url and output and not (listing or folder):
        sys.exit(_render_one(url, output))
    if listing and folder and not (url or output):
        sys.exit(_render_list(listing, folder))
    raise click.UsageError("Give a URL with -o FILE, or --from FILE with --out DIR.")


def _render_one(url: str, output: str) -> int:
    from placeholder.library import asked_for, drawn

    try:
        body = drawn(asked_for(url, output))
    except Refusal as refusal:
        click.echo(f"{url}: {refusal}", err=True)
        return 1
    if output == "-":
        sys.stdout.buffer.write(body)
    else:
        write(Path(output), body)
    return 0


def _render_list(listing: TextIO, folder: Path) -> int:
    urls = [(number, line.strip()) for number, line in enumerate(listing, 1) if line.strip() and not line.startswith("#")]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"{folder}: {error.strerror}") from None
    refused: list[str] = []
    with (
        ThreadPoolExecutor(os.cpu_count()) as pool,
        click.progressbar(
            pool.map(lambda entry: _render_into(folder, *entry), urls), len(urls), "Drawing", file=sys.stderr
        ) as bar,
    ):
        refused += [sentence for sentence in bar if sentence]
    for sentence in refused:
        click.echo(sentence, err=True)
    return 1 if refused else 0


def _render_into(folder: Path, number: int, url: str) -> str | None:
    """What to say about a line that is refused."""
    from placeholder.library import asked_for, drawn

    try:
        picture = asked_for(url)
        write(folder / file_name(url, picture.format.name.lower()), drawn(picture))
    except Refusal as refusal:
        return f"line {number}: {url}: {refusal}"
    return None


def file_name(url: str, ending: str) -> str:
    """A flat, portable name for the picture at `url`, one for each URL: `seed-ada-40x40.png`, with a mark of eight digits
    before the ending where the path's plain characters do not tell the whole URL."""
    parts = urlsplit(url)
    stem = re.sub(r"\.[a-z]+$", "", parts.path.strip("/")).replace("/", "-")
    plain = re.sub(r"[^a-z0-9@_-]+", "-", stem.lower())[:80]
    mark = "" if plain == stem and not parts.query else "-" + sha256(url.encode()).hexdigest()[:8]
    return f"{plain}{mark}.{ending}"


def write(path: Path, body: bytes) -> None:
    """All of `body` or nothing."""
    unfinished = path.with_name(path.name + ".part")
    try:
        unfinished.write_bytes(body)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise click.ClickException(f"{path}: {error.strerror}") from None
