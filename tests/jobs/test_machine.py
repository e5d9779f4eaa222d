"""The life of a job: every cell of the table, and what holds whatever happens."""

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.jobs.machine import (
    RULES,
    AskedAgain,
    Deferred,
    Event,
    Overdue,
    Policy,
    Purged,
    PutOff,
    Refused,
    Reported,
    Stored,
    Taken,
    Unfetched,
    Unfound,
    advance,
)
from placeholder.jobs.model import ENDED, FAILURES, Job, Phase, State
from placeholder.jobs.ports import Prediction

POLICY = Policy(lease_s=30, poll_s=5, grace_s=60, deadline_s=900)
BORN = 1_000_000.0
NEW = Job(
    id="a" * 16, mac=b"m" * 32, owner="o", key_id="k", w=64, h=48, model="m", seed=None, prompt=b"sealed", cost=3000,
    created_at=BORN, updated_at=BORN, asked_at=BORN, due_at=BORN,
)  # fmt: skip
RUNS, DONE, OURS = Prediction("p1"), Prediction("p1", output="https://x/y"), Prediction("p1", body=b"png")


def after(*events: Event, job: Job = NEW) -> Job:
    for event in events:
        changed = advance(job, event, POLICY)
        assert changed is not None, event
        job = changed
    return job


SENT = after(Taken(BORN, BORN + 30))
RUNNING = after(Reported(BORN + 1, RUNS), job=SENT)
FETCHING = after(Reported(BORN + 2, DONE), job=RUNNING)
READY = after(Stored(BORN + 3, "hash", "data:"), job=FETCHING)
FAILED = after(Refused(BORN + 1, "timeout"), job=SENT)
PURGED = after(Purged(BORN + 9), job=READY)
OF_PHASE = {job.phase: job for job in (NEW, SENT, RUNNING, FETCHING, READY, FAILED, PURGED)}
EVENTS: tuple[Event, ...] = (
    Taken(BORN + 10, BORN + 40),
    PutOff(BORN + 10, 5),
    Deferred(BORN + 10, 2),
    Refused(BORN + 10, "invalid"),
    Unfound(BORN + 10),
    Reported(BORN + 10, RUNS),
    Unfetched(BORN + 10, "output_lost", is_final=False),
    Stored(BORN + 10, "hash", "data:"),
    Overdue(BORN + 1000),
    AskedAgain(BORN + 10, "k2", b"new", 1),
    Purged(BORN + 10),
)

TABLE = {
    (Phase.QUEUED, Taken): Phase.SUBMITTING,
    (Phase.QUEUED, Overdue): Phase.FAILED,
    (Phase.SUBMITTING, Taken): Phase.SUBMITTING,
    (Phase.SUBMITTING, PutOff): Phase.SUBMITTING,
    (Phase.SUBMITTING, Deferred): Phase.QUEUED,
    (Phase.SUBMITTING, Refused): Phase.FAILED,
    (Phase.SUBMITTING, Unfound): Phase.SUBMITTING,
    (Phase.SUBMITTING, Reported): Phase.RUNNING,
    (Phase.RUNNING, Taken): Phase.RUNNING,
    (Phase.RUNNING, PutOff): Phase.RUNNING,
    (Phase.RUNNING, Reported): Phase.RUNNING,
    (Phase.FETCHING, Taken): Phase.FETCHING,
    (Phase.FETCHING, PutOff): Phase.FETCHING,
    (Phase.FETCHING, Unfetched): Phase.FETCHING,
    (Phase.FETCHING, Stored): Phase.READY,
    (Phase.READY, Purged): Phase.PURGED,
    (Phase.FAILED, Purged): Phase.PURGED,
    (Phase.FAILED, AskedAgain): Phase.QUEUED,
    (Phase.PURGED, AskedAgain): Phase.QUEUED,
}


