"""The log: redacted, to standard error, and silent about what libraries say."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder import logs
from placeholder.keys.tokens import mint

LIBRARIES = [
    *("httpx", "httpcore", "httpcore.http11", "sqlalchemy", "sqlalchemy.engine.Engine", "alembic.runtime.migration", "replicate"),
    *("PIL.PngImagePlugin", "asyncio", "psycopg", "obstore", "openai", "stainless", "anything.else"),
]


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as pytest had it."""
    root, own = logging.getLogger(), logging.getLogger("placeholder")
    handlers, levels = list(root.handlers), (root.level, own.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


TOKEN = mint(bytes(range(32)))
REDACTED: list[tuple[str, str]] = [
    (f"key {TOKEN} is", "key *** is"),
    (f"key={TOKEN}", "key=***"),
    (f"'{TOKEN}'", "'***'"),
    ("plh_live_short", "***"),
    ("token r8_AbCd0123456789 of", "token *** of"),
    ("secret whsec_AAAA+/==, and", "secret *** and"),
    ("Authorization: Bearer abc.def-ghi", "Authorization: ***"),
    ("authorization: bearer   abc", "authorization: ***"),
    ("AUTHORIZATION: BEARER ABC", "AUTHORIZATION: ***"),
    ("{'authorization': 'Bearer abc', 'x': 1}", "{'authorization': '***', 'x': 1}"),
    ('{"authorization": "Bearer abc", "x": 1}', '{"authorization": "***", "x": 1}'),
    ("postgresql://user:pass@host/name", "postgresql://***host/name"),
    ("postgresql+psycopg://user:p%40ss:w@host:5432/name?a=b", "postgresql+psycopg://***host:5432/name?a=b"),
    ("OpenAI's sk-proj-abc_DEF-123 too", "OpenAI's *** too"),
    ("https://token@host/path", "https://***host/path"),
    ("s3://AKIA:secret@bucket/x and https://u:p@h", "s3://***bucket/x and https://***h"),
    (f"{TOKEN} {TOKEN}", "*** ***"),
    (f"a page's {mint(bytes(range(32)), 'pk_')}", "a page's ***"),
    ("st_0123456789ab.1763700000.AAAA-_", "***"),
    ("sign_0123456789ab_" + "0" * 64 + " too", "*** too"),
    (f"one\ntwo {TOKEN}\nthree", "one\ntwo ***\nthree"),
]
KEPT = [
    "job abcdefghijklmnop failed: timeout",
    "http://127.0.0.1:8000/ai/64x48/abcdefghijklmnop.png",
    "mail to a@b.example",
    "file:///data/pictures",
    "8 of 9: 5@3",
    "unbearable risk-free r800 for_whsec",
    "http://host/?to=a@b.example#a@b",
    "bearer",
    "a first_name, a spk_9, a st_ark and a sign_here",
    "",
]


@pytest.mark.parametrize(("message", "shown"), REDACTED, ids=lambda value: value[:30])
def test_what_looks_like_a_credential_is_not_written(message: str, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug")
    logging.getLogger("placeholder.test").info(message)
    logging.getLogger("placeholder.test").info("%s", message)
    logging.getLogger("any.library").warning("%(a)s", {"a": message})
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count(shown) == 3
    assert TOKEN not in err
    assert message not in err


@pytest.mark.parametrize("message", KEPT)
def test_anything_else_is_written_as_it_is(message: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    logging.getLogger("placeholder.test").info(message)
    assert capsys.readouterr().err.endswith(f" INFO placeholder.test {message}\n")


def test_neither_is_it_in_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    try:
        int(f"no such key: {TOKEN}")
    except ValueError:
        logging.getLogger("placeholder.test").exception("it broke")
    err = capsys.readouterr().err
    assert "ValueError: invalid literal for int() with base 10: 'no such key: ***'" in err
    assert TOKEN not in err


def test_nor_in_what_is_logged_with_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    logging.getLogger("placeholder.test").warning("r8_canary", stack_info=True)
    assert "r8_canary" not in capsys.readouterr().err.replace('warning("r8_canary"', "")


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_are_silent_below_a_warning(level: str, library: str, capsys: pytest.CaptureFixture[str]) -> None:
    """P-22: whatever level was asked for, for they log what they are given."""
    logs.configure(level)
    logger = logging.getLogger(library)
    logger.debug("the prompt")
    logger.info("the prompt")
    assert capsys.readouterr().err == ""
    logger.warning("trouble")
    assert "trouble" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("level", "heard"),
    [("debug", ["debug", "info", "warning", "error"]), ("info", ["info", "warning", "error"]), ("error", ["error"])],
)
def test_our_own_level_is_the_one_that_was_asked_for(level: str, heard: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level)
    for name in ("debug", "info", "warning", "error"):
        getattr(logging.getLogger("placeholder.jobs"), name)(f"said at {name}")
    err = capsys.readouterr().err
    assert [line.rpartition(" ")[2] for line in err.splitlines()] == heard


def test_configured_twice_it_says_everything_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug")
    logs.configure("info")
    logging.getLogger("placeholder").info("once")
    assert capsys.readouterr().err.count("once") == 1
    assert len(logging.getLogger().handlers) == 1
    assert logging.getLogger().handlers[0].stream is sys.stderr  # type: ignore[attr-defined]


# ---------------------------------------------------------------- facts

LISTED: list[tuple[str, Any]] = [
    *(
        ("job", "abcdefghijklmnop"),
        ("code", "timeout"),
        ("model", "black-forest-labs/flux-1.1-pro"),
        ("status", 503),
        ("ms", 1.5),
    ),
    ("reason", "replicate answered 402"),
]
UNLISTED: list[tuple[str, Any]] = [
    *(("prompt", "a fox"), ("url", "/400x300"), ("query", "a=b"), ("client", "10.0.0.1"), ("headers", "x"), ("token", "t")),
    *(
        ("reason", "a\nb"),
        ("reason", "a" * 121),
        ("reason", "é"),
        ("reason", '"'),
        ("job", b"abc"),
        ("job", ["abc"]),
        ("job", None),
    ),
    *(("code", "/400x300?text=a"), ("code", ""), ("error", ValueError("a fox"))),
]


@pytest.mark.parametrize(("name", "value"), LISTED)
def test_a_fact_that_is_listed_and_plain_is_written(name: str, value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for shape in ("text", "json"):
        logs.configure("info", shape)  # type: ignore[arg-type]
        logging.getLogger("placeholder.test").info("it happened", extra={name: value})
    text, line = capsys.readouterr().err.splitlines()
    shown = f'"{value}"' if " " in str(value) else value
    assert text.endswith(f" INFO placeholder.test it happened {name}={shown}")
    told = json.loads(line)
    assert told.pop("time")[:2] == "20"
    assert told == {"level": "INFO", "logger": "placeholder.test", "message": "it happened", name: value}


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize(("name", "value"), UNLISTED, ids=str)
def test_any_other_is_not(name: str, value: Any, format: logs.Format, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", format)
    logging.getLogger("placeholder.test").info("it happened", extra={name: value})
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("it happened" if format == "text" else 'it happened"}')


def test_in_json_too_what_looks_like_a_credential_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    logging.getLogger("any.library").warning('key %s {"authorization": "Bearer abc"}', TOKEN, extra={"reason": TOKEN})
    told = json.loads(capsys.readouterr().err)
    assert (told["message"], told["reason"]) == ('key *** {"authorization": "***"}', "***")


def test_in_json_an_error_is_its_type_and_its_places(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    try:
        int("a canary")
    except ValueError:
        logging.getLogger("placeholder.test").exception("it broke")
    told = json.loads(capsys.readouterr().err)
    assert told["exception"]["type"] == "ValueError"
    assert re.search(r"test_logs\.py:[0-9]+ test_in_json", told["exception"]["at"][0])
    assert "canary" not in json.dumps(told["exception"])


@given(st.text(), st.text())
def test_a_line_of_json_is_one_line_whatever_is_said(message: str, value: str) -> None:
    record = logging.LogRecord("any", logging.WARNING, "", 0, "%s", (message,), None)
    record.reason = value
    line = logs.Json().format(record)
    assert "\n" not in line
    assert isinstance(json.loads(line), dict)
    assert "\n" not in logs.Text().format(record).removeprefix("").replace(message, "")
