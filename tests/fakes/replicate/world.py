"""What the fake knows: its predictions, every create that was asked for, what it sent and saw.

One event loop owns it; other threads may read it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from . import markers, names
from .catalogue import Model
from .clock import SECOND, Clock
from .faults import Faults, Plan, plan
from .knobs import Knobs, Latency
from .model import Artifact, Prediction

_BULKY_RUN_S = 120.0


@dataclass(slots=True)
class Create:
    """One request to create a prediction that passed authentication and had a sound body."""

    ordinal: int
    model: str
    input: dict[str, Any]
    webhook: str | None
    at: float
    """Unix seconds of the fake's clock."""
    plan: Plan
    prediction_id: str | None = None
    """None: none was made, nothing was spent."""

    @property
    def fault(self) -> str | None:
        """What happened to the request, by its marker's name."""
        return self.plan.create

    @property
    def job(self) -> str | None:
        """The `job` query parameter of the webhook URL."""
        return parse_qs(urlsplit(self.webhook or "").query).get("job", [None])[0]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver one webhook."""

    id: str
    prediction_id: str
    event: str
    url: str
    body: bytes
    headers: dict[str, str]
    at: float
    status: int | None
    """None: there was no answer, and `error` says why."""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A sound request, as it is told to `World.create`."""

    model: Model
    version: str
    input: dict[str, Any]
    webhook: str | None
    events: tuple[str, ...] | None
    cancel_after: float | None = None
    bulky: bool = False
    """Its files came inline and are too much: such a prediction sits for two minutes and dies."""


@dataclass(slots=True)
class World:
    seed: int
    faults: Faults
    knobs: Knobs
    clock: Clock
    predictions: dict[str, Prediction] = field(default_factory=dict)
    creates: list[Create] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    spend: int = 0
    network_up: bool = True
    secrets: list[str] = field(default_factory=list)
    """The webhook secrets that sign, the newest last: two while they are rotated."""
    note: Callable[[str, dict[str, Any]], None] = lambda kind, told: None
    """Told of everything that a restarted fake must know again."""
    _generation: int = 0
    _prompts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.add_secret()

    def add_secret(self) -> str:
        self.secrets.append(names.webhook_secret(self.seed, self._generation))
        self._generation += 1
        return self.secrets[-1]

    def plan(self, asked: Asked) -> Plan:
        """What is to happen to the create that comes next. Raises UnknownMarker."""
        prompt = _prompt(asked)
        found = markers.applying(prompt, self._prompts[prompt] + 1)
        decided = plan(self.faults, self.seed, len(self.creates) + 1, found, self.knobs.latency)
        return replace(decided, fail="PA", latency=Latency(decided.latency.start, _BULKY_RUN_S)) if asked.bulky else decided

    def record(self, asked: Asked, decided: Plan, at: int) -> Create:
        """The create has come about; without `make` it made nothing."""
        self._prompts[_prompt(asked)] += 1
        create = Create(len(self.creates) + 1, asked.model.name, asked.input, asked.webhook, at / SECOND, decided)
        self.creates.append(create)
        return create

    def make(self, asked: Asked, decided: Plan, create: Create, at: int) -> Prediction:
        """The one place where money is spent."""
        created = at // 1_000_000 * 1_000_000  # Replicate writes this one time in milliseconds
        prediction = Prediction(
            seed=self.seed,
            ordinal=create.ordinal,
            model=asked.model,
            version=asked.version,
            input=asked.input,
            webhook=asked.webhook,
            events=asked.events,
            created=created,
            deadline=None if asked.cancel_after is None else created + round(asked.cancel_after * SECOND),
            plan=decided,
        )
        self.spend += 1
        self.predictions[prediction.id] = prediction
        self.artifacts.update((artifact.path, artifact) for artifact in prediction.artifacts)
        create.prediction_id = prediction.id
        return prediction

    def creates_by_job(self) -> dict[str | None, list[Create]]:
        grouped: dict[str | None, list[Create]] = {}
        for create in tuple(self.creates):
            grouped.setdefault(create.job, []).append(create)
        return grouped


def _prompt(asked: Asked) -> str:
    return str(asked.input.get("prompt", ""))
