"""What this process has counted since it began."""

import os
from collections.abc import Mapping

from placeholder.figures.model import Family, Value, samples
from placeholder.jobs.breaker import STATES, Breaker
from placeholder.providers.counted import Counted
from placeholder.raster.press import Press
from placeholder.tally import Durations

LABEL = "process"


def own(family: Family) -> Family:
    """`family` as one of this process alone."""
    process = str(os.getpid())
    return Family(
        family.name,
        family.kind,
        family.what,
        (*family.labels, LABEL),
        tuple(((*values, process), value) for values, value in family.samples),
    )


def requests(answered: Mapping[tuple[str, int], int], took: Mapping[str, Durations]) -> list[Family]:
    """`answered` by route and status, which is told by its class; `took` by route."""
    classes: dict[tuple[str, ...], Value] = {}
    for (route, status), count in answered.items():
        place = route, f"{status // 100}xx"
        classes[place] = count + float(classes.get(place, 0))  # type: ignore[arg-type]
    return [
        Family("placeholder_requests", "counter", "Requests answered.", ("route", "status"), samples(classes.items())),
        Family(
            "placeholder_request_seconds",
            "histogram",
            "From a request to the last byte of its answer, but for what is answered without the router.",
            ("route",),
            samples(((route,), seconds) for route, seconds in took.items()),
        ),
    ]


def render(press: Press) -> list[Family]:
    outcomes = {"made": sum(press.made.counts), "kept": press.kept, "shared": press.shared, "refused": press.refused}
    return [
        Family("placeholder_render_seconds", "histogram", "What it took to make a raster picture.", (), (((), press.made),)),
        Family(
            "placeholder_render_requests",
            "counter",
            "Raster pictures asked for: made, kept from before, shared with one under way, refused for want of room.",
            ("outcome",),
            samples(((outcome,), count) for outcome, count in outcomes.items()),
        ),
        Family("placeholder_render_in_flight", "gauge", "Raster pictures being made.", (), (((), press.in_flight),)),
        Family("placeholder_render_waiting", "gauge", "Raster pictures that wait for their turn.", (), (((), press.waiting),)),
    ]


def provider(counted: Counted, breaker: Breaker, now: float) -> list[Family]:
    name, state = counted.name, breaker.state(now)
    return [
        Family(
            "placeholder_provider_calls",
            "counter",
            "Calls of the provider, and what came of them.",
            ("provider", "call", "outcome"),
            samples(((name, *place), count) for place, count in counted.calls.items()),
        ),
        Family(
            "placeholder_provider_seconds",
            "histogram",
            "How long the provider took to answer; a look may be held until there is news.",
            ("provider", "call"),
            samples(((name, call), seconds) for call, seconds in counted.took.items()),
        ),
        Family(
            "placeholder_provider_breaker",
            "gauge",
            "1 for the breaker's state: closed lets all through, open nothing, trying one.",
            ("state",),
            samples(((one,), float(one == state)) for one in STATES),
        ),
    ]
