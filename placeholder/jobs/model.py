"""What a client wants imagined (Ask), and how far it got (Job). Pure values.

Equal Asks of one owner are one Job: its id is a keyed digest of the canonical Ask, so that an id, which is public, lets
nobody test a guess at the prompt, which is not.
"""

import json
from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum

from placeholder.macs import mac
from placeholder.values.size import Size

CANON = 1
"""Version of the canonical form; another form is another id for the same Ask."""
MAX_PROMPT = 4000
"""Characters of a prompt."""
MAX_SEED = 2**31 - 1
"""What every model takes: a positive signed 32-bit number."""
_canon = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class State(StrEnum):
    """How far a job is, in the words of the status route (P-81)."""

    PENDING = "pending"
    GENERATING = "generating"
    READY = "ready"
    FAILED = "failed"


class Phase(StrEnum):
    """How far a job is, as the worker needs to know it."""

    QUEUED = "queued"
    """Nothing was sent, or nothing that still counts."""
    SUBMITTING = "submitting"
    """The intent to send is on record; whether the provider has it is not known."""
    RUNNING = "running"
    """The provider has it, under a known name."""
    FETCHING = "fetching"
    """The provider has finished; the picture is not yet ours."""
    READY = "ready"
    FAILED = "failed"
    PURGED = "purged"
    """It was there and was deleted."""


ENDED = frozenset((Phase.READY, Phase.FAILED, Phase.PURGED))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed, in fixed words: a provider's own may quote the prompt."""

    sentence: str
    may_ask_again: bool


FAILURES: dict[str, Failure] = {
    "blocked": Failure("The provider refused this prompt or its picture.", may_ask_again=False),
    "invalid": Failure("The provider cannot make this request.", may_ask_again=False),
    "generation_failed": Failure("The model failed to make this picture.", may_ask_again=True),
    "provider_unavailable": Failure("The provider could not be reached in time.", may_ask_again=True),
    "timeout": Failure("The picture was not finished in time.", may_ask_again=True),
    "output_lost": Failure("The finished picture could not be fetched.", may_ask_again=True),
    "bad_output": Failure("The provider's answer was no usable picture.", may_ask_again=True),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """`prompt` is normalised, `size` clamped, `model` a full name. `owner` is whose key it came with: one owner's asks tell
    another nothing (AP-14)."""

    owner: str
    prompt: str
    size: Size
    model: str
    seed: int | None


def job_mac(key: bytes, ask: Ask) -> bytes:
    """The 32 bytes that stand for `ask`. A JSON array, since fields joined by a separator could run into each other."""
    fields = [CANON, ask.owner, ask.model, ask.size.w, ask.size.h, ask.seed, ask.prompt]
    return mac(key, _canon(fields).encode())


def job_id(mac: bytes) -> str:
    """16 characters of `a-z2-7`: the first 80 bits (P-64)."""
    return b32encode(mac[:10]).decode("ascii").lower()


def blob_key(job: str, epoch: int) -> str:
    """Where the picture lies in the store: over a million folders, so that none grows large, and no epoch over another."""
    return f"{job[:2]}/{job[2:4]}/{job}.{epoch}.png"


def dice(mac: bytes) -> int:
    """The seed that travels where the client gave none: 31 bits, the same for each run of the job. It makes a second run
    comparable to the first, and finds a prediction again whose answer was lost."""
    return int.from_bytes(mac[10:14], "big") & MAX_SEED


@dataclass(frozen=True, slots=True)
class Job:
    """A row. Times are seconds since the epoch. `version` counts its changes; every change compares it first."""

    id: str
    mac: bytes
    owner: str
    key_id: str
    w: int
    h: int
    model: str
    seed: int | None
    prompt: bytes | None
    """Sealed; None once erased."""
    cost: int
    """Millionths of a dollar."""
    created_at: float
    updated_at: float
    asked_at: float
    """When the present epoch began."""
    phase: Phase = Phase.QUEUED
    state: State = State.PENDING
    version: int = 1
    epoch: int = 1
    """How often it was asked for anew after it had ended."""
    attempt: int = 0
    """How often it was sent in this epoch."""
    deferrals: int = 0
    """How often in a row the provider would not take it just now."""
    looks: int = 0
    """How often the present phase was looked at without news."""
    due_at: float | None = None
    """When somebody must next look at it; a lease is this time put off. None when ended."""
    sent_at: float | None = None
    """When the present attempt was put on record."""
    prediction: str | None = None
    output: str | None = None
    """Where the provider keeps the picture; None where it hands the bytes over itself."""
    ended_at: float | None = None
    code: str | None = None
    """Of FAILURES."""
    thumbhash: str | None = None
    blur: str | None = None

    @property
    def size(self) -> Size:
        return Size(self.w, self.h)

    @property
    def url(self) -> str:
        """P-62."""
        return f"/ai/{self.w}x{self.h}/{self.id}.png"

    @property
    def status_url(self) -> str:
        """P-63."""
        return f"/ai/{self.id}/status"
