"""Who is asking: mint, authenticate, revoke, rotate.

A key's secret is shown once, when it is made; what is stored is a keyed digest of it. A key that an operator chose
himself (PLACEHOLDER_API_KEY, PLACEHOLDER_OPERATOR_KEY) is held in memory as such a digest, and so is that of the front page,
which has no row: they are known while the database is not there.
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
from placeholder.errors import Forbidden, InvalidToken, Unauthorized, Unavailable
from placeholder.keys import store, tokens
from placeholder.keys.model import OPERATE, SCOPES, Key, Kind

OPERATOR = Key(id="operator", name="PLACEHOLDER_API_KEY", owner="operator", scopes=frozenset(SCOPES))
WATCHER = Key(id="watcher", name="PLACEHOLDER_OPERATOR_KEY", owner="operator", scopes=frozenset((OPERATE,)))
PLAYGROUND = Key(
    id="playground",
    name="PLACEHOLDER_PLAYGROUND",
    owner="playground",
    scopes=frozenset(SCOPES),
    kind=Kind.PUBLISHABLE,
    max_side=1024,
    jobs_per_day=2000,
    jobs_per_address=200,
)
"""For the service's own pages alone, where pictures cost nothing."""
FRESH_S = 5
"""Seconds for which a key is believed to be as it was found: how late a revocation may be noticed elsewhere."""
_NOTED_EVERY_S = 60
_KEPT_BYTES = 4_000_000


class Keys:
    """`pepper` is what the digests are keyed with; `chosen` the operator's own key, `operator` the one that he
    watches with, `playground` the front page's, if any."""

    def __init__(
        self,
        database: Database,
        pepper: bytes,
        chosen: str | None = None,
        clock: Callable[[], float] = time.time,
        *,
        operator: str | None = None,
        playground: str | None = None,
    ) -> None:
        self._database, self._pepper, self._clock = database, pepper, clock
        given = ((chosen, OPERATOR), (operator, WATCHER), (playground, PLAYGROUND))
        self._given = [(tokens.mac(pepper, token), key) for token, key in given if token]
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

    async def signer(self, key_id: str, scope: str) -> Key:
        """The secret key of that id, whose signing secret has signed a token. Raises InvalidToken, Forbidden."""
        key = await self._believed(key_id.encode(), lambda c: store.by_id(c, key_id))
        if key is None or key.kind is not Kind.SECRET:
            raise InvalidToken("no key that is known here has signed this token")
        if not key.is_live(self._clock()):
            raise InvalidToken(f"the key that signed this token {'has expired' if key.revoked_at is None else 'was revoked'}")
        if scope not in key.scopes:
            raise Forbidden(scope)
        return key

    async def _find(self, token: str, mac: bytes) -> Key:
        for digest, given in self._given:
            if compare_digest(mac, digest):
                return given
        # A key of ours carries a checksum: junk costs no look into the database.
        key = await self._believed(mac, lambda c: store.by_mac(c, mac)) if tokens.is_wellformed(token) else None
        if key is None:
            raise Unauthorized
        if key.revoked_at is not None:
            raise Unauthorized("Authorization: this API key was revoked")
        if not key.is_live(self._clock()):
            raise Unauthorized("Authorization: this API key has expired")
        return key

    async def _believed(self, name: bytes, look: Callable[[Connection], Key | None]) -> Key | None:
        """What `look` found within FRESH_S, under a name that is its own."""
        now = self._clock()
        believed = self._found.get(name)
        if believed is None or not 0 <= believed[0] - now <= FRESH_S:
            key = await self._database.read(look)
            if key is None:
                return None
            believed = now + FRESH_S, key
            self._found.keep(name, believed, 500)
            if key.is_live(now):
                await self._note(key, now)
        return believed[1]

    async def _note(self, key: Key, now: float) -> None:
        if now - self._noted.get(key.id, 0) > _NOTED_EVERY_S:
            self._noted[key.id] = now
            with suppress(Unavailable):  # a key is good without it
                await self._database.write(lambda c: store.note_use(c, key.id, now))


def create(database: Database, pepper: bytes, key: Key) -> tuple[Key, str]:
    """`key` with an id and a secret of its own, stored; and that secret, which nobody can show again."""
    secret = _secret(key.kind)
    made = replace(key, id=tokens.mac(pepper, secret).hex()[:12], hint=tokens.hint(secret), created_at=time.time())
    database.transact(lambda c: store.add(c, made, tokens.mac(pepper, secret)))
    return made, secret


def revoke(database: Database, key_id: str) -> bool:
    """Noticed within FRESH_S by whoever serves. False where there is no such key, or it is revoked already."""
    return database.transact(lambda c: store.end(c, key_id, revoked_at=time.time()))


def rotate(database: Database, pepper: bytes, key_id: str, overlap_s: float) -> tuple[Key, str] | None:
    """A new key in place of another, which goes on for `overlap_s` seconds: with its kind and limits, its scopes, its budget and
    what is used of that, and the end of its time, if it has one. None where no such key is valid."""
    now = time.time()
    secrets = {kind: _secret(kind) for kind in Kind}

    def change(c: Connection) -> tuple[Key, str] | None:
        old = store.by_id(c, key_id)
        if old is None or not old.is_live(now):
            return None
        secret = secrets[old.kind]
        mac = tokens.mac(pepper, secret)
        until = now + overlap_s if old.expires_at is None else min(now + overlap_s, old.expires_at)
        if not store.end(c, key_id, expires_at=until):
            return None
        new = replace(old, id=mac.hex()[:12], hint=tokens.hint(secret), created_at=now, last_used_at=None)
        store.add(c, new, mac)
        store.pass_on_usage(c, key_id, new.id)
        return new, secret

    return database.transact(change)


def _secret(kind: Kind) -> str:
    return tokens.mint(token_bytes(32), tokens.PUBLISHABLE if kind is Kind.PUBLISHABLE else tokens.PREFIX)
