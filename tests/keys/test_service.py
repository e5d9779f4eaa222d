"""Who is asking: a secret is shown once and stored nowhere, junk costs no look into the database, why a key is not valid is told
to nobody who does not hold it, a revocation holds within seconds, and a rotated key takes over what it stands for."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from fixtures.simulation import BORN, Clock
from sqlalchemy import Connection, text

from placeholder.db.database import Database, open_engine
from placeholder.errors import Forbidden, InvalidToken, OverBudget, Unauthorized, Unavailable
from placeholder.keys import service, store, tokens
from placeholder.keys.model import Budget, Key, Kind
from placeholder.keys.service import FRESH_S, OPERATOR, PLAYGROUND, Keys, create, revoke, rotate

T = TypeVar("T")

SCOPE = "ai:create"
PEPPER = b"p" * 32
WANTED = Key(id="", name="tests", owner="o", scopes=frozenset((SCOPE,)))
NOBODYS = tokens.mint(bytes(range(32)))
CHOSEN = "Zk3vQ8nT0wLr6yHb2xJd9sMf"
PLAIN = "Authorization: expected Bearer and a valid API key"
REVOKED = "Authorization: this API key was revoked"
EXPIRED = "Authorization: this API key has expired"


class Counting:
    """A database that counts what it is asked."""

    def __init__(self, database: Database) -> None:
        self.database, self.reads, self.writes = database, 0, 0

    async def read(self, work: Callable[[Connection], T]) -> T:
        self.reads += 1
        return await self.database.read(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        self.writes += 1
        return await self.database.write(work)

    @property
    def asked(self) -> tuple[int, int]:
        return self.reads, self.writes


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What everything here takes for the time."""
    clock = Clock()
    monkeypatch.setattr(service, "time", SimpleNamespace(time=clock))
    return clock


@pytest.fixture
def counting(database: Database) -> Counting:
    return Counting(database)


@pytest.fixture
def keys(counting: Counting, clock: Clock) -> Keys:
    return Keys(counting, PEPPER, CHOSEN, clock)  # type: ignore[arg-type]


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """As another process has it."""
    opened = Database(open_engine(database_url))
    yield opened
    opened.close()


def bearer(secret: str) -> list[bytes]:
    return [b"Bearer " + secret.encode()]


def got(database: Database, key: str) -> Key:
    found = database.transact(lambda c: store.by_id(c, key))
    assert found is not None
    return found


def refused(message: str) -> AbstractContextManager[Any]:
    return pytest.raises(Unauthorized, match=f"^{message}$")


# ---------------------------------------------------------------- create


def test_a_secret_is_well_formed_and_what_is_made_is_stored(database: Database, clock: Clock) -> None:
    wanted = replace(WANTED, jobs_per_day=3, spend_per_month=5, expires_at=BORN + 9)
    made, secret = create(database, PEPPER, wanted)
    assert tokens.is_wellformed(secret)
    assert made == replace(wanted, id=made.id, hint=tokens.hint(secret), created_at=BORN)
    assert got(database, made.id) == made
    assert made.id == tokens.mac(PEPPER, secret).hex()[:12]


def test_only_a_digest_of_it_is_stored(database: Database, database_url: str) -> None:
    _, secret = create(database, PEPPER, WANTED)
    row = database.transact(lambda c: c.execute(text("SELECT * FROM keys")).one())
    told = b" ".join(bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for value in row)
    assert tokens.mac(PEPPER, secret) in told
    assert tokens.hint(secret).encode() in told
    body = secret[len(tokens.PREFIX) :]
    for start in range(len(body) - 5):
        assert body[start : start + 6].encode() not in told, "no six characters of it in a row"
    if database.is_sqlite:
        path = database_url.removeprefix("sqlite:///")
        for file in (path, path + "-wal"):
            assert body[:16].encode() not in Path(file).read_bytes()


