"""`placeholder serve`: the words, the first key, and a start that fails in one line."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from fixtures.imagining import FOX, SECRET, Imagining

from placeholder.cli import main
from placeholder.keys.tokens import is_wellformed
from placeholder.logs import FIELDS

Run = Callable[..., Result]
PLAIN = {"door": True, "max_connections": 16_384, "log_level": "info", "log_config": None, "root_path": ""}
TOKEN = re.compile(r"plh_live_[0-9A-Za-z]+")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What would have been served, instead of serving it."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr("placeholder.door.serve.run", lambda *words, **chosen: found.append((*words, chosen)))
    return found


# ---------------------------------------------------------------- the first key


@pytest.mark.parametrize("words", [[], ["--host", "127.0.0.1"], ["--host", "localhost"], ["--host", "::1"], ["--workers", "4"]])
def test_a_first_start_on_this_machine_shows_a_key_once(run: Run, served: list[Any], home: Path, words: list[str]) -> None:
    done = run("serve", *words)
    assert done.exit_code == 0
    (secret,) = TOKEN.findall(done.output)
    assert is_wellformed(secret)
    assert f"An API key for POST /ai, shown this once:\n\n    {secret}\n" in done.stdout
    for _ in range(2):
        assert TOKEN.findall(run("serve", *words).output) == []
    assert len(served) == 3
    assert run("keys", "list").stdout.count("\n") == 2
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert secret.encode() not in kept


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "pics.example", "127.0.0.1.example", "127.0.0.2"])
def test_on_any_other_address_it_only_says_how_to_make_one(run: Run, served: list[Any], host: str) -> None:
    """A log that others read is no place for a key."""
    done = run("serve", "--host", host)
    assert done.exit_code == 0
    assert TOKEN.findall(done.output) == []
    assert "No API key yet, so POST /ai is closed. Make one: placeholder keys create --name NAME" in done.output
    assert run("keys", "list").stdout.count("\n") == 1
    assert len(served) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_whoever_has_a_key_is_told_nothing(run: Run, served: list[Any], host: str) -> None:
    given = {"PLACEHOLDER_API_KEY": "Zk3vR8qLm2XwT5bNs7Yd1HcJf"}
    done = run("serve", "--host", host, **given)
    assert (done.exit_code, done.output) == (0, "")
    assert run("keys", "list").stdout.count("\n") == 1
    run("keys", "create", "--name", "shop")
    assert run("serve", "--host", host).output == ""


def test_an_empty_variable_for_the_key_is_none(run: Run, served: list[Any]) -> None:
    """As a compose file writes it that nobody filled in."""
    assert len(TOKEN.findall(run("serve", PLACEHOLDER_API_KEY="").output)) == 1


async def test_the_first_key_opens_the_service(run: Run, served: list[Any], imagining: Imagining, home: Path) -> None:
    (secret,) = TOKEN.findall(run("serve", PLACEHOLDER_SECRET=SECRET).output)
    async with imagining(data_dir=home / "data", api_key=None) as service:
        assert (await service.post(FOX, key=secret)).status == 200


# ---------------------------------------------------------------- the words


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ("127.0.0.1", 8000, 1)),
        (["--host", "0.0.0.0", "--port", "80", "--workers", "3"], ("0.0.0.0", 80, 3)),
        (["--port", "0"], ("127.0.0.1", 0, 1)),
        (["--port", "65535", "--workers", "64"], ("127.0.0.1", 65535, 64)),
    ],
)
def test_what_is_served_and_where(run: Run, served: list[Any], words: list[str], expected: tuple[Any, ...]) -> None:
    assert run("serve", *words).exit_code == 0
    assert served == [("placeholder.app:create_served_app", *expected, PLAIN)]


def test_json_is_for_the_servers_own_lines_too(run: Run, served: list[Any]) -> None:
    run("serve", PLACEHOLDER_LOG_FORMAT="json")
    assert served[0][-1]["log_config"]["loggers"]["uvicorn"]["handlers"] == ["json"]


def test_settings_go_with_it(run: Run, served: list[Any]) -> None:
    url = "https://shop.example/pictures/"
    run("serve", PLACEHOLDER_DOOR="0", PLACEHOLDER_LOG_LEVEL="error", PLACEHOLDER_PUBLIC_URL=url, PLACEHOLDER_MAX_CONNECTIONS="9")
    assert served[0][-1] == {**PLAIN, "door": False, "max_connections": 9, "log_level": "error", "root_path": "/pictures"}


@pytest.mark.parametrize(
    ("words", "culprit"),
    [
        (["--port", "65536"], "--port"),
        (["--port", "-1"], "--port"),
        (["--port", "http"], "--port"),
        (["--workers", "0"], "--workers"),
        (["--workers", "65"], "--workers"),
        (["--reload"], "--reload"),
        (["surplus"], "surplus"),
    ],
)
def test_words_that_are_off_start_nothing(run: Run, served: list[Any], home: Path, words: list[str], culprit: str) -> None:
    done = run("serve", *words)
    assert done.exit_code == 2
    assert culprit in done.output
    assert served == []
    assert list(home.iterdir()) == []


# ---------------------------------------------------------------- for real


def started(home: Path, *words: str, **variables: str) -> "subprocess.Popen[str]":
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PLACEHOLDER_", "REPLICATE_"))}
    return subprocess.Popen(
        [sys.executable, "-m", "placeholder", "serve", "--port", "0", *words],
        cwd=home,
        env={**plain, "PYTHONUNBUFFERED": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_key_on_the_terminal_makes_a_picture(home: Path) -> None:
    """The first five minutes with it, in a process of its own; what it logs holds neither the key again nor the prompt."""
    service = started(home, PLACEHOLDER_SKETCH_DELAY_S="0", PLACEHOLDER_LOG_LEVEL="debug")
    assert service.stdout is not None
    lines: list[str] = []
    try:
        while not lines or "running on" not in lines[-1]:
            lines.append(service.stdout.readline())
            assert lines[-1], "".join(lines)
        (secret,) = TOKEN.findall("".join(lines))
        found = re.search(r"running on (http://[0-9.:]+)", lines[-1])
        assert found
        with httpx.Client(base_url=found[1], trust_env=False, timeout=10) as client:
            asked = {"prompt": "a zephyr-quokka", "w": 40, "h": 30}
            told = client.post("/ai", json=asked, headers={"Authorization": f"Bearer {secret}"}).raise_for_status().json()
            while client.get(told["status_url"], params={"wait": "5"}).json()["state"] != "ready":
                pass
            assert client.get(told["url"]).headers["x-ai-state"] == "ready"
            assert client.post("/ai", json=asked, headers={"Authorization": "Bearer wrong"}).status_code == 401
    finally:
        service.send_signal(signal.SIGTERM)
        rest, _ = service.communicate(timeout=20)
    assert "Traceback" not in rest
    log = "".join(lines) + rest
    assert log.count(secret) == 1
    assert "quokka" not in log
    assert "Bearer" not in log


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"PLACEHOLDER_API_KEY": "changeme"}, "Error: PLACEHOLDER_API_KEY: expected "),
        ({"PLACEHOLDER_DATA_DIR": "/dev/null/data"}, "Error: PLACEHOLDER_DATA_DIR: cannot write /dev/null/data: Not a directory"),
    ],
)
def test_a_start_that_fails_says_so_in_one_line(home: Path, variables: dict[str, str], line: str) -> None:
    service = started(home, **variables)
    said, _ = service.communicate(timeout=20)
    assert service.returncode == 1
    assert said.startswith(line)
    assert said.count("\n") == 1
    assert "changeme" not in said


def test_help_and_version_are_plain() -> None:
    shown = CliRunner().invoke(main, ["--help"]).output
    for command in ("serve", "render", "keys", "tokens", "jobs"):
        assert re.search(rf"^  {command} +[A-Z`]", shown, re.MULTILINE), command
    assert re.search(r"[0-9]+\.[0-9]+", CliRunner().invoke(main, ["--version"]).output)


def test_every_line_is_an_object_where_json_is_asked_for(home: Path) -> None:
    """Uvicorn's own, those of two workers, and ours."""
    key = "Zk3vR8qLm2XwT5bNs7Yd1HcJf"
    chosen = {"PLACEHOLDER_LOG_FORMAT": "json", "PLACEHOLDER_API_KEY": key, "PLACEHOLDER_SKETCH_FAILURES": "1"}
    chosen["PLACEHOLDER_LOG_LEVEL"] = "debug"
    service = started(home, "--workers", "2", **chosen, PLACEHOLDER_SKETCH_DELAY_S="0")
    assert service.stdout is not None
    lines: list[dict[str, Any]] = []
    try:
        while sum("startup complete" in line["message"] for line in lines) < 2:
            lines.append(json.loads(service.stdout.readline()))
        (address,) = {found[1] for line in lines if (found := re.search(r"running on (http://[0-9.:]+)", line["message"]))}
        with httpx.Client(base_url=address, trust_env=False, timeout=10) as client:
            asked = {"prompt": "a zephyr-quokka", "w": 40, "h": 30}
            headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "first-of-all"}
            told = client.post("/ai?canary=1", json=asked, headers=headers).raise_for_status().json()
            while client.get(told["status_url"], params={"wait": "5"}).json()["state"] != "failed":
                pass
    finally:
        service.send_signal(signal.SIGTERM)
        rest, _ = service.communicate(timeout=30)
    lines += [json.loads(line) for line in rest.splitlines()]
    assert all(set(line) <= {"time", "level", "logger", "message", "exception", *FIELDS} for line in lines)
    (accepted,) = [line for line in lines if line["message"] == "a job was accepted"]
    assert accepted["request_id"] == "first-of-all"
    assert accepted["job"] == told["id"]
    assert [line["code"] for line in lines if line["message"] == "a job failed"] == ["generation_failed"]
    whole = json.dumps(lines)
    for secret in ("quokka", key, "canary", "127.0.0.1:8"):
        assert secret not in whole.replace(address, "")
