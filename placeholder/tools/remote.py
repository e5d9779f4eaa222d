"""A running service, asked over HTTP: prompts go there and nowhere else, and into no message of ours."""

import asyncio
import re
from typing import Any

import httpx

HOLD_S = 25
"""Seconds that a service holds a request for news (web/states.py)."""
_PATIENCE_S = 10
_JOB = re.compile(r"[a-z2-7]{16}")
_ENDED = ("ready", "failed")


class Trouble(Exception):
    """What to tell whoever asked."""


class Remote:
    """`base`: the service's address without a slash at its end; None where there is none. `key` is for POST /ai alone."""

    def __init__(self, base: str | None, key: str | None) -> None:
        self._base, self._key = base, key

    @property
    def base(self) -> str:
        """ "" where there is no service, so that addresses are paths."""
        return self._base or ""

    async def submit(self, ask: dict[str, Any]) -> dict[str, Any]:
        """The job, its addresses whole. Raises Trouble."""
        if self._key is None:
            self._service()
            raise Trouble("PLACEHOLDER_API_KEY: expected a key of the service, in the environment of this command")
        headers = {"Authorization": f"Bearer {self._key}"}
        told = await self._ask("POST", "/ai", _PATIENCE_S, headers=headers, json=ask)
        return self._whole(told)

    async def status(self, job: str, wait_s: float) -> dict[str, Any]:
        """How the job stands once it has ended, or after `wait_s`. Raises Trouble."""
        if not _JOB.fullmatch(job):
            raise Trouble("job: expected the id that submit_prompt told, 16 characters of a-z and 2-7")
        clock = asyncio.get_running_loop().time
        ends = clock() + wait_s
        told = await self._ask("GET", f"/ai/{job}/status", _PATIENCE_S)
        while told.get("state") not in _ENDED and (left := ends - clock()) > 0:
            query = {"wait": f"{min(left, HOLD_S):.3f}", "while": str(told.get("state"))}
            told = await self._ask("GET", f"/ai/{job}/status", HOLD_S + _PATIENCE_S, params=query)
        return self._whole(told)

    def _service(self) -> str:
        if self._base is None:
            raise Trouble("No service: start this command with --url, such as placeholder mcp --url http://127.0.0.1:8000")
        return self._base

    def _whole(self, told: dict[str, Any]) -> dict[str, Any]:
        return {name: self.base + value if name in ("url", "status_url") else value for name, value in told.items()}

    async def _ask(self, method: str, path: str, patience_s: float, **more: Any) -> dict[str, Any]:
        base = self._service()
        try:
            async with httpx.AsyncClient(timeout=patience_s, headers={"Accept": "application/json"}) as client:
                reply = await client.request(method, base + path, **more)
            told = reply.json()
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Trouble("The service at --url does not answer") from None
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Trouble(f"What stands at --url is no placeholder service: status {reply.status_code}, and no JSON object")
        if reply.is_success:
            return told
        again = reply.headers.get("retry-after")
        raise Trouble(
            f"{told.get('error', 'Refused')} (status {reply.status_code}, {told.get('code')})"
            + (f"; ask again in {again} s" if again else "")
        )
