"""One talk with the world, and the event that came of it: whatever a provider, its outputs or our own store do, a step says one
thing, raises nothing, and never orders twice (A5 to A10, A12)."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest
from fixtures.simulation import BORN, VAULT, Cleaner, Clock, Fetched, Scripted, Shelf, a_job, a_world

from placeholder.errors import Unavailable
from placeholder.jobs.breaker import Breaker
from placeholder.jobs.machine import (
    Deferred,
    Event,
    Policy,
    PutOff,
    Refused,
    Reported,
    Stored,
    Taken,
    Unfetched,
    Unfound,
    advance,
)
from placeholder.jobs.model import MAX_SEED, Job, Phase, State, blob_key, dice
from placeholder.jobs.ports import (
    NotStarted,
    Order,
    OutputGone,
    OutputRefused,
    OutputTrouble,
    Prediction,
    Rejected,
    Trouble,
    Unsure,
)
from placeholder.jobs.steps import World, first_step, next_step
from placeholder.jobs.store import Taking
from placeholder.raster.master import Undecodable
from placeholder.vault import Vault

POLICY = Policy()
QUEUED = a_job(0)
CANARY = "prompt 0"


def after(job: Job, *events: Event) -> Job:
    for event in events:
        changed = advance(job, event, POLICY)
        assert changed, event
        job = changed
    return job


TAKEN = Taken(BORN, BORN + 30)
SENT = after(QUEUED, TAKEN)
RUNNING = after(SENT, Reported(BORN, Prediction("p1")))
FETCHING = after(RUNNING, Reported(BORN, Prediction("p1", output="https://x/y")))
OURS = after(RUNNING, Reported(BORN, Prediction("p1", body=b"picture")))
CLAIM = Taking(QUEUED, SENT)
NOW = BORN + 3
POLL = POLICY.poll_s

RUNS, DONE, BODY = Prediction("p1"), Prediction("p1", output="https://x/y"), Prediction("p1", body=b"picture")
LATER, BROKE = Prediction("p1", again_s=2.5), Prediction("p1", failure="generation_failed", is_worth_another=True)
BLOCKED = Prediction("p1", failure="blocked")


def world(provider: Scripted, **changes: Any) -> World:
    return a_world(provider, Clock(NOW), **changes)


# ---------------------------------------------------------------- sending


SENDS: list[tuple[str, Any, Event, int, float]] = [
    # what the provider does, what comes of it, failures that the breaker counts, until when it rests
    ("runs", RUNS, Reported(NOW, RUNS), 0, 0),
    ("is done at once", DONE, Reported(NOW, DONE), 0, 0),
    ("hands it over", BODY, Reported(NOW, BODY), 0, 0),
    ("broke at once", BROKE, Reported(NOW, BROKE), 0, 0),
    ("not now", NotStarted("429"), Deferred(NOW, 1), 1, 0),
    ("not for 7 s", NotStarted("429", 7), Deferred(NOW, 7), 1, 0),
    ("not for 0 s", NotStarted("429", 0), Deferred(NOW, 0), 1, 0),
    ("A7 not for 31 years", NotStarted("429", 999_999_999), Deferred(NOW, 60), 1, 0),
    ("nothing of ours", NotStarted("401", is_closed=True), Deferred(NOW, 1), 10, NOW + 15),
    ("nothing of ours for 9 s", NotStarted("402", 9, is_closed=True), Deferred(NOW, 9), 10, NOW + 15),
    ("never", Rejected("invalid"), Refused(NOW, "invalid"), 0, 0),
    ("never that", Rejected("blocked"), Refused(NOW, "blocked"), 0, 0),
    ("A6 who knows", Unsure(), PutOff(NOW, POLL), 1, 0),
    ("A8 a foreign exception", AttributeError("'list' object … a heron"), PutOff(NOW, POLL), 0, 0),
    ("a foreign timeout", TimeoutError(), PutOff(NOW, POLL), 0, 0),
    ("trouble, which start has no word for", Trouble(), PutOff(NOW, POLL), 0, 0),
]


@pytest.mark.parametrize(("what", "says", "event", "failures", "rests"), SENDS, ids=[case[0] for case in SENDS])
async def test_sending(what: str, says: Any, event: Event, failures: int, rests: float) -> None:
    provider, breaker = Scripted(start=[says]), Breaker()
    points: list[str] = []
    assert await first_step(CLAIM, world(provider, breaker=breaker, at=points.append)) == event
    assert [call for call, _ in provider.calls] == ["start"], "one order, whatever came of it"
    assert (breaker.failures, breaker.rests_until) == (failures, rests)
    assert points == ["provider.before_call", "provider.after_call"][: 2 if isinstance(event, Reported) else 1]
    # Only what was refused for certain is sent again without being looked for.
    again = advance(SENT, event, POLICY)
    assert again
    assert (again.phase is Phase.QUEUED) == (isinstance(event, Deferred) or says == BROKE)


async def test_what_works_is_forgiven_what_failed() -> None:
    for says in (RUNS, Rejected("invalid")):
        breaker = Breaker(failures=9)
        await first_step(CLAIM, world(Scripted(start=[says]), breaker=breaker))
        assert breaker.failures == 0


@pytest.mark.parametrize(("deferrals", "wait"), [(0, 1), (1, 2), (5, 32), (6, 60), (99, 60), (10**6, 60)])
async def test_the_wait_for_a_provider_that_says_none_doubles(deferrals: int, wait: float) -> None:
    held = replace(SENT, deferrals=deferrals)
    for jitter in (0.0, 0.5, 1.0):
        here = world(Scripted(start=[NotStarted("503")]), jitter=lambda jitter=jitter: jitter)
        assert await first_step(Taking(QUEUED, held), here) == Deferred(NOW, wait * (1 + jitter / 2))


async def test_an_order_says_what_was_asked_and_when() -> None:
    provider = Scripted(start=[RUNS])
    hook = "https://x/{}/{}/{}".format
    await first_step(CLAIM, world(provider, hook=hook))
    (order,) = provider.named("start")
    assert order == Order(
        job=QUEUED.id, epoch=1, attempt=1, prompt=CANARY, size=QUEUED.size, model="m/n", seed=dice(QUEUED.mac), is_exact=False,
        webhook=hook(QUEUED.id, 1, 1), seconds=POLICY.deadline_s, sent_at=BORN,
    )  # fmt: skip
    assert order.name == f"{QUEUED.id}.1.1"


@pytest.mark.parametrize("seed", [0, 1, MAX_SEED])
async def test_a_seed_that_was_chosen_travels_as_it_is(seed: int) -> None:
    provider = Scripted(start=[RUNS])
    await first_step(Taking(QUEUED, replace(SENT, seed=seed)), world(provider))
    assert (provider.named("start")[0].seed, provider.named("start")[0].is_exact) == (seed, True)


@pytest.mark.parametrize(
    "held",
    [replace(SENT, prompt=None), replace(SENT, prompt=b""), replace(SENT, prompt=VAULT.seal("b" * 16, "another's"))],
    ids=["erased", "damaged", "another job's"],
)
async def test_a_prompt_that_cannot_be_read_is_not_sent(held: Job) -> None:
    provider = Scripted(start=[RUNS])
    assert await first_step(Taking(QUEUED, held), world(provider)) == Refused(NOW, "invalid")
    assert provider.calls == []


async def test_under_another_secret_nothing_is_sent() -> None:
    provider = Scripted(start=[RUNS])
    assert await first_step(CLAIM, world(provider, seals=Vault("t" * 32))) == Refused(NOW, "invalid")
    assert provider.calls == []


@pytest.mark.parametrize(("late", "is_sent"), [(0, True), (15, True), (15.001, False), (3600, False)])
async def test_a_process_that_stood_still_sends_nothing(late: float, is_sent: bool) -> None:
    """Half of the lease: the other half is for the order to come through before anybody else may look for it."""
    provider = Scripted(start=[RUNS])
    now = BORN + late
    event = await first_step(CLAIM, a_world(provider, Clock(now)))
    assert event == (Reported(now, RUNS) if is_sent else PutOff(now, POLL))
    assert len(provider.calls) == is_sent


async def test_a_clock_that_went_back_sends_all_the_same() -> None:
    assert await first_step(CLAIM, a_world(Scripted(start=[RUNS]), Clock(BORN - 3600))) == Reported(BORN - 3600, RUNS)


# ---------------------------------------------------------------- looking


LOOKS: list[tuple[str, Job, dict[str, list[Any]], Event]] = [
    ("found, and running", SENT, {"find": [RUNS]}, Reported(NOW, RUNS)),
    ("found, and done", SENT, {"find": [DONE]}, Reported(NOW, DONE)),
    ("found, and broken", SENT, {"find": [BROKE]}, Reported(NOW, BROKE)),
    ("not found", SENT, {"find": [None]}, Unfound(NOW)),
    ("the list does not answer", SENT, {"find": [Trouble()]}, PutOff(NOW, POLL)),
    ("the list is nonsense", SENT, {"find": [KeyError("a heron")]}, PutOff(NOW, POLL)),
    ("still running", RUNNING, {"look": [RUNS]}, Reported(NOW, RUNS)),
    ("running, says when", RUNNING, {"look": [LATER]}, Reported(NOW, LATER)),
    ("done", RUNNING, {"look": [DONE]}, Reported(NOW, DONE)),
    ("done, handed over", RUNNING, {"look": [BODY]}, Reported(NOW, BODY)),
    ("broken", RUNNING, {"look": [BROKE]}, Reported(NOW, BROKE)),
    ("refused", RUNNING, {"look": [BLOCKED]}, Reported(NOW, BLOCKED)),
    ("the provider does not answer", RUNNING, {"look": [Trouble()]}, PutOff(NOW, POLL)),
    ("the provider is nonsense", RUNNING, {"look": [TypeError("a heron")]}, PutOff(NOW, POLL)),
]


@pytest.mark.parametrize(("what", "job", "script", "event"), LOOKS, ids=[case[0] for case in LOOKS])
async def test_looking(what: str, job: Job, script: dict[str, list[Any]], event: Event) -> None:
    provider, held = Scripted(**script), after(job, TAKEN)
    assert await first_step(Taking(job, held), world(provider)) == event
    assert [call for call, _ in provider.calls] == list(script), "what was sent is never sent again here"


@pytest.mark.parametrize("job", [SENT, RUNNING, OURS], ids=["find", "look", "fetch"])
@pytest.mark.parametrize("changes", [{"prompt": None}, {"prompt": b"\1junk"}], ids=["erased", "damaged"])
async def test_nothing_is_given_up_for_a_prompt_that_cannot_be_read_now(job: Job, changes: dict[str, Any]) -> None:
    """Its picture is paid: a secret that was mistyped may be put right in time."""
    event = await next_step(replace(job, **changes), world(Scripted()))
    assert event == PutOff(NOW, POLL)


async def test_put_offs_are_spread() -> None:
    events = [await next_step(RUNNING, world(Scripted(look=[Trouble()]), jitter=lambda share=share: share)) for share in (0, 1)]
    assert events == [PutOff(NOW, POLL), PutOff(NOW, POLL * 2)]


async def test_what_was_not_there_when_asked_for_is_not_missed_later() -> None:
    """The answer was on its way while this process stood still: it tells of then, not of now."""
    clock = Clock(NOW)

    def an_hour(_: Order) -> None:
        clock.now += 3600

    assert await next_step(SENT, a_world(Scripted(find=[an_hour]), clock)) == Unfound(NOW)


# ---------------------------------------------------------------- fetching


def fetched(event: Event, *, calls: int = 0, kept: bool = False) -> tuple[Event, int, bool]:
    return event, calls, kept


STORED = Stored(NOW, "thumbhash", "data:,")
FETCHES: list[tuple[str, Job, dict[str, Any], tuple[Event, int, bool]]] = [
    ("there", FETCHING, {}, fetched(STORED, kept=True)),
    ("A12 gone", FETCHING, {"outputs": Fetched(OutputGone())}, fetched(Unfetched(NOW, "output_lost", is_final=True))),
    ("not now", FETCHING, {"outputs": Fetched(OutputTrouble())}, fetched(Unfetched(NOW, "output_lost", is_final=False))),
    ("O1 not from there", FETCHING, {"outputs": Fetched(OutputRefused())}, fetched(Unfetched(NOW, "bad_output", is_final=True))),
    ("I8 no picture", FETCHING, {"outputs": Fetched(b"junk")}, fetched(Unfetched(NOW, "bad_output", is_final=False))),
    ("no picture twice", replace(FETCHING, looks=1), {"outputs": Fetched(b"junk")},
     fetched(Unfetched(NOW, "bad_output", is_final=True))),
    ("a picture the second time", replace(FETCHING, looks=1), {}, fetched(STORED, kept=True)),
    ("a foreign exception", FETCHING, {"outputs": Fetched(ValueError("https://x/y"))}, fetched(PutOff(NOW, POLL))),
    ("handed over, asked for again", OURS, {"look": [BODY]}, fetched(STORED, calls=1, kept=True)),
    ("handed over, now at an address", OURS, {"look": [DONE]}, fetched(STORED, calls=1, kept=True)),
    ("handed over, and lost since", OURS, {"look": [BROKE]}, fetched(Unfetched(NOW, "output_lost", is_final=True), calls=1)),
    ("handed over, running again", OURS, {"look": [RUNS]}, fetched(Unfetched(NOW, "output_lost", is_final=False), calls=1)),
    ("handed over, and no answer", OURS, {"look": [Trouble()]}, fetched(PutOff(NOW, POLL), calls=1)),
]  # fmt: skip


@pytest.mark.parametrize(("what", "job", "script", "outcome"), FETCHES, ids=[case[0] for case in FETCHES])
async def test_fetching(what: str, job: Job, script: dict[str, Any], outcome: tuple[Event, int, bool]) -> None:
    provider, shelf = Scripted(look=script.get("look", ())), Shelf()
    changes = {"outputs": script["outputs"]} if "outputs" in script else {}
    event = await next_step(job, world(provider, blobs=shelf, **changes))
    assert (event, len(provider.calls), bool(shelf.kept)) == outcome
    if shelf.kept:
        assert shelf.kept == {blob_key(job.id, 1): b"picture"}


@pytest.mark.parametrize(("said", "body"), [(BODY, b"picture"), (replace(BODY, body=b""), b"")])
async def test_what_was_just_handed_over_is_not_asked_for_again(said: Prediction, body: bytes) -> None:
    shelf, provider = Shelf(), Scripted()
    assert await next_step(OURS, world(provider, blobs=shelf, outputs=Fetched(b"another")), said) == STORED
    assert (list(shelf.kept.values()), provider.calls) == ([body], [])


@pytest.mark.parametrize("error", [Unavailable("The store of pictures"), OSError(28, "No space left"), ValueError("no key")])
async def test_while_the_store_fails_nothing_is_ready(error: Exception) -> None:
    shelf = Shelf()
    shelf.fails = error
    assert await next_step(FETCHING, world(Scripted(), blobs=shelf)) == PutOff(NOW, POLL)
    shelf.fails = None
    assert await next_step(FETCHING, world(Scripted(), blobs=shelf)) == STORED


@pytest.mark.parametrize("reason", ["format", "size", "broken", "memory", "time", "crash"])
async def test_whatever_is_wrong_with_a_picture(reason: Any) -> None:
    class Refusing(Cleaner):
        async def clean(self, body: bytes, size: Any) -> Any:
            raise Undecodable(reason)

    shelf = Shelf()
    event = await next_step(FETCHING, world(Scripted(), finisher=Refusing(), blobs=shelf))
    assert (event, shelf.kept) == (Unfetched(NOW, "bad_output", is_final=False), {})


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("job", [SENT, RUNNING, OURS, FETCHING], ids=lambda job: job.phase.value)
async def test_steps_can_be_stopped(job: Job) -> None:
    """asyncio.CancelledError alone goes through."""
    never: list[Any] = [lambda _: asyncio.sleep(3600)]

    class Slow(Fetched):
        async def fetch(self, url: str) -> bytes:
            return await asyncio.sleep(3600, b"")

    task = asyncio.create_task(next_step(job, world(Scripted(look=never, find=never), outputs=Slow())))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_no_word_of_a_prompt_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A9: nor of what a provider or a library says."""
    caplog.set_level(logging.DEBUG)
    words = RuntimeError(f"NSFW: {CANARY}")
    for says in (words, Unsure(CANARY), Trouble(CANARY), Rejected("blocked")):
        await first_step(CLAIM, world(Scripted(start=[says])))
        await next_step(SENT, world(Scripted(find=[says])))
        await next_step(RUNNING, world(Scripted(look=[says])))
        await next_step(FETCHING, world(Scripted(), outputs=Fetched(says)))
    await first_step(CLAIM, world(Scripted(start=[RUNS]), seals=Vault("t" * 32)))
    assert caplog.records
    for record in caplog.records:
        assert CANARY not in record.getMessage()
        assert "NSFW" not in record.getMessage()
        assert record.exc_info is None


def test_the_phases_stand_as_they_should() -> None:
    assert [job.phase for job in (SENT, RUNNING, FETCHING, OURS)] == ["submitting", "running", "fetching", "fetching"]
    assert (OURS.output, FETCHING.state) == (None, State.GENERATING)
