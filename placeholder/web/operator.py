"""For whoever runs the service: /readyz, /metrics, and the figures of the page /operator.

- /readyz is open, as what balances load carries no key: a word for each part, and nothing else said.
- Figures tell what a business earns and how it fares, so they need a key with the scope `operator`, or
  PLACEHOLDER_OPERATOR_KEY, which is known while the database is not there. No publishable key will do, whatever its scopes; nor
  a page of another origin, whatever its key. A bind to loopback opens nothing: proxies on the same machine come from there
  too. Who keeps the path from the world himself may open /metrics (PLACEHOLDER_METRICS_OPEN).
- The page itself holds no figure, and is a file as others are (pages).
"""

import asyncio
import json
import os
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import Forbidden, ForeignOrigin, Unavailable
from placeholder.figures.gathering import Gathered, Gathering
from placeholder.figures.model import Family, Value
from placeholder.figures.readiness import is_ready
from placeholder.keys.model import OPERATE, Kind
from placeholder.tally import Durations
from placeholder.web import auth, respond
from placeholder.web.ai import ai_of
from placeholder.web.mount import prefix_of
from placeholder.web.respond import Answer, Sent


@dataclass(frozen=True, slots=True)
class Operator:
    gathering: Gathering
    is_open: bool
    """Whether /metrics needs no key."""


async def ready(request: Request) -> Response:
    """`{part: word}` (figures/readiness.py); 503 unless every part does its part."""
    parts = await _operator(request).gathering.readiness.parts()
    answer = respond.private_json(json.dumps(parts).encode())
    return Sent(answer if is_ready(parts) else answer._replace(status=503), request.scope)


async def metrics(request: Request) -> Response:
    operator = _operator(request)
    if not operator.is_open:
        await _admit(request)
    families = (await operator.gathering.gather()).families
    return Sent(await asyncio.to_thread(_exposed, families), request.scope)


async def figures(request: Request) -> Response:
    """The same for the page, with the jobs that changed and failed last."""
    operator = _operator(request)
    await _admit(request)
    told = _told(await operator.gathering.gather(), prefix_of(request.scope))
    return Sent(respond.private_json(json.dumps(told).encode()), request.scope)


def _exposed(families: list[Family]) -> Answer:
    from placeholder.figures import exposition  # which takes a while, and most are never scraped

    return respond.private(exposition.MEDIA_TYPE, exposition.text(families))


def _operator(request: Request) -> Operator:
    found: Operator | None = getattr(request.app.state, "operator", None)
    if found is None:
        raise Unavailable("The picture service")
    return found


async def _admit(request: Request) -> None:
    """Raises Unauthorized, Forbidden, ForeignOrigin."""
    ai = ai_of(request)
    caller = auth.caller_of(request.scope, ai.entrance)
    key = await ai.keys.authenticate([value.encode("latin-1") for value in request.headers.getlist("authorization")], OPERATE)
    if key.kind is not Kind.SECRET:
        raise Forbidden(OPERATE)
    if caller.is_browser and not caller.is_own:
        raise ForeignOrigin("the service's own, for figures are shown to its own page alone")


def _told(gathered: Gathered, prefix: str) -> dict[str, Any]:
    seen = gathered.seen
    return {
        "process": os.getpid(),
        "ready": gathered.parts,
        "figures": {
            family.name: [
                {"of": dict(zip(family.labels, values, strict=True)), "value": _plain(value)} for values, value in family.samples
            ]
            for family in gathered.families
        },
        "jobs": {
            name: [{**job, "url": f"{prefix}/ai/{job['w']}x{job['h']}/{job['id']}.png"} for job in listed]
            for name, listed in (("latest", seen.latest), ("failed", seen.failed))
        }
        if seen
        else None,
    }


def _plain(value: Value) -> Any:
    return {"count": sum(value.counts), "seconds": value.seconds} if isinstance(value, Durations) else value
