"""The outcome markers that a prompt may carry: `[[kind:value*times]]`, value and times as the kind has them.

- `[[fail:nsfw]]`           ends failed, with the error that `model.ERRORS` has under that name
- `[[null]]`                succeeded, output null
- `[[fewer]]`               succeeded, one picture fewer than asked for
- `[[string]]` `[[list]]`   the shape of the output, against the model's own
- `[[slow:30]]`             seconds of running            `[[queue:30]]`  seconds before it starts
- `[[create:drop]]`         what happens to the request that creates it (`create.FAULTS`)
- `[[hook:dup]]`            what happens to its webhooks (`hooks.FAULTS`)
- `[[file:html]]`           what its output files are (`files.FAULTS`), or where they are said to be (`foreign`)

`*2` means: for the first two creates with this very prompt; for `file`: for the first two fetches.
Several markers may stand in one prompt. Other text in double brackets is text; a known kind with an unknown value raises
UnknownMarker, because a test that misspells one would pass for the wrong reason.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(" "))


VALUES: dict[str, frozenset[str] | None] = {
    "fail": _words("nsfw nsfw-all E005 E005-model PA prompt E1000 E1001 E4875 E6716 E8367 E8765 E9243 E9825 E9828"),
    "null": _words(""),
    "fewer": _words(""),
    "string": _words(""),
    "list": _words(""),
    "slow": None,
    "queue": None,
    "create": _words("drop 502 hang 500-after 500 reset 429 402 401 422"),
    "hook": _words("drop dup late reorder secret stale tamper foreign flood huge"),
    "file": _words("truncated cut html type redirect 5xx drip huge bomb 404 foreign"),
}
"""The values of each kind; None: a number of seconds."""

_MARKER = re.compile(rf"\[\[(?P<kind>{'|'.join(VALUES)})(?::(?P<value>[^\]*]*))?(?:\*(?P<times>[0-9]+))?\]\]")


_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


class UnknownMarker(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class Marker:
    value: str
    times: int | None


def read(prompt: str) -> Mapping[str, Marker]:
    """The markers of `prompt` by kind; of two of a kind the later."""
    found = {}
    for match in _MARKER.finditer(prompt):
        kind, value = match["kind"], match["value"] or ""
        allowed = VALUES[kind]
        if not (_SECONDS.fullmatch(value) if allowed is None else value in allowed):
            raise UnknownMarker(match[0])
        found[kind] = Marker(value, int(match["times"]) if match["times"] else None)
    return found


def applying(prompt: str, nth: int) -> Mapping[str, Marker]:
    """Those that apply to the `nth` create with this prompt, counted from 1."""
    return {
        kind: marker for kind, marker in read(prompt).items() if kind == "file" or marker.times is None or nth <= marker.times
    }
