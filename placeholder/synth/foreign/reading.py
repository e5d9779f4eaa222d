"""Which foreign grammars read a request, and what it then asks of us.

- On a peer's host its grammar comes first, then our own: that host never meant us.
- Anywhere else our own comes first, and what it does not know is tried by the grammars that the operator listed, in the order of
  the list.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from placeholder.errors import Refusal, TooLong
from placeholder.synth.catalogue import MAX_URL
from placeholder.synth.foreign.peers import BY_NAME, PEERS, Grammar

MAX_HOST = 300
"""Bytes of a Host header that are looked at: a name has 253 characters at most."""
_PORT = re.compile(r":[0-9]*$")


class Turned(NamedTuple):
    """A foreign target turned into one of ours. With a `refusal`, `target` is at best the picture that was asked for without
    what is wrong: its size and its format are those of the refusal's."""

    target: str
    refusal: Refusal | None


class Reading:
    """`listed`: the names of the peers to try for what we do not know; `hosts`: further hosts, lower-case, each with the name of
    the peer that it stands for. Raises KeyError for names of nobody."""

    def __init__(self, listed: Iterable[str] = (), hosts: Mapping[str, str] | None = None) -> None:
        self._listed = tuple(BY_NAME[name.lower()].read for name in listed)
        own = {host: peer for peer in PEERS for host in peer.hosts}
        further = {host: BY_NAME[name.lower()] for host, name in (hosts or {}).items()}
        self._at: dict[str, Grammar] = {host: peer.read_at_host for host, peer in {**own, **further}.items()}

    def is_foreign(self, host: bytes) -> bool:
        """Whether a Host header names a peer's host."""
        return len(host) <= MAX_HOST and _name(host) in self._at

    def at_host(self, host: bytes, target: str) -> Turned | None:
        """What `target` asks for on a peer's host; None where that peer never had it, or the host is nobody's."""
        return _turned(self._at[_name(host)], target) if self.is_foreign(host) else None

    def elsewhere(self, target: str) -> Turned | None:
        """What `target`, which we do not know, asks for by the grammars of the list; None where none of them knows it."""
        return next((turned for grammar in self._listed if (turned := _turned(grammar, target))), None)


@lru_cache(maxsize=1024)
def _name(host: bytes) -> str:
    return _PORT.sub("", host.decode("latin-1").lower()).removesuffix(".")


def _turned(grammar: Grammar, target: str) -> Turned | None:
    path = target.partition("?")[0]
    if len(target) > MAX_URL:
        shape = _shape(grammar, path[:MAX_URL])
        return Turned(shape, TooLong(MAX_URL)) if shape else None
    try:
        found = grammar(target)
    except Refusal as refusal:
        return Turned(_shape(grammar, path) or path, refusal)
    return Turned(found, None) if found else None


def _shape(grammar: Grammar, path: str) -> str | None:
    try:
        return grammar(path)
    except Refusal:
        return None
