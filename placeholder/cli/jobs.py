"""`placeholder jobs`: what was asked for, and what became of it. Prompts are never shown."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from placeholder.jobs.model import Job, State, blob_key

_PAGE = 200


@click.group()
def jobs() -> None:
    """AI pictures that were asked for."""


@jobs.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
def list_jobs(state: str | None, limit: int) -> None:
    """The newest jobs."""
    from placeholder.cli.ground import opened
    from placeholder.jobs.store import listed

    with opened() as (_, ground):
        found = ground.database.transact(lambda c: listed(c, State(state) if state else None, None, limit))
    row = "{:<17} {:<11} {:<10} {:<32} {:<17} {}".format
    click.echo(row("ID", "STATE", "SIZE", "MODEL", "ASKED", "CODE"))
    for job in found:
        asked = datetime.fromtimestamp(job.asked_at, UTC).strftime("%Y-%m-%d %H:%M")
        click.echo(row(job.id, _state(job), f"{job.w}x{job.h}", job.model, asked, job.code or ""))


@jobs.command()
@click.argument("job_id", metavar="ID")
def show(job_id: str) -> None:
    """One job, as JSON."""
    from placeholder.cli.ground import opened
    from placeholder.jobs.store import by_id

    with opened() as (_, ground):
        job = ground.database.transact(lambda c: by_id(c, job_id))
    if job is None:
        raise click.ClickException(f"No job has the id {job_id}")
    click.echo(json.dumps({**_public(job), "attempt": job.attempt, "epoch": job.epoch, "prediction": job.prediction}, indent=2))


@jobs.command()
@click.argument("job_id", metavar="ID")
def retry(job_id: str) -> None:
    """Put a failed job on its way again, under the same id, while its prompt is still kept."""
    from placeholder.cli.ground import opened
    from placeholder.jobs.service import ask_again

    with opened() as (_, ground):
        job = ground.database.transact(lambda c: ask_again(c, job_id, time.time()))
    if job is None:
        raise click.ClickException(f"{job_id}: expected a job that failed, may be tried again and has a prompt still")
    click.echo(f"Job {job_id} is on its way again.", err=True)


@jobs.command()
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True)
def purge(job_ids: tuple[str, ...]) -> None:
    """Delete pictures that are finished or failed. Their URLs answer 410 from then on."""
    from placeholder.blobs.store import open_blobs
    from placeholder.cli.ground import opened
    from placeholder.jobs.machine import Policy
    from placeholder.jobs.service import delete_picture
    from placeholder.jobs.service import purge as purge_row
    from placeholder.jobs.store import by_id

    with opened() as (settings, ground):
        blobs = open_blobs(settings.storage)
        for job_id in job_ids:
            job = ground.database.transact(lambda c, job_id=job_id: purge_row(c, job_id, time.time(), Policy()))  # type: ignore[misc]
            # Of one that is deleted already the bytes may still be there, if the store did not answer then.
            job = job or ground.database.transact(lambda c, job_id=job_id: by_id(c, job_id))  # type: ignore[misc]
            if job is None or job.phase != "purged":
                raise click.ClickException(f"{job_id}: expected the id of a job that has ended")
            asyncio.run(delete_picture(blobs, job))
            click.echo(f"Job {job_id} is deleted.", err=True)


@jobs.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write all finished pictures into DIR, with a manifest.json that says which is which."""
    from placeholder.blobs.store import open_blobs
    from placeholder.cli.files import put
    from placeholder.cli.ground import opened

    manifest, lost = [], []
    with opened() as (settings, ground):
        blobs = open_blobs(settings.storage)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"{folder}: {error.strerror}") from None
        for job in _finished(ground):
            body = asyncio.run(blobs.get(blob_key(job.id, job.epoch)))
            if body is None:
                lost.append(job.id)
                continue
            put(folder / f"{job.id}.png", body)
            manifest.append({**_public(job), "file": f"{job.id}.png", "sha256": sha256(body).hexdigest()})
    put(folder / "manifest.json", json.dumps(manifest, indent=2).encode() + b"\n")
    click.echo(f"{len(manifest)} pictures are in {folder}.", err=True)
    if lost:
        raise click.ClickException(f"These pictures are not in the store: {', '.join(lost)}")


def _finished(ground: Any) -> Iterator[Job]:
    from placeholder.jobs.store import listed

    after: tuple[float, str] | None = None
    while page := ground.database.transact(lambda c, after=after: listed(c, State.READY, after, _PAGE)):
        yield from page
        after = page[-1].created_at, page[-1].id


def _state(job: Job) -> str:
    return "purged" if job.phase == "purged" else job.state


def _public(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "state": _state(job),
        "code": job.code,
        "url": job.url,
        "width": job.w,
        "height": job.h,
        "model": job.model,
        "seed": job.seed,
        "created_at": datetime.fromtimestamp(job.created_at, UTC).isoformat(timespec="seconds"),
    }
