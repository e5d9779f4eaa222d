"""Tokens: their form and checksum, what is shown and stored of them, the header that brings them, the keys that are too weak."""

import base64
import hashlib
import hmac
import random
import re
import string
from collections.abc import Callable
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.keys.tokens import MIN_ENTROPY, PREFIX, PUBLISHABLE, bearer, hint, is_wellformed, mac, mint, weakness

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
ENTROPY = st.binary(min_size=MIN_ENTROPY, max_size=64)
OURS = mint(bytes(range(32)))
PUBLIC = mint(bytes(range(32)), PUBLISHABLE)
CHOSEN = "Zk3vQ8nT0wLr6yHb2xJd9sMf"
ANY_TEXT = st.text(st.characters(exclude_categories=()))

JUNK = [
    *("", " ", "plh_live_", "plh", OURS[:-1], OURS + "0", OURS + "\n", " " + OURS, OURS.upper(), OURS.lower()),
    *(OURS.replace("live", "test"), OURS.replace("_", "-"), "\ud800", "ключ", "🗝" * 47, PREFIX + "٣" * 38, PREFIX + "é" * 38),
    *(PUBLIC[:-1], PUBLIC + "0", PUBLIC.upper(), PUBLISHABLE + OURS[len(PREFIX) :], PREFIX + PUBLIC[len(PUBLISHABLE) :]),
    *("pk_", PUBLISHABLE + "0" * 38, "sk_" + PUBLIC[3:], "pk_live_" + PUBLIC[3:], PREFIX + PUBLIC, "st_" + PUBLIC[3:]),
    *(PREFIX + "0" * 38, PREFIX + "!" * 38, "x" * 47, "x" * 10_000, OURS * 1000, OURS[:20] + "\x00" + OURS[21:]),
]


# ---------------------------------------------------------------- minting


@given(ENTROPY)
def test_a_token_is_47_characters_that_a_double_click_takes_and_it_is_well_formed(entropy: bytes) -> None:
    token = mint(entropy)
    assert re.fullmatch(r"plh_live_[0-9A-Za-z]{38}", token)
    assert len(token) == 47
    assert is_wellformed(token)
    assert mint(entropy) == token


@given(ENTROPY)
def test_a_publishable_one_is_the_same_under_another_prefix(entropy: bytes) -> None:
    """41 characters: the same random ones, and another checksum, so that neither passes for the other."""
    token, secret = mint(entropy, PUBLISHABLE), mint(entropy)
    assert re.fullmatch(r"pk_[0-9A-Za-z]{38}", token)
    assert is_wellformed(token)
    assert token[3:-6] == secret[9:-6]
    assert token[-6:] != secret[-6:]
    assert hint(token) == f"{token[:7]}…{token[-3:]}"


@pytest.mark.parametrize("token", [OURS, PUBLIC])
def test_the_last_six_are_the_crc_32_of_all_before_them(token: str) -> None:
    number = crc32(token[:-6].encode())
    written = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        written = BASE62[digit] + written
    assert token[-6:] == written
    assert number == 0, "six base62 digits hold every CRC-32"


def test_the_body_is_the_entropy_as_a_number() -> None:
    assert mint(bytes(24))[9:-6] == "0" * 32
    assert mint(bytes(31) + b"\x3d")[9:-6] == "0" * 31 + "z"
    assert mint(bytes(31) + b"\x3e")[9:-6] == "0" * 30 + "10"
    assert mint((62**32 - 1).to_bytes(32))[9:-6] == "z" * 32
    assert mint((62**32).to_bytes(32))[9:-6] == "0" * 32


@pytest.mark.parametrize("size", [0, 1, 16, 23])
def test_too_few_random_bytes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match="at least 24 random bytes"):
        mint(bytes(size))


