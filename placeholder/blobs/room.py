"""Whether the disks that are written to have room. A full one breaks whatever is under way: nothing new is begun on one that is
nearly full, so that what was begun can end."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path


def room_on(folders: Iterable[Path], least: int) -> Callable[[], bool]:
    """Tells whether `least` bytes are free for us at each of `folders`, some of which may not be there yet."""
    watched = tuple(folders)

    def has_room() -> bool:
        return all(_free(folder) >= least for folder in watched)

    return has_room


def _free(folder: Path) -> int:
    try:
        told = os.statvfs(folder)
    except OSError:  # the folder in which it will lie tells as well
        return _free(folder.parent) if folder.parent != folder else 0
    return told.f_bavail * told.f_frsize
