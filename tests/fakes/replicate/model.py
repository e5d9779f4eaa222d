"""A prediction: what was asked, what is decided about it, and the timeline of its life; and the object that the API, the list
and the webhooks show of it at a moment.

The timeline is drawn when the prediction is made, from its plan and its deadline, and only a cancel redraws it. Its state is
a function of the moment, so that whoever asks and whatever is sent tell the same story:

    created ── starting ── started ── processing ── ended (succeeded, failed, canceled) ── an hour after created: wiped
    created ── starting ── deadline: ended (aborted)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import names, schema
from .catalogue import Model
from .clock import HOUR, SECOND
from .faults import Plan

ERRORS: dict[str, str] = {
    "nsfw": "NSFW content detected. Try running it again, or try a different prompt.",
    "nsfw-all": "All generated images contained NSFW content. Try running it again with a different prompt.",
    "E005": "The input or output was flagged as sensitive. Please try again with different inputs. (E005) (uIJ6l3ruRD)",
    "E005-model": "Prediction failed: Async prediction failed: ModelError: The input or output was flagged as sensitive. "
    "Please try again with different inputs. (E005) (uIJ6l3ruRD)",
    "PA": "Prediction interrupted; please retry (code: PA)",
    "prompt": "Prediction failed: ValueError: could not imagine {prompt!r}",
    **{
        code: f"Director: unexpected error handling prediction ({code})"
        for code in ("E1000", "E1001", "E4875", "E6716", "E8367", "E8765", "E9243", "E9825", "E9828")
    },
}

FOREIGN_ORIGIN = "https://replicate.delivery.example"
"""Where no file of ours is."""

TERMINAL = frozenset(("succeeded", "failed", "canceled", "aborted"))


@dataclass(slots=True)
class Artifact:
    """One output file: known by its path on the file host."""

    path: str
    prediction: "Prediction"
    index: int
    fetches: int = 0


@dataclass(slots=True)
class Prediction:
    seed: int
    """The run's."""
    ordinal: int
    """That of the create that made it."""
    model: Model
    version: str
    input: dict[str, Any]
    webhook: str | None
    events: tuple[str, ...] | None
    created: int
    deadline: int | None
    plan: Plan

    id: str = field(init=False)
    started: int | None = field(init=False)
    ended: int = field(init=False)
    ended_as: str = field(init=False)
    epoch: int = field(init=False, default=0)
    """Counts the times that the timeline was redrawn; what was scheduled before is void."""
    artifacts: list[Artifact] = field(init=False)

    def __post_init__(self) -> None:
        self.id = names.prediction_id(self.seed, self.ordinal)
        start = self.created + round(self.plan.latency.start * SECOND) + names.nanoseconds(self.seed, self.ordinal)
        end = start + round(self.plan.latency.run * SECOND)
        if self.deadline is not None and self.deadline <= start:
            self.started, self.ended, self.ended_as = None, self.deadline, "aborted"
        elif self.deadline is not None and self.deadline < end:
            self.started, self.ended, self.ended_as = start, self.deadline, "canceled"
        else:
            self.started, self.ended, self.ended_as = start, end, "failed" if self.plan.fail else "succeeded"
        pieces = 0 if self.plan.output == "null" else self._asked - (self.plan.output == "fewer")
        self.artifacts = [Artifact(self._path(index), self, index) for index in range(pieces)]

    def cancel(self, now: int) -> None:
        """Changes nothing where it has ended."""
        if now >= self.ended:
            return
        if self.started is not None and now < self.started:
            self.started = None
        self.ended, self.ended_as, self.epoch = now, "canceled", self.epoch + 1

    # ---------------------------------------------------------------- what it is at a moment

    def status(self, now: int) -> str:
        if now >= self.ended:
            return self.ended_as
        return "processing" if self.started is not None and now >= self.started else "starting"

    def wiped(self, now: int) -> bool:
        return now >= max(self.ended, self.created + HOUR)

    @property
    def prompt(self) -> str:
        return str(schema.setting(self.model, self.input, "prompt"))

    @property
    def picture_seed(self) -> int:
        given = self.input.get("seed")
        return given if isinstance(given, int) else names.picture_seed(self.seed, self.ordinal)

    def steps(self) -> Iterator[tuple[int, str]]:
        """What happens to it and when, by the names of webhook events; `completed` comes last, whoever listens."""
        if self.started is not None:
            yield self.started, "start"
            running = self.ended - self.started
            yield self.started + running // 4, "logs"
            if running >= SECOND:  # at most one in half a second
                yield self.started + running * 3 // 4, "logs"
            if self.ended_as == "succeeded" and self._output(FOREIGN_ORIGIN) is not None:
                yield self.ended, "output"
        yield self.ended, "completed"

    def listens(self, event: str) -> bool:
        return self.webhook is not None and event in (self.events or ("output", "completed"))

    def view(self, now: int, api: str, delivery: str, *, early: bool = False, lists_webhook: bool = True) -> dict[str, Any]:
        """The object of the API at the moment `now`.

        `early`: all output is there and the end is not told yet, as `Prefer: wait` and the `output` webhook show it."""
        status, wiped = self.status(now), self.wiped(now)
        if early and status == "succeeded":
            status = "processing"
        shown: dict[str, Any] = {
            "id": self.id,
            "model": self.model.name,
            "version": self.version,
            "input": {} if wiped else self.input,
            "logs": "" if wiped else self._logs(now),
            "output": self._output(delivery) if self.ended_as == "succeeded" and now >= self.ended and not wiped else None,
            "data_removed": wiped,
            "error": self._error() if status == "failed" else None,
            "source": "api",
            "status": status,
            "created_at": names.timestamp(self.created),
        }
        if self.started is not None and now >= self.started:
            shown["started_at"] = names.timestamp(self.started)
        if status in TERMINAL:
            shown["completed_at"] = names.timestamp(self.ended)
            shown["metrics"] = self._metrics()
        if self.deadline is not None:
            shown["deadline"] = names.timestamp(self.deadline)
        shown["urls"] = {
            "cancel": f"{api}/predictions/{self.id}/cancel",
            "get": f"{api}/predictions/{self.id}",
            "stream": f"https://stream.replicate.com/v1/files/{names.stream_token(self.seed, self.ordinal)}",
            "web": f"https://replicate.com/p/{self.id}",
        }
        if self.webhook is not None and lists_webhook:
            shown["webhook"] = self.webhook
            if self.events is not None:
                shown["webhook_events_filter"] = list(self.events)
        return shown

    @property
    def _asked(self) -> int:
        return schema.count(self.model, self.input)

    @property
    def _is_list(self) -> bool:
        return (self.plan.shape or self.model.output) == "list"

    def _path(self, index: int) -> str:
        token, extension = names.file_token(self.seed, self.ordinal, index), schema.picture_format(self.model, self.input)
        return f"/xezq/{token}/" + (f"out-{index}.{extension}" if self._is_list else f"tmp{self.id[:8]}.{extension}")

    def _output(self, delivery: str) -> str | list[str] | None:
        if self.plan.output == "null":
            return None
        origin = FOREIGN_ORIGIN if self.plan.file == "foreign" else delivery
        urls = [origin + artifact.path for artifact in self.artifacts]
        if self._is_list:
            return urls
        return urls[0] if urls else None

    def _error(self) -> str:
        return ERRORS[self.plan.fail or "E1000"].format(prompt=self.prompt)

    def _logs(self, now: int) -> str:
        """What a model prints; the prompt is among it."""
        if self.started is None or now < self.started:
            return ""
        logs = f"Using seed: {self.picture_seed}\nPrompt: {self.prompt}\n"
        if now < self.ended:
            done = (now - self.started) * 100 // max(self.ended - self.started, 1)
            return logs + f"{done:3}%|\n"
        if self.ended_as == "failed":
            return logs + f"Traceback (most recent call last):\n{self._error()}\n"
        return logs + (f"Generated {len(self.artifacts)} images\n" if self.ended_as == "succeeded" else "")

    def _metrics(self) -> dict[str, float]:
        total = {"total_time": (self.ended - self.created) / SECOND}
        if self.started is None:
            return total
        ran = {"predict_time": (self.ended - self.started) / SECOND, **total}
        return {"image_count": len(self.artifacts), **ran} if self.ended_as == "succeeded" else ran
