"""The file host, on an origin of its own: the output files, for an hour, to whoever knows the address; and what may be wrong
with them. It wants no token, and notes down every request that brings one.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from . import names, pictures, schema
from .model import Artifact
from .wire import drop, gone
from .world import World

REDIRECT_TO = "http://169.254.169.254/latest/meta-data/"
HUGE = 30 * 1024 * 1024
_PIECE = 64 * 1024
_DRIP = 256
_KEPT_PICTURES = 16


class Files:
    def __init__(self, world: World) -> None:
        self._world = world
        self._drawn: OrderedDict[str, bytes] = OrderedDict()

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._get, methods=["GET"])])

    async def _get(self, request: Request) -> Response:
        if "authorization" in request.headers:
            seen = f"{request.method} {request.url.path}"
            self._world.violations.append(seen)
            self._world.note("violation", {"seen": seen})
        artifact = self._world.artifacts.get(request.url.path)
        now = self._world.clock.ns()
        if artifact is None or now < artifact.prediction.ended or artifact.prediction.wiped(now):
            return _missing()
        artifact.fetches += 1
        plan = artifact.prediction.plan
        spoilt = plan.file is not None and (plan.file_times is None or artifact.fetches <= plan.file_times)
        return await (FAULTS[plan.file] if spoilt and plan.file else _whole)(self, artifact)

    async def draw(self, artifact: Artifact) -> bytes:
        if artifact.path not in self._drawn:
            of, given = artifact.prediction, artifact.prediction.input
            seed = of.picture_seed + artifact.index
            if of.model.fast_is_random and schema.setting(of.model, given, "go_fast"):
                seed += names.picture_seed(of.seed, of.ordinal)
            drawn = await asyncio.to_thread(
                pictures.draw,
                of.prompt,
                seed,
                schema.picture_size(of.model, given),
                schema.picture_format(of.model, given),
                schema.setting(of.model, given, "output_quality") or 80,
            )
            self._drawn[artifact.path] = drawn
            while len(self._drawn) > _KEPT_PICTURES:
                self._drawn.popitem(last=False)
        return self._drawn[artifact.path]

    @property
    def drip_seconds(self) -> float:
        return self._world.knobs.drip_seconds


Fault = Callable[[Files, Artifact], Awaitable[Response]]


async def _whole(files: Files, artifact: Artifact) -> Response:
    return _answer(artifact, await files.draw(artifact))


async def _truncated(files: Files, artifact: Artifact) -> Response:
    """HTTP is in order; the file in it ends halfway."""
    whole = await files.draw(artifact)
    return _answer(artifact, whole[: len(whole) // 2])


async def _cut(files: Files, artifact: Artifact) -> Response:
    return _Cut(artifact, await files.draw(artifact))


async def _html(files: Files, artifact: Artifact) -> Response:
    return Response("<!doctype html><title>Just a moment...</title><script>alert(1)</script>", media_type="text/html")


async def _type(files: Files, artifact: Artifact) -> Response:
    return Response(await files.draw(artifact), media_type="text/plain")


async def _redirect(files: Files, artifact: Artifact) -> Response:
    return Response(status_code=302, headers={"location": REDIRECT_TO})


async def _busy(files: Files, artifact: Artifact) -> Response:
    return Response("upstream connect error", 503, media_type="text/plain")


async def _drip(files: Files, artifact: Artifact) -> Response:
    return _Drip(artifact, await files.draw(artifact), files.drip_seconds)


async def _huge(files: Files, artifact: Artifact) -> Response:
    """A sound picture at its beginning, and then zeros."""
    start = await files.draw(artifact)

    async def pieces() -> AsyncIterator[bytes]:
        yield start
        for at in range(len(start), HUGE, _PIECE):
            yield b"\0" * min(_PIECE, HUGE - at)

    return StreamingResponse(pieces(), headers={"content-length": str(HUGE)}, media_type=_media_type(artifact))


async def _bomb(files: Files, artifact: Artifact) -> Response:
    return Response(await asyncio.to_thread(pictures.bomb), media_type="image/png")


async def _gone(files: Files, artifact: Artifact) -> Response:
    return _missing()


FAULTS: dict[str, Fault] = {
    "truncated": _truncated,
    "cut": _cut,
    "html": _html,
    "type": _type,
    "redirect": _redirect,
    "5xx": _busy,
    "drip": _drip,
    "huge": _huge,
    "bomb": _bomb,
    "404": _gone,
    "foreign": _whole,
}
"""What is answered in place of the picture. `foreign` is no matter of ours: the output names another host."""


class _Cut(Response):
    """The connection ends in the middle of the body."""

    def __init__(self, artifact: Artifact, whole: bytes) -> None:
        super().__init__(whole, media_type=_media_type(artifact))
        self._half = whole[: len(whole) // 2]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._half, "more_body": True})
        await gone(receive, 0.05)  # what is written goes out first
        drop(scope)
        await gone(receive)


class _Drip(Response):
    """The whole picture, a few bytes at a time."""

    def __init__(self, artifact: Artifact, whole: bytes, pause: float) -> None:
        super().__init__(whole, media_type=_media_type(artifact))
        self._pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        whole = bytes(self.body)
        for at in range(0, len(whole), _DRIP):
            last = at + _DRIP >= len(whole)
            await send({"type": "http.response.body", "body": whole[at : at + _DRIP], "more_body": not last})
            if not last and await gone(receive, self._pause):
                return


def _answer(artifact: Artifact, body: bytes) -> Response:
    return Response(body, media_type=_media_type(artifact), headers={"cache-control": "public,max-age=3600"})


def _media_type(artifact: Artifact) -> str:
    return pictures.MEDIA_TYPES[artifact.path.rpartition(".")[2]]


def _missing() -> Response:
    return Response("Not found", 404, media_type="text/plain")
