"""Sizes by name and by ratio: the grammar, the shape that is kept, and names that take nobody's place."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.values.format import SUFFIXES
from placeholder.values.named import MAX_PART, NAMES, SOURCES, in_digits, in_ratio
from placeholder.values.size import MAX_DIM, Size, parse_size

READ = {
    "/og": "/1200x630",
    "/og.png": "/1200x630.png",
    "/og@2x.webp": "/1200x630@2x.webp",
    "/gradient/og": "/gradient/1200x630",
    "/seed/og/og": "/seed/og/1200x630",
    "/seed/16:9/og": "/seed/16:9/1200x630",
    "/seed/og/16:9/64": "/seed/og/64x36",
    "/seed/a:b/vga": "/seed/a:b/640x480",
    "/4k": "/2048x1152",
    "/2160p": "/2048x1152",
    "/1440p": "/2048x1152",
    "/youtube-banner": "/2048x1152",
    "/16:9/1280": "/1280x720",
    "/16:9/1280.png": "/1280x720.png",
    "/16:9/1280@3x.avif": "/1280x720@3x.avif",
    "/color/7c9cff/16:9/1280": "/color/7c9cff/1280x720",
    "/1:1/300": "/300x300",
    "/4:3/401": "/401x301",  # 300.75
    "/2:1/5": "/5x3",  # 2.5, half up
    "/3:1/4": "/4x1",  # 1.33
    "/9:16/1080": "/1080x1920",
    "/016:009/0001280": "/1280x720",
    "/16000:9000/1280": "/1280x720",
    # a side that would be too long takes the other with it
    "/16:9/4096": "/2048x1152",
    "/16:9/2049": "/2048x1152",
    "/1:4/1000": "/512x2048",
    "/9:16/1920": "/1152x2048",
    "/1:1000/2048": "/2x2048",
    # 0 is 1, and much is the most
    "/16:9/0": "/1x1",
    "/0:9/100": "/100x900",
    "/16:0/100": "/100x6",
    "/0:0/100": "/100x100",
    "/1000:1/100": "/100x1",
    "/1:9999999/100": "/1x2048",
    f"/16:9/{'9' * 5000}": "/2048x1152",
    f"/{'9' * 5000}:{'9' * 5000}/100": "/100x100",
    f"/{'0' * 5000}16:{'0' * 5000}9/{'0' * 5000}1280": "/1280x720",
    f"/{'9' * 5000}:1/100": "/100x1",
    f"/1:{'9' * 5000}/100": "/1x2048",
    # what stands before and behind is for others to judge
    "/og.bmp": "/1200x630.bmp",
    "/og.": "/1200x630.",
    "//og": "//1200x630",
    "/16:9/og": "/16:9/1200x630",
    "/16:9/12.5": "/12x7.5",
    "og": "1200x630",
    "16:9/1280": "1280x720",
}

REFUSED = [
    *("", "/", "/400x300", "/400", "/x", "/OG", "/Og", "/oG.png", "/og/", "/og ", " /og\n", "/og\n", "/og\x00", "/óg", "/оg"),
    *("/o\u200bg", "/og-", "/-og", "/ogg", "/og_", "/og;a", "/og?", "/og,", "/og:", "/og:1/100", "/name", "/__class__", "/get"),
    *("/16:9", "/16:9/", "/16:9/x", "/16:9/1280x720", "/16:9/-1", "/16:9/+1", "/16:9/1_0", "/16:9/1e3", "/16:9//100"),
    *("/16:/100", "/:9/100", "/:/100", "/16::9/100", "/16:9:1/100", "/16x9/100", "/-16:9/100", "/1.91:1/100", "/16,9/100"),
    *("/16 :9/1", "/16：9/100", "/١٦:٩/100", "/16:9/١٠٠", "/１６:９/100", "/16:9/１００", "/²:¹/100", "/16:9/²", "/16%3A9/100"),
    *("/16:9\n/100", "/16:9/100\n", "/16/9/100", "/16:9/100/", "/@2x.png", "/.png", "/16:9/.png", "/16:9/@2x.png"),
]


@pytest.mark.parametrize(("path", "plain"), READ.items(), ids=[path[:40] for path in READ])
def test_a_name_or_a_ratio_is_a_size_in_digits(path: str, plain: str) -> None:
    """P-6, P-7, AP-2 by analogy: 0 counts as 1, no number is too long; but a shape is kept."""
    assert in_digits(path) == plain


@pytest.mark.parametrize("path", REFUSED, ids=ascii)
def test_anything_else_is_none(path: str) -> None:
    """P-5."""
    assert in_digits(path) is None


@given(st.integers(1, 10**10), st.integers(1, 10**10), st.integers(0, 10**5), st.integers(0, 3))
def test_every_ratio_is_what_exact_arithmetic_says(across: int, down: int, width: int, zeros: int) -> None:
    """One rounding, and the shape kept as nearly as whole units allow."""
    shape = Fraction(min(across, MAX_PART), min(down, MAX_PART))
    w = Fraction(min(max(width, 1), MAX_DIM))
    h = w / shape
    if h + Fraction(1, 2) >= MAX_DIM + 1:
        w, h = MAX_DIM * shape, Fraction(MAX_DIM)
    rounded = [max(int(length + Fraction(1, 2)), 1) for length in (w, h)]
    path = "/{z}{}:{z}{}/{z}{}".format(across, down, width, z="0" * zeros)
    assert in_digits(path) == "/{}x{}".format(*rounded)
    assert all(1 <= length <= MAX_DIM for length in rounded)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_a_size_that_fits_is_its_own_ratio(w: int, h: int) -> None:
    size = in_ratio(w, h, w)
    if max(w, h) <= MAX_DIM:
        assert size == Size(w, h)
    else:
        assert max(size.w, size.h) == MAX_DIM
        assert abs(size.w * h - size.h * w) <= max(w, h), "off by less than a unit"


@given(st.text())
def test_no_text_is_read_but_as_the_grammar_says(text: str) -> None:
    plain = in_digits("/" + text)
    if plain is not None:
        word = re.split("[@.]", text.rpartition("/")[2], maxsplit=1)[0]
        assert word in NAMES or re.fullmatch(r"(?:.*/)?[0-9]+:[0-9]+/[0-9]+(?:[@.].*)?", text, re.DOTALL)


TAKEN = {
    *("ai", "color", "gradient", "seed", "glyph", "healthz", "components", "gallery", "page", "copy", "prompt", "sizes", "api"),
    *("v1", "docs", "static", "llms", "openapi", "mcp", "robots", "sitemap", "manifest"),
    *("apple-touch-icon", "apple-touch-icon-precomposed"),
}
"""First segments, suffix aside, that are somebody's already: ours, and what browsers and robots ask every site for."""


