"""The crash storm: jobs come in while the service is killed about once a second, in every other life by its own failpoints
(at two of a hundred), before a provider that fails in every way it can. Then it is left alone, and everything must end well.

    PLACEHOLDER_STORM_JOBS=300     how many jobs (and a third as many crashes)
    PLACEHOLDER_STORM_SEEDS=7      which storms; several, separated by commas

Every sentence of a failure ends with the seed.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from faults import checker
from faults.client import Client, Wish
from faults.harness import SECRET, Balancer, FakeProcess, Service, free_ports

from placeholder.blobs.disk import Disk

JOBS = int(os.environ.get("PLACEHOLDER_STORM_JOBS", "300"))
SEEDS = [int(seed) for seed in os.environ.get("PLACEHOLDER_STORM_SEEDS", "7").split(",")]
CALM_S = 15
"""Seconds after the last crash, in which everything must have ended."""
STALL_S = 3
PATIENT = {"PLACEHOLDER_RECONCILE_GRACE_S": "5"}
"""The grace must outlast a standstill: a process that stands still between its last look at the clock and the sending of an
order sends it when it goes on, and nobody else may have by then."""
FAILPOINTS = {"PLACEHOLDER_FAILPOINTS": "*=kill:0.02"}
PROVIDER = {"faults": "storm", "run": 0.3, "hook_scale": 0.3, "hang_seconds": 5, "list_lag": 0.8}
"""Its list is late, which the grace time is for."""
LIFE_S = (0.3, 0.8)
"""From a service's first answer to its end."""
CROWD = 16
"""Clients that ask at once."""
LATE = 0.8
"""The share of the crashes by which every job has been asked for."""
SIZES = ((96, 64), (64, 96), (128, 128), (1, 1), (200, 50))

MakeService = Callable[..., Service]
MakeFake = Callable[..., FakeProcess]


@dataclass
class Storm:
    """What hits `services` until `crashes` of them have come about."""

    services: list[Service]
    crashes: int
    dice: random.Random
    stalls: bool = False
    kills: int = 0
    deaths: int = 0
    """At failpoints."""
    stood_still: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def came_about(self) -> int:
        return self.kills + self.deaths

    @property
    def is_over(self) -> bool:
        return self.came_about >= self.crashes

    async def rage(self) -> None:
        async with asyncio.TaskGroup() as group:
            for service in self.services:
                group.create_task(self._hunt(service))
            if self.stalls:
                group.create_task(self._stand_still())

    async def _hunt(self, service: Service) -> None:
        """Kills it at any moment, or lets it come upon a failpoint, and starts it again at once. The last life is spared."""
        while not self.is_over:
            await service.answers()
            patience = self.dice.uniform(*LIFE_S) * (2 if self.stalls else 1)
            died, _ = await asyncio.wait([asyncio.ensure_future(service.life.end())], timeout=patience)
            self.deaths += len(died)
            self.kills += not died
            await self._again(service, FAILPOINTS if self.dice.random() < 0.6 and not self.is_over else {})
        if "PLACEHOLDER_FAILPOINTS" in service.life.settings:
            self.kills += 1
            await self._again(service, {})
        await service.ready()

    async def _again(self, service: Service, settings: dict[str, str]) -> None:
        service.kill()
        status = await service.ended()
        if status != -signal.SIGKILL:
            self.wrong.append(f"a service ended by itself, with {status}")
        service.start(**settings)

    async def _stand_still(self) -> None:
        """As on an overloaded machine, one after the other, while the rest goes on."""
        while not self.is_over:
            await asyncio.sleep(self.dice.uniform(0.3, 1))
            life = self.dice.choice(self.services).life
            life.signal(signal.SIGSTOP)
            await asyncio.sleep(STALL_S)
            life.signal(signal.SIGCONT)
            self.stood_still += 1


async def ask_for_all(client: Client, storm: Storm, wishes: list[Wish], seed: int) -> None:
    """Each wish twice, spread over the storm: the second time mostly at once, as a client does that got no answer."""
    crowd = asyncio.Semaphore(CROWD)

    async def ask(wish: Wish, pause: float) -> None:
        async with crowd:
            known = await client.ask(wish)
        await asyncio.sleep(pause)
        async with crowd:
            await client.ask(wish, known)

    dice = random.Random(f"asking {seed}")
    async with asyncio.TaskGroup() as group:
        for n, wish in enumerate(wishes):
            while n > len(wishes) * (storm.came_about + 1) / (storm.crashes * LATE):
                await asyncio.sleep(0.02)
            group.create_task(ask(wish, dice.choice((0, 0, 0.2, 3))))
            await asyncio.sleep(dice.uniform(0, 0.1))


