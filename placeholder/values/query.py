"""The query string: `name=value` joined by `&`, percent-encoded, `+` for a space (the WHATWG form encoding).

The last of several equal names counts; names are case-sensitive; unknown names are ignored by whoever reads the
result; `;` separates nothing. Bytes that are no UTF-8 become U+FFFD. At most MAX_PARAMETERS parameters.
"""

from collections.abc import Collection
from urllib.parse import unquote

from placeholder.errors import BadParameter

MAX_PARAMETERS = 32

Query = dict[str, str]


def parse_query(text: str) -> Query:
    """`text` (what stands behind "?") by name. Raises BadParameter beyond MAX_PARAMETERS."""
    if not text:
        return {}
    if text.count("&") >= MAX_PARAMETERS:
        raise BadParameter("query", f"at most {MAX_PARAMETERS} parameters")
    found: Query = {}
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        found[_decoded(name)] = _decoded(value)
    return found


def has_parameter(text: str, name: str) -> bool:
    """Whether `text` has `name`, however many parameters there are."""
    return any(_decoded(pair.partition("=")[0]) == name for pair in text.split("&"))


def chosen(query: Query, name: str, words: Collection[str], default: str) -> str:
    """The word that `name` says, `default` where there is none. Raises BadParameter where it is not one of `words`."""
    word = query.get(name, default)
    if word not in words:
        raise BadParameter(name, "one of " + ", ".join(words))
    return word


def _decoded(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, errors="replace") if "%" in text else text