def test_every_character_is_as_likely_in_every_place() -> None:
    """Chi-square, 61 degrees of freedom: 130 lies at 1 in 10^6."""
    dice = random.Random(7)
    bodies = [mint(dice.randbytes(32))[9:41] for _ in range(6200)]
    for place in (0, 1, 15, 31):
        counts = [sum(body[place] == character for body in bodies) for character in BASE62]
        assert sum((count - 100) ** 2 / 100 for count in counts) < 130
    assert len(set(bodies)) == len(bodies)


# ---------------------------------------------------------------- junk and keys


@pytest.mark.parametrize("token", JUNK, ids=lambda token: ascii(token[:30]))
def test_junk_is_not_well_formed(token: str) -> None:
    assert not is_wellformed(token)


@given(ANY_TEXT)
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert not is_wellformed(text)
    assert not is_wellformed(PREFIX + text)
    assert len(mac(b"pepper", text)) == 32
    assert text == "" or text not in hint(text) or len(text) < 3
    weakness(text)
    weakness(PREFIX + text)


@given(ENTROPY, st.integers(0, 46), st.sampled_from(BASE62))
def test_one_wrong_character_is_found(entropy: bytes, place: int, character: str) -> None:
    """A CRC finds every burst of errors shorter than itself."""
    token = mint(entropy)
    other = token[:place] + character + token[place + 1 :]
    assert is_wellformed(other) == (other == token)


@given(ENTROPY, st.integers(9, 45))
def test_two_neighbours_in_each_others_place_are_found(entropy: bytes, place: int) -> None:
    token = mint(entropy)
    other = token[:place] + token[place + 1] + token[place] + token[place + 2 :]
    assert is_wellformed(other) == (other == token)


def test_of_random_strings_of_the_right_form_none_passes() -> None:
    """2**32 of 62**6 checksums exist, one of them is right: 1 in 57 thousand million passes."""
    dice = random.Random(11)
    assert not any(is_wellformed(PREFIX + "".join(dice.choices(BASE62, k=38))) for _ in range(50_000))


# ---------------------------------------------------------------- what is stored and shown


def test_the_mac_is_hmac_sha_256_under_the_pepper() -> None:
    assert mac(b"pepper", OURS) == hmac.new(b"pepper", OURS.encode(), hashlib.sha256).digest()
    assert mac(b"pepper", OURS) != mac(b"salt", OURS)
    assert mac(b"pepper", OURS) != mac(b"pepper", OURS[:-1] + "0")


def test_the_hint_of_ours_shows_seven_characters() -> None:
    assert hint(OURS) == f"{OURS[:13]}…{OURS[-3:]}"
    assert re.fullmatch(r"plh_live_\w{4}…\w{3}", hint(OURS))


@pytest.mark.parametrize(
    ("length", "told"),
    [
        *[(0, "… (fewer than 24 characters)"), (23, "… (fewer than 24 characters)"), (24, "… (24 to 31 characters)")],
        *[(31, "… (24 to 31 characters)"), (32, "… (32 to 63 characters)"), (63, "… (32 to 63 characters)")],
        *[(64, "… (64 or more characters)"), (10_000, "… (64 or more characters)")],
    ],
)
def test_the_hint_of_another_key_tells_about_how_long_it_is(length: int, told: str) -> None:
    assert hint("q" * length) == told


@pytest.mark.parametrize("token", [OURS[:-1] + "!", OURS[:-1], CHOSEN])
def test_the_hint_of_a_mistyped_key_shows_none_of_it(token: str) -> None:
    assert not any(token[at : at + 3] in hint(token) for at in range(len(token) - 2))


# ---------------------------------------------------------------- the header