async def hold_out(
    services: list[Service],
    fake: FakeProcess,
    database_url: str,
    pictures: Path,
    seed: int,
    figures: Callable[[str], None],
    *,
    jobs: int = JOBS,
    stalls: bool = False,
) -> None:
    began = time.monotonic()
    dice = random.Random(f"storm {seed}")
    sizes = [dice.choice(SIZES) for _ in range(jobs)]
    seeds = [dice.choice((None, dice.randrange(2**31))) for _ in range(jobs)]
    wishes = [Wish(f"storm {seed}, a lighthouse number {n}", *sizes[n], seeds[n]) for n in range(jobs)]
    for service in services:
        service.start()
    storm = Storm(services, max(jobs // 3, 10), dice, stalls)
    async with Client(services, seed, timeout=6) as client:
        watching = asyncio.create_task(client.watch(lambda: False))
        asking = asyncio.create_task(ask_for_all(client, storm, wishes, seed))
        await storm.rage()
        await asking
        left = len(client.unfinished)
        calmed = await client.until_ended(CALM_S)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        for job in [known.id for known in client.jobs.values() if known.state == "ready"]:
            await client.picture(job)
        report = await fake.report()
        for service in services:
            await service.end()
        wrong = [*storm.wrong, *checker.check(client, report, checker.epochs(database_url))]
        wrong += [trace for service in services for trace in checker.tracebacks(service.told())]
        if len(client.jobs) != jobs:
            wrong.append(f"{len(client.jobs)} jobs came of {jobs} wishes")
        if database_url.startswith("sqlite"):
            wrong += checker.integrity(Path(database_url.removeprefix("sqlite:///")))
        swept = await Disk(pictures, lambda _: None).sweep(0)
        wrong += checker.strays(pictures, client)
    took = time.monotonic() - began
    figures(
        f"seed {seed}, {len(services)} process(es) on {database_url.split(':')[0]}: {jobs} jobs in {took:.0f} s,"
        f" {storm.came_about} crashes ({storm.deaths} at failpoints), {storm.stood_still} stalls;"
        f" {left} open at the end, for {calmed:.1f} s more; {report['spend']} paid; {dict(checker.reasons(client))};"
        f" answers {dict(client.seen)}; {swept} half files; {len(wrong)} wrong"
    )
    assert not wrong, f"seed {seed}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("seed", SEEDS)
async def test_one_process(
    seed: int, make_service: MakeService, make_fake: MakeFake, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    fake = make_fake(seed, **PROVIDER)
    service = make_service(seed=seed, **fake.settings)
    await hold_out([service], fake, f"sqlite:///{tmp_path}/data/placeholder.db", tmp_path / "data/pictures", seed, figures)


async def hold_out_in_two(
    url: str, seed: int, make_service: MakeService, fake: FakeProcess, folder: Path, figures: Callable[[str], None], **more: Any
) -> None:
    """Two processes on one database; webhooks come to whichever is up."""
    ports = free_ports(3, random.Random(os.urandom(8)))
    async with Balancer(ports[0], ports[1:]) as balancer:
        shared = {"PLACEHOLDER_PUBLIC_URL": balancer.url, "PLACEHOLDER_DATABASE_URL": url}
        settings = {**fake.settings, **shared, **more.pop("settings", {})}
        services = [make_service(port, seed=seed + n, **settings) for n, port in enumerate(ports[1:])]
        await hold_out(services, fake, url, folder / "data/pictures", seed, figures, **more)


@pytest.mark.parametrize("seed", SEEDS)
async def test_two_processes(
    seed: int, make_service: MakeService, make_fake: MakeFake, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path}/data/placeholder.db"
    await hold_out_in_two(url, seed, make_service, make_fake(seed, **PROVIDER), tmp_path, figures)


@pytest.mark.parametrize("seed", SEEDS)
async def test_two_processes_that_stand_still(
    seed: int, make_service: MakeService, make_fake: MakeFake, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path}/data/placeholder.db"
    await hold_out_in_two(
        url, seed, make_service, make_fake(seed, **PROVIDER), tmp_path, figures, jobs=JOBS // 3, stalls=True, settings=PATIENT
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_two_processes_on_postgresql(
    seed: int, make_service: MakeService, make_fake: MakeFake, tmp_path: Path, postgres_url: str, figures: Callable[[str], None]
) -> None:
    secret = {"PLACEHOLDER_SECRET": SECRET}
    await hold_out_in_two(
        postgres_url, seed, make_service, make_fake(seed, **PROVIDER), tmp_path, figures, jobs=JOBS // 3, settings=secret
    )
