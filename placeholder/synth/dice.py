"""Dice that fall the same for everybody: bytes that follow from a seed string, and from nothing else."""

from hashlib import blake2b

MOST = blake2b.MAX_DIGEST_SIZE


def roll(seed: str, count: int, game: str = "") -> bytes:
    """`count` bytes (1 … MOST) of BLAKE2b over the seed's UTF-8. Another `game` or another count gives other dice; the name of a
    game has at most 16 ASCII characters."""
    return blake2b(seed.encode("utf-8", "replace"), digest_size=count, person=game.encode()).digest()
