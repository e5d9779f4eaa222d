"""The one secret and what comes of it: keys that tell nothing of each other, and prompts that open under their own job alone."""

import hashlib
import hmac
import subprocess
import sys
import traceback

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from placeholder.vault import Vault

SECRET = "s" * 32
VAULT = Vault(SECRET)
JOB = "abcdefghijklmnop"
PROMPT = "a heron in the reeds"
SECRETS = [SECRET, "s" * 33, "S" * 32, "s" * 31 + "t", "s" * 31 + " ", "s" * 31 + "\x00", "é" * 32, "e\u0301" * 32, "🗝" * 32]


def hkdf(secret: str, purpose: str) -> bytes:
    """RFC 5869 with SHA-256, no salt, one block."""
    extracted = hmac.digest(bytes(32), secret.encode(), hashlib.sha256)
    return hmac.digest(extracted, b"placeholder/" + purpose.encode() + b"\x01", hashlib.sha256)


def subkeys(vault: Vault) -> list[bytes]:
    return [vault.id_key, vault.hook_key, vault.pepper, vault.address_key, vault.signing_key, vault.playground, vault.mark]


# ---------------------------------------------------------------- keys


def test_no_key_is_another_s_be_it_of_this_secret_or_of_another() -> None:
    found = [key for secret in SECRETS for key in subkeys(Vault(secret))]
    assert len(set(found)) == 7 * len(SECRETS)
    assert {len(key) for key in found} == {32}


@pytest.mark.parametrize("secret", SECRETS)
def test_the_same_secret_gives_the_same_keys(secret: str) -> None:
    assert subkeys(Vault(secret)) == subkeys(Vault(secret))
    assert Vault(secret).open(JOB, Vault(secret).seal(JOB, PROMPT)) == PROMPT


@pytest.mark.parametrize("secret", SECRETS)
def test_ids_digests_and_addresses_stay_what_they_are(secret: str) -> None:
    """Another derivation would orphan every row, key, webhook and signing secret that there is."""
    purposes = ("job-id/v1", "webhook-address/v1", "api-key/v1", "client-address/v1", "submit-token/v1", "playground-key/v1")
    purposes += ("backup-mark/v1",)
    expected = [hkdf(secret, purpose) for purpose in purposes]
    assert subkeys(Vault(secret)) == expected


def test_prompts_that_were_sealed_long_ago_open() -> None:
    nonce = bytes(range(12))
    sealed = AESGCM(hkdf(SECRET, "prompt/v1")).encrypt(nonce, PROMPT.encode(), b"\x01job:" + JOB.encode() + b":prompt")
    assert VAULT.open(JOB, b"\x01" + nonce + sealed) == PROMPT


# ---------------------------------------------------------------- sealing

PROMPTS = [
    *("", " ", PROMPT, "\x00", "naïve façade", "雨の日の鷺", "شجرة", "👩‍👩‍👧‍👦 by the 🌊", "e\u0301", "\u202eabc", "\n\r\t"),
    *("x" * 4000, "🌊" * 4000, "\U0010ffff" * 4000),
]


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: f"{prompt[:8]!a} x{len(prompt)}")
@pytest.mark.parametrize("job", [JOB, "", "é", "x" * 1000])
def test_what_is_sealed_opens(job: str, prompt: str) -> None:
    sealed = VAULT.seal(job, prompt)
    assert VAULT.open(job, sealed) == prompt
    assert len(sealed) == 1 + 12 + len(prompt.encode()) + 16
    assert sealed[:1] == b"\x01"
    assert len(prompt) < 4 or prompt.encode()[:4] not in sealed


@given(st.text(), st.text(st.characters(codec="utf-8")))
def test_any_text_does(prompt: str, job: str) -> None:
    assert VAULT.open(job, VAULT.seal(job, prompt)) == prompt


def test_two_seals_of_one_prompt_differ() -> None:
    seals = [VAULT.seal(JOB, PROMPT) for _ in range(1000)]
    assert len({sealed[1:13] for sealed in seals}) == len({sealed[13:] for sealed in seals}) == 1000


FORKED = f"""
import os
from placeholder.vault import Vault
vault = Vault({SECRET!r})
vault.seal("job", "before")
parted = os.fork()
for _ in range(300):
    os.write(1, vault.seal("job", "after")[1:13].hex().encode() + b"\\n")
if parted:
    os.waitpid(parted, 0)
"""


def test_nor_do_those_of_a_process_and_its_fork() -> None:
    nonces = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, check=True).stdout.split()
    assert len(nonces) == len(set(nonces)) == 600


SEALED = VAULT.seal(JOB, PROMPT)


def assert_shut(vault: Vault, job: str, sealed: bytes) -> None:
    with pytest.raises(ValueError, match=r"^job .*: its prompt was sealed under another secret$") as refusal:
        vault.open(job, sealed)
    told = "".join(traceback.format_exception(refusal.value))
    error: BaseException | None = refusal.value
    while error:
        told += f"{error!r} {error} {error.args} {vars(error)}"
        error = error.__cause__ or error.__context__
    for word in ("heron", "reeds", PROMPT.encode().hex(), SECRET, "During handling"):
        assert word not in told
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("job", ["", "a", JOB[:-1], JOB + "a", JOB.upper(), JOB + ":prompt", JOB[::-1], "\ud800", "é"])
def test_it_does_not_open_for_another_job(job: str) -> None:
    assert_shut(VAULT, job, SEALED)


@pytest.mark.parametrize("secret", SECRETS[1:])
def test_it_does_not_open_under_another_secret(secret: str) -> None:
    assert_shut(Vault(secret), JOB, SEALED)


@pytest.mark.parametrize("bit", [0, 3, 7])
def test_it_does_not_open_with_a_bit_flipped(bit: int) -> None:
    for place in range(1, len(SEALED)):
        assert_shut(VAULT, JOB, SEALED[:place] + bytes([SEALED[place] ^ 1 << bit]) + SEALED[place + 1 :])


@pytest.mark.parametrize("version", [0, 2, 0x81, 255])
def test_it_does_not_open_as_another_version(version: int) -> None:
    assert_shut(VAULT, JOB, bytes([version]) + SEALED[1:])


@pytest.mark.parametrize(
    "sealed",
    [
        *(b"", b"\x01", b"\x01" * 12, b"\x01" * 13, b"\x01" * 28, b"\x01" * 29, bytes(10_000), PROMPT.encode()),
        *(SEALED[:-1], SEALED[1:], SEALED + b"\x00", SEALED * 2, b"\x01" + SEALED, SEALED[:13], SEALED[:13] + SEALED[-16:]),
    ],
    ids=lambda sealed: f"{len(sealed)} bytes",
)
def test_it_does_not_open_cut_short_or_drawn_out(sealed: bytes) -> None:
    assert_shut(VAULT, JOB, sealed)


def test_it_tells_nothing_of_itself() -> None:
    told = f"{VAULT!r} {VAULT} {[VAULT]}"
    assert told == "Vault(***) Vault(***) [Vault(***)]"
