"""The HTTP API under /v1: every route on one screen, the token that each demands, and the rate limits.

| POST   | /predictions                        | GET /predictions                | `create`, `listing` |
| POST   | /models/{owner}/{name}/predictions  |                                 | official models only |
| GET    | /predictions/{id}                   | POST /predictions/{id}/cancel   |
| GET    | /webhooks/default/secret            | GET /account                    |
| POST   | /files                              | GET /files, GET and DELETE /files/{id} | `uploads` |
"""

import hmac
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from . import listing, problems
from .body import dump
from .catalogue import named
from .create import Creator, Refused
from .limits import FULL_CREATES_PER_MINUTE, Bucket, Verdict
from .model import Prediction
from .timekeeper import Timekeeper
from .uploads import Uploads
from .world import World

Handler = Callable[[Request], Awaitable[Response]]

PREFIX = "/v1"


class Api:
    def __init__(self, world: World, timekeeper: Timekeeper, token: str, api: str, delivery: str) -> None:
        self._world = world
        self._timekeeper = timekeeper
        self._token = token
        self._api = api
        self._delivery = delivery
        self._creator = Creator(world, timekeeper, api, delivery)
        self._uploads = Uploads(world, api)
        self._creates = Bucket(world.clock)
        self._others = Bucket(world.clock)

    def application(self, also: list[BaseRoute]) -> Starlette:
        """`also`: routes that stand beside the API and need no token."""
        creates, others = self._limited_creates, self._limited_others
        table: tuple[tuple[str, str, Handler, Callable[[], Verdict]], ...] = (
            ("POST", "/predictions", self._create, creates),
            ("POST", "/models/{owner}/{name}/predictions", self._create_of_model, creates),
            ("GET", "/predictions", self._list, others),
            ("GET", "/predictions/{id}", self._get, others),
            ("POST", "/predictions/{id}/cancel", self._cancel, others),
            ("GET", "/webhooks/default/secret", self._secret, others),
            ("GET", "/account", self._account, others),
            ("POST", "/files", self._uploads.create, others),
            ("GET", "/files", self._uploads.list, others),
            ("GET", "/files/{id}", self._uploads.get, others),
            ("DELETE", "/files/{id}", self._uploads.delete, others),
        )
        routes = [Route(PREFIX + path, self._guarded(handler, limit), methods=[method]) for method, path, handler, limit in table]
        handlers = {404: _not_found, 405: _wrong_method}
        return Starlette(routes=[*also, *routes], exception_handlers=handlers)

    def _guarded(self, handler: Handler, limit: Callable[[], Verdict]) -> Handler:
        """`handler` behind the token and the rate limit."""

        async def guarded(request: Request) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme not in ("Bearer", "Token") or not hmac.compare_digest(token.encode(), self._token.encode()):
                return problems.answer(problems.UNAUTHENTICATED)
            verdict = limit()
            try:
                response = await (handler(request) if verdict.passed else self._throttle(limit, verdict))
            except Refused as refused:
                response = problems.answer(refused.problem)
                if self._world.knobs.retry_after_header and refused.problem[0] == 429:
                    response.headers["retry-after"] = str(refused.problem[1]["retry_after"])
            response.headers.update(verdict.headers)
            return response

        return guarded

    def _limited_creates(self) -> Verdict:
        return self._creates.take(self._world.knobs.creates_per_minute, self._world.knobs.create_burst)

    def _limited_others(self) -> Verdict:
        return self._others.take(self._world.knobs.others_per_minute, self._world.knobs.others_per_minute)

    async def _throttle(self, limit: Callable[[], Verdict], verdict: Verdict) -> Response:
        knobs = self._world.knobs
        reduced = limit == self._limited_creates and knobs.creates_per_minute < FULL_CREATES_PER_MINUTE
        raise Refused(problems.throttled(verdict.reset, (knobs.creates_per_minute, knobs.create_burst) if reduced else None))

    # ---------------------------------------------------------------- predictions

    async def _create(self, request: Request) -> Response:
        return await self._creator.create(request, None)

    async def _create_of_model(self, request: Request) -> Response:
        model = named(f"{request.path_params['owner']}/{request.path_params['name']}")
        if model is None:
            raise Refused(problems.NOT_FOUND)
        return await self._creator.create(request, model)

    async def _list(self, request: Request) -> Response:
        try:
            found = listing.page(self._world, request.query_params, self._api, self._delivery)
        except (ValueError, TypeError):
            raise Refused(problems.MALFORMED) from None
        return Response(dump(found), media_type="application/json")

    async def _get(self, request: Request) -> Response:
        return self._shown(self._found(request))

    async def _cancel(self, request: Request) -> Response:
        prediction, now = self._found(request), self._world.clock.ns()
        before = prediction.epoch
        prediction.cancel(now)
        if prediction.epoch != before:
            self._world.note("cancel", {"id": prediction.id, "at": now})
            self._timekeeper.follow(prediction, after=now)
        return self._shown(prediction)

    def _found(self, request: Request) -> Prediction:
        prediction = self._world.predictions.get(request.path_params["id"])
        if prediction is None:
            raise Refused(problems.NOT_FOUND)
        return prediction

    def _shown(self, prediction: Prediction) -> Response:
        view = prediction.view(self._world.clock.ns(), self._api, self._delivery)
        return Response(dump(view), media_type="application/json")

    # ---------------------------------------------------------------- the account

    async def _secret(self, request: Request) -> Response:
        return Response(dump({"key": self._world.secrets[-1]}), media_type="application/json")

    async def _account(self, request: Request) -> Response:
        told = {"type": "organization", "username": "acme", "name": "Acme Corp, Inc.", "github_url": "https://github.com/acme"}
        return Response(dump(told), media_type="application/json")


async def _not_found(request: Request, error: HTTPException | Exception) -> Response:
    return problems.answer(problems.NOT_FOUND)


async def _wrong_method(request: Request, error: HTTPException | Exception) -> Response:
    return problems.answer(problems.WRONG_METHOD)
