"""Dice: the same for everybody, others for every seed, game and number."""

from hashlib import blake2b
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.synth.dice import MOST, roll


@given(st.text(st.characters(exclude_categories=())), st.integers(1, MOST), st.text("abcxyz.0123456789", max_size=16))
def test_any_seed_rolls_as_many_dice_as_are_asked_for(seed: str, count: int, game: str) -> None:
    """P-46, P-49."""
    assert len(roll(seed, count, game)) == count
    assert roll(seed, count, game) == roll(seed, count, game)


def test_the_dice_of_the_specified_look_are_plain_blake2b() -> None:
    """P-17: its URLs depend on it."""
    assert roll("precious-tide", 32) == blake2b(b"precious-tide", digest_size=32).digest()


def test_another_seed_game_or_number_gives_other_dice() -> None:
    rolls = [roll("a", 32), roll("b", 32), roll("a", 32, "mesh.1"), roll("a", 32, "mesh.2"), roll("a", 33), roll("", 32)]
    assert all(one[:8] != other[:8] for one, other in combinations(rolls, 2))


@pytest.mark.parametrize(("count", "game"), [(0, ""), (-1, ""), (MOST + 1, ""), (1, "a" * 17)])
def test_there_are_no_other_dice(count: int, game: str) -> None:
    with pytest.raises(ValueError, match=r"digest_size|person"):
        roll("a", count, game)
