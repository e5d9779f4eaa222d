"""Initials: up to two letters of the seed, before three discs.

A seed's words end at spaces and ASCII punctuation, and before a capital that follows a small letter or a digit; what stands
behind the "@" of an address does not count. The first two words give their first characters, as capitals in the scripts that the
bundled font has. A line of their own (svg/setting.py) has other characters, or the viewer's fonts draw them.
"""

import re

from placeholder.svg import markup
from placeholder.svg.font import bundled_font
from placeholder.svg.setting import outlines
from placeholder.synth.seeds.look import Look, Styled, sheet
from placeholder.synth.seeds.palette import Palette
from placeholder.synth.seeds.shapes import disc
from placeholder.values.text import clean_text

MOST = 2
SHARE = 0.44
"""An em, of the canvas's shorter side."""
DISCS = 3

_SMALL = "a-zß-öø-ÿα-ωа-џ"
_WORD_END = re.compile(f"[\n\xa0\u2000-\u200a\u3000 -/:-@\\[-`{{-~]+|(?<=[0-9{_SMALL}])(?=[A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я])")
_CAN_RISE = re.compile("[a-zà-öø-þāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĵķĺļľłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžάέήίόύώα-ρσ-ωа-џ]")


def initials(seed: str) -> str:
    """Up to MOST characters, fit to be shown; none where the seed has no word."""
    text = clean_text(seed)
    words = [word for word in _WORD_END.split(text.partition("@")[0] or text) if word]
    firsts = (word[0] for word in words[:MOST])
    return "".join(first.upper() if _CAN_RISE.match(first) else first for first in firsts)


def _draw(spec: Styled, dice: bytes, palette: Palette) -> str:
    paper = sheet(spec.size)
    w, h = paper.w, paper.h
    mean = (w + h) // 2
    corner = dice[-1]
    discs = []
    for at, tone in enumerate((palette.tones[1], palette.tones[2], palette.tones[0])):
        x, y, r = dice[3 * at : 3 * at + 3]
        # About a corner each, so that none hides all others.
        x, y = (x + (corner + at & 2) * 128) // 2, (y + (corner + at + (corner >> 7) & 1) * 256) // 2
        discs.append(markup.filled(tone.hex, disc(w * x // 256, h * y // 256, mean * (54 + r // 3) // 256)))
    return markup.ground(spec.size, palette.soft.hex) + markup.scaled(paper.scale, *discs) + _written(spec, palette)


def _written(spec: Styled, palette: Palette) -> str:
    letters, size = spec.letters, spec.size
    if not letters:
        return ""
    font = bundled_font()
    em = SHARE * min(size.w, size.h)
    scale = em / font.units
    y = (size.h + font.cap * scale) / 2
    line = outlines(letters)
    if line is None:
        return markup.drawn_text(size.w / 2, y, em, em * len(letters), palette.ink, letters)
    width, path = line
    return markup.outlined((size.w - width * scale) / 2, y, scale, palette.ink, path)


INITIALS = Look("initials", 1, 3 * DISCS + 1, _draw)
