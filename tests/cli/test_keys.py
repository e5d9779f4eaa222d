"""`placeholder keys`: a secret is shown once and alone, and is nowhere else; who may, how much, and until when."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fixtures.imagining import FOX, Imagining
from sqlalchemy import create_engine, text

from placeholder.keys.tokens import is_wellformed

Run = Callable[..., Result]
SHOP = ["--publishable", "--origin", "https://shop.example"]


def rows(home: Path) -> list[Any]:
    engine = create_engine(f"sqlite:///{home}/data/placeholder.db")
    with engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM keys ORDER BY created_at")).mappings().all()
    engine.dispose()
    return [dict(row) for row in found]


def test_a_secret_is_all_that_goes_to_standard_output(run: Run, home: Path) -> None:
    done = run("keys", "create", "--name", "the web shop")
    assert done.exit_code == 0
    secret = done.stdout.removesuffix("\n")
    assert is_wellformed(secret)
    assert done.stdout == secret + "\n"
    (row,) = rows(home)
    assert done.stderr == f"Key {row['id']} for the web shop; its secret is shown this once:\n"


def test_nothing_else_ever_shows_it(run: Run, home: Path) -> None:
    """Not the list, not the folder, not a rotation, not an error."""
    secret = run("keys", "create", "--name", "shop").stdout.strip()
    name = rows(home)[0]["id"]
    others = [run("keys", "list"), run("jobs", "list"), run("keys", "rotate", name), run("keys", "revoke", name)]
    others += [run("keys", "revoke", name), run("keys", "rotate", name), run("keys", "revoke", secret), run("keys", "list")]
    for done in [*others[:6], others[7]]:
        assert secret not in done.output
        assert secret[9:20] not in done.output
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert secret.encode() not in kept
    assert secret[9:].encode() not in kept


def test_the_list_says_what_tells_keys_apart(run: Run, home: Path) -> None:
    secrets = [run("keys", "create", "--name", f"shop {at}", "--jobs-per-day", "5").stdout.strip() for at in range(3)]
    found = rows(home)
    run("keys", "revoke", found[1]["id"])
    engine = create_engine(f"sqlite:///{home}/data/placeholder.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE keys SET expires_at = 5, last_used_at = 86400 WHERE id = :id"), {"id": found[2]["id"]})
    engine.dispose()
    done = run("keys", "list")
    assert done.exit_code == 0
    head, *lines = done.stdout.splitlines()
    assert head.split() == ["ID", "NAME", "KIND", "SECRET", "STATE", "JOBS", "TODAY", "LAST", "USED", "SCOPES", "ORIGINS"]
    for line, row, secret, state, used in zip(
        lines, found, secrets, ("valid", "revoked", "expired"), ("never", "never", "1970-01-02"), strict=True
    ):
        assert line.startswith(row["id"])
        for shown in (row["name"], " secret ", f"plh_live_{secret[9:13]}…{secret[-3:]}", state, "0/5", used, "ai:create"):
            assert shown in line


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        ([], {"owner": "shop", "scopes": "ai:create", "jobs_per_day": None, "spend_per_month": None, "expires_at": None}),
        (["--owner", "anna"], {"owner": "anna"}),
        (["--owner", " anna "], {"owner": "anna"}),
        (["--scope", "ai:create", "--scope", "ai:create"], {"scopes": "ai:create"}),
        (["--scope", "operator"], {"scopes": "operator", "kind": "secret"}),
        (["--scope", "operator", "--scope", "ai:create"], {"scopes": "ai:create operator"}),
        (["--jobs-per-day", "0"], {"jobs_per_day": 0}),
        (["--jobs-per-day", "2147483647"], {"jobs_per_day": 2147483647}),
        (["--spend-per-month", "0"], {"spend_per_month": 0}),
        (["--spend-per-month", "0.000001"], {"spend_per_month": 1}),
        (["--spend-per-month", "20.1"], {"spend_per_month": 20_100_000}),
        (["--spend-per-month", "1e9"], {"spend_per_month": 10**15}),
    ],
)
def test_what_a_key_may(run: Run, home: Path, words: list[str], columns: dict[str, Any]) -> None:
    assert run("keys", "create", "--name", "shop", *words).exit_code == 0
    (row,) = rows(home)
    assert {name: row[name] for name in columns} == columns


def test_a_key_for_pages(run: Run, home: Path) -> None:
    done = run("keys", "create", "--name", "shop", *SHOP)
    assert done.exit_code == 0
    token = done.stdout.removesuffix("\n")
    assert token.startswith("pk_")
    assert is_wellformed(token)
    (row,) = rows(home)
    assert done.stderr == f"Key {row['id']} for shop; it may stand in your pages, and is shown this once:\n"
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert token.encode() not in kept


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (SHOP, {"kind": "publishable", "origins": "https://shop.example", "models": "", "max_side": None}),
        (SHOP, {"jobs_per_day": 200, "jobs_per_address": 20, "spend_per_month": None, "owner": "shop"}),
        ([*SHOP, "--origin", "HTTP://LocalHost:80", "--origin", "https://shop.example:443"],
         {"origins": "http://localhost https://shop.example"}),
        ([*SHOP, "--model", "flux-schnell", "--model", "black-forest-labs/flux-schnell", "--model", "google/imagen-4"],
         {"models": "black-forest-labs/flux-schnell google/imagen-4"}),
        ([*SHOP, "--max-side", "2048", "--jobs-per-day", "0", "--jobs-per-address", "2147483647"],
         {"max_side": 2048, "jobs_per_day": 0, "jobs_per_address": 2147483647}),
        ([*SHOP, "--jobs-per-address", "0", "--spend-per-month", "5"], {"jobs_per_address": 0, "spend_per_month": 5_000_000}),
        ([], {"kind": "secret", "origins": "", "models": "", "max_side": None, "jobs_per_address": None}),
    ],
)  # fmt: skip
def test_what_a_key_for_pages_may(run: Run, home: Path, words: list[str], columns: dict[str, Any]) -> None:
    assert run("keys", "create", "--name", "shop", *words).exit_code == 0
    (row,) = rows(home)
    assert {name: row[name] for name in columns} == columns


def test_the_list_says_where_it_works(run: Run, home: Path) -> None:
    token = run("keys", "create", "--name", "shop", *SHOP, "--origin", "http://localhost:3000").stdout.strip()
    run("keys", "create", "--name", "server")
    lines = run("keys", "list").stdout.splitlines()
    assert [line.split()[2] for line in lines[1:]] == ["publishable", "secret"]
    assert f" pk_{token[3:7]}…{token[-3:]} " in lines[1]
    assert " 0/200 " in lines[1]
    assert lines[1].endswith(" ai:create  http://localhost:3000 https://shop.example")
    assert lines[2].endswith(" ai:create")
    for column in ("STATE", "SCOPES"):
        place = lines[0].index(column)
        assert all(line[place - 1] == " " and line[place] != " " for line in lines)


def test_a_rotation_keeps_it_what_it_is(run: Run, home: Path) -> None:
    words = [*SHOP, "--model", "flux-dev", "--max-side", "64", "--jobs-per-day", "5", "--jobs-per-address", "2"]
    run("keys", "create", "--name", "shop", *words)
    done = run("keys", "rotate", rows(home)[0]["id"])
    assert done.stdout.startswith("pk_")
    old, new = rows(home)
    for column in ("kind", "origins", "models", "max_side", "jobs_per_day", "jobs_per_address"):
        assert new[column] == old[column], column


@pytest.mark.parametrize("days", ["0.5", "30", "36500"])
def test_until_when(run: Run, home: Path, days: str) -> None:
    run("keys", "create", "--name", "shop", "--days", days)
    assert abs(rows(home)[0]["expires_at"] - time.time() - float(days) * 86400) < 60


@pytest.mark.parametrize(
    ("words", "culprit"),
    [
        ([], "--name"),
        *((["--name", name], "--name") for name in ("", "  ", "a\nb", "a\tb", "a\x1b[31mb", "a\x00b", "x" * 101, "\u202eevil")),
        *((["--name", "a", "--owner", owner], "--owner") for owner in ("", " ", "a\nb", "x" * 101)),
        *((["--name", "a", "--scope", scope], "--scope") for scope in ("", "admin", "ai:*", "AI:CREATE")),
        *((["--name", "a", "--jobs-per-day", many], "--jobs-per-day") for many in ("-1", "1.5", "many", "2147483648", "")),
        *(
            (["--name", "a", option, value], option)
            for option in ("--spend-per-month", "--days")
            for value in ("-1", "nan", "NaN", "inf", "-inf", "1e30", "much", "")
        ),
        (["--name", "a", "--days", "0"], "--days"),
        (["--name", "a", "surplus"], "surplus"),
        (["--name", "a", "--publishable"], "--publishable: expected --origin too"),
        *(
            (["--name", "a", "--publishable", "--origin", origin], "--origin: expected an origin such as https://shop.example")
            for origin in (
                "",
                "*",
                "null",
                "shop.example",
                "https://shop.example/",
                "https://u:p@shop.example",
                "https://bücher.de",
            )
        ),
        (["--name", "a", *SHOP, "--origin", "null"], "--origin: expected"),
        *((["--name", "a", *SHOP, "--model", name], "--model: expected") for name in ("", "none", "FLUX-DEV", "flux-dev,sdxl")),
        *((["--name", "a", *SHOP, "--max-side", side], "--max-side") for side in ("0", "-1", "2049", "1.5", "wide")),
        *((["--name", "a", *SHOP, "--jobs-per-address", many], "--jobs-per-address") for many in ("-1", "2147483648", "many")),
        *(
            (["--name", "a", option, value], f"{option}: expected --publishable too")
            for option, value in (
                *(("--origin", "https://shop.example"), ("--model", "flux-dev"), ("--max-side", "64")),
                *(("--jobs-per-address", "5"), ("--jobs-per-address", "0")),
            )
        ),
    ],
)
def test_words_that_are_off_are_named_and_nothing_is_made(run: Run, home: Path, words: list[str], culprit: str) -> None:
    done = run("keys", "create", *words)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert culprit in done.stderr
    assert not (home / "data").exists() or rows(home) == []


@pytest.mark.parametrize("value", ["-1", "169", "nan", "inf", "soon"])
def test_an_overlap_that_is_none(run: Run, home: Path, value: str) -> None:
    """ "nan" would let the old key go on for ever."""
    run("keys", "create", "--name", "shop")
    (row,) = rows(home)
    assert run("keys", "rotate", row["id"], "--overlap-hours", value).exit_code == 2
    assert rows(home) == [row]


@pytest.mark.parametrize("command", ["revoke", "rotate"])
@pytest.mark.parametrize("name", ["nobody", "", "' OR 1=1 --", "*", "a" * 5000, "é"])
def test_a_key_that_nobody_has(run: Run, command: str, name: str) -> None:
    done = run("keys", command, name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"Error: No valid key has the id {name}\n"


def test_a_key_that_was_revoked_is_so_for_ever(run: Run, home: Path) -> None:
    run("keys", "create", "--name", "shop")
    name = rows(home)[0]["id"]
    done = run("keys", "revoke", name)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", f"Key {name} is revoked.\n")
    (row,) = rows(home)
    assert abs(row["revoked_at"] - time.time()) < 60
    assert [run("keys", command, name).exit_code for command in ("revoke", "rotate")] == [1, 1]
    assert rows(home) == [row]


@pytest.mark.parametrize(("words", "hours"), [([], 24), (["--overlap-hours", "0"], 0), (["--overlap-hours", "0.5"], 0.5)])
def test_a_rotation_hands_on_all_but_the_secret(run: Run, home: Path, words: list[str], hours: float) -> None:
    secret = run(
        "keys", "create", "--name", "shop", "--owner", "anna", "--jobs-per-day", "7", "--spend-per-month", "9"
    ).stdout.strip()
    old = rows(home)[0]
    done = run("keys", "rotate", old["id"], *words)
    assert done.exit_code == 0
    assert is_wellformed(done.stdout.strip())
    assert done.stdout.strip() != secret
    assert re.fullmatch(rf"Key [0-9a-f]{{12}} takes the place of {old['id']}, which ends in {hours:g} h:\n", done.stderr)
    before, after = rows(home)
    assert abs(before["expires_at"] - time.time() - hours * 3600) < 60
    for column in ("name", "owner", "scopes", "jobs_per_day", "spend_per_month"):
        assert after[column] == old[column]
    assert (after["expires_at"], after["revoked_at"], after["last_used_at"]) == (None, None, None)
    assert after["mac"] != old["mac"]


def test_a_rotation_does_not_prolong_what_ends_sooner(run: Run, home: Path) -> None:
    run("keys", "create", "--name", "shop", "--days", "0.01")
    old = rows(home)[0]
    run("keys", "rotate", old["id"])
    assert rows(home)[0]["expires_at"] == old["expires_at"]


async def test_a_key_opens_a_running_service_until_it_is_revoked(imagining: Imagining, run_on: Any) -> None:
    """Made, used, shown as used, revoked, refused."""
    async with imagining() as service:
        run = run_on(service.folder)
        secret = run("keys", "create", "--name", "shop", "--jobs-per-day", "3").stdout.strip()
        assert (await service.post(FOX, key=secret)).status == 200
        line = run("keys", "list").stdout.splitlines()[1]
        assert "1/3" in line
        assert time.strftime("%Y-%m-%d", time.gmtime()) in line
        other = run("keys", "create", "--name", "shop").stdout.strip()
        name = run("keys", "list").stdout.splitlines()[2].split()[0]
        run("keys", "revoke", name)
        assert (await service.post(FOX, key=other)).status == 401


async def test_both_keys_of_a_rotation_open_and_share_their_pictures(imagining: Imagining, run_on: Any) -> None:
    async with imagining() as service:
        run = run_on(service.folder)
        old = run("keys", "create", "--name", "shop").stdout.strip()
        name = run("keys", "list").stdout.splitlines()[1].split()[0]
        new = run("keys", "rotate", name).stdout.strip()
        answers = [(await service.post(FOX, key=key)) for key in (old, new)]
        assert [answer.status for answer in answers] == [200, 200]
        assert answers[0].json()["id"] == answers[1].json()["id"]


def test_no_key_for_pages_sees_figures(run: Run, home: Path) -> None:
    done = run("keys", "create", "--name", "shop", *SHOP, "--scope", "operator")
    assert done.exit_code == 2
    assert "--scope operator: expected a secret key" in done.output
    assert not (home / "data").exists()
