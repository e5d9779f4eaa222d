"""JSON in and out, on the wire's terms."""

import json
from typing import Any

_ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def dump(value: Any, *, sort_keys: bool = False) -> bytes:
    """Compact, letters as they are, and `<`, `>`, `&` escaped: Python would write the same object otherwise, so whoever
    checks a signature over what it has parsed and written anew fails."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys, allow_nan=False)
    return text.translate(_ESCAPED).encode()


def load(raw: bytes) -> Any:
    """Raises ValueError. Half of a surrogate pair becomes U+FFFD: UTF-8 could not carry it back."""
    try:
        text = json.dumps(json.loads(raw, parse_constant=_refuse), ensure_ascii=False)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
