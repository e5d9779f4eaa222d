"""POST /ai/replicate-webhook: who is believed, what it may change, and that nothing else ever changes anything."""

import asyncio
import base64
import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio
from fixtures.imagining import BEARER, SECRET, Imagining, Reply, Service, png, way_to
from PIL import Image, ImageChops
from standardwebhooks import Webhook

from placeholder.db.tables import deliveries
from placeholder.errors import Unavailable
from placeholder.jobs.model import Job, Phase, blob_key
from placeholder.providers.webhook import hook_url
from placeholder.vault import Vault
from placeholder.web.webhook import MAX_BODY

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOOK_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NEXT_SECRET = "whsec_" + base64.b64encode(b"the key that takes the other's place").decode()
FOREIGN_SECRET = "whsec_" + base64.b64encode(b"a key that somebody else has chosen").decode()
REPLICATE = {
    "provider": "replicate",
    "REPLICATE_API_TOKEN": "r8_" + "x" * 37,
    "REPLICATE_BASE_URL": "http://127.0.0.1:9/v1",
    "REPLICATE_WEBHOOK_SECRET": HOOK_SECRET,
}
TARGET = "/ai/replicate-webhook"
VAULT = Vault(SECRET)
PROMPT = "a zephyr-quokka"

Pairs = list[tuple[str, str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(imagining: Imagining) -> AsyncIterator[Service]:
    """Nothing goes out: no worker."""
    async with imagining(**REPLICATE) as opened:
        yield opened


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Unique among tests, for prompts and messages."""
    return re.sub("[^a-z0-9]+", "-", request.node.name)


def address(job: Job, epoch: int = 1, attempt: int = 1) -> str:
    return hook_url("", VAULT.hook_key, job.id, epoch, attempt)


def said(prediction: str, status: str = "succeeded", **more: Any) -> bytes:
    """What Replicate sends."""
    output = ["http://127.0.0.1:9/out.png"] if status == "succeeded" else None
    shown = {
        "id": prediction,
        "model": "black-forest-labs/flux-schnell",
        "version": "hidden",
        "input": {"prompt": PROMPT},
        "logs": f"Prompt: {PROMPT}",
        "output": output,
        "error": None,
        "status": status,
        "created_at": "2026-11-21T00:00:00.000Z",
        "urls": {"get": f"https://api.replicate.com/v1/predictions/{prediction}"},
    }
    return json.dumps({**shown, **more}).encode()


def signed(body: bytes, message: str, *, at: float | None = None, secret: str = HOOK_SECRET) -> Pairs:
    at = time.time() if at is None else at
    # Only ASCII bodies are signed by the library; the rest is signed in test_webhook.py of the providers.
    signature = Webhook(secret).sign(message, datetime.fromtimestamp(int(at), UTC), body.decode("latin-1"))
    return [
        ("Webhook-Id", message),
        ("Webhook-Timestamp", str(int(at))),
        ("Webhook-Signature", signature),
        ("Content-Type", "application/json"),
    ]


def changed(pairs: Pairs, **values: str | None) -> Pairs:
    """The same headers, some with another value or none."""
    wanted = {key.replace("_", "-").lower(): value for key, value in values.items()}
    kept = [(key, value) for key, value in pairs if key.lower() not in wanted]
    return kept + [(key, value) for key, value in wanted.items() if value is not None]


def of(pairs: Pairs, name: str) -> str:
    return dict(pairs)[f"Webhook-{name}"]


async def deliver(service: Service, job: Job, body: bytes, message: str, **chosen: Any) -> Reply:
    return await service.ask(address(job), "POST", signed(body, message, **chosen), body)


def check_refusal(answer: Reply, status: int, code: str) -> None:
    assert answer.status == status, answer.body
    told = answer.json()
    assert list(told) == ["error", "code", "param"]
    assert told["code"] == code
    assert answer["cache-control"] == "no-store"
    assert PROMPT.encode() not in answer.everything
    assert HOOK_SECRET.encode() not in answer.everything


# ---------------------------------------------------------------- who is believed


async def test_another_body_or_secret_is_refused(service: Service) -> None:
    job = await service.stand("submitting", prompt="unsigned")
    before = await service.everything()
    body = said("p-other")
    for sent in (body + b" ", body[:-1], b"", body.replace(b"succeeded", b"failed"), b"\xff" + body):
        check_refusal(await service.ask(address(job), "POST", signed(body, "m-other"), sent), 401, "bad_signature")
    check_refusal(await deliver(service, job, body, "m-other", secret=FOREIGN_SECRET), 401, "bad_signature")
    assert await service.everything() == before


async def test_garbage_beside_the_good_signature_does_not_hide_it(service: Service, name: str) -> None:
    """W1, W5: other versions', another secret's, in one header or two."""
    job = await service.stand("submitting", prompt=name)
    body = said("p-beside", "processing")
    for at, before in enumerate(("garbage", "v1,@@@", "v2,AAAA", "v1a,é")):
        pairs = signed(body, f"{name}{at}")
        good = of(pairs, "Signature")
        assert (await service.ask(address(job), "POST", changed(pairs, webhook_signature=f"{before} {good}"), body)).status == 200
        two = [*changed(pairs, webhook_signature=before), ("Webhook-Signature", good)]
        assert (await service.ask(address(job), "POST", two, body)).status == 200


async def test_two_secrets_while_one_takes_the_others_place(imagining: Imagining) -> None:
    """W5."""
    async with imagining(**{**REPLICATE, "REPLICATE_WEBHOOK_SECRET": f"{NEXT_SECRET}  {HOOK_SECRET}"}) as service:
        for secret, status in ((HOOK_SECRET, 200), (NEXT_SECRET, 200), (FOREIGN_SECRET, 401)):
            job = await service.stand("submitting", prompt=secret)
            answer = await deliver(service, job, said(f"p-{status}", "processing"), secret[:20], secret=secret)
            assert answer.status == status
            assert (await service.job(job.id)).phase == ("running" if status == 200 else "submitting")


async def test_the_signature_is_the_credential(service: Service, name: str) -> None:
    """P-91, AP-19: a key is neither needed nor enough, and a wrong one does no harm."""
    job = await service.stand("submitting", prompt=name)
    body = said("p-cred", "processing")
    keyed = await service.ask(address(job), "POST", {**BEARER, "Content-Type": "application/json"}, body)
    check_refusal(keyed, 401, "bad_signature")
    wrong = [*signed(body, name), ("Authorization", "Bearer wrong")]
    assert (await service.ask(address(job), "POST", wrong, body)).status == 200


async def test_without_a_secret_the_route_is_closed(imagining: Imagining) -> None:
    """503, never "accept all"."""
    for chosen in ({}, {**REPLICATE, "REPLICATE_WEBHOOK_SECRET": None}):
        async with imagining(**chosen) as service:
            job = await service.submit()
            stood = await service.bring(job["id"], *way_to("submitting", "", "", 64, 48))
            before = await service.everything()
            for pairs in ([], signed(said("p1"), "m1")):
                check_refusal(await service.ask(address(stood), "POST", pairs, said("p1")), 503, "not_configured")
            assert await service.everything() == before


# ---------------------------------------------------------------- what it says


async def test_the_largest_body_is_read(service: Service, name: str) -> None:
    job = await service.stand("submitting", prompt=name)
    body = said("p-large", "processing")
    assert (await deliver(service, job, body + b" " * (MAX_BODY - len(body)), name)).json() == {"ok": True}
    assert (await service.job(job.id)).phase is Phase.RUNNING


# ---------------------------------------------------------------- whose it is


async def test_an_address_from_another_secret_has_no_effect(service: Service, name: str) -> None:
    job = await service.stand("submitting", prompt=name)
    before = await service.everything()
    body = said("p-foreign")
    for key in (b"", b"k" * 32, VAULT.id_key, VAULT.pepper, HOOK_SECRET.encode()):
        target = hook_url("", key, job.id, 1, 1)
        assert (await service.ask(target, "POST", signed(body, name), body)).json() == {"ignored": True}
    assert await service.everything() == before


async def test_a_job_that_nobody_has_is_not_told_from_one_that_there_is(service: Service, name: str) -> None:
    """W7: 200, no row, and the same words."""
    before = await service.everything()
    body = said("p-unknown")
    for unknown in ("a" * 16, "z" * 16, "x"):
        target = hook_url("", VAULT.hook_key, unknown, 1, 1)
        answer = await service.ask(target, "POST", signed(body, name + unknown), body)
        assert (answer.status, answer.json()) == (200, {"ok": True})
    assert await service.everything() == before


async def test_the_news_of_another_jobs_prediction_change_neither(service: Service, name: str) -> None:
    """W8."""
    job = await service.stand("running", prediction="p-mine", prompt=name)
    other = await service.stand("running", prediction="p-yours", prompt=name + "2")
    for status in ("succeeded", "failed", "processing", "canceled"):
        assert (await deliver(service, job, said("p-yours", status), name + status)).status == 200
    assert await service.job(job.id) == job
    assert await service.job(other.id) == other


@pytest.mark.parametrize(("epoch", "attempt"), [(1, 2), (2, 1), (1, 0), (0, 1), (999999999, 999999999)])
async def test_the_news_of_another_attempt_change_nothing(epoch: int, attempt: int, service: Service) -> None:
    job = await service.stand("submitting", prompt="another attempt")
    body = said("p-attempt")
    answer = await service.ask(address(job, epoch, attempt), "POST", signed(body, f"m-attempt{epoch}.{attempt}"), body)
    assert answer.status == 200
    assert await service.job(job.id) == job


# ---------------------------------------------------------------- what it changes

SUBMITTING, RUNNING, FETCHING = "submitting", "running", "fetching"
EFFECTS: list[tuple[str, dict[str, Any], str, str, str | None]] = [
    (SUBMITTING, {"status": "starting"}, "running", "generating", None),
    (SUBMITTING, {"status": "processing"}, "running", "generating", None),
    (SUBMITTING, {"status": "succeeded"}, "fetching", "generating", None),
    (SUBMITTING, {"status": "succeeded", "output": "https://replicate.delivery/a.png"}, "fetching", "generating", None),
    (SUBMITTING, {"status": "failed", "error": f"NSFW content in {PROMPT}"}, "failed", "failed", "blocked"),
    (SUBMITTING, {"status": "failed", "error": f"out of memory at {PROMPT}"}, "failed", "failed", "generation_failed"),
    (SUBMITTING, {"status": "failed", "error": {"odd": PROMPT}}, "failed", "failed", "generation_failed"),
    (SUBMITTING, {"status": "failed", "error": "Prediction interrupted; please retry (code: PA)"}, "queued", "pending", None),
    (SUBMITTING, {"status": "canceled"}, "failed", "failed", "timeout"),
    (SUBMITTING, {"status": "aborted"}, "failed", "failed", "timeout"),
    (SUBMITTING, {"status": "succeeded", "output": None}, "queued", "pending", None),
    (SUBMITTING, {"status": "succeeded", "output": None, "data_removed": True}, "failed", "failed", "output_lost"),
    (RUNNING, {"status": "succeeded"}, "fetching", "generating", None),
    (RUNNING, {"status": "failed", "error": "flagged as sensitive (E005)"}, "failed", "failed", "blocked"),
    (RUNNING, {"status": "canceled"}, "failed", "failed", "timeout"),
    (RUNNING, {"status": "succeeded", "output": []}, "queued", "generating", None),
    (RUNNING, {"status": "succeeded", "output": "data:image/png;base64,AAAA"}, "queued", "generating", None),
    (RUNNING, {"status": "succeeded", "output": {"url": "https://x"}}, "queued", "generating", None),
]


async def check_effect(service: Service, row: tuple[str, dict[str, Any], str, str, str | None], message: str) -> None:
    phase, fields, after, state, code = row
    job = await service.stand(phase, prediction="p-effect", prompt=message)
    body = said("p-effect", **fields)
    answer = await deliver(service, job, body, message)
    assert (answer.status, answer.json()) == (200, {"ok": True})
    now = await service.job(job.id)
    assert (now.phase, now.state, now.code) == (after, state, code)
    told = await service.ask(job.status_url)
    assert told.json()["state"] == state
    for word in PROMPT.split("-"):
        assert word.encode() not in told.everything
    before = await service.everything()
    again = await deliver(service, job, body, message, at=time.time() - 60)
    assert (again.status, again.json()) == (200, {"ok": True})
    assert await service.everything() == before


@pytest.mark.parametrize("row", EFFECTS, ids=lambda row: f"{row[0]}, {row[1]}"[:80])
async def test_what_is_said_takes_effect(row: Any, service: Service, name: str) -> None:
    """P-89, A9: on record before it is answered, in our words; said again it changes nothing more."""
    await check_effect(service, row, name)


async def test_it_takes_effect_on_postgresql(imagining: Imagining, postgres_url: str) -> None:
    async with imagining(**REPLICATE, database_url=postgres_url) as service:
        for at, row in enumerate(EFFECTS):
            await check_effect(service, row, f"m{at}")


async def test_two_deliveries_at_the_same_time_are_one(imagining: Imagining, database_url: str) -> None:
    """W9: at-least-once made once."""
    async with imagining(**REPLICATE, database_url=database_url) as service:
        job = await service.stand(SUBMITTING, prompt="at once")
        body = said("p-once")
        answers = await asyncio.gather(*(deliver(service, job, body, f"m-once{at % 2}") for at in range(32)))
        assert {(answer.status, answer.body) for answer in answers} == {(200, b'{"ok": true}')}
        now = await service.job(job.id)
        assert (now.phase, now.version) == ("fetching", job.version + 1)
        assert len(await service.rows(deliveries.c.id)) == 2


ORDERS: list[tuple[str, Sequence[str], str]] = [
    ("in order", ("starting", "processing", "succeeded"), "fetching"),
    ("the end first", ("succeeded", "processing", "starting"), "fetching"),
    ("the end between", ("processing", "succeeded", "starting", "succeeded"), "fetching"),
    ("a failure, then news", ("failed", "processing", "starting"), "failed"),
    ("a failure, then a success", ("failed", "succeeded"), "failed"),
    ("a success, then a failure", ("succeeded", "failed"), "fetching"),
    ("a success, then a stop", ("succeeded", "canceled"), "fetching"),
    ("a stop, then a success", ("canceled", "succeeded"), "failed"),
]


@pytest.mark.parametrize(("statuses", "phase"), [pytest.param(*row[1:], id=row[0]) for row in ORDERS])
async def test_out_of_order(statuses: Sequence[str], phase: str, service: Service, name: str) -> None:
    """W9, P-86, P-90: the first end is the end."""
    job = await service.stand(SUBMITTING, prompt=name)
    states = []
    for at, status in enumerate(statuses):
        assert (await deliver(service, job, said("p-order", status, error="E005 no"), f"{name}{at}")).status == 200
        states.append((await service.job(job.id)).state)
    assert (await service.job(job.id)).phase == phase
    rank = {"pending": 0, "generating": 1, "ready": 2, "failed": 2}
    assert [rank[state] for state in states] == sorted(rank[state] for state in states)


@pytest.mark.parametrize("phase", ["ready", "failed", "purged"])
@pytest.mark.parametrize("status", ["starting", "processing", "succeeded", "failed", "canceled"])
async def test_what_has_ended_stays_as_it_is(phase: str, status: str, service: Service) -> None:
    """P-90: the whole row, and the picture."""
    job = await service.stand(phase, prediction="p-late", prompt=f"late {phase}")
    before = await service.ask(job.url)
    answer = await deliver(service, job, said("p-late", status), f"m-late-{phase}-{status}")
    assert (answer.status, answer.json()) == (200, {"ok": True})
    assert await service.job(job.id) == job
    assert (await service.ask(job.url)).body == before.body


async def test_a_new_life_does_not_listen_to_the_old_ones_news(service: Service, name: str) -> None:
    """W9: what failed and was asked for again has another address."""
    job = await service.stand("failed", code="timeout", prompt=name)
    await service.submit(prompt=name)
    renewed = await service.job(job.id)
    assert renewed.epoch == 2
    assert (await deliver(service, job, said("p-old"), name)).status == 200
    assert await service.job(job.id) == renewed


async def test_nothing_is_answered_with_200_before_it_is_on_record(
    service: Service, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W10: where the row cannot be written, the sender is asked to come again, and nothing is half done."""
    job = await service.stand(SUBMITTING, prompt=name)
    before = await service.everything()

    def stumbling(point: str) -> None:
        if point == "hook.before_commit":
            raise Unavailable("The database")

    with monkeypatch.context() as patch:
        patch.setattr(service.state.hooks.jobs, "_at", stumbling)
        answer = await deliver(service, job, said("p-record"), name)
    check_refusal(answer, 503, "unavailable")
    assert int(answer["retry-after"] or "") > 0
    assert await service.everything() == before
    assert (await deliver(service, job, said("p-record"), name)).json() == {"ok": True}
    assert (await service.job(job.id)).phase is Phase.FETCHING


async def test_a_flood_of_bad_signatures_is_cheap(service: Service) -> None:
    """W11: no look into the database, and no JSON."""
    body = b'{"a":' * 40_000
    pairs = changed(signed(body, "m-flood"), webhook_signature="v1," + base64.b64encode(b"x" * 32).decode())
    started = time.perf_counter()
    for _ in range(100):
        assert (await service.ask(TARGET, "POST", pairs, body)).status == 401
    assert time.perf_counter() - started < 2


# ---------------------------------------------------------------- the whole way


@asynccontextmanager
async def file_server(body: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A host of outputs on loopback: its origin, and the requests that came."""
    seen: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
        writer.write(head + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen
    finally:
        server.close()
        await server.wait_closed()


async def test_a_webhook_completes_a_job(imagining: Imagining) -> None:
    """P-89: signed news, the picture fetched, and the image route serves it; waiting clients learn it at once."""
    async with imagining(**REPLICATE) as first:
        job, folder = await first.stand(SUBMITTING, prompt="the whole way", w=60, h=40), first.folder
    async with file_server(png(300, 200)) as (origin, seen):
        chosen = {**REPLICATE, "data_dir": folder, "worker": True, "output_hosts": origin}
        async with imagining(**chosen) as service:
            assert (await service.ask(job.url))["x-ai-state"] == "pending"
            waiting = asyncio.create_task(service.status(job.id, "?wait=10"))
            await asyncio.sleep(0.05)
            body = said("p-whole", output=[f"{origin}/out.png"])
            assert (await deliver(service, job, body, "m-whole")).json() == {"ok": True}
            assert (await waiting)["state"] in ("generating", "ready")
            assert (await service.ended(job.id))["url"] == job.url
            answer = await service.ask(job.url)
            assert answer["x-ai-state"] == "ready"
            assert answer["cache-control"] == "public, max-age=31536000, immutable"
            shown = answer.picture()
            assert shown.size == (60, 40)
            assert await service.blobs.get(blob_key(job.id, 1)) == answer.body
            done = await service.job(job.id)
            for at, status in enumerate(("failed", "succeeded", "processing")):
                assert (await deliver(service, job, said("p-whole", status), f"m-after{at}")).status == 200
            assert await service.job(job.id) == done
            assert (await service.ask(job.url)).body == answer.body
    wanted = Image.open(BytesIO(png(300, 200))).resize((60, 40), Image.Resampling.LANCZOS)
    assert max(high for _, high in ImageChops.difference(shown.convert("RGB"), wanted).getextrema()) < 24
    assert len(seen) == 1
    assert b"r8_" not in seen[0], "the token stays at home"
    assert b"uthorization" not in seen[0]


ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:1/elsewhere.png",
    "http://localhost:9/out.png",
    "https://replicate.delivery.evil.example/a.png",
    "https://replicate.delivery@evil.example/a.png",
]


async def test_an_output_that_is_elsewhere_is_not_fetched(imagining: Imagining) -> None:
    """O1: though it was signed."""
    async with imagining(**REPLICATE) as first:
        jobs = [await first.stand(RUNNING, prediction=f"p-else{at}", prompt=output) for at, output in enumerate(ELSEWHERE)]
        folder = first.folder
    chosen = {**REPLICATE, "data_dir": folder, "worker": True}
    async with imagining(**chosen) as service:
        for at, (job, output) in enumerate(zip(jobs, ELSEWHERE, strict=True)):
            assert (await deliver(service, job, said(f"p-else{at}", output=output), f"m-else{at}")).status == 200
        for job in jobs:
            assert (await service.ended(job.id))["code"] == "bad_output"
            assert (await service.ask(job.url))["x-ai-state"] == "failed"
