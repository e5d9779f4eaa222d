"""Submit tokens: the grammar, the message that is signed, and that a token is good for nothing else."""

import base64
import hashlib
import hmac
import json
import re
import string
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from placeholder.keys.permits import (
    ANY_ORIGIN,
    Permit,
    Statement,
    canonical_prompt,
    fits,
    mint,
    read_permit,
    read_statement,
    signer,
    signing_secret,
)

KID = "0123456789ab"
SIGNING_KEY = bytes(range(32))
SECRET = signing_secret(SIGNING_KEY, KID)
SHOP = "https://shop.example"
EXP = 1_800_000_000
SAID = Statement("a red fox\nin snow", 512, 300, "flux-schnell", 42)
TOKEN = mint(SECRET, SAID, EXP)
MAC = TOKEN.rpartition(".")[2]


def read(token: str) -> Permit:
    permit = read_permit(token)
    assert permit is not None
    return permit


# ---------------------------------------------------------------- signing secrets


def test_a_signing_secret_follows_from_the_key_and_is_taken_by_a_double_click() -> None:
    assert f"sign_{KID}_{hmac.new(SIGNING_KEY, KID.encode(), hashlib.sha256).hexdigest()}" == SECRET
    assert re.fullmatch(r"[0-9a-z_]{82}", SECRET)
    assert signer(SECRET) == KID
    others = {signing_secret(key, kid) for key in (SIGNING_KEY, bytes(32)) for kid in (KID, "ba9876543210")}
    assert len(others) == 4


@pytest.mark.parametrize(
    "text",
    [
        *("", "sign", "sign_", KID, SECRET[:-1], SECRET + "0", SECRET + "\n", " " + SECRET, SECRET.upper(), "s" + SECRET),
        *(SECRET.replace("_", "-"), SECRET.replace(KID, KID[:-1]), SECRET.replace(KID, KID.upper()), "sign_" + "0" * 77),
        *(SECRET[:-1] + "g", SECRET[:-1] + "٣", SECRET[:-1] + "\ud800", "plh_live_" + "0" * 38, TOKEN, SECRET * 100),
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_anything_else_is_no_signing_secret(text: str) -> None:
    assert signer(text) is None
    with pytest.raises(ValueError, match=r"^expected a signing secret$"):
        mint(text, SAID, EXP)


# ---------------------------------------------------------------- the grammar


def test_a_token_is_made_of_three_parts_and_fits_an_authorization_header() -> None:
    assert re.fullmatch(r"st_0123456789ab\.1800000000\.[A-Za-z0-9_-]{43}", TOKEN)
    assert len("Bearer " + TOKEN) < 100
    assert read(TOKEN) == Permit(KID, EXP, MAC)


JUNK = [
    *("", "st_", "st", "st_..", ".", TOKEN[:-1], TOKEN + "A", TOKEN + "=", TOKEN + "\n", " " + TOKEN, TOKEN.upper(), TOKEN[3:]),
    *(TOKEN.replace("st_", prefix) for prefix in ("ST_", "st-", "sk_", "pk_", "st_st_", "")),
    *(TOKEN.replace(KID, kid) for kid in ("", KID[:-1], KID + "0", KID.upper(), "0123456789aB", "g" * 12, "operator", "٠" * 12)),
    *(
        TOKEN.replace(str(EXP), exp)
        for exp in (
            *("", "0", "00", "01800000000", "+1800000000", "-1800000000", " 1800000000", "1800000000 ", "1_800_000_000", "1.8e9"),
            *("1800000000.0", "0x6b49d200", "١٨٠٠٠٠٠٠٠٠", "²", "1800000000²", "1" * 13, "9" * 100, "nan", "inf", "never", "１８"),
        )
    ),
    *(
        TOKEN.replace(MAC, mac)
        for mac in (
            "",
            MAC[:-1],
            MAC + "A",
            MAC + "=",
            MAC + "==",
            MAC[:-1] + "=",
            MAC[:-1] + "+",
            MAC[:-1] + "/",
            MAC[:-1] + "é",
        )
    ),
    *(TOKEN.replace(".", separator) for separator in (":", "-", "..", ". ", "\u2024", "\x00")),
    *(TOKEN + "." + MAC, "x" * 70, "x" * 100_000, TOKEN * 100, "\ud800", TOKEN[:20] + "\x00" + TOKEN[21:]),
]


@pytest.mark.parametrize("token", JUNK, ids=lambda token: ascii(token[:70]))
def test_junk_is_no_token(token: str) -> None:
    assert read_permit(token) is None


@pytest.mark.parametrize("exp", [1, 9, 10, EXP, 999_999_999_999])
def test_any_end_is_read(exp: int) -> None:
    assert read(mint(SECRET, SAID, exp)).exp == exp


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert read_permit(text) is None
    assert read_permit("st_" + text) is None
    assert signer(text) is None


# ---------------------------------------------------------------- the message

MESSAGES = [
    (SAID, ANY_ORIGIN, "v1\n1800000000\n*\n512x300\nflux-schnell\n42\na red fox\nin snow"),
    (SAID, SHOP, "v1\n1800000000\nhttps://shop.example\n512x300\nflux-schnell\n42\na red fox\nin snow"),
    (Statement("x", 1, 2), ANY_ORIGIN, "v1\n1800000000\n*\n1x2\n\n\nx"),
    (Statement("x", 1, 2, "m"), ANY_ORIGIN, "v1\n1800000000\n*\n1x2\nm\n\nx"),
    (Statement("x", 1, 2, None, 0), ANY_ORIGIN, "v1\n1800000000\n*\n1x2\n\n0\nx"),
    (Statement("x", 10**30, -2, None, -1), ANY_ORIGIN, f"v1\n1800000000\n*\n{10**30}x-2\n\n-1\nx"),
    (Statement("Füchse 🦊", 1, 2), ANY_ORIGIN, "v1\n1800000000\n*\n1x2\n\n\nFüchse 🦊"),
    (Statement("", 1, 2), ANY_ORIGIN, "v1\n1800000000\n*\n1x2\n\n\n"),
]


@pytest.mark.parametrize(("said", "origin", "message"), MESSAGES)
def test_what_is_signed_to_the_letter(said: Statement, origin: str, message: str) -> None:
    """As a customer's own code does it, from the documentation."""
    mac = base64.urlsafe_b64encode(hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).digest()).decode().rstrip("=")
    assert mint(SECRET, said, EXP, origin) == f"st_{KID}.{EXP}.{mac}"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("a fox", "a fox"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\r\r\nb\n\rc", "a\n\nb\n\nc"),
        ("\r\n \t\v\f a \t\v\f\r\n", "a"),
        ("a \t\v\f b", "a \t\v\f b"),
        (" \u00a0a\u2003\u3000\ufeff ", "\u00a0a\u2003\u3000\ufeff"),
        ("\x1c\x1d\x1e\x1f\x85\u2028a\x00", "\x1c\x1d\x1e\x1f\x85\u2028a\x00"),
        ("cafe\u0301", "cafe\u0301"),
        ("", ""),
        (" \r\n ", ""),
        ("\ud800", "\ud800"),
    ],
)
def test_the_canonical_prompt(text: str, canonical: str) -> None:
    """Nothing but ASCII white space and ends of lines, so that every language can do the same."""
    assert canonical_prompt(text) == canonical
    assert canonical_prompt(canonical) == canonical