def test_each_secret_is_another(database: Database) -> None:
    made = [create(database, PEPPER, WANTED) for _ in range(50)]
    assert len({secret for _, secret in made}) == len({key.id for key, _ in made}) == 50


# ---------------------------------------------------------------- authenticate


async def test_whoever_holds_the_secret_is_let_in(database: Database, keys: Keys, counting: Counting) -> None:
    made, secret = create(database, PEPPER, WANTED)
    create(database, PEPPER, replace(WANTED, name="another"))
    for value in (f"Bearer {secret}", f"bearer {secret}", f"BEARER   {secret}", f" Bearer {secret}\t"):
        assert await keys.authenticate([value.encode()], SCOPE) == made
    assert counting.asked == (1, 1), "looked up once, noted once"


FLIPPED = NOBODYS[:-1] + ("0" if NOBODYS[-1] != "0" else "1")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [b""],
        [b"Bearer"],
        [b"Bearer "],
        [b"Basic dXNlcjpwYXNz"],
        [b"Bearer x"],
        [b"Bearer " + b"x" * 47],
        [b"Bearer " + b"x" * 10_000],
        [b"Bearer \xff\xfe\x00"],
        [b"Bearer ' OR 1=1 --"],
        bearer(FLIPPED),
        bearer(NOBODYS + "0"),
        bearer(NOBODYS[:-1]),
        bearer(NOBODYS.lower()),
        bearer(NOBODYS.replace("live", "test")),
        [NOBODYS.encode()],
        bearer(NOBODYS + " " + NOBODYS),
        bearer(CHOSEN[:-1]),
        bearer(CHOSEN + "="),
        bearer(CHOSEN.swapcase()),
        bearer(CHOSEN) * 2,
        [b"", *bearer(CHOSEN)],
        [*bearer(CHOSEN), *bearer(NOBODYS)],
        [b"Bearer " + CHOSEN.encode() + b", Bearer " + CHOSEN.encode()],
    ],
)
async def test_junk_costs_no_look_into_the_database(keys: Keys, counting: Counting, headers: list[bytes]) -> None:
    with refused(PLAIN):
        await keys.authenticate(headers, SCOPE)
    assert counting.asked == (0, 0)


async def test_two_headers_are_none_even_of_a_valid_key(database: Database, keys: Keys, counting: Counting) -> None:
    _, secret = create(database, PEPPER, WANTED)
    for headers in (bearer(secret) * 2, bearer(secret) + bearer(NOBODYS), [b"", *bearer(secret)]):
        with refused(PLAIN):
            await keys.authenticate(headers, SCOPE)
    assert counting.asked == (0, 0)


async def test_a_key_that_is_nobodys_is_looked_up_and_refused(database: Database, keys: Keys, counting: Counting) -> None:
    create(database, PEPPER, WANTED)
    for _ in range(2):
        with refused(PLAIN):
            await keys.authenticate(bearer(NOBODYS), SCOPE)
    assert counting.asked == (2, 0)


async def test_a_key_is_only_that_under_its_pepper(database: Database, clock: Clock) -> None:
    made, secret = create(database, PEPPER, WANTED)
    revoke(database, made.id)
    with refused(PLAIN):
        await Keys(database, b"q" * 32, None, clock).authenticate(bearer(secret), SCOPE)


