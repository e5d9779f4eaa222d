"""README's recipes as files: each fence is one, and its first line, a comment, says where it lies in a project.

A recipe is taken word for word, but for the service's address and the id of a picture from a prompt.
"""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
SERVICE = "http://127.0.0.1:8000"

_FENCE = re.compile(r"^```[a-z]+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"(?://|#|<!--|\{#|<%#) (\S+?)(?: (?:-->|#\}|%>))?\n")


def recipes() -> dict[str, str]:
    """The section's text by its headings."""
    if not README.is_file():
        pytest.skip("needs the source tree for README.md")
    section = re.split(r"^## ", README.read_text("utf-8").partition("\n## Recipes\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    headings = re.split(r"^### (.+)\n", section, flags=re.MULTILINE)[1:]
    return dict(zip(headings[::2], headings[1::2], strict=True))


def snippets(recipe: str) -> list[str]:
    """Its fences."""
    return _FENCE.findall(recipes()[recipe])


def write(recipe: str, folder: Path, service: str, picture_id: str = "") -> None:
    """Lays the recipe's files into a project."""
    for snippet in snippets(recipe):
        name = _NAME.match(snippet)
        assert name, f"{recipe}: the first line names no file: {snippet[:80]}"
        path = folder / name[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        text = snippet.replace(SERVICE, service)
        path.write_text(re.sub(r"\bID\b", picture_id, text) if picture_id else text, "utf-8")
