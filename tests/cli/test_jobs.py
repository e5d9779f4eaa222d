"""`placeholder jobs`: what became of everything that was asked for, and never in whose words."""

import asyncio
import json
import re
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fixtures.imagining import Imagining, Service, painted
from PIL import Image

from placeholder.jobs.model import blob_key

PHASES = ("queued", "submitting", "running", "fetching", "ready", "failed", "purged")
CANARY = "a zephyr-quokka"


async def furnished(service: Service) -> dict[str, Any]:
    """A job of each phase, by its name."""
    return {phase: await service.stand(phase, prompt=f"{CANARY} {phase}", w=40 + at, h=30) for at, phase in enumerate(PHASES)}


async def called(run: Any, *words: str) -> Any:
    """A command from a thread of its own, since some run a loop of theirs; no word of a prompt comes out."""
    done = await asyncio.to_thread(run, *words)
    assert "quokka" not in done.output
    assert "zephyr" not in done.output
    return done


async def test_the_list_is_newest_first_and_says_what_there_is_to_say(imagining: Imagining, run_on: Any) -> None:
    async with imagining() as service:
        jobs, run = await furnished(service), run_on(service.folder)
        done = await called(run, "jobs", "list")
        assert done.exit_code == 0
        head, *lines = done.stdout.splitlines()
        assert head.split() == ["ID", "STATE", "SIZE", "MODEL", "ASKED", "CODE"]
        assert [line.split()[0] for line in lines] == [jobs[phase].id for phase in reversed(PHASES)]
        assert [line.split()[1] for line in lines] == [
            *("purged", "failed", "ready", "generating", "generating", "pending", "pending"),
        ]
        for line, phase in zip(lines, reversed(PHASES), strict=True):
            assert f"{jobs[phase].w}x30" in line
            assert "black-forest-labs/flux-schnell" in line
            assert re.search(r"20[0-9]{2}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]", line)
            assert line.endswith("generation_failed") == (phase == "failed")


@pytest.mark.parametrize(
    ("words", "phases"),
    [
        (["--state", "pending"], ["submitting", "queued"]),
        (["--state", "generating"], ["fetching", "running"]),
        (["--state", "ready"], ["ready"]),
        (["--state", "failed"], ["failed"]),
        (["--limit", "2"], ["purged", "failed"]),
        (["--limit", "1", "--state", "pending"], ["submitting"]),
    ],
)
async def test_the_list_can_be_narrowed(words: list[str], phases: list[str], imagining: Imagining, run_on: Any) -> None:
    async with imagining() as service:
        jobs, run = await furnished(service), run_on(service.folder)
        lines = (await called(run, "jobs", "list", *words)).stdout.splitlines()[1:]
        assert [line.split()[0] for line in lines] == [jobs[phase].id for phase in phases]


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--state", "done"],
        ["list", "--state", "purged"],
        ["list", "--limit", "0"],
        ["list", "--limit", "all"],
        ["list", "x"],
        ["show"],
        ["retry"],
        ["purge"],
        ["export"],
        ["forget"],
    ],
)
def test_words_that_are_off_are_said(run: Any, words: list[str]) -> None:
    done = run("jobs", *words)
    assert done.exit_code == 2
    assert done.stdout == ""


async def test_one_job_is_shown_as_json(imagining: Imagining, run_on: Any) -> None:
    async with imagining() as service:
        jobs, run = await furnished(service), run_on(service.folder)
        for phase, job in jobs.items():
            told = json.loads((await called(run, "jobs", "show", job.id)).stdout)
            assert list(told) == [
                *(
                    "id",
                    "state",
                    "code",
                    "url",
                    "width",
                    "height",
                    "model",
                    "seed",
                    "created_at",
                    "attempt",
                    "epoch",
                    "prediction",
                ),
            ]
            assert (told["id"], told["url"], told["width"], told["epoch"]) == (job.id, job.url, job.w, 1)
            assert told["state"] == ("purged" if phase == "purged" else job.state)
            assert told["attempt"] == (0 if phase == "queued" else 1)
            assert re.fullmatch(r"20[0-9-]{8}T[0-9:]{8}\+00:00", told["created_at"])


