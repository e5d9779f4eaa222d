"""Keys and what they have used, in SQL: functions over a connection, to be run by a Database."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from placeholder.db.tables import keys, usage
from placeholder.errors import OverBudget
from placeholder.keys.model import Budget, Key, Kind, day, month, seconds_to_next_month, seconds_to_tomorrow

_COLUMNS = [column for column in keys.c if column.name != "mac"]
_SETS = ("scopes", "origins", "models")
"""What a row holds as words with a space between."""
_BY_MAC = select(*_COLUMNS).where(keys.c.mac == bindparam("digest"))


def _spend(dialect: Any) -> Any:
    adding = dialect.insert(usage)
    return adding.on_conflict_do_update(
        index_elements=[usage.c.key_id, usage.c.period],
        set_={"jobs": usage.c.jobs + 1, "cost": usage.c.cost + adding.excluded.cost},
        where=(usage.c.jobs < bindparam("most_jobs")) & (usage.c.cost + adding.excluded.cost <= bindparam("most_cost")),
    ).returning(usage.c.jobs)


_SPEND = {"sqlite": _spend(sqlite), "postgresql": _spend(postgresql)}
_BOUNDLESS = 2**31 - 1


def add(connection: Connection, key: Key, mac: bytes) -> None:
    values = {column.name: getattr(key, column.name) for column in _COLUMNS}
    words = {name: " ".join(sorted(values[name])) for name in _SETS}
    connection.execute(insert(keys), {**values, **words, "kind": key.kind.value, "mac": mac})


def by_mac(connection: Connection, mac: bytes) -> Key | None:
    row = connection.execute(_BY_MAC, {"digest": mac}).one_or_none()
    return None if row is None else _read(row)


def by_id(connection: Connection, key_id: str) -> Key | None:
    row = connection.execute(select(*_COLUMNS).where(keys.c.id == key_id)).one_or_none()
    return None if row is None else _read(row)


def listed(connection: Connection) -> list[Key]:
    return [_read(row) for row in connection.execute(select(*_COLUMNS).order_by(keys.c.created_at, keys.c.id))]


def end(connection: Connection, key_id: str, *, revoked_at: float | None = None, expires_at: float | None = None) -> bool:
    """Revokes a key, or has it expire. False where there is none that would still be valid."""
    values = {"revoked_at": revoked_at} if revoked_at is not None else {"expires_at": expires_at}
    live = (keys.c.id == key_id) & keys.c.revoked_at.is_(None)
    return connection.execute(update(keys).where(live).values(**values)).rowcount == 1


def note_use(connection: Connection, key_id: str, now: float) -> None:
    connection.execute(update(keys).where(keys.c.id == key_id).values(last_used_at=now))


def spend(connection: Connection, key: Key, cost: int, now: float, visitor: str = "") -> Budget | None:
    """Takes one job of `cost` off what `key`, and the client address that `visitor` stands for, may use, which no number of
    processes at once can overdraw. What is left of the one that has less left; None where there are no jobs a day. Raises
    OverBudget, after which the transaction must not be committed."""
    reset = seconds_to_tomorrow(now)
    left: list[Budget] = []
    # The address first: whoever has used up its share is not to hold rows that others wait for.
    if key.jobs_per_address is not None:
        used = _take(connection, f"{key.id}/{visitor}", day(now), cost, key.jobs_per_address, None)
        if not used:
            what = "share of this key's jobs for today"
            raise OverBudget(what, reset, jobs=key.jobs_per_address, who="This address")
        left.append(Budget(key.jobs_per_address, key.jobs_per_address - used, reset))
    if key.spend_per_month is not None and cost and not _take(connection, key.id, month(now), cost, None, key.spend_per_month):
        raise OverBudget("spend for this month", seconds_to_next_month(now))
    if key.jobs_per_day is not None:
        used = _take(connection, key.id, day(now), cost, key.jobs_per_day, None)
        if not used:
            raise OverBudget("jobs for today", reset, jobs=key.jobs_per_day)
        left.append(Budget(key.jobs_per_day, key.jobs_per_day - used, reset))
    return min(left, key=lambda budget: budget.remaining, default=None)


def _take(connection: Connection, who: str, period: str, cost: int, most_jobs: int | None, most_cost: int | None) -> int:
    """Jobs used in `period`, this one included; 0 where it is too much."""
    if most_jobs == 0 or (most_cost is not None and cost > most_cost):
        return 0
    limits = {
        "most_jobs": _BOUNDLESS if most_jobs is None else most_jobs,
        "most_cost": 2**62 if most_cost is None else most_cost,
    }
    values = {"key_id": who, "period": period, "jobs": 1, "cost": cost, **limits}
    return connection.execute(_SPEND[connection.dialect.name], values).scalar() or 0


def pass_on_usage(connection: Connection, old: str, new: str) -> None:
    """Has `new` begin with what `old` has used, as a whole and for each address."""
    whose = literal(new) + func.substr(usage.c.key_id, len(old) + 1)
    mine = (usage.c.key_id == old) | (func.substr(usage.c.key_id, 1, len(old) + 1) == f"{old}/")
    taken = select(whose, usage.c.period, usage.c.jobs, usage.c.cost).where(mine)
    connection.execute(insert(usage).from_select(["key_id", "period", "jobs", "cost"], taken))


def used(connection: Connection, key: Key, now: float) -> int:
    """Jobs taken off its day."""
    found = select(usage.c.jobs).where(usage.c.key_id == key.id, usage.c.period == day(now))
    return connection.execute(found).scalar() or 0


def forget_usage(connection: Connection, before: float) -> None:
    """Days and months that are over."""
    connection.execute(delete(usage).where(usage.c.period < month(before)))


def _read(row: Row[Any]) -> Key:
    values = row._asdict()
    return Key(**{**values, "kind": Kind(values["kind"]), **{name: frozenset(values[name].split()) for name in _SETS}})
