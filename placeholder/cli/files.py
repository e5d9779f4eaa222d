"""Pictures as files: what they are called, and how they get there whole.

A name is portable where every file system and every static host takes it for itself:

    name    = *( segment "/" ) segment
    segment = 1*64( letter / digit / "." / "_" / "@" / "," / "=" / "-" / " " )

without "." or "-" at a segment's beginning, without "." or a space at its end, and not what Windows calls a device (CON,
nul.txt). "+" is none of them: some hosts read it as a space.
"""

import re
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, unquote_plus, urlsplit

import click

_SEGMENT = re.compile(r"[A-Za-z0-9_@,=](?:[A-Za-z0-9._@,= -]{0,62}[A-Za-z0-9_@,=-])?")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\s*(?:\..*)?", re.IGNORECASE)
_MARK_DIGITS = 12


def path_name(url: str, ending: str) -> str | None:
    """The name under which a static host has the picture at its own URL: `seed/ada/40x40.png`. A URL that leaves the format open
    gets the ending with which it is a URL of the same picture. None where there is a query, or the path is not portable."""
    parts = urlsplit(url)
    name = unquote(parts.path).removeprefix("/")
    is_portable = all(_SEGMENT.fullmatch(segment) and not _DEVICE.fullmatch(segment) for segment in name.split("/"))
    if parts.query or not is_portable:
        return None
    return name if "." in name.rpartition("/")[2] else f"{name}.{ending}"


def file_name(url: str, ending: str) -> str:
    """A flat, portable name for the picture at `url`, one for each URL: `seed-ada-40x40.png`. Where the path's plain characters
    do not tell the whole URL, its words and a mark of twelve digits follow: `600x240-text-hero-banner-294e12402d99.svg`."""
    parts = urlsplit(url)
    stem = re.sub(r"\.[a-z]+$", "", unquote(parts.path).strip("/")).replace("/", "-")
    plain = _plain(stem)[:60]
    if plain == stem and not parts.query:
        return f"{plain}.{ending}"
    words = _plain(unquote_plus(parts.query)).strip("-")[:40]
    return "-".join(filter(None, (plain, words, sha256(url.encode()).hexdigest()[:_MARK_DIGITS]))) + f".{ending}"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9@_-]+", "-", text.lower())


def write(path: Path, body: bytes) -> None:
    """All of `body` or nothing. What is there and no file (a device, a pipe) is written to and stays. Raises OSError."""
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(body)
        return
    unfinished = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with unfinished.open("xb") as file:
            file.write(body)
        unfinished.replace(path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
        raise


def put(path: Path, body: bytes) -> None:
    """The same. Raises ClickException."""
    try:
        write(path, body)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
