"""Where a line may break."""

import pytest

from placeholder.svg.scripts.breaks import LONG, words


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in words(text, [True] * len(text))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("占位图", ["占", "位", "图"], id="Chinese anywhere"),
        pytest.param("占位图，用于。", ["占", "位", "图，", "用", "于。"], id="not before what closes"),
        pytest.param("「直」今", ["「直」", "今"], id="nor after what opens"),
        pytest.param("カード", ["カー", "ド"], id="nor before a long vowel"),
        pytest.param("きって", ["きっ", "て"], id="nor before small kana"),
        pytest.param("hero 占位", ["hero", "占", "位"], id="spaces"),
        pytest.param("占hero位", ["占", "hero", "位"], id="between Chinese and Latin"),
        pytest.param("one\ntwo", ["one", "two"], id="line breaks"),
        pytest.param("자리 표시자", ["자리", "표시자"], id="Korean at spaces"),
        pytest.param("가" * LONG, ["가" * LONG], id="a word that can stay whole"),
        pytest.param("가" * (LONG + 1), ["가"] * (LONG + 1), id="a word too long for that"),
        pytest.param("ท" * (LONG + 1), ["ท"] * (LONG + 1), id="Thai"),
        pytest.param("ab-" * LONG, ["ab-" * LONG], id="Latin never"),
        pytest.param("🦊🦊!", ["🦊", "🦊!"], id="emoji"),
        pytest.param("", [], id="nothing"),
        pytest.param("  ", [], id="spaces alone"),
    ],
)
def test_words(text: str, wanted: list[str]) -> None:
    assert parts(text) == wanted


def test_a_grapheme_is_never_broken() -> None:
    text = "ที่" * LONG
    starts = [at % 3 == 0 for at in range(len(text))]
    assert words(text, starts) == [(0, len(text))]
    text += "ที่"
    starts += [True, False, False]
    assert words(text, starts) == [(at, at + 3) for at in range(0, len(text), 3)]