@pytest.mark.parametrize(
    ("ends", "now", "message"),
    [
        ({}, BORN, None),
        ({"expires_at": BORN + 1}, BORN, None),
        ({"expires_at": BORN + 1}, BORN + 1, EXPIRED),
        ({"expires_at": BORN - 1}, BORN, EXPIRED),
        ({"revoked_at": BORN - 1}, BORN, REVOKED),
        ({"revoked_at": BORN + 99}, BORN, REVOKED),
        ({"revoked_at": 0.0}, BORN, REVOKED),
        ({"revoked_at": BORN - 1, "expires_at": BORN - 2}, BORN, REVOKED),
    ],
)
@pytest.mark.parametrize("scopes", [frozenset((SCOPE,)), frozenset[str]()], ids=["its scope", "no scope"])
async def test_why_a_key_is_not_valid_is_told_to_its_holder_alone(
    database: Database,
    keys: Keys,
    clock: Clock,
    ends: dict[str, float],
    now: float,
    message: str | None,
    scopes: frozenset[str],
) -> None:
    made, secret = create(database, PEPPER, replace(WANTED, scopes=scopes, **ends))  # type: ignore[arg-type]
    clock.now = now
    expected: AbstractContextManager[Any] = nullcontext()
    if message:
        expected = refused(message)
    elif not scopes:
        expected = pytest.raises(Forbidden)
    for _ in range(2):  # as found, and as remembered
        with expected:
            assert await keys.authenticate(bearer(secret), SCOPE) == made
    for guess in (NOBODYS, secret[:-1], made.id, made.hint[:13]):
        with refused(PLAIN):
            await keys.authenticate(bearer(guess), SCOPE)


@pytest.mark.parametrize("scope", ["", "ai", "ai:", "ai:create ", "AI:CREATE", "ai:create ai:create", "ai:delete"])
async def test_a_key_is_for_its_scopes_alone(database: Database, keys: Keys, scope: str) -> None:
    _, secret = create(database, PEPPER, WANTED)
    for header in (bearer(secret), bearer(CHOSEN)):
        with pytest.raises(Forbidden) as refusal:
            await keys.authenticate(header, scope)
        assert str(refusal.value) == f"This key has no scope {scope}"


@pytest.mark.parametrize("chosen", [CHOSEN, NOBODYS])
async def test_the_operator_s_own_key_needs_no_database(counting: Counting, clock: Clock, chosen: str) -> None:
    keys = Keys(counting, PEPPER, chosen, clock)  # type: ignore[arg-type]
    assert await keys.authenticate(bearer(chosen), SCOPE) is OPERATOR
    assert counting.asked == (0, 0)
    assert chosen not in repr(vars(keys))


@pytest.mark.parametrize("chosen", [None, ""])
async def test_where_the_operator_chose_none_there_is_none(database: Database, clock: Clock, chosen: str | None) -> None:
    keys = Keys(database, PEPPER, chosen, clock)
    for token in (CHOSEN, "None", "=", "-"):
        with refused(PLAIN):
            await keys.authenticate(bearer(token), SCOPE)


async def test_a_refusal_says_nothing_of_the_key(database: Database, keys: Keys) -> None:
    made, secret = create(database, PEPPER, WANTED)
    revoke(database, made.id)
    for token in (secret, NOBODYS, FLIPPED, "x" * 30):
        with pytest.raises(Unauthorized) as refusal:
            await keys.authenticate(bearer(token), SCOPE)
        for part in (token, token[9:15], token[-6:], made.id):
            assert part not in repr(refusal.value)
            assert part not in str(refusal.value)


async def test_a_database_that_does_not_answer_is_no_verdict_on_a_key(database: Database, clock: Clock) -> None:
    class Deaf(Counting):
        async def read(self, work: Any) -> Any:
            raise Unavailable("The database")

    keys = Keys(Deaf(database), PEPPER, CHOSEN, clock)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        await keys.authenticate(bearer(NOBODYS), SCOPE)
    assert await keys.authenticate(bearer(CHOSEN), SCOPE) is OPERATOR


# ---------------------------------------------------------------- keys for pages

PUBLISHABLE = replace(
    WANTED,
    kind=Kind.PUBLISHABLE,
    origins=frozenset(("https://shop.example",)),
    models=frozenset(("m/n",)),
    max_side=64,
    jobs_per_day=3,
    jobs_per_address=2,
)


