"""The rules made ready as a tree of words, and a prompt held against them. Pure; one Screen serves all threads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from placeholder.jobs.screening.folding import normalised
from placeholder.jobs.screening.rules import MIN_STEM, Phrase, Verdict, read_rules
from placeholder.jobs.screening.words import (
    AROUND,
    GENITIVE,
    MAX_ENDING,
    PART,
    PERHAPS_STRETCHED,
    SENTENCE_ENDS,
    WORD,
    aged,
    eased,
    is_ending,
    spelt,
)

Span = tuple[int, int]
_UNLESS = -1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Node:
    """A place in the tree of all phrases: the words that may follow, and for whom a phrase ends here (rule, group)."""

    words: "dict[str, _Node]" = field(default_factory=dict)
    stems: "dict[str, _Node]" = field(default_factory=dict)
    ends: "list[tuple[int, int]]" = field(default_factory=list)

    def grow(self, phrase: Phrase) -> "_Node":
        node = self
        for word in phrase:
            stem = word.removesuffix("*")
            node = (node.stems if stem != word else node.words).setdefault(stem, _Node())
        return node

    def after(self, word: str) -> "Iterator[_Node]":
        if word in self.words:
            yield self.words[word]
        if self.stems:
            for cut in range(len(word), max(len(word) - MAX_ENDING, MIN_STEM) - 1, -1):
                if word[:cut] in self.stems and is_ending(word[cut:]):
                    yield self.stems[word[:cut]]


@dataclass(slots=True)
class _Reading:
    """A prompt as words, and the further readings that begin at a word: what they read, and the word after them."""

    words: list[str] = field(default_factory=list)
    further: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    sentences: set[int] = field(default_factory=set)
    """The words that begin one, but for the first."""

    def at(self, place: int) -> list[tuple[str, int]]:
        return [(self.words[place], place + 1), *self.further.get(place, ())]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Screen:
    """The rules of one data file. It has no state: one for all threads."""

    rules: tuple[Verdict, ...]
    _root: _Node
    _groups: tuple[int, ...]
    _lexicon: _Node
    _heads: dict[str, set[int]]  # how the words of all phrases begin, and how long those are that begin so
    _longest: int

    @staticmethod
    def parse(text: str) -> "Screen":
        """The rules that `text` writes down. Raises ValueError, which names the rule and what is wrong with it."""
        rules = read_rules(text)
        root, lexicon = _Node(), _Node()
        for index, rule in enumerate(rules):
            for group, phrases in [*enumerate(rule.groups), (_UNLESS, rule.unless)]:
                for phrase in phrases:
                    root.grow(phrase).ends.append((index, group))
                    for word in phrase:
                        lexicon.grow((word,))
        heads: dict[str, set[int]] = {}
        for known, endings in ((lexicon.words, 0), (lexicon.stems, MAX_ENDING)):
            for word in known:
                heads.setdefault(word[:MIN_STEM], set()).update(range(len(word), len(word) + endings + 1))
        return Screen(
            rules=tuple(rule.verdict for rule in rules),
            _root=root,
            _groups=tuple(len(rule.groups) for rule in rules),
            _lexicon=lexicon,
            _heads=heads,
            _longest=max(max(lengths) for lengths in heads.values()),
        )

    def check(self, prompt: str) -> Verdict | None:
        """What stands against `prompt`, or None."""
        found: dict[int, dict[int, list[Span]]] = {}
        reading = self._read(prompt)
        for start, word in enumerate(reading.words):
            if word[:MIN_STEM] in self._heads or start in reading.further:
                for index, group, end in self._ending(reading, start):
                    if group == _UNLESS and not reading.sentences.isdisjoint(range(start + 1, end)):
                        continue  # what two sentences happen to say together excuses nothing
                    found.setdefault(index, {}).setdefault(group, []).append((start, end))
        for index in sorted(found):
            spans = found[index]
            saved = spans.pop(_UNLESS, [])
            if len(spans) == self._groups[index] and all(_one_counts(hits, saved) for hits in spans.values()):
                return self.rules[index]
        return None

    def _ending(self, reading: _Reading, start: int) -> Iterator[tuple[int, int, int]]:
        """The phrases that begin at the word `start`: rule, group, and the word after the phrase."""
        open_ends = [(self._root, start)]
        while open_ends:
            node, place = open_ends.pop()
            for word, after in reading.at(place):
                for child in node.after(word):
                    yield from ((index, group, after) for index, group in child.ends)
                    if after < len(reading.words) and (child.words or child.stems):
                        open_ends.append((child, after))

    def _read(self, prompt: str) -> _Reading:
        text = normalised(prompt)
        if "'" in text:
            text = GENITIVE.sub("", text)
        reading = _Reading()
        for chunk in text.split():
            piece = chunk.strip(AROUND)
            if piece.isalpha():
                reading.words.append(piece)
            else:
                self._take_apart(piece, reading)
            if chunk[-1] in SENTENCE_ENDS:
                reading.sentences.add(len(reading.words))
        if PERHAPS_STRETCHED.search(text):
            for place, word in enumerate(reading.words):
                self._add(reading, place, place + 1, eased(word))
        if sum(len(word) == 1 for word in reading.words) >= 3:
            self._join_singles(reading)
        return reading

    def _take_apart(self, piece: str, reading: _Reading) -> None:
        """Adds what has more than letters in it: 12yo, p0rn, n@ked, well-known, nu.de."""
        start, parts = len(reading.words), PART.findall(piece)
        for part in parts:
            place = len(reading.words)
            reading.words += WORD.findall(part)
            if not part.isalpha():
                self._add(reading, place, len(reading.words), _with_eased([*spelt(part), *aged(part)]))
        if len(parts) > 1 and MIN_STEM <= len(whole := "".join(parts)) <= 2 * self._longest:
            self._add(reading, start, len(reading.words), _with_eased(spelt(whole)))

    def _join_singles(self, reading: _Reading) -> None:
        for start, end in _runs_of_singles(reading.words):
            for word in spelt("".join(reading.words[start:end])):
                if len(word) <= 2 * self._longest:
                    for easy in _with_eased([word]):
                        self._add(reading, start, end, _beginnings(easy))
                for place in range(len(word) - MIN_STEM + 1):
                    for length in self._heads.get(word[place : place + MIN_STEM], ()):
                        if place + length <= len(word):
                            self._add(reading, start + place, start + place + length, [word[place : place + length]])

    def _add(self, reading: _Reading, start: int, end: int, readings: Iterable[str]) -> None:
        for word in readings:
            if len(word) in self._heads.get(word[:MIN_STEM], ()) and any(self._lexicon.after(word)):
                reading.further.setdefault(start, []).append((word, end))


def _with_eased(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield word
        yield from eased(word)


def _beginnings(word: str) -> Iterator[str]:
    """The word itself, and what it is without its last letter or two, which may be words of their own ("n u u d e . A map")."""
    yield word
    yield from (word[:length] for length in (len(word) - 1, len(word) - 2) if length >= MIN_STEM)


def _runs_of_singles(words: Sequence[str]) -> Iterator[Span]:
    """Where three and more words of one character each follow one another."""
    edges = [-1, *(place for place, word in enumerate(words) if len(word) > 1), len(words)]
    yield from ((left + 1, right) for left, right in pairwise(edges) if right - left > 3)


def _one_counts(hits: Sequence[Span], saved: Sequence[Span]) -> bool:
    """Is there a hit that no one of `saved` covers? Both in the order of their starts."""
    reach, at = 0, 0
    for start, end in hits:
        while at < len(saved) and saved[at][0] <= start:
            reach = max(reach, saved[at][1])
            at += 1
        if end > reach:
            return True
    return False
