"""Runs the fake Replicate as a process of its own, with any of its knobs: `python provider.py '{"seed": 7, "faults": "storm"}'`.

When it listens it writes a line of JSON: base_url, files_origin, token, webhook_secret. It ends on SIGTERM, with 1 where the
file host was shown an Authorization header.
"""

import json
import signal
import sys
import threading
from pathlib import Path

sys.path[:] = [str(Path(__file__).resolve().parent.parent), *sys.path[1:]]

from fakes.replicate import FakeReplicate, Latency  # noqa: E402 - it lies beside us
from fakes.replicate.faults import PROFILES  # noqa: E402


def main() -> int:
    knobs = json.loads(sys.argv[1])
    latency = Latency(knobs.pop("start", 0.05), knobs.pop("run", 0.15))
    state = knobs.pop("state_file", None)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    fake = FakeReplicate(
        knobs.pop("seed"),
        PROFILES[knobs.pop("faults", "calm")],
        state_file=Path(state) if state else None,
        latency=latency,
        **knobs,
    )
    fake.start()
    told = {name: getattr(fake, name) for name in ("base_url", "files_origin", "token", "webhook_secret")}
    print(json.dumps(told), flush=True)
    stopped.wait()
    fake.stop()
    return 1 if fake.seen_authorization_on_files else 0


if __name__ == "__main__":
    sys.exit(main())
