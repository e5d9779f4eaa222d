"""The log: one line an event, to standard error, as text or as JSON. It never holds a prompt, a key, a query or an address.

An event is a fixed sentence and its facts (`log.info("a job failed", extra={"job": …, "code": …})`). Of the facts those are
written whose names FIELDS lists, and whose values are plain: so nothing gets in by being handed over. With them goes the
request's id (web/request_id.py), while one is being answered.

Libraries log what they are given (parameters, bodies, headers), so none of them is heard below WARNING, whatever level was
asked for; every line is searched for what looks like a credential; and of an error JSON tells its type and its places in the
code, for its words may quote.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Literal

from placeholder.web import request_id

Format = Literal["text", "json"]
FIELDS = (
    *("request_id", "job", "key", "code", "phase", "model", "provider", "reason", "error"),
    *("route", "method", "status", "ms", "untold"),
)
"""The facts that may be written, in this order."""
_PLAIN = re.compile(r"[\w .:/+-]{1,120}", re.ASCII)
_SECRET = re.compile(
    r"(plh_live_|\bpk_|\bst_(?=[0-9a-f]{12}\.)|sign_(?=[0-9a-f]{12}_)|r8_|whsec_|\bsk-|(?i:bearer)\s+)[^\s'\"]+"
    r"|(?<=://)[^/?#\s@]+@"
)


def facts(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says besides its sentence."""
    said = {"request_id": request_id.present.get(None), **vars(record)}
    found = {name: said[name] for name in FIELDS if _is_plain(said.get(name))}
    return {name: _redacted(value) if isinstance(value, str) else value for name, value in found.items()}


def _is_plain(value: object) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, str) and _PLAIN.fullmatch(value) is not None)


def _redacted(text: str) -> str:
    return _SECRET.sub("***", text)


class Text(logging.Formatter):
    """For people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        pairs = (f"{name}={json.dumps(value) if ' ' in str(value) else value}" for name, value in facts(record).items())
        return " ".join((super().formatMessage(record), *pairs))

    def format(self, record: logging.LogRecord) -> str:
        return _redacted(super().format(record))


class Json(logging.Formatter):
    """For programs: an object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _redacted(record.getMessage().strip()),
            **facts(record),
        }
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            line["exception"] = {
                "type": type(error).__name__,
                "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            }
        return json.dumps(line)


_FORMATTERS: dict[Format, type[logging.Formatter]] = {"text": Text, "json": Json}


def configure(level: str, format: Format = "text") -> None:
    """For the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORMATTERS[format]())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("placeholder").setLevel(level.upper())


def of_server(format: Format) -> dict[str, Any] | None:
    """What uvicorn configures its own lines with, in each of its processes (logging.config); None: as it does by itself,
    which is made for a terminal."""
    if format == "text":
        return None
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": Json}},
        "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "loggers": {"uvicorn": {"handlers": ["json"], "propagate": False}},
    }