@given(st.text(st.sampled_from(" \t\n\v\f\ra\u00a0\u2028\x1c\x85")))
def test_is_what_a_regular_expression_says(text: str) -> None:
    """The trimming that README's snippets do."""
    assert canonical_prompt(text) == re.sub(r"\A[ \t-\r]+|[ \t-\r]+\Z", "", re.sub(r"\r\n?", "\n", text))


PLAIN: dict[str, Any] = {"prompt": "a fox", "w": 512, "h": 300}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (PLAIN, Statement("a fox", 512, 300)),
        ({**PLAIN, "model": None, "seed": None}, Statement("a fox", 512, 300)),
        ({**PLAIN, "model": "m", "seed": 0}, Statement("a fox", 512, 300, "m", 0)),
        ({**PLAIN, "prompt": " a\r\nfox "}, Statement("a\nfox", 512, 300)),
        ({**PLAIN, "w": 0, "h": -5, "seed": -1}, Statement("a fox", 0, -5, None, -1)),
        ({**PLAIN, "w": 10**30}, Statement("a fox", 10**30, 300)),
        ({**PLAIN, "prompt": "\ud800\x00"}, Statement("\ud800\x00", 512, 300)),
        ({**PLAIN, "other": 1}, Statement("a fox", 512, 300)),
    ],
)
def test_a_body_says_this(body: dict[str, Any], said: Statement) -> None:
    assert read_statement(body) == said


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("prompt", [None, 5, True, ["a fox"], {}, b"a fox"]),
        ("w", [None, "512", 512.0, 512.5, True, False, [], float("inf")]),
        ("h", [None, "300", 300.0, True, {}]),
        ("model", ["", "a\nb", "\n", 5, True, ["m"], {}]),
        ("seed", ["", "42", 42.0, True, False, [42]]),
    ],
)
def test_no_token_is_for_a_body_like_this(name: str, values: list[Any]) -> None:
    for value in values:
        assert read_statement({**PLAIN, name: value}) is None
    if name in ("prompt", "w", "h"):
        assert read_statement({field: value for field, value in PLAIN.items() if field != name}) is None


