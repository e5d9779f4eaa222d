"""Which prompts we refuse to have painted: the rules of a data file, held against the words of a prompt.

    file   = { "about": text, "lists": { name: [ phrase … ] }, "rules": [ rule … ] }
    rule   = { "id", "category", "note"?, "any"?: [ phrase … ], "all"?: [ [ phrase … ] … ], "unless"?: [ phrase … ] }
    phrase = 1*8 word, separated by spaces
    word   = letters and digits         that word
           / 4*letter "*"               that word with up to three more letters
           / "<18" *letter [ "*" ]      a whole number below 18, and what is written on to it: 9, 12yo
           / "@" name                   each phrase of that list in turn; a list may name the lists before it

- A rule hits when `any` and each group of `all` have a phrase in the prompt that counts. The first rule that hits is the
  verdict: the gravest stand first.
- An `unless` phrase saves the words that it covers, nothing else: a phrase does not count where one `unless` phrase of its
  rule covers all of its words. "nude lipstick" saves that "nude" and no other, so no word added to a prompt is a pass.
- Phrases match whole words in order. Prompt and phrases are compared as `normalised` leaves them.
- A word of the prompt has further readings, each beside the plain one and only where it gives a word that the rules know:
    digits and signs as letters    p0rn, n@ked, $ex; two letters at least, so that "5s" stays what it is
    pieces joined                  nu.de, na-ked; four letters at least, no space within
    single letters joined          "n u d e", n.u.d.e; four letters at least, or three that stand alone
    stretched letters              nuuude: three alike and more are one or two; nnuuddee: all doubled are single
    a number below 18              its own word "<18"
- What this cannot see: meaning, images, misspellings, words run together, languages that the file does not know. It is the
  first sieve; the provider's own check of the picture is the second.

No step looks further than a phrase or a word is long: the time is linear in the prompt. Nothing here keeps a prompt.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, product
from typing import Any

MAX_PHRASE = 8
MIN_STEM = 4
MAX_ENDING = 3
MINOR = "<18"

# ---------------------------------------------------------------- what is left of a character

# What Unicode's compatibility decomposition leaves apart although the eye does not. A capital stands here only where it
# resembles another letter than its small form does: Η is an H, η an n.
_RESEMBLE = {
    "a": "аαɑᴀᎪ", "b": "вβьʙƃᏴ", "c": "сᴄᏟ", "d": "ԁđðδᴅᎠ", "e": "еєεɛəᴇᎬΣ", "f": "ƒꜰ", "g": "ɡցɢᏀ", "h": "нһհħʜᎻΗ",
    "i": "іιıɩɪᎥ", "j": "јϳȷᴊᎫ", "k": "кκᴋᏦ", "l": "ӏłλʟᏞ", "m": "мᴍᎷ", "n": "пиηπոɴΝ", "o": "оοσօøᴏ",
    "p": "рρᴘᏢ", "q": "ԛզ", "r": "гяʀᎡ", "s": "ѕꜱᏚ", "t": "тτŧᴛᎢ", "u": "цυμսᴜ", "v": "ѵνᴠᏙ", "w": "шԝѡωᴡᎳ", "x": "хχ",
    "y": "уүγʏᎩΥ", "z": "ζᴢᏃ", "3": "з", "ae": "æ", "oe": "œ", "'": "’‘ʼʹ′´",
}  # fmt: skip
_LOOKALIKES = {
    **{like: letter for letter, likes in _RESEMBLE.items() for like in likes},
    **{chr(start + at): chr(ord("a") + at) for start in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)},  # 🅐 🅰 🇦
}
_UNSEEN = frozenset({"Mn", "Mc", "Me", "Cf", "Cs", "Cc"})
# Invisible, and yet a letter (the Hangul fillers) or not yet a character.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2065\ufff0\ufff1\ufff2\ufff3\ufff4\ufff5\ufff6\ufff7\ufff8")


def normalised(text: str) -> str:
    """`text` for matching only: decomposed and folded (NFKC and casefold, less all marks), look-alikes as the Latin letter
    that they resemble, nothing invisible. One character at a time, so that no neighbour changes what one becomes."""
    if text.isascii() and text.isprintable():
        return text.lower()
    return "".join(map(_folded, text))


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    return _seen(unicodedata.normalize("NFKD", _seen(_LOOKALIKES.get(character, character)).casefold()))


def _seen(text: str) -> str:
    return "".join(map(_look, unicodedata.normalize("NFKD", text)))


def _look(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in _UNSEEN or character in _BLANKS or "\U000e0000" <= character <= "\U000e0fff":
        return ""
    return _LOOKALIKES.get(character, character)


# ---------------------------------------------------------------- what a word can be read as

_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"[@$]?[^\W_]+(?:[@$!]+[^\W_]+)*[@$]*")
_GENITIVE = re.compile(r"'s\b")
_AROUND = ".,;:!?()[]{}\"'*_-~#&+=/\\|<>…“”„«»"
_NUMBER = re.compile(r"([0-9]{1,2})([^\W0-9_]*)")
_STRETCHED = re.compile(r"(.)\1\1")
_DOUBLED = re.compile(r"(?:(.)\1)+")
_PERHAPS_STRETCHED = re.compile(r"(\w)\1(?:\1|(\w)\2)")
_RUN, _LONG_RUN = re.compile(r"(.)\1+"), re.compile(r"(.)\1\1+")
_AS_LETTERS = tuple(str.maketrans("013457@$!", "o" + one + "eastasi") for one in "il")


def _spelt(text: str) -> Iterator[str]:
    """`text` with its digits and signs as letters; nothing where it has too few letters to be a word in disguise."""
    if text.isalpha():
        yield text
    elif sum(map(str.isalpha, text)) >= 2 and len(text) >= 3:
        yield from {text.translate(letters) for letters in _AS_LETTERS}


def _eased(word: str) -> Iterator[str]:
    """`word` with its stretched letters as they may have been."""
    if _STRETCHED.search(word):
        yield from (_LONG_RUN.sub(r"\1", word), _LONG_RUN.sub(r"\1\1", word), _RUN.sub(r"\1", word))
    elif _DOUBLED.fullmatch(word):
        yield _RUN.sub(r"\1", word)


def _aged(word: str) -> Iterator[str]:
    number = _NUMBER.fullmatch(word)
    if number and int(number[1]) < 18:
        yield MINOR + number[2]


def _is_ending(text: str) -> bool:
    return not text or (len(text) <= MAX_ENDING and text.isalpha())


# ---------------------------------------------------------------- the rules, made ready


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands against a prompt. Nothing of the prompt is in it: it may be logged and told."""

    rule: str
    category: str


