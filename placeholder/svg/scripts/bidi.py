"""The bidirectional algorithm (UAX #9), as much of it as a cleaned text needs.

`clean_text` lets no control of direction through, so a paragraph is one run of one embedding (X1 to X10 have nothing to do).
What remains is what characters do by themselves: weak types (W1 to W7), brackets and neutrals (N0 to N2), levels (I1, I2), and
the order of a line (L2; a line that ends in spaces, for L1, there is not). The classes are those of Python's `unicodedata`: the
scripts of our fonts have been in Unicode since version 13, and the oldest Python that runs this has 14.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from unicodedata import bidirectional

_PAIRS = "()[]{}⁅⁆⁽⁾₍₎⌈⌉⌊⌋⟦⟧⟨⟩⟪⟫〈〉《》「」『』【】〔〕〖〗〘〙〚〛（）［］｛｝｟｠｢｣"
_MIRRORED_TOO = "<>«»‹›≤≥"
_CLOSING = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
MIRRORED = {
    one: other
    for pairs in (_PAIRS, _MIRRORED_TOO)
    for left, right in zip(pairs[::2], pairs[1::2], strict=True)
    for one, other in ((left, right), (right, left))
}
"""What stands for a character where a line runs from right to left (Bidi_Mirroring_Glyph), as far as our fonts have it."""

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Every block that has letters which run from right to left."""
_MOST_OPEN = 63
_STRONG_AS = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
_NEUTRAL = frozenset(("B", "S", "WS", "ON", "BN"))


def levels(text: str) -> Sequence[int]:
    """The embedding level of every character of a paragraph: even runs to the right, odd to the left."""
    if not _RIGHT.search(text):
        return bytes(len(text))
    classes = [bidirectional(character) for character in text]
    base = _base(classes)
    _weak(classes, base)
    _brackets(text, classes, base)
    _neutral(classes, base)
    if base:
        return [2 if kind in ("L", "EN", "AN") else 1 for kind in classes]
    return [1 if kind == "R" else 2 if kind in ("EN", "AN") else 0 for kind in classes]


def base_level(text: str) -> int:
    """1 where a paragraph runs from right to left, else 0 (P2, P3)."""
    return _base([bidirectional(character) for character in text]) if _RIGHT.search(text) else 0


def visual(of: Sequence[int]) -> list[int]:
    """Where the parts of a line stand, from left to right (L2), given the level of each. Within itself a part of odd level is
    read from its end."""
    order = list(range(len(of)))
    for level in range(max(of, default=0), 0, -1):
        at = 0
        for is_in, group in groupby(order, lambda part: of[part] >= level):  # noqa: B023
            parts = list(group)
            order[at : at + len(parts)] = parts[::-1] if is_in else parts
            at += len(parts)
    return order


def _base(classes: Sequence[str]) -> int:
    return int(next((kind for kind in classes if kind in ("L", "R", "AL")), "L") != "L")


def _weak(classes: list[str], base: int) -> None:
    before = strong = "R" if base else "L"
    for at, kind in enumerate(classes):
        if kind == "NSM":  # W1
            kind = before
        if kind == "EN" and strong == "AL":  # W2
            kind = "AN"
        elif kind in ("L", "R", "AL"):
            strong = kind
        before = classes[at] = kind
    classes[:] = ["R" if kind == "AL" else kind for kind in classes]  # W3
    for at in range(1, len(classes) - 1):  # W4
        one, kind, other = classes[at - 1 : at + 2]
        if one == other and ((kind == "CS" and one in ("EN", "AN")) or (kind == "ES" and one == "EN")):
            classes[at] = one
    _spread(classes, "ET", "EN")  # W5
    strong = "R" if base else "L"
    for at, kind in enumerate(classes):
        if kind in ("ET", "ES", "CS"):  # W6
            classes[at] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":  # W7
            classes[at] = "L"


def _spread(classes: list[str], weak: str, strong: str) -> None:
    """Makes every run of `weak` that touches a `strong` one of its kind."""
    for order in (range(len(classes)), range(len(classes) - 1, -1, -1)):
        touches = False
        for at in order:
            if classes[at] == weak and touches:
                classes[at] = strong
            touches = classes[at] == strong


def _brackets(text: str, classes: list[str], base: int) -> None:
    """N0: a pair of brackets takes the direction of the embedding where it holds any of that, or else what it holds if the
    text before it has that too."""
    own, other = ("R", "L") if base else ("L", "R")
    for start, end in _pairs(text, classes):
        held = {_STRONG_AS.get(kind) for kind in classes[start + 1 : end]}
        if own in held:
            taken = own
        elif other in held:
            before = next((found for kind in reversed(classes[:start]) if (found := _STRONG_AS.get(kind))), own)
            taken = other if before == other else own
        else:
            continue
        for at in (start, end):
            classes[at] = taken
            mark = at + 1
            while mark < len(text) and bidirectional(text[mark]) == "NSM":
                classes[mark] = taken
                mark += 1


def _pairs(text: str, classes: Sequence[str]) -> list[tuple[int, int]]:
    """BD16: brackets that belong together, by where they open."""
    found: list[tuple[int, int]] = []
    opened: list[tuple[str, int]] = []
    for at, character in enumerate(text):
        if classes[at] != "ON":
            continue
        if character in _CLOSING:
            if len(opened) == _MOST_OPEN:
                return []
            opened.append((_CLOSING[character], at))
        else:
            match = next((back for back in range(len(opened) - 1, -1, -1) if opened[back][0] == character), None)
            if match is not None:
                found.append((opened[match][1], at))
                del opened[match:]
    return sorted(found)


def _neutral(classes: list[str], base: int) -> None:
    """N1, N2: neutrals between two of one direction take that, others that of the embedding."""
    own = "R" if base else "L"
    at, count = 0, len(classes)
    while at < count:
        if classes[at] not in _NEUTRAL:
            at += 1
            continue
        end = at
        while end < count and classes[end] in _NEUTRAL:
            end += 1
        before = _STRONG_AS[classes[at - 1]] if at else own
        after = _STRONG_AS[classes[end]] if end < count else own
        classes[at:end] = [before if before == after else own] * (end - at)
        at = end
