"""The document: sound OpenAPI 3.1, with an entry for every route, drawing, parameter, status and code."""

from itertools import chain
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from starlette.routing import Route

from placeholder.errors import Refusal
from placeholder.jobs.model import FAILURES, State
from placeholder.manual.drawings import CHAPTERS
from placeholder.manual.model import Facts
from placeholder.manual.openapi import document
from placeholder.manual.refusals import TOLD
from placeholder.synth.catalogue import CATALOGUE
from placeholder.web import pages, submit
from placeholder.web.errors import STATUS
from placeholder.web.foreign import Foreign
from placeholder.web.routes import ROUTES

FULL = document(Facts("", "1", ("m",), {path: kind for path, (_, kind) in pages.FILES.items()}), STATUS)
OWN = [route for route in ROUTES if not isinstance(route, Foreign) and route.endpoint is not submit.unread]
"""Those of other services' URLs are no addresses of ours, and what answers GET /ai only ever refuses."""


def test_it_is_openapi_3_1(told: dict[str, Any]) -> None:
    validate(told, cls=OpenAPIV31SpecValidator)


def test_the_validator_would_tell() -> None:
    with pytest.raises(Exception, match=r"required property"):
        validate({**FULL, "info": {}}, cls=OpenAPIV31SpecValidator)


@pytest.mark.parametrize("route", OWN, ids=lambda route: f"{sorted(route.methods)[0]} {route.path}")
def test_every_route_has_an_entry_for_every_method(route: Route) -> None:
    assert route.path in FULL["paths"], "an entry in placeholder/manual"
    for method in (route.methods or set()) - {"HEAD"}:
        assert method.lower() in FULL["paths"][route.path], method


def test_no_entry_is_without_a_route() -> None:
    assert set(FULL["paths"]) == {route.path for route in OWN}


@pytest.mark.parametrize("drawing", CATALOGUE, ids=lambda drawing: drawing.address)
def test_every_drawing_has_a_chapter_with_its_parameters(drawing: Any) -> None:
    assert drawing.address in CHAPTERS, "a chapter in placeholder/manual/drawings.py"
    assert {one.name for one in CHAPTERS[drawing.address].query} == set(drawing.parameters)
    told = {one["name"] for one in FULL["paths"][drawing.address]["get"]["parameters"] if one["in"] == "query"}
    assert told == set(drawing.parameters)


def test_every_refusal_is_told() -> None:
    assert set(TOLD) == set(STATUS)

    def family(kind: type[Refusal]) -> set[type[Refusal]]:
        return {kind, *chain.from_iterable(map(family, kind.__subclasses__()))}

    codes = {kind.code for kind in family(Refusal) if kind.__module__.startswith("placeholder.")} - {"refused"}
    assert set(FULL["components"]["schemas"]["Error"]["properties"]["code"]["enum"]) == codes


def test_every_code_stands_behind_a_status_that_it_comes_with() -> None:
    said = {
        (status, kind.code)
        for methods in FULL["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        for kind in TOLD
        if f"`{kind.code}`:" in response["description"]
    }
    everywhere = {"method_not_allowed", "not_now"}  # any address by another method; the kin of busy and unavailable
    assert {code for _, code in said} == {kind.code for kind in TOLD} - everywhere
    assert said == {(str(STATUS[kind]), kind.code) for kind in TOLD if kind.code not in everywhere}


def test_states_and_failures_are_those_of_the_code() -> None:
    schemas = FULL["components"]["schemas"]
    kinds = [schemas[name]["properties"]["state"] for name in ("Underway", "Ready", "Failed")]
    assert {state for kind in kinds for state in kind.get("enum", [kind.get("const")])} == set(State)
    assert schemas["Failed"]["properties"]["code"]["enum"] == [*FAILURES, None]


def test_every_reference_leads_somewhere(told: dict[str, Any]) -> None:
    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [name for value in part.values() for name in references(value)]
        return [name for value in part for name in references(value)] if isinstance(part, list) else []

    found = set(references(told))
    assert len(found) > 15
    for name in found:
        _, components, kind, key = name.split("/")
        assert key in told[components][kind]
    for kind in ("schemas", "headers"):
        assert {f"#/components/{kind}/{key}" for key in told["components"][kind]} <= found, "none is left over"


def test_only_prompts_and_figures_need_a_key(told: dict[str, Any]) -> None:
    locked = {
        (path, method): [list(needed) for needed in one["security"]]
        for path, methods in told["paths"].items()
        for method, one in methods.items()
        if "security" in one
    }
    assert locked == {
        ("/ai", "post"): [["key"]],
        ("/metrics", "get"): [["operator"]],
        ("/operator/figures", "get"): [["operator"]],
    }
    assert {scheme["scheme"] for scheme in told["components"]["securitySchemes"].values()} == {"bearer"}


def test_it_says_where_its_addresses_begin_and_which_models_there_are(told: dict[str, Any]) -> None:
    assert told["servers"] == [{"url": "https://pictures.example"}]
    assert FULL["servers"] == [{"url": "/"}]
    assert told["components"]["schemas"]["Ask"]["properties"]["model"]["enum"] == ["flux-schnell", "sdxl", None]


def test_names_of_operations_are_names_and_unique() -> None:
    ids = [operation["operationId"] for methods in FULL["paths"].values() for operation in methods.values()]
    assert len(set(ids)) == len(ids)
    assert all(name.isidentifier() for name in ids)
