"""/llms.txt: the form of llmstxt.org, and every list whole."""

import re

from placeholder.errors import Refusal
from placeholder.jobs.model import FAILURES, State
from placeholder.manual.llms import text
from placeholder.manual.model import Facts
from placeholder.synth.catalogue import CATALOGUE
from placeholder.synth.icons import LINES
from placeholder.values.format import SUFFIXES
from placeholder.values.named import NAMES
from placeholder.web.errors import STATUS

LINK = re.compile(r"- \[([^\]]+)\]\(([^)\s]+)\): \S.*")


def test_it_has_the_form(facts: Facts) -> None:
    """One title, a summary as a quotation, no other heading before the lists, and nothing but links in those."""
    page = text(facts, STATUS)
    first, second, *_ = page.split("\n\n")
    assert first == "# placeholder"
    assert second.startswith("> ")
    assert "\n" not in second
    told, *lists = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    assert re.findall("^#", told, re.MULTILINE) == ["#"]
    assert lists[::2] == ["Examples", "Documents", "Optional"]
    for links in lists[1::2]:
        for line in links.strip().split("\n"):
            assert LINK.fullmatch(line), line


def test_its_lists_are_those_of_the_code(facts: Facts) -> None:
    page = text(facts, STATUS)
    words: list[str] = [*LINES, *NAMES, *State, *FAILURES, *(kind.code for kind in STATUS)]
    words += [suffix for suffix in SUFFIXES if "@" not in suffix]
    words += [drawing.address for drawing in CATALOGUE] + [name for drawing in CATALOGUE for name in drawing.parameters]
    assert [word for word in words if f"`{word}`" not in page] == []
    for name, size in NAMES.items():
        assert f"`{name}` {size}" in page
    kind: type[Refusal]
    for kind, status in STATUS.items():
        assert f"- {status} `{kind.code}`:" in page


def test_addresses_begin_where_the_world_reaches_the_service(facts: Facts) -> None:
    page = text(facts, STATUS)
    assert "POST https://pictures.example/ai" in page
    links = LINK.findall(page)
    assert len(links) > 10
    assert all(address == "https://pictures.example" + shown for shown, address in links)
    assert "https://" not in text(Facts("", "1", ()), STATUS).replace("https://llmstxt.org", "")
