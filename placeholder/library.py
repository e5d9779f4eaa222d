"""The service without a server: a URL's picture, byte for byte what the service answers."""

from pathlib import PurePath
from urllib.parse import urlsplit

from placeholder.errors import BadParameter, NoSuchPicture
from placeholder.raster.make import make
from placeholder.synth.catalogue import Picture, find_target, svg_bytes
from placeholder.values.format import SUFFIXES, Format


def draw(url: str) -> bytes:
    """The picture at `url`, which is a path with its query (`/600x240.png?text=hero`) or a whole URL whose host is not
    looked at.

    Raises placeholder.errors.Refusal, as the service would answer 4xx."""
    return drawn(asked_for(url))


def drawn(picture: Picture) -> bytes:
    """The bytes of `picture` in its format."""
    return svg_bytes(picture) if picture.format is Format.SVG else make(picture)


def asked_for(url: str, file_name: str = "") -> Picture:
    """The picture at `url`; where `url` leaves the format open, the ending of `file_name` may choose one. Raises Refusal."""
    target = target_at(url)
    picture = find_target(target)
    wanted = SUFFIXES.get(PurePath(file_name).suffix.lower())
    if wanted is None or wanted[0] is picture.format:
        return picture
    if "." in target.partition("?")[0].rpartition("/")[2]:
        raise BadParameter("output", f"a file that ends as the URL does, in {picture.format.name.lower()}")
    return picture._replace(format=wanted[0])


def target_at(url: str) -> str:
    """The path and the query of `url`. Raises NoSuchPicture."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise NoSuchPicture from None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
