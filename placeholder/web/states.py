"""How jobs stand: one, several, and held until that changes."""

import asyncio
import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import BadParameter, NoSuchPicture
from placeholder.jobs.board import Board
from placeholder.jobs.model import FAILURES, Job, Phase, State
from placeholder.values.query import parse_query
from placeholder.web import respond
from placeholder.web.ai import ai_of
from placeholder.web.mount import prefix_of
from placeholder.web.respond import Answer, Sent

MAX_WAIT_S = 25
"""Platforms cut a silent connection off at 30."""
MAX_IDS = 50
ENDED = (State.READY, State.FAILED)
_ID = re.compile(r"[a-z2-7]{16}")
_STATUS_LENGTH = len("/ai/abcdefghijklmnop/status")
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


def facts(job: Job, prefix: str = "") -> dict[str, Any]:
    """The state of a job as the status route tells it (P-82 to P-85); `prefix`: what the URLs begin with."""
    match job.state:
        case State.READY:
            return {"state": job.state, "url": prefix + job.url, "width": job.w, "height": job.h, **likenesses(job)}
        case State.FAILED:
            return {"state": job.state, "error": FAILURES[job.code or "timeout"].sentence, "code": job.code}
    return {"state": job.state}


def likenesses(job: Job) -> dict[str, str]:
    """Of a finished picture, small enough to be sent along."""
    return {"blurDataURL": job.blur, "thumbhash": job.thumbhash} if job.blur and job.thumbhash else {}


def told(job: Job, prefix: str = "") -> Answer:
    return respond.json(json.dumps(facts(job, prefix)).encode())


async def status(request: Request) -> Response:
    """With `?wait=S`, answers once the state is another than it was when the request came, or after S seconds; with
    `&while=STATE` at once if it is not STATE any more, which nobody can miss who asks with the state that he knows."""
    ai, name = ai_of(request), request.path_params["job"]
    if not _ID.fullmatch(name):
        raise NoSuchPicture("No such picture was ever asked for")
    job = await ai.jobs.find(name)
    seconds, known = _wait(request)
    if seconds and job.state not in ENDED and known in (None, job.state):
        job = (await changed(ai.board, {name: job}, seconds))[name]
    return Sent(told(job, prefix_of(request.scope)), request.scope)


async def statuses(request: Request) -> Response:
    """`?ids=a,b,c`: {"jobs": {id: its state as above, or null}}; with `?wait=S`, once any of them has changed."""
    ai = ai_of(request)
    ids = parse_query(request.scope["query_string"].decode("latin-1")).get("ids", "").split(",")
    if len(ids) > MAX_IDS or not all(_ID.fullmatch(job) for job in ids):
        raise BadParameter("ids", f"1 to {MAX_IDS} ids, separated by commas")
    seconds, _ = _wait(request)
    views = await ai.board.views(ids)
    if seconds and len(views) == len(set(ids)) and all(view.state not in ENDED for view in views.values()):
        views = await changed(ai.board, views, seconds)
    prefix = prefix_of(request.scope)
    shown = {job: facts(views[job], prefix) if job in views and views[job].phase is not Phase.PURGED else None for job in ids}
    return Sent(respond.json(json.dumps({"jobs": shown}).encode()), request.scope)


def _wait(request: Request) -> tuple[float, str | None]:
    """Seconds, MAX_WAIT_S at most, and the state that the client knows."""
    query = parse_query(request.scope["query_string"].decode("latin-1"))
    asked, known = query.get("wait"), query.get("while")
    if asked is not None and not _SECONDS.fullmatch(asked):
        raise BadParameter("wait", f"seconds, 0 to {MAX_WAIT_S}")
    if known is not None and known not in tuple(State):
        raise BadParameter("while", "one of " + ", ".join(State))
    return min(float(asked or 0), MAX_WAIT_S), known


async def changed(board: Board, seen: dict[str, Job], seconds: float) -> dict[str, Job]:
    """The same jobs, once one of them is in another state, or after `seconds`."""
    ends = asyncio.get_running_loop().time() + seconds
    now = seen
    while (left := ends - asyncio.get_running_loop().time()) > 0:
        await board.news(list(now.values()), left)
        now = {**now, **await board.views(now)}
        if board.is_closing or any(now[job].state is not seen[job].state for job in seen):
            break
    return now


class Glance:
    """The plain state of a job whose state is known without asking; for `Lane`. `board` is set once there is one."""

    board: Board | None = None

    def __call__(self, target: bytes) -> Answer | None:
        if self.board is None or len(target) != _STATUS_LENGTH or not target.endswith(b"/status"):
            return None
        job = self.board.glance(target[4:20].decode("latin-1"))
        return told(job) if job and job.phase is not Phase.PURGED else None