async def test_a_publishable_key_is_one_by_its_prefix(database: Database, keys: Keys, clock: Clock) -> None:
    made, token = create(database, PEPPER, PUBLISHABLE)
    assert token.startswith("pk_")
    assert tokens.is_wellformed(token)
    assert made == replace(PUBLISHABLE, id=made.id, hint=tokens.hint(token), created_at=BORN)
    assert got(database, made.id) == made == await keys.authenticate(bearer(token), SCOPE)
    for other in ("plh_live_" + token[3:], token[3:], token[:-1]):
        with refused(PLAIN):
            await keys.authenticate(bearer(other), SCOPE)


async def test_the_front_page_s_key_needs_no_database_and_no_row(counting: Counting, clock: Clock) -> None:
    token = tokens.mint(bytes(32), tokens.PUBLISHABLE)
    keys = Keys(counting, PEPPER, CHOSEN, clock, playground=token)  # type: ignore[arg-type]
    assert await keys.authenticate(bearer(token), SCOPE) is PLAYGROUND
    assert await keys.authenticate(bearer(CHOSEN), SCOPE) is OPERATOR
    assert counting.asked == (0, 0)
    assert (PLAYGROUND.kind, PLAYGROUND.origins, PLAYGROUND.id, PLAYGROUND.owner) == (
        Kind.PUBLISHABLE,
        frozenset(),
        "playground",
        "playground",
    )
    assert (PLAYGROUND.max_side, PLAYGROUND.jobs_per_day, PLAYGROUND.jobs_per_address) == (1024, 2000, 200)
    with refused(PLAIN):
        await Keys(counting, PEPPER, CHOSEN, clock).authenticate(bearer(token), SCOPE)  # type: ignore[arg-type]


# ---------------------------------------------------------------- who has signed a token


async def test_a_signer_is_looked_up_once_and_noted_once(
    database: Database, keys: Keys, counting: Counting, clock: Clock
) -> None:
    made, secret = create(database, PEPPER, WANTED)
    for _ in range(3):
        assert await keys.signer(made.id, SCOPE) == made
    assert counting.asked == (1, 1)
    assert got(database, made.id).last_used_at == BORN
    assert await keys.authenticate(bearer(secret), SCOPE) == replace(made, last_used_at=BORN)


NO_SIGNER = "^Authorization: no key that is known here has signed this token$"


@pytest.mark.parametrize("name", ["", "0123456789ab", "operator", "playground", "' OR 1=1 --"])
async def test_who_is_not_there_has_signed_nothing(keys: Keys, name: str) -> None:
    with pytest.raises(InvalidToken, match=NO_SIGNER):
        await keys.signer(name, SCOPE)


async def test_a_publishable_key_signs_nothing(database: Database, keys: Keys) -> None:
    made, _ = create(database, PEPPER, PUBLISHABLE)
    with pytest.raises(InvalidToken, match=NO_SIGNER):
        await keys.signer(made.id, SCOPE)


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({"expires_at": BORN}, "has expired"),
        ({"revoked_at": BORN - 1}, "was revoked"),
        ({"revoked_at": BORN - 1, "expires_at": BORN - 1}, "was revoked"),
    ],
)
async def test_a_signer_has_to_be_valid(database: Database, keys: Keys, ends: dict[str, float], words: str) -> None:
    made, _ = create(database, PEPPER, replace(WANTED, **ends))  # type: ignore[arg-type]
    with pytest.raises(InvalidToken, match=f"^Authorization: the key that signed this token {words}$"):
        await keys.signer(made.id, SCOPE)


async def test_a_signer_has_to_have_the_scope(database: Database, keys: Keys) -> None:
    made, _ = create(database, PEPPER, replace(WANTED, scopes=frozenset()))
    with pytest.raises(Forbidden):
        await keys.signer(made.id, SCOPE)


async def test_a_revoked_signer_is_noticed_as_a_revoked_key_is(
    database: Database, other: Database, keys: Keys, clock: Clock
) -> None:
    made, _ = create(database, PEPPER, WANTED)
    await keys.signer(made.id, SCOPE)
    assert revoke(other, made.id)
    clock.now = BORN + FRESH_S
    await keys.signer(made.id, SCOPE)
    clock.now = BORN + FRESH_S + 0.001
    with pytest.raises(InvalidToken):
        await keys.signer(made.id, SCOPE)


