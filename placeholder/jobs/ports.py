"""What a job needs from the world, and how the world says no."""

from dataclasses import dataclass
from typing import Protocol

from placeholder.values.size import Size


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt at one job, as a provider needs it."""

    job: str
    epoch: int
    attempt: int
    prompt: str
    size: Size
    model: str
    seed: int
    is_exact: bool
    """The client chose the seed, so the same picture is expected of it again."""
    webhook: str | None
    """Where the provider may report; it carries the job, the epoch, the attempt and a proof that we wrote it."""
    seconds: float
    """How long the provider may take before it should give up."""
    sent_at: float
    """When the attempt was put on record, before anything was sent; seconds since the epoch."""

    @property
    def name(self) -> str:
        """Unique among attempts, for providers that let us choose the name."""
        return f"{self.job}.{self.epoch}.{self.attempt}"

    def __repr__(self) -> str:
        """Without the prompt: what is printed may be logged."""
        return f"Order({self.name})"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a provider says of an attempt. At most one of `output`, `body` and `failure` is set; none while it runs."""

    id: str
    output: str | None = None
    """URL of the finished picture."""
    body: bytes | None = None
    """The finished picture itself."""
    failure: str | None = None
    """Of model.FAILURES."""
    is_worth_another: bool = False
    """The failure was the platform's: the same order may well succeed."""
    again_s: float | None = None
    """Seconds after which looking again makes sense, where the provider knows."""


class NotStarted(Exception):
    """Nothing was started, for certain; the same order may be sent again after `wait` seconds (None: our own choice).
    `is_closed`: the provider will have nothing of us for now (credentials, credit)."""

    def __init__(self, reason: str, wait: float | None = None, *, is_closed: bool = False) -> None:
        super().__init__(reason)
        self.wait, self.is_closed = wait, is_closed


class Rejected(Exception):
    """Nothing was started and nothing will be: `code` (of model.FAILURES) says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unsure(Exception):
    """It may have been started. Never to be sent again before it is known."""


class Trouble(Exception):
    """The provider cannot be asked just now."""


class Provider(Protocol):
    """Who paints. No exception but the four above leaves it, and none carries a word of the prompt."""

    name: str

    async def start(self, order: Order) -> Prediction:
        """Raises NotStarted, Rejected, Unsure."""

    async def look(self, order: Order, prediction: str) -> Prediction:
        """The prediction of that name as it is now; may wait some seconds for it to end. Raises Trouble."""

    async def find(self, order: Order) -> Prediction | None:
        """The prediction that came of `order`, if any did. Raises Trouble."""

    async def cancel(self, prediction: str) -> None:
        """Stops it where that is possible. Raises Trouble."""

    async def close(self) -> None: ...


class OutputGone(Exception):
    """The output is no longer there, or never was."""


class OutputRefused(Exception):
    """We will not fetch that: the wrong host, scheme, size or type."""


class OutputTrouble(Exception):
    """It could not be fetched now; later it may."""


class Outputs(Protocol):
    async def fetch(self, url: str) -> bytes:
        """The bytes at a provider's output URL. Raises OutputGone, OutputRefused, OutputTrouble."""


class Blobs(Protocol):
    """Finished bytes, by key."""

    async def put(self, key: str, body: bytes) -> None: ...

    async def get(self, key: str) -> bytes | None: ...

    async def delete(self, key: str) -> None: ...

    async def sweep(self) -> int:
        """Removes what a process that died left half written; says how many."""


class Master(Protocol):
    """A finished picture as it is stored, and two tiny likenesses of it."""

    @property
    def png(self) -> bytes: ...

    @property
    def thumbhash(self) -> str:
        """Base64."""

    @property
    def blur(self) -> str:
        """A data URL."""


class Finisher(Protocol):
    async def clean(self, body: bytes, size: Size) -> Master:
        """Raises placeholder.raster.master.Undecodable."""

    async def warm(self) -> None:
        """Makes ready ahead of the first."""


class Classifier(Protocol):
    """A second opinion on a prompt, from elsewhere."""

    async def check(self, prompt: str) -> str | None:
        """The category for which the prompt is to be refused, or None."""


class Seals(Protocol):
    """Prompts at rest."""

    def seal(self, job: str, prompt: str) -> bytes: ...

    def open(self, job: str, sealed: bytes) -> str: ...
