"""A picture's address out of its parts, read by the very parser that will answer it, so that none comes out that is refused.

Raises placeholder.errors.Refusal, whose words name the part at fault and say what was expected.
"""

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, urlencode

from placeholder.errors import BadParameter, NoSuchPicture
from placeholder.manual.drawings import CHAPTERS
from placeholder.synth.catalogue import Picture, find_target
from placeholder.values.format import SUFFIXES

ADDRESSES = {chapter.name: address for address, chapter in CHAPTERS.items()}
FORMATS = tuple(suffix[1:] for suffix in SUFFIXES if "@" not in suffix)
DENSITIES = tuple(sorted({density for _, density in SUFFIXES.values()}))


def target(drawing: str, size: str, options: Mapping[str, str], format: str, density: int) -> str:
    """The path and query; `format` "svg" at density 1 is left out, as people write it."""
    if drawing not in ADDRESSES:
        raise BadParameter("drawing", "one of " + ", ".join(ADDRESSES))
    if format not in FORMATS:
        raise BadParameter("format", "one of " + ", ".join(FORMATS))
    if density not in DENSITIES:
        raise BadParameter("density", "one of " + ", ".join(map(str, DENSITIES)))
    chapter, address = CHAPTERS[ADDRESSES[drawing]], ADDRESSES[drawing]
    path, query = [one.name for one in chapter.path], [one.name for one in chapter.query]
    for name in options:
        if name not in (*path, *query):
            takes = f"those of {drawing}: " + ", ".join((*path, *query))
            raise BadParameter("options", takes)
    for name in path:
        # A browser takes the segments "." and ".." for steps, and goes elsewhere.
        if "/" in options.get(name, "/") or options[name] in ("", ".", ".."):
            raise BadParameter(name, "text without a slash, in options")
        address = address.replace(f"{{{name}}}", quote(options[name], safe="", errors="replace"))
    mark = f"@{density}x" if density > 1 else ""
    suffix = f"{mark}.{format}" if mark or format != "svg" else ""
    asked = {name: options[name] for name in query if name in options}
    return address.replace("{size}", quote(size, safe="/:", errors="replace") + suffix) + (
        "?" + urlencode(asked, errors="replace") if asked else ""
    )


def picture(drawing: str, target: str) -> Picture:
    """What stands at an address that `target` made."""
    with suppress(NoSuchPicture):
        found = find_target(target)
        # A size that begins with another drawing's address would be that drawing.
        if found.drawing.address == ADDRESSES[drawing]:
            return found
    expected = "a width and a height such as 400x300, a name of a size such as og, or a ratio and a width such as 16:9/1280"
    raise BadParameter("size", expected)
