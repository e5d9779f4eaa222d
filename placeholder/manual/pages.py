"""The addresses besides drawings and jobs: pages, their files, tables, the element, health."""

import re

from placeholder.errors import ForeignHost, NoSuchPicture, Unavailable
from placeholder.manual.answers import Statuses, answer, checked, json, media, named, refused
from placeholder.manual.model import Facts, Object, Operation, Parameter

GROUP, FILES = "Pages and tables", "Files of the pages"
KNOWN = Parameter("If-None-Match", "Tags that the client has.", {"type": "string"}, '"0-0"', "header")


def operations(facts: Facts, statuses: Statuses) -> list[Operation]:
    no_host = refused(statuses, [ForeignHost], pictured=True)
    script = refused(statuses, [ForeignHost, NoSuchPicture], pictured=False)
    element = media("text/javascript; charset=utf-8")

    def get(id: str, address: str, title: str, answers: dict[str, Object], *more: Parameter) -> Operation:
        group = FILES if address in facts.files else GROUP
        known = (KNOWN,) if "304" in answers else ()
        return Operation(id, "get", address, group, title, "", answers, (*more, *known))

    files = [
        get("file" + re.sub(r"\W", "_", address), address, "A page" if kind.startswith("text/html") else "A file of the pages", {
            **checked("The file.", media(kind), any_origin=False),
            **no_host,
        })
        for address, kind in facts.files.items()
    ]  # fmt: skip
    return [
        get("llms", "/llms.txt", "This service, told to language models", {
            **checked("Markdown, as llmstxt.org has it.", media("text/plain; charset=utf-8")),
            **no_host,
        }),
        get("openapi", "/openapi.json", "This document", {
            **checked("OpenAPI 3.1.", {"application/json": {"schema": {"type": "object"}}}),
            **no_host,
        }),
        get("docs", "/docs", "This document, for people", {
            **checked("A page.", media("text/html; charset=utf-8"), any_origin=False),
            **no_host,
        }),
        get("sizes", "/sizes.json", "Every size that has a name", {
            **checked("Width and height by name, as they are drawn.", json("Sizes")),
            **no_host,
        }),
        get("health", "/healthz", "Whether the service is alive", {
            "200": answer("It is.", json("Health"), named(Cache_Control="Passing")),
        }),
        get("element", "/components/ai-img.js", "The element `<ai-img>`", {
            **checked("A module without dependencies.", element, keeping="Kept"),
            **refused(statuses, [ForeignHost], pictured=False),
        }),
        get("elementPinned", "/components/ai-img@{version}.js", "The element of this release, for ever", {
            **checked("The same module.", element, keeping="Lasting"),
            **script,
        }, Parameter("version", "This release.", {"const": facts.version}, facts.version, "path", required=True)),
        get("pageFacts", "/page.json", "What the front page has to know", {
            "200": answer("A key that asks from the page alone, where pictures cost nothing.", json("PageFacts"),
                          named(Cache_Control="Passing")),
            **refused(statuses, [ForeignHost, Unavailable], pictured=True),
        }),
        *files,
    ]  # fmt: skip
