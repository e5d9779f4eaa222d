"""Exchanges with Replicate's API. The only file that knows its client, `replicate`, whose import takes 0.3 s and waits for use.

- The client never retries (`max_retries=0`): it would pay again. One `create` is one POST.
- Every exchange ends after `seconds`, whatever the client or the server think.
- The client's exceptions and its debug log quote the request, and with it the prompt. So an exchange ends in an Answer, never
  in one of its exceptions, not even as the context of ours; and its log keeps to warnings.
- The token goes to `base_url` alone: no redirects, no proxy from the environment, no page of a list elsewhere.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from placeholder.jobs.ports import Trouble

if TYPE_CHECKING:
    from replicate import AsyncReplicate

MAX_PAGES = 50

_TIMEOUT = httpx.Timeout(connect=5, read=15, write=10, pool=5)
_LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: none came; `is_unsent`: nothing had left us."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_unsent: bool = False

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def json(self) -> Any:
        """None when the answer is no success or no JSON."""
        try:
            return json.loads(self.body) if self.is_success else None
        except (ValueError, RecursionError):
            return None


class Wire:
    def __init__(self, token: str, base_url: str, seconds: float) -> None:
        self._client = _client(token, base_url)
        self._origin = _origin(base_url)
        self._seconds = seconds

    async def create(self, **order: Any) -> Answer:
        return await self._exchange(lambda: self._client.predictions.with_raw_response.create(**order))

    async def post(self, path: str) -> Answer:
        return await self._exchange(lambda: self._client.post(path, cast_to=httpx.Response))

    async def get(self, path: str, **query: str) -> Any:
        """The JSON at `path`. Raises Trouble."""
        answer = await self._exchange(lambda: self._client.get(path, cast_to=httpx.Response, options={"params": query}))
        found = answer.json
        if found is None:
            raise Trouble(f"replicate answered {answer.status or 'nothing'}")
        return found

    async def made_since(self, moment: float) -> AsyncIterator[dict[str, Any]]:
        """Every prediction of the account made since `moment`, the newest first. Raises Trouble, also when there are more than
        MAX_PAGES hold: not found would then mean nothing."""
        after = datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
        url, query = "/predictions", {"created_after": after}
        for _ in range(MAX_PAGES):
            page = await self.get(url, **query)
            items, following = (page.get("results"), page.get("next")) if isinstance(page, dict) else (None, None)
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise Trouble("replicate's answer is no list")
            for item in items:
                yield item
            if following is None:
                return
            if not isinstance(following, str) or _origin(following) != self._origin:
                raise Trouble("replicate's list goes on elsewhere")
            url, query = following, {}
        raise Trouble("replicate's list is too long")

    async def close(self) -> None:
        await self._client.close()

    async def _exchange(self, call: Callable[[], Awaitable[Any]]) -> Answer:
        """The answer to `call`, whatever comes of it but a cancellation."""
        try:
            async with asyncio.timeout(self._seconds):
                made = await call()
            response = getattr(made, "http_response", made)
        except Exception as error:
            # The client keeps the answer of a status error, and the cause of a connection error.
            response = getattr(error, "response", None)
            if not isinstance(response, httpx.Response):
                return Answer(is_unsent=isinstance(error.__cause__, _NEVER_SENT))
        return Answer(response.status_code, response.headers, response.content)


def _client(token: str, base_url: str) -> "AsyncReplicate":
    from replicate import AsyncReplicate

    # At debug level it writes whole requests.
    logging.getLogger("replicate").setLevel(logging.WARNING)
    http_client = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_TIMEOUT, limits=_LIMITS)
    return AsyncReplicate(bearer_token=token, base_url=base_url, max_retries=0, timeout=_TIMEOUT, http_client=http_client)


def _origin(url: str) -> tuple[str, str, int | None, bytes] | None:
    """Scheme, host, port and user of `url`; None when it is none."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return None
    return parsed.scheme, parsed.host, parsed.port, parsed.userinfo
