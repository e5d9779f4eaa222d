"""Where the pack is not installed: the words are the viewer's to draw, pixels show the size, and the answer says so."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import pytest
from fixtures.fonts import SAMPLES

from placeholder import draw
from placeholder.svg.font import SANS
from placeholder.svg.scripts.typeset import typeset

pytestmark = pytest.mark.usefixtures("without_fonts")


@pytest.mark.parametrize("text", SAMPLES.values(), ids=SAMPLES)
def test_the_viewer_draws(text: str) -> None:
    assert typeset(text, SANS) is None
    assert b"<text" in draw(f"/600x240?text={quote(text)}")
    assert draw(f"/600x240.png?text={quote(text)}") == draw("/600x240.png")


@pytest.mark.parametrize(
    ("target", "fallback"),
    [
        ("/400x300", None),
        ("/400x300?text=%3Ctext", None),
        ("/400x300.png?text=hero", None),
        ("/400x300?text=%E5%8D%A0", "viewer-fonts"),
        ("/400x300.svg?text=%E5%8D%A0&theme=auto", "viewer-fonts"),
        ("/400x300.png?text=%E5%8D%A0", "left-out"),
        ("/400x300@2x.webp?text=%E5%8D%A0&debug=1", "left-out"),
        ("/seed/%E5%8D%A0/400x300", None),
        ("/seed/%E5%8D%A0/400x300?style=initials", "viewer-fonts"),
        ("/seed/%E5%8D%A0/400x300.png?style=initials", "left-out"),
        ("/seed/%E5%8D%A0/400x300.png?style=waves", None),
        ("/color/fff/400x300?text=%E5%8D%A0", None),
    ],
)
async def test_the_answer_says_so(target: str, fallback: str | None, ask: Callable[..., Awaitable[Any]]) -> None:
    answer = await ask(target)
    assert answer.status == 200
    assert answer["x-text-fallback"] == fallback
    assert answer["access-control-expose-headers"] == ("X-Text-Fallback" if fallback else None)
    again = await ask(target, headers={"If-None-Match": answer["etag"]})
    assert again.status == 304
    assert again["x-text-fallback"] == fallback
