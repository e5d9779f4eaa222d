"""Points of the code at which a crash test may have the process die or fail. Nothing, unless the setting asks for it.

submit.before_insert  submit.before_commit  submit.after_commit  claim.after_commit
provider.before_call  provider.after_call  provider.after_commit
hook.after_verify  hook.before_commit  hook.after_commit
store.after_write  store.after_rename  store.after_ready
"""

import os
import random
import signal
from collections.abc import Callable


class Injected(Exception):
    """A fault that a test asked for."""


def failpoints(text: str) -> Callable[[str], None]:
    """`text`: `point=kill`, `point=raise` (once), or either with a share: `*=kill:0.02`; separated by commas."""
    if not text:
        return _pass
    wanted = dict(entry.split("=", 1) for entry in text.split(","))
    spent: set[str] = set()

    def at(point: str) -> None:
        action, _, share = (wanted.get(point) or wanted.get("*", "")).partition(":")
        if not action or (share and random.random() >= float(share)):
            return
        if action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif point not in spent:
            spent.add(point)
            raise Injected(point)

    return at


def _pass(point: str) -> None:
    pass
