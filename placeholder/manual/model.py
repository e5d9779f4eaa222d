"""What the tables are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Schema = Mapping[str, Any]
"""JSON Schema 2020-12."""
Object = dict[str, Any]
"""A piece of the document."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`what` is a sentence or two, in Markdown. `example` is as it stands in the address, before encoding."""

    name: str
    what: str
    schema: Schema
    example: str
    place: Literal["path", "query", "header"] = "query"
    required: bool = False

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it may be, where they are counted."""
        return tuple(self.schema.get("enum", ()))


@dataclass(frozen=True, slots=True)
class Chapter:
    """A drawing, as it is told: `path` and `query` are its parameters, `examples` whole targets with what they show."""

    name: str
    what: str
    path: tuple[Parameter, ...]
    query: tuple[Parameter, ...]
    examples: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method does at one address (the route's own words: "/ai/{job}/status"). `answers` are Responses by status."""

    id: str
    method: Literal["get", "options", "post"]
    address: str
    group: str
    title: str
    what: str
    answers: Mapping[str, Object]
    parameters: tuple[Parameter, ...] = ()
    body: Object | None = None
    key: Literal["", "key", "operator"] = ""
    """Which kind it needs (openapi's security schemes); none where empty."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What differs from one installation to the next: `base` is where its addresses begin ("" for the place that the document
    comes from), `models` the names that may be asked for, `files` the media type of each file of its pages, by address."""

    base: str
    version: str
    models: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