async def test_the_signer_of_old_is_good_for_as_long_as_its_key(database: Database, keys: Keys, clock: Clock) -> None:
    old, _ = create(database, PEPPER, WANTED)
    rotated = rotate(database, PEPPER, old.id, 60)
    assert rotated is not None
    for when, is_good in ((BORN, True), (BORN + 59.9, True), (BORN + 60, False)):
        clock.now = when
        assert (await keys.signer(rotated[0].id, SCOPE)).id == rotated[0].id
        with nullcontext() if is_good else pytest.raises(InvalidToken):
            assert (await keys.signer(old.id, SCOPE)).id == old.id


# ---------------------------------------------------------------- what is believed, and for how long


async def test_a_revocation_is_noticed_within_the_time_that_a_key_is_believed(
    database: Database, other: Database, keys: Keys, counting: Counting, clock: Clock
) -> None:
    made, secret = create(other, PEPPER, WANTED)
    assert await keys.authenticate(bearer(secret), SCOPE) == made
    assert revoke(other, made.id)
    for later in (0, 1, FRESH_S):
        clock.now = BORN + later
        assert await keys.authenticate(bearer(secret), SCOPE) == made
    assert counting.reads == 1
    clock.now = BORN + FRESH_S + 0.001
    for _ in range(3):
        with refused(REVOKED):
            await keys.authenticate(bearer(secret), SCOPE)
    assert counting.reads == 2, "that it is revoked is remembered as well"


async def test_a_key_does_not_outlive_its_time_for_being_believed(database: Database, keys: Keys, clock: Clock) -> None:
    _, secret = create(database, PEPPER, replace(WANTED, expires_at=BORN + 2))
    await keys.authenticate(bearer(secret), SCOPE)
    clock.now = BORN + 1.999
    await keys.authenticate(bearer(secret), SCOPE)
    clock.now = BORN + 2
    with refused(EXPIRED):
        await keys.authenticate(bearer(secret), SCOPE)


async def test_who_asks_all_the_time_is_looked_up_now_and_then(
    database: Database, keys: Keys, counting: Counting, clock: Clock
) -> None:
    _, secret = create(database, PEPPER, WANTED)
    for tenths in range(600):
        clock.now = BORN + tenths / 10
        await keys.authenticate(bearer(secret), SCOPE)
    assert counting.reads <= 60 / FRESH_S
    assert counting.writes == 1


async def test_a_clock_that_is_set_back_does_not_keep_a_revoked_key(database: Database, keys: Keys, clock: Clock) -> None:
    made, secret = create(database, PEPPER, WANTED)
    await keys.authenticate(bearer(secret), SCOPE)
    revoke(database, made.id)
    clock.now = BORN - 3600
    with pytest.raises(Unauthorized):
        await keys.authenticate(bearer(secret), SCOPE)


@pytest.mark.parametrize(
    ("seconds", "noted"),
    [
        ([0], [0]),
        ([0, 1, 30, 59, 60], [0]),
        ([0, 60], [0]),
        ([0, 60.001], [0, 60.001]),
        ([0, 59, 61, 119, 121, 122], [0, 119]),  # at 61 it is still believed
        ([0, 3600, 3601, 7200], [0, 3600, 7200]),
    ],
)
async def test_its_last_use_is_noted_once_a_minute_at_most(
    database: Database, keys: Keys, counting: Counting, clock: Clock, seconds: list[float], noted: list[float]
) -> None:
    made, secret = create(database, PEPPER, WANTED)
    quiet, _ = create(database, PEPPER, WANTED)
    seen: list[float | None] = []
    for later in seconds:
        clock.now = BORN + later
        await keys.authenticate(bearer(secret), SCOPE)
        last = got(database, made.id).last_used_at
        seen += [last] if last not in seen else []
    assert seen == [BORN + later for later in noted]
    assert counting.writes == len(noted)
    assert got(database, made.id) == replace(made, last_used_at=seen[-1]), "nothing else of it has changed"
    assert got(database, quiet.id).last_used_at is None


