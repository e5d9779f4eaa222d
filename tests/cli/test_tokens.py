"""`placeholder tokens`: a signing secret and a token each alone on standard output, offline where the secret is given, and a
service that takes what was minted."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fixtures.imagining import FOX, SECRET, Imagining

from placeholder.cli import main
from placeholder.keys.permits import Statement, fits, read_permit, signer, signing_secret
from placeholder.vault import Vault

Run = Callable[..., Result]
KID = "0123456789ab"
SIGNING = signing_secret(Vault(SECRET).signing_key, KID)
VARIABLE = "PLACEHOLDER_SIGNING_SECRET"
FRAME = ["--w", "512", "--h", "300"]


def made(run: Run, *words: str) -> str:
    """The id of a new key."""
    return run("keys", "create", "--name", "shop", *words).stderr.split()[1]


# ---------------------------------------------------------------- secret


def test_a_signing_secret_is_all_that_goes_to_standard_output(run: Run, home: Path) -> None:
    key = made(run)
    done = run("tokens", "secret", key)
    assert done.exit_code == 0
    found = done.stdout.removesuffix("\n")
    assert signer(found) == key
    assert done.stderr == f"Key {key} signs tokens with this; keep it on your server, as {VARIABLE}:\n"
    assert run("tokens", "secret", key).stdout.strip() == found
    assert run("tokens", "secret", made(run)).stdout.strip() != found
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert found[-64:].encode() not in kept


def test_another_service_has_another(run: Run) -> None:
    key = made(run)
    assert run("tokens", "secret", key, PLACEHOLDER_SECRET=SECRET).stdout != run("tokens", "secret", key).stdout


@pytest.mark.parametrize("name", ["nobody", "", "operator", "playground", "' OR 1=1 --", KID])
def test_who_has_none(run: Run, name: str) -> None:
    for words in (["tokens", "secret", name], ["tokens", "mint", "a fox", *FRAME, "--key", name]):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == f"Error: No valid secret key has the id {name}\n"


def test_neither_has_a_key_for_pages_nor_a_revoked_one(run: Run) -> None:
    public, revoked = made(run, "--publishable", "--origin", "https://shop.example"), made(run)
    run("keys", "revoke", revoked)
    for key in (public, revoked):
        assert run("tokens", "secret", key).exit_code == 1


# ---------------------------------------------------------------- mint


def minted(done: Result) -> Any:
    assert done.exit_code == 0, done.stderr
    assert done.stderr == ""
    assert re.fullmatch(r"st_[0-9a-f]{12}\.[0-9]+\.[A-Za-z0-9_-]{43}\n", done.stdout)
    return read_permit(done.stdout.strip())


@pytest.mark.parametrize(
    ("words", "said", "origin"),
    [
        (["a fox", *FRAME], Statement("a fox", 512, 300), None),
        ([" a\r\nfox ", *FRAME], Statement("a\nfox", 512, 300), None),
        (["Füchse 🦊", "--w", "9999", "--h", "1"], Statement("Füchse 🦊", 9999, 1), None),
        (["a fox", *FRAME, "--model", "flux-dev", "--seed", "0"], Statement("a fox", 512, 300, "flux-dev", 0), None),
        (["a fox", *FRAME, "--model", "google/imagen-4"], Statement("a fox", 512, 300, "google/imagen-4"), None),
        (["a fox", *FRAME, "--origin", "HTTPS://Shop.example:443"], Statement("a fox", 512, 300), "https://shop.example"),
    ],
)
def test_a_token_is_minted_offline(run: Run, home: Path, words: list[str], said: Statement, origin: str | None) -> None:
    """Nothing is opened, nothing is made, whatever the settings are."""
    permit = minted(run("tokens", "mint", *words, PLACEHOLDER_DATABASE_URL="nonsense", **{VARIABLE: SIGNING}))
    assert permit.kid == KID
    assert abs(permit.exp - time.time() - 86400) < 60
    assert fits(permit, SIGNING, said, origin)
    assert fits(permit, SIGNING, said, None) is (origin is None)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("hours", ["0.5", "1", "24"])
def test_for_how_long(run: Run, hours: str) -> None:
    permit = minted(run("tokens", "mint", "a fox", *FRAME, "--hours", hours, **{VARIABLE: SIGNING}))
    assert abs(permit.exp - time.time() - float(hours) * 3600) < 60


def test_on_the_service_s_machine_a_key_signs(run: Run) -> None:
    key = made(run)
    secret = run("tokens", "secret", key).stdout.strip()
    for given in ({}, {VARIABLE: SIGNING}, {VARIABLE: "nonsense"}):
        permit = minted(run("tokens", "mint", "a fox", *FRAME, "--key", key, **given))
        assert permit.kid == key
        assert fits(permit, secret, Statement("a fox", 512, 300), None)


@pytest.mark.parametrize("told", [b"a fox", b"  a fox\r\n", "Füchse 🦊".encode(), b"-"])
def test_a_prompt_from_standard_input(home: Path, told: bytes) -> None:
    done = CliRunner().invoke(main, ["tokens", "mint", "-", *FRAME], input=told, env={VARIABLE: SIGNING})
    assert fits(minted(done), SIGNING, Statement(told.decode().strip(), 512, 300), None)


def test_a_prompt_that_is_no_text(home: Path) -> None:
    done = CliRunner().invoke(main, ["tokens", "mint", "-", *FRAME], input=b"\xffcanary", env={VARIABLE: SIGNING})
    assert (done.exit_code, done.stdout) == (2, "")
    assert "prompt: expected text in UTF-8" in done.stderr
    assert "canary" not in done.stderr


def test_without_a_secret_it_says_where_one_comes_from(run: Run, home: Path) -> None:
    for given in ({}, {VARIABLE: ""}):
        done = run("tokens", "mint", "a fox", *FRAME, **given)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"Error: Expected {VARIABLE}, as placeholder tokens secret ID shows it, or --key ID")
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "value",
    ["canary", SIGNING[:-1], SIGNING + "0", SIGNING.upper(), " " + SIGNING, "plh_live_" + "0" * 38, SIGNING.replace("_", "-")],
)
def test_a_malformed_secret_is_not_repeated(run: Run, value: str) -> None:
    done = run("tokens", "mint", "a fox", *FRAME, **{VARIABLE: value})
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {VARIABLE}: expected a signing secret, sign_…")
    assert value.strip()[:12] not in done.stderr


@pytest.mark.parametrize(
    ("words", "culprit"),
    [
        ([], "PROMPT"),
        (["a fox"], "--w"),
        (["a fox", "--w", "1"], "--h"),
        *((["a fox", "--w", side, "--h", "1"], "--w") for side in ("0", "-1", "1.5", "wide", "")),
        *(([prompt, *FRAME], "prompt: expected") for prompt in ("", " ", "\r\n", "a\x07b", "x" * 4001)),
        *((["a fox", *FRAME, "--model", model], "--model: expected") for model in ("", "none", "FLUX-DEV")),
        *((["a fox", *FRAME, "--seed", seed], "--seed") for seed in ("-1", "2147483648", "x")),
        *((["a fox", *FRAME, "--origin", origin], "--origin: expected") for origin in ("", "*", "null", "https://a/", "a")),
        *((["a fox", *FRAME, "--hours", hours], "--hours") for hours in ("0", "-1", "24.1", "nan", "inf", "soon")),
        (["a fox", *FRAME, "surplus"], "surplus"),
    ],
)
def test_words_that_are_off_are_named(run: Run, words: list[str], culprit: str) -> None:
    done = run("tokens", "mint", *words, **{VARIABLE: SIGNING})
    assert (done.exit_code, done.stdout) == (2, "")
    assert culprit in done.stderr
    assert SIGNING[18:] not in done.stderr


# ---------------------------------------------------------------- for real


async def test_a_service_takes_what_was_minted(imagining: Imagining, run_on: Any) -> None:
    async with imagining() as service:
        run = run_on(service.folder)
        key = made(run)
        secret = run("tokens", "secret", key).stdout.strip()
        words = ["tokens", "mint", FOX["prompt"], "--w", str(FOX["w"]), "--h", str(FOX["h"])]
        online = run(*words, "--key", key).stdout.strip()
        offline = CliRunner().invoke(main, words, env={VARIABLE: secret}).stdout.strip()
        answers = [await service.post(FOX, key=token) for token in (online, offline)]
        assert [answer.status for answer in answers] == [200, 200]
        assert answers[0].json()["id"] == answers[1].json()["id"]
        assert await service.count() == 1
        run("keys", "revoke", key)
    async with imagining(data_dir=service.folder) as service:
        refused = await service.post(FOX, key=online)
        assert (refused.status, refused.json()["code"]) == (401, "invalid_token")
