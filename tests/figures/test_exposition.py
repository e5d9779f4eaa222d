"""Figures as Prometheus reads them: held against its own parser."""

import os
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from placeholder.figures.exposition import MEDIA_TYPE, text
from placeholder.figures.model import Family
from placeholder.figures.process import own, requests
from placeholder.tally import BOUNDS, Durations

PROCESS = str(os.getpid())


def read(*families: Family) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for metric in text_string_to_metric_families(text(families).decode())
        for sample in metric.samples
    }


def test_a_counter_a_gauge_and_their_labels() -> None:
    found = read(
        Family("a", "counter", "What.", ("x", "y"), ((("1", "2"), 3), (("1", "3"), 4.5))),
        Family("b", "gauge", "What.", (), (((), 7),)),
        Family("c", "gauge", "Nothing yet.", ("z",), ()),
    )
    assert found["a_total", (("x", "1"), ("y", "2"))] == 3
    assert found["a_total", (("x", "1"), ("y", "3"))] == 4.5
    assert found["b", ()] == 7


def test_a_histogram_adds_up() -> None:
    durations = Durations()
    for seconds in (0.001, 0.005, 0.3, 100):
        durations.note(seconds)
    found = read(Family("h", "histogram", "What.", ("r",), ((("a",), durations),)))
    buckets = [found["h_bucket", (("le", str(bound)), ("r", "a"))] for bound in BOUNDS]
    assert buckets == sorted(buckets)
    assert (buckets[0], buckets[-1]) == (2, 3)
    assert found["h_bucket", (("le", "+Inf"), ("r", "a"))] == found["h_count", (("r", "a"),)] == 4
    assert found["h_sum", (("r", "a"),)] == pytest.approx(100.306)


@pytest.mark.parametrize("value", ['quo"te', "back\\slash", "new\nline", "é"])
def test_a_label_that_is_no_word_comes_back_as_it_went(value: str) -> None:
    assert read(Family("a", "gauge", "What.", ("x",), (((value,), 1),)))["a", (("x", value),)] == 1


def test_what_is_of_a_process_says_of_which() -> None:
    (labels,) = [labels for name, labels in read(own(Family("a", "gauge", "What.", ("x",), ((("1",), 1),)))) if name == "a"]
    assert labels == (("process", PROCESS), ("x", "1"))


def test_the_system_tells_memory_and_files_of_this_process() -> None:
    found = read()
    for name in ("process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"):
        assert found[name, (("process", PROCESS),)] > 0


def test_a_status_is_told_by_its_class() -> None:
    counted, _ = requests({("drawing", 200): 5, ("drawing", 206): 1, ("drawing", 304): 2, ("none", 404): 3, ("none", 410): 1}, {})
    assert dict(counted.samples) == {("drawing", "2xx"): 6, ("drawing", "3xx"): 2, ("none", "4xx"): 4}


def test_the_type_is_that_of_the_text_format() -> None:
    assert MEDIA_TYPE == "text/plain; version=0.0.4; charset=utf-8"


def test_the_same_figures_are_the_same_text_in_any_order() -> None:
    def told(*order: Any) -> list[Family]:
        return requests(dict(order), {})

    one = text(told((("a", 200), 1), (("b", 200), 2)))
    other = text(told((("b", 200), 2), (("a", 200), 1)))
    own_lines = [[line for line in body.split(b"\n") if b"placeholder" in line] for body in (one, other)]
    assert own_lines[0] == own_lines[1]
