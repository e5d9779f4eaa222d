"""What the routes behind /ai stand on."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from placeholder.errors import Unavailable
from placeholder.jobs.board import Board
from placeholder.jobs.gallery import Gallery
from placeholder.jobs.service import Jobs
from placeholder.keys.service import Keys
from placeholder.providers.models import Model
from placeholder.web.auth import Entrance


@dataclass(frozen=True, slots=True)
class Ai:
    jobs: Jobs
    board: Board
    keys: Keys
    gallery: Gallery
    find_model: Callable[[str], Model | None]
    price: Callable[[Model], int]
    """Millionths of a dollar."""
    entrance: Entrance
    playground: str | None = None
    """The key of the front page; None where there is none, since pictures cost something."""


def ai_of(request: Request) -> Ai:
    """Raises Unavailable outside the application's lifespan."""
    found: Ai | None = getattr(request.app.state, "ai", None)
    if found is None:
        raise Unavailable("The picture service")
    return found
