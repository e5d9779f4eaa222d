"""Checks a request body and a model's input, and says what is wrong in Replicate's words: which keys are missing, which are
one too many, and which values are not what their schema allows. Also what follows from a sound input: how many pictures,
of which size and format.

The words are those of the JSON Schema validator that Replicate uses, as its answers have been recorded.
"""

import ipaddress
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .catalogue import Field, Model, Size

EVENTS = ("start", "output", "logs", "completed")


@dataclass(frozen=True, slots=True)
class Invalid:
    type: str
    field: str
    description: str


_BODY = {
    "input": Field("object", required=True),
    "webhook": Field("webhook"),
    "webhook_events_filter": Field("events", choices=EVENTS),
    "stream": Field("boolean"),
}
BODY_OF_MODEL = _BODY
"""What `POST /models/{owner}/{name}/predictions` takes."""
BODY_OF_VERSION = {"version": Field("string", required=True), **_BODY}
"""What `POST /predictions` takes."""


def check(value: Mapping[str, Any], fields: Mapping[str, Field], where: str, *, strict: bool = True) -> list[Invalid]:
    """Missing keys, then those that do not belong, then values, as Replicate orders them."""
    missing = [name for name, field in fields.items() if field.required and name not in value]
    foreign = [name for name in value if strict and name not in fields]
    return [
        *(Invalid("required", where, f"{name} is required") for name in missing),
        *(Invalid("additional_property_not_allowed", where, f"Additional property {name} is not allowed") for name in foreign),
        *(
            invalid
            for name, field in fields.items()
            if name in value
            for invalid in _check_value(value[name], field, f"{where}.{name}" if where else name)
        ),
    ]


_TYPES: tuple[tuple[str, type | tuple[type, ...]], ...] = (
    ("null", type(None)),
    ("boolean", bool),  # before integer, of which it is one for Python
    ("integer", int),
    ("number", float),
    ("string", str),
    ("array", list),
    ("object", dict),
)
_EXPECTED = {"webhook": "string", "events": "array"}


def _type_of(value: Any) -> str:
    name = next(name for name, python in _TYPES if isinstance(value, python))
    return "integer" if name == "number" and value.is_integer() else name


def _check_value(value: Any, field: Field, path: str) -> Iterable[Invalid]:
    expected, given = _EXPECTED.get(field.kind, field.kind), _type_of(value)
    if given != expected and (expected, given) != ("number", "integer"):
        yield Invalid("invalid_type", path, f"Invalid type. Expected: {expected}, given: {given}")
    elif field.kind == "webhook":
        if not _is_webhook(value):
            yield Invalid("format", path, "Does not match format 'uri'")
    elif field.kind == "events":
        for index, item in enumerate(value):
            yield from _check_choice(item, field, f"{path}.{index}")
    else:
        yield from _check_choice(value, field, path)
        if field.least is not None and value < field.least:
            yield Invalid("number_gte", path, f"Must be greater than or equal to {field.least:g}")
        if field.most is not None and value > field.most:
            yield Invalid("number_lte", path, f"Must be less than or equal to {field.most:g}")


def _check_choice(value: Any, field: Field, path: str) -> Iterable[Invalid]:
    if field.choices and value not in field.choices:
        allowed = ", ".join(f'"{choice}"' for choice in field.choices)
        name = path.removeprefix("input.")
        yield Invalid("enum", path, f"{name} must be one of the following: {allowed}")


def _is_webhook(url: str) -> bool:
    """An HTTPS URL; of plain HTTP only a loopback address, which the real one would not take."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# ---------------------------------------------------------------- what follows from a sound input


def setting(model: Model, given: Mapping[str, Any], name: str) -> Any:
    field = model.fields.get(name)
    return given.get(name, field.default if field else None)


def count(model: Model, given: Mapping[str, Any]) -> int:
    return setting(model, given, "num_outputs") or 1


def picture_format(model: Model, given: Mapping[str, Any]) -> str:
    """webp, jpg or png; a model that takes no format makes PNG."""
    return setting(model, given, "output_format") or "png"


def picture_size(model: Model, given: Mapping[str, Any]) -> Size:
    ratio = setting(model, given, "aspect_ratio")
    width, height = model.ratios.get(ratio, (1024, 1024))
    if model.custom_step and ratio in (None, "custom"):
        width, height = (_stepped(setting(model, given, side) or 1024, model.custom_step) for side in ("width", "height"))
    if setting(model, given, "megapixels") == "0.25":
        width, height = width // 2, height // 2
    if setting(model, given, "image_size") == "optimize_for_speed":
        shrink = math.sqrt(1024 * 1024 / (width * height))
        width, height = _stepped(width * shrink, 16), _stepped(height * shrink, 16)
    return width, height


def _stepped(side: float, step: int) -> int:
    return max(step, round(side / step) * step)
