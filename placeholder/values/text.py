"""Text from a URL, made fit to be shown: the characters that XML 1.0 §2.2 allows, nothing that makes a label lie.

- characters outside XML's range become U+FFFD;
- bidirectional controls and zero-width marks go (they reorder or hide text); U+200C and U+200D stay, as Persian, Indic
  scripts and emoji are written with them;
- beyond MAX_MARKS combining marks in a row are dropped;
- "\\n" as two characters, carriage returns and the Unicode line separators are line breaks; a tab is a space;
- at most MAX_TEXT characters: a longer text is cut there and ends in an ellipsis.

No table of the running Python's Unicode version is asked, so that every Python draws the same bytes.
"""

import re

MAX_TEXT = 200
MAX_MARKS = 8
ELLIPSIS = "…"

_PLAIN = re.compile(r"[ !-\[\]-~]{0,200}")
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_INVISIBLE = re.compile("[\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_BREAKS = re.compile(r"\\n|\r\n?|[\u2028\u2029]")
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(f"({_MARK}{{{MAX_MARKS}}}){_MARK}+")


def clean_text(text: str) -> str:
    """`text` by the rules above: safe characters, lines separated by "\\n", at most MAX_TEXT characters."""
    if _PLAIN.fullmatch(text):
        return text
    # What is dropped counts against the limit only fourfold, so that a megabyte of marks costs no more than its start.
    text = _INVISIBLE.sub("", text[: 4 * MAX_TEXT])
    text = _MARKS.sub(r"\1", _BREAKS.sub("\n", text)).replace("\t", " ")
    text = _UNREADABLE.sub("\ufffd", text)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + ELLIPSIS
