"""The body of POST /ai, once it is JSON, as an Ask. Pure; raises BadParameter, which names the field.

    {"prompt": text, "w": integer, "h": integer, "seed"?: integer or null, "model"?: text or null}

The prompt is normalised (NFC) and stripped at its ends, and is otherwise what the client wrote (AP-14). A size is clamped
(P-67); null is the same as absent.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from placeholder.errors import BadParameter
from placeholder.jobs.model import MAX_PROMPT, MAX_SEED, Ask
from placeholder.values.size import MAX_DIM, Size

FIELDS = ("prompt", "w", "h", "seed", "model")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def read_ask(body: Mapping[str, Any], owner: str, model: str) -> Ask:
    """`model` is the one that a body without any means."""
    for name in body:
        if name not in FIELDS:
            raise BadParameter("body", "no fields but " + ", ".join(FIELDS))
    named = body.get("model")
    if named is not None and not isinstance(named, str):
        raise BadParameter("model", "the name of a model")
    return Ask(
        owner=owner,
        prompt=_prompt(body.get("prompt")),
        size=Size(_side("w", body.get("w")), _side("h", body.get("h"))),
        model=model if named is None else named,
        seed=_seed(body.get("seed")),
    )


def _prompt(value: object) -> str:
    if not isinstance(value, str):
        raise BadParameter("prompt", "text that describes a picture")
    if len(value) > MAX_PROMPT * 4:
        raise BadParameter("prompt", f"at most {MAX_PROMPT:,} characters")
    prompt = unicodedata.normalize("NFC", value).strip()
    if not prompt:
        raise BadParameter("prompt", "text that describes a picture")
    if len(prompt) > MAX_PROMPT:
        raise BadParameter("prompt", f"at most {MAX_PROMPT:,} characters")
    if _UNPRINTED.search(prompt):
        raise BadParameter("prompt", "text without control characters and lone surrogates")
    return prompt


def _side(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadParameter(name, "a whole number of pixels, 1 or more")
    return min(value, MAX_DIM)


def _seed(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_SEED:
        raise BadParameter("seed", f"a whole number from 0 to {MAX_SEED}")
    return value
