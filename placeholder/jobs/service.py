"""Submit, find, deliver: a client starts a job, the world reports on it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from placeholder.db.database import Database
from placeholder.errors import Blocked, Gone, NoRoom, NoSuchPicture, Unavailable
from placeholder.jobs import store
from placeholder.jobs.board import Board
from placeholder.jobs.machine import AskedAgain, Policy, Purged, Reported, advance
from placeholder.jobs.model import FAILURES, Ask, Job, Phase, blob_key, job_id, job_mac
from placeholder.jobs.ports import Blobs, Classifier, Prediction, Seals, Trouble
from placeholder.jobs.screening import Screen
from placeholder.keys.admission import UNKNOWN, visitor
from placeholder.keys.model import Budget, Key
from placeholder.keys.store import spend

log = logging.getLogger("placeholder.jobs")


@dataclass(frozen=True, slots=True)
class Submission:
    """`budget`: what the key has left, where that was touched and is limited."""

    job: Job
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """A prediction that answers to an attempt which another one has answered: it was paid and nobody wants it."""

    prediction: str


class Jobs:
    def __init__(
        self,
        database: Database,
        board: Board,
        seals: Seals,
        id_key: bytes,
        screen: Screen,
        *,
        policy: Policy,
        address_key: bytes = b"",
        classifier: Classifier | None = None,
        is_open_on_trouble: bool = False,
        has_room: Callable[[], bool] = lambda: True,
        on_work: Callable[[], None] = lambda: None,
        at: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`address_key`: what clients' addresses are counted under. `is_open_on_trouble`: prompts pass when the classifier does
        not answer. `has_room`: whether jobs may be begun at all. `on_work` is told when there is something to do, `at` which
        point of the code is passed."""
        self._database, self._board, self._seals, self._id_key = database, board, seals, id_key
        self._address_key = address_key
        self._screen, self._classifier, self._is_open = screen, classifier, is_open_on_trouble
        self._policy, self._has_room, self._on_work, self._at, self._clock = policy, has_room, on_work, at, clock

    async def submit(self, ask: Ask, cost: int, key: Key, address: str = UNKNOWN) -> Submission:
        """The one job of `ask`, made and put on its way where there is none. `cost` in millionths of a dollar; `address` is the
        client's.

        Raises Blocked, OverBudget, NoRoom, Unavailable. Once it has returned, the job outlives whatever happens here."""
        self._look_over(ask)
        mac = job_mac(self._id_key, ask)
        name = job_id(mac)
        # Where a stranger is to be asked first, a look for the job costs less; else adding it tells whether it was there.
        known = await self._board.view(name) if self._classifier else self._board.glance(name)
        if known and known.mac == mac and not _may_be_renewed(known):
            return Submission(known)
        await self._have_classified(ask.prompt)
        made = self._new(name, mac, ask, cost, key)
        who = visitor(self._address_key, address, made.asked_at) if key.jobs_per_address is not None else ""
        submission = await self._database.write(lambda c: self._put(c, made, key, who))
        self._at("submit.after_commit")
        self._board.tell(submission.job)
        self._on_work()
        if submission.job.asked_at == made.asked_at:
            log.debug("a job was accepted", extra={"job": name, "key": key.id, "model": ask.model})
        return submission

    async def recall(self, ask: Ask) -> Job | None:
        """The job of `ask`, where there is one that has neither failed nor been deleted. Starts nothing. Raises Blocked,
        Unavailable."""
        self._look_over(ask)
        mac = job_mac(self._id_key, ask)
        known = await self._board.view(job_id(mac))
        return known if known and known.mac == mac and known.phase not in (Phase.FAILED, Phase.PURGED) else None

    def _look_over(self, ask: Ask) -> None:
        verdict = self._screen.check(ask.prompt)
        if verdict:
            raise Blocked(verdict.category)

    async def _have_classified(self, prompt: str) -> None:
        if self._classifier is None:
            return
        try:
            category = await self._classifier.check(prompt)
        except Trouble:
            if not self._is_open:
                raise Unavailable("The classifier of prompts") from None
            return
        if category:
            raise Blocked(category)

    def _new(self, name: str, mac: bytes, ask: Ask, cost: int, key: Key) -> Job:
        now = self._clock()
        return Job(
            id=name,
            mac=mac,
            owner=ask.owner,
            key_id=key.id,
            w=ask.size.w,
            h=ask.size.h,
            model=ask.model,
            seed=ask.seed,
            prompt=self._seals.seal(name, ask.prompt),
            cost=cost,
            created_at=now,
            updated_at=now,
            asked_at=now,
            due_at=now,
        )

    def _put(self, connection: Connection, made: Job, key: Key, who: str) -> Submission:
        self._at("submit.before_insert")
        if not self._has_room():
            return Submission(_standing(store.by_id(connection, made.id)))
        if store.add(connection, made):
            submission = Submission(made, spend(connection, key, made.cost, made.asked_at, who))
        else:
            submission = self._renew(connection, made, key, who)
        self._at("submit.before_commit")
        return submission

    def _renew(self, connection: Connection, made: Job, key: Key, who: str) -> Submission:
        """The job that is there already, on its way again where that may help (AP-15)."""
        present = store.by_id(connection, made.id, to_change=True)
        if present is None:
            raise Unavailable("The database")
        if made.prompt is not None:
            event = AskedAgain(made.asked_at, key.id, made.prompt, made.cost)
            renewed = advance(present, event, self._policy)
            if renewed and store.replace(connection, renewed):
                return Submission(renewed, spend(connection, key, renewed.cost, renewed.asked_at, who))
        return Submission(present)

    async def find(self, job: str) -> Job:
        """Raises NoSuchPicture, Gone, Unavailable."""
        found = await self._board.view(job)
        if found is None:
            raise NoSuchPicture("No such picture was ever asked for")
        if found.phase is Phase.PURGED:
            raise Gone
        return found

    async def deliver(self, webhook: str, job: str, epoch: int, attempt: int, news: Prediction) -> Stray | None:
        """What a webhook says of an attempt, with all its effects or none. Repeated, late and foreign ones change nothing.
        Raises Unavailable."""
        now = self._clock()

        def take_in(connection: Connection) -> tuple[Job | None, Stray | None]:
            present = store.by_id(connection, job, to_change=True)
            if present is None or not store.note_delivery(connection, webhook, now):
                return None, None
            if (present.epoch, present.attempt) != (epoch, attempt) or present.prediction not in (None, news.id):
                return None, _stray(present, news)
            after = advance(present, Reported(now, news), self._policy)
            if after is None or not store.replace(connection, after):
                return None, None
            self._at("hook.before_commit")
            return after, None

        changed, stray = await self._database.write(take_in)
        self._at("hook.after_commit")
        if changed:
            self._board.tell(changed)
            self._on_work()
        return stray


