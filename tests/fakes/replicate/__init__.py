"""A stand-in for Replicate that a service can be held against: its HTTP API, its webhooks and its file host, on loopback
ports, with what goes wrong there on demand.

    clock, knobs, faults, markers     what may be turned, thrown and asked for
    catalogue, schema                 the models, and what they take
    model, timekeeper, world          a prediction's life, what happens when, and everything that is known
    problems, limits, create, listing, uploads, api, control    the API, and the fake's own routes
    signing, hooks                    webhooks
    pictures, files                   output files
    wire, journal, server, cli        ports, the state file, running it

Its rules: it answers as Replicate has been recorded to answer, and is the stricter where that is not known; whatever it
decides follows from the run's seed, the order of creates and the clock; it calls loopback hosts only.
"""

from .clock import Clock
from .faults import Faults
from .knobs import Knobs, Latency
from .model import ERRORS, Prediction
from .server import FakeReplicate
from .world import Create, Delivery

__all__ = ["ERRORS", "Clock", "Create", "Delivery", "FakeReplicate", "Faults", "Knobs", "Latency", "Prediction"]
