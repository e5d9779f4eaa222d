"""Every URL of the specification answers the bytes that it has always answered (P-16, P-17).

specified.txt has a line for each: the SHA-256 of the body, and the URL. `pytest --update-goldens` adds lines for URLs that have
none, and never changes one: who means to change a picture for ever takes its line out by hand. The goldens beside show what some
of these look like; what other processes and other Pythons draw is tested there.
"""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fixtures.specified import GLYPHS, SPECIFIED

Ask = Callable[..., Awaitable[Any]]

pytestmark = pytest.mark.usefixtures("without_fonts")

TABLE = Path(__file__).with_name("specified.txt")
URLS = list(dict.fromkeys(url for group in SPECIFIED.values() for url in group))


def recorded() -> dict[str, str]:
    """The digest of each URL."""
    lines = TABLE.read_text("ascii").splitlines()
    return {url: digest for digest, _, url in (line.partition(" ") for line in lines)}


async def test_every_url_has_its_line(ask: Ask, updates_goldens: bool) -> None:
    known = recorded()
    new = [url for url in URLS if url not in known]
    if updates_goldens and new:
        with TABLE.open("a", encoding="ascii") as table:
            for url in new:
                table.write(f"{sha256((await ask(url)).body).hexdigest()} {url}\n")
        pytest.skip(f"{len(new)} lines are new")
    assert set(known) == set(URLS)
    assert len(URLS) == len(TABLE.read_text("ascii").splitlines()) > 450


@pytest.mark.parametrize("group", SPECIFIED)
async def test_nothing_added_since_changes_a_byte(group: str, ask: Ask) -> None:
    """P-14, P-15, P-16."""
    known, changed = recorded(), list[str]()
    for url in SPECIFIED[group]:
        answer = await ask(url)
        assert answer.status == 200, url
        if url != "/healthz":
            assert answer["content-type"] == "image/svg+xml", url
            assert answer["cache-control"] == "public, max-age=31536000, immutable", url
        if url in known and sha256(answer.body).hexdigest() != known[url]:
            changed.append(url)
    assert changed == []


def test_the_lines_tell_apart_what_the_specification_tells_apart() -> None:
    """P-38, P-40, P-47, P-53: a table of one digest would prove nothing."""
    known = recorded()

    def different(*urls: str) -> bool:
        return len({known[url] for url in urls}) == len(urls)

    assert different(*(f"/glyph/300x300?as={icon}" for icon in GLYPHS))
    assert different("/gradient/400x300", "/gradient/400x300?angle=45", "/gradient/400x300?type=radial")
    assert different(*(f"/seed/{number}/300x300" for number in range(1000, 1030)))
    assert known["/gradient/400x300"] == known["/gradient/400x300?angle=90"] == known["/gradient/400x300?type=linear"]
    assert known["/400x300?bg=abc"] == known["/400x300?bg=%23ABC"] == known["/400x300?bg=ABC"]
    assert known["/seed/precious-tide/400x300"] == known["/seed/precious-tide/400x300?x=1"]
    assert known["/glyph/300x300"] == known["/glyph/300x300?as=photo"]
