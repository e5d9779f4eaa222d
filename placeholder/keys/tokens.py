"""The secret of a key: how ours are made and told from junk, how one is stored, shown and sent, and which are too weak.

    token  = prefix 32base62 6base62            what is random, and the CRC-32 of all that stands before it
    prefix = "plh_live_" / "pk_"                a secret key, or a publishable one
    base62 = "0" … "9" / "A" … "Z" / "a" … "z"
    value  = "Bearer" 1*SP token68              the one Authorization header (RFC 6750 §2.1, RFC 9110 §11.4)
    token68 = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="

- A double click takes a whole token. Its checksum tells junk from a key without a look into the database, and a mistyped key
  from another's; it is no secret and proves nothing.
- What is stored is an HMAC: 190 random bits need no slow hash. Without the pepper a stolen table cannot be tried out.
- Nothing here returns a part of a key that its operator chose, and only seven characters of one of ours (`hint`).
- A key that an operator chose is any token68 that is long and no example; it must be one, or no client could send it. It
  begins as no publishable key and no submit token (permits.py) does, for it is secret, and would be taken for the other.
"""

import re
import string
from collections.abc import Iterator
from itertools import pairwise
from zlib import crc32

from placeholder import macs
from placeholder.keys import permits

PREFIX = "plh_live_"
PUBLISHABLE = "pk_"
MIN_ENTROPY = 24
MIN_CHOSEN = 24
MAX_VALUE = 200
MAX_CHOSEN = MAX_VALUE - len("Bearer ")

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM, _CHECK = 32, 6
_OURS = re.compile(rf"({PREFIX}|{PUBLISHABLE})[0-9A-Za-z]{{{_RANDOM + _CHECK}}}")
_TOKEN68 = r"[A-Za-z0-9._~+/-]+=*"
_CHOSEN = re.compile(_TOKEN68)
_VALUE = re.compile(rf"bearer +({_TOKEN68})".encode(), re.IGNORECASE)


def mint(entropy: bytes, prefix: str = PREFIX) -> str:
    """A token from random bytes, at least MIN_ENTROPY of them: else ValueError.

    The bytes are one number, taken modulo 62**32 (190.5 bits). From 32 bytes on no token is likelier than another by more
    than 1 in 2**65; with 24 bytes none is likelier than 3 in 2**192, which is still 190.4 bits to guess.
    """
    if len(entropy) < MIN_ENTROPY:
        raise ValueError(f"a token needs at least {MIN_ENTROPY} random bytes")
    body = prefix + _base62(int.from_bytes(entropy) % 62**_RANDOM, _RANDOM)
    return body + _checksum(body)


def is_wellformed(token: str) -> bool:
    """Is it a token as `mint` makes them? Whether it is anybody's key, only the database knows."""
    return _OURS.fullmatch(token) is not None and token[-_CHECK:] == _checksum(token[:-_CHECK])


def mac(pepper: bytes, token: str) -> bytes:
    """What is stored of a token, and looked up: HMAC-SHA256, 32 bytes."""
    return macs.mac(pepper, token.encode("utf-8", "surrogatepass"))


def hint(token: str) -> str:
    """What tells its owner one key from another: seven characters of ours; of any other only about how long it is."""
    match = _OURS.fullmatch(token)
    if match and is_wellformed(token):
        return f"{token[: match.end(1) + 4]}…{token[-3:]}"
    return next(f"… ({words} characters)" for limit, words in _LENGTHS if len(token) < limit)


_LENGTHS = ((24, "fewer than 24"), (32, "24 to 31"), (64, "32 to 63"), (float("inf"), "64 or more"))


def bearer(headers: list[bytes]) -> str | None:
    """The token in the values of a request's Authorization headers; None unless there is one header, and it is right."""
    if len(headers) != 1 or len(headers[0]) > MAX_VALUE:
        return None
    # Some HTTP parsers leave the white space in that may stand around a value (RFC 9110 §5.5).
    match = _VALUE.fullmatch(headers[0].strip(b" \t"))
    return match[1].decode("ascii") if match else None


def _base62(number: int, width: int) -> str:
    digits: list[str] = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode("ascii")), _CHECK)


# ---------------------------------------------------------------- keys that an operator chose

MIN_DIFFERENT = 7
MIN_REST = 16

_WORDS = (
    *("admin", "api", "apikey", "bearer", "change", "changeme", "changethis", "default", "demo", "dev", "development", "dummy"),
    *("example", "fake", "foobar", "foo", "bar", "baz", "hello", "here", "hunter", "insert", "key", "letmein", "live", "login"),
    *("master", "need", "operator", "pass", "passphrase", "passwd", "password", "placeholder", "plh", "please", "prod"),
    *("production", "put", "correct", "horse", "battery", "staple", "qwerty", "replace", "root", "sample", "secret", "secure"),
    *("some", "super", "supersecret", "test"),
    *("testing", "the", "this", "todo", "token", "trustno", "value", "welcome", "with", "world", "your", "yours"),
)
"""What the keys of examples, manuals and templates are put together from."""

_EXAMPLE = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))
_IN_DISGUISE = str.maketrans("013457", "oieast")
_LETTER_ROWS = (string.ascii_lowercase, "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azerty")
_ROWS = (string.digits, "1234567890", *_LETTER_ROWS)
_STEPS = frozenset(pair for row in _ROWS for pair in (*pairwise(row), *pairwise(reversed(row)), *zip(row, row, strict=True)))


def weakness(token: str) -> str | None:
    """What is wrong with a key that an operator chose, in words that follow the setting's name; None where nothing is.
    Never a part of the key."""
    return next(_faults(token), None)


def _faults(token: str) -> Iterator[str]:
    if token.startswith((PUBLISHABLE, permits.PREFIX)):
        yield f"expected a secret key; {PUBLISHABLE} begins a publishable one, {permits.PREFIX} a submit token"
    if not token.startswith(PREFIX):
        if not MIN_CHOSEN <= len(token) <= MAX_CHOSEN:
            yield f"expected {MIN_CHOSEN} to {MAX_CHOSEN} characters"
        if not _CHOSEN.fullmatch(token):
            yield "expected letters, digits and . _ ~ + / - alone, no spaces: what an Authorization header can carry"
    elif not is_wellformed(token):
        yield f"mistyped: it begins with {PREFIX} as the keys of this service do, but its checksum is wrong"
    text = token.lower()
    for reading in (text, text.translate(_IN_DISGUISE)):
        rest = "".join(filter(str.isalnum, _EXAMPLE.sub("", reading)))
        if len(rest) < MIN_REST:
            yield "expected a random key, not one from an example"
        if len(set(rest)) < MIN_DIFFERENT:
            yield f"expected a random key, of {MIN_DIFFERENT} different characters at least"
        if _is_repeated(rest) or _is_sequence(rest):
            yield "expected a random key, not a repetition or a sequence"


def _is_repeated(text: str) -> bool:
    """Does it go on as it began, from its middle on at the latest?"""
    return any(text[period:] == text[:-period] for period in range(1, len(text) // 2 + 1))


def _is_sequence(text: str) -> bool:
    """Are more than three in five of its characters the neighbours of the one before, in the alphabet or on a keyboard?"""
    return sum(pair in _STEPS for pair in pairwise(text)) * 5 > 3 * (len(text) - 1)
