"""Keys that may stand in a page, standing in pages of another origin: what the service's own commands make, in real browsers."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from browser.elements import POST, asked, get, heard, show
from browser.relay import Relay
from browser.windows import Window

Command = Callable[..., str]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def command(data: Path) -> Command:
    """`placeholder …` on the service's own folder; what it prints."""

    def run(*words: str, given: str = "") -> str:
        env = {**os.environ, "PLACEHOLDER_DATA_DIR": str(data)}
        line = [sys.executable, "-m", "placeholder", *words]
        return subprocess.run(line, env=env, cwd=data, input=given, capture_output=True, text=True, check=True).stdout.strip()

    return run


@pytest.fixture(scope="module")
def careful(data: Path, serving: Callable[..., AbstractContextManager[int]]) -> Iterator[str]:
    """A service that takes no secret key from a browser, as the image does not."""
    chosen = {"PLACEHOLDER_DATA_DIR": str(data), "PLACEHOLDER_REFUSE_SECRET_KEYS_FROM_BROWSERS": "true"}
    with serving(**chosen, PLACEHOLDER_SKETCH_DELAY_S="0.2") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def service(make_relay: Callable[..., Relay], careful: str) -> Relay:
    return make_relay(careful)


def element(service: Relay, prompt: str, more: str) -> str:
    return f'<ai-img prompt="{prompt}" w="64" h="48" endpoint="{service.origin}" {more}></ai-img>'


async def test_a_publishable_key_works_for_pages_of_its_origins(
    make_window: Any, relay: Relay, make_relay: Any, service: Relay, command: Command, prompt: str
) -> None:
    window, another = await make_window(), await make_window()
    key = command("keys", "create", "--name", "shop", "--publishable", "--origin", relay.origin)
    await show(window, relay, element(service, prompt, f'api-key="{key}"'))
    assert (await heard(window))[0]["name"] == "ai-img:ready"
    assert window.complaints == []

    await show(another, make_relay(), element(service, prompt, f'api-key="{key}"'))
    (event,) = await heard(another)
    assert event["name"] == "ai-img:failed"
    assert (event["detail"]["status"], event["detail"]["code"]) == (403, "origin_not_allowed")


async def test_a_publishable_key_keeps_to_its_limits(
    window: Window, relay: Relay, service: Relay, command: Command, prompt: str
) -> None:
    limits = ("--max-side", "32", "--jobs-per-address", "1")
    key = command("keys", "create", "--name", "small", "--publishable", "--origin", relay.origin, *limits)
    small = f'<ai-img prompt="{prompt}" w="32" h="24" endpoint="{service.origin}" api-key="{key}"></ai-img>'
    await show(window, relay, element(service, prompt, f'api-key="{key}"') + small)
    events = await heard(window, 2)
    assert {event["name"]: event["detail"].get("code") for event in events} == {
        "ai-img:failed": "key_limit",
        "ai-img:ready": None,
    }
    await get(window, f"(it.w = 32, it.h = 24, it.prompt = {json.dumps(prompt + ' again')}, 1)")
    (*_, last) = await heard(window, 3)
    assert (last["detail"]["status"], last["detail"]["code"]) == (429, "over_budget")
    assert last["detail"]["retryAfter"] > 60


async def test_a_token_is_good_for_its_own_prompt_alone(
    window: Window, relay: Relay, service: Relay, command: Command, prompt: str
) -> None:
    """Also where HTML has made one line feed of two characters."""
    command("keys", "create", "--name", "server")
    kid = next(line for line in command("keys", "list").splitlines() if " server " in line).split()[0]
    words = f"  {prompt},\r\nschön & groß 🦊\r\n"
    size = ("--w", "64", "--h", "48", "--seed", "7")
    token = command("tokens", "mint", words, *size, "--key", kid, "--origin", relay.origin)
    await show(window, relay, element(service, words.replace("&", "&amp;"), f'seed="7" token="{token}"'))
    assert (await heard(window))[0]["name"] == "ai-img:ready"
    assert window.complaints == []
    await get(window, "(it.seed = 8, 1)")
    (_, event) = await heard(window, 2)
    assert (event["detail"]["status"], event["detail"]["code"]) == (401, "invalid_token")
    assert len(asked(service, "POST", POST)) == 2


async def test_a_secret_key_is_refused_and_the_page_says_why(
    window: Window, relay: Relay, service: Relay, command: Command, prompt: str
) -> None:
    key = command("keys", "create", "--name", f"secret {prompt}")
    await show(window, relay, element(service, prompt, f'api-key="{key}"'))
    (event,) = await heard(window)
    assert (event["detail"]["status"], event["detail"]["code"]) == (403, "secret_key_in_browser")
    assert "--publishable" in event["detail"]["error"]
