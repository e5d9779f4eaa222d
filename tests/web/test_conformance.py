"""The service does what its document says: schemathesis asks what the document allows, and what it does not, in all its phases.

Every answer has a documented status, type, header and body; what conforms is accepted, what does not is refused; and nothing is
answered 5xx but what is named: 503 to a webhook where none can be verified.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fixtures.imagining import KEY, OPERATOR_KEY, SECRET, Chosen
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.python.asgi import shutdown_lifespans

from placeholder.app import create_app

CONFIG = {
    "auth": {"openapi": {"key": {"bearer": KEY}, "operator": {"bearer": OPERATOR_KEY}}},
    "generation": {"max-examples": 3, "deterministic": True, "database": "none"},
    "phases": {"stateful": {"max-steps": 3}},
    "checks": {"not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]}},
    "operations": [
        # Which widths there are depends on the picture: one that is none is refused, as the document says and no schema can.
        {"include-operation-id": "picture", "checks": {"positive_data_acceptance": {"enabled": False}}},
        # Without a style the theme of a seed is not read, for its specified URL ignores the query (P-48).
        {"include-operation-id": ["seed", "seedByRatio"], "checks": {"negative_data_rejection": {"enabled": False}}},
    ],
    "continue-on-failure": True,
}
PHASES = {"examples", "coverage", "fuzzing", "stateful"}


def whole(_: Any, body: Any) -> Any:
    """JSON Schema calls 512.0 an integer; the service wants it written as one (AP-12)."""
    if isinstance(body, dict):
        return {name: int(value) if isinstance(value, float) and value.is_integer() else value for name, value in body.items()}
    return body


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Any]:
    keys = {"api_key": KEY, "operator_key": OPERATOR_KEY, "secret": SECRET}
    yield create_app(Chosen(data_dir=tmp_path, **keys, provider="sketch", sketch_delay_s=0, raster_workers=2))
    shutdown_lifespans()


FOLLOWED = {("/ai/{job}/status", 200), ("/ai/status", 200), ("/ai/{size}/{name}", 200)}
"""Where the document's links lead from a picture that was asked for; at which of them a run arrives is a matter of dice."""


async def test_the_service_does_what_its_document_says(app: Any) -> None:
    ran, checks, statuses, failures, followed = await asyncio.to_thread(run, app)
    assert failures == []
    assert ran >= PHASES
    assert followed & FOLLOWED
    assert {200, 204, 304, 400, 401, 404, 405, 415, 503} <= set(statuses)
    assert (
        min(checks[name] for name in ("status_code_conformance", "response_schema_conformance", "negative_data_rejection")) > 300
    )


def run(app: Any) -> tuple[set[str], Counter[str], Counter[int], list[str], set[tuple[str, int]]]:
    """The phases that ran, how often each check, each status, what is wrong, and what was asked in states: path and status."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=SchemathesisConfig.from_dict(CONFIG))
    schema.hook("map_body")(whole)
    ran, checks, statuses, failures = set[str](), Counter[str](), Counter[int](), list[str]()
    followed = set[tuple[str, int]]()
    for event in from_schema(schema).execute():
        match event:
            case events.PhaseFinished(phase=phase) if event.status is not Status.SKIP:
                ran.add(phase.name.value)
            case events.NonFatalError() | events.FatalError():
                failures.append(str(event))
            case events.ScenarioFinished(recorder=recorder, phase=phase):
                if phase == "stateful":
                    followed |= {
                        (recorder.cases[case].value.path, exchange.response.status_code)
                        for case, exchange in recorder.interactions.items()
                        if exchange.response
                    }
                for case, nodes in recorder.checks.items():
                    checks.update(node.name for node in nodes)
                    failures += [f"{recorder.cases[case].value!r}: {node.failure_info}" for node in nodes if node.failure_info]
                replies = [exchange.response for exchange in recorder.interactions.values() if exchange.response]
                statuses.update(reply.status_code for reply in replies)
                failures += [
                    str(reply.content)
                    for reply in replies
                    if reply.status_code >= 500 and b'"not_configured"' not in reply.content
                ]
    return ran, checks, statuses, failures, followed
