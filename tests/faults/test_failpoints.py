"""One job for each point at which the service may die or fail: it dies or fails there, and everything ends as if it had not.

    submit.*   whoever was not answered asks again, and gets the one job
    others     the job was acknowledged, so nobody asks again; a webhook that was not taken in is sent again, or a look finds it

Each has a service and a folder of its own; they run side by side.
"""

import asyncio
import re
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults import checker
from faults.client import Client, Known, Post, Wish
from faults.harness import FakeProcess, Service

import placeholder
from placeholder import failpoints

POINTS = (
    "submit.before_insert",
    "submit.before_commit",
    "submit.after_commit",
    "claim.after_commit",
    "provider.before_call",
    "provider.after_call",
    "provider.after_commit",
    "hook.after_verify",
    "hook.before_commit",
    "hook.after_commit",
    "store.after_write",
    "store.after_rename",
    "store.after_ready",
)
AT_ONCE = 5
PATIENCE_S = 60
QUICK = {"PLACEHOLDER_LEASE_S": "1.5", "PLACEHOLDER_RECONCILE_GRACE_S": "1", "PLACEHOLDER_POLL_S": "0.3"}

MakeService = Callable[..., Service]
MakeFake = Callable[..., FakeProcess]


def test_every_point_of_the_code_is_tried_here() -> None:
    package = Path(placeholder.__file__).parent
    named = re.compile(r'at\(\s*"([a-z]+\.[a-z_]+)"(?: if .+ else "([a-z]+\.[a-z_]+)")?')
    passed = {name for path in package.rglob("*.py") for found in named.findall(path.read_text()) for name in found if name}
    assert passed == set(POINTS)
    assert set(re.findall(r"[a-z]+\.[a-z]+_[a-z]+", failpoints.__doc__ or "")) == set(POINTS)


@dataclass
class Case:
    point: str
    service: Service
    client: Client
    wish: Wish
    wrong: list[str]

    async def run(self, *, dies: bool) -> None:
        fault = "kill" if dies else "raise"
        await self.service.start(PLACEHOLDER_FAILPOINTS=f"{self.point}={fault}").ready()
        posts: list[Post] = []
        got = await self.client.post(self.wish, posts)
        is_submission = self.point.startswith("submit.")
        if is_submission and dies:
            self._expect(got is None, "it died, and answered")
        elif is_submission:
            self._expect(got is not None and got.status == 500, f"it failed, and answered {got and got.status}")
            self.client.wrong.clear()
        else:
            self._expect(got is not None and got.status == 200, f"it answered {got and got.status}")
        if dies:
            async with asyncio.timeout(PATIENCE_S):
                self._expect(await self.service.life.end() == -signal.SIGKILL, "it did not die")
            await self.service.start().ready()
        # Where it was acknowledged this asks for what is known.
        known = await self.client.ask(self.wish)
        await self.client.until_ended(PATIENCE_S)
        await self.client.picture(known.id)
        again = await self.client.ask(self.wish, known)
        self._expect(again is known and known.state == "ready", f"it ended {known.state}")
        self._expect(dies or "Injected" in self.service.told(), "nothing failed there")
        await self.service.end()

    def _expect(self, true: bool, sentence: str) -> None:
        if not true:
            self.wrong.append(f"{self.point}: {sentence}")


@pytest.mark.parametrize("dies", [True, False], ids=["kill", "raise"])
async def test_at_every_point(dies: bool, make_service: MakeService, make_fake: MakeFake) -> None:
    fake = make_fake(1, hook_scale=0.2, run=0.2)
    wrong: list[str] = []
    known: dict[str, Known] = {}
    desk = asyncio.Semaphore(AT_ONCE)

    async def attempt(n: int, point: str) -> None:
        service = make_service(home=point, seed=n, **fake.settings, **QUICK)
        async with desk, Client([service], n) as client:
            case = Case(point, service, client, Wish(f"a kite, number {n}", 96, 64, 7 if n % 2 else None), wrong)
            await case.run(dies=dies)
        wrong.extend(f"{point}: {sentence}" for sentence in client.wrong)
        (known[point],) = client.jobs.values()
        wrong.extend(f"{point}: {sentence}" for sentence in checker.pictures(known[point]))
        wrong.extend(f"{point}: {sentence}" for sentence in checker.backwards(known[point], 1))
        wrong.extend(f"{point}: {sentence}" for sentence in checker.tracebacks(service.told()))
        data = Path(service.settings["PLACEHOLDER_DATA_DIR"])
        wrong.extend(f"{point}: {sentence}" for sentence in checker.integrity(data / "placeholder.db"))
        jobs = sqlite3.connect(data / "placeholder.db")
        ((count,),) = jobs.execute("SELECT count(*) FROM jobs")
        jobs.close()
        wrong.extend([f"{point}: {count} jobs came of one wish"] if count != 1 else [])

    async with asyncio.TaskGroup() as group:
        for n, point in enumerate(POINTS):
            group.create_task(attempt(n, point))

    report = await fake.report()
    for point, one in known.items():
        creates = report["creates"].get(one.id, [])
        if sum(create["prediction"] is not None for create in creates) != 1:
            wrong.append(f"{point}: not paid once: " + ", ".join(map(checker.told, creates)))
    assert not wrong, "\n".join(wrong)
    assert report["spend"] == len(POINTS)


@pytest.mark.parametrize("address", ["http://localhost:8000", ""], ids=["elsewhere", "nowhere"])
async def test_the_service_has_moved_in_between(address: str, make_service: MakeService, make_fake: MakeFake) -> None:
    """An order was sent and not noted, and the service comes back under another public address, or none: the prediction that
    came of it names the old one, and is found all the same."""
    fake = make_fake(2, run=0.2)
    service = await make_service(**fake.settings, **QUICK).start(PLACEHOLDER_FAILPOINTS="provider.after_call=kill").ready()
    async with Client([service]) as client:
        known = await client.ask(Wish("a kite that has moved [[hook:drop]]"))
        assert await service.ended() == -signal.SIGKILL
        await service.start(PLACEHOLDER_PUBLIC_URL=address).ready()
        await client.until_ended(PATIENCE_S)
        report = await fake.report()
        await service.end()
    assert known.state == "ready"
    assert report["spend"] == 1