Phrase = tuple[str, ...]
Span = tuple[int, int]
_UNLESS = -1


@dataclass(frozen=True, slots=True)
class _Rule:
    verdict: Verdict
    groups: tuple[tuple[Phrase, ...], ...]
    unless: tuple[Phrase, ...]


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
                if word[:cut] in self.stems and _is_ending(word[cut:]):
                    yield self.stems[word[:cut]]


@dataclass(slots=True)
class _Reading:
    """A prompt as words, and the further readings that begin at a word: what they read, and the word after them."""

    words: list[str] = field(default_factory=list)
    further: dict[int, list[tuple[str, int]]] = field(default_factory=dict)

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
        rules = _parsed(text)
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
            text = _GENITIVE.sub("", text)
        reading = _Reading()
        for chunk in text.split():
            piece = chunk.strip(_AROUND)
            if piece.isalpha():
                reading.words.append(piece)
            else:
                self._take_apart(piece, reading)
        if _PERHAPS_STRETCHED.search(text):
            for place, word in enumerate(reading.words):
                self._add(reading, place, place + 1, _eased(word))
        if sum(len(word) == 1 for word in reading.words) >= 3:
            self._join_singles(reading)
        return reading

    def _take_apart(self, piece: str, reading: _Reading) -> None:
        """Adds what has more than letters in it: 12yo, p0rn, n@ked, well-known, nu.de."""
        start, parts = len(reading.words), _PART.findall(piece)
        for part in parts:
            place = len(reading.words)
            reading.words += _WORD.findall(part)
            if not part.isalpha():
                self._add(reading, place, len(reading.words), _with_eased([*_spelt(part), *_aged(part)]))
        if len(parts) > 1 and MIN_STEM <= len(whole := "".join(parts)) <= 2 * self._longest:
            self._add(reading, start, len(reading.words), _with_eased(_spelt(whole)))

    def _join_singles(self, reading: _Reading) -> None:
        for start, end in _runs_of_singles(reading.words):
            for spelt in _spelt("".join(reading.words[start:end])):
                if len(spelt) <= 2 * self._longest:
                    self._add(reading, start, end, _with_eased([spelt]))
                for place in range(len(spelt) - MIN_STEM + 1):
                    for length in self._heads.get(spelt[place : place + MIN_STEM], ()):
                        if place + length <= len(spelt):
                            self._add(reading, start + place, start + place + length, [spelt[place : place + length]])

    def _add(self, reading: _Reading, start: int, end: int, readings: Iterable[str]) -> None:
        for word in readings:
            if len(word) in self._heads.get(word[:MIN_STEM], ()) and any(self._lexicon.after(word)):
                reading.further.setdefault(start, []).append((word, end))


