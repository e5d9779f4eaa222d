"""The fake's plug, its synchronous use, and the fake as a process of its own."""

import asyncio
import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import replicate
from fakes.asking import QUICK, SCHNELL, hooked, post
from fakes.receiver import Receiver
from fakes.replicate import FakeReplicate
from replicate import AsyncReplicate

# ---------------------------------------------------------------- the network


async def test_the_network_goes_down_and_comes_up(
    fake: FakeReplicate, client: AsyncReplicate, plain: httpx.AsyncClient, receiver: Receiver
) -> None:
    done = await hooked(client, receiver, "a")
    await fake.until(lambda: len(receiver.received) == 2)
    made = await client.predictions.create(
        version=SCHNELL, input={"prompt": "[[slow:60]]"}, webhook=receiver.url, webhook_events_filter=["completed"]
    )
    fake.network(up=False)
    with pytest.raises(replicate.APIConnectionError):
        await client.predictions.create(version=SCHNELL, input={"prompt": "b"})
    with pytest.raises(httpx.TransportError):
        await plain.get(done.output[0])
    fake.clock.advance(61)
    await fake.until(lambda: fake.deliveries[-1].error == "the network is down")
    assert len(receiver.received) == 2
    fake.network(up=True)
    assert (await plain.get(done.output[0])).status_code == 200
    assert (await client.predictions.get(prediction_id=made.id)).status == "succeeded"
    assert fake.spend == 2, "what did not arrive was not made"


async def test_what_is_under_way_is_cut_when_the_network_goes(fake: FakeReplicate, client: AsyncReplicate) -> None:
    waiting = asyncio.create_task(client.predictions.create(version=SCHNELL, input={"prompt": "[[slow:60]]"}, prefer="wait=60"))
    await fake.until(lambda: fake.spend == 1)
    fake.network(up=False)
    with pytest.raises(replicate.APIConnectionError):
        await waiting


async def test_a_refused_connection_is_sure_to_have_brought_nothing(fake: FakeReplicate, plain: httpx.AsyncClient) -> None:
    body = {"version": SCHNELL, "input": {"prompt": "a"}}
    fake.refuse()
    with pytest.raises(httpx.ConnectError):
        await post(plain, fake, body)
    fake.accept()
    assert (await post(plain, fake, body)).status_code == 201
    assert fake.spend == 1


# ---------------------------------------------------------------- for those who do not await, and as a process


def test_a_synchronous_caller() -> None:
    with FakeReplicate(latency=QUICK) as fake, replicate.Replicate(bearer_token=fake.token, base_url=fake.base_url) as client:
        assert client.predictions.create(version=SCHNELL, input={"prompt": "a"}).status == "starting"
        assert fake.spend == 1
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(fake.origin.removeprefix("http://")).connect()


class Process:
    def __init__(self, state: Path, *more: str) -> None:
        program = Path(__file__).parent / "replicate" / "__main__.py"
        command = [sys.executable, str(program), "--seed", "5", "--state-file", str(state), *more]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=state.parent)
        assert self._process.stdout
        self.told = json.loads(self._process.stdout.readline())
        self.origin = self.told["base_url"].removesuffix("/v1")

    def create(self, prompt: str, job: str) -> httpx.Response:
        body = {"version": SCHNELL, "input": {"prompt": prompt}, "webhook": f"https://example.com/?job={job}&a=1"}
        bearer = {"authorization": f"Bearer {self.told['token']}"}
        return httpx.post(f"{self.origin}/v1/predictions", json=body, headers=bearer, trust_env=False)

    def report(self) -> Any:
        return httpx.get(f"{self.origin}/_fake/report", trust_env=False).json()

    def network(self, *, up: bool) -> None:
        httpx.post(f"{self.origin}/_fake/network", json={"up": up}, trust_env=False).raise_for_status()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self._process.send_signal(number)
        with self._process:
            return self._process.wait(20)


def test_as_a_process_that_is_killed_and_goes_on(tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    first = Process(state, "--run-seconds", "600")
    made = first.create("a", "j1").json()
    with pytest.raises(httpx.TransportError):
        first.create("[[create:drop*1]]", "j2")
    first.network(up=False)
    with pytest.raises(httpx.TransportError):
        first.create("b", "j2")
    first.network(up=True)
    before = first.report()
    assert before["spend"] == 2
    assert {job: len(creates) for job, creates in before["creates"].items()} == {"j1": 1, "j2": 1}
    assert before["creates"]["j1"][0]["prediction"] == made["id"]
    assert before["violations"] == []
    first.end(signal.SIGKILL)

    second = Process(state, "--run-seconds", "600", "--profile", "storm")
    assert second.report()["creates"] == before["creates"]
    assert second.create("[[create:drop*1]]", "j2").json()["status"] == "starting"
    httpx.post(f"{second.origin}/_fake/clock", json={"advance": 601}, trust_env=False).raise_for_status()
    after = second.report()
    assert after["spend"] == 3
    assert after["creates"]["j1"][0]["status"] == "succeeded"
    httpx.get(f"{second.told['files_origin']}/x", headers={"authorization": "Bearer x"}, trust_env=False)
    assert second.report()["violations"] == ["GET /x"]
    assert second.end() == 1, "as a test would fail"
