"""Room on disks: asked of the system each time, also for folders that are not there yet."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from placeholder.blobs.room import room_on


def test_each_folder_needs_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = {tmp_path / "a": 300, tmp_path / "b": 200, tmp_path: 250}

    def told(place: Path) -> SimpleNamespace:
        if place not in free:
            raise FileNotFoundError
        return SimpleNamespace(f_bavail=free[place] // 10, f_frsize=10)

    monkeypatch.setattr(os, "statvfs", told)
    a, b, none_yet = tmp_path / "a", tmp_path / "b", tmp_path / "x" / "y"
    assert room_on([], 10**15)()
    assert room_on([a, b], 200)()
    assert not room_on([a, b], 201)()
    assert room_on([none_yet], 250)(), "where it will lie"
    assert not room_on([none_yet], 251)()
    has_room = room_on([a], 100)
    free[a] = 90
    assert not has_room()
    free[a] = 100
    assert has_room()
    free.clear()
    assert not has_room(), "nothing to be had at all"


def test_a_real_disk(tmp_path: Path) -> None:
    assert room_on([tmp_path / "later"], 1)()
    assert not room_on([tmp_path / "later"], 2**70)()
