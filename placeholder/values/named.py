"""Sizes that go by a name or by a ratio: other ways to write `{w}x{h}`, each with its meaning in digits.

    named = ( name / ratio ) [ suffix ]                    suffix: values/format.py
    name  = a key of NAMES                                 lower case alone
    ratio = 1*DIGIT ":" 1*DIGIT "/" 1*DIGIT                across ":" down "/" width, so two segments of a path

Rules:
- A shape is kept: where a side would pass MAX_DIM the whole is scaled down, so that `4k` (3840×2160) is 2048×1152 and
  `1:4/1000` is 512×2048. (`{w}x{h}` says both sides itself, and each is clamped on its own, P-6, P-7.)
- The side that follows from a ratio is rounded once, half up, and is at least 1.
- Numbers are read as those of a size are (values/size.py): leading zeros count for nothing, 0 counts as 1, and a side of a
  ratio above MAX_PART as MAX_PART.
- A name has a letter, is no `{w}x{h}` (P-5), and begins no other address of the service.
"""

import re
from types import MappingProxyType

from placeholder.values.size import MAX_DIM, Size, side

MAX_PART = 999_999_999
_MAX_DIGITS = len(str(MAX_PART))
_LAST = re.compile(r"([a-z0-9-]+)([@.].*)?", re.DOTALL)
_RATIO = re.compile(r"([0-9]+):([0-9]+)")
_WIDTH = re.compile(r"[0-9]+")


def in_ratio(across: int, down: int, width: int) -> Size:
    """The size of the shape `across`:`down` that is `width` wide, or as wide as MAX_DIM lets it be. All at least 1."""
    w = min(width, MAX_DIM)
    h = _rounded(w * down, across)
    return Size(w, max(h, 1)) if h <= MAX_DIM else Size(max(_rounded(MAX_DIM * across, down), 1), MAX_DIM)


def in_digits(path: str) -> str | None:
    """`path` (decoded) with the size at its end in digits: "/gradient/og@2x.png" is "/gradient/1200x630@2x.png". None where it
    does not end in a name or a ratio; what stands before it, and which suffix behind, is not looked at."""
    folder, slash, last = path.rpartition("/")
    match = _LAST.fullmatch(last)
    if match is None:
        return None
    word, suffix = match.groups("")
    size = NAMES.get(word)
    if size is None and _WIDTH.fullmatch(word):
        folder, slash, ratio = folder.rpartition("/")
        size = _by_ratio(ratio, word)
    return f"{folder}{slash}{size.w}x{size.h}{suffix}" if size else None


def _by_ratio(ratio: str, width: str) -> Size | None:
    match = _RATIO.fullmatch(ratio)
    return in_ratio(_part(match[1]), _part(match[2]), side(width)) if match else None


def _part(digits: str) -> int:
    digits = digits.lstrip("0")
    return MAX_PART if len(digits) > _MAX_DIGITS else int(digits or "1")


def _rounded(dividend: int, divisor: int) -> int:
    """The quotient, half up."""
    return (2 * dividend + divisor) // (2 * divisor)


SOURCES: dict[str, dict[str, tuple[int, int]]] = {
    "link previews, posts and profiles, as each network asks for them": {
        "og": (1200, 630),
        "twitter": (1200, 600),
        "twitter-post": (1600, 900),
        "twitter-header": (1500, 500),
        "facebook-cover": (851, 315),
        "linkedin": (1200, 627),
        "linkedin-cover": (1584, 396),
        "instagram": (1080, 1080),
        "instagram-portrait": (1080, 1350),
        "story": (1080, 1920),
        "pinterest": (1000, 1500),
        "youtube": (1280, 720),
        "youtube-banner": (2560, 1440),
        "github": (1280, 640),
    },
    "screens: VESA's names, and those of video": {
        "cga": (320, 200),
        "qvga": (320, 240),
        "hvga": (480, 320),
        "vga": (640, 480),
        "wvga": (800, 480),
        "svga": (800, 600),
        "xga": (1024, 768),
        "wxga": (1280, 800),
        "sxga": (1280, 1024),
        "uxga": (1600, 1200),
        "wuxga": (1920, 1200),
        "hd": (1280, 720),
        "720p": (1280, 720),
        "full-hd": (1920, 1080),
        "1080p": (1920, 1080),
        "2k": (2048, 1080),
        "qhd": (2560, 1440),
        "1440p": (2560, 1440),
        "4k": (3840, 2160),
        "2160p": (3840, 2160),
    },
    "advertisements: IAB's fixed sizes, of 2017 and before, and two of Google's": {
        "leaderboard": (728, 90),
        "super-leaderboard": (970, 90),
        "billboard": (970, 250),
        "medium-rectangle": (300, 250),
        "large-rectangle": (336, 280),
        "rectangle": (180, 150),
        "half-page": (300, 600),
        "portrait-ad": (300, 1050),
        "skyscraper": (120, 600),
        "wide-skyscraper": (160, 600),
        "full-banner": (468, 60),
        "half-banner": (234, 60),
        "vertical-banner": (120, 240),
        "mobile-banner": (320, 50),
        "large-mobile-banner": (320, 100),
        "square-button": (125, 125),
        "micro-bar": (88, 31),
    },
    "icons of sites and apps, as browsers and stores ask for them": {
        "favicon": (32, 32),
        "touch-icon": (180, 180),
        "pwa-icon-small": (192, 192),
        "pwa-icon": (512, 512),
        "play-icon": (512, 512),
        "play-feature": (1024, 500),
        "app-icon": (1024, 1024),
    },
}
"""Each name with the size that it stands for, by where it comes from."""

NAMES = MappingProxyType({name: in_ratio(w, h, w) for sizes in SOURCES.values() for name, (w, h) in sizes.items()})
"""Each name with the size that is drawn for it."""