async def test_many_at_once_are_let_in(database: Database, keys: Keys, counting: Counting) -> None:
    made = [create(database, PEPPER, replace(WANTED, name=str(number))) for number in range(10)]
    asked = [keys.authenticate(bearer(secret), SCOPE) for _ in range(10) for _, secret in made]
    assert [key.id for key in await asyncio.gather(*asked)] == [key.id for key, _ in made] * 10
    assert counting.writes == 10


# ---------------------------------------------------------------- revoke


def test_a_key_is_revoked_once(database: Database, clock: Clock) -> None:
    (made, _), (bystander, _) = create(database, PEPPER, WANTED), create(database, PEPPER, WANTED)
    clock.now += 1
    assert revoke(database, made.id)
    clock.now += 1
    assert not revoke(database, made.id)
    assert got(database, made.id) == replace(made, revoked_at=BORN + 1)
    assert got(database, bystander.id) == bystander


@pytest.mark.parametrize("name", ["", "operator", "%", "' OR 1=1 --", "x" * 10_000])
def test_what_is_not_there_cannot_be_revoked_or_rotated(database: Database, name: str) -> None:
    made, _ = create(database, PEPPER, WANTED)
    assert not revoke(database, name)
    assert rotate(database, PEPPER, name, 60) is None
    assert database.transact(store.listed) == [made]


# ---------------------------------------------------------------- rotate


@pytest.mark.parametrize(
    ("expires_at", "overlap_s", "until"),
    [
        (None, 3600, BORN + 3600),
        (None, 0, BORN),
        (BORN + 7200, 3600, BORN + 3600),
        (BORN + 3600, 3600, BORN + 3600),
        (BORN + 60, 3600, BORN + 60),
        (BORN + 0.5, 604800, BORN + 0.5),
    ],
)
async def test_a_new_key_stands_for_the_old_one_which_goes_on_for_a_while(
    database: Database, keys: Keys, clock: Clock, expires_at: float | None, overlap_s: float, until: float
) -> None:
    wanted = replace(WANTED, jobs_per_day=7, spend_per_month=9, scopes=frozenset((SCOPE, "x")), expires_at=expires_at)
    old, before = create(database, PEPPER, replace(wanted, created_at=1.0))
    database.transact(lambda c: store.note_use(c, old.id, BORN))
    rotated = rotate(database, PEPPER, old.id, overlap_s)
    assert rotated is not None
    new, secret = rotated
    assert new == replace(wanted, id=new.id, hint=tokens.hint(secret), created_at=BORN), "its end too, and no last use"
    assert new == got(database, new.id)
    assert (secret, new.id, tokens.is_wellformed(secret)) != (before, old.id, False)
    assert got(database, old.id) == replace(old, expires_at=until, last_used_at=BORN)
    assert await keys.authenticate(bearer(secret), SCOPE) == new
    for when in (until - 0.25, until):
        clock.now = when
        with refused(EXPIRED) if when >= until else nullcontext():
            assert (await keys.authenticate(bearer(before), SCOPE)).id == old.id
    clock.now = BORN + 1e6
    with refused(EXPIRED) if expires_at else nullcontext():
        assert (await keys.authenticate(bearer(secret), SCOPE)).id == new.id


def test_a_publishable_key_stays_one(database: Database, clock: Clock) -> None:
    """Its kind, its prefix, its limits, and what each address has used."""
    old, before = create(database, PEPPER, PUBLISHABLE)
    for who in ("a", "a"):
        database.transact(lambda c, who=who: store.spend(c, old, 0, BORN, who))
    rotated = rotate(database, PEPPER, old.id, 60)
    assert rotated is not None
    new, token = rotated
    assert token.startswith("pk_")
    assert token != before
    assert new == replace(PUBLISHABLE, id=new.id, hint=tokens.hint(token), created_at=BORN) == got(database, new.id)
    with pytest.raises(OverBudget, match=r"^This address"):
        database.transact(lambda c: store.spend(c, new, 0, BORN, "a"))
    database.transact(lambda c: store.spend(c, new, 0, BORN, "b"))
    with pytest.raises(OverBudget, match=r"^This key"):
        database.transact(lambda c: store.spend(c, new, 0, BORN, "c"))


