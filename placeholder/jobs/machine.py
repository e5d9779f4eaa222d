"""The life of a job, as a table: (phase, event) -> the job after it. What is not in the table changes nothing, which is
how late, repeated and foreign news are met.

    QUEUED      Taken -> SUBMITTING      Overdue -> FAILED
                Reported -> RUNNING or FETCHING, where an attempt was given up too early
    SUBMITTING  Reported -> RUNNING, FETCHING, QUEUED or FAILED      Deferred -> QUEUED      Refused -> FAILED
                Unfound -> SUBMITTING until the grace time is over, then QUEUED
    RUNNING     Reported -> RUNNING, FETCHING, QUEUED or FAILED
    FETCHING    Stored -> READY      Unfetched -> FETCHING or FAILED
    FAILED      AskedAgain -> QUEUED, where the failure may pass      Purged -> PURGED
    READY       Purged -> PURGED
    PURGED      AskedAgain -> QUEUED

Elsewhere Taken and PutOff move nothing but the time of the next look. Whatever is fruitless once the deadline has passed
ends in FAILED; before it ends, a job that was sent is always looked at once more, for its picture is paid.

A job is sent (SUBMITTING) only after that intent is on record; one found in SUBMITTING is never sent again until the
provider's report, its list and the grace time have all had their say. States only rise, until it is asked for anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from placeholder.jobs.model import FAILURES, Job, Phase, State
from placeholder.jobs.ports import Prediction


@dataclass(frozen=True, slots=True)
class Policy:
    """Seconds, and how often."""

    lease_s: float = 30
    poll_s: float = 5
    grace_s: float = 60
    deadline_s: float = 900
    attempts: int = 3
    """Times that a job is sent in one epoch."""
    fetches: int = 6
    """Times that an output is fetched."""
    longest_wait_s: float = 60

    def after(self, fruitless: int) -> float:
        """Seconds before the next look, after `fruitless` ones in a row."""
        return min(self.poll_s * 2.0 ** min(fruitless, 16), self.longest_wait_s)


@dataclass(frozen=True, slots=True)
class Taken:
    """A worker takes the job for itself until `until`."""

    now: float
    until: float


@dataclass(frozen=True, slots=True)
class PutOff:
    """Nothing could be learned or done; again after `wait` seconds."""

    now: float
    wait: float


@dataclass(frozen=True, slots=True)
class Deferred:
    """The provider did not take it, for certain."""

    now: float
    wait: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will never take it."""

    now: float
    code: str


@dataclass(frozen=True, slots=True)
class Unfound:
    """The provider was asked, and knows of no prediction that came of this attempt."""

    now: float


