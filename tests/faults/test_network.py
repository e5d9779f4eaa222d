"""The network to the provider goes away for some seconds, while jobs are being asked for, run and are fetched: clients notice
nothing but the wait, every job ends ready, and none is paid twice."""

import asyncio
import time
from collections.abc import Callable

from faults import checker
from faults.client import Client, Wish
from faults.harness import FakeProcess, Service

DOWN_S = 4
BACK_S = 25
"""The provider is left alone for a quarter of a minute once ten exchanges in a row have failed, and is then tried again."""

MakeService = Callable[..., Service]
MakeFake = Callable[..., FakeProcess]


async def ask_for(client: Client, name: str, count: int) -> None:
    await asyncio.gather(*(client.ask(Wish(f"a harbour at dusk, {name} {n}", 96, 64)) for n in range(count)))


async def go_through(hooks: str, service: Service, fake: FakeProcess, figures: Callable[[str], None]) -> None:
    await service.start().ready()
    async with Client([service]) as client:
        await ask_for(client, "being fetched", 8)
        await asyncio.sleep(0.5)
        await ask_for(client, "running", 8)
        await asyncio.sleep(0.4)
        going = asyncio.create_task(ask_for(client, "being sent", 8))
        await asyncio.sleep(0.05)
        await fake.network(up=False)
        await going
        began = time.monotonic()
        await ask_for(client, "in the dark", 20)
        assert time.monotonic() - began < 2, "asking waits for no provider"
        await asyncio.sleep(DOWN_S)
        assert client.unfinished, "the network went when all was over"
        await fake.network(up=True)
        took = await client.until_ended(BACK_S)
        for job in client.jobs:
            await client.picture(job)
        report = await fake.report()
        await service.end()
    wrong = [*checker.check(client, report, {}), *checker.tracebacks(service.told())]
    wrong += [f"{known.id}, {known.wish.prompt}: {known.code}" for known in client.jobs.values() if known.state != "ready"]
    figures(f"the network down for {DOWN_S} s, {hooks}: all is well {took:.1f} s after it came back; {report['spend']} paid")
    assert not wrong, "\n".join(wrong)
    assert report["spend"] == len(client.jobs)


async def test_the_network_goes_and_comes_back(
    make_service: MakeService, make_fake: MakeFake, figures: Callable[[str], None]
) -> None:
    fakes = [make_fake(seed, run=0.8, hook_scale=0.3) for seed in (3, 4)]
    services = [
        make_service(home="with", **fakes[0].settings),
        make_service(home="without", **{**fakes[1].settings, "PLACEHOLDER_PUBLIC_URL": ""}),
    ]
    await asyncio.gather(
        go_through("with webhooks", services[0], fakes[0], figures),
        go_through("without webhooks", services[1], fakes[1], figures),
    )


async def test_a_provider_that_refuses_connections(make_service: MakeService, make_fake: MakeFake) -> None:
    """Down altogether: nothing was sent, for certain, so it is sent again without waiting for the grace time."""
    fake = make_fake(4)
    port, files_port = (int(url.rpartition(":")[2].removesuffix("/v1")) for url in (fake.base_url, fake.files_origin))
    fake.close()
    service = await make_service(**fake.settings, PLACEHOLDER_RECONCILE_GRACE_S="60").start().ready()
    async with Client([service]) as client:
        await ask_for(client, "before there is anyone", 4)
        await asyncio.sleep(2)
        back = make_fake(4, port=port, files_port=files_port)
        await client.until_ended(15)
        for job in client.jobs:
            await client.picture(job)
        report = await back.report()
        await service.end()
    wrong = [*checker.check(client, report, {}), *checker.tracebacks(service.told())]
    assert not wrong, "\n".join(wrong)
    assert [known.state for known in client.jobs.values()] == ["ready"] * 4
    assert report["spend"] == 4
