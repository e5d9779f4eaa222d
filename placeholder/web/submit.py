"""POST /ai: a prompt in, a URL out at once (P-55 to P-74)."""

import json
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from placeholder.errors import BadParameter, Blocked, TokenExpired, WrongMethod
from placeholder.jobs.ask import read_ask
from placeholder.jobs.model import Ask, State
from placeholder.jobs.service import Submission
from placeholder.keys.admission import Caller, allow
from placeholder.keys.model import Key
from placeholder.keys.permits import Permit
from placeholder.providers.models import DEFAULT, Model
from placeholder.synth.catalogue import svg_bytes, verdict_on
from placeholder.values.format import Format
from placeholder.web import auth, respond
from placeholder.web.accept import prefers_json
from placeholder.web.ai import Ai, ai_of
from placeholder.web.body import read_body, read_object
from placeholder.web.echo import MAX_BODY, NOTE
from placeholder.web.mount import prefix_of
from placeholder.web.respond import Sent
from placeholder.web.states import likenesses

METHODS = "OPTIONS, POST"


async def unread(_: Request) -> Response:
    """GET, which "/{size}" would take for a picture (P-21)."""
    raise WrongMethod(METHODS)


async def submit(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Sent(respond.preflight(METHODS, auth.reader_of(request.scope)), request.scope)
    ai = ai_of(request)
    caller = auth.caller_of(request.scope, ai.entrance)
    key = await auth.identify(request.scope, caller, ai.keys, ai.entrance)
    may_start = True
    fields = read_object(
        await read_body(request, MAX_BODY), request.headers.get("content-type", ""), request.headers.get("content-encoding", "")
    )
    if isinstance(key, Permit):
        key, fields, may_start = await auth.redeem(key, fields, caller, ai.keys, ai.entrance)
    ask = read_ask(fields, key.owner, DEFAULT)
    model = ai.find_model(ask.model)
    if model is None:
        raise BadParameter("model", "one of the models that are allowed here, such as " + DEFAULT)
    ask = replace(ask, model=model.name)
    allow(key, ask.model, ask.size)
    try:
        submission = await _submission(ai, ask, model, key, caller, may_start)
    except Blocked as no:
        if prefers_json(request.headers.get("accept", "")):
            raise
        return Sent(respond.refused(422, Format.SVG.value, svg_bytes(verdict_on(ask.size, no.code))), request.scope)
    job = submission.job
    prefix = prefix_of(request.scope)
    urls = {"url": prefix + job.url, "status_url": prefix + job.status_url}
    body = {"id": job.id, **urls, "state": job.state, "width": job.w, "height": job.h}
    budget = submission.budget
    extra = respond.rate_limit(budget.limit, budget.remaining, budget.reset_s) if budget else ()
    answer = respond.json(json.dumps({**body, **likenesses(job)}).encode(), extra)
    if budget is None and job.state is not State.FAILED and NOTE in request.scope:
        request.scope[NOTE](job, answer)
    return Sent(answer, request.scope)


async def _submission(ai: Ai, ask: Ask, model: Model, key: Key, caller: Caller, may_start: bool) -> Submission:
    """Of a token that has expired the job is still told, for pages stay open and lie in caches."""
    if may_start:
        return await ai.jobs.submit(ask, ai.price(model), key, caller.address)
    job = await ai.jobs.recall(ask)
    if job is None:
        raise TokenExpired
    return Submission(job)