@dataclass(frozen=True, slots=True)
class Reported:
    """What the provider says of it, be it by webhook, by poll or in answer to the order itself."""

    now: float
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class Unfetched:
    """The output did not come; `code` is why, of model.FAILURES."""

    now: float
    code: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """The picture is ours, durably."""

    now: float
    thumbhash: str
    blur: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """It could not be sent for so long that whoever asked has gone."""

    now: float


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A client wants it once more, after it had ended without a picture to show."""

    now: float
    key_id: str
    prompt: bytes
    cost: int


@dataclass(frozen=True, slots=True)
class Purged:
    now: float


Event = Taken | PutOff | Deferred | Refused | Unfound | Reported | Unfetched | Stored | Overdue | AskedAgain | Purged

_RANK = {State.PENDING: 0, State.GENERATING: 1, State.READY: 2, State.FAILED: 2}
_STATES = {
    Phase.QUEUED: State.PENDING,
    Phase.SUBMITTING: State.PENDING,
    Phase.RUNNING: State.GENERATING,
    Phase.FETCHING: State.GENERATING,
    Phase.READY: State.READY,
    Phase.FAILED: State.FAILED,
    Phase.PURGED: State.FAILED,
}

_OVERDUE = {
    Phase.QUEUED: "provider_unavailable",
    Phase.SUBMITTING: "provider_unavailable",
    Phase.RUNNING: "timeout",
    Phase.FETCHING: "output_lost",
}


def advance(job: Job, event: Event, policy: Policy) -> Job | None:
    """The job after `event`, one version on; None where the event changes nothing."""
    rule = RULES.get((job.phase, type(event)))
    after = rule(job, event, policy) if rule else None
    return replace(after, version=job.version + 1, updated_at=event.now) if after else None


def _enter(job: Job, phase: Phase, **changes: Any) -> Job:
    state = max(job.state, _STATES[phase], key=_RANK.__getitem__)
    return replace(job, phase=phase, state=state, **{"looks": 0, **changes})


def _end(job: Job, phase: Phase, now: float, code: str | None) -> Job:
    return _enter(job, phase, due_at=None, ended_at=now, output=None, code=code)


def _taken(job: Job, event: Taken, _: Policy) -> Job:
    return replace(job, due_at=event.until)


def _send(job: Job, event: Taken, _: Policy) -> Job:
    return _enter(job, Phase.SUBMITTING, due_at=event.until, sent_at=event.now, attempt=job.attempt + 1, prediction=None)


def _fruitless(job: Job, after: Job, now: float, policy: Policy) -> Job:
    """`after`, or the end where the deadline has passed: of whoever asked while nothing runs, else of the provider."""
    began = job.asked_at if after.phase is Phase.QUEUED else job.sent_at or job.asked_at
    if now < began + policy.deadline_s:
        return after
    return _end(job, Phase.FAILED, now, _OVERDUE[job.phase])


def _put_off(job: Job, event: PutOff, policy: Policy) -> Job:
    return _fruitless(job, replace(job, due_at=event.now + event.wait), event.now, policy)


def _deferred(job: Job, event: Deferred, policy: Policy) -> Job:
    # Never sent, so the attempt does not count.
    after = _enter(job, Phase.QUEUED, due_at=event.now + event.wait, attempt=job.attempt - 1, deferrals=job.deferrals + 1)
    return _fruitless(job, after, event.now, policy)


def _refused(job: Job, event: Refused, _: Policy) -> Job:
    return _end(job, Phase.FAILED, event.now, event.code)


def _unfound(job: Job, event: Unfound, policy: Policy) -> Job:
    is_lost = job.looks >= 1 and event.now - (job.sent_at or 0) >= policy.grace_s
    if is_lost:
        return _send_again(job, event.now, "provider_unavailable", policy)
    return replace(job, due_at=event.now + min(policy.poll_s, policy.grace_s / 2), looks=job.looks + 1)


def _send_again(job: Job, now: float, code: str, policy: Policy) -> Job:
    if job.attempt >= policy.attempts:
        return _end(job, Phase.FAILED, now, code)
    after = _enter(job, Phase.QUEUED, due_at=now + policy.after(job.attempt) / 5, prediction=None, output=None)
    return _fruitless(job, after, now, policy)


def _reported(job: Job, event: Reported, policy: Policy) -> Job | None:
    news, now = event.prediction, event.now
    if job.prediction is not None and news.id != job.prediction:
        return None
    if news.failure is not None:
        known = replace(job, prediction=news.id)
        if news.is_worth_another:
            return _send_again(known, now, news.failure, policy)
        return _end(known, Phase.FAILED, now, news.failure)
    if news.output is not None or news.body is not None:
        return _enter(job, Phase.FETCHING, due_at=now, prediction=news.id, output=news.output, deferrals=0)
    wait = news.again_s if news.again_s is not None else policy.after(job.looks)
    if job.phase is Phase.RUNNING:
        return _fruitless(job, replace(job, due_at=now + wait, looks=job.looks + 1), now, policy)
    return _enter(job, Phase.RUNNING, due_at=now + wait, prediction=news.id, deferrals=0)


def _reported_late(job: Job, event: Reported, policy: Policy) -> Job | None:
    """News of an attempt that was taken for lost, before the next one was sent."""
    return None if event.prediction.failure is not None or job.attempt == 0 else _reported(job, event, policy)


def _unfetched(job: Job, event: Unfetched, policy: Policy) -> Job:
    if event.is_final:
        return _end(job, Phase.FAILED, event.now, event.code)
    after = replace(job, due_at=event.now + policy.after(job.looks) / 5, looks=job.looks + 1)
    # It is paid, and its provider keeps it for a while.
    return after if after.looks < policy.fetches else _fruitless(job, after, event.now, policy)


def _stored(job: Job, event: Stored, _: Policy) -> Job:
    return replace(_end(job, Phase.READY, event.now, None), thumbhash=event.thumbhash, blur=event.blur)


def _overdue(job: Job, event: Overdue, policy: Policy) -> Job | None:
    after = _fruitless(job, job, event.now, policy)
    return None if after is job else after


def _asked_again(job: Job, event: AskedAgain, _: Policy) -> Job | None:
    if job.code is not None and not FAILURES[job.code].may_ask_again:
        return None
    return replace(
        job,
        phase=Phase.QUEUED,
        state=State.PENDING,
        epoch=job.epoch + 1,
        attempt=0,
        deferrals=0,
        looks=0,
        key_id=event.key_id,
        prompt=event.prompt,
        cost=event.cost,
        asked_at=event.now,
        due_at=event.now,
        sent_at=None,
        prediction=None,
        ended_at=None,
        code=None,
    )


def _purged(job: Job, event: Purged, _: Policy) -> Job:
    return replace(_end(job, Phase.PURGED, event.now, None), prompt=None, thumbhash=None, blur=None)


RULES: Mapping[tuple[Phase, type[Event]], Callable[[Job, Any, Policy], Job | None]] = {
    (Phase.QUEUED, Taken): _send,
    (Phase.QUEUED, Overdue): _overdue,
    (Phase.QUEUED, Reported): _reported_late,
    (Phase.SUBMITTING, Taken): _taken,
    (Phase.SUBMITTING, PutOff): _put_off,
    (Phase.SUBMITTING, Deferred): _deferred,
    (Phase.SUBMITTING, Refused): _refused,
    (Phase.SUBMITTING, Unfound): _unfound,
    (Phase.SUBMITTING, Reported): _reported,
    (Phase.RUNNING, Taken): _taken,
    (Phase.RUNNING, PutOff): _put_off,
    (Phase.RUNNING, Reported): _reported,
    (Phase.FETCHING, Taken): _taken,
    (Phase.FETCHING, PutOff): _put_off,
    (Phase.FETCHING, Unfetched): _unfetched,
    (Phase.FETCHING, Stored): _stored,
    (Phase.READY, Purged): _purged,
    (Phase.FAILED, Purged): _purged,
    (Phase.FAILED, AskedAgain): _asked_again,
    (Phase.PURGED, AskedAgain): _asked_again,
}
