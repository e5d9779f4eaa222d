"""Ways to ask the fake of Replicate: through the official client, and byte for byte."""

import asyncio
import json
from typing import Any

import httpx
from fakes.receiver import Receiver
from fakes.replicate import FakeReplicate, Latency
from replicate import AsyncReplicate, DefaultAsyncHttpxClient

SCHNELL = "black-forest-labs/flux-schnell"
SDXL_VERSION = "39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b"
QUICK = Latency(start=0.01, run=0.02)
BOTH_ENDS: Any = ["start", "completed"]


def client_of(fake: FakeReplicate, **chosen: Any) -> AsyncReplicate:
    plainly = DefaultAsyncHttpxClient(verify=False)  # to read the machine's certificates would take most of the time
    return AsyncReplicate(
        **{"bearer_token": fake.token, "base_url": fake.base_url, "max_retries": 0, "http_client": plainly, **chosen}
    )


async def run(client: AsyncReplicate, prompt: str, model: str = SCHNELL, **more: Any) -> Any:
    """Creates a prediction and waits for its end."""
    given = more.pop("input", {})
    made = await client.predictions.create(version=model, input={"prompt": prompt, **given}, **more)
    return await ended(client, made.id)


async def ended(client: AsyncReplicate, prediction_id: str) -> Any:
    while True:
        shown = await client.predictions.get(prediction_id=prediction_id)
        if shown.status not in ("starting", "processing"):
            return shown
        await asyncio.sleep(0.005)


async def post(plain: httpx.AsyncClient, fake: FakeReplicate, body: Any, path: str = "/predictions", **headers: str) -> Any:
    bearer = {"authorization": f"Bearer {fake.token}"}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await plain.post(fake.base_url + path, content=content, headers={**bearer, **headers})


async def hooked(client: AsyncReplicate, receiver: Receiver, prompt: str, **more: Any) -> Any:
    return await run(client, prompt, webhook=f"{receiver.url}?job=j1", webhook_events_filter=BOTH_ENDS, **more)
