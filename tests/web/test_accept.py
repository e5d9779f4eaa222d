"""Who would rather read JSON than see a picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.web.accept import prefers_json

PREFERENCES = [
    ("", False),
    ("*/*", False),
    ("image/*", False),
    ("image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", False),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
    ("application/json", True),
    ("APPLICATION/JSON", True),
    ("application/json; charset=utf-8", True),
    ("application/problem+json", True),
    ("application/json, text/plain, */*", True),
    ("application/json, image/*", True),
    ("application/json;q=0.5, image/*;q=0.4", True),
    ("application/json;q=0.4, image/*;q=0.5", False),
    ("application/json;q=0.4, image/png;q=0.1, image/webp;q=0.9", False),
    ("application/json;q=0", False),
    ("application/json;q=0.0, */*", False),
    ("application/json; q = 0.5", True),
    ("application/json;q=1;q=0", True),
    ("application/json;q=high", False),
    ("application/json;q=NaN", False),
    ("application/json;q=-1", False),
    ("application/json;q=99, image/*", True),
    ("text/json", False),
    ("application/jsonp", False),
    ("json", False),
    (";;;,,,/", False),
]


@pytest.mark.parametrize(("accept", "expected"), PREFERENCES)
def test_json_is_sent_where_it_is_named_at_least_as_high_as_a_picture(accept: str, expected: bool) -> None:
    assert prefers_json(accept) is expected


@given(st.text("aplicton/jsmge+;=q0.19, *nfxe-\x7f", max_size=80) | st.text(max_size=200))
def test_any_header_is_read(accept: str) -> None:
    assert prefers_json(accept) in (True, False)
