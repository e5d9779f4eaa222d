"""Runs the fake as a process of its own, for tests that kill the service beside it:

    python tests/fakes/replicate/__main__.py --port 9010 --files-port 9011 --seed 7 --profile storm --state-file fake.jsonl

When it listens it writes one line of JSON: base_url, files_origin, token, webhook_secret, which follow from the seed and the
ports. It ends on SIGTERM and SIGINT, with 1 where the file host was shown an Authorization header. With a state file a fake
that was killed goes on where it was. `control` has the routes that steer it.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    # Run by its path, Python would look for every module in this very folder first, and never find the package.
    sys.path[:] = [str(here.parent.parent), *(path for path in sys.path if path != str(here))]
    from fakes.replicate.cli import main

    sys.exit(main())
