"""Who is asking: mint, authenticate, revoke, rotate.

A key's secret is shown once, when it is made; what is stored is a keyed digest of it. A key that an operator chose
himself (PLACEHOLDER_API_KEY) is held in memory as such a digest.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hmac import compare_digest
from secrets import token_bytes

from sqlalchemy import Connection

from placeholder.cache import BoundedCache
from placeholder.db.database import Database
from placeholder.errors import Forbidden, Unauthorized, Unavailable
from placeholder.keys import store, tokens
from placeholder.keys.model import SCOPES, Key

OPERATOR = Key(id="operator", name="PLACEHOLDER_API_KEY", owner="operator", scopes=frozenset(SCOPES))
FRESH_S = 5
"""Seconds for which a key is believed to be as it was found: how late a revocation may be noticed elsewhere."""
_NOTED_EVERY_S = 60
_KEPT_BYTES = 4_000_000


class Keys:
    """`pepper` is what the digests are keyed with; `chosen` the operator's own key, if any."""

    def __init__(
        self, database: Database, pepper: bytes, chosen: str | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._database, self._pepper, self._clock = database, pepper, clock
        self._chosen = tokens.mac(pepper, chosen) if chosen else None
        self._found: BoundedCache[bytes, tuple[float, Key]] = BoundedCache(_KEPT_BYTES)
        self._noted: dict[str, float] = {}

    async def authenticate(self, headers: list[bytes], scope: str) -> Key:
        """The key in the values of a request's Authorization headers. Raises Unauthorized, Forbidden."""
        token = tokens.bearer(headers)
        if token is None:
            raise Unauthorized
        mac = tokens.mac(self._pepper, token)
        key = await self._find(token, mac)
        if scope not in key.scopes:
            raise Forbidden(scope)
        return key

    async def _find(self, token: str, mac: bytes) -> Key:
        if self._chosen is not None and compare_digest(mac, self._chosen):
            return OPERATOR
        now = self._clock()
        believed = self._found.get(mac)
        if believed is None or not 0 <= believed[0] - now <= FRESH_S:
            # A key of ours carries a checksum: junk costs no look into the database.
            key = await self._database.read(lambda c: store.by_mac(c, mac)) if tokens.is_wellformed(token) else None
            if key is None:
                raise Unauthorized
            believed = now + FRESH_S, key
            self._found.keep(mac, believed, 500)
            if key.is_live(now):
                await self._note(key, now)
        key = believed[1]
        if key.revoked_at is not None:
            raise Unauthorized("Authorization: this API key was revoked")
        if not key.is_live(now):
            raise Unauthorized("Authorization: this API key has expired")
        return key

    async def _note(self, key: Key, now: float) -> None:
        if now - self._noted.get(key.id, 0) > _NOTED_EVERY_S:
            self._noted[key.id] = now
            with suppress(Unavailable):  # a key is good without it
                await self._database.write(lambda c: store.note_use(c, key.id, now))


def create(database: Database, pepper: bytes, key: Key) -> tuple[Key, str]:
    """`key` with an id and a secret of its own, stored; and that secret, which nobody can show again."""
    secret = tokens.mint(token_bytes(32))
    made = replace(key, id=tokens.mac(pepper, secret).hex()[:12], hint=tokens.hint(secret), created_at=time.time())
    database.transact(lambda c: store.add(c, made, tokens.mac(pepper, secret)))
    return made, secret


def revoke(database: Database, key_id: str) -> bool:
    """Noticed within FRESH_S by whoever serves. False where there is no such key, or it is revoked already."""
    return database.transact(lambda c: store.end(c, key_id, revoked_at=time.time()))


def rotate(database: Database, pepper: bytes, key_id: str, overlap_s: float) -> tuple[Key, str] | None:
    """A new key in place of another, which goes on for `overlap_s` seconds: with its scopes, its budget and what is used of
    that, and the end of its time, if it has one. None where no such key is valid."""
    now = time.time()
    secret = tokens.mint(token_bytes(32))
    mac = tokens.mac(pepper, secret)

    def change(c: Connection) -> Key | None:
        old = store.by_id(c, key_id)
        if old is None or not old.is_live(now):
            return None
        until = now + overlap_s if old.expires_at is None else min(now + overlap_s, old.expires_at)
        if not store.end(c, key_id, expires_at=until):
            return None
        new = replace(old, id=mac.hex()[:12], hint=tokens.hint(secret), created_at=now, last_used_at=None)
        store.add(c, new, mac)
        store.pass_on_usage(c, key_id, new.id)
        return new

    made = database.transact(change)
    return (made, secret) if made else None
