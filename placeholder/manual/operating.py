"""The addresses for whoever runs the service: readiness and figures."""

from placeholder.errors import Forbidden, ForeignHost, ForeignOrigin, Unauthorized, Unavailable
from placeholder.manual.answers import Statuses, answer, json, media, named, refused
from placeholder.manual.model import Operation

GROUP = "For operators"
_SEEING = [ForeignHost, Unauthorized, Forbidden, ForeignOrigin, Unavailable]


def operations(statuses: Statuses) -> list[Operation]:
    passing = named(Cache_Control="Passing")
    return [
        Operation(
            "ready", "get", "/readyz", GROUP, "Whether all that the service stands on does its part",
            "A word for each part; looked up once a second at most.",
            {
                "200": answer("All of it does.", json("Readiness"), passing),
                "503": answer("Some of it does not; or, with `unavailable`, the service has not begun.",
                              {"application/json": {"schema": {"oneOf": [
                                  {"$ref": "#/components/schemas/Readiness"}, {"$ref": "#/components/schemas/Error"}]}}},
                              passing),
            },
        ),
        Operation(
            "metrics", "get", "/metrics", GROUP, "Figures for Prometheus",
            "The text format. Figures of a process carry its number; those of jobs are the same everywhere. Needs no key where"
            " the operator has opened it.",
            {"200": answer("All figures.", media("text/plain; version=0.0.4; charset=utf-8"), passing),
             **refused(statuses, _SEEING, pictured=False)},
            key="operator",
        ),
        Operation(
            "figures", "get", "/operator/figures", GROUP, "Figures for the page /operator",
            "The same, with the jobs that changed and failed last. Not for pages of other origins.",
            {"200": answer("All figures.", json("Figures"), passing), **refused(statuses, _SEEING, pictured=False)},
            key="operator",
        ),
    ]  # fmt: skip
