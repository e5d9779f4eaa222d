"""/docs: all that the document says, escaped, in well-formed HTML whose links lead somewhere."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from placeholder.manual.html import page
from placeholder.manual.html_schemas import prose, words

VOID = {"meta", "link", "img", "wbr"}


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open += [tag] if tag not in VOID else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data

    def each(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def test_it_says_all_that_the_document_says(told: dict[str, Any]) -> None:
    read = Reader(page(told, ""))
    for path, methods in told["paths"].items():
        assert path in read.words
        for method, operation in methods.items():
            if method == "options":
                continue
            assert operation["operationId"] in read.each("id")
            assert set(operation["responses"]) <= set(re.findall(r"\b[2-5][0-9]{2}\b", read.words))
            for parameter in operation.get("parameters", []):
                assert parameter["description"].replace("`", "") in read.words
    for name in told["components"]["schemas"]:
        assert f"body-{name}" in read.each("id")


def test_its_links_lead_somewhere(told: dict[str, Any]) -> None:
    read = Reader(page(told, "/mounted"))
    ids = read.each("id")
    assert len(set(ids)) == len(ids)
    for address in read.each("href") + read.each("src"):
        assert address.removeprefix("#") in ids if address.startswith("#") else address.startswith("/mounted/"), address
    for label in read.each("aria-labelledby"):
        assert label in ids


def test_nothing_runs_and_nothing_is_styled_inline(told: dict[str, Any]) -> None:
    for tag, attributes in Reader(page(told, "")).tags:
        assert tag not in ("script", "style", "iframe", "form")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_what_is_told_is_text(told: dict[str, Any]) -> None:
    hostile = '<script>alert("1")</script>&'
    twisted = {**told, "info": {**told["info"], "description": hostile, "version": hostile}, "servers": [{"url": hostile}]}
    twisted["components"] = {"schemas": {"Odd": {"type": "object", "required": [], "properties": {hostile: {"const": hostile}}}}}
    text = page(twisted, "")
    assert "<script" not in text
    assert Reader(text).words.count(hostile) == 5


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("a `b` & <c>", "a <code>b</code> &amp; &lt;c&gt;"),
        ("- `a`: one\n- `b`: two", "<ul><li><code>a</code>: one</li><li><code>b</code>: two</li></ul>"),
        ("no closing `mark", "no closing `mark"),
    ],
)
def test_prose(told: str, shown: str) -> None:
    assert prose(told) == shown


@pytest.mark.parametrize(
    ("schema", "shown"),
    [
        ({"const": True}, "<code>true</code>"),
        ({"enum": ["a", None]}, "<code>a</code>, <code>null</code>"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "integer", "minimum": 1}, "integer, 1 or more"),
        ({"type": "integer", "minimum": 1, "maximum": 2048}, "integer, 1 … 2,048"),
        ({"type": "string", "minLength": 1, "maxLength": 4000}, "string, 1 … 4,000 characters"),
        ({"type": "string", "pattern": "^a<$"}, "string <code>^a&lt;$</code>"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, "2 of integer"),
        ({"$ref": "#/components/schemas/Ask"}, '<a href="#body-Ask">Ask</a>'),
        ({"oneOf": [{"const": 1}, {"type": "null"}]}, "<code>1</code> or null"),
        ({"enum": ["a"], "default": "a"}, "<code>a</code>; <code>a</code> unless given"),
    ],
)
def test_words(schema: dict[str, Any], shown: str) -> None:
    assert words(schema) == shown
