"""How a peer's URL is taken apart, as far as the grammars do it alike.

target  = path [ "?" query ]
path    = 1*( "/" word ) [ "/" ]     each word percent-decoded by itself, so that "%2F" cuts nothing
size    = 1*DIGIT [ "x" 1*DIGIT ]    one number is a square
ending  = "." format                 behind any word, where a grammar allows it
"""

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import unquote

from placeholder.values.query import parse_query
from placeholder.values.size import Size, parse_size
from placeholder.values.text import clean_text

_SIZE = re.compile(r"([0-9]+)(?:x([0-9]+))?")
_INLINE = re.compile("[?&]")


def cut(target: str) -> tuple[list[str], str]:
    """The words of a path, none for "/", and the query behind it. A path that is none has the word ""."""
    path, _, query = target.partition("?")
    root, *words = path.split("/")
    if root or not words:
        return [""], query
    if not words[-1]:
        words.pop()
    return [unquote(word) for word in words], query


def cut_inline(target: str) -> tuple[list[str], str]:
    """The same where a query may also begin at "&", without a "?"."""
    path, *query = _INLINE.split(target, maxsplit=1)
    return cut(path)[0], query[0] if query else ""


def size_of(word: str) -> Size | None:
    """The clamped size that `word` names."""
    match = _SIZE.fullmatch(word)
    return parse_size(f"{match[1]}x{match[2] or match[1]}") if match else None


class Stack(NamedTuple):
    """The words of a grammar that stacks colours upon a size, "" where one is absent."""

    size: str
    bg: str
    fg: str
    format: str


def stacked(words: list[str], formats: Collection[str]) -> Stack | None:
    """size [ "/" bg [ "/" fg ] ], an ending behind any of them; the first one counts."""
    stems, endings = list[str](), list[str]()
    for word in words:
        stem, dot, ending = word.strip().partition(".")
        stems.append(stem)
        endings += [ending.lower()] if dot else []
    if not 1 <= len(stems) <= 3 or not all(stems) or not all(ending in formats for ending in endings):
        return None
    size, bg, fg = (*stems, "", "")[:3]
    return Stack(size, bg, fg, endings[0] if endings else "")


def text_of(query: str) -> str | None:
    """The label that `query` asks for, clean; None where it asks for none, or an empty one, in whose place the peers write
    the size. The parameter's name is read in any case. Raises BadParameter."""
    named = {name.lower(): value for name, value in parse_query(query).items()}
    return clean_text(named.get("text", "")) or None
