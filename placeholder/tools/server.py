"""The tools. What is refused comes back as words, which a model can act on."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Any

from mcp.server.mcpserver import Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from placeholder.errors import BadParameter, Refusal
from placeholder.tools import compose, lists
from placeholder.tools.remote import Remote, Trouble
from placeholder.values.format import Format

MAX_WAIT_S = 120
MAX_SHOWN = 1024
"""Pixels of a side of a picture that is sent as such."""

Drawing = Annotated[
    str, Field(description="What is drawn; list_drawings tells all.", json_schema_extra={"enum": [*compose.ADDRESSES]})
]
Size = Annotated[
    str, Field(description="Width and height, 400x300; a name that list_sizes tells, og; or a ratio and a width, 16:9/1280.")
]
Options = Annotated[
    dict[str, str] | None, Field(description="Parameters of the drawing by name, not encoded; list_drawings tells them.")
]
_INSTRUCTIONS = (
    "Pictures for pages that have none yet. compose_url gives the address of a picture drawn from that address alone: put it into"
    " <img src>. submit_prompt has one painted from words: its address shows a placeholder at once and the picture later, and"
    " never changes, so put it into the page at once as well."
)


@dataclass(frozen=True)  # without slots, as in lists.py
class Composed:
    url: str
    width: int
    height: int
    media_type: str
    html: str


@dataclass(frozen=True)
class Submitted:
    id: str
    url: str
    status_url: str
    state: str


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (Refusal, Trouble) as no:
        raise ToolError(str(no)) from None


def make_server(url: str | None, key: str | None) -> MCPServer[Any]:
    """`url`: the service that pictures come from and prompts go to; without it addresses are paths, and prompts are refused."""
    remote = Remote(url, key)
    server = MCPServer[Any]("placeholder", instructions=_INSTRUCTIONS, version=version("placeholder"), log_level="WARNING")

    @server.tool()
    def compose_url(drawing: Drawing, size: Size, options: Options = None, format: str = "svg", density: int = 1) -> Composed:
        """The address of a placeholder picture, checked: what is wrong with the parts is said in words."""
        with _in_words():
            target = compose.target(drawing, size, options or {}, format, density)
            picture = compose.picture(drawing, target)
        w, h, address = picture.spec.size.w, picture.spec.size.h, remote.base + target
        html = f'<img src="{address.replace("&", "&amp;")}" width="{w}" height="{h}" alt="">'
        return Composed(url=address, width=w, height=h, media_type=picture.format.value, html=html)

    @server.tool()
    async def draw(drawing: Drawing, size: Size, options: Options = None) -> Image:
        """The placeholder itself, as a PNG to look at; up to 1024 pixels a side."""
        from placeholder.library import drawn

        with _in_words():
            picture = compose.picture(drawing, compose.target(drawing, size, options or {}, "png", 1))
            if max(picture.pixels.w, picture.pixels.h) > MAX_SHOWN:
                raise BadParameter("size", f"at most {MAX_SHOWN} pixels a side, to be looked at")
        return Image(data=await asyncio.to_thread(drawn, picture), format=Format.PNG.name)

    @server.tool()
    def list_sizes(containing: str = "") -> lists.Sizes:
        """The sizes that have a name (social cards, screens, advertisements, icons), or those of them with these letters."""
        return lists.sizes(containing)

    @server.tool()
    def list_drawings() -> lists.Drawings:
        """The drawings with their options (glyphs, styles, colours), the formats and the densities."""
        return lists.drawings()

    @server.tool()
    async def submit_prompt(prompt: str, w: int, h: int, seed: int | None = None, model: str | None = None) -> Submitted:
        """Has a picture painted from words. Its url is good at once; job_status tells when the picture is there."""
        with _in_words():
            told = await remote.submit({"prompt": prompt, "w": w, "h": h, "seed": seed, "model": model})
        return Submitted(id=told["id"], url=told["url"], status_url=told["status_url"], state=told["state"])

    @server.tool()
    async def job_status(job: str, wait_s: Annotated[float, Field(ge=0, le=MAX_WAIT_S)] = 0) -> dict[str, Any]:
        """How a job stands: pending, generating, ready or failed. Waits until it has ended, wait_s seconds at most."""
        with _in_words():
            return await remote.status(job, wait_s)

    return server
