"""A route of exactly the addresses that its pattern says: what Starlette makes of a pattern lets a line feed follow."""

import re
from collections.abc import Callable
from typing import Any

from starlette import routing


class Route(routing.Route):
    def __init__(self, path: str, endpoint: Callable[..., Any], *, methods: list[str] | None = None) -> None:
        super().__init__(path, endpoint, methods=methods)
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + r"\Z")
