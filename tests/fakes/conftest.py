"""A fake of Replicate that runs fast, those who ask it, and a receiver of its webhooks."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fakes.asking import QUICK, client_of
from fakes.receiver import Receiver
from fakes.replicate import FakeReplicate
from replicate import AsyncReplicate


@pytest.fixture
async def fake() -> AsyncIterator[FakeReplicate]:
    async with FakeReplicate(seed=7, latency=QUICK, hook_scale=0.002, hook_late=0.1) as running:
        yield running


@pytest.fixture
async def client(fake: FakeReplicate) -> AsyncIterator[AsyncReplicate]:
    async with client_of(fake) as opened:
        yield opened


@pytest.fixture
async def plain(fake: FakeReplicate) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client that knows nothing, and has the token only for the API."""
    async with httpx.AsyncClient(trust_env=False, verify=False) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    yield opened
    opened.close()
