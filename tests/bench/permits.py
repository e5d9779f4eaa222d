"""What it costs to hold a submit token against a body: `python tests/bench/permits.py`. Microseconds a token, medians of five."""

import statistics
import timeit

import report

from placeholder.keys.permits import Statement, fits, mint, read_permit, read_statement, signing_secret

KID, KEY, EXP = "0123456789ab", bytes(range(32)), 1_800_000_000
SECRET = signing_secret(KEY, KID)
SHOP = "https://shop.example"
BODIES = {
    "37 characters": {"prompt": "a red fox in snow, cinematic lighting", "w": 512, "h": 512},
    "4,000 characters": {"prompt": "a red fox " * 400, "w": 512, "h": 512, "model": "flux-schnell", "seed": 42},
    "4,000 emoji": {"prompt": "🦊" * 4000, "w": 512, "h": 512},
}


def verified(token: str, body: dict[str, object]) -> bool:
    """As the service does it, from the header's text and the parsed body on."""
    permit, said = read_permit(token), read_statement(body)
    return permit is not None and said is not None and fits(permit, signing_secret(KEY, permit.kid), said, SHOP)


def _us(token: str, body: dict[str, object]) -> float:
    return statistics.median(timeit.repeat(lambda: verified(token, body), number=2000, repeat=5)) / 2000 * 1e6


def main() -> None:
    rows = []
    for name, body in BODIES.items():
        said = read_statement(body)
        assert said is not None
        tokens = (mint(SECRET, said, EXP), mint(SECRET, said, EXP, SHOP), mint(SECRET, Statement("other", 1, 1), EXP))
        assert [verified(token, body) for token in tokens] == [True, True, False]
        figures = [_us(token, body) for token in tokens]
        rows.append((name, *(f"{figure:.1f}" for figure in figures)))
    report.table(("body", "for any origin", "for one", "refused"), rows)


if __name__ == "__main__":
    main()
