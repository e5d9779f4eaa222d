"""What may be chosen from, as tools tell it. (Without slots: of a class with slots the SDK makes no schema.)"""

from dataclasses import dataclass

from placeholder.manual.drawings import CHAPTERS
from placeholder.manual.llms import parameter
from placeholder.tools.compose import DENSITIES, FORMATS
from placeholder.values.named import NAMES, SOURCES


@dataclass(frozen=True)
class NamedSize:
    name: str
    width: int
    height: int
    source: str


@dataclass(frozen=True)
class Option:
    name: str
    what: str
    choices: list[str]
    required: bool


@dataclass(frozen=True)
class Drawing:
    name: str
    what: str
    options: list[Option]


@dataclass(frozen=True)
class Sizes:
    sizes: list[NamedSize]


@dataclass(frozen=True)
class Drawings:
    drawings: list[Drawing]
    formats: list[str]
    densities: list[int]


def sizes(containing: str) -> Sizes:
    """Those whose name or source has these letters."""
    found = [
        (source, name) for source, names in SOURCES.items() for name in names if containing.lower() in f"{name} {source}".lower()
    ]
    told = [NamedSize(name=name, width=NAMES[name].w, height=NAMES[name].h, source=source) for source, name in found]
    return Sizes(told)


def drawings() -> Drawings:
    told = [
        Drawing(
            name=chapter.name,
            what=chapter.what,
            options=[
                Option(name=one.name, what=parameter(one), choices=list(one.choices), required=one.required)
                for one in (*chapter.path, *chapter.query)
            ],
        )
        for chapter in CHAPTERS.values()
    ]
    return Drawings(drawings=told, formats=list(FORMATS), densities=list(DENSITIES))