BROUGHT = [
    (b"Bearer abc", "abc"),
    (b"bearer abc", "abc"),
    (b"BEARER abc", "abc"),
    (b"bEaReR   abc", "abc"),
    (b"Bearer abc \t", "abc"),
    (b"Bearer a-._~+/9==", "a-._~+/9=="),
    (b"Bearer " + OURS.encode(), OURS),
    (b"Bearer " + b"x" * 193, "x" * 193),
]
NOT_BROUGHT: list[list[bytes]] = [
    [],
    [b""],
    [b"Bearer abc", b"Bearer abc"],
    [b"Bearer abc", b""],
    *([value] for value in (b" ", b"Bearer", b"Bearer ", b"Bearer\tabc", b"Bearer \tabc", b"Bearerabc", b"Bearer=abc", b"abc")),
    *([value] for value in (b"Basic abc", b"Token abc", b"Digest abc", b"Bearer: abc", b"Bearer Bearer abc", b"xBearer abc")),
    *([value] for value in (b"Bearer a b", b"Bearer a,b", b"Bearer a, Bearer b", b'Bearer "abc"', b"Bearer =", b"Bearer a=b")),
    *(
        [value]
        for value in (b"Bearer abc\n", b"Bearer a\r\nb", b"Bearer a\x00", b"\x00Bearer a", b"Bearer a\x7f", b"Bearer a\x85")
    ),
    *(
        [value]
        for value in ("Bearer ключ".encode(), "Bearer é".encode("latin-1"), b"Bearer \xff", b"Bearer\xa0abc", b"\xa0Bearer a")
    ),
    *([value] for value in (b"Bearer " + b"x" * 194, b"Bearer " + b" " * 190 + b"abcd", b"x" * 10_000, b" " * 10_000)),
    *([value] for value in (b"Bearer " + b"=" * 190, b"Bearer a!", b"Bearer a@b", b"Bearer {a}", b"Bearer %41")),
]


@pytest.mark.parametrize(("value", "token"), BROUGHT)
def test_one_right_header_brings_a_token(value: bytes, token: str) -> None:
    assert bearer([value]) == token


@pytest.mark.parametrize("headers", NOT_BROUGHT, ids=lambda headers: ascii([value[:30] for value in headers]))
def test_anything_else_brings_none(headers: list[bytes]) -> None:
    assert bearer(headers) is None


@given(st.lists(st.binary(max_size=300), max_size=3))
def test_any_headers_are_read_without_an_exception(headers: list[bytes]) -> None:
    token = bearer(headers)
    assert token is None or len(headers) == 1


@given(st.binary(max_size=60))
def test_what_is_brought_is_a_token68(value: bytes) -> None:
    token = bearer([b"Bearer " + value])
    assert token is None or (re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token) and token.encode() == value.strip(b" \t"))


# ---------------------------------------------------------------- keys that an operator chose

