"""Words broken into lines: so that they can be largest, then so that the widest line is as narrow as their number allows; or,
where not even the smallest size helps, cut."""

from bisect import bisect_right
from itertools import accumulate

from placeholder.svg.setting import Setting
from placeholder.values.text import ELLIPSIS

MIN_SIZE = 6.0
STEP = 0.25

Span = tuple[int, int, str]
"""First and last character of a line, and what closes it."""


class Paragraph:
    """Words with their widths in font units, and the ways to break them into lines."""

    def __init__(self, setting: Setting, ellipsis: int) -> None:
        self.text, self.words, self.ellipsis = setting.text, setting.words, ellipsis
        self.broken = "\n" in self.text
        self.ends = [0, *accumulate(setting.widths)]
        self.word_ends = [self.ends[end] for _, end in self.words]
        # Marks alone have no width.
        self.widest_word = max(1, *(self._width(start, end) for start, end in self.words))

    def _width(self, start: int, end: int) -> int:
        return self.ends[end] - self.ends[start]

    def largest_size(self, largest: float, room_w: float, room_h: float) -> float:
        """The largest size in STEPs, MIN_SIZE … `largest`, at which the words fit, or 0. `room_w` is in font units at
        size 1, `room_h` in lines of size 1. A smaller size breaks into no more lines, so bisection finds it."""
        low, high = int(MIN_SIZE / STEP), int(min(largest, room_w / self.widest_word) / STEP)
        if high < low or len(self.wrapped(int(room_w / MIN_SIZE))) * MIN_SIZE > room_h:
            return 0
        while low < high:
            middle = (low + high + 1) // 2
            size = middle * STEP
            if len(self.wrapped(int(room_w / size))) * size <= room_h:
                low = middle
            else:
                high = middle - 1
        return low * STEP

    def wrapped(self, limit: int) -> list[tuple[int, int]]:
        """The first and last word of each line when no line is wider than `limit`, a single wide word excepted."""
        words, ends, word_ends = self.words, self.ends, self.word_ends
        lines: list[tuple[int, int]] = []
        first, count = 0, len(words)
        while first < count:
            start = words[first][0]
            last = max(first, bisect_right(word_ends, ends[start] + limit, first) - 1)
            if self.broken:
                at = self.text.find("\n", start, words[last][1])
                last = last if at < 0 else bisect_right(words, (at, 0)) - 1
            lines.append((first, last))
            first = last + 1
        return lines

    def balanced(self, limit: int) -> list[Span]:
        """The lines at `limit`, broken so that the widest is as narrow as their number allows."""
        count = len(self.wrapped(limit))
        low, high = max(self.widest_word, self._width(0, len(self.text)) // count - self.widest_word), limit
        while low < high:
            middle = (low + high) // 2
            if len(self.wrapped(middle)) <= count:
                high = middle
            else:
                low = middle + 1
        return self._spans(high)

    def cut(self, limit: int, rows: int) -> list[Span]:
        """As many lines as `rows` and `limit` hold, the last closed with an ellipsis; none when none is legible."""
        spans = self._spans(limit)
        too_wide = (row for row, (start, end, _) in enumerate(spans) if self._width(start, end) > limit)
        last = min(next(too_wide, len(spans)), rows - 1, len(spans) - 1)
        for row in range(last, -1, -1):
            start, end, _ = spans[row]
            fits = bisect_right(self.ends, self.ends[start] + limit - self.ellipsis, lo=start) - 1
            if start < fits:
                return [*spans[:row], (start, min(end, fits), ELLIPSIS)]
        return []

    def _spans(self, limit: int) -> list[Span]:
        return [(self.words[first][0], self.words[last][1], "") for first, last in self.wrapped(limit)]
