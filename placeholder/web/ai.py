"""POST /ai, the state of jobs, and their one URL for ever: a placeholder first, the picture once it is ready."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placeholder.cache import BoundedCache
from placeholder.errors import BadParameter, Blocked, NoSuchPicture, Unavailable
from placeholder.jobs.ask import read_ask
from placeholder.jobs.board import FRESH_S, Board
from placeholder.jobs.gallery import Gallery
from placeholder.jobs.model import FAILURES, Job, Phase, State
from placeholder.jobs.service import Jobs
from placeholder.keys.service import Keys
from placeholder.providers.models import DEFAULT, Model
from placeholder.synth.catalogue import svg_bytes, verdict_on
from placeholder.values.format import Format
from placeholder.values.ladder import widths
from placeholder.values.query import parse_query
from placeholder.values.size import parse_size
from placeholder.web import live, respond
from placeholder.web.accept import prefers_json
from placeholder.web.body import read_body, read_object
from placeholder.web.ranges import part_of
from placeholder.web.respond import Answer, Pair, Sent, answer_to

MAX_BODY = 65_536
MAX_WAIT_S = 25
"""Platforms cut a silent connection off at 30."""
MAX_IDS = 50
_ID = re.compile(r"[a-z2-7]{16}")
_NAME = re.compile(r"([a-z2-7]{16})\.(png|webp|avif)")
_FORMATS = {"png": Format.PNG, "webp": Format.WEBP, "avif": Format.AVIF}
_STATUS_LENGTH = len("/ai/abcdefghijklmnop/status")
_ENDED = (State.READY, State.FAILED)


_ECHO = "placeholder.echo"
_ECHO_BYTES = 4_000_000


class Echo:
    """Stands before the router: who sends again what was just answered is answered at once, while the job is known to be as it
    was (P-68). It keeps digests of bodies, for they hold prompts. `board` is set once there is one."""

    board: Board | None = None

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: BoundedCache[bytes, tuple[float, Job, Answer]] = BoundedCache(_ECHO_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.board is None or scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != "/ai":
            await self._app(scope, receive, send)
            return
        first = await receive()
        if first["type"] == "http.request" and not first.get("more_body", False):
            asked = _digest(scope["headers"], first.get("body", b""))
            answer = self._recall(asked)
            if answer:
                await Sent(answer, scope)(scope, receive, send)
                return
            scope[_ECHO] = lambda job, answer: self._kept.keep(asked, (time.monotonic(), job, answer), 2000)
        unread = [first]

        async def replay() -> Message:
            return unread.pop() if unread else await receive()

        await self._app(scope, replay, send)

    def _recall(self, asked: bytes) -> Answer | None:
        kept = self._kept.get(asked)
        if kept is None or time.monotonic() - kept[0] > FRESH_S:
            return None
        now = self.board.glance(kept[1].id) if self.board else None
        return kept[2] if now and now.version == kept[1].version else None


def _digest(headers: Iterable[Pair], body: bytes) -> bytes:
    """Of all that an answer to POST /ai depends on."""
    noted = [name + b":" + value for name, value in headers if name in _WEIGHED]
    return sha256(b"\n".join((*noted, b"", body))).digest()


_WEIGHED = frozenset((b"authorization", b"content-type", b"content-encoding", b"accept"))


@dataclass(frozen=True, slots=True)
class Ai:
    """What these routes stand on."""

    jobs: Jobs
    board: Board
    keys: Keys
    gallery: Gallery
    find_model: Callable[[str], Model | None]
    price: Callable[[Model], int]
    """Millionths of a dollar."""


def ai_of(request: Request) -> Ai:
    """Raises Unavailable outside the application's lifespan."""
    found: Ai | None = getattr(request.app.state, "ai", None)
    if found is None:
        raise Unavailable("The picture service")
    return found