@pytest.mark.parametrize(
    ("phase", "event"), list(product(Phase, EVENTS)), ids=lambda value: getattr(value, "value", type(value).__name__)
)
def test_every_cell(phase: Phase, event: Event) -> None:
    changed = advance(OF_PHASE[phase], event, POLICY)
    assert (changed.phase if changed else None) == TABLE.get((phase, type(event)))
    if changed:
        assert changed.version == OF_PHASE[phase].version + 1
        assert changed.updated_at == event.now


def test_the_table_knows_only_events_and_phases() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(Event)) == {event for _, event in RULES}
    assert set(TABLE) <= set(RULES)


@pytest.mark.parametrize(
    ("job", "event", "phase", "code"),
    [
        (SENT, Reported(BORN + 1, DONE), Phase.FETCHING, None),
        (SENT, Reported(BORN + 1, OURS), Phase.FETCHING, None),
        (SENT, Reported(BORN + 1, Prediction("p1", failure="blocked")), Phase.FAILED, "blocked"),
        (SENT, Reported(BORN + 1, Prediction("p1", failure="generation_failed", is_worth_another=True)), Phase.QUEUED, None),
        (RUNNING, Reported(BORN + 1, Prediction("p1", failure="timeout")), Phase.FAILED, "timeout"),
        (RUNNING, Reported(BORN + 901, RUNS), Phase.FAILED, "timeout"),
        (RUNNING, Reported(BORN + 5000, DONE), Phase.FETCHING, None),  # late, and paid
        (RUNNING, PutOff(BORN + 901, 5), Phase.FAILED, "timeout"),
        (SENT, PutOff(BORN + 901, 5), Phase.FAILED, "provider_unavailable"),
        (SENT, Deferred(BORN + 901, 5), Phase.FAILED, "provider_unavailable"),
        (FETCHING, Unfetched(BORN + 5, "bad_output", is_final=True), Phase.FAILED, "bad_output"),
        (FETCHING, Unfetched(BORN + 901, "output_lost", is_final=False), Phase.FETCHING, None),
        (replace(FETCHING, looks=5), Unfetched(BORN + 5, "output_lost", is_final=False), Phase.FETCHING, None),
        (replace(FETCHING, looks=5), Unfetched(BORN + 901, "output_lost", is_final=False), Phase.FAILED, "output_lost"),
        (replace(RUNNING, attempt=3), Reported(BORN + 1, Prediction("p1", failure="generation_failed", is_worth_another=True)),
         Phase.FAILED, "generation_failed"),
        (replace(SENT, looks=1), Unfound(BORN + 61), Phase.QUEUED, None),
        (replace(SENT, looks=1), Unfound(BORN + 59), Phase.SUBMITTING, None),
        (replace(SENT, looks=0), Unfound(BORN + 61), Phase.SUBMITTING, None),  # one look is no proof
        (replace(SENT, looks=1, attempt=3), Unfound(BORN + 61), Phase.FAILED, "provider_unavailable"),
    ],
)  # fmt: skip
def test_turns(job: Job, event: Event, phase: Phase, code: str | None) -> None:
    changed = after(event, job=job)
    assert (changed.phase, changed.code) == (phase, code)
    assert (changed.due_at is None) == (changed.phase in ENDED)


@pytest.mark.parametrize(
    ("job", "event"),
    [
        (RUNNING, Reported(BORN + 5, Prediction("another", output="https://x/z"))),
        (NEW, Overdue(BORN + 899)),
        (NEW, Reported(BORN + 5, RUNS)),  # nothing was ever sent
        (after(Refused(BORN + 1, "blocked"), job=SENT), AskedAgain(BORN + 5, "k", b"p", 1)),
        (after(Refused(BORN + 1, "invalid"), job=SENT), AskedAgain(BORN + 5, "k", b"p", 1)),
        (READY, Reported(BORN + 5, Prediction("p1", failure="timeout"))),
        (FAILED, Reported(BORN + 5, DONE)),
    ],
)
def test_what_changes_nothing(job: Job, event: Event) -> None:
    assert advance(job, event, POLICY) is None


