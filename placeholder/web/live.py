"""`?live=1`: a placeholder and then the picture, on one connection and without a script: multipart/x-mixed-replace.

A browser holds a part back until it has seen the next one's head, so that head goes out with the first part. Nobody but a
browser's own <img> is given this: to anything else it would be no image.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.datastructures import Headers
from starlette.responses import StreamingResponse

from placeholder.errors import Refusal
from placeholder.values.format import Format

LONGEST_S = 50
_ENOUGH = 1024
"""Bytes that WebKit wants to see before it shows a part."""


def is_for_an_image(headers: Headers) -> bool:
    """By what only browsers say, and only of an <img> (Fetch Metadata)."""
    return headers.get("sec-fetch-dest") == "image" and headers.get("sec-fetch-mode") == "no-cors"


def stream(first: bytes, format: Format, final: Callable[[], Awaitable[bytes | None]]) -> StreamingResponse:
    """`first` at once, and what `final` comes to; where that is nothing, the first stays."""
    head = b"--frame\r\nContent-Type: " + format.value.encode() + b"\r\n\r\n"

    async def parts() -> AsyncIterator[bytes]:
        yield head + first.ljust(_ENOUGH, b"\0") + b"\r\n" + head
        try:
            last = await final()
        except Refusal:
            last = None
        yield (last or first) + b"\r\n--frame--\r\n"

    return StreamingResponse(
        parts(),
        media_type="multipart/x-mixed-replace; boundary=frame",
        headers={
            "Cache-Control": "no-store",
            "Vary": "Sec-Fetch-Dest",
            "X-Accel-Buffering": "no",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",
        },
    )
