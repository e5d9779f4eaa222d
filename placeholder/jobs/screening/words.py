"""What a word can be read as, besides what it plainly is: digits and signs as letters, stretched letters, ages. Pure."""

import re
from collections.abc import Iterator

MAX_ENDING = 3
MINOR = "<18"

WORD = re.compile(r"[^\W_]+")
PART = re.compile(r"[@$]?[^\W_]+(?:[@$!]+[^\W_]+)*[@$]*")
GENITIVE = re.compile(r"'s\b")
SENTENCE_ENDS = ".!?;…"
AROUND = ".,;:!?()[]{}\"'*_-~#&+=/\\|<>…“”„«»"
_NUMBER = re.compile(r"([0-9]{1,2})([^\W0-9_]*)")
_STRETCHED = re.compile(r"(.)\1\1")
_DOUBLED = re.compile(r"(?:(.)\1)+")
PERHAPS_STRETCHED = re.compile(r"(\w)\1(?:\1|(\w)\2)")
_RUN, _LONG_RUN = re.compile(r"(.)\1+"), re.compile(r"(.)\1\1+")
_AS_LETTERS = tuple(str.maketrans("013457@$!", "o" + one + "eastasi") for one in "il")


def spelt(text: str) -> Iterator[str]:
    """`text` with its digits and signs as letters; nothing where it has too few letters to be a word in disguise."""
    if text.isalpha():
        yield text
    elif sum(map(str.isalpha, text)) >= 2 and len(text) >= 3:
        yield from {text.translate(letters) for letters in _AS_LETTERS}


def eased(word: str) -> Iterator[str]:
    """`word` with its stretched letters as they may have been."""
    if _STRETCHED.search(word):
        yield from (_LONG_RUN.sub(r"\1", word), _LONG_RUN.sub(r"\1\1", word), _RUN.sub(r"\1", word))
    elif _DOUBLED.fullmatch(word):
        yield _RUN.sub(r"\1", word)


def aged(word: str) -> Iterator[str]:
    number = _NUMBER.fullmatch(word)
    if number and int(number[1]) < 18:
        yield MINOR + number[2]


def is_ending(text: str) -> bool:
    return not text or (len(text) <= MAX_ENDING and text.isalpha())
