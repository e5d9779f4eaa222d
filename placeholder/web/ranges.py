"""A part of a finished picture (RFC 9110 §14): one range of bytes; several at once, or nonsense, get the whole."""

import re
from collections.abc import Iterable

from placeholder.web.respond import Answer, Pair, common

_RANGE = re.compile(rb"bytes=([0-9]{0,18})-([0-9]{0,18})")


def part_of(answer: Answer, headers: Iterable[Pair]) -> Answer:
    """`answer`, or the 206 or 416 in its place."""
    found = dict(headers)
    asked = _RANGE.fullmatch(found.get(b"range", b""))
    condition = found.get(b"if-range")
    if asked is None or asked[0] == b"bytes=-" or (condition is not None and condition != answer.etag):
        return answer
    size = len(answer.body)
    first, last = _bounds(asked[1], asked[2], size)
    if first > last:
        if asked[1] and asked[2] and int(asked[1]) > int(asked[2]):
            return answer  # not a range at all (§14.1.1)
        pairs = (*answer.common.pairs, (b"content-range", b"bytes */%d" % size))
        kept = (pair for pair in pairs if pair[0] not in (b"cache-control", b"content-type"))
        return Answer(416, common(*kept, (b"cache-control", b"no-store"), (b"content-length", b"0")), b"")
    pairs = (*answer.common.pairs, (b"content-range", b"bytes %d-%d/%d" % (first, last, size)))
    return Answer(206, common(*pairs), answer.body[first : last + 1], answer.etag)


def _bounds(first: bytes, last: bytes, size: int) -> tuple[int, int]:
    if not first:
        wanted = int(last)
        return (max(size - wanted, 0), size - 1) if wanted else (size, size - 1)
    return int(first), min(int(last), size - 1) if last else size - 1