@pytest.mark.parametrize("name", NAMES)
def test_a_name_takes_nobodys_place(name: str) -> None:
    """P-5: no shape of digits, nothing of an address of its own, and plain enough to need no escape."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert re.search("[a-z]", name)
    assert parse_size(name) is None
    assert not re.fullmatch(r"[0-9]*x[0-9]*", name)
    assert name not in TAKEN
    assert in_digits(f"/{name}") == f"/{NAMES[name].w}x{NAMES[name].h}"
    for suffix in SUFFIXES:
        assert in_digits(f"/{name}{suffix}") == f"/{NAMES[name].w}x{NAMES[name].h}{suffix}"


def test_what_is_drawn_is_what_is_listed_unless_it_is_too_large() -> None:
    """P-6: said for each, not found out."""
    listed = {name: size for sizes in SOURCES.values() for name, size in sizes.items()}
    assert len(listed) == sum(map(len, SOURCES.values())) == len(NAMES), "no name stands in two tables"
    scaled = {name: (size.w, size.h) for name, size in NAMES.items() if (size.w, size.h) != listed[name]}
    assert scaled == dict.fromkeys(("youtube-banner", "qhd", "1440p", "4k", "2160p"), (2048, 1152))


def test_the_names_that_people_know() -> None:
    known = {"og": (1200, 630), "twitter": (1200, 600), "vga": (640, 480), "1080p": (1920, 1080), "leaderboard": (728, 90)}
    known |= {"medium-rectangle": (300, 250), "story": (1080, 1920), "favicon": (32, 32), "touch-icon": (180, 180)}
    assert {name: (NAMES[name].w, NAMES[name].h) for name in known} == known
