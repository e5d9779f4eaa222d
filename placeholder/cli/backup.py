"""`placeholder backup` and `placeholder restore`: what a service keeps on its own disk, as one file, and back."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

_HALF = ".placeholder-backup.half"
"""What a backup is called in its folder until it is whole."""
_SHOWN = 5
"""Jobs that are named."""


@click.command()
@click.argument("target", metavar="FILE|DIR", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--without-secret", is_flag=True, help="Leave the secret out. You need it to restore: keep it elsewhere.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def backup(target: Path, without_secret: bool, force: bool) -> None:
    """Write a backup into FILE, while the service runs or not.

    \b
    placeholder backup backup.tar
    placeholder backup /backups          a file in that folder, named after the time
    placeholder backup - | age -r …      to standard output

    It holds the database as it is at this moment, the finished pictures, and the secret: WHOEVER HAS THE FILE HAS YOUR KEYS'
    DIGESTS, YOUR PROMPTS AND WHAT OPENS THEM. Only you may read it (mode 0600). Without the secret no key of yours works and
    no prompt opens; one that is given by PLACEHOLDER_SECRET is not written down, so keep that too.

    Pictures in a bucket are not in it: turn on the bucket's versioning. PostgreSQL has pg_dump.
    """
    from placeholder.backups.archive import Place
    from placeholder.backups.premises import premises
    from placeholder.backups.take import take
    from placeholder.blobs.store import open_blobs
    from placeholder.settings import read_settings

    with _in_words():
        settings = read_settings()
        where = premises(settings)
        path = _target(target, force)
        with _whole(path) if path else nullcontext(sys.stdout.buffer) as out:
            taken = asyncio.run(take(where, settings.database, open_blobs(settings.storage), out, with_secret=not without_secret))
            out.flush()
    pictures = f"{taken.pictures} pictures" if where.pictures else "without the pictures, which lie in a bucket"
    told = f"{path or 'Standard output'} has the backup: the database, {pictures}"
    if taken.about.secret is Place.HERE:
        click.echo(f"{told}, and the secret. Guard it like a password.", err=True)
    else:
        click.echo(f"{told}. The secret is not in it, and nothing works without: keep that too.", err=True)
    if taken.lost:
        names = ", ".join(taken.lost[:_SHOWN]) + (" …" if len(taken.lost) > _SHOWN else "")
        click.echo(f"{len(taken.lost)} pictures were not in the store, deleted meanwhile or lost: {names}", err=True)
    if path and path != target:
        click.echo(path)


@click.command()
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--force", is_flag=True, help="Put it in the place of what is there, which is kept under another name.")
def restore(source: Path, force: bool) -> None:
    """Put a BACKUP in its place, while no service runs.

    \b
    placeholder restore backup.tar
    age -d … | placeholder restore -     from standard input

    It is looked through before anything is touched, and put in place as a whole or not at all. Jobs that were under way go on
    when the service starts. What came after the backup is not in it: newer jobs and keys are gone, and A KEY THAT WAS REVOKED
    SINCE WORKS AGAIN.
    """
    from placeholder.backups.bring import bring
    from placeholder.backups.premises import premises
    from placeholder.settings import read_settings

    with _in_words():
        where = premises(read_settings())
        with source.open("rb") if str(source) != "-" else nullcontext(sys.stdin.buffer) as opened:
            brought = asyncio.run(bring(where, opened, is_forced=force))
    click.echo(f"The backup of {brought.about.made_at} is in place, with {brought.pictures} pictures.", err=True)
    click.echo("Keys that were revoked since work again: placeholder keys list", err=True)
    if brought.kept:
        click.echo("What was there before is kept; delete it when all is well:", err=True)
    for path in brought.kept:
        click.echo(f"    {path}", err=True)


def _target(target: Path, is_forced: bool) -> Path | None:
    """The file to write; None for standard output. Raises ClickException."""
    if str(target) == "-":
        if sys.stdout.isatty():
            raise click.ClickException("FILE: a backup is nothing for a terminal; expected a file, or - and a pipe")
        return None
    path = target / datetime.now(UTC).strftime("placeholder-%Y%m%dT%H%M%SZ.tar") if target.is_dir() else target
    if not path.parent.is_dir():
        raise click.ClickException(f"{path.parent}: expected a folder that is there")
    if not is_forced and os.path.lexists(path):
        raise click.ClickException(f"{path} is there; --force overwrites it")
    return path


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that is called `path` once all of it is on the disk, and else is not there. Raises InUse, OSError."""
    from placeholder.db.hold import alone

    half = path.with_name(_HALF)
    try:
        with alone(half) as file:
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                half.replace(path)
            except BaseException:
                half.unlink(missing_ok=True)
                raise
    except OSError as error:  # whose writes do not say where
        error.filename = error.filename or str(path)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _in_words() -> Iterator[None]:
    """Raises click.ClickException. SIGTERM and Ctrl-C end what is being done at once, and cleanly; asyncio would wait for the
    next step."""
    from placeholder.backups.archive import BadBackup
    from placeholder.backups.premises import NotOurs
    from placeholder.cli.ground import told
    from placeholder.db.hold import InUse

    is_main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGINT) if is_main}
    try:
        with told():
            yield
    except BadBackup as error:
        raise click.ClickException(f"BACKUP: {error}") from None
    except (NotOurs, InUse) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename2 or error.filename or 'The disk'}: {error.strerror}") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: object) -> None:
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
