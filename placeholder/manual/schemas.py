"""The JSON bodies, by the name that they go by in the document."""

from placeholder.figures.model import PARTS, WORDS
from placeholder.jobs.model import FAILURES, State
from placeholder.manual import grammar
from placeholder.manual.model import Object
from placeholder.manual.refusals import FAULT, TOLD


def _object(required: dict[str, Object], **optional: Object) -> Object:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}, "additionalProperties": False}


def _ref(name: str) -> Object:
    return {"$ref": f"#/components/schemas/{name}"}


_SIDE: Object = {"type": "integer", "minimum": 1, "maximum": 2048}
_LIKENESS: dict[str, Object] = {
    "blurDataURL": {"type": "string", "description": "The picture, tiny, as a data URL."},
    "thumbhash": {"type": "string", "description": "The same in some 25 bytes: ThumbHash, in base64."},
}
_URL: Object = {"type": "string", "description": "The picture, now and for ever; a path."}


def schemas(models: tuple[str, ...]) -> dict[str, Object]:
    return {
        "Error": _object(
            {
                "error": {"type": "string", "description": "What is wrong, for people."},
                "code": {"enum": [*sorted({refusal.code for refusal in TOLD}), FAULT], "description": "The same for programs."},
                "param": {"type": ["string", "null"], "description": "The parameter or field at fault."},
            }
        ),
        "Ask": grammar.ask(models),
        "Submission": _object(
            {
                "id": dict(grammar.JOB),
                "url": _URL,
                "status_url": {"type": "string", "description": "How it stands; a path."},
                "state": {"enum": list(State)},
                "width": _SIDE,
                "height": _SIDE,
            },
            **_LIKENESS,
        ),
        "Status": {
            "oneOf": [_ref("Underway"), _ref("Ready"), _ref("Failed")],
            "description": "`ready` and `failed` are final.",
        },
        "Underway": _object({"state": {"enum": [State.PENDING, State.GENERATING]}}),
        "Ready": _object({"state": {"const": State.READY}, "url": _URL, "width": _SIDE, "height": _SIDE}, **_LIKENESS),
        "Failed": _object(
            {
                "state": {"const": State.FAILED},
                "error": {"type": "string", "description": "Why, for people."},
                "code": {
                    "enum": [*FAILURES, None],
                    "description": "May be asked again: "
                    + ", ".join(f"`{code}`" for code, failure in FAILURES.items() if failure.may_ask_again)
                    + ".",
                },
            }
        ),
        "Statuses": _object({"jobs": {"type": "object", "additionalProperties": {"oneOf": [_ref("Status"), {"type": "null"}]}}}),
        "Sizes": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": _SIDE, "minItems": 2, "maxItems": 2},
        },
        "Health": _object({"ok": {"const": True}}),
        "Readiness": _object({part: {"enum": list(WORDS)} for part in PARTS}),
        "Figures": _object(
            {
                "process": {"type": "integer", "description": "The process that answered."},
                "ready": _ref("Readiness"),
                "figures": {
                    "type": "object",
                    "description": "By name, without the `_total` that Prometheus gives to counters.",
                    "additionalProperties": {"type": "array", "items": _ref("Figure")},
                },
                "jobs": {
                    "type": ["object", "null"],
                    "description": "The jobs that changed last (`latest`) and failed last (`failed`); null while the database"
                    " does not answer.",
                },
            }
        ),
        "Figure": _object(
            {
                "of": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Its labels."},
                "value": {
                    "oneOf": [
                        {"type": "number"},
                        _object({"count": {"type": "integer"}, "seconds": {"type": "number"}}),
                    ]
                },
            }
        ),
        "PageFacts": _object({"key": {"type": ["string", "null"]}}),
        "Heard": _object({}, ok={"const": True}, ignored={"const": True}),
    }