@pytest.mark.parametrize("name", ["a" * 16, "", "../../etc/passwd", "' OR 1=1 --", "%", "é" * 16])
@pytest.mark.parametrize("command", ["show", "retry", "purge"])
def test_a_job_that_nobody_has(run: Any, command: str, name: str) -> None:
    done = run("jobs", command, name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert name in done.stderr


async def test_a_failed_job_is_tried_again_under_its_id(imagining: Imagining, run_on: Any) -> None:
    async with imagining(worker=True, sketch_failures=1) as service:
        submitted = await service.submit(prompt=CANARY)
        assert (await service.ended(submitted["id"]))["state"] == "failed"
        folder = service.folder
    run = run_on(folder)
    done = await called(run, "jobs", "retry", submitted["id"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"Job {submitted['id']} is on its way again.\n"
    assert (await called(run, "jobs", "retry", submitted["id"])).exit_code == 1, "it is on its way"
    async with imagining(worker=True, data_dir=folder) as service:
        assert (await service.ended(submitted["id"]))["url"] == submitted["url"]


async def test_what_would_not_help_is_not_tried(imagining: Imagining, run_on: Any) -> None:
    """Nor what is under way or ready, nor what nobody can read any more."""
    async with imagining() as service:
        jobs, run = await furnished(service), run_on(service.folder)
        del jobs["failed"]
        for code in ("blocked", "invalid"):
            jobs[code] = await service.stand("failed", code=code, prompt=code)
        erased = await service.stand("failed", code="timeout", prompt="erased")
        await service.database.write(lambda c: c.exec_driver_sql(f"UPDATE jobs SET prompt = NULL WHERE id = '{erased.id}'"))
        for job in [*jobs.values(), erased]:
            before = await service.job(job.id)
            done = await called(run, "jobs", "retry", job.id)
            assert done.exit_code == 1
            assert "expected a job that failed, may be tried again and has a prompt still" in done.stderr
            assert await service.job(job.id) == before


async def test_a_picture_is_deleted_for_good(imagining: Imagining, run_on: Any) -> None:
    """The bytes, the words and the hashes; its URL says so from then on, in a service that runs already too."""
    async with imagining() as service:
        jobs, run = await furnished(service), run_on(service.folder)
        ready, failed = jobs["ready"], jobs["failed"]
        assert (await service.ask(ready.url)).status == 200
        done = await called(run, "jobs", "purge", ready.id, failed.id)
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == f"Job {ready.id} is deleted.\nJob {failed.id} is deleted.\n"
        assert await service.blobs.get(blob_key(ready.id, 1)) is None
        for job in (ready, failed):
            row = await service.job(job.id)
            assert (row.phase, row.prompt, row.thumbhash, row.blur, row.output) == ("purged", None, None, None, None)
        await asyncio.sleep(0.3)
        for url in (ready.url, ready.status_url, ready.url + "?width=16", failed.url):
            assert (await service.ask(url)).status == 410
        for phase in ("queued", "running", "fetching"):
            done = await called(run, "jobs", "purge", jobs[phase].id)
            assert (done.exit_code, done.stderr) == (1, f"Error: {jobs[phase].id}: expected the id of a job that has ended\n")


async def test_deleting_goes_on_where_the_store_failed(imagining: Imagining, run_on: Any, run: Any) -> None:
    """What could not be deleted can be deleted again."""
    async with imagining() as service:
        job, run_here = await service.stand("ready", prompt=CANARY), run_on(service.folder)
        pictures = service.folder / "pictures"
        pictures.rename(service.folder / "away")
        pictures.write_text("no folder")
        done = await called(run_here, "jobs", "purge", job.id)
        assert done.exit_code == 1
        assert "The store of pictures" in done.stderr
        pictures.unlink()
        (service.folder / "away").rename(pictures)
        assert await service.blobs.get(blob_key(job.id, 1)) is not None
        assert (await called(run_here, "jobs", "purge", job.id)).exit_code == 0
        assert await service.blobs.get(blob_key(job.id, 1)) is None
        assert (await called(run_here, "jobs", "purge", job.id)).exit_code == 0


async def test_finished_pictures_are_written_out_with_a_manifest(imagining: Imagining, run_on: Any, home: Path) -> None:
    async with imagining() as service:
        jobs, run = await furnished(service), run_on(service.folder)
        second = await service.stand("ready", prompt="second", seed=7, w=33, h=44)
        out = home / "out" / "deep"
        done = await called(run, "jobs", "export", str(out))
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == f"2 pictures are in {out}.\n"
        told = json.loads((out / "manifest.json").read_text())
        assert [one["id"] for one in told] == [second.id, jobs["ready"].id]
        for one, job in zip(told, (second, jobs["ready"]), strict=True):
            assert list(one) == [
                *("id", "state", "code", "url", "width", "height", "model", "seed", "created_at", "file", "sha256"),
            ]
            body = (out / one["file"]).read_bytes()
            assert body == painted(job.w, job.h).png
            assert sha256(body).hexdigest() == one["sha256"]
            assert Image.open(BytesIO(body)).size == (one["width"], one["height"])
            assert (one["file"], one["url"], one["state"]) == (f"{job.id}.png", job.url, "ready")
        assert told[0]["seed"] == 7
        assert sorted(path.name for path in out.iterdir()) == sorted(["manifest.json", *(one["file"] for one in told)])
        kept = b"".join(path.read_bytes() for path in out.iterdir())
        assert b"quokka" not in kept
        assert b"prompt" not in kept
        before = {path.name: path.read_bytes() for path in out.iterdir()}
        assert (await called(run, "jobs", "export", str(out))).exit_code == 0
        assert {path.name: path.read_bytes() for path in out.iterdir()} == before


async def test_a_lost_picture_is_named_and_the_others_are_written(imagining: Imagining, run_on: Any, home: Path) -> None:
    async with imagining() as service:
        kept, lost = await service.stand("ready", prompt="kept"), await service.stand("ready", prompt="lost")
        await service.blobs.delete(blob_key(lost.id, 1))
        done = await called(run_on(service.folder), "jobs", "export", str(home / "out"))
        assert done.exit_code == 1
        assert f"These pictures are not in the store: {lost.id}\n" in done.stderr
        assert sorted(path.name for path in (home / "out").iterdir()) == sorted([f"{kept.id}.png", "manifest.json"])


async def test_more_pictures_than_a_page_are_written_each_once(
    imagining: Imagining, run_on: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["placeholder.cli.jobs"], "_PAGE", 2)
    async with imagining() as service:
        jobs = [await service.stand("ready", prompt=f"page {at}") for at in range(5)]
        done = await called(run_on(service.folder), "jobs", "export", str(home / "out"))
        assert done.stderr.startswith("5 pictures")
        told = json.loads((home / "out" / "manifest.json").read_text())
        assert [one["id"] for one in told] == [job.id for job in reversed(jobs)]


def test_where_there_is_nothing_there_is_an_empty_manifest(run: Any, home: Path) -> None:
    assert run("jobs", "export", "out").exit_code == 0
    assert json.loads((home / "out" / "manifest.json").read_text()) == []
    assert run("jobs", "list").stdout.count("\n") == 1
