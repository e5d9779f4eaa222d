"""The fake's own routes, for a test in another process: what was spent on which job, and the network's plug.

| GET  /_fake/report                      | `report`
| POST /_fake/network {"up": false}       | drops every connection to the API and the file host, sends no webhook; until up again
| POST /_fake/clock   {"advance": 3600}   | moves the fake's clock forward
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from . import problems
from .body import dump, load
from .world import Create, World

PREFIX = "/_fake/"


def report(world: World) -> dict[str, Any]:
    """`creates` by the `job` parameter of their webhook URLs; those that have none stand under ""."""
    return {
        "seed": world.seed,
        "spend": world.spend,
        "creates": {job or "": [_told(create, world) for create in creates] for job, creates in world.creates_by_job().items()},
        "violations": list(world.violations),
        "deliveries": len(world.deliveries),
        "network": {"up": world.network_up},
        "clock": world.clock.now(),
    }


def _told(create: Create, world: World) -> dict[str, Any]:
    made = world.predictions.get(create.prediction_id or "")
    return {
        "ordinal": create.ordinal,
        "at": create.at,
        "model": create.model,
        "webhook": create.webhook,
        "fault": create.fault,
        "faults": {kind: told for kind in ("create", "fail", "hook", "file") if (told := getattr(create.plan, kind))},
        "prediction": create.prediction_id,
        "status": made.status(world.clock.ns()) if made else None,
    }


class Control:
    def __init__(self, world: World, set_network: Callable[[bool, Any], None]) -> None:
        """`set_network(up, transport)`: the transport is that of the request, which shall be spared."""
        self._world = world
        self._set_network = set_network

    def routes(self) -> list[BaseRoute]:
        return [
            Route(PREFIX + "report", self._report, methods=["GET"]),
            Route(PREFIX + "network", self._network, methods=["POST"]),
            Route(PREFIX + "clock", self._clock, methods=["POST"]),
        ]

    async def _report(self, request: Request) -> Response:
        return Response(dump(report(self._world)), media_type="application/json")

    async def _network(self, request: Request) -> Response:
        match await _told_by(request):
            case {"up": bool(up)}:
                self._set_network(up, request.state.transport)
                return Response(dump({"up": up}), media_type="application/json")
        return problems.answer(problems.MALFORMED)

    async def _clock(self, request: Request) -> Response:
        match await _told_by(request):
            case {"advance": int(seconds) | float(seconds)} if seconds >= 0:
                self._world.clock.advance(seconds)
                self._world.note("clock", {"offset": self._world.clock.offset})
                return Response(dump({"now": self._world.clock.now()}), media_type="application/json")
        return problems.answer(problems.MALFORMED)


async def _told_by(request: Request) -> Any:
    try:
        return load(await request.body())
    except ValueError:
        return None
