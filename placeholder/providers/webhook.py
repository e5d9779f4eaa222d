"""Is this webhook Replicate's, and did we write its address? Pure: the clock and the secrets are arguments.

Two proofs, since the signature covers the body and not the URL:

- `verify`: the Standard Webhooks signature, HMAC-SHA256 over `id.timestamp.body`, the body as raw bytes.

      webhook-id         1*256 printable ASCII, the same on every delivery of a message
      webhook-timestamp  1*12 digits, seconds since the epoch, at most TOLERANCE away
      webhook-signature  1*MAX_SIGNATURES entries "v1,<base64>" between spaces; other versions count for nothing
      secret             "whsec_" and the key in base64

  Several secrets are tried, for the time of a rotation. A header that says id or time twice is refused; signature headers
  are joined, as RFC 9110 §5.3 joins lists.
- `hook_token`: HMAC-SHA256 over job, epoch and attempt, in the URL that we gave Replicate (`read_hook`).

Whatever arrives: no exception, every comparison in constant time, and at most MAX_SIGNATURES of them per secret.
"""

import hmac
import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from placeholder.macs import mac

TOLERANCE = 300
MAX_SIGNATURES = 8
PATH = "/ai/replicate-webhook"

_MAX_SIGNATURE_BYTES = 1024
_ID = re.compile(rb"[!-~]{1,256}")
_TIMESTAMP = re.compile(rb"[0-9]{1,12}")
_PREFIX = "whsec_"
_TOKEN_BYTES = 18
_NUMBER = r"(0|[1-9][0-9]{0,8})"
_HOOK = re.compile(rf"job=([A-Za-z0-9_-]{{1,64}})&e={_NUMBER}&a={_NUMBER}&t=([A-Za-z0-9_-]{{24}})")


@dataclass(frozen=True, slots=True)
class Address:
    """Which attempt a webhook is for."""

    job: str
    epoch: int
    attempt: int


def verify(headers: Sequence[tuple[bytes, bytes]], body: bytes, secrets: Sequence[str], now: float) -> str | None:
    """The webhook-id when one of `secrets` signed this `body`, else None. `headers` as they came, names in any case."""
    ids, timestamps, signatures = (
        [value for key, value in headers if key.lower() == name]
        for name in (b"webhook-id", b"webhook-timestamp", b"webhook-signature")
    )
    given = b" ".join(signatures)
    if len(ids) != 1 or len(timestamps) != 1 or not 0 < len(given) <= _MAX_SIGNATURE_BYTES:
        return None
    name, timestamp, entries = ids[0], timestamps[0], given.split(b" ")
    if not _ID.fullmatch(name) or not _TIMESTAMP.fullmatch(timestamp) or len(entries) > MAX_SIGNATURES:
        return None
    if not abs(now - int(timestamp)) <= TOLERANCE:
        return None
    claimed = [one for entry in entries for version, _, one in [entry.partition(b",")] if version == b"v1"]
    signed = b".".join((name, timestamp, body))
    for key in filter(None, map(_key, secrets)):
        expected = mac(key, signed)
        if any(hmac.compare_digest(expected, _decoded(one)) for one in claimed):
            return name.decode("ascii")
    return None


def _key(secret: str) -> bytes:
    """The key that `secret` stands for; empty when it is no secret, which then signs nothing."""
    return _decoded(secret.removeprefix(_PREFIX).encode("utf-8", "replace")) if secret.startswith(_PREFIX) else b""


def _decoded(text: bytes) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def hook_token(key: bytes, job: str, epoch: int, attempt: int) -> str:
    """The proof that we wrote the address of this attempt."""
    proof = mac(key, f"replicate-webhook {job} {epoch} {attempt}".encode())
    return urlsafe_b64encode(proof[:_TOKEN_BYTES]).decode("ascii")


def hook_url(base: str, key: bytes, job: str, epoch: int, attempt: int) -> str:
    """Where Replicate reports on this attempt. `base` is our public URL, without a slash at its end."""
    return f"{base}{PATH}?job={job}&e={epoch}&a={attempt}&t={hook_token(key, job, epoch, attempt)}"


def read_hook(query: str, key: bytes) -> Address | None:
    """The attempt that `query` (as it was sent, without "?") names, if `hook_url` wrote it."""
    match = _HOOK.fullmatch(query)
    if match is None:
        return None
    job, epoch, attempt, token = match[1], int(match[2]), int(match[3]), match[4]
    return Address(job, epoch, attempt) if hmac.compare_digest(token, hook_token(key, job, epoch, attempt)) else None
