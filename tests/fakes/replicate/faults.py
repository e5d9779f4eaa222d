"""What goes wrong with a prediction: by rates, thrown for each create from the run's seed and its ordinal, so that a run
with the same order of creates repeats; and by the markers of its prompt, which outrank the dice.

A fixed number of dice is thrown for each create, in a fixed order, whatever comes of them.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from .knobs import Latency
from .markers import Marker


@dataclass(frozen=True, slots=True)
class Faults:
    """Rates from 0 to 1. Those of one line exclude each other."""

    throttled: float = 0.0
    broken_before: float = 0.0
    broken_after: float = 0.0
    hang: float = 0.0
    """On the create: 429; 500 with nothing made; 500 with the prediction made; made, then silence."""

    failed_with_prompt: float = 0.0
    """Ends failed, the prompt in its error and its logs."""

    hook_drop: float = 0.0
    hook_dup: float = 0.0
    hook_reorder: float = 0.0

    file_truncated: float = 0.0
    file_busy: float = 0.0
    file_redirect: float = 0.0
    file_huge: float = 0.0
    """file_busy: 503 for the first two fetches."""

    @classmethod
    def storm(cls) -> "Faults":
        """The rates of the crash storms: far worse than any day of the real one."""
        return cls(
            throttled=0.04,
            broken_before=0.02,
            broken_after=0.02,
            hang=0.04,
            failed_with_prompt=0.03,
            hook_drop=0.20,
            hook_dup=0.20,
            hook_reorder=0.10,
            file_truncated=0.03,
            file_busy=0.03,
            file_redirect=0.01,
            file_huge=0.01,
        )


PROFILES: dict[str, Faults] = {"calm": Faults(), "storm": Faults.storm()}

_CREATE = (("throttled", "429"), ("broken_before", "500"), ("broken_after", "500-after"), ("hang", "hang"))
_FAIL = (("failed_with_prompt", "prompt"),)
_HOOK = (("hook_drop", "drop"), ("hook_dup", "dup"), ("hook_reorder", "reorder"))
_FILE = (("file_truncated", "truncated"), ("file_busy", "5xx"), ("file_redirect", "redirect"), ("file_huge", "huge"))
_BUSY_FETCHES = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is decided about a prediction before it exists. The names are those of the markers."""

    create: str | None
    fail: str | None
    hook: str | None
    file: str | None
    file_times: int | None
    output: str | None
    """null or fewer."""
    shape: str | None
    """string or list, where it is not the model's own."""
    latency: Latency


def plan(faults: Faults, seed: int, ordinal: int, markers: Mapping[str, Marker], latency: Latency) -> Plan:
    dice = random.Random(f"{seed}/{ordinal}")
    thrown = {
        kind: _pick(faults, dice.random(), table)
        for kind, table in (("create", _CREATE), ("fail", _FAIL), ("hook", _HOOK), ("file", _FILE))
    }
    file_times = _BUSY_FETCHES if thrown["file"] == "5xx" else None
    if "file" in markers:
        file_times = markers["file"].times
    chosen = {kind: markers[kind].value if kind in markers else value for kind, value in thrown.items()}
    return Plan(
        create=chosen["create"],
        fail=chosen["fail"],
        hook=chosen["hook"],
        file=chosen["file"],
        file_times=file_times,
        output=next((kind for kind in ("null", "fewer") if kind in markers), None),
        shape=next((kind for kind in ("string", "list") if kind in markers), None),
        latency=Latency(
            start=float(markers["queue"].value) if "queue" in markers else latency.start,
            run=float(markers["slow"].value) if "slow" in markers else latency.run,
        ),
    )


def _pick(faults: Faults, roll: float, table: tuple[tuple[str, str], ...]) -> str | None:
    for rate, name in table:
        roll -= getattr(faults, rate)
        if roll < 0:
            return name
    return None
