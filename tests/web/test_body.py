"""Request bodies: up to a limit, and JSON objects read strictly."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from placeholder.errors import BadParameter, TooLarge, WrongType
from placeholder.web.body import read_body, read_object

LIMIT = 100


def request_of(pieces: Sequence[bytes], length: str | None = None) -> tuple[Request, list[Any]]:
    """A request, and what of its body is still unread."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages[-1]["more_body"] = False
    headers = [] if length is None else [(b"content-length", length.encode("latin-1"))]

    async def receive() -> Any:
        return messages.pop(0)

    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive), messages


@pytest.mark.parametrize(
    ("pieces", "length"),
    [
        ([b""], None),
        ([b"x" * LIMIT], None),
        ([b"x" * LIMIT], str(LIMIT)),
        ([b"x"] * LIMIT, "000100"),
        ([b"", b"x", b"", b"y", b""], None),
        ([b"x"], "0"),
        ([b"x"], ""),
        ([b"x"], "many"),
        ([b"x"], "-5"),
        ([b"x"], "\xb2"),
        ([b"x"], "\xb9\xb2\xb3" * 10),
        ([b"x"], "1e9"),
        ([b"x"], "0x1000"),
    ],
)
async def test_a_body_within_the_limit_is_read_whole(pieces: list[bytes], length: str | None) -> None:
    request, _ = request_of(pieces, length)
    assert await read_body(request, LIMIT) == b"".join(pieces)


@pytest.mark.parametrize(
    ("pieces", "length", "unread"),
    [
        ([b"x" * 101], None, 0),
        ([b"x" * 100, b"y"], None, 0),
        ([b"x"] * 1000, None, 899),
        ([b"x" * 60] * 50, None, 48),
        ([b"x"], "101", 1),
        ([b"x"], "1000000000000", 1),
        ([b"x"], "9" * 5000, 1),
    ],
)
async def test_a_longer_one_is_refused_as_soon_as_that_is_known(pieces: list[bytes], length: str | None, unread: int) -> None:
    """T5: an announcement is enough, and the rest is not read."""
    request, left = request_of(pieces, length)
    with pytest.raises(TooLarge) as refused:
        await read_body(request, LIMIT)
    assert "100 bytes" in str(refused.value)
    assert len(left) == unread


READ: list[tuple[bytes, Any]] = [
    (b"{}", {}),
    (b' \t\r\n{"a":1}\n ', {"a": 1}),
    (b'{"a":[1,2.5,-3e2,true,false,null,"x"]}', {"a": [1, 2.5, -300.0, True, False, None, "x"]}),
    (b'{"a":{"a":{"a":{}}}}', {"a": {"a": {"a": {}}}}),
    (b'{"\\u00e9":"\\ud83d\\ude00"}', {"é": "😀"}),
    ('{"é":"😀"}'.encode(), {"é": "😀"}),
    (b'{"":0}', {"": 0}),
    (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
    (b'{"a":"\\ud800"}', {"a": "\ud800"}),
    (b'{"a":1e400}', {"a": float("inf")}),
    (b'{"a":' + b"[" * 500 + b"]" * 500 + b"}", None),
]


@pytest.mark.parametrize(("body", "value"), READ, ids=lambda value: repr(value)[:40])
def test_an_object_is_read(body: bytes, value: Any) -> None:
    assert read_object(body, "application/json") == (value or json.loads(body))


REFUSED = [
    b"",
    b" ",
    b"[]",
    b"[{}]",
    b"null",
    b"1",
    b'"{}"',
    b"{",
    b"{}{}",
    b"{},",
    b"{'a':1}",
    b"{a:1}",
    b'{"a":1,}',
    b'{"a"}',
    b'{"a":}',
    b'{"a":01}',
    b'{"a":.5}',
    b'{"a":5.}',
    b'{"a":NaN}',
    b'{"a":[Infinity]}',
    b'{"a":-Infinity}',
    b'{"a":nan}',
    b'{"a":True}',
    b'{"a":"\t"}',
    b'{"a":"\\q"}',
    b'{"a":"\\ud8"}',
    b'{"a":1,"a":1}',
    b'{"a":1,"\\u0061":2}',
    b'{"b":{"a":1,"a":2}}',
    b'{"b":[{"a":1,"a":2}]}',
    b"\xef\xbb\xbf{}",
    b"\xff\xfe{\x00}\x00",
    b"{\x00}\x00",
    b'{"a":"\xff"}',
    b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\xc0\xaf"}',
    b'{"a":"\xf5\x80\x80\x80"}',
    b'{"a":' + b"9" * 5000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
]


@pytest.mark.parametrize("body", REFUSED, ids=lambda body: repr(body)[:40])
def test_anything_else_is_refused_without_saying_it_again(body: bytes) -> None:
    with pytest.raises(BadParameter) as refused:
        read_object(body, "application/json")
    assert refused.value.param == "body"
    assert str(refused.value).startswith("body: expected a JSON object")
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize(
    "name", ["application/json", "APPLICATION/JSON", "application/json;charset=x", " application/json ; a=b"]
)
def test_names_of_json(name: str) -> None:
    assert read_object(b"{}", name) == {}


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        *((name, "") for name in ("", " ", ";", "json", "text/json", "application/json5", "application/x-json")),
        *(
            (name, "")
            for name in (
                "application/json,*/*",
                "*/*",
                "application/*",
                "application/ json",
                "application/json\x00",
                "application\\json",
            )
        ),
        *(("application/json", encoding) for encoding in ("gzip", "deflate", "br", "zstd", "Identity, gzip", "x", " ")),
    ],
)
def test_other_types_and_encodings_are_not_read(name: str, encoding: str) -> None:
    with pytest.raises(WrongType):
        read_object(b"{}", name, encoding)


@given(st.binary(max_size=60) | st.text(max_size=30).map(lambda text: ("{" + text).encode("utf-8", "replace")))
def test_no_body_raises_anything_else(body: bytes) -> None:
    with suppress(BadParameter):
        assert isinstance(read_object(body, "application/json"), dict)


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.lists(st.booleans(), max_size=3), max_size=5)
)
def test_what_json_writes_is_read_again(value: dict[str, Any]) -> None:
    assert read_object(json.dumps(value).encode(), "application/json") == value
