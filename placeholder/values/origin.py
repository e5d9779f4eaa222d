"""An origin: where a page comes from, as its browser says it (RFC 6454 §6.2) and as operators list it.

    origin = scheme "://" host [ ":" port ]              nothing else: no path, not even "/", no user
    scheme = "http" / "https"
    host   = name / IPv4 / "[" IPv6 "]"
    name   = label *( "." label ) [ "." ]                253 characters at most; an international name in punycode
    label  = 1*63( ALPHA / DIGIT / "-" / "_" )
    port   = "0" / ( %x31-39 *4DIGIT )                   65535 at most

Case does not matter; the canonical form is in lower case, without the scheme's own port, an IPv6 address as RFC 5952 §4
writes it. A name whose last label is a number is an IPv4 address or none (WHATWG URL §3.5). "null" is no origin.
"""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address

MAX_ORIGIN = 300
"""Characters that are looked at."""
EXPECTED = "an origin such as https://shop.example: scheme, host and perhaps port, without a path"
"""What to tell whoever wrote none."""

_PORTS = {"http": "80", "https": "443"}
_LABEL = r"[a-z0-9_-]{1,63}"
_ORIGIN = re.compile(rf"(https?)://(?:\[([0-9a-f:.]{{2,45}})\]|({_LABEL}(?:\.{_LABEL})*\.?))(?::(0|[1-9][0-9]{{0,4}}))?")
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
_MAX_NAME, _MAX_PORT = 253, 65535


@lru_cache(maxsize=1024)
def read_origin(text: str) -> str | None:
    """The canonical form of `text`; None where it is no origin."""
    match = _ORIGIN.fullmatch(text.lower()) if len(text) <= MAX_ORIGIN and text.isascii() else None
    if match is None or int(match[4] or 0) > _MAX_PORT:
        return None
    scheme, literal, name, port = match.groups()
    host = _name(name) if literal is None else _ipv6(literal)
    if host is None:
        return None
    return f"{scheme}://{host}" + (f":{port}" if port not in (None, _PORTS[scheme]) else "")


def _name(name: str) -> str | None:
    if len(name.removesuffix(".")) > _MAX_NAME:
        return None
    if not _NUMBER.fullmatch(name):
        return name
    try:
        return str(IPv4Address(name))
    except AddressValueError:
        return None


def _ipv6(literal: str) -> str | None:
    try:
        address = IPv6Address(literal)
    except AddressValueError:
        return None
    # Browsers write every piece in hexadecimal (WHATWG URL §3.5), Python from 3.13 on not those of a mapped IPv4 address.
    mapped = address.ipv4_mapped
    return f"[::ffff:{int(mapped) >> 16:x}:{int(mapped) & 0xFFFF:x}]" if mapped else f"[{address}]"
