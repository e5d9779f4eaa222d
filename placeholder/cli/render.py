"""`placeholder render`: pictures into files, without a server."""

import sys
from pathlib import Path
from typing import TextIO

import click

from placeholder.cli.files import file_name, put
from placeholder.cli.listing import LIST, Line, read_list, told, work_off
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
    type=LIST,
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
        put(Path(output), body)
    return 0


def _render_list(listing: TextIO, folder: Path) -> int:
    lines = read_list(listing)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"{folder}: {error.strerror}") from None
    return told(sentence for sentence in work_off(lines, lambda line: _render_into(folder, line)) if sentence)


def _render_into(folder: Path, line: Line) -> str | None:
    """What to say about a line that is refused."""
    from placeholder.library import asked_for, drawn

    try:
        picture = asked_for(line.url)
        put(folder / file_name(line.url, picture.format.name.lower()), drawn(picture))
    except Refusal as refusal:
        return line.refused(refusal)
    return None
