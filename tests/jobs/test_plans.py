"""How SQLite finds what a statement of the store asks for: by an index, however many jobs there are. It is asked itself, without
statistics, as it is in use; in the order that is wanted, without sorting."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fixtures.simulation import BORN, KEY, a_job
from sqlalchemy import Connection, event

from placeholder.db.database import Database, open_engine
from placeholder.db.schema import migrate
from placeholder.jobs import store
from placeholder.jobs.machine import Policy
from placeholder.jobs.model import Phase, State
from placeholder.keys import store as keys

POLICY = Policy()
JOB = a_job()
PLANS: dict[str, tuple[Callable[[Connection], Any], str]] = {
    "status": (lambda c: store.by_id(c, JOB.id), "sqlite_autoindex_jobs_1"),
    "a known ask": (lambda c: store.by_id(c, JOB.id, to_change=True), "sqlite_autoindex_jobs_1"),
    "many states at once": (lambda c: store.by_ids(c, ["a" * 16, "b" * 16]), "sqlite_autoindex_jobs_1"),
    "a change": (lambda c: store.replace(c, JOB), "sqlite_autoindex_jobs_1"),
    "a lease": (lambda c: store.prolong(c, [JOB], BORN), "sqlite_autoindex_jobs_1"),
    "what others have changed": (lambda c: store.versions_since(c, BORN), "jobs_updated_at"),
    "when to look next": (store.next_due, "jobs_due_at"),
    "a claim": (lambda c: store.take(c, BORN, BORN, 8, POLICY, may_send=True), "jobs_due_at"),
    "a claim while nothing may be sent": (
        lambda c: store.take(c, BORN, BORN, 8, POLICY, may_send=False),
        "jobs_sent_due_at jobs_queued_asked_at",
    ),
    "prompts that go": (lambda c: store.erase_prompts(c, BORN), "jobs_prompt_ended_at"),
    "webhooks that are forgotten": (lambda c: store.forget_deliveries(c, BORN), "deliveries_received_at"),
    "usage that is forgotten": (lambda c: keys.forget_usage(c, BORN), "usage_period"),
    "usage of today": (lambda c: keys.used(c, KEY, BORN), "sqlite_autoindex_usage_1"),
    "pictures that go": (lambda c: store.ended(c, Phase.READY, BORN, 100), "jobs_phase_ended_at"),
    "the newest": (lambda c: store.listed(c, None, None, 50), "jobs_created_at"),
    "the newest, page after page": (lambda c: store.listed(c, None, (BORN, JOB.id), 50), "jobs_created_at"),
    **{f"the newest of {state}": (lambda c, state=state: store.listed(c, state, None, 50), "jobs_created_at") for state in State},
    "finished ones, page after page": (lambda c: store.listed(c, State.READY, (BORN, JOB.id), 50), "jobs_created_at"),
}
SOUGHT = re.compile(r"SEARCH \w+ USING (?:COVERING )?INDEX (\w+)(?: \(.+\))?")
IN_ORDER = re.compile(r"SCAN \w+ USING INDEX (jobs_created_at)")
"""From the newest on, up to the LIMIT; for the one list that leaves no job out."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path: Path = tmp_path_factory.mktemp("plans") / "placeholder.db"
    database = Database(open_engine(f"sqlite:///{path}"))
    migrate(database.engine)
    yield database
    database.close()


@contextmanager
def overheard(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """What is said to the database, word for word."""
    said: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, ___: Any, is_many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            said.append((statement, values[0] if is_many else values))

    event.listen(database.engine, "before_cursor_execute", note)
    yield said
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("name", PLANS)
def test_an_index_leads_to_it(empty: Database, name: str) -> None:
    work, indexes = PLANS[name]
    with overheard(empty) as said:
        empty.transact(work)
    steps = [
        str(row[-1])
        for statement, values in said
        for row in empty.transact(lambda c, s=statement, v=values: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", v).all())  # type: ignore[misc]
    ]
    found = [match[1] if (match := SOUGHT.fullmatch(step) or IN_ORDER.fullmatch(step)) else step for step in steps]
    assert " ".join(found) == indexes, steps
