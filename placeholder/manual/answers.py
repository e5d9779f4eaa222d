"""A response for each status, as OpenAPI has it, and its headers: what web/respond.py and web/errors.py send."""

from collections.abc import Iterable, Mapping

from placeholder.errors import NotNow, OverBudget, Refusal, Unauthorized
from placeholder.manual.model import Object
from placeholder.manual.refusals import TOLD
from placeholder.values.format import Format

Statuses = Mapping[type[Refusal], int]

PICTURES = [kind.value for kind in Format]
LASTING = "public, max-age=31536000, immutable"


def _header(what: str, schema: Object, *, required: bool = True) -> Object:
    return {"description": what, "required": required, "schema": schema}


_TEXT: Object = {"type": "string"}
_COUNT: Object = {"type": "integer", "minimum": 0}

HEADERS: dict[str, Object] = {
    "Lasting": _header("Kept by anybody, for ever.", {"const": LASTING}),
    "Checked": _header("Asked about each time, and sent only when it changed.", {"const": "no-cache"}),
    "Passing": _header("Never kept.", {"const": "no-store"}),
    "Kept": _header("How long it may be kept.", _TEXT),
    "ETag": _header(
        "A strong tag of these bytes, for `If-None-Match`.", {"type": "string", "pattern": '^"[0-9a-f]+-[0-9a-f]+"$'}
    ),
    "AnyOrigin": _header("Any page may read it.", {"const": "*"}),
    "Plain": _header("The address with its size in digits, where it was asked for by name or ratio.", _TEXT, required=False),
    "Fallback": _header(
        "No font here has the words: the viewer's fonts draw them, or they are left out.",
        {"enum": ["viewer-fonts", "left-out"]},
        required=False,
    ),
    "State": _header("How far the job is.", {"enum": ["pending", "generating", "ready", "failed"]}),
    "RetryAfter": _header("Seconds after which to ask again.", _COUNT),
    "MayRetryAfter": _header("Seconds after which to ask again, where that helps.", _COUNT, required=False),
    "Limit": _header("Jobs that the key, or the address, may start in a day, where that is limited.", _COUNT, required=False),
    "Remaining": _header("Jobs that are left of it.", _COUNT, required=False),
    "Reset": _header("Seconds until they begin anew.", _COUNT, required=False),
    "Challenge": _header("How to prove who asks.", {"const": "Bearer"}),
    "Allow": _header("The methods that the address answers.", _TEXT),
    "Ranges": _header("Ranges may be asked for.", {"const": "bytes"}, required=False),
    "Part": _header("Which bytes these are.", _TEXT),
}
"""By the name that each goes by in the document."""


def named(**headers: str) -> Object:
    """Headers by their own names, from HEADERS: `named(Cache_Control="Lasting")`."""
    return {name.replace("_", "-"): {"$ref": f"#/components/headers/{key}"} for name, key in headers.items()}


LIMITS = named(RateLimit_Limit="Limit", RateLimit_Remaining="Remaining", RateLimit_Reset="Reset")


def answer(what: str, content: Object | None = None, headers: Object | None = None) -> Object:
    parts = {"headers": headers, "content": content}
    return {"description": what, **{name: part for name, part in parts.items() if part}}


def json(schema: str) -> Object:
    """Content: the schema of this name."""
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def media(*types: str) -> Object:
    """Content that a schema has nothing to say of."""
    return {kind: {} for kind in types}


def lasting(what: str) -> dict[str, Object]:
    """A picture for ever, and word that the client has it."""
    headers = named(Cache_Control="Lasting", ETag="ETag", Access_Control_Allow_Origin="AnyOrigin", Content_Location="Plain")
    headers |= named(X_Text_Fallback="Fallback")
    return {"200": answer(what, media(*PICTURES), headers), "304": answer("The client has it.", None, headers)}


def checked(what: str, content: Object, *, keeping: str = "Checked", any_origin: bool = True) -> dict[str, Object]:
    """A file or a table, and word that the client has it."""
    headers = named(Cache_Control=keeping, ETag="ETag")
    headers |= named(Access_Control_Allow_Origin="AnyOrigin") if any_origin else {}
    return {"200": answer(what, content, headers), "304": answer("The client has it.", None, headers)}


def refused(statuses: Statuses, refusals: Iterable[type[Refusal]], *, pictured: bool) -> dict[str, Object]:
    """`pictured`: as a picture, unless JSON is asked for."""
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in refusals:
        by_status.setdefault(statuses[refusal], []).append(refusal)
    content = json("Error") | (media(*PICTURES) if pictured else {})
    return {
        str(status): answer("\n".join(f"- `{kind.code}`: {TOLD[kind]}" for kind in kinds), content, _headers(kinds))
        for status, kinds in sorted(by_status.items())
    }


def _headers(kinds: list[type[Refusal]]) -> Object:
    headers = named(Cache_Control="Passing", Access_Control_Allow_Origin="AnyOrigin")
    if any(issubclass(kind, (NotNow, OverBudget)) for kind in kinds):
        always = all(issubclass(kind, (NotNow, OverBudget)) for kind in kinds)
        headers |= named(Retry_After="RetryAfter" if always else "MayRetryAfter")
    if OverBudget in kinds:
        headers |= LIMITS
    if all(issubclass(kind, Unauthorized) for kind in kinds):
        headers |= named(WWW_Authenticate="Challenge")
    return headers
