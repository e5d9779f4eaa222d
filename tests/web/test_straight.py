"""What is reached without the router: the same comes of it, refusals and faults included."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from placeholder.errors import Busy, Refusal, Unauthorized
from placeholder.web.errors import on_refusal
from placeholder.web.exact import Route
from placeholder.web.straight import Straight


async def asked(request: Request) -> Response:
    """Does what the body says."""
    match await request.body():
        case b"refuse":
            raise Unauthorized
        case b"wait":
            raise Busy(1)
        case b"break":
            raise ZeroDivisionError
    return JSONResponse({"app": request.app.state.name, "path": request.url.path, "of": request.path_params})


@pytest.fixture
def router() -> Starlette:
    made = Starlette(
        routes=[Route("/ai", asked, methods=["POST"])], exception_handlers={Refusal: on_refusal, Exception: on_refusal}
    )
    made.state.name, made.state.press = "ours", None
    return made


async def answer(app: Any, method: str, body: bytes) -> tuple[list[Message], str]:
    """What is sent, and what is raised for the server to log."""
    scope = {"type": "http", "method": method, "path": "/ai", "root_path": "", "query_string": b"", "headers": [(b"host", b"x")]}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    try:
        await app(scope, receive, send)
    except ZeroDivisionError as error:
        return sent, type(error).__name__
    return sent, ""


@pytest.mark.parametrize(
    ("method", "body", "status", "raised"),
    [
        ("POST", b"", 200, ""),
        ("POST", b"refuse", 401, ""),
        ("POST", b"wait", 503, ""),
        ("POST", b"break", 500, "ZeroDivisionError"),
        ("DELETE", b"", 405, ""),
    ],
)
async def test_the_same_comes_of_it(router: Starlette, method: str, body: bytes, status: int, raised: str) -> None:
    straight = await answer(Straight(router, {("POST", "/ai"): asked}), method, body)
    assert straight == await answer(router, method, body)
    assert (straight[0][0]["status"], straight[1]) == (status, raised)


async def test_what_goes_straight_never_meets_the_router(router: Starlette) -> None:
    router.routes.clear()
    sent, _ = await answer(Straight(router, {("POST", "/ai"): asked}), "POST", b"")
    assert (sent[0]["status"], sent[1]["body"]) == (200, b'{"app":"ours","path":"/ai","of":{}}')
