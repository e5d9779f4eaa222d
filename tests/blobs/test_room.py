"""Room on disks, also for folders that are not there yet; and how long that is believed."""

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
    free.clear()
    assert not room_on([a], 1)(), "nothing to be had at all"


def test_what_was_found_is_believed_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = {"now": 0.0, "free": 100}
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=at["free"], f_frsize=1))
    has_room = room_on([tmp_path], 100, lambda: at["now"])
    for now, free, found in [(0.0, 100, True), (0.24, 90, True), (0.25, 90, False), (0.49, 100, False), (0.5, 100, True)]:
        at.update(now=now, free=free)
        assert has_room() is found, now


def test_a_real_disk(tmp_path: Path) -> None:
    assert room_on([tmp_path / "later"], 1)()
    assert not room_on([tmp_path / "later"], 2**70)()
