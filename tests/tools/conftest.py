"""The real command, spoken to by the SDK's own client."""

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, stdio_client

Speaking = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def speaking(tmp_path: Path) -> Speaking:
    """`placeholder mcp` with these words and these variables besides, over stdio, in a folder where no .env lies. What it says
    elsewhere than in its protocol ends up in `stderr` there."""

    @asynccontextmanager
    async def speak(*words: str, **variables: str) -> AsyncIterator[Client]:
        path = {"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "placeholder", "mcp", *words], env={**path, **variables}, cwd=tmp_path
        )
        with (tmp_path / "stderr").open("w") as errors:
            async with Client(stdio_client(command, errors)) as client:
                yield client

    return speak


def words_of(result: Any) -> str:
    """What a result says in text."""
    return "\n".join(part.text for part in result.content if part.type == "text")


@pytest.fixture(scope="session")
def said() -> Callable[[Any], str]:
    return words_of