async def submit(request: Request) -> Response:
    """P-55 to P-74."""
    if request.method == "OPTIONS":
        return Sent(respond.permitted("OPTIONS, POST"), request.scope)
    ai = ai_of(request)
    key = await ai.keys.authenticate([value for name, value in request.scope["headers"] if name == b"authorization"], "ai:create")
    fields = read_object(
        await read_body(request, MAX_BODY), request.headers.get("content-type", ""), request.headers.get("content-encoding", "")
    )
    ask = read_ask(fields, key.owner, DEFAULT)
    model = ai.find_model(ask.model)
    if model is None:
        raise BadParameter("model", "one of the models that are allowed here, such as " + DEFAULT)
    ask = replace(ask, model=model.name)
    try:
        submission = await ai.jobs.submit(ask, ai.price(model), key)
    except Blocked as no:
        if prefers_json(request.headers.get("accept", "")):
            raise
        return Sent(respond.refused(422, Format.SVG.value, svg_bytes(verdict_on(ask.size, no.code))), request.scope)
    job = submission.job
    body = {"id": job.id, "url": job.url, "status_url": job.status_url, "state": job.state, "width": job.w, "height": job.h}
    budget = submission.budget
    extra = respond.rate_limit(budget.limit, budget.remaining, budget.reset_s) if budget else ()
    answer = respond.json(json.dumps({**body, **_hashes(job)}).encode(), extra)
    if budget is None and job.state is not State.FAILED and _ECHO in request.scope:
        request.scope[_ECHO](job, answer)
    return Sent(answer, request.scope)


def facts(job: Job) -> dict[str, Any]:
    """The state of a job as the status route tells it (P-82 to P-85)."""
    match job.state:
        case State.READY:
            return {"state": job.state, "url": job.url, "width": job.w, "height": job.h, **_hashes(job)}
        case State.FAILED:
            return {"state": job.state, "error": FAILURES[job.code or "timeout"].sentence, "code": job.code}
    return {"state": job.state}


def _hashes(job: Job) -> dict[str, str]:
    return {"blurDataURL": job.blur, "thumbhash": job.thumbhash} if job.blur and job.thumbhash else {}


def told(job: Job) -> Answer:
    return respond.json(json.dumps(facts(job)).encode())


async def status(request: Request) -> Response:
    """With `?wait=S`, answers once the state is another than it was when the request came, or after S seconds."""
    ai, name = ai_of(request), request.path_params["job"]
    if not _ID.fullmatch(name):
        raise NoSuchPicture("No such picture was ever asked for")
    job = await ai.jobs.find(name)
    seconds = _wait(request)
    if seconds and job.state not in _ENDED:
        job = (await _changed(ai, {name: job}, seconds))[name]
    return Sent(told(job), request.scope)


class Glance:
    """The plain state of a job whose state is known without asking; for `Lane`. `board` is set once there is one."""

    board: Board | None = None

    def __call__(self, target: bytes) -> Answer | None:
        if self.board is None or len(target) != _STATUS_LENGTH or not target.endswith(b"/status"):
            return None
        job = self.board.glance(target[4:20].decode("latin-1"))
        return told(job) if job and job.phase is not Phase.PURGED else None


async def statuses(request: Request) -> Response:
    """`?ids=a,b,c`: {"jobs": {id: its state as above, or null}}; with `?wait=S`, once any of them has changed."""
    ai = ai_of(request)
    ids = parse_query(request.scope["query_string"].decode("latin-1")).get("ids", "").split(",")
    if len(ids) > MAX_IDS or not all(_ID.fullmatch(job) for job in ids):
        raise BadParameter("ids", f"1 to {MAX_IDS} ids, separated by commas")
    seconds = _wait(request)
    views = await ai.board.views(ids)
    if seconds and len(views) == len(set(ids)) and all(view.state not in _ENDED for view in views.values()):
        views = await _changed(ai, views, seconds)
    shown = {job: facts(views[job]) if job in views and views[job].phase is not Phase.PURGED else None for job in ids}
    return Sent(respond.json(json.dumps({"jobs": shown}).encode()), request.scope)