GOOD = [
    CHOSEN,
    OURS,
    "3f9c2a7be41d806f5c2e9b7a1d4f8e03",
    "c56a4180-65aa-42ec-a945-5fd21dec0538",
    "kX9+/2vQz8Lw4TnB6yRm1sHcJd7Fg0Pe==",
    "password-3f9c2a7be41d806f5c2e9b7a",
    "ferry.lantern.obsidian.quartz.mango",
]
WEAK = [
    ("", "24 to 193 characters"),
    ("changeme", "24 to 193 characters"),
    (CHOSEN[:23], "24 to 193 characters"),
    (CHOSEN * 9, "24 to 193 characters"),
    ("x" * 10_000, "24 to 193 characters"),
    (CHOSEN + " ", "Authorization header"),
    (CHOSEN + "\n", "Authorization header"),
    (CHOSEN + "!", "Authorization header"),
    (CHOSEN + "é", "Authorization header"),
    ("пароль" * 5, "Authorization header"),
    (CHOSEN + "\ud800", "Authorization header"),
    (CHOSEN[:12] + "\x00" + CHOSEN[12:], "Authorization header"),
    (OURS[:-1] + ("0" if OURS[-1] != "0" else "1"), "mistyped"),
    (OURS[:-1], "mistyped"),
    (OURS + "0", "mistyped"),
    (PREFIX + "ключ", "mistyped"),
    (PREFIX + "x" * 38, "mistyped"),
    (PUBLIC, "expected a secret key; pk_ begins a publishable one, st_ a submit token"),
    ("pk_" + CHOSEN, "expected a secret key"),
    ("st_" + CHOSEN, "expected a secret key"),
    ("st_0123456789ab.1800000000.yRwJN-r0_wbstcB-csNCtabPCcCbDRVSncjFLv_1dKw", "expected a secret key"),
    (mint(bytes(32)), "repetition"),
    ("a" * 32, "different characters"),
    ("abab" * 8, "different characters"),
    ("aaaaaaaaaaaabbbbbbbbbbbb", "different characters"),
    ("7c9cff7c9cff7c9cff7c9cff", "different characters"),
    ("Zk3vQ8nT0w" * 3, "repetition"),
    ("Zk3vQ8nT0wLr" * 2, "repetition"),
    ("Zk3vQ8nT0wLrZK3VQ8NT0WLRzk", "repetition"),
    ("abcdefghijklmnopqrstuvwxyz", "sequence"),
    ("zyxwvutsrqponmlkjihgfedcba", "sequence"),
    ("0123456789abcdef0123456789abcdef", "sequence"),
    ("qwertyuiopasdfghjklzxcvbnm", "sequence"),
    ("aabbccddeeffgghhiijjkkllmm", "sequence"),
    ("secret-12345678901234567890", "sequence"),
    ("YOUR_API_KEY_YOUR_API_KEY", "example"),
    ("your-api-key-goes-in-here", "example"),
    ("changemechangemechangeme", "example"),
    ("ChangeMe-ChangeMe-ChangeMe", "example"),
    ("....changeme............", "example"),
    ("secretsecretsecretsecret", "example"),
    ("s3cr3t-p4ssw0rd-t0k3n-k3y", "example"),
    ("test-key-for-the-placeholder", "example"),
    ("my-super-secret-test-token", "example"),
    ("replace_this_with_your_secret_token", "example"),
    ("correct-horse-battery-staple", "example"),
    ("password1234password1234", "example"),
]


@pytest.mark.parametrize("token", GOOD)
def test_a_random_key_is_fine(token: str) -> None:
    assert weakness(token) is None


@pytest.mark.parametrize(("token", "fault"), WEAK, ids=lambda text: ascii(text[:30]))
def test_a_weak_key_is_refused_for_what_is_wrong_with_it(token: str, fault: str) -> None:
    told = weakness(token)
    assert told is not None
    assert fault in told


@pytest.mark.parametrize("token", [token for token, _ in WEAK if len(token) > 12], ids=lambda text: ascii(text[:30]))
def test_a_refusal_echoes_no_part_of_the_key(token: str) -> None:
    told = (weakness(token) or "").replace(PREFIX, "")
    secret = token.removeprefix(PREFIX).removeprefix(PUBLISHABLE).removeprefix("st_")
    assert not any(secret[at : at + 6] in told for at in range(max(1, len(secret) - 5)))


@given(ENTROPY)
def test_the_refusals_are_sentences_of_ours(entropy: bytes) -> None:
    """The same words whatever the key: a log that has one has nothing of the key."""
    faults = {weakness(mint(entropy) + "x"), weakness("x" * len(entropy)), weakness(f"{entropy.hex()[:20]}!!!!!")}
    assert len(faults) == 3
    assert all(fault is not None and not re.search(entropy.hex()[:6], fault) for fault in faults)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda random_bytes: random_bytes.hex(), id="openssl rand -hex 16"),
        pytest.param(lambda random_bytes: base64.b64encode(random_bytes * 2).decode()[:32], id="openssl rand -base64"),
        pytest.param(lambda random_bytes: base64.urlsafe_b64encode(random_bytes + b"..").decode(), id="token_urlsafe"),
        pytest.param(lambda random_bytes: mint(random_bytes + random_bytes[:8]), id="mint"),
    ],
)
def test_next_to_no_random_key_is_refused(made: Callable[[bytes], str]) -> None:
    dice = random.Random(13)
    refused = sum(weakness(made(dice.randbytes(16))) is not None for _ in range(5000))
    assert refused <= 1
