"""A second opinion on prompts from OpenAI's moderation endpoint, or from any that speaks as it does.

The prompt goes there and nowhere else: it is in no exception (an exchange's own exceptions are dropped, not chained), and of
the answer only a category's name comes back, whose grammar is checked.
"""

import asyncio
import json
import re
from typing import Any

import httpx

from placeholder.jobs.ports import Trouble

URL = "https://api.openai.com/v1"
MODEL = "omni-moderation-latest"
MAX_ANSWER = 1_000_000

_CATEGORY = re.compile(r"[a-z][a-z_/-]{0,63}")
_UNNAMED = "flagged"


class OpenAIModeration:
    def __init__(self, key: str, url: str, seconds: float) -> None:
        """`url`: up to and without `/moderations`. `seconds`: how long an opinion may take."""
        self._url, self._seconds = f"{url.rstrip('/')}/moderations", seconds
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}, trust_env=False, timeout=seconds
        )

    async def check(self, prompt: str) -> str | None:
        """The category that `prompt` falls in, or None. Raises Trouble when there is no opinion to be had."""
        status, answer = await self._exchange(prompt)
        result = _first(answer)
        if status != 200 or not isinstance(result, dict) or not isinstance(result.get("flagged"), bool):
            raise Trouble(f"the moderation service answered {status or 'nothing'}")
        return _category(result) if result["flagged"] else None

    async def close(self) -> None:
        await self._client.aclose()

    async def _exchange(self, prompt: str) -> tuple[int, Any]:
        """Status 0: no answer."""
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._client.stream("POST", self._url, json={"model": MODEL, "input": prompt}) as response,
            ):
                received = bytearray()
                async for chunk in response.aiter_raw():
                    received += chunk
                    if len(received) > MAX_ANSWER:
                        return response.status_code, None
                return response.status_code, json.loads(received)
        # ValueError: no JSON, or a prompt that no JSON can carry.
        except (TimeoutError, httpx.HTTPError, httpx.StreamError, ValueError, RecursionError):
            return 0, None


def _first(answer: Any) -> Any:
    results = answer.get("results") if isinstance(answer, dict) else None
    return results[0] if isinstance(results, list) and results else None


def _category(result: dict[str, Any]) -> str:
    """The worst of those that apply."""
    categories, scores = result.get("categories"), result.get("category_scores")
    applying = [name for name, applies in categories.items() if applies is True] if isinstance(categories, dict) else []
    known = [name for name in applying if _CATEGORY.fullmatch(name)]
    return max(known, key=lambda name: _score(scores, name), default=_UNNAMED)


def _score(scores: Any, name: str) -> float:
    score = scores.get(name) if isinstance(scores, dict) else None
    return score if isinstance(score, float) else 0.0
