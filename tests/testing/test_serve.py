"""`placeholder.testing.serve` and the pytest plugin: live at once, gone afterwards, and no burden to who does not use them."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from placeholder import draw
from placeholder.testing import Server, serve

WISH = {"prompt": "a felt hat on a hook", "w": 64, "h": 48}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as started:
        yield started


def ended(server: Server, **chosen: str | float) -> str:
    """The last state of a picture from a prompt."""
    told = httpx.post(
        server.address("/ai"), json={**WISH, **chosen}, headers={"Authorization": f"Bearer {server.key}"}
    ).raise_for_status()
    state = told.json()["state"]
    while state not in ("ready", "failed"):
        state = httpx.get(server.address(f"{told.json()['status_url']}?wait=20&while={state}"), timeout=30).json()["state"]
    return str(state)


def is_listening(url: str) -> bool:
    with socket.socket() as peer:
        return peer.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0


def test_it_serves_pictures_and_paints_prompts(server: Server) -> None:
    assert httpx.get(server.address("/400x300.png?text=a")).content == draw("/400x300.png?text=a")
    assert ended(server) == "ready"
    assert httpx.post(server.address("/ai"), json=WISH).status_code == 401
    assert server.key not in repr(server)


@pytest.mark.parametrize("target", ["", "400x300", "http://127.0.0.1/400x300"])
def test_an_address_begins_with_a_slash(server: Server, target: str) -> None:
    with pytest.raises(ValueError, match="expected a path that begins with /"):
        server.address(target)


def test_it_ends_with_the_block_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with suppress(ZeroDivisionError), serve() as started:
        assert is_listening(started.url)
        assert list(tmp_path.glob("placeholder-*/data/placeholder.db"))
        raise ZeroDivisionError
    assert not is_listening(started.url)
    assert list(tmp_path.iterdir()) == []


def test_two_at_once_share_nothing(server: Server) -> None:
    with serve() as other:
        assert (other.url, other.key) != (server.url, server.key)
        told = httpx.post(server.address("/ai"), json=WISH, headers={"Authorization": f"Bearer {server.key}"}).json()
        assert httpx.get(other.address(told["status_url"])).status_code == 404


def test_the_environment_does_not_reach_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's tests may spend money because their developer's shell could."""
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_canary")
    monkeypatch.setenv("PLACEHOLDER_PROVIDER", "replicate")
    monkeypatch.setenv("PLACEHOLDER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PLACEHOLDER_DATABASE_URL=postgresql://nobody@127.0.0.1:1/none\n")
    with serve() as started:
        assert ended(started) == "ready"
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def test_settings_are_the_services_own() -> None:
    with serve(sketch_failures=1, allowed_hosts="127.0.0.1", playground=False) as started:
        assert ended(started) == "failed"
        assert httpx.get(started.address("/40x30"), headers={"Host": "other.test"}).status_code == 400
        assert httpx.get(started.address("/page.json")).json() == {"key": None}


@pytest.mark.parametrize("name", ["sketch_delay", "API_KEY", "replicate_api_token"])
def test_a_setting_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match="expected names of the service's settings: allowed_hosts, api_key"), serve(**{name: 1}):
        pass


def test_why_it_does_not_start_is_told() -> None:
    with pytest.raises(RuntimeError, match="PLACEHOLDER_CACHE_MB"), serve(cache_mb=-1):
        pass


@pytest.mark.skipif(os.name == "nt", reason="nobody is killed by signal there")
def test_it_ends_when_its_maker_is_killed() -> None:
    words = """
import time
from placeholder.testing import serve
with serve() as server:
    print(server.url, flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, text=True) as maker:
        assert maker.stdout
        url = maker.stdout.readline().strip()
        assert is_listening(url)
        maker.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 20
    while is_listening(url):
        assert time.monotonic() < ends, "the service lives on"
        time.sleep(0.05)


HEAVY = (
    "starlette",
    "uvicorn",
    "sqlalchemy",
    "httpx",
    "pydantic",
    "pyvips",
    "PIL",
    "cryptography",
    "click",
    "obstore",
    "asyncio",
)


def test_the_plugin_loads_nothing_before_it_is_asked() -> None:
    words = f"""
import json, sys, time
import pytest
before, at = set(sys.modules), time.perf_counter()
import placeholder.testing.plugin
took = time.perf_counter() - at
own = sorted(name for name in set(sys.modules) - before)
print(json.dumps([own, [name for name in {HEAVY!r} if name in own], took]))
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", words], capture_output=True, text=True, check=True)
    own, heavy, took = json.loads(done.stdout)
    assert heavy == []
    assert len(own) < 12
    assert took < 0.5


def test_draw_is_there_and_nothing_else_is() -> None:
    import placeholder

    assert placeholder.draw("/40x30").startswith(b"<svg")
    with pytest.raises(AttributeError, match="no attribute 'sketch'"):
        placeholder.sketch  # noqa: B018
