"""What the providers' tests stand on: an order, a server of raw sockets, and the walk along an exception's chain."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from placeholder.jobs.ports import Order
from placeholder.values.size import Size

PROMPT = "a zephyr-quokka that nobody else would ask for"

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def order() -> Callable[..., Order]:
    def make(**chosen: Any) -> Order:
        plain: dict[str, Any] = {
            "job": "abcdefghijklmnop",
            "epoch": 1,
            "attempt": 1,
            "prompt": PROMPT,
            "size": Size(400, 300),
            "model": "black-forest-labs/flux-schnell",
            "seed": 42,
            "is_exact": False,
            "webhook": None,
            "seconds": 60.0,
            "sent_at": 1_800_000_000.0,
        }
        return Order(**{**plain, **chosen})

    return make


@pytest.fixture
def listening() -> Callable[[Handler], Any]:
    """A server on loopback that leaves every byte to `handler`; gives its port."""

    @asynccontextmanager
    async def listen(handler: Handler, ssl: Any = None) -> AsyncIterator[int]:
        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await handler(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=ssl, limit=2**20)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            await server.wait_closed()

    return listen


@pytest.fixture
def assert_silent() -> Callable[[BaseException], None]:
    """Checks that neither an exception nor anything that it drags along says a word of PROMPT."""

    def check(error: BaseException) -> None:
        seen: set[int] = set()
        rest: list[BaseException | None] = [error]
        while rest:
            one = rest.pop()
            if one is None or id(one) in seen:
                continue
            seen.add(id(one))
            for text in (str(one), repr(one), repr(one.args), "".join(traceback.format_exception(one))):
                assert "quokka" not in text
            assert one.__context__ is None, f"{one!r} drags {one.__context__!r} along"
            rest += [one.__context__, one.__cause__]

    return check
