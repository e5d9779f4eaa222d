"""Each look by itself: sound at any size for any seed, the same composition at every size, dice that all count."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder import draw
from placeholder.synth.catalogue import find
from placeholder.synth.dice import roll
from placeholder.synth.look import THEMES
from placeholder.synth.seeds import look as room
from placeholder.synth.seeds.album import LOOKS
from placeholder.synth.seeds.look import LONG, Styled, body, sheet
from placeholder.values.color import AA_TEXT, Color, contrast
from placeholder.values.size import Size

Sound = Callable[..., ET.Element]

ON_A_SHEET = ["identicon", "waves", "rings", "blobs"]
"""Drawn on a sheet and nothing else."""


@pytest.mark.parametrize("style", LOOKS)
@given(
    st.integers(1, 2048),
    st.integers(1, 2048),
    st.text(st.characters(exclude_categories=()), min_size=1, max_size=20),
    st.sampled_from(THEMES),
)
def test_any_seed_in_any_size_is_sound(style: str, assert_sound_svg: Sound, w: int, h: int, seed: str, theme: str) -> None:
    """P-30, P-49: drawing cannot fail, and nothing of the seed becomes markup."""
    size = Size(w, h)
    spec = find(f"/seed/a/{w}x{h}", f"style={style}&theme={theme}").spec
    assert isinstance(spec, Styled)
    drawn = LOOKS[style].draw
    assert drawn is spec.look.draw
    assert_sound_svg(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img">'
        f"<title>a</title>{body(Styled(size, seed, spec.look, theme))}</svg>".encode(),
        (w, h),
    )


@pytest.mark.parametrize("style", LOOKS)
@pytest.mark.parametrize("size", [(1, 1), (1, 2048), (2048, 1), (2, 3), (5, 5), (2048, 2048)], ids=str)
def test_the_smallest_and_the_longest_are_sound(style: str, size: tuple[int, int], assert_sound_svg: Sound) -> None:
    """P-6, P-7."""
    for seed in ("precious-tide", "%3Cscript%3E%26%22", "%ED%A0%80%00%F0%9F%A6%8A", "日本"):
        assert_sound_svg(draw(f"/seed/{seed}/{size[0]}x{size[1]}?style={style}"), size)


@pytest.mark.parametrize("style", ON_A_SHEET)
def test_on_a_sheet_the_drawing_is_the_same_at_every_size(style: str) -> None:
    """P-46: the same numbers in other units."""
    drawings = {
        size: re.sub(rb".*<g [^>]*>", b"", draw(f"/seed/precious-tide/{size}?style={style}"), flags=re.DOTALL)
        for size in ("40x30", "400x300", "2048x1536")
    }
    assert len(set(drawings.values())) == 1
    assert b"<path" in drawings["40x30"]


@pytest.mark.parametrize("style", LOOKS)
def test_a_seed_keeps_its_colours_at_every_size_and_shape(style: str) -> None:
    """P-46."""
    used = [
        set(re.findall(rb"#[0-9a-f]{6}", draw(f"/seed/precious-tide/{size}?style={style}")))
        for size in ("40x40", "300x300", "2048x2048", "300x400", "400x300")
    ]
    assert used[0] == used[1] == used[2]
    # Of a mosaic the corners alone may show a colour.
    assert all(len(used[0] ^ other) <= 1 for other in used)


@pytest.mark.parametrize(("size", "expected"), [
    (Size(400, 300), (2048, 1536)), (Size(300, 400), (1536, 2048)), (Size(1, 1), (2048, 2048)), (Size(2048, 1), (2048, 1)),
    (Size(2047, 1), (2048, 1)), (Size(3, 1), (2048, 683)),
])  # fmt: skip
def test_a_sheet_has_the_proportions_of_its_canvas(size: Size, expected: tuple[int, int]) -> None:
    paper = sheet(size)
    assert (paper.w, paper.h) == expected
    assert paper.short == min(expected)
    assert paper.scale * LONG == max(size.w, size.h)


@pytest.mark.parametrize("style", LOOKS)
def test_every_die_counts(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever one falls otherwise, for some seed the picture is another: none is rolled in vain."""
    look = LOOKS[style]

    def loaded(at: int, step: int, seed: str, count: int, game: str) -> bytes:
        dice = bytearray(roll(seed, count, game))
        dice[at] = (dice[at] + step) % 256
        return bytes(dice)

    specs = [Styled(Size(1600, 400), seed, look, "light", "A") for seed in ("a", "b", "c", "d")]
    before = [body(spec) for spec in specs]
    for at in range(look.dice + 2):
        seen = set()
        for step in (1, 77, 128):
            monkeypatch.setattr(room, "roll", partial(loaded, at, step))
            seen |= {body(spec) == drawn for spec, drawn in zip(specs, before, strict=True)}
        assert False in seen, f"die {at}"


@pytest.mark.parametrize("style", LOOKS)
def test_another_version_is_another_throw(style: str) -> None:
    """A look that changes its drawing gets new dice, so that no golden can stay by chance."""
    look = LOOKS[style]
    later = room.Look(look.name, look.version + 1, look.dice, look.draw, look.smooth)
    assert body(Styled(Size(40, 40), "a", look, "light")) != body(Styled(Size(40, 40), "a", later, "light"))


@pytest.mark.parametrize("style", ["mesh", "constellation"])
def test_equal_names_mean_equal_paints(style: str) -> None:
    """Inlined in one page, a picture must not borrow another's light."""
    paints: dict[str, bytes] = {}
    for number in range(1500):
        for size in ("40x40", "400x300"):
            for paint in ET.fromstring(draw(f"/seed/{number}/{size}?style={style}")):
                if "id" in paint.attrib:
                    assert paints.setdefault(paint.attrib["id"], ET.tostring(paint)) == ET.tostring(paint), number
    assert len(paints) > 100


@pytest.mark.parametrize("theme", THEMES)
def test_initials_can_be_read_on_whatever_is_behind_them(theme: str) -> None:
    """WCAG AA, in the pictures themselves."""
    for number in range(500):
        root = ET.fromstring(draw(f"/seed/user-{number}/80x80?style=initials&theme={theme}"))
        fills = [path.attrib["fill"] for path in root.iter("{http://www.w3.org/2000/svg}path")]
        *grounds, ink = fills
        assert len(grounds) == 4
        assert min(contrast(Color(ground), Color(ink)) for ground in grounds) >= AA_TEXT


@pytest.mark.parametrize(
    ("size", "tiles"),
    [
        ("40x40", 16), ("300x300", 16), ("2048x2048", 16), ("400x300", 20), ("300x400", 20), ("1200x300", 64), ("600x100", 48),
        ("2048x128", 16), ("2048x1", 16), ("1x2048", 16), ("1x1", 16),
    ],
)  # fmt: skip
def test_a_mosaic_has_as_many_tiles_as_its_shape_holds(size: str, tiles: int) -> None:
    """Each tile is a square and a figure on it; every square reaches a unit beneath the next."""
    _, *paths = re.findall(rb' d="([^"]*)"', draw(f"/seed/precious-tide/{size}?style=mosaic"))
    squares = [re.findall(rb"M[0-9]+ [0-9]+h([0-9]+)v([0-9]+)h-\1z", path) for path in paths]
    found = [(int(a) - 1, int(b) - 1) for square in squares for a, b in square]
    assert len(found) == tiles
    assert all(path for path in paths)
    w, h = map(int, size.split("x"))
    if min(w, h) >= 40:
        assert all(0.72 < a / b < 1.4 for a, b in found)