def _wait(request: Request) -> float:
    """Seconds, MAX_WAIT_S at most."""
    asked = parse_query(request.scope["query_string"].decode("latin-1")).get("wait")
    if asked is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", asked):
        raise BadParameter("wait", f"seconds, 0 to {MAX_WAIT_S}")
    return min(float(asked), MAX_WAIT_S)


async def _changed(ai: Ai, seen: dict[str, Job], seconds: float) -> dict[str, Job]:
    """The same jobs, once one of them is in another state, or after `seconds`."""
    ends = asyncio.get_running_loop().time() + seconds
    now = seen
    while (left := ends - asyncio.get_running_loop().time()) > 0:
        await ai.board.news(list(now.values()), left)
        now = {**now, **await ai.board.views(now)}
        if ai.board.is_closing or any(now[job].state is not seen[job].state for job in seen):
            break
    return now


async def image(request: Request) -> Response:
    """P-75 to P-79. `?width=` any of the ladder's widths below the picture's own; `?live=1` a picture that becomes the
    other by itself."""
    ai, parts = ai_of(request), request.path_params
    named = _NAME.fullmatch(parts["name"])
    size = parse_size(parts["size"])
    if named is None or size is None:
        raise NoSuchPicture("No such picture was ever asked for")
    job = await ai.jobs.find(named[1])
    if size != job.size:
        raise NoSuchPicture(f"This picture has {job.size} pixels and no other size")
    query = parse_query(request.scope["query_string"].decode("latin-1"))
    width, format = _width(query.get("width"), job.w), _FORMATS[named[2]]
    is_get = request.method == "GET"
    if query.get("live") == "1" and job.state not in _ENDED and is_get and live.is_for_an_image(request.headers):
        return live.stream(await ai.gallery.unfinished(job, width, format), format, lambda: _final(ai, job, width, format))
    if job.state is not State.READY:
        return Sent(_standing_in(job, format, await ai.gallery.unfinished(job, width, format)), request.scope)
    answer = respond.picture(format.value, await ai.gallery.finished(job, width, format), _READY)
    kept = answer_to(answer, request.scope["headers"])
    # Ranges are of GET alone (RFC 9110 §14.2).
    return Sent(part_of(answer, request.scope["headers"]) if is_get and kept is answer else kept, request.scope)


_READY = ((b"x-ai-state", b"ready"), (b"access-control-expose-headers", b"X-AI-State"), (b"accept-ranges", b"bytes"))


def _standing_in(job: Job, format: Format, body: bytes) -> Answer:
    # A tab that shows the bare picture asks again by itself; inside a page nothing heeds it.
    again = () if job.state is State.FAILED else ((b"refresh", b"5"), (b"retry-after", b"5"))
    told = ((b"x-ai-state", job.state.encode()), (b"access-control-expose-headers", b"X-AI-State"))
    return respond.passing(format.value, body, (*told, *again))


def _width(asked: str | None, own: int) -> int:
    if asked is None:
        return own
    steps = widths(own)
    if asked not in map(str, steps):
        raise BadParameter("width", "one of " + ", ".join(map(str, steps)))
    return int(asked)


async def _final(ai: Ai, job: Job, width: int, format: Format) -> bytes | None:
    """The picture that takes the placeholder's place; None where there is none in time."""
    now = job
    ends = asyncio.get_running_loop().time() + live.LONGEST_S
    while now.state not in _ENDED and not ai.board.is_closing and (left := ends - asyncio.get_running_loop().time()) > 0:
        now = (await _changed(ai, {job.id: now}, left))[job.id]
    if now.state is State.READY:
        return await ai.gallery.finished(now, width, format)
    return await ai.gallery.unfinished(now, width, format) if now.state is State.FAILED else None
