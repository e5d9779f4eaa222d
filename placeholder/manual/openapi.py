"""The OpenAPI 3.1 document: every route and every drawing, in the routes' own words."""

from dataclasses import replace

from placeholder.errors import BadParameter, Busy, ForeignHost, NoSuchPicture, TooLong
from placeholder.manual import imagining, operating, pages
from placeholder.manual.answers import HEADERS, Statuses, answer, lasting, named, refused
from placeholder.manual.drawings import CHAPTERS, RATIO, SIZE
from placeholder.manual.model import Chapter, Facts, Object, Operation, Parameter
from placeholder.manual.schemas import schemas
from placeholder.synth.catalogue import CATALOGUE

GROUP = "Pictures by URL"
RATIO_SPELLING = "{across}:{down}/{size}"

_ABOUT = (
    "Pictures of any size from their URL alone, and pictures from prompts at URLs that never change. The same URL gives the same"
    " bytes. Every GET is answered to HEAD too, without a body. Errors have their true status; at the addresses of pictures they"
    " are pictures that say what is wrong, or JSON where `Accept` prefers it. Unknown parameters are ignored."
)
_REFUSALS = [BadParameter, ForeignHost, NoSuchPicture, TooLong, Busy]


def document(facts: Facts, statuses: Statuses) -> Object:
    """`statuses`: the status of each refusal on the wire."""
    paths: dict[str, Object] = {}
    for operation in operations(facts, statuses):
        paths.setdefault(operation.address, {})[operation.method] = _told(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "placeholder", "version": facts.version, "description": _ABOUT, "license": {"name": "MIT"}},
        "servers": [{"url": facts.base or "/"}],
        "tags": [{"name": group} for group in (GROUP, imagining.GROUP, pages.GROUP, pages.FILES, operating.GROUP)],
        "paths": paths,
        "components": {
            "schemas": schemas(facts.models),
            "headers": HEADERS,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, a publishable key or a token."},
                "operator": {"type": "http", "scheme": "bearer", "description": "A key with the scope `operator`."},
            },
        },
    }


def operations(facts: Facts, statuses: Statuses) -> list[Operation]:
    drawn = [
        operation
        for drawing in CATALOGUE
        for is_ratio in (False, True)
        for operation in _drawing(drawing.address, CHAPTERS[drawing.address], statuses, is_ratio)
    ]
    return [*drawn, *imagining.operations(statuses), *pages.operations(facts, statuses), *operating.operations(statuses)]


def _drawing(address: str, chapter: Chapter, statuses: Statuses, is_ratio: bool) -> list[Operation]:
    path = (*chapter.path, *(RATIO if is_ratio else (SIZE,)))
    name, title = chapter.name, chapter.what
    if is_ratio:
        address, name, title = address.replace("{size}", RATIO_SPELLING), name + "ByRatio", title[:-1] + ", by ratio and width."
    answers = {**lasting("The picture."), **refused(statuses, _REFUSALS, pictured=True)}
    methods = {"204": answer("The methods, for whoever asks.", None, named(Allow="Allow", Cache_Control="Passing"))}
    return [
        Operation(name, "get", address, GROUP, title, "", answers, (*path, *chapter.query, pages.KNOWN)),
        Operation(name + "Options", "options", address, GROUP, "CORS preflight", "", methods, tuple(map(_any, path))),
    ]


def _any(parameter: Parameter) -> Parameter:
    """What OPTIONS takes in its place: it reads no values."""
    return replace(parameter, schema={"type": "string"})


def _told(operation: Operation) -> Object:
    told: Object = {
        "operationId": operation.id,
        "tags": [operation.group],
        "summary": operation.title,
        "description": operation.what,
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "requestBody": operation.body,
        "responses": dict(sorted(operation.answers.items())),
        "security": [{operation.key: []}] if operation.key else None,
    }
    return {name: part for name, part in told.items() if part}


def _parameter(parameter: Parameter) -> Object:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.what,
        "schema": dict(parameter.schema),
        "example": parameter.example,
    }
