"""What is left of a character when prompts and phrases are compared: case, accents and disguises fall away. Pure."""

import unicodedata
from functools import lru_cache

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
