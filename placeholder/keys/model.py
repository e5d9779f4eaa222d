"""A key: who asks, what for, and how much of it. Its secret is nowhere in here."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

SCOPES = ("ai:create",)
"""What a key may do unless told otherwise."""
OPERATE = "operator"
"""May see what the service does and earns; never a publishable key's, and never given unasked."""
ALL_SCOPES = (*SCOPES, OPERATE)


class Kind(StrEnum):
    SECRET = "secret"  # noqa: S105
    """For servers: whoever has it may all that it may."""
    PUBLISHABLE = "publishable"
    """For pages, where everyone can read it: it works for pages of its origins alone, and within its limits."""


@dataclass(frozen=True, slots=True)
class Key:
    """Times are seconds since the epoch. Pictures belong to the `owner`: keys of one owner share them."""

    id: str
    name: str
    owner: str
    scopes: frozenset[str]
    hint: str = ""
    """As much of the secret as may be shown."""
    jobs_per_day: int | None = None
    spend_per_month: int | None = None
    """Millionths of a dollar."""
    created_at: float = 0
    expires_at: float | None = None
    revoked_at: float | None = None
    last_used_at: float | None = None
    kind: Kind = Kind.SECRET
    origins: frozenset[str] = frozenset()
    """Whose pages a publishable key is for, besides the service's own (values/origin.py)."""
    models: frozenset[str] = frozenset()
    """Full names; empty for all."""
    max_side: int | None = None
    """Pixels."""
    jobs_per_address: int | None = None
    """New pictures a day for one client address."""

    def is_live(self, now: float) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a key's jobs a day, for RateLimit headers."""

    limit: int
    remaining: int
    reset_s: int


def day(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")


def month(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m")


def seconds_to_tomorrow(now: float) -> int:
    """At least 1; UTC."""
    return 86400 - int(now) % 86400


def seconds_to_next_month(now: float) -> int:
    at = datetime.fromtimestamp(now, UTC)
    first = (at.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)
    return int(first.timestamp()) - int(now)
