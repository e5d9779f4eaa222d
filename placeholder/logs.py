"""The log: one line an event, to standard error. It never holds a prompt, a key or a secret.

Our own lines carry ids, fixed words and counts. Libraries log what they are given (parameters, bodies, headers), so none of
them is heard below WARNING, whatever level was asked for; and every line is searched for what looks like a credential.
"""

import logging
import re
import sys

_SECRET = re.compile(r"(plh_live_|r8_|whsec_|\bsk-|(?i:bearer)\s+)[^\s'\"]+|(?<=://)[^/?#\s@]+@")


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub("***", super().format(record))


def configure(level: str) -> None:
    """For the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("placeholder").setLevel(level.upper())
