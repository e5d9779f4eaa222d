"""The fake's webhooks, held against `standardwebhooks`."""

import asyncio
import time
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from fakes.asking import BOTH_ENDS, SCHNELL, hooked, run
from fakes.receiver import Receiver
from fakes.replicate import FakeReplicate, hooks
from replicate import AsyncReplicate
from standardwebhooks import Webhook, WebhookVerificationError


async def test_a_webhook_verifies(fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver) -> None:
    done = await hooked(client, receiver, "a")
    await fake.until(lambda: len(receiver.received) == 2)
    secret = (await client.webhooks.default.secret.get()).key
    assert secret == fake.webhook_secret
    for one, event in zip(receiver.received, BOTH_ENDS, strict=True):
        assert Webhook(secret).verify(one.body, one.headers) == one.told
        assert one.path == "/hook?job=j1"
        assert one.event == event
        assert one.headers["user-agent"].startswith("Webhooks/")
        assert one.headers["webhook-id"].startswith("msg_")
        assert list(one.told) == sorted(one.told)
    start, completed = (one.told for one in receiver.received)
    assert (start["output"], start["webhook_events_filter"]) == (None, BOTH_ENDS)
    assert completed["output"] == done.output
    assert completed["id"] == done.id
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(receiver.received[0].body + b" ", receiver.received[0].headers)
    assert [(one.event, one.status) for one in fake.deliveries] == [("start", 200), ("completed", 200)]


FILTERS: dict[str, tuple[list[str] | None, list[tuple[str, bool]]]] = {
    "by itself": (None, [("processing", True), ("succeeded", True)]),
    "all": (
        ["start", "output", "logs", "completed"],
        [("processing", False), ("processing", False), ("processing", True), ("succeeded", True)],
    ),
    "the end": (["completed"], [("succeeded", True)]),
    "none": ([], [("processing", True), ("succeeded", True)]),
}


@pytest.mark.parametrize(("events", "seen"), FILTERS.values(), ids=FILTERS)
async def test_which_events_are_sent(
    fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver, events: Any, seen: list[tuple[str, bool]]
) -> None:
    chosen = {} if events is None else {"webhook_events_filter": events}
    await run(client, "a", webhook=receiver.url, **chosen)
    await fake.until(lambda: len(receiver.received) == len(seen))
    assert [(one.told["status"], one.told["output"] is not None) for one in receiver.received] == seen
    assert len({one.headers["webhook-id"] for one in receiver.received}) == len(seen)


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
async def test_the_last_webhook_is_tried_again(
    fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver, status: int
) -> None:
    receiver.statuses = [status] * 3  # for start, and twice for completed
    fake.knobs.hook_scale = 0.005
    await hooked(client, receiver, "a")
    await fake.until(lambda: len(receiver.received) == 4)
    await asyncio.sleep(0.1)
    assert [one.event for one in receiver.received] == ["start", "completed", "completed", "completed"]
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 2
    for one in receiver.received:
        Webhook(fake.webhook_secret).verify(one.body, one.headers)


async def test_it_gives_up_after_a_minute(fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver) -> None:
    receiver.statuses = [500] * 100
    fake.knobs.hook_scale = 0.005
    await run(client, "a", webhook=receiver.url, webhook_events_filter=["completed"])
    await fake.until(lambda: len(receiver.received) == len(hooks.TRIED_AT))
    waits = [after.at - before.at for before, after in pairwise(receiver.received)]
    assert waits[-1] > waits[1]
    assert hooks.TRIED_AT[-1] == 60
    await asyncio.sleep(0.1)
    assert len(receiver.received) == len(hooks.TRIED_AT)


async def test_a_redirect_loses_it(fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver) -> None:
    receiver.statuses = [301, 308]
    await hooked(client, receiver, "a")
    await fake.until(lambda: len(fake.deliveries) == 2)
    await asyncio.sleep(0.05)
    assert [one.path for one in receiver.received] == ["/hook?job=j1"] * 2


async def test_nobody_listens(fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver) -> None:
    receiver.close()
    await hooked(client, receiver, "a")
    await fake.until(lambda: len(fake.deliveries) == 1 + len(hooks.TRIED_AT))
    assert {(one.status, one.error) for one in fake.deliveries} == {(None, "ConnectError")}


async def test_rotation(fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver) -> None:
    old = fake.webhook_secret
    new = fake.rotate_secret()
    assert (await client.webhooks.default.secret.get()).key == new != old
    await hooked(client, receiver, "a")
    await fake.until(lambda: len(receiver.received) == 2)
    for one in receiver.received:
        assert [part.partition(",")[0] for part in one.headers["webhook-signature"].split(" ")] == ["v1a", "v1", "v1"]
        for secret in (old, new):
            Webhook(secret).verify(one.body, one.headers)
    fake.end_rotation()
    await hooked(client, receiver, "b")
    await fake.until(lambda: len(receiver.received) == 4)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.received[-1].body, receiver.received[-1].headers)
    assert fake.rotate_secret() not in (old, new)


