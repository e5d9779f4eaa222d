"""The wiring: settings in, an ASGI application out. The only place that builds things; everything arrives as an argument."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from placeholder.cache import BoundedCache
from placeholder.door.desk import STATE, Desk, settle
from placeholder.errors import Refusal
from placeholder.raster.press import Press
from placeholder.settings import Settings, read_settings
from placeholder.web.drawings import paint
from placeholder.web.errors import on_refusal
from placeholder.web.middleware import Hosts, Lane
from placeholder.web.routes import ROUTES

_MB = 1_000_000


def create_app(settings: Settings | None = None, *, desk: Desk | None = None) -> ASGIApp:
    """The whole service. Any ASGI server runs it: `uvicorn --factory placeholder.app:create_app`."""
    settings = settings or read_settings()
    press = Press(settings.raster_workers, settings.raster_queue, settings.cache_mb * _MB)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        yield {STATE: desk} if desk else {}
        press.close()

    router = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        exception_handlers={Refusal: on_refusal, HTTPException: on_refusal, Exception: on_refusal},
    )
    # A redirect would be built from the Host header, and "/400x300/" is no size (P-5).
    router.router.redirect_slashes = False
    router.state.press = press
    return Lane(Hosts(router, settings.hosts, press), paint, settings.hosts, settings.cache_mb * _MB)


def create_served_app() -> ASGIApp:
    """The same for `placeholder serve`: with a desk for the door, in a process that does nothing else."""
    settings = read_settings()
    if not settings.door:
        return create_app(settings)
    settle()
    return create_app(settings, desk=Desk(paint, settings.hosts, BoundedCache(settings.cache_mb * _MB)))
