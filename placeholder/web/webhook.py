"""POST /ai/replicate-webhook: what a provider says of a job. The signature is the credential (AP-19).

In this order: size, signature, type, address, content, effect; and 200 only once the effect is durable. The picture itself
is fetched by the worker. News that changes nothing gets 200 too, for its sender would only send it again.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import BadSignature, NoWebhooks
from placeholder.jobs.service import Jobs
from placeholder.providers.replicate_words import read_prediction
from placeholder.providers.webhook import read_hook, verify
from placeholder.web import respond
from placeholder.web.body import read_body, read_object
from placeholder.web.respond import Sent

MAX_BODY = 262_144


@dataclass(frozen=True, slots=True)
class Hooks:
    """`secrets` may be asked to look whether there are newer ones; `cancel` stops a prediction that nobody waits for."""

    jobs: Jobs
    address_key: bytes
    secrets: Callable[[bool], Awaitable[tuple[str, ...]]]
    cancel: Callable[[str], None]
    at: Callable[[str], None]


async def receive(request: Request) -> Response:
    hooks: Hooks | None = getattr(request.app.state, "hooks", None)
    if hooks is None:
        raise NoWebhooks
    body = await read_body(request, MAX_BODY)
    webhook = await _sender(hooks, request, body)
    hooks.at("hook.after_verify")
    fields = read_object(body, request.headers.get("content-type", ""), request.headers.get("content-encoding", ""))
    address = read_hook(request.scope["query_string"].decode("latin-1"), hooks.address_key)
    news = read_prediction(fields)
    if address is None or news is None:
        return Sent(respond.json(b'{"ignored": true}'), request.scope)
    stray = await hooks.jobs.deliver(webhook, address.job, address.epoch, address.attempt, news)
    if stray:
        hooks.cancel(stray.prediction)
    return Sent(respond.json(b'{"ok": true}'), request.scope)


async def _sender(hooks: Hooks, request: Request, body: bytes) -> str:
    """The name that the sender gave to this message. Raises BadSignature, NoWebhooks."""
    secrets = await hooks.secrets(False)
    if not secrets:
        raise NoWebhooks
    webhook = verify(request.scope["headers"], body, secrets, time.time())
    if webhook is None:
        newer = await hooks.secrets(True)
        webhook = verify(request.scope["headers"], body, newer, time.time()) if newer != secrets else None
    if webhook is None:
        raise BadSignature
    return webhook
