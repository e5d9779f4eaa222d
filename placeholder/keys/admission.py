"""Who may ask from where: which key works for which caller, what a publishable key allows, and whom a client address is
counted as.

    key           asked by                                               | may
    --------------+------------------------------------------------------+--------------------------
    secret        no browser                                             | yes
                  a browser, where `refuses_secret_keys`                 | SecretKeyInBrowser
                  a page of our own, or of `origins`                     | yes
                  any other page                                         | ForeignOrigin
    publishable   a page of our own, or of the key's own `origins`       | yes
                  anybody else, whoever names no origin included         | ForeignOrigin

(A submit token carries its own origin: permits.py.) An Origin header is the word of an honest browser, and others write what
they like into it: it keeps a key from being used in other people's pages, and budgets bound what is left.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

from placeholder.errors import ForeignOrigin, KeyLimit, SecretKeyInBrowser
from placeholder.keys.model import Key, Kind, day
from placeholder.macs import mac
from placeholder.values.size import Size

GARBLED = "?"
"""What stands for an Origin header that is none: an origin that nobody can list."""
UNKNOWN = "unknown"
"""What stands for an address that is none."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, as far as it tells."""

    origin: str | None
    """Canonical; "null" as browsers say it; GARBLED; None where there was none."""
    is_browser: bool
    is_own: bool
    """Whether it comes from a page of this service."""
    address: str
    """The client's, or UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Whose pages may use secret keys."""

    origins: frozenset[str] | None = None
    """None: anybody's."""
    refuses_secret_keys: bool = False
    """Nobody's."""


def admit(key: Key, caller: Caller, rules: Rules) -> None:
    """Raises SecretKeyInBrowser, ForeignOrigin."""
    if key.kind is Kind.PUBLISHABLE:
        if caller.origin is None or not (caller.is_own or caller.origin in key.origins):
            raise ForeignOrigin("one of the origins that this key is for, as the browser sends it with a page's requests")
    elif caller.is_browser:
        if rules.refuses_secret_keys:
            raise SecretKeyInBrowser
        if not (caller.is_own or rules.origins is None or caller.origin in rules.origins):
            raise ForeignOrigin("one of the origins that this service is configured for")


def allow(key: Key, model: str, size: Size) -> None:
    """`model` is a full name. Raises KeyLimit."""
    if key.models and model not in key.models:
        raise KeyLimit("model", " or ".join(sorted(key.models)))
    for param, side in (("w", size.w), ("h", size.h)):
        if key.max_side is not None and side > key.max_side:
            raise KeyLimit(param, f"at most {key.max_side} pixels")


def visitor(address_key: bytes, address: str, now: float) -> str:
    """What an address is counted under: a keyed digest that is another one each day, in UTC, so that no row tells an address
    and no two days can be linked."""
    return mac(address_key, f"{day(now)} {_counted(address)}".encode()).hex()[:32]


def _counted(address: str) -> str:
    """An IPv6 address counts as its /64, the least that a subscriber has; one that carries an IPv4 address, as that one."""
    try:
        ip = ip_address(address)
    except ValueError:
        return UNKNOWN
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Network((int(ip) >> 64 << 64, 64)))
