"""A crash storm: jobs come in while services are killed about once a second, in every other life by their own failpoints (at two
of a hundred), before a provider that fails in every way it can. Then they are left alone, and everything must end well.

    PLACEHOLDER_STORM_JOBS=300     how many jobs (and a third as many crashes); a fleet gets a fifth of them
    PLACEHOLDER_STORM_SEEDS=7      which storms; several, separated by commas

Every failure begins with the seed.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults import checker
from faults.client import Client, Wish
from faults.harness import Balancer, FakeProcess, Service, free_ports

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
    one_by_one: bool = False
    """The others are left to show what they make of it."""
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
            if self.one_by_one:
                group.create_task(self._pick())
            else:
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

    async def _pick(self) -> None:
        """Kills now one, now another, whether it stands still or not."""
        while not self.is_over:
            await asyncio.sleep(self.dice.uniform(*LIFE_S))
            service = self.dice.choice(self.services)
            await self._again(service, {})
            self.kills += 1
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
    crashes: int | None = None,
    stalls: bool = False,
    one_by_one: bool = False,
    watchers: int = 1,
    stale_s: float = checker.STALE_S,
) -> None:
    """`pictures`: the folder in which they lie in the end. `stale_s`: by how much one process may lag behind another."""
    began = time.monotonic()
    dice = random.Random(f"storm {seed}")
    sizes = [dice.choice(SIZES) for _ in range(jobs)]
    seeds = [dice.choice((None, dice.randrange(2**31))) for _ in range(jobs)]
    wishes = [Wish(f"storm {seed}, a lighthouse number {n}", *sizes[n], seeds[n]) for n in range(jobs)]
    for service in services:
        service.start()
    storm = Storm(services, crashes or max(jobs // 3, 10), dice, stalls, one_by_one)
    async with Client(services, seed, timeout=6) as client:
        watching = [asyncio.create_task(client.watch(lambda: False, 0.2 / watchers)) for _ in range(watchers)]
        asking = asyncio.create_task(ask_for_all(client, storm, wishes, seed))
        await storm.rage()
        await asking
        left = len(client.unfinished)
        calmed = await client.until_ended(CALM_S)
        for watch in watching:
            watch.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        for job in [known.id for known in client.jobs.values() if known.state == "ready"]:
            await client.picture(job)
        report = await fake.report()
        for service in services:
            await service.end()
        wrong = [*storm.wrong, *checker.check(client, report, checker.epochs(database_url), stale_s)]
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


async def hold_out_together(
    count: int,
    settings: Mapping[str, str],
    seed: int,
    make_service: MakeService,
    fake: FakeProcess,
    pictures: Path,
    figures: Callable[[str], None],
    **more: Any,
) -> None:
    """Several processes with the same `settings`; webhooks come to whichever is up."""
    ports = free_ports(count + 1, random.Random(os.urandom(8)))
    async with Balancer(ports[0], ports[1:]) as balancer:
        shared = {**fake.settings, "PLACEHOLDER_PUBLIC_URL": balancer.url, **settings}
        services = [make_service(port, seed=seed + n, **shared) for n, port in enumerate(ports[1:])]
        await hold_out(services, fake, shared["PLACEHOLDER_DATABASE_URL"], pictures, seed, figures, **more)
