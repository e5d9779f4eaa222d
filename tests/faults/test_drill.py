"""The drill: a backup while jobs come in, the machine lost, the backup restored on another, and everything that was answered
before the backup began is there.
"""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

from faults import checker
from faults.client import Client, Wish
from faults.harness import Nursery, Service

from placeholder.keys.tokens import is_wellformed


async def command(nursery: Nursery, service: Service, folder: Path, *words: str) -> str:
    """What `placeholder` with these words says, in a process of its own."""
    log = folder / "said"
    log.unlink(missing_ok=True)
    settings = {name: value for name, value in service.settings.items() if name == "PLACEHOLDER_DATA_DIR"}
    life = await asyncio.to_thread(nursery.start, list(words), settings, folder, log, 0)
    status = await asyncio.wait_for(life.end(), 60)
    assert status == 0, log.read_text()
    return log.read_text()


async def posted(client: Client, wish: Wish, key: str) -> str:
    """The id of a job that was asked for with `key`."""
    got = await client.exchange("POST", "/ai", json=wish.body, headers={"authorization": f"Bearer {key}"})
    assert got
    assert got.status == 200, got.body
    name: str = json.loads(got.body)["id"]
    return name


async def test_everything_that_was_answered_before_the_backup_is_there(
    make_service: Callable[..., Service], nursery: Nursery, tmp_path: Path
) -> None:
    service = await make_service(PLACEHOLDER_PROVIDER="sketch", PLACEHOLDER_SKETCH_DELAY_S="1").start().ready()
    data, tar = tmp_path / "data", tmp_path / "backup.tar"
    said = await command(nursery, service, tmp_path, "keys", "create", "--name", "shop")
    (key,) = filter(is_wellformed, said.split())
    async with Client([service]) as client:

        async def load(lane: int) -> None:
            n = 0
            while True:
                n += 1
                await client.ask(Wish(f"a drill, lane {lane}, {n}"))
                await asyncio.sleep(0.02)

        lanes = [asyncio.create_task(load(lane)) for lane in range(3)]
        first = await client.ask(Wish("a drill, first"))
        while first.state != "ready" or len(client.jobs) < 25:
            await asyncio.sleep(0.1)
            await client.look(client.unfinished)
        mine = await posted(client, Wish("a drill, under a key of its own"), key)
        for job in [name for name, known in client.jobs.items() if known.state == "ready"]:
            await client.picture(job)
        answered = dict(client.jobs)
        pending = {name for name, known in answered.items() if known.state != "ready"}
        assert pending, "some jobs are under way"

        before = len(client.jobs)
        told = await command(nursery, service, tmp_path, "backup", str(tar))
        assert len(client.jobs) > before, "others came in meanwhile"
        assert "and the secret. Guard it like a password." in told

        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        service.kill()
        await service.ended()
        shutil.rmtree(data)
        await command(nursery, service, tmp_path, "restore", str(tar))
        await service.start().ready()

        client.jobs.clear()
        client.jobs.update(answered)
        await client.until_ended(30)
        assert {known.state for known in answered.values()} == {"ready"}, "what was under way has come to its end"
        for name, known in answered.items():
            await client.picture(name)
            again = await client.ask(known.wish)
            assert again.id == name, "the same ask is the same job"
        assert await posted(client, Wish("a drill, under a key of its own"), key) == mine
        assert await posted(client, Wish("a drill, a new one"), key) not in {mine, *answered}
        await service.end()
        wrong = [*client.wrong, *checker.tracebacks(service.told()), *checker.integrity(data / "placeholder.db")]
        for known in answered.values():
            wrong += checker.pictures(known)
        assert not wrong, "\n".join(wrong)
