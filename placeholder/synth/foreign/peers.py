"""Every peer on one screen: its name, the hosts that it answers by, its grammar. To add one: its file, one line here."""

from collections.abc import Callable
from dataclasses import dataclass

from placeholder.synth.foreign import (
    dummyimage_com,
    fakeimg_pl,
    picsum_photos,
    placehold_co,
    placeholders_dev,
    via_placeholder_com,
)

Grammar = Callable[[str], str | None]
"""From a peer's target to one of ours; None where it is not the peer's. Raises BadParameter."""


@dataclass(frozen=True, slots=True)
class Peer:
    """`read` is for a URL that may be anybody's, `read_at_host` for one that names the peer's host."""

    name: str
    hosts: tuple[str, ...]
    read: Grammar
    read_at_host: Grammar


PEERS = (
    Peer(
        "via.placeholder.com",
        ("via.placeholder.com", "placeholder.com", "www.placeholder.com", "placehold.it", "www.placehold.it"),
        via_placeholder_com.read,
        via_placeholder_com.read,
    ),
    Peer("placehold.co", ("placehold.co", "www.placehold.co"), placehold_co.read, placehold_co.read),
    Peer("dummyimage.com", ("dummyimage.com", "www.dummyimage.com"), dummyimage_com.read, dummyimage_com.read),
    Peer("fakeimg.pl", ("fakeimg.pl", "www.fakeimg.pl"), fakeimg_pl.read, fakeimg_pl.read),
    Peer(
        "placeholders.dev",
        ("images.placeholders.dev", "placeholders.dev", "www.placeholders.dev"),
        placeholders_dev.read,
        placeholders_dev.read,
    ),
    Peer(
        "picsum.photos",
        ("picsum.photos", "www.picsum.photos", "i.picsum.photos", "fastly.picsum.photos"),
        picsum_photos.read,
        picsum_photos.read_all,
    ),
)
BY_NAME = {name: peer for peer in PEERS for name in (peer.name, peer.name.rpartition(".")[0])}
"""With the top-level domain and without it, in lower case."""
