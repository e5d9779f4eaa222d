"""From where a provider's output may be fetched. Pure: names and addresses, no lookups.

    hosts = name / origin
    name   = "replicate.delivery"        itself and everything below it; https, port 443, and public addresses only
    origin = "http://127.0.0.1:9911"     exactly this scheme, host and port; the operator wrote it down, so its address may be
                                         anything

A URL is an input: it has no user, its host is compared whole, and what is compared is what is connected to. An address is
public when it is globally reachable and leads nowhere else: Python's `is_global` alone lets through multicast, a cloud's
metadata service and the IPv6 forms that carry an IPv4 address inside.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

import httpx

MAX_URL = 2048
_PORTS = {"https": 443, "http": 80}

_UNICAST = IPv6Network("2000::/3")
"""All that is assigned for public IPv6."""
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "100.64.0.0/10",  # shared by carriers
            "168.63.129.16/32",  # Azure's own services
            "192.0.0.0/24",
            "192.88.99.0/24",  # 6to4 relays
            "224.0.0.0/3",  # multicast, reserved, broadcast
            "2001::/23",  # Teredo and other protocols
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "3fff::/20",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Origin:
    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Hosts:
    names: frozenset[str]
    origins: frozenset[Origin]

    def admit(self, origin: Origin) -> bool:
        return origin in self.origins or (origin.scheme == "https" and origin.port == 443 and self._is_named(origin.host))

    def need_public(self, host: str, port: int) -> bool:
        """Whether an admitted host has to have a public address."""
        return not any((origin.host, origin.port) == (host, port) for origin in self.origins)

    def _is_named(self, host: str) -> bool:
        labels = host.split(".")
        return "" not in labels and any(".".join(labels[at:]) in self.names for at in range(len(labels)))


def read_hosts(entries: Iterable[str]) -> Hosts:
    """Raises ValueError for an entry that is neither."""
    names, origins = set[str](), set[Origin]()
    for entry in entries:
        if "://" in entry:
            parts = urlsplit(entry)
            if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None or parts.path not in ("", "/"):
                raise ValueError("an output host is a name or an origin such as http://127.0.0.1:9911")
            origins.add(Origin(parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]))
        elif entry and all(part.replace("-", "").isalnum() and part.isascii() for part in entry.split(".")):
            names.add(entry.lower())
        else:
            raise ValueError("an output host is a name or an origin such as http://127.0.0.1:9911")
    return Hosts(frozenset(names), frozenset(origins))


def read_url(text: str) -> tuple[httpx.URL, Origin] | None:
    """`text` as an absolute http(s) URL without a user; None when it is none."""
    if len(text) > MAX_URL or not text.isascii():
        return None
    try:
        url = httpx.URL(text)
        port = url.port or _PORTS.get(url.scheme, 0)
    except (httpx.InvalidURL, ValueError):
        return None
    if url.scheme not in _PORTS or not url.host or url.userinfo:
        return None
    return url, Origin(url.scheme, url.host.lower(), port)


def is_public(address: str) -> bool:
    """Whether `address` (an IP address, as a lookup gives it) is one of the public internet."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and (ip not in _UNICAST or ip.scope_id or _is_isatap(ip)):
        return False
    return ip.is_global and not any(ip.version == net.version and ip in net for net in _SPECIAL)


def _is_isatap(ip: IPv6Address) -> bool:
    """RFC 5214 §6.1: an IPv4 address behind 0000:5efe, or 0200:5efe where it is public."""
    return int(ip) >> 32 & 0xFDFF_FFFF == 0x5EFE
