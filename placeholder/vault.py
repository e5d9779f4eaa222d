"""What is derived from the one secret: keys for ids, digests, addresses and signatures, and the sealing of prompts.

Each purpose has a key of its own (HKDF-SHA256), so none tells anything of another. A prompt is sealed with AES-256-GCM
under its job's id: moved to another row it does not open.
"""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MIN_SECRET = 32
"""Characters."""
_SEALED = b"\x01"
"""The version of what stands in the column."""
_NONCE = 12
_NONCES = 256
"""Drawn at once: each draw lets go of the interpreter, which a busy thread then takes."""
_nonces: list[bytes] = []
os.register_at_fork(after_in_child=_nonces.clear)


class Vault:
    def __init__(self, secret: str) -> None:
        def derive(purpose: bytes) -> bytes:
            return HKDF(SHA256(), 32, None, b"placeholder/" + purpose).derive(secret.encode())

        self.id_key = derive(b"job-id/v1")
        self.hook_key = derive(b"webhook-address/v1")
        self.pepper = derive(b"api-key/v1")
        self.address_key = derive(b"client-address/v1")
        self.signing_key = derive(b"submit-token/v1")
        self.playground = derive(b"playground-key/v1")
        """What the key of the front page is made from."""
        self.mark = derive(b"backup-mark/v1")
        """By which a backup tells whether a secret is the one that it was made under."""
        self._prompts = AESGCM(derive(b"prompt/v1"))

    def seal(self, job: str, prompt: str) -> bytes:
        nonce = _nonce()
        return _SEALED + nonce + self._prompts.encrypt(nonce, prompt.encode(), _context(_SEALED, job))

    def open(self, job: str, sealed: bytes) -> str:
        """Raises ValueError where `sealed` is not what `seal` made for this job under this secret."""
        version, nonce, text = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self._prompts.decrypt(nonce, text, _context(version, job)).decode()
        except Exception:
            raise ValueError(f"job {job}: its prompt was sealed under another secret") from None

    def __repr__(self) -> str:
        return "Vault(***)"


def _nonce() -> bytes:
    """Random, and nobody else's in any process."""
    try:
        return _nonces.pop()
    except IndexError:
        drawn = os.urandom(_NONCE * _NONCES)
        _nonces.extend(drawn[at : at + _NONCE] for at in range(_NONCE, len(drawn), _NONCE))
        return drawn[:_NONCE]


def _context(version: bytes, job: str) -> bytes:
    return version + b"job:" + job.encode() + b":prompt"