SPOILT: dict[str, list[str]] = {
    "drop": [],
    "dup": ["start", "start", "completed", "completed"],
    "late": ["start", "completed"],
    "reorder": ["completed", "start"],
    "foreign": ["start", "start", "completed", "completed"],
    "flood": ["start"] * 20 + ["completed"] * 20,
    "huge": ["start", "completed"],
}


@pytest.mark.parametrize("fault", SPOILT)
async def test_webhooks_that_verify_and_yet_are_wrong(
    fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver, fault: str
) -> None:
    done = await hooked(client, receiver, f"[[hook:{fault}]]")
    await fake.until(lambda: len(receiver.received) >= len(SPOILT[fault]))
    await asyncio.sleep(0.05)
    assert [one.event for one in receiver.received] == SPOILT[fault]
    for one in receiver.received:
        Webhook(fake.webhook_secret).verify(one.body, one.headers)
    ids = Counter(one.headers["webhook-id"] for one in receiver.received)
    if fault in ("dup", "flood"):
        assert len(ids) == 2, "the same ones again"
    if fault == "foreign":
        assert len(ids) == 4
        assert [one.told["id"] == done.id for one in receiver.received] == [False, True, False, True]
    if fault == "late":
        assert receiver.received[1].at - receiver.received[0].at > 0.1
    if fault == "huge":
        assert all(len(one.body) > 10_000_000 for one in receiver.received)


@pytest.mark.parametrize("fault", ["secret", "stale", "tamper"])
async def test_webhooks_that_do_not_verify(fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver, fault: str) -> None:
    receiver.statuses = [401] * 100
    await hooked(client, receiver, f"[[hook:{fault}]]")
    await fake.until(lambda: len(receiver.received) == 1 + len(hooks.TRIED_AT))
    for one in receiver.received:
        with pytest.raises(WebhookVerificationError):
            Webhook(fake.webhook_secret).verify(one.body, one.headers)


@pytest.mark.parametrize("told", [False, True])
async def test_an_aborted_prediction_may_tell_its_end(
    fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver, told: bool
) -> None:
    fake.knobs.tell_aborted = told
    made = await client.predictions.create(
        version=SCHNELL,
        input={"prompt": "[[queue:60]]"},
        webhook=receiver.url,
        webhook_events_filter=BOTH_ENDS,
        cancel_after="5s",
    )
    fake.clock.advance(6)
    await hooked(client, receiver, "another")
    await fake.until(lambda: len(receiver.received) == 2 + told)
    aborted = [one.told["id"] for one in receiver.received if one.told["status"] == "aborted"]
    assert aborted == ([made.id] if told else [])


async def test_a_cancel_tells_the_end(fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver) -> None:
    made = await client.predictions.create(
        version=SCHNELL, input={"prompt": "[[slow:60]]"}, webhook=receiver.url, webhook_events_filter=BOTH_ENDS
    )
    await fake.until(lambda: receiver.received)
    await client.predictions.cancel(prediction_id=made.id)
    fake.clock.advance(61)
    await fake.until(lambda: len(receiver.received) == 2)
    await asyncio.sleep(0.05)
    assert [one.told["status"] for one in receiver.received] == ["processing", "canceled"]


async def test_a_jump_of_the_clock_sends_what_fell_due_in_order(
    fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver
) -> None:
    made = await client.predictions.create(
        version=SCHNELL, input={"prompt": "[[slow:60]]"}, webhook=receiver.url, webhook_events_filter=BOTH_ENDS
    )
    fake.clock.advance(7200)
    await fake.until(lambda: len(receiver.received) == 2)
    assert [one.told["status"] for one in receiver.received] == ["processing", "succeeded"]
    assert receiver.received[1].told["output"], "as it was at its end"
    assert (await client.predictions.get(prediction_id=made.id)).data_removed


async def test_a_webhook_finds_a_service_that_believes_in_its_public_name(
    fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver
) -> None:
    await run(client, "a", webhook="https://service.example/hook?job=9", webhook_events_filter=["completed"])
    await fake.until(lambda: len(fake.deliveries) == len(hooks.TRIED_AT))
    assert fake.deliveries[0].error == "a fake calls loopback hosts only"
    fake.knobs.hooks_to = receiver.url.removesuffix("/hook")
    await run(client, "a", webhook="https://service.example/hook?job=9", webhook_events_filter=["completed"])
    await fake.until(lambda: receiver.received)
    assert receiver.received[0].path == "/hook?job=9"


async def test_a_webhook_may_carry_the_time_of_the_clock(fake: FakeReplicate, client: AsyncReplicate, receiver: Receiver) -> None:
    fake.knobs.hooks_follow_clock = True
    fake.clock.advance(1000)
    await hooked(client, receiver, "a")
    await fake.until(lambda: receiver.received)
    assert int(receiver.received[0].headers["webhook-timestamp"]) == pytest.approx(time.time() + 1000, abs=10)
