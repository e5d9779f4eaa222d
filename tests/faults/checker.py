"""The verdict on a run, from what clients and the provider saw, and what lies on the disk. Each check gives sentences; none
means all is well.

    lost          an acknowledged job is there for ever
    backwards     states only rise, until a client asks anew; what has ended stays as it ended
    paid_twice    one prediction for a job and epoch, and one more for each that the platform itself broke
    wasted        a prediction that came out well ends in a picture
    unfinished    every job ends
    pictures      what is ready is there, decodes, has its size and nothing in it but pixels, and stays as it is
    strays        nothing half written stays behind
"""

import sqlite3
import struct
from collections import Counter
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from faults.client import ENDED, Client, Known
from PIL import Image
from sqlalchemy import create_engine, text

STALE_S = 0.6
"""By how much one process may lag behind another on a SQLite file: board.FRESH_S, and the time to tell."""
_RANK = {"pending": 0, "generating": 1, "ready": 2, "failed": 2}
_CLEAN = {b"IHDR", b"IDAT", b"IEND"}
_SPOILT_FILES = frozenset(("truncated", "redirect", "huge", "html", "type", "bomb", "404", "foreign", "cut"))


def check(client: Client, report: Mapping[str, Any], epochs: Mapping[str, int], stale_s: float = STALE_S) -> list[str]:
    """All of it but the disk. `epochs`: how often each job was asked for anew, from its row, which only excuses."""
    return [
        *dict.fromkeys(client.wrong),
        *(f"{job} has not ended: {client.jobs[job].state}" for job in client.unfinished),
        *(sentence for known in client.jobs.values() for sentence in backwards(known, epochs.get(known.id, 1), stale_s)),
        *paid_twice(report),
        *wasted(client, report),
        *(sentence for known in client.jobs.values() for sentence in pictures(known)),
        *(["the provider's files were asked for with a token"] if report["violations"] else []),
    ]


def backwards(known: Known, epochs: int, stale_s: float = STALE_S) -> Iterator[str]:
    for after in known.sights:
        for before in known.sights:
            slack = 0 if before.by == after.by else stale_s
            if before.answered + slack >= after.sent:
                continue
            falls = _RANK[after.state] < _RANK[before.state]
            differs = before.state in ENDED and after.state in ENDED and before.state != after.state
            if not (falls or differs):
                continue
            is_asked_anew = epochs > 1 and any(
                post.sent < after.answered and (post.answered is None or post.answered > before.sent) for post in known.posts
            )
            if before.state == "ready" or not is_asked_anew:
                gap = after.sent - before.answered
                yield f"{known.id} went from {before.state} ({before.by}) to {after.state} ({after.by}), {gap:.2f} s apart"
                return


def attempts(report: Mapping[str, Any]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """The creates that the provider saw, by job and epoch; those without a webhook do not tell."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for job, creates in report["creates"].items():
        for create in creates if job else []:
            query = parse_qs(urlsplit(create["webhook"] or "").query)
            found.setdefault((job, int(query.get("e", ["0"])[0])), []).append(create)
    return found


def paid_twice(report: Mapping[str, Any]) -> Iterator[str]:
    for (job, epoch), creates in attempts(report).items():
        paid = [create for create in creates if create["prediction"]]
        broken = sum(create["faults"].get("fail") == "PA" for create in paid)
        if len(paid) > 1 + broken:
            yield f"{job} epoch {epoch} was paid {len(paid)} times: " + ", ".join(map(told, creates))


def told(create: Mapping[str, Any]) -> str:
    """A create, in short."""
    attempt = parse_qs(urlsplit(create["webhook"] or "").query).get("a", ["?"])[0]
    return f"#{create['ordinal']} attempt {attempt} {create['fault'] or 'fine'} {create['status']} at {create['at']:.2f}"


def wasted(client: Client, report: Mapping[str, Any]) -> Iterator[str]:
    by_job: dict[str, list[dict[str, Any]]] = {}
    for (job, _), creates in sorted(attempts(report).items(), key=lambda item: item[0][1]):
        by_job[job] = creates  # the last epoch's
    for known in client.jobs.values():
        for create in by_job.get(known.id, []):
            is_fine = create["status"] == "succeeded" and create["faults"].get("file") not in _SPOILT_FILES
            if known.state == "failed" and is_fine:
                yield f"{known.id} ended as {known.code}, with a good prediction paid (#{create['ordinal']})"


def reasons(client: Client) -> Counter[str]:
    """How the jobs ended."""
    return Counter(known.code or known.state for known in client.jobs.values())


def pictures(known: Known) -> Iterator[str]:
    if len(known.pictures) > 1:
        yield f"{known.id} was ready with {len(known.pictures)} different pictures"
    if known.state == "ready" and not known.pictures:
        yield f"{known.id} is ready and its picture was never seen"
    for body in known.pictures:
        names = {name for name, _ in chunks(body)}
        if names != _CLEAN:
            yield f"{known.id}: chunks {sorted(names)}"
        with Image.open(BytesIO(body), formats=("PNG",)) as image:
            image.load()
            if image.size != (known.wish.w, known.wish.h):
                yield f"{known.id}: {image.size} pixels in place of {known.wish.w}x{known.wish.h}"


def chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Of a PNG."""
    at = 8
    while at < len(body):
        (length,) = struct.unpack(">I", body[at : at + 4])
        yield body[at + 4 : at + 8], body[at + 8 : at + 8 + length]
        at += 12 + length


def epochs(database_url: str) -> dict[str, int]:
    """From the rows of jobs."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            return {job: int(epoch) for job, epoch in connection.execute(text("SELECT id, epoch FROM jobs"))}
    finally:
        engine.dispose()


def integrity(database: Path) -> list[str]:
    """What SQLite itself finds wrong with its file."""
    connection = sqlite3.connect(database)
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
    finally:
        connection.close()
    return [] if found == ["ok"] else found


def strays(pictures: Path, client: Client) -> list[str]:
    """Files that are no job's picture."""
    known = {known.id for known in client.jobs.values()}
    return [
        f"{path.relative_to(pictures)} lies about"
        for path in pictures.rglob("*")
        if path.is_file() and path.name.split(".")[0] not in known
    ]


def tracebacks(log: str) -> list[str]:
    """The first exception that nobody expected. One that a failpoint raised was."""
    lines = log.splitlines()
    for n, line in enumerate(lines):
        if line.startswith("Traceback"):
            end = next((m for m in range(n + 1, len(lines)) if not lines[m].startswith(" ")), len(lines) - 1)
            if "failpoints.Injected" not in lines[end]:
                return ["\n".join(lines[max(0, n - 1) : end + 1])]
    return []
