"""What a parameter's schema admits, its parser takes; what is counted there is all that there is."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.jobs.ask import read_ask
from placeholder.manual import grammar
from placeholder.manual.drawings import CHAPTERS, RATIO, SIZE
from placeholder.manual.model import Parameter, Schema
from placeholder.synth.catalogue import CATALOGUE, look_up
from placeholder.synth.icons import LINES
from placeholder.values.format import SUFFIXES
from placeholder.values.named import NAMES

OF = {drawing.address: drawing for drawing in CATALOGUE}


def values(schema: Schema) -> st.SearchStrategy[str]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "pattern" in schema:
        # JSON Schema's $ lets no line feed follow, Python's does.
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z", alphabet=st.characters(codec="utf-8"))
    return st.text(st.characters(codec="utf-8"), max_size=50)


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def target(address: str, path: dict[str, str], query: dict[str, str]) -> str:
    for name, value in path.items():
        address = address.replace(f"{{{name}}}", quoted(value))
    return address + "?" + "&".join(f"{name}={quoted(value)}" for name, value in query.items())


@pytest.mark.parametrize("ratio", [False, True], ids=["size", "ratio"])
@pytest.mark.parametrize("address", CHAPTERS)
@given(data=st.data())
def test_what_is_documented_is_drawn(address: str, ratio: bool, data: Any) -> None:
    """Every value, alone and with others: the parser raises nothing."""
    chapter = CHAPTERS[address]
    path = (*chapter.path, *(RATIO if ratio else (SIZE,)))
    spelt = address.replace("{size}", "{across}:{down}/{size}") if ratio else address
    given_path = {one.name: data.draw(values(one.schema)) for one in path}
    given_query = {one.name: data.draw(values(one.schema)) for one in chapter.query if data.draw(st.booleans())}
    asked = target(spelt, given_path, given_query)
    if len(asked) < 8000:
        assert look_up(asked)[0].drawing is OF[address]


@pytest.mark.parametrize("address", CHAPTERS)
def test_the_examples_are_of_their_drawing(address: str) -> None:
    assert CHAPTERS[address].examples
    for example in CHAPTERS[address].examples:
        assert look_up(example)[0].drawing is OF[address]


@pytest.mark.parametrize(
    "one", [one for chapter in CHAPTERS.values() for one in (*chapter.path, *chapter.query)], ids=lambda one: one.name
)
def test_an_example_is_a_value(one: Parameter) -> None:
    if one.choices:
        assert one.example in one.choices
    elif "pattern" in one.schema:
        assert re.search(one.schema["pattern"], one.example)


def test_lists_are_those_of_the_code() -> None:
    assert grammar.GLYPH["enum"] == list(LINES)
    for name in NAMES:
        assert re.search(grammar.SIZE["pattern"], name)
    for suffix in SUFFIXES:
        assert re.search(grammar.SIZE["pattern"], "400x300" + suffix)
    for wrong in ("400", "400x300.bmp", "400x300@2x", "400x300@4x.png", "nope", "OG", "400x300\n"):
        assert not re.search(grammar.SIZE["pattern"].removesuffix("$") + r"\Z", wrong), wrong


@given(
    st.from_regex(
        grammar.ask(())["properties"]["prompt"]["pattern"].removesuffix("$") + r"\Z", alphabet=st.characters(codec="utf-8")
    )
)
def test_a_documented_prompt_is_read(prompt: str) -> None:
    if len(prompt) <= 1000:
        assert read_ask({"prompt": prompt, "w": 1, "h": 1}, "owner", "model").prompt


@pytest.mark.parametrize("prompt", ["", " ", "\n\t", "a\x00b", "a\x7f", "\u0085"])
def test_a_prompt_that_is_refused_is_none_by_the_document(prompt: str) -> None:
    assert not re.search(grammar.ask(())["properties"]["prompt"]["pattern"], prompt)