# ---------------------------------------------------------------- what a token is good for

PROMPTS = st.text(st.characters(exclude_categories=())).map(canonical_prompt)
WHOLE = st.integers(-(10**12), 10**12)
MODELS = st.none() | st.text(st.characters(exclude_characters="\n", exclude_categories=()), min_size=1)
STATEMENTS = st.builds(Statement, PROMPTS, WHOLE, WHOLE, MODELS, st.none() | WHOLE)
ORIGINS = st.sampled_from([ANY_ORIGIN, SHOP, "http://localhost:3000", "null"])
ENDS = st.integers(1, 10**12 - 1)


@given(STATEMENTS, ENDS, ORIGINS)
def test_it_is_good_for_what_was_signed(said: Statement, exp: int, origin: str) -> None:
    permit = read(mint(SECRET, said, exp, origin))
    assert permit.exp == exp
    assert fits(permit, SECRET, said, None if origin == ANY_ORIGIN else origin)
    assert fits(permit, SECRET, said, "https://other.example") is (origin == ANY_ORIGIN)
    assert fits(permit, SECRET, said, None) is (origin == ANY_ORIGIN)


@given(STATEMENTS, STATEMENTS, ORIGINS, ORIGINS)
def test_no_two_bodies_share_a_token(one: Statement, other: Statement, first: str, second: str) -> None:
    assert (mint(SECRET, one, EXP, first) == mint(SECRET, other, EXP, second)) is ((one, first) == (other, second))


@given(STATEMENTS, STATEMENTS, st.sampled_from([field.name for field in fields(Statement)]))
def test_any_change_of_any_field_breaks_it(said: Statement, other: Statement, name: str) -> None:
    changed = replace(said, **{name: getattr(other, name)})
    assume(changed != said)
    for origin in (ANY_ORIGIN, SHOP):
        assert not fits(read(mint(SECRET, said, EXP, origin)), SECRET, changed, SHOP)


@given(STATEMENTS, ENDS, ENDS)
def test_so_does_another_end(said: Statement, exp: int, other: int) -> None:
    permit = replace(read(mint(SECRET, said, exp)), exp=other)
    assert fits(permit, SECRET, said, None) is (exp == other)


@given(STATEMENTS, st.integers(0, 42), st.sampled_from(string.ascii_letters + string.digits + "-_"))
def test_so_does_another_letter_of_its_signature(said: Statement, place: int, letter: str) -> None:
    """The last one too, of which base64 leaves two bits open."""
    permit = read(mint(SECRET, said, EXP))
    other = permit.mac[:place] + letter + permit.mac[place + 1 :]
    assert fits(replace(permit, mac=other), SECRET, said, None) is (other == permit.mac)


@pytest.mark.parametrize(
    "body",
    [
        {**PLAIN, "prompt": "5\na fox"},
        {**PLAIN, "prompt": "a fox", "seed": 5},
        {**PLAIN, "prompt": "m\n5\na fox"},
        {**PLAIN, "prompt": "a fox", "seed": 5, "model": "m"},
        {**PLAIN, "prompt": "a fox", "model": "m"},
        {**PLAIN, "prompt": "a fox", "model": "5"},
        {**PLAIN, "prompt": "512x300\n\n\na fox"},
    ],
)
def test_fields_cannot_run_into_each_other(body: dict[str, Any]) -> None:
    said = read_statement(body)
    assert said is not None
    others = [read_statement({**PLAIN, **more}) for more in ({}, {"model": "\n", "seed": 5}, {"model": "m\n5"}, {"model": "m\n"})]
    assert not any(other and fits(read(mint(SECRET, said, EXP)), SECRET, other, None) for other in others)


def test_another_key_s_secret_does_not_fit() -> None:
    for secret in (signing_secret(SIGNING_KEY, "ba9876543210"), signing_secret(bytes(32), KID)):
        assert not fits(read(TOKEN), secret, SAID, None)
        assert not fits(replace(read(mint(secret, SAID, EXP)), kid=KID), SECRET, SAID, None)


def test_a_signature_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)) or one == other)
    assert fits(read(mint(SECRET, SAID, EXP, SHOP)), SECRET, SAID, SHOP)
    assert len(compared) == 2


def test_a_body_is_signed_as_json_carries_it() -> None:
    """What a page sends is what was signed, escapes or not."""
    for text in ('{"prompt": "F\\u00fcchse \\ud83e\\udd8a", "w": 1, "h": 2}', '{"h":2,"w":1,"prompt":"  Füchse 🦊\\r\\n"}'):
        assert read_statement(json.loads(text)) == Statement("Füchse 🦊", 1, 2)
