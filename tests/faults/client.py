"""A client that asks for pictures, asks again until it is answered, watches, and keeps everything that it saw. A job is
acknowledged by HTTP 200 to POST /ai; from then on it must never be lost.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
from faults.harness import KEY, Service

ENDED = frozenset(("ready", "failed"))
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """The body of POST /ai."""

    prompt: str
    w: int = 96
    h: int = 64
    seed: int | None = None

    @property
    def body(self) -> dict[str, Any]:
        chosen = {} if self.seed is None else {"seed": self.seed}
        return {"prompt": self.prompt, "w": self.w, "h": self.h, **chosen}


@dataclass(frozen=True, slots=True)
class Sight:
    """A state that was seen. `by` is the process that told it."""

    sent: float
    answered: float
    state: str
    by: int


@dataclass(slots=True)
class Post:
    """A POST of ours; `answered` None: it may have taken effect, or may yet."""

    sent: float
    answered: float | None = None


@dataclass(slots=True)
class Known:
    """All that is known of one job."""

    wish: Wish
    id: str
    url: str
    posts: list[Post]
    acks: int = 0
    sights: list[Sight] = field(default_factory=list)
    code: str | None = None
    pictures: set[bytes] = field(default_factory=set)
    """Every body that its URL gave as ready."""

    @property
    def state(self) -> str:
        return self.sights[-1].state


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes
    sent: float
    answered: float
    by: int


class Client:
    """Asks `services`, each time another one of those that are up."""

    def __init__(self, services: Sequence[Service], seed: int = 0, timeout: float = 30) -> None:
        self.jobs: dict[str, Known] = {}
        self.wrong: list[str] = []
        """What no client should ever see."""
        self.seen: Counter[str] = Counter()
        """Answers by status, and how requests ended that got none."""
        self._services, self._dice = list(services), random.Random(f"client {seed}")
        self._http = httpx.AsyncClient(trust_env=False, timeout=timeout, limits=httpx.Limits(max_keepalive_connections=0))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def exchange(self, method: str, path: str, service: Service | None = None, **more: Any) -> Answer | None:
        """None: no answer came."""
        asked = service or self._dice.choice([one for one in self._services if one.is_wanted] or self._services)
        by, sent = asked.life.pid, time.monotonic()
        try:
            got = await self._http.request(method, asked.url + path, **more)
        except httpx.HTTPError as error:
            self.seen[type(error).__name__] += 1
            return None
        self.seen[str(got.status_code)] += 1
        if got.status_code >= 500 and not (got.status_code == 503 and got.headers.get("retry-after", "").isdigit()):
            self.wrong.append(f"{method} {path[:40]} was answered {got.status_code}: {got.text[:200]}")
        return Answer(got.status_code, got.headers, got.content, sent, time.monotonic(), by)

    # ---------------------------------------------------------------- submitting

    async def post(self, wish: Wish, posts: list[Post]) -> Answer | None:
        """One POST of `wish`, noted in `posts`."""
        note = Post(time.monotonic())
        posts.append(note)
        got = await self.exchange("POST", "/ai", json=wish.body, headers={"authorization": f"Bearer {KEY}"})
        if got and got.status < 500:
            note.answered = got.answered
        return got

    async def ask(self, wish: Wish, known: Known | None = None) -> Known:
        """Again and again until it is acknowledged. `known`: what came of the same wish before."""
        posts: list[Post] = known.posts if known else []
        while True:
            got = await self.post(wish, posts)
            if got and got.status == 200:
                return self._acknowledged(wish, posts, got)
            assert got is None or got.status == 503, f"POST /ai was answered {got.status}: {got.body[:200]!r}"
            await asyncio.sleep(0.1 + 0.2 * self._dice.random())

    def _acknowledged(self, wish: Wish, posts: list[Post], got: Answer) -> Known:
        told = httpx.Response(200, content=got.body).json()
        known = self.jobs.setdefault(told["id"], Known(wish, told["id"], told["url"], posts))
        if known.wish != wish or known.url != told["url"]:
            self.wrong.append(f"{told['id']} stands for two wishes, or has two URLs")
        if known.posts is not posts:
            known.posts += posts
        known.acks += 1
        self._saw(known, told, got)
        return known

    # ---------------------------------------------------------------- looking

    def _saw(self, known: Known, told: dict[str, Any], got: Answer) -> None:
        known.sights.append(Sight(got.sent, got.answered, told["state"], got.by))
        known.code = told.get("code", known.code) if told["state"] == "failed" else None

    async def look(self, ids: Iterable[str]) -> None:
        """At up to fifty jobs in one request."""
        wanted = list(ids)[:_BATCH]
        if not wanted:
            return
        got = await self.exchange("GET", "/ai/status?ids=" + ",".join(wanted))
        if got is None or got.status != 200:
            return
        told = httpx.Response(200, content=got.body).json()["jobs"]
        for job in wanted:
            if told[job] is None:
                self.wrong.append(f"{job} was acknowledged and is unknown")
            else:
                self._saw(self.jobs[job], told[job], got)

    async def look_at(self, job: str) -> None:
        """At one, by its own address."""
        got = await self.exchange("GET", f"/ai/{job}/status")
        if got is None or got.status == 503:
            return
        if got.status != 200:
            self.wrong.append(f"{job} was acknowledged, and its status is answered {got.status}")
            return
        self._saw(self.jobs[job], httpx.Response(200, content=got.body).json(), got)

    async def picture(self, job: str) -> Answer | None:
        """What its URL gives."""
        known = self.jobs[job]
        got = await self.exchange("GET", known.url)
        if got is None or got.status == 503:
            return None
        if got.status != 200:
            self.wrong.append(f"{known.url} is answered {got.status}")
            return None
        known.sights.append(Sight(got.sent, got.answered, got.headers["x-ai-state"], got.by))
        if got.headers["x-ai-state"] == "ready":
            known.pictures.add(got.body)
        return got

    @property
    def unfinished(self) -> list[str]:
        return [job for job, known in self.jobs.items() if known.state not in ENDED]

    async def watch(self, is_over: Callable[[], bool], pause: float = 0.2) -> None:
        """Looks at this and that until `is_over`."""
        while not is_over():
            await asyncio.sleep(pause)
            known = list(self.jobs)
            if not known:
                continue
            open_ones = self.unfinished
            await self.look(self._dice.sample(open_ones, min(len(open_ones), _BATCH)))
            await self.look_at(self._dice.choice(known))
            await self.picture(self._dice.choice(known))

    async def until_ended(self, seconds: float, pause: float = 0.1) -> float:
        """Watches until every job has ended, for `seconds` at most; how long it took."""
        began = time.monotonic()
        while (left := self.unfinished) and time.monotonic() - began < seconds:
            for at in range(0, len(left), _BATCH):
                await self.look(left[at : at + _BATCH])
            await asyncio.sleep(pause)
        return time.monotonic() - began
