"""`placeholder export`: the pictures of a static site as its files, and a manifest for its build.

- A picture lies where a static host serves it at the URL's own path, where a file can (cli/files.py); else in a flat file whose
  name is as good as the URL. What file systems that ignore case would take for one file are two.
- Nothing leaves the folder, by whatever name or link; nothing is half-written; the manifest comes last.
- A file is overwritten where it is as the last manifest says, or is the same anyway. Any other is somebody's.

    manifest.json = { url as listed: { file, type, width, height, bytes, sha256 } }
"""

import json
import sys
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TextIO

import click

from placeholder.cli.files import file_name, path_name, write
from placeholder.cli.listing import LIST, Line, read_list, told, work_off
from placeholder.errors import Refusal
from placeholder.synth.catalogue import Picture

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the manifest says of a picture: its file, from the folder on; its size in pixels, as sent."""

    file: str
    type: str
    width: int
    height: int
    bytes: int
    sha256: str


class Task(NamedTuple):
    file: str
    picture: Picture


@click.command()
@click.argument("listing", type=LIST, metavar="LIST")
@click.option(
    "--out",
    "folder",
    required=True,
    is_eager=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the site.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are not ours, too.")
def export(listing: TextIO, folder: Path, force: bool) -> None:
    """Draw the pictures of a static site into its folder.

    \b
    placeholder export urls.txt --out public/

    LIST has one URL a line (- is standard input), with any host or none; empty lines and lines that begin with # count for
    nothing. Each picture becomes the file that a static host serves at its path: /seed/ada/40x40.png. A URL without an ending
    gets one, and a URL with a query, which no file can have, a name of its own: 600x240-text-hero-8abe64f87c82.svg.
    DIR/manifest.json tells the file, type, width, height, bytes and sha256 of each URL.
    """
    try:
        sys.exit(_exported(read_list(listing), folder, force))
    except OSError as error:
        raise click.ClickException(f"{error.filename or folder}: {error.strerror}") from None


def _exported(lines: list[Line], folder: Path, is_forced: bool) -> int:
    """The exit status. Raises OSError, ClickException."""
    written = _last_manifest(folder / MANIFEST, is_forced)
    tasks, refusals = _planned(lines)
    if lines and not tasks:
        return told(refusals.values())
    folder.mkdir(parents=True, exist_ok=True)
    root = folder.resolve()
    each = list(dict.fromkeys(tasks.values()))
    made = dict(zip(each, work_off(each, lambda task: _made(root, task, written, is_forced)), strict=True))
    manifest: dict[str, dict[str, str | int]] = {}
    for line, task in tasks.items():
        match made[task]:
            case Entry() as entry:
                manifest[line.url] = asdict(entry)
            case sentence:
                refusals[line] = line.refused(sentence)
    write(root / MANIFEST, json.dumps(manifest, indent=2).encode() + b"\n")
    return told(sentence for _, sentence in sorted(refusals.items()))


def _planned(lines: list[Line]) -> tuple[dict[Line, Task], dict[Line, str]]:
    """What to draw for which line, and what to say of the lines that are refused."""
    from placeholder.library import asked_for, target_at

    tasks: dict[Line, Task] = {}
    refusals: dict[Line, str] = {}
    taken: dict[str, Task] = {}
    for line in lines:
        try:
            picture, target = asked_for(line.url), target_at(line.url)
        except Refusal as refusal:
            refusals[line] = line.refused(refusal)
            continue
        ending = picture.format.name.lower()
        for name in filter(None, (path_name(target, ending), file_name(target, ending))):
            task = Task(name, picture)
            if taken.setdefault(name.casefold(), task) == task:
                tasks[line] = task
                break
        else:
            refusals[line] = line.refused("another line's picture has its name")
    return tasks, refusals


def _made(root: Path, task: Task, written: dict[str, str], is_forced: bool) -> Entry | str:
    """Draws and writes one file. What to say where that is refused."""
    from placeholder.library import drawn

    path = root / task.file
    try:
        if not path.parent.resolve().is_relative_to(root):
            return f"{task.file} would lie outside of the folder: a link leads there"
        body = drawn(task.picture)
        digest, lying = sha256(body).hexdigest(), None
        if path.is_symlink() or path.exists():
            if not (path.is_symlink() or path.is_file()):
                return f"{task.file} is there and no file"
            lying = None if path.is_symlink() else sha256(path.read_bytes()).hexdigest()
            if not (is_forced or (lying and lying in (digest, written.get(task.file)))):
                return f"{task.file} is there and not ours; --force overwrites it"
        path.parent.mkdir(parents=True, exist_ok=True)
        if lying != digest:
            write(path, body)
    except Refusal as refusal:
        return str(refusal)
    except OSError as error:
        return f"{task.file}: {error.strerror}"
    size = task.picture.pixels
    return Entry(task.file, task.picture.format.value, size.w, size.h, len(body), digest)


def _last_manifest(path: Path, is_forced: bool) -> dict[str, str]:
    """The digests of the files that we have written, by name. Raises OSError, and ClickException where `path` is another's."""
    if not (path.is_symlink() or path.exists()):
        return {}
    written = None if path.is_symlink() else _read(path.read_bytes())
    if written is None and not is_forced:
        raise click.ClickException(f"{path} is there and not ours; --force overwrites it")
    return written or {}


def _read(manifest: bytes) -> dict[str, str] | None:
    """None where it is no manifest of ours."""
    try:
        entries = [Entry(**entry) for entry in json.loads(manifest).values()]
        digests = {entry.file: entry.sha256 for entry in entries}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return digests if all(isinstance(digest, str) for digest in digests.values()) else None
