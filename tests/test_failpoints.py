"""Failpoints: nothing unless asked for, and then exactly what was asked for."""

import os
import re
import signal
from pathlib import Path

import pytest

import placeholder
from placeholder import failpoints as module
from placeholder.failpoints import Injected, failpoints

POINTS = re.findall(r"\b[a-z]+\.[a-z_]+\b", (module.__doc__ or "").partition("\n\n")[2])


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *given: found.append(given))
    return found


def test_without_a_wish_nothing_happens(killed: list[tuple[int, int]]) -> None:
    at = failpoints("")
    for point in (*POINTS, "another", ""):
        at(point)
    assert killed == []


def test_every_point_that_is_passed_is_listed_and_every_listed_one_is_passed() -> None:
    """A crash test that names a point that nobody passes would always succeed."""
    root = Path(placeholder.__file__).parent
    source = "".join(path.read_text("utf-8") for path in root.rglob("*.py") if path != Path(module.__file__))
    passed = {
        point
        for point in re.findall(r'"([a-z]+\.[a-z_]+)"', source)
        if point.split(".")[0] in {name.split(".")[0] for name in POINTS}
    }
    assert len(POINTS) == len(set(POINTS)) >= 13
    assert passed == set(POINTS)


def test_a_kill_is_a_kill(killed: list[tuple[int, int]]) -> None:
    """Of the kind that nothing can be done about, each time the point is passed."""
    at = failpoints("submit.before_commit=kill")
    at("submit.before_insert")
    assert killed == []
    at("submit.before_commit")
    at("submit.before_commit")
    assert killed == [(os.getpid(), signal.SIGKILL)] * 2


def test_a_fault_is_raised_once() -> None:
    at = failpoints("submit.before_commit=raise,claim.after_commit=raise")
    for point in ("submit.before_commit", "claim.after_commit"):
        with pytest.raises(Injected, match=f"^{point}$"):
            at(point)
        at(point)
    at("submit.after_commit")


def test_a_star_is_every_point_and_a_name_comes_before_it(killed: list[tuple[int, int]]) -> None:
    at = failpoints("*=raise,hook.before_commit=kill")
    for point in ("submit.before_commit", "store.after_write"):
        with pytest.raises(Injected):
            at(point)
        at(point)
    at("hook.before_commit")
    assert len(killed) == 1


@pytest.mark.parametrize(
    ("share", "least", "most"), [("0", 0, 0), ("1", 1000, 1000), ("0.5", 400, 600), ("0.02", 1, 60), (".5", 400, 600)]
)
def test_a_share_is_thrown_each_time(share: str, least: int, most: int, killed: list[tuple[int, int]]) -> None:
    at = failpoints(f"*=kill:{share}")
    for _ in range(1000):
        at("submit.before_commit")
    assert least <= len(killed) <= most


def test_two_of_them_know_nothing_of_each_other() -> None:
    one, other = failpoints("a=raise"), failpoints("a=raise")
    for at in (one, other):
        with pytest.raises(Injected):
            at("a")
