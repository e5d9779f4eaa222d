"""Endpoints that are reached without the router, whose layers cost more than many an answer. The same comes of them."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from placeholder.errors import Refusal
from placeholder.web.errors import on_refusal

Endpoint = Callable[[Request], Awaitable[Response]]


class Straight:
    """`endpoints`, by method and path, are the router's own, and raise no exception of Starlette's."""

    def __init__(self, router: Starlette, endpoints: Mapping[tuple[str, str], Endpoint]) -> None:
        self._app, self._endpoints = router, endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        scope.update(app=self._app, endpoint=endpoint, path_params={})
        request = Request(scope, receive, send)
        try:
            response = await endpoint(request)
        except Exception as error:
            await (await on_refusal(request, error))(scope, receive, send)
            if not isinstance(error, Refusal):  # the server is to log it
                raise
        else:
            await response(scope, receive, send)
