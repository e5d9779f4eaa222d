"""Parts of a finished picture (RFC 9110 §14): which requests get one, which the whole, which neither."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.web import respond
from placeholder.web.ranges import part_of

BODY = bytes(range(100))
WHOLE = respond.finished("image/png", BODY)

RANGES: list[tuple[str, int, bytes]] = [
    # a part
    ("bytes=0-0", 206, BODY[:1]),
    ("bytes=0-9", 206, BODY[:10]),
    ("bytes=10-19", 206, BODY[10:20]),
    ("bytes=99-99", 206, BODY[99:]),
    ("bytes=50-", 206, BODY[50:]),
    ("bytes=0-", 206, BODY),
    ("bytes=0-99", 206, BODY),
    ("bytes=90-100", 206, BODY[90:]),
    ("bytes=90-999999999", 206, BODY[90:]),
    ("bytes=-1", 206, BODY[99:]),
    ("bytes=-100", 206, BODY),
    ("bytes=-101", 206, BODY),
    ("bytes=-999999999999999999", 206, BODY),
    ("bytes=007-008", 206, BODY[7:9]),
    # beyond the end
    ("bytes=100-", 416, b""),
    ("bytes=100-100", 416, b""),
    ("bytes=100-200", 416, b""),
    ("bytes=999999999999999999-", 416, b""),
    ("bytes=-0", 416, b""),
    ("bytes=-000", 416, b""),
    # not a range, or not one that we serve: the whole
    *(
        (value, 200, BODY)
        for value in (
            *("", " ", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5", "bytes=5-4", "bytes=100-99", "bytes=9-0"),
            *("bytes=0-0,2-2", "bytes=0-,-1", "bytes= 0-1", "bytes=0 - 1", "bytes=0-1 ", "bytes:0-1", "BYTES=0-1", "pixels=0-1"),
            *(
                "bytes=-1-2",
                "bytes=--1",
                "bytes=+1-2",
                "bytes=0x1-2",
                "bytes=1_0-20",
                "bytes=1.0-2",
                "bytes=\xb2-3",
                "bytes=\xff-",
            ),
            *("bytes=0-" + "9" * 19, "bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=" + "0-," * 5000 + "0-"),
            *("bytes=0-1\n", "bytes=0-1\x00", "none", "bytes=0-1;x=y"),
        )
    ),
]


@pytest.mark.parametrize(("value", "status", "body"), RANGES, ids=lambda value: ascii(value)[:30])
def test_what_is_asked_for(value: str, status: int, body: bytes) -> None:
    """V21."""
    answer = part_of(WHOLE, [(b"range", value.encode("latin-1"))])
    assert (answer.status, answer.body) == (status, body)
    told = dict(answer.headers)
    if status == 200:
        assert answer is WHOLE
    elif status == 206:
        match = re.fullmatch(rb"bytes ([0-9]+)-([0-9]+)/100", told[b"content-range"])
        assert match
        assert BODY[int(match[1]) : int(match[2]) + 1] == body
        assert answer.etag == WHOLE.etag
        assert told[b"content-length"] == b"%d" % len(body)
        assert told[b"content-type"] == b"image/png"
        assert told[b"cache-control"] == respond.IMMUTABLE
    else:
        assert told[b"content-range"] == b"bytes */100"
        assert told[b"content-length"] == b"0"
        assert told[b"cache-control"] == b"no-store"
        assert answer.etag is None
        assert b"content-type" not in told


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (WHOLE.etag, 206),
        (b"W/" + (WHOLE.etag or b""), 200),
        (b'"another"', 200),
        (b"", 200),
        (b"*", 200),
        ((WHOLE.etag or b"").strip(b'"'), 200),
        (b"Sat, 21 Nov 2026 00:00:00 GMT", 200),
        (b"garbage \xff", 200),
        (b'"x"' * 3000, 200),
    ],
)
def test_if_range_is_compared_strongly(condition: bytes, status: int) -> None:
    """RFC 9110 §13.1.5: what has changed is sent as a whole."""
    assert part_of(WHOLE, [(b"range", b"bytes=0-9"), (b"if-range", condition)]).status == status
    assert part_of(WHOLE, [(b"if-range", condition)]).status == 200, "without a range it says nothing"


def test_without_a_range_it_is_the_whole() -> None:
    assert part_of(WHOLE, []) is WHOLE
    assert part_of(WHOLE, [(b"accept", b"*/*"), (b"x-range", b"bytes=0-1")]) is WHOLE


@given(st.integers(1, 300), st.integers(0, 400), st.none() | st.integers(0, 400))
def test_a_part_is_what_its_content_range_says(size: int, first: int, last: int | None) -> None:
    whole = respond.picture("image/png", bytes(at % 251 for at in range(size)))
    answer = part_of(whole, [(b"range", b"bytes=%d-%b" % (first, b"" if last is None else b"%d" % last))])
    if last is not None and last < first:
        assert answer is whole
    elif first >= size:
        assert answer.status == 416
    else:
        end = size - 1 if last is None else min(last, size - 1)
        assert dict(answer.headers)[b"content-range"] == b"bytes %d-%d/%d" % (first, end, size)
        assert answer.body == whole.body[first : end + 1]


@given(st.binary(max_size=40))
def test_no_header_raises(value: bytes) -> None:
    for prefix in (b"", b"bytes=", b"bytes=-"):
        assert part_of(WHOLE, [(b"range", prefix + value)]).status in (200, 206, 416)