def test_a_new_key_begins_with_what_the_old_one_has_used(database: Database, clock: Clock) -> None:
    old, _ = create(database, PEPPER, replace(WANTED, jobs_per_day=3, spend_per_month=100))
    for _ in range(2):
        database.transact(lambda c: store.spend(c, old, 40, BORN))
    rotated = rotate(database, PEPPER, old.id, 60)
    assert rotated is not None
    new = rotated[0]
    with pytest.raises(OverBudget, match="this month"):
        database.transact(lambda c: store.spend(c, new, 21, BORN))
    budget = database.transact(lambda c: store.spend(c, new, 20, BORN))
    assert budget == Budget(3, 0, budget.reset_s if budget else 0)
    with pytest.raises(OverBudget, match="today"):
        database.transact(lambda c: store.spend(c, new, 0, BORN))
    assert database.transact(lambda c: (store.used(c, old, BORN), store.used(c, new, BORN))) == (2, 3)


@pytest.mark.parametrize(
    "ends", [{"revoked_at": BORN - 1}, {"expires_at": BORN}, {"expires_at": BORN - 1}, {"revoked_at": BORN + 9}]
)
def test_what_is_no_longer_valid_is_not_rotated(database: Database, clock: Clock, ends: dict[str, float]) -> None:
    made, _ = create(database, PEPPER, replace(WANTED, **ends))  # type: ignore[arg-type]
    assert rotate(database, PEPPER, made.id, 60) is None
    assert database.transact(store.listed) == [made], "nor touched, nor is there another"


def test_a_key_may_be_rotated_again_and_again(database: Database, clock: Clock) -> None:
    old, _ = create(database, PEPPER, replace(WANTED, jobs_per_day=5))
    first = rotate(database, PEPPER, old.id, 60)
    assert first is not None
    second = rotate(database, PEPPER, first[0].id, 3600)
    third = rotate(database, PEPPER, old.id, 3600)  # still in its overlap
    assert second is not None
    assert third is not None
    assert third[0].expires_at == BORN + 60, "what comes of a key in its last minute ends with it"
    assert got(database, old.id).expires_at == BORN + 60, "an end that was set comes no later"
    assert second[0].expires_at is None
    assert {key.owner for key in database.transact(store.listed)} == {"o"}


@pytest.mark.parametrize(("pepper", "valid"), [(PEPPER, True), (b"q" * 32, False)])
async def test_the_new_secret_is_digested_with_the_pepper_given(
    database: Database, keys: Keys, pepper: bytes, valid: bool
) -> None:
    old, _ = create(database, PEPPER, WANTED)
    rotated = rotate(database, pepper, old.id, 0)
    assert rotated is not None
    with nullcontext() if valid else refused(PLAIN):
        assert await keys.authenticate(bearer(rotated[1]), SCOPE) == rotated[0]


def test_a_key_that_is_revoked_meanwhile_has_no_successor(
    database: Database, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the old key and its end another process revokes it, which SQLite's one writer rules out."""
    if database.is_sqlite:
        pytest.skip("nothing comes between")
    made, _ = create(database, PEPPER, WANTED)
    look = store.by_id

    def look_slowly(connection: Connection, key: str) -> Key | None:
        found = look(connection, key)
        assert revoke(other, key)
        return found

    monkeypatch.setattr(store, "by_id", look_slowly)
    assert rotate(database, PEPPER, made.id, 60) is None
    assert len(database.transact(store.listed)) == 1
