"""A shop that has the service at /pictures, as its own README would have it; uvicorn runs `app`."""

from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from placeholder.app import create_app

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>shop</title><link rel="icon" href="data:,">
<script type="module">
import { registerAiImg } from "/pictures/components/ai-img.js";
const { key } = await (await fetch("/pictures/page.json")).json();
document.querySelector("ai-img").setAttribute("token", key);
registerAiImg();
</script>
<ai-img endpoint="/pictures" prompt="%s" w="240" h="160"></ai-img>"""


async def page(request: Request) -> HTMLResponse:
    return HTMLResponse(PAGE % escape(request.query_params["prompt"]))


def app() -> Starlette:
    pictures = create_app()
    return Starlette(routes=[Route("/shop", page), Mount("/pictures", app=pictures)], lifespan=pictures.lifespan)
