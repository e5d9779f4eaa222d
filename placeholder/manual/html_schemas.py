"""Words and schemas as HTML, for /docs."""

import json
import re
from html import escape

from placeholder.manual.model import Object, Schema

_CODE = re.compile("`([^`]*)`")
_LONG = 160
"""Characters of a pattern that people may want to see."""


def prose(text: str) -> str:
    """Markdown as far as the tables use it, as HTML within a block."""
    lines = [_CODE.sub(r"<code>\1</code>", escape(line, quote=False)) for line in text.split("\n")]
    if not text.startswith("- "):
        return " ".join(lines)
    return "<ul>" + "".join(f"<li>{line[2:]}</li>" for line in lines) + "</ul>"


def words(schema: Schema) -> str:
    """What a value may be, in a line of HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#body-{name}">{name}</a>'
    if "oneOf" in schema:
        return " or ".join(words(kind) for kind in schema["oneOf"])
    if "const" in schema:
        return _value(schema["const"])
    if "enum" in schema:
        return ", ".join(map(_value, schema["enum"])) + default(schema)
    if schema.get("type") == "array":
        return f"{schema.get('minItems', 'a list')} of {words(schema['items'])}"
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    return " or ".join(kinds) + _limits(schema) + _pattern(schema) + default(schema)


def shown(schema: Schema) -> str:
    """The schema of a body: its fields, or what it may be."""
    if "properties" not in schema:
        more = schema.get("additionalProperties")
        return f"<p>{'By name: ' + words(more) if isinstance(more, dict) else words(schema)}</p>"
    return '<dl class="takes">' + "".join(_field(name, field, schema) for name, field in schema["properties"].items()) + "</dl>"


def _field(name: str, field: Object, of: Schema) -> str:
    told = prose(field.get("description", ""))
    rest = shown(field) if field.get("type") == "object" else f'<span class="values">{words(field)}</span>'
    mark = "" if name in of["required"] else " <small>optional</small>"
    return f"<div><dt><code>{escape(name)}</code>{mark}</dt><dd>{told} {rest}</dd></div>"


def _value(value: object) -> str:
    return f"<code>{escape(value if isinstance(value, str) else json.dumps(value))}</code>"


def _limits(schema: Schema) -> str:
    least, most = schema.get("minimum", schema.get("minLength")), schema.get("maximum", schema.get("maxLength"))
    if least is None and most is None:
        return ""
    unit = " characters" if "maxLength" in schema else ""
    return f", {least} or more{unit}" if most is None else f", {least or 0} … {most:,}{unit}"


def _pattern(schema: Schema) -> str:
    pattern = schema.get("pattern")
    if pattern is None or len(pattern) > _LONG:
        return ""
    return f" <code>{escape(pattern)}</code>"


def default(schema: Schema) -> str:
    """What it is where it is not given."""
    return f"; {_value(schema['default'])} unless given" if "default" in schema else ""
