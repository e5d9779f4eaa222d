"""What a fake must know again after it was killed: a file with one line of JSON for each create, cancel, jump of the clock
and violation, written before the client hears of it.

What was decided about a prediction is in it, so the flags of the restarted fake hold for new ones only. Webhooks that were
due before the restart are not sent again: to the receiver they are lost.
"""

import json
from pathlib import Path
from typing import Any, TextIO

from .catalogue import MODELS
from .clock import SECOND
from .faults import Plan
from .knobs import Latency
from .world import Asked, World


class Journal:
    def __init__(self, path: Path, world: World) -> None:
        """Replays what `path` has of this run; raises ValueError if it is another's."""
        if path.exists():
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    if line.endswith("\n"):  # else the fake died in the middle of writing it
                        _replay(json.loads(line), world)
        self._file: TextIO = path.open("a", encoding="utf-8")
        if self._file.tell() == 0:
            self._write("run", {"seed": world.seed})
        world.note = self._write

    def close(self) -> None:
        self._file.close()

    def _write(self, kind: str, told: dict[str, Any]) -> None:
        self._file.write(json.dumps({"kind": kind, **told}) + "\n")
        self._file.flush()


def _replay(told: dict[str, Any], world: World) -> None:
    match told:
        case {"kind": "run", "seed": seed}:
            if seed != world.seed:
                raise ValueError(f"the state file is of the run with seed {seed}")
        case {"kind": "create", "at": at, "made": makes}:
            asked = Asked(
                model=MODELS[told["model"]],
                version=told["version"],
                input=told["input"],
                webhook=told["webhook"],
                events=None if told["events"] is None else tuple(told["events"]),
                cancel_after=told["cancel_after"],
            )
            decided = Plan(**{**told["plan"], "latency": Latency(**told["plan"]["latency"])})
            create = world.record(asked, decided, at)
            if makes:
                world.make(asked, decided, create, at)
        case {"kind": "cancel", "id": id_, "at": at}:
            world.predictions[id_].cancel(at)
        case {"kind": "clock", "offset": offset}:
            world.clock.advance((offset - world.clock.offset) / SECOND)
        case {"kind": "violation", "seen": seen}:
            world.violations.append(seen)
