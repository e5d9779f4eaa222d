"""The wiring: settings in, an ASGI application out. The only place that builds things; everything arrives as an argument."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException

from placeholder import logs
from placeholder.blobs.room import room_on
from placeholder.blobs.store import Blobs, open_blobs
from placeholder.cache import BoundedCache
from placeholder.db.clock import Clock
from placeholder.db.database import Database
from placeholder.door.desk import Desk, Ready, settle
from placeholder.door.lifespan import CLOSING, DESK
from placeholder.errors import Refusal
from placeholder.failpoints import failpoints
from placeholder.figures.gathering import Gathering, Requests
from placeholder.figures.jobs import JobFigures
from placeholder.figures.readiness import readiness
from placeholder.ground import open_ground
from placeholder.jobs import screening
from placeholder.jobs.board import Board
from placeholder.jobs.breaker import Breaker
from placeholder.jobs.gallery import Gallery
from placeholder.jobs.machine import Policy
from placeholder.jobs.ports import Classifier, Provider
from placeholder.jobs.screening import Screen
from placeholder.jobs.service import Jobs
from placeholder.jobs.steps import World
from placeholder.jobs.upkeep import Retention, keep_up
from placeholder.jobs.worker import Worker
from placeholder.keys import tokens
from placeholder.keys.admission import Rules
from placeholder.keys.service import Keys
from placeholder.providers.counted import Counted
from placeholder.providers.models import MODELS, find_model
from placeholder.providers.webhook import hook_url
from placeholder.raster.press import Press
from placeholder.raster.studio import Studio
from placeholder.settings import Settings, read_settings
from placeholder.synth.foreign.reading import Reading
from placeholder.vault import Vault
from placeholder.web.ai import Ai
from placeholder.web.auth import Entrance
from placeholder.web.drawings import paint
from placeholder.web.echo import Echo
from placeholder.web.errors import on_refusal
from placeholder.web.manuals import Library
from placeholder.web.middleware import Hosts, Lane
from placeholder.web.mount import Mountable
from placeholder.web.operator import Operator
from placeholder.web.respond import Answer
from placeholder.web.routes import ROUTES, STRAIGHT, name_of
from placeholder.web.states import Glance
from placeholder.web.straight import Straight
from placeholder.web.watch import Watch
from placeholder.web.webhook import Hooks

_MB = 1_000_000


def create_app(settings: Settings | None = None, *, desk: Desk | None = None) -> Mountable:
    """The whole service. Any ASGI server runs it: `uvicorn --factory placeholder.app:create_app`. Any ASGI application mounts
    it (web/mount.py)."""
    settings = settings or read_settings()
    press = Press(settings.raster_workers, settings.raster_queue, settings.cache_mb * _MB)
    glance = Glance()
    reading = Reading(settings.peers, settings.peer_hosts)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[Mapping[str, Any]]:
        async with AsyncExitStack() as stack:
            stack.callback(press.close)
            router.state.ai = _imagine(settings, press, router, requests, stack)
            glance.board = echo.board = router.state.ai.board
            yield {CLOSING: router.state.ai.board.release, **({DESK: desk} if desk else {})}

    router = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        exception_handlers={Refusal: on_refusal, HTTPException: on_refusal, Exception: on_refusal},
    )
    # A redirect would be built from the Host header, and "/400x300/" is no size (P-5).
    router.router.redirect_slashes = False
    router.state.press = press
    router.state.reading = reading
    names = (name for model in MODELS for name in (*model.aliases, model.name))
    models = tuple(name for name in names if find_model(name, settings.allowed_models))
    router.state.library = Library(settings.public_url, models)
    echo = Echo(Straight(router, STRAIGHT))
    watch = Watch(Hosts(echo, settings.hosts, press), name_of)
    lane = Lane(watch, paint, glance, settings.hosts, settings.cache_mb * _MB, reading.is_foreign)
    requests = Requests(lambda: _answered(watch, lane, desk), lambda: watch.took)
    return Mountable(lane, lambda: router.router.lifespan_context(router))


def create_served_app() -> Mountable:
    """The same for `placeholder serve`: with a desk for the door, in a process that does nothing else."""
    settings = read_settings()
    logs.configure(settings.log_level, settings.log_format)
    if not settings.door:
        return create_app(settings)
    settle()
    kept = BoundedCache[bytes, Ready](settings.cache_mb * _MB)
    prefix = settings.public_path
    painted = (lambda target: _at(prefix, paint(target))) if prefix else paint
    return create_app(settings, desk=Desk(painted, settings.hosts, kept, Reading(hosts=settings.peer_hosts).is_foreign))


def _answered(watch: Watch, lane: Lane, desk: Desk | None) -> Counter[tuple[str, int]]:
    """By route and status, whoever answered."""
    found = Counter(watch.answered)
    found["drawing", 200] += lane.drawn
    found["status", 200] += lane.glanced
    if desk:
        found["drawing", 200] += desk.answered.whole
        found["drawing", 304] += desk.answered.unchanged
    return found


def _at(prefix: str, answer: Answer | None) -> Answer | None:
    return answer._replace(location=prefix.encode() + answer.location) if answer and answer.location else answer


def _imagine(settings: Settings, press: Press, router: Starlette, requests: Requests, stack: AsyncExitStack) -> Ai:
    """Everything behind /ai, opened; `stack` closes it."""
    ground = open_ground(settings)
    database, vault, at = ground.database, ground.vault, failpoints(settings.failpoints)
    stack.callback(database.close)
    blobs = open_blobs(settings.storage, at=at)
    policy = Policy(settings.lease_s, settings.poll_s, settings.reconcile_grace_s, settings.deadline_s)
    clock = Clock(database)
    stack.callback(asyncio.create_task(clock.keep()).cancel)
    # Processes of one machine share a SQLite file, if any do; a fleet has PostgreSQL.
    board = Board(database, is_shared=not database.is_sqlite, clock=clock)
    stack.push_async_callback(board.close)
    plain, hook_secrets = _provider(settings, clock)
    provider, breaker = Counted(plain), Breaker()
    stack.push_async_callback(provider.close)

    worker = (
        _worker(settings, database, board, blobs, provider, breaker, vault, policy, at, clock, stack) if settings.worker else None
    )
    jobs = Jobs(
        database,
        board,
        vault,
        vault.id_key,
        Screen.parse(files(screening).joinpath("rules.json").read_text("utf-8")),
        policy=policy,
        address_key=vault.address_key,
        classifier=_classifier(settings, stack),
        is_open_on_trouble=settings.moderation_fail == "open",
        has_room=room_on(_folders(database, settings.storage), settings.min_free_mb * _MB),
        on_work=worker.wake if worker else lambda: None,
        at=at,
        clock=clock,
    )
    is_free = settings.playground and provider.name == "sketch"
    playground = tokens.mint(vault.playground, tokens.PUBLISHABLE) if is_free else None
    chosen, operator = (key.get_secret_value() if key else None for key in (settings.api_key, settings.operator_key))
    keys = Keys(database, vault.pepper, chosen, operator=operator, playground=playground)
    gallery = Gallery(blobs, press, settings.cache_mb * _MB)
    calls = (provider, breaker) if worker else None
    allowed = settings.allowed_models
    looks = readiness(database, blobs, worker)
    gathering = Gathering(version("placeholder"), requests, press, calls, looks, JobFigures(database, clock))
    stack.push_async_callback(gathering.close)
    router.state.operator = Operator(gathering, settings.metrics_open)
    if hook_secrets:
        router.state.hooks = Hooks(jobs, vault.hook_key, hook_secrets, worker.cancel_soon if worker else lambda _: None, at)
    return Ai(
        jobs,
        board,
        keys,
        gallery,
        find_model=lambda name: find_model(name, allowed),
        price=lambda model: model.price if provider.name == "replicate" else 0,
        entrance=_entrance(settings, vault),
        playground=playground,
    )


def _folders(database: Database, storage: str) -> list[Path]:
    """Where jobs are kept on disks of this machine."""
    file = database.engine.url.database if database.is_sqlite else None
    pictures = [Path(unquote(storage.removeprefix("file://")))] if storage.startswith("file://") else []
    return [Path(file).absolute().parent, *pictures] if file else pictures


def _entrance(settings: Settings, vault: Vault) -> Entrance:
    rules = Rules(settings.secret_key_origins, settings.refuse_secret_keys_from_browsers)
    header = settings.client_address_header.lower().encode() or None
    return Entrance(vault.signing_key, rules, settings.own_origin, header)


def _worker(
    settings: Settings,
    database: Database,
    board: Board,
    blobs: Blobs,
    provider: Provider,
    breaker: Breaker,
    vault: Vault,
    policy: Policy,
    at: Callable[[str], None],
    clock: Clock,
    stack: AsyncExitStack,
) -> Worker:
    from placeholder.providers.outputs import HttpOutputs

    studio = Studio(settings.decoders)
    stack.callback(studio.close)
    outputs = HttpOutputs(settings.outputs)
    stack.push_async_callback(outputs.close)
    world = World(
        provider=provider,
        outputs=outputs,
        finisher=studio,
        blobs=blobs,
        seals=vault,
        policy=policy,
        breaker=breaker,
        hook=lambda *attempt: hook_url(settings.public_url, vault.hook_key, *attempt) if settings.public_url else None,
        at=at,
        clock=clock,
        jitter=random.random,
    )
    worker = Worker(database, board, world, settings.worker_steps)
    worker.start()
    stack.push_async_callback(worker.close)
    retention = Retention(settings.prompt_hours * 3600, settings.retention_days * 86400)
    upkeep = asyncio.create_task(keep_up(database, blobs, policy, retention))
    stack.callback(upkeep.cancel)
    return worker


Secrets = Callable[[bool], Awaitable[tuple[str, ...]]]


def _provider(settings: Settings, clock: Clock) -> tuple[Provider, Secrets | None]:
    """Who paints, and where the secrets of its webhooks come from."""
    token, known = settings.replicate_api_token, settings.replicate_webhook_secret
    written = tuple(known.get_secret_value().split()) if known else ()

    async def given(_: bool) -> tuple[str, ...]:
        return written

    match settings.provider:
        case "cog":
            from placeholder.providers.cog import CogProvider

            return CogProvider(settings.cog_url), None
        case "replicate" | "auto" if token:
            from placeholder.providers.replicate import ReplicateProvider

            replicate = ReplicateProvider(token.get_secret_value(), settings.replicate_base_url, clock)

            async def fetched(anew: bool) -> tuple[str, ...]:
                secret = await replicate.secret(anew=anew)
                return (secret,) if secret else ()

            return replicate, given if written else fetched
    from placeholder.providers.sketch import SketchProvider

    return SketchProvider(settings.sketch_delay_s, settings.sketch_failures, clock), None


def _classifier(settings: Settings, stack: AsyncExitStack) -> Classifier | None:
    if settings.moderation_key is None:
        return None
    from placeholder.providers.moderation import OpenAIModeration

    classifier = OpenAIModeration(settings.moderation_key.get_secret_value(), settings.moderation_url, 5)
    stack.push_async_callback(classifier.close)
    return classifier
