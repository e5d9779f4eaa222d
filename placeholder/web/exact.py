"""A route of exactly the addresses that its pattern says: what Starlette makes of a pattern lets a line feed follow.

What an endpoint raises is met once, by what stands before the router; Starlette's own routes meet it twice, which costs every
request.
"""

import re
from collections.abc import Callable
from typing import Any

from starlette import routing
from starlette.requests import Request
from starlette.types import Receive, Scope, Send


class Route(routing.Route):
    def __init__(self, path: str, endpoint: Callable[..., Any], *, methods: list[str] | None = None) -> None:
        super().__init__(path, endpoint, methods=methods)
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + r"\Z")

        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            response = await endpoint(Request(scope, receive, send))
            await response(scope, receive, send)

        self.app = answered
