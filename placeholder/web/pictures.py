"""The one URL of a job's picture, for ever: a placeholder first, the picture once it is ready."""

import asyncio
import re

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import BadParameter, NoSuchPicture
from placeholder.jobs.model import Job, State
from placeholder.values.format import Format
from placeholder.values.ladder import widths
from placeholder.values.query import parse_query
from placeholder.values.size import parse_size
from placeholder.web import live, respond
from placeholder.web.ai import Ai, ai_of
from placeholder.web.ranges import part_of
from placeholder.web.respond import Answer, Sent, answer_to
from placeholder.web.states import ENDED, changed

_NAME = re.compile(r"([a-z2-7]{16})\.(png|webp|avif)")
_FORMATS = {"png": Format.PNG, "webp": Format.WEBP, "avif": Format.AVIF}
_AGAIN = ((b"refresh", b"5"), (b"retry-after", b"5"))
"""A tab that shows the bare picture asks again by itself; inside a page nothing heeds it."""


async def picture(request: Request) -> Response:
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
    width, wanted = _width(query.get("width"), job.w), _FORMATS[named[2]]
    is_get = request.method == "GET"
    if query.get("live") == "1" and job.state not in ENDED and is_get and live.is_for_an_image(request.headers):
        return live.stream(await ai.gallery.unfinished(job, width, wanted), wanted, lambda: _final(ai, job, width, wanted))
    if job.state is not State.READY:
        return Sent(_standing_in(job, wanted, await ai.gallery.unfinished(job, width, wanted)), request.scope)
    answer = respond.finished(wanted.value, await ai.gallery.finished(job, width, wanted))
    kept = answer_to(answer, request.scope["headers"])
    # Ranges are of GET alone (RFC 9110 §14.2).
    return Sent(part_of(answer, request.scope["headers"]) if is_get and kept is answer else kept, request.scope)


def _standing_in(job: Job, format: Format, body: bytes) -> Answer:
    told = (b"x-ai-state", job.state.encode())
    return respond.passing(format.value, body, (told,) if job.state is State.FAILED else (told, *_AGAIN))


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
    while now.state not in ENDED and not ai.board.is_closing and (left := ends - asyncio.get_running_loop().time()) > 0:
        now = (await changed(ai.board, {job.id: now}, left))[job.id]
    if now.state is State.READY:
        return await ai.gallery.finished(now, width, format)
    return await ai.gallery.unfinished(now, width, format) if now.state is State.FAILED else None
