"""Figures as Prometheus reads them (text format 0.0.4). The one file that knows prometheus_client.

Nothing is counted by that library: its counters take locks, and its way of adding up several processes (files that they all
map) knows no collectors such as this. It escapes, orders and writes; and tells what the system knows of the process.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from placeholder.figures.model import Family
from placeholder.figures.process import own
from placeholder.tally import BOUNDS, Durations

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SIMPLE = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily}


def text(families: Iterable[Family]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once((*map(_metric, families), *_system())))
    return generate_latest(registry)


class _Once(Collector):
    def __init__(self, metrics: tuple[Metric, ...]) -> None:
        self._metrics = metrics

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _metric(family: Family) -> Metric:
    if family.kind == "histogram":
        histogram = HistogramMetricFamily(family.name, family.what, labels=family.labels)
        for values, durations in family.samples:
            if isinstance(durations, Durations):
                histogram.add_metric(values, list(_buckets(durations)), durations.seconds)
        return histogram
    simple: CounterMetricFamily | GaugeMetricFamily = _SIMPLE[family.kind](family.name, family.what, labels=family.labels)
    for values, value in family.samples:
        if not isinstance(value, Durations):
            simple.add_metric(values, value)
    return simple


def _buckets(durations: Durations) -> Iterator[tuple[str, float]]:
    """Each with all that lasted no longer."""
    count = 0
    for bound, more in zip((*map(str, BOUNDS), "+Inf"), durations.counts, strict=True):
        count += more
        yield bound, count


def _system() -> Iterator[Metric]:
    """Memory, processor time, open files: with the process's number, as all that is of a process."""
    for metric in ProcessCollector(registry=None).collect():
        kind: Literal["counter", "gauge"] = "counter" if metric.type == "counter" else "gauge"
        values = tuple(((), sample.value) for sample in metric.samples)
        yield _metric(own(Family(metric.name, kind, metric.documentation, (), values)))
