"""Signs webhooks as Standard Webhooks has it: HMAC-SHA256 over `id.timestamp.body`. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

WRONG_SECRET = "whsec_" + base64.b64encode(b"a secret that nobody was told").decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(_mac(key, message_id, timestamp, body)).decode()


def signatures(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The header's value. While secrets are rotated: one of each, and in front one of a kind that receivers overlook."""
    signed = [sign(secret, message_id, timestamp, body) for secret in secrets]
    if len(signed) > 1:
        noise = base64.b64encode(_mac(b"ed25519", message_id, timestamp, body) * 2).decode()
        signed.insert(0, f"v1a,{noise}")
    return " ".join(signed)


def _mac(key: bytes, message_id: str, timestamp: int, body: bytes) -> bytes:
    return hmac.new(key, b"%b.%d.%b" % (message_id.encode(), timestamp, body), hashlib.sha256).digest()
