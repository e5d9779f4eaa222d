"""The command line of the fake as a process of its own; `__main__` tells how to call it."""

import argparse
import json
import signal
import threading
from pathlib import Path

from .faults import PROFILES
from .knobs import Knobs, Latency
from .server import FakeReplicate


def _arguments() -> argparse.Namespace:
    usual = Knobs()
    parser = argparse.ArgumentParser(prog="fakes.replicate", description="A stand-in for Replicate on loopback ports.")
    parser.add_argument("--port", type=int, default=0, help="of the API; 0 is a free one")
    parser.add_argument("--files-port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--profile", choices=PROFILES, default="calm")
    parser.add_argument("--state-file", type=Path)
    parser.add_argument("--start-seconds", type=float, default=usual.latency.start)
    parser.add_argument("--run-seconds", type=float, default=usual.latency.run)
    parser.add_argument("--hang-seconds", type=float, default=usual.hang_seconds)
    parser.add_argument("--hook-scale", type=float, default=usual.hook_scale, help="of the waits between attempts at a webhook")
    parser.add_argument("--hooks-to", help="an origin that gets every webhook, whatever host its URL names")
    return parser.parse_args()


def main() -> int:
    asked = _arguments()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    fake = FakeReplicate(
        asked.seed,
        PROFILES[asked.profile],
        port=asked.port,
        files_port=asked.files_port,
        state_file=asked.state_file,
        latency=Latency(asked.start_seconds, asked.run_seconds),
        hang_seconds=asked.hang_seconds,
        hook_scale=asked.hook_scale,
        hooks_to=asked.hooks_to,
    )
    fake.start()
    told = {name: getattr(fake, name) for name in ("base_url", "files_origin", "token", "webhook_secret")}
    print(json.dumps(told), flush=True)
    stopped.wait()
    fake.stop()
    return 1 if fake.seen_authorization_on_files else 0
