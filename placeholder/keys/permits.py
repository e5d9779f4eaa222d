"""Submit tokens ("permits"): whoever has a key's signing secret permits one request to POST /ai, without asking anybody.

    token   = "st_" kid "." exp "." mac
    kid     = 12( DIGIT / %x61-66 )                  the id of a secret key: its owner and its budget are the token's
    exp     = %x31-39 *11DIGIT                       the end, in seconds since the epoch; MAX_AHEAD_S ahead at most
    mac     = 43base64url                            HMAC-SHA256( secret, message ), without padding
    secret  = "sign_" kid "_" 64HEXDIG               the whole text, in lower case, is the HMAC's key
    message = "v1" LF exp LF origin LF w "x" h LF model LF seed LF prompt            in UTF-8
    origin  = "*" / the Origin that the request will have (values/origin.py); "*" is any, and none
    w, h    = what the body says, in decimal, before it is clamped
    model   = what the body says; empty where it says nothing or null. No line feed
    seed    = the same, in decimal
    prompt  = what the body says, with LF for CR LF and for CR, without white space (%x20 / %x09-0D) at its ends

- A token is good for one body. Sent again it is the same job (AP-14), so nobody keeps a list of those that were used.
- HTML turns the CR LF of an attribute into LF, hence the canonical prompt, which takes the body's place. Nothing else is
  normalised, for not every language can.
- A signing secret is derived, never stored: from the service's own secret and the id of the key.
- Which origin a token is for stands in the message alone: one that fits any origin is tried, then the request's own.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from placeholder.macs import mac

PREFIX = "st_"
ANY_ORIGIN = "*"
MAX_AHEAD_S = 24 * 3600 + 300
"""A day, and what two clocks may differ."""

_TOKEN = re.compile(r"st_([0-9a-f]{12})\.([1-9][0-9]{0,11})\.([A-Za-z0-9_-]{43})")
_SECRET = re.compile(r"sign_([0-9a-f]{12})_[0-9a-f]{64}")
_SPACE = " \t\n\v\f\r"


@dataclass(frozen=True, slots=True)
class Permit:
    """A token as it was read; nothing of it is proved."""

    kid: str
    exp: int
    mac: str


@dataclass(frozen=True, slots=True)
class Statement:
    """The body that a token is for. `prompt` is canonical; what is None stands for nothing in the message."""

    prompt: str
    w: int
    h: int
    model: str | None = None
    seed: int | None = None


def signing_secret(signing_key: bytes, kid: str) -> str:
    """What the owner of key `kid` signs with."""
    return f"sign_{kid}_{mac(signing_key, kid.encode()).hex()}"


def signer(secret: str) -> str | None:
    """The id of the key whose signing secret this is; None where it is none."""
    match = _SECRET.fullmatch(secret)
    return match[1] if match else None


def read_permit(token: str) -> Permit | None:
    """None where `token` is malformed."""
    match = _TOKEN.fullmatch(token)
    return Permit(match[1], int(match[2]), match[3]) if match else None


def canonical_prompt(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(_SPACE)


def read_statement(body: Mapping[str, Any]) -> Statement | None:
    """What a body says; None where no message could say the same."""
    values: list[Any] = [body.get(name) for name in ("prompt", "w", "h", "model", "seed")]
    prompt, w, h, model, seed = values
    is_sayable = (
        isinstance(prompt, str)
        and _is_whole(w)
        and _is_whole(h)
        and (model is None or (isinstance(model, str) and "\n" not in model))
        and (seed is None or _is_whole(seed))
    )
    # An empty model would be signed as none is.
    return Statement(canonical_prompt(prompt), w, h, model, seed) if is_sayable and model != "" else None


def mint(secret: str, statement: Statement, exp: int, origin: str = ANY_ORIGIN) -> str:
    """A token. Raises ValueError where `secret` is no signing secret."""
    kid = signer(secret)
    if kid is None:
        raise ValueError("expected a signing secret")
    return f"{PREFIX}{kid}.{exp}.{_mac(secret, statement, exp, origin)}"


def fits(permit: Permit, secret: str, statement: Statement, origin: str | None) -> bool:
    """Whether `secret` has signed this statement, for any origin or for `origin`, the request's own."""
    return any(
        hmac.compare_digest(permit.mac, _mac(secret, statement, permit.exp, one))
        for one in (ANY_ORIGIN, origin)
        if one is not None
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _mac(secret: str, said: Statement, exp: int, origin: str) -> str:
    model, seed = said.model or "", "" if said.seed is None else said.seed
    message = f"v1\n{exp}\n{origin}\n{said.w}x{said.h}\n{model}\n{seed}\n{said.prompt}"
    # A lone surrogate is refused where the prompt is read, and must not be a fault here.
    signed = mac(secret.encode(), message.encode("utf-8", "surrogatepass"))
    return urlsafe_b64encode(signed).rstrip(b"=").decode("ascii")
