"""The moods of a sketch and the English words that choose one. Pure; a table.

A prompt's first word in MOODS decides; where none is, the dice do. The same holds for SCENES.
"""

import re
from dataclasses import dataclass

from placeholder.values.color import Color


@dataclass(frozen=True, slots=True)
class Palette:
    """The sky from top to horizon, the light in it, and the land from far to near."""

    top: Color
    horizon: Color
    light: Color
    far: Color
    near: Color


def _palette(colors: str) -> Palette:
    return Palette(*(Color(f"#{digits}") for digits in colors.split()))


PALETTES = {
    "ember": _palette("5b1e3f f6885e ffe3b0 d8604f 3a0f24"),
    "autumn": _palette("e9b872 fbeccb fff8e6 d98a4e 4b2113"),
    "desert": _palette("f3b35d fdeec2 fffbe8 e2a25c 6b3216"),
    "forest": _palette("8fc9b4 eef6d8 fffdee 7fb08c 12372e"),
    "sea": _palette("2f7fb8 cfeef2 fffbe6 6fb5cf 0c3557"),
    "dusk": _palette("3b2a6b f0a3b5 ffe6c7 9c78b6 241547"),
    "blossom": _palette("f4a9bf fdeef0 fffaf2 e59ab0 6a2a4c"),
    "winter": _palette("9db8d2 f3f7fa ffffff b9cbdb 3d5570"),
    "night": _palette("0b1233 3a4f8a f6f1d3 33457c 060a1d"),
    "mist": _palette("a9b4bc eceeea fdfcf6 b4bdc0 4a565d"),
}

MOODS = {
    word: name
    for name, words in {
        "ember": "red crimson scarlet ruby fire flame fox rose lava blood strawberry tomato brick sunset",
        "autumn": "orange brown amber copper autumn fall wood wooden coffee pumpkin leather bread chocolate tiger",
        "desert": "yellow gold golden sand sandy desert honey wheat lemon banana sun sunny summer lion",
        "forest": "green emerald forest jungle leaf leaves grass moss garden plant tree trees frog avocado spring",
        "sea": "blue azure sea ocean sky water lake river wave waves beach whale fish boat ship cyan teal turquoise",
        "dusk": "purple violet lilac lavender magenta dusk evening twilight galaxy grape neon",
        "blossom": "pink blossom cherry flower flowers peony tulip flamingo candy cake dawn morning",
        "winter": "white snow snowy ice icy winter frost polar penguin arctic silver glacier christmas",
        "night": "black dark night midnight moon moonlit stars starry space planet astronaut cat owl",
        "mist": "grey gray fog foggy mist misty cloud clouds cloudy rain rainy smoke stone concrete",
    }.items()
    for word in words.split()
}

SCENES = {
    word: name
    for name, words in {
        "sea": "sea ocean beach lake water river wave waves boat ship sailing island harbor harbour coast whale fish surf",
        "city": "city town street skyline building buildings office tower skyscraper downtown house houses car shop urban",
        "hills": "hill hills mountain mountains forest valley field meadow tree trees desert garden landscape farm",
    }.items()
    for word in words.split()
}

_WORD = re.compile(r"[a-z]+")
_READ = 1000
"""Characters of a prompt in which words are looked for."""


def chosen(prompt: str, table: dict[str, str], by_chance: int) -> str:
    """The name that the first known word of `prompt` has in `table`, or one by the dice's number `by_chance`."""
    for word in _WORD.findall(prompt[:_READ].lower()):
        if word in table:
            return table[word]
    names = sorted(set(table.values()))
    return names[by_chance % len(names)]


def between(start: Color, end: Color, share: float) -> Color:
    mixed = (round(a + (z - a) * share) for a, z in zip(start.rgb, end.rgb, strict=True))
    return Color("#{:02x}{:02x}{:02x}".format(*mixed))
