"""A picture's size in drawn units, and the grammar of the path segment that names it.

    size  = 1*DIGIT "x" 1*DIGIT          ASCII digits, lower-case x (P-4, P-5)

Each side is clamped on its own to 1 … MAX_DIM (P-6, P-7, AP-2): `0x300` is 1×300, `9999x10` is 2048×10.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

MAX_DIM = 2048
_MAX_DIGITS = len(str(MAX_DIM))
_REMEMBERED = 16
_SIZE = re.compile(r"([0-9]+)x([0-9]+)")


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height, each 1 … MAX_DIM in drawn units, or up to 4,096 when they count pixels."""

    w: int
    h: int

    def __str__(self) -> str:
        return f"{self.w}×{self.h}"


def parse_size(text: str) -> Size | None:
    """`text` as a clamped size, or None when it is not one (P-5)."""
    return _remembered(text) if len(text) < _REMEMBERED else _parsed(text)


def _parsed(text: str) -> Size | None:
    match = _SIZE.fullmatch(text)
    return Size(side(match[1]), side(match[2])) if match else None


_remembered = lru_cache(maxsize=4096)(_parsed)


def side(digits: str) -> int:
    """A side as `digits` (ASCII) say it, clamped."""
    digits = digits.lstrip("0")
    # int() refuses thousands of digits, so a long number is recognised by its length.
    return MAX_DIM if len(digits) > _MAX_DIGITS else min(max(int(digits or "0"), 1), MAX_DIM)
