"""Whether the disks that are written to have room. A full one breaks whatever is under way: nothing new is begun on one that is
nearly full, so that what was begun can end."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

BELIEVED_S = 0.25
"""Seconds for which what was found is believed: each look is some calls of the system, and thousands of jobs may begin in one."""


def room_on(folders: Iterable[Path], least: int, clock: Callable[[], float] = time.monotonic) -> Callable[[], bool]:
    """Tells whether `least` bytes are free for us at each of `folders`, some of which may not be there yet."""
    watched = tuple(folders)
    looked_at, found = float("-inf"), False

    def has_room() -> bool:
        nonlocal looked_at, found
        if clock() - looked_at >= BELIEVED_S:
            looked_at, found = clock(), all(_free(folder) >= least for folder in watched)
        return found

    return has_room


def _free(folder: Path) -> int:
    try:
        told = os.statvfs(folder)
    except OSError:  # the folder in which it will lie tells as well
        return _free(folder.parent) if folder.parent != folder else 0
    return told.f_bavail * told.f_frsize