def test_an_attempt_that_was_never_sent_does_not_count() -> None:
    job = after(Deferred(BORN + 1, 7), job=SENT)
    assert (job.attempt, job.deferrals, job.due_at) == (0, 1, BORN + 8)


def test_late_news_of_an_attempt_given_up_is_taken() -> None:
    given_up = after(Unfound(BORN + 61), job=replace(SENT, looks=1))
    assert given_up.phase is Phase.QUEUED
    assert after(Reported(BORN + 62, DONE), job=given_up).phase is Phase.FETCHING


def test_a_second_attempt_still_shows_that_the_first_ran() -> None:
    again = after(Reported(BORN + 2, Prediction("p1", failure="generation_failed", is_worth_another=True)), job=RUNNING)
    assert (again.phase, again.state) == (Phase.QUEUED, State.GENERATING)
    assert after(Taken(BORN + 9, BORN + 39), job=again).attempt == 2


def test_asked_again_begins_anew() -> None:
    again = after(AskedAgain(BORN + 50, "k2", b"new", 7), job=FAILED)
    assert (again.epoch, again.attempt, again.state, again.asked_at, again.key_id) == (2, 0, State.PENDING, BORN + 50, "k2")
    assert again.ended_at is None
    assert again.code is None


def test_purged_keeps_nothing_of_it() -> None:
    assert (PURGED.prompt, PURGED.thumbhash, PURGED.blur, PURGED.output) == (None, None, None, None)


predictions = st.builds(
    lambda name, kind: {
        "runs": Prediction(name), "output": Prediction(name, output="https://x/y"), "body": Prediction(name, body=b"x"),
        "failed": Prediction(name, failure="generation_failed"),
        "interrupted": Prediction(name, failure="generation_failed", is_worth_another=True),
    }[kind],
    st.sampled_from(["p1", "p2"]), st.sampled_from(["runs", "output", "body", "failed", "interrupted"]),
)  # fmt: skip
moves = st.one_of(
    st.builds(lambda: lambda now: Taken(now, now + 30)),
    st.builds(lambda: lambda now: PutOff(now, 5)),
    st.builds(lambda: lambda now: Deferred(now, 5)),
    st.builds(lambda code: lambda now: Refused(now, code), st.sampled_from(sorted(FAILURES))),
    st.builds(lambda: lambda now: Unfound(now)),
    st.builds(lambda said: lambda now: Reported(now, said), predictions),
    st.builds(lambda final: lambda now: Unfetched(now, "output_lost", final), st.booleans()),
    st.builds(lambda: lambda now: Stored(now, "h", "b")),
    st.builds(lambda: lambda now: Overdue(now)),
    st.builds(lambda: lambda now: AskedAgain(now, "k", b"p", 1)),
    st.builds(lambda: lambda now: Purged(now)),
)
_RANK = {State.PENDING: 0, State.GENERATING: 1, State.READY: 2, State.FAILED: 2}


@given(st.lists(st.tuples(moves, st.floats(0, 400)), max_size=40))
def test_whatever_happens(history: list[tuple[object, float]]) -> None:
    job, now = NEW, BORN
    for move, wait in history:
        now += wait
        event = move(now)  # type: ignore[operator]
        changed = advance(job, event, POLICY)
        if changed is None:
            continue
        assert changed.version == job.version + 1
        assert (changed.due_at is None) == (changed.phase in ENDED)
        assert (changed.state is State.FAILED) == (changed.phase in (Phase.FAILED,)) or changed.phase is Phase.PURGED
        assert (changed.state is State.READY) == (changed.phase is Phase.READY) or changed.phase is Phase.PURGED
        if changed.epoch == job.epoch and changed.phase is not Phase.PURGED:
            assert _RANK[changed.state] >= _RANK[job.state], "states only rise"
            assert job.phase not in ENDED, "terminal is terminal"
        if changed.phase is Phase.SUBMITTING and job.phase is not Phase.SUBMITTING:
            assert job.phase is Phase.QUEUED, "sent only from the queue"
            assert changed.attempt <= POLICY.attempts + 1
        assert changed.mac == job.mac
        job = changed