def _may_be_renewed(job: Job) -> bool:
    return job.phase is Phase.PURGED or (job.code is not None and FAILURES[job.code].may_ask_again)


def _standing(job: Job | None) -> Job:
    """A job that nothing need be begun for. Raises NoRoom."""
    if job is None or _may_be_renewed(job):
        raise NoRoom
    return job


def _stray(present: Job, news: Prediction) -> Stray | None:
    """Only one that may still be running costs anything yet."""
    is_running = news.output is None and news.body is None and news.failure is None
    return Stray(news.id) if is_running and present.prediction != news.id else None


def ask_again(connection: Connection, job: str, now: float) -> Job | None:
    """A failed job on its way again, with the prompt that is kept; None where that cannot be. Takes nothing off a budget."""
    present = store.by_id(connection, job, to_change=True)
    if present is None or present.prompt is None:
        return None
    after = advance(present, AskedAgain(now, present.key_id, present.prompt, present.cost), Policy())
    return after if after and store.replace(connection, after) else None


def purge(connection: Connection, job: str, now: float, policy: Policy, epoch: int | None = None) -> Job | None:
    """Deletes what is known of a job that has ended but for its id; its bytes are the caller's. `epoch`: only if it has not been
    asked for anew since that. None where there is none."""
    present = store.by_id(connection, job, to_change=True)
    if present and epoch not in (None, present.epoch):
        return None
    after = advance(present, Purged(now), policy) if present else None
    return after if after and store.replace(connection, after) else None


async def delete_picture(blobs: Blobs, job: Job) -> None:
    for epoch in range(1, job.epoch + 1):
        await blobs.delete(blob_key(job.id, epoch))
