"""A Starlette site that has the service in it, at /pictures."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from placeholder.app import create_app

pictures = create_app()


async def page(_: Request) -> HTMLResponse:
    return HTMLResponse('<!doctype html><title>Shop</title><img src="/pictures/og?text=hats" width="1200" height="630" alt="">')


app = Starlette(routes=[Route("/", page), Mount("/pictures", app=pictures)], lifespan=pictures.lifespan)
