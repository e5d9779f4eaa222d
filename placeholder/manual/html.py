"""/docs: the OpenAPI document as a page, whole as it is sent: no script, nothing from elsewhere.

It looks like the front page, whose stylesheet it takes, and follows the reader's light or dark. All text is escaped; of Markdown
it knows `code` and lists.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urlencode

from placeholder.manual.html_schemas import default, prose, shown, words
from placeholder.manual.model import Object
from placeholder.manual.openapi import GROUP as DRAWN
from placeholder.synth.catalogue import find_target

_STATUS = {"2": "good", "3": "good", "4": "bad", "5": "bad"}


def page(document: Object, root: str) -> str:
    """`root`: where the pages' own addresses begin, "" as a rule."""
    return "".join(_page(document, escape(root)))


def _page(document: Object, root: str) -> Iterator[str]:
    groups = [tag["name"] for tag in document["tags"]]
    yield f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5f6f8">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#111318">
<meta name="description" content="Every address of this service: parameters, answers, errors.">
<title>placeholder: the API</title>
<link rel="icon" type="image/png" href="{root}/glyph/32x32.png?as=code">
<link rel="stylesheet" href="{root}/page.css">
<link rel="stylesheet" href="{root}/docs.css">
</head>
<body>
<a class="skip" href="#{_slug(groups[0])}">Skip to the addresses</a>
<header class="top">
  <p class="name"><a href="{root}/">placeholder</a></p>
  <nav aria-label="On this page">
"""
    for group in (*groups, "Bodies"):
        yield f'    <a href="#{_slug(group)}">{escape(group)}</a>\n'
    yield f"""  </nav>
</header>
<main>
<div class="intro">
  <h1>The API</h1>
  <p>{prose(document["info"]["description"])}</p>
  <p>As a document: <a href="{root}/openapi.json">openapi.json</a> (OpenAPI 3.1), <a href="{root}/llms.txt">llms.txt</a>.
  Addresses begin at <code>{escape(document["servers"][0]["url"])}</code>.
  This is release {escape(document["info"]["version"])}.</p>
</div>
"""
    for group in groups:
        yield f'<section id="{_slug(group)}" class="routes" aria-labelledby="{_slug(group)}-title" tabindex="-1">\n'
        yield f'<h2 id="{_slug(group)}-title">{escape(group)}</h2>\n'
        for address, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["tags"] == [group] and method != "options":
                    yield from _operation(root, address, method, operation)
        yield "</section>\n"
    yield from _bodies(document["components"]["schemas"])
    yield f"""</main>
<footer class="bottom">
  <p>This page loads nothing from elsewhere and sets no cookies. <a href="{root}/">Compose a picture</a>.</p>
</footer>
</body>
</html>
"""


def _operation(root: str, address: str, method: str, operation: Object) -> Iterator[str]:
    name = escape(operation["operationId"])
    yield f'<article class="operation" aria-labelledby="{name}">\n<div class="told">\n'
    yield f'<h3 id="{name}"><span class="method">{method.upper()}</span> <code>{_address(address)}</code></h3>\n'
    yield f"<p>{prose(operation['summary'])}</p>\n"
    if "description" in operation:
        yield f'<p class="soft">{prose(operation["description"])}</p>\n'
    for scheme in (name for needed in operation.get("security", []) for name in needed):
        kind = "a key" if scheme == "key" else f"an {scheme} key"
        yield f'<p class="soft">Needs {kind}: <code>Authorization: Bearer KEY</code>.</p>\n'
    yield _sample(root, address, operation) if operation["tags"] == [DRAWN] else ""
    yield '</div>\n<div class="facts-of">\n'
    yield from _parameters(operation.get("parameters", []))
    if "requestBody" in operation:
        yield f"<h4>Body</h4>\n<p>{_content(operation['requestBody']['content'])}</p>\n"
    responses = operation["responses"]
    marks = " ".join(f'<b class="{_STATUS[status[0]]}">{status}</b>' for status in responses)
    yield f'<details><summary><span class="caption">Answers</span> {marks}</summary>\n<dl class="takes">\n'
    for status, response in responses.items():
        yield from _answer(status, response)
    yield "</dl>\n</details>\n</div>\n</article>\n"


def _sample(root: str, address: str, operation: Object) -> str:
    """The picture at the examples of an operation's parameters."""
    path, query = address, dict[str, str]()
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        elif parameter["in"] == "query":
            query[parameter["name"]] = parameter["example"]
    target = path + ("?" + urlencode(query) if query else "")
    size = find_target(target).pixels
    shown = f'<img src="{root}{escape(target)}" width="{size.w}" height="{size.h}" alt="" loading="lazy">'
    return f'<figure>{shown}<figcaption><a href="{root}{escape(target)}">{escape(target)}</a></figcaption></figure>\n'


def _parameters(parameters: list[Object]) -> Iterator[str]:
    if not parameters:
        return
    yield '<h4>Parameters</h4>\n<dl class="takes">\n'
    for parameter in parameters:
        place = "required" if parameter["required"] and parameter["in"] != "path" else parameter["in"]
        yield f"<div><dt><code>{escape(parameter['name'])}</code> <small>{place}</small></dt>"
        schema, like = parameter["schema"], parameter["example"]
        values = words(schema) if "enum" in schema else f"Such as <code>{escape(like)}</code>" + default(schema)
        yield f'<dd>{prose(parameter["description"])} <span class="values">{values}.</span></dd></div>\n'
    yield "</dl>\n"


def _answer(status: str, response: Object) -> Iterator[str]:
    yield f'<div><dt><b class="{_STATUS[status[0]]}">{status}</b></dt><dd>{prose(response["description"])}'
    if "content" in response:
        yield f'<p class="values">{_content(response["content"])}</p>'
    if "headers" in response:
        names = ", ".join(f"<code>{escape(name)}</code>" for name in response["headers"])
        yield f'<p class="values">{names}</p>'
    yield "</dd></div>\n"


def _content(content: dict[str, Any]) -> str:
    return ", ".join(
        f"<code>{escape(kind)}</code>" + (f": {words(part['schema'])}" if part.get("schema", {}).get("$ref") else "")
        for kind, part in content.items()
    )


def _bodies(schemas: dict[str, Object]) -> Iterator[str]:
    yield '<section id="bodies" class="routes" aria-labelledby="bodies-title" tabindex="-1">\n<h2 id="bodies-title">Bodies</h2>\n'
    for name, schema in schemas.items():
        yield f'<article class="operation" aria-labelledby="body-{name}"><div class="told"><h3 id="body-{name}">{name}</h3>'
        yield f"<p>{prose(schema['description'])}</p>" if "description" in schema else ""
        yield f'</div><div class="facts-of">{shown(schema)}</div></article>\n'
    yield "</section>\n"


def _address(address: str) -> str:
    """It may be broken behind a slash."""
    return re.sub(r"(\{[^}]*\})", r"<var>\1</var>", escape(address).replace("/", "/<wbr>"))


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")
