"""Names as Replicate gives them, and the text of its times. Each is a function of the run's seed, so that a run repeats."""

import base64
import hashlib
from datetime import UTC, datetime

from .clock import SECOND

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _letters(key: str, alphabet: str, length: int) -> str:
    return "".join(alphabet[byte % len(alphabet)] for byte in hashlib.shake_256(key.encode()).digest(length))


def prediction_id(seed: int, ordinal: int) -> str:
    """26 characters; clients must not read anything into them."""
    return _letters(f"{seed}:prediction:{ordinal}", _BASE32, 26)


def foreign_id(of: str) -> str:
    """An id of the right shape that no prediction has."""
    return _letters(f"{of}:foreign", _BASE32, 26)


def message_id(seed: int, ordinal: int, event: str, at: int) -> str:
    return "msg_" + _letters(f"{seed}:message:{ordinal}:{event}:{at}", _BASE62, 27)


def foreign_message_id(of: str) -> str:
    return "msg_" + _letters(f"{of}:foreign", _BASE62, 27)


def file_token(seed: int, ordinal: int, index: int) -> str:
    return _letters(f"{seed}:file:{ordinal}:{index}", _BASE62, 44)


def stream_token(seed: int, ordinal: int) -> str:
    return "bcwr-" + _letters(f"{seed}:stream:{ordinal}", "abcdefghijklmnopqrstuvwxyz234567", 52)


def upload_id(seed: int, number: int) -> str:
    return base64.urlsafe_b64encode(_letters(f"{seed}:upload:{number}", _BASE32, 36).encode()).decode()


def api_token(seed: int) -> str:
    return "r8_" + _letters(f"{seed}:token", _BASE62, 37)


def webhook_secret(seed: int, generation: int) -> str:
    key = hashlib.shake_256(f"{seed}:secret:{generation}".encode()).digest(32)
    return "whsec_" + base64.b64encode(key).decode()


def picture_seed(seed: int, ordinal: int) -> int:
    """The seed that a model draws for itself when the input names none."""
    return int.from_bytes(hashlib.shake_256(f"{seed}:picture:{ordinal}".encode()).digest(2), "big")


def nanoseconds(seed: int, ordinal: int) -> int:
    """Less than a millisecond: what a worker's clock adds to times that the API gives in whole milliseconds."""
    return int.from_bytes(hashlib.shake_256(f"{seed}:nanoseconds:{ordinal}".encode()).digest(3), "big") % 999_983 + 1


def timestamp(ns: int) -> str:
    """RFC 3339 with as many digits as the time has, up to nine."""
    whole, rest = divmod(ns, SECOND)
    fraction = f"{rest:09d}".rstrip("0")
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction}Z" if fraction else "Z")


def read_timestamp(text: str) -> int:
    """Raises ValueError."""
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86400 + since.seconds) * SECOND + since.microseconds * 1000
