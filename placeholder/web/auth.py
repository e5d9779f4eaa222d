"""Who may start a job by this request: what its headers say of its sender, and the key that it comes with.

- A key is known before the body is read. What a submit token is for, only the body tells: `identify` then hands the token
  over as it was read, and `redeem` holds it against the body.
- Of an Origin, a Host or an address header that comes twice nothing is believed.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from starlette.types import Scope

from placeholder.errors import InvalidToken
from placeholder.keys import admission, permits, tokens
from placeholder.keys.admission import GARBLED, UNKNOWN, Caller, Rules
from placeholder.keys.model import Key
from placeholder.keys.permits import Permit
from placeholder.keys.service import Keys
from placeholder.values.origin import read_origin

SCOPE = "ai:create"
_MAX_ADDRESS = 64
"""Characters; an IPv6 address with a zone has fewer."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """What is to be known of the place to tell who comes in."""

    signing_key: bytes = field(repr=False)
    rules: Rules
    own: str | None = None
    """The service's own origin, where that is configured."""
    address_header: bytes | None = None
    """The header, in lower case, in which a proxy in front tells the client's address."""


def caller_of(scope: Scope, entrance: Entrance) -> Caller:
    said = _values(scope, b"origin")
    origin = (_origin(said) or GARBLED) if said else None
    sites = _values(scope, b"sec-fetch-site")
    # A proxy in front may change the Host, but not what the browser made of it.
    is_own = sites == [b"same-origin"]
    if origin is not None:
        is_own = origin not in ("null", GARBLED) and (is_own or origin in (entrance.own, _addressed(scope, origin)))
    return Caller(origin, origin is not None or bool(sites), is_own, _address(scope, entrance.address_header))


async def identify(scope: Scope, caller: Caller, keys: Keys, entrance: Entrance) -> Key | Permit:
    """The key that the request comes with, or the token. Raises Unauthorized, Forbidden, ForeignOrigin, SecretKeyInBrowser."""
    values = _values(scope, b"authorization")
    token = tokens.bearer(values)
    if token is None or not token.startswith(permits.PREFIX):
        key = await keys.authenticate(values, SCOPE)
        admission.admit(key, caller, entrance.rules)
        return key
    permit = permits.read_permit(token)
    if permit is None:
        raise InvalidToken("this token is malformed; expected st_KEY.END.SIGNATURE")
    if permit.exp - time.time() > permits.MAX_AHEAD_S:
        raise InvalidToken("this token ends too late; expected a day ahead at most")
    return permit


async def redeem(
    permit: Permit, body: dict[str, Any], caller: Caller, keys: Keys, entrance: Entrance
) -> tuple[Key, dict[str, Any], bool]:
    """The key that has signed this body; the body as it was signed; and whether the token may still start anything. Raises
    InvalidToken, Forbidden."""
    statement = permits.read_statement(body)
    secret = permits.signing_secret(entrance.signing_key, permit.kid)
    origin = None if caller.origin == GARBLED else caller.origin
    if statement is None or not permits.fits(permit, secret, statement, origin):
        raise InvalidToken("this token is not for this request: it fits one prompt, size, model, seed and origin alone")
    key = await keys.signer(permit.kid, SCOPE)
    return key, {**body, "prompt": statement.prompt}, time.time() < permit.exp


def reader_of(scope: Scope) -> bytes | None:
    """Who may read the answer to a preflight: the origin that sent it, as it says it; None where that is none."""
    said = _values(scope, b"origin")
    return b"*" if not said else said[0].strip(b" \t") if _origin(said) else None


def _origin(said: Sequence[bytes]) -> str | None:
    """The one origin, canonical, or "null"; None where it is none."""
    text = said[0].strip(b" \t").decode("latin-1") if len(said) == 1 else ""
    return text if text == "null" else read_origin(text)


def _addressed(scope: Scope, origin: str) -> str | None:
    """The origin that the request's Host makes with the scheme of `origin`."""
    hosts = _values(scope, b"host")
    return read_origin(f"{origin.partition(':')[0]}://{hosts[0].decode('latin-1')}") if len(hosts) == 1 else None


def _address(scope: Scope, header: bytes | None) -> str:
    client = scope.get("client")
    told = [value.decode("latin-1").strip() for value in _values(scope, header)] if header else []
    candidates = (*(told if len(told) == 1 else ()), client[0] if client else "")
    # Longer is none, and is not to be remembered.
    return next(filter(None, (_canonical(one) for one in candidates if len(one) <= _MAX_ADDRESS)), UNKNOWN)


@lru_cache(maxsize=1024)
def _canonical(address: str) -> str | None:
    """None where it is none."""
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]