def _with_eased(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield word
        yield from _eased(word)


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


# ---------------------------------------------------------------- reading the data file

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PLAIN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STEM = re.compile(rf"(?:{MINOR})?[^\W_]+\*|{MINOR}[^\W_]*")

_Lists = dict[str, tuple[Phrase, ...]]


def _parsed(text: str) -> list[_Rule]:
    data = _object(json.loads(text, object_pairs_hook=_without_doubles), "the file", {"about", "lists", "rules"}, {"rules"})
    lists: _Lists = {}
    used: set[str] = set()
    for name, phrases in _object(data.get("lists", {}), "lists").items():
        where = f"list {name}"
        _require(bool(_NAME.fullmatch(name)), where, "a name has small letters, digits and hyphens")
        lists[name] = _phrases(phrases, where, lists, used)
    rules: list[_Rule] = []
    _require(isinstance(data["rules"], list) and data["rules"] != [], "rules", "must be a list of rules")
    for entry in data["rules"]:
        rules.append(_rule(entry, f"rule {len(rules) + 1}", lists, used))
        _require(rules[-1].verdict.rule not in {rule.verdict.rule for rule in rules[:-1]}, _called(rules[-1]), "the id twice")
    for name in lists:
        _require(name in used, f"list {name}", "nothing names it")
    return rules


def _called(rule: _Rule) -> str:
    return f"rule {rule.verdict.rule}"


def _rule(entry: Any, where: str, lists: _Lists, used: set[str]) -> _Rule:
    entry = _object(entry, where)
    if isinstance(entry.get("id"), str):
        where = f"rule {entry['id']}"
    entry = _object(entry, where, {"id", "category", "note", "any", "all", "unless"}, {"id", "category"})
    for name in ("id", "category"):
        _require(isinstance(entry[name], str) and bool(_NAME.fullmatch(entry[name])), where, f"{name} must be small letters")
    _require("any" in entry or "all" in entry, where, "has neither any nor all")
    named = [("any", entry["any"])] if "any" in entry else []
    if "all" in entry:
        _require(isinstance(entry["all"], list) and entry["all"] != [], where, "all must be a list of groups")
        _require(len(entry["all"]) + len(named) > 1, where, "all has one group: call it any")
        named += [(f"all, group {number}", group) for number, group in enumerate(entry["all"], 1)]
    groups = tuple(_phrases(group, f"{where}, {name}", lists, used) for name, group in named)
    unless = _phrases(entry["unless"], f"{where}, unless", lists, used) if "unless" in entry else ()
    owners: dict[Phrase, str] = {}
    for (name, _), phrases in zip(named, groups, strict=True):
        for phrase in phrases:
            other = owners.setdefault(phrase, name)
            _require(other == name, where, f"“{' '.join(phrase)}” stands in {other} and in {name}: it would do for both")
    heads: dict[str, list[Phrase]] = {}
    for phrase in owners:
        heads.setdefault(phrase[0][:MIN_STEM], []).append(phrase)
    for phrase in unless:
        told = f"unless “{' '.join(phrase)}”"
        _require(phrase not in owners, where, f"{told} undoes that phrase for good")
        _require(_may_cover(phrase, heads), where, f"{told} covers no phrase of the rule: it never matters")
    return _Rule(Verdict(entry["id"], entry["category"]), groups, unless)


def _phrases(entries: Any, where: str, lists: _Lists, used: set[str]) -> tuple[Phrase, ...]:
    _require(isinstance(entries, list) and entries != [], where, "must be a list of phrases")
    phrases: dict[Phrase, None] = {}
    for entry in entries:
        _require(isinstance(entry, str) and entry.strip() != "", where, "an empty phrase")
        told = f"{where}, “{entry}”"
        for choice in product(*(_meanings(word, told, lists, used) for word in entry.split())):
            phrase = tuple(word for part in choice for word in part)
            _require(len(phrase) <= MAX_PHRASE, told, f"more than {MAX_PHRASE} words")
            _require(phrase not in phrases, told, f"“{' '.join(phrase)}” twice")
            phrases[phrase] = None
    return tuple(phrases)


def _meanings(word: str, told: str, lists: _Lists, used: set[str]) -> Sequence[Phrase]:
    if word.startswith("@"):
        _require(word[1:] in lists, told, f"no list {word[1:]} stands before it")
        used.add(word[1:])
        return lists[word[1:]]
    if _STEM.fullmatch(word):
        mark = "*" * word.endswith("*")
        stem = normalised(word.removesuffix("*"))
        _require(not mark or len(stem) >= MIN_STEM, told, f"fewer than {MIN_STEM} letters before *")
        return [(stem + mark,)]
    _require(bool(_PLAIN.fullmatch(word)), told, f"“{word}” is no word")
    return [tuple(_WORD.findall(_GENITIVE.sub("", normalised(word))))]


def _may_cover(longer: Phrase, heads: dict[str, list[Phrase]]) -> bool:
    """Is one of the phrases, which `heads` has by how they begin, a part of `longer`?"""
    return any(
        len(phrase) <= len(longer) - start and all(map(_may_equal, longer[start:], phrase))
        for start, word in enumerate(longer)
        for phrase in heads.get(word[:MIN_STEM], ())
    )


def _may_equal(one: str, other: str) -> bool:
    """Is there a word that both mean?"""
    short, long = sorted((one, other), key=lambda word: len(word.removesuffix("*")))
    stem, whole = short.removesuffix("*"), long.removesuffix("*")
    return stem == whole or (stem != short and whole.startswith(stem) and _is_ending(whole[len(stem) :]))


def _object(value: Any, where: str, allowed: set[str] | None = None, needed: Iterable[str] = ()) -> dict[str, Any]:
    _require(isinstance(value, dict), where, "must be an object")
    for name in value:
        _require(allowed is None or name in allowed, where, f"unknown key {name}")
    for name in needed:
        _require(name in value, where, f"has no {name}")
    return dict(value)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        _require(names.count(name) == 1, f"key {name}", "twice in one object")
    return dict(pairs)


def _require(holds: bool, where: str, what: str) -> None:
    if not holds:
        raise ValueError(f"screening rules: {where}: {what}")
