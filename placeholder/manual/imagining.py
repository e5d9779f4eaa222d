"""The addresses of jobs: a prompt in, a URL out at once, the picture when it is ready."""

from placeholder import errors
from placeholder.manual import grammar
from placeholder.manual.answers import LIMITS, PICTURES, Statuses, answer, json, media, named, refused
from placeholder.manual.model import Object, Operation, Parameter, Schema
from placeholder.manual.pages import KNOWN
from placeholder.values.ladder import LADDER

GROUP = "Pictures from prompts"

_PASSING = named(Cache_Control="Passing", Access_Control_Allow_Origin="AnyOrigin")
_RASTER = [kind for kind in PICTURES if kind in ("image/png", "image/webp", "image/avif")]
_WAIT = Parameter("wait", "Answer when the state changes, or after so many seconds (25 at most).", grammar.SECONDS, "25")
_JOB = Parameter("job", "The `id` of a submission.", grammar.JOB, "abcdefghijklmnop", "path", required=True)
_SMALLER = f"A smaller copy: a width of {', '.join(map(str, LADDER))} that is below its own."
_ASKING = [
    errors.BadParameter, errors.ForeignHost, errors.Unauthorized, errors.InvalidToken, errors.TokenExpired, errors.Forbidden,
    errors.ForeignOrigin, errors.SecretKeyInBrowser, errors.KeyLimit, errors.TooLarge, errors.WrongType, errors.Blocked,
    errors.OverBudget, errors.Unavailable, errors.NoRoom,
]  # fmt: skip
_HEARING = [
    errors.BadParameter, errors.ForeignHost, errors.BadSignature, errors.TooLarge, errors.WrongType, errors.NoWebhooks,
    errors.Unavailable,
]  # fmt: skip
_LOOKING = [errors.BadParameter, errors.ForeignHost, errors.NoSuchPicture, errors.Gone, errors.Unavailable]


def operations(statuses: Statuses) -> list[Operation]:
    return [_submit(statuses), _preflight(), _picture(statuses), _status(statuses), _statuses(statuses), _webhook(statuses)]


def _body(schema: Schema) -> Object:
    return {"required": True, "content": {"application/json": {"schema": dict(schema)}}}


def _submit(statuses: Statuses) -> Operation:
    links: Object = {
        "status": {"operationId": "status", "parameters": {"job": "$response.body#/id"}},
        "statuses": {"operationId": "statuses", "parameters": {"ids": "$response.body#/id"}},
        "picture": {
            "operationId": "picture",
            "parameters": {"size": "{$response.body#/width}x{$response.body#/height}", "name": "{$response.body#/id}.png"},
        },
    }
    answers = refused(statuses, _ASKING, pictured=False)
    blocked = answers[str(statuses[errors.Blocked])]
    blocked["content"] = {**blocked["content"], **media("image/svg+xml")}
    answers["200"] = answer("The job, new or known.", json("Submission"), {**_PASSING, **LIMITS}) | {"links": links}
    return Operation(
        "submit", "post", "/ai", GROUP, "Ask for a picture",
        "Answers at once with a URL that never changes: a placeholder first, the picture when it is ready. The same ask of the"
        " same owner is the same job: the same `id`, made and paid once.",
        answers, body=_body({"$ref": "#/components/schemas/Ask"}), key="key",
    )  # fmt: skip


def _preflight() -> Operation:
    headers = named(Cache_Control="Passing", Allow="Allow")
    what = "What a browser asks before a page's script may."
    return Operation(
        "submitPreflight", "options", "/ai", GROUP, "CORS preflight", what, {"204": answer("It may.", None, headers)}
    )


def _picture(statuses: Statuses) -> Operation:
    moving = "multipart/x-mixed-replace; boundary=frame"
    standing = named(Cache_Control="Kept", X_AI_State="State", Retry_After="MayRetryAfter", Accept_Ranges="Ranges")
    standing |= named(Access_Control_Allow_Origin="AnyOrigin")
    lasting = named(Cache_Control="Lasting", ETag="ETag")
    return Operation(
        "picture", "get", "/ai/{size}/{name}", GROUP, "The picture of a job, in every state",
        "Always a picture of that size: a pattern, then the picture, or a glyph that says why there is none. `X-AI-State` tells"
        " which; the finished one alone may be kept.",
        {
            "200": answer("The picture, as far as it is.", media(*_RASTER, moving), standing),
            "206": answer("A part of it.", media(*_RASTER), {**lasting, **named(Content_Range="Part")}),
            "304": answer("The client has it.", None, lasting),
            "416": answer("No such part.", None, named(Content_Range="Part")),
            **refused(statuses, [*_LOOKING, errors.Busy], pictured=True),
        },
        (
            Parameter("size", "The job's own size.", grammar.PLAIN_SIZE, "512x512", "path", required=True),
            Parameter("name", "The job's `id` and a format.", grammar.NAME, "abcdefghijklmnop.png", "path", required=True),
            Parameter("width", _SMALLER, grammar.PICTURE_WIDTH, "256"),
            Parameter("live", "`1`: in an `<img>`, one connection that brings the placeholder and then the picture.",
                      {"type": "string"}, "1"),
            Parameter("Range", "Bytes of a finished picture.", grammar.RANGE, "bytes=0-99", "header"),
            KNOWN,
        ),
    )  # fmt: skip


def _status(statuses: Statuses) -> Operation:
    known = Parameter(
        "while", "With `wait`: the state that the client knows; any other is told at once.", grammar.STATE, "pending"
    )
    answers = {"200": answer("Its state.", json("Status"), _PASSING), **refused(statuses, _LOOKING, pictured=False)}
    return Operation("status", "get", "/ai/{job}/status", GROUP, "How a job stands", "", answers, (_JOB, _WAIT, known))


def _statuses(statuses: Statuses) -> Operation:
    ids = Parameter("ids", "1 to 50 ids, separated by commas.", grammar.JOBS, "abcdefghijklmnop", required=True)
    refusals = [errors.BadParameter, errors.ForeignHost, errors.Unavailable]
    answers = {
        "200": answer("By id its state, or null where there is no such job.", json("Statuses"), _PASSING),
        **refused(statuses, refusals, pictured=False),
    }
    return Operation("statuses", "get", "/ai/status", GROUP, "How several jobs stand", "", answers, (ids, _WAIT))


def _webhook(statuses: Statuses) -> Operation:
    what = "From the provider to the service, signed as Standard Webhooks has it; clients have no use for it."
    query = [("job", "abcdefghijklmnop"), ("e", "1"), ("a", "1"), ("t", "abcdefghijklmnopqrstuvwx")]
    headers = [("webhook-id", "msg_1"), ("webhook-timestamp", "1700000000"), ("webhook-signature", "v1,AAAA")]
    text: Schema = {"type": "string"}
    return Operation(
        "webhook", "post", "/ai/replicate-webhook", GROUP, "News of a prediction", what,
        {"200": answer("Heard.", json("Heard"), _PASSING), **refused(statuses, _HEARING, pictured=False)},
        (
            *(Parameter(name, "Of the address that the service gave out.", text, like) for name, like in query),
            *(Parameter(name, "Standard Webhooks.", text, like, "header") for name, like in headers),
        ),
        body=_body({"type": "object"}),
    )  # fmt: skip
