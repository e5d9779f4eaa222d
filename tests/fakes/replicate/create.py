"""Creating a prediction: what is checked, in which order, what a fault does to the request, and what is answered.

The order: a sound body, a version that exists, an input that its model takes; then the faults; then the prediction is made
and answered at once (`starting`), or when it ends or `Prefer: wait` runs out.
"""

import re
from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from . import body, markers, problems, schema
from .catalogue import Model, resolve
from .faults import Plan
from .model import Prediction
from .problems import Problem
from .schema import Invalid
from .timekeeper import Timekeeper
from .wire import Delayed, Dropped
from .world import Asked, World


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a create."""

    makes: bool
    """Whether the prediction is made, and paid."""
    ends: str
    """How, by the names that `_spoilt` knows: answer, gateway, throttle, drop, reset, hang."""
    problem: Problem | None = None
    """What is answered in place of the prediction; None where that is up to the knobs."""


_BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"
)

FAULTS: dict[str, Fault] = {
    "drop": Fault(makes=True, ends="drop"),
    "502": Fault(makes=True, ends="gateway"),
    "hang": Fault(makes=True, ends="hang"),
    "500-after": Fault(makes=True, ends="answer", problem=problems.BROKEN),
    "500": Fault(makes=False, ends="answer", problem=problems.BROKEN),
    "reset": Fault(makes=False, ends="reset"),
    "429": Fault(makes=False, ends="throttle"),
    "401": Fault(makes=False, ends="answer", problem=problems.UNAUTHENTICATED),
    "402": Fault(makes=False, ends="answer", problem=problems.NO_CREDIT),
    "422": Fault(
        makes=False,
        ends="answer",
        problem=problems.invalid([Invalid("string_lte", "input.prompt", "String length must be less than or equal to 1")]),
    ),
}

_WAIT = re.compile(r"wait(?:=([1-9]|[1-5][0-9]|60))?")
_WAIT_S = 60
_DURATION = re.compile(r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?|([0-9]{1,9})")
_SHORTEST_DEADLINE_S = 5
_BULKY = int(6.4 * 1024 * 1024)
"""Bytes of a body above which it has been seen to be taken and then to die."""


class Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem[0])
        self.problem = problem


class Creator:
    def __init__(self, world: World, timekeeper: Timekeeper, api: str, delivery: str) -> None:
        self._world = world
        self._timekeeper = timekeeper
        self._api = api
        self._delivery = delivery

    async def create(self, request: Request, model: Model | None) -> Response:
        """`model` is what the path names; without one the body's version says it. Raises Refused."""
        asked = self._read(await request.body(), model, request.headers.get("cancel-after"))
        try:
            decided = self._world.plan(asked)
        except markers.UnknownMarker as unknown:
            raise Refused((400, {"detail": f"This fake knows no marker {unknown}", "status": 400})) from None
        fault = FAULTS[decided.create] if decided.create else None
        made = self._make(asked, decided, makes=fault is None or fault.makes)
        if fault is not None:
            return self._spoilt(fault, made)
        assert made is not None
        return await self._answer(made, request.headers.get("prefer"))

    # ---------------------------------------------------------------- what is asked

    def _read(self, raw: bytes, model: Model | None, deadline: str | None) -> Asked:
        try:
            told = body.load(raw)
        except ValueError:
            raise Refused(problems.MALFORMED) from None
        if not isinstance(told, dict):
            raise Refused(problems.MALFORMED)
        wrong = schema.check(told, schema.BODY_OF_MODEL if model else schema.BODY_OF_VERSION, "")
        found = (model, "hidden") if model else None
        if not wrong and found is None:
            found = resolve(told["version"])
            if found is None:
                raise Refused(problems.BAD_VERSION)
        if found is not None and isinstance(told.get("input"), dict):
            wrong += schema.check(told["input"], found[0].fields, "input", strict=self._world.knobs.strict_inputs)
        if wrong or found is None:
            raise Refused(problems.invalid(wrong))
        events = told.get("webhook_events_filter")
        return Asked(
            model=found[0],
            version=found[1],
            input=told["input"],
            webhook=told.get("webhook"),
            events=None if events is None else tuple(events),
            cancel_after=None if deadline is None else _duration(deadline),
            bulky=len(raw) > _BULKY,
        )

    # ---------------------------------------------------------------- what happens

    def _make(self, asked: Asked, decided: Plan, *, makes: bool) -> Prediction | None:
        now = self._world.clock.ns()
        create = self._world.record(asked, decided, now)
        made = self._world.make(asked, decided, create, now) if makes else None
        self._world.note("create", {**_told(asked), "plan": asdict(decided), "at": now, "made": makes})
        if made is not None:
            self._timekeeper.follow(made)
        return made

    def _spoilt(self, fault: Fault, made: Prediction | None) -> Response:
        if fault.ends == "drop":
            return Dropped()
        if fault.ends == "reset":
            return Dropped(reset=True)
        if fault.ends == "gateway":
            return Response(_BAD_GATEWAY, 502, media_type="text/html")
        if fault.ends == "throttle":
            raise Refused(problems.throttled(self._world.knobs.throttle_seconds))
        if fault.ends == "hang":
            assert made is not None
            return Delayed(self._shown(made, self._world.knobs.created_status), self._world.knobs.hang_seconds)
        assert fault.problem is not None
        raise Refused(fault.problem)

    # ---------------------------------------------------------------- what is answered

    async def _answer(self, made: Prediction, prefer: str | None) -> Response:
        wait = _WAIT.fullmatch(prefer or "")
        if wait is None:
            return self._shown(made, self._world.knobs.created_status)
        ended = await self._timekeeper.ended(made, int(wait[1] or _WAIT_S))
        return self._shown(made, 201 if ended else 202, {"preference-applied": wait[0]})

    def _shown(self, made: Prediction, status: int, headers: dict[str, str] | None = None) -> Response:
        """At the moment of its end, a prediction that was waited for still says `processing`: its output came first."""
        early = headers is not None
        now = self._world.clock.ns() if early else made.created
        return Response(body.dump(made.view(now, self._api, self._delivery, early=early)), status, headers, "application/json")


def _duration(text: str) -> float:
    match = _DURATION.fullmatch(text)
    hours, minutes, seconds, bare = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds + bare
    if total < _SHORTEST_DEADLINE_S:
        raise Refused(problems.BAD_DEADLINE)
    return total


def _told(asked: Asked) -> dict[str, Any]:
    return {
        "model": asked.model.name,
        "version": asked.version,
        "input": asked.input,
        "webhook": asked.webhook,
        "events": asked.events,
        "cancel_after": asked.cancel_after,
    }
