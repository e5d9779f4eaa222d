"""The log: redacted, to standard error, and silent about what libraries say."""

import logging
import sys
from collections.abc import Iterator

import pytest

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
