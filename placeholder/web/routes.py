"""Every URL on one screen.

    GET  /                          the front page; pages.FILES lists the files that belong to it, /page.json is what it asks
    GET  /gallery                   every look of a seed; a page without script
    GET  /components/ai-img.js      the element <ai-img>; /components/ai-img@{version}.js is this release's for ever
    GET  /healthz                   {"ok": true}
    GET  /readyz                    a word for each part that the service stands on; 503 where one does not do its part
    GET  /metrics                   figures for Prometheus; needs a key with the scope operator, as does
    GET  /operator/figures          what the page /operator asks
    GET  /sizes.json                every size that has a name (values/named.py)
    GET  /llms.txt                  all this for language models; /openapi.json for programs, /docs for people (manual)

    POST /ai                        a JSON body (jobs/ask.py); needs a key with the scope ai:create
    GET  /ai/{w}x{h}/{id}.png       width, live; also .webp, .avif
    GET  /ai/{id}/status            wait, while
    GET  /ai/status                 ids, wait
    POST /ai/replicate-webhook      job, e, a, t; signed by its sender

and the drawings, which synth/catalogue.py lists with their query parameters:

    GET  /{w}x{h}                   text, bg, fg, radius, border, font, weight, align, theme, debug
    GET  /color/{hex}/{w}x{h}
    GET  /gradient/{w}x{h}          from, to, angle, type, radius
    GET  /seed/{seed}/{w}x{h}       style, theme
    GET  /glyph/{w}x{h}             as, radius

A size may carry a density and a format: /400x300.png, /400x300@2x.webp (values/format.py). It may go by a name, /og, or by
a ratio and a width, /16:9/1280 (values/named.py).

Before all of these, on the host of another service, stand its own URLs; behind them, those of the services that
PLACEHOLDER_COMPAT lists (synth/foreign).
"""

from starlette.types import Scope

from placeholder.synth.catalogue import CATALOGUE
from placeholder.web import components, manuals, operator, pages, pictures, sizes, states, submit, webhook
from placeholder.web.drawings import drawing
from placeholder.web.exact import Route
from placeholder.web.foreign import Foreign, at_host, elsewhere

_SPELLINGS = ("{size}", "{across}:{down}/{size}")

ROUTES = [
    Foreign(at_host, yields=False),
    # The router tries one after the other: first what is asked for most of all that is left to it.
    Route("/ai", submit.submit, methods=["OPTIONS", "POST"]),
    Route("/ai", submit.unread),
    Route("/ai/status", states.statuses),
    Route("/ai/replicate-webhook", webhook.receive, methods=["POST"]),
    Route("/ai/{job}/status", states.status),
    Route("/ai/{size}/{name}", pictures.picture),
    *(Route(path, pages.file) for path in pages.FILES),
    Route("/page.json", pages.facts),
    Route("/components/ai-img.js", components.present),
    Route("/components/ai-img@{version}.js", components.pinned),
    Route("/healthz", pages.health),
    Route("/readyz", operator.ready),
    Route("/metrics", operator.metrics),
    Route("/operator/figures", operator.figures),
    Route("/sizes.json", sizes.named),
    *(Route(path, manuals.manual) for path in manuals.MANUALS),
    *(
        Route(entry.address.replace("{size}", spelling), drawing, methods=["GET", "OPTIONS"])
        for entry in CATALOGUE
        for spelling in _SPELLINGS
    ),
    Foreign(elsewhere, yields=True),
]

STRAIGHT = {("POST", "/ai"): submit.submit, ("POST", "/ai/replicate-webhook"): webhook.receive}
"""What does not go through the router: it comes by the thousand, and waits for one disk."""

NAMES = {
    pages.file: "page",
    pages.facts: "page",
    pages.health: "health",
    operator.ready: "ready",
    operator.metrics: "metrics",
    operator.figures: "figures",
    components.present: "component",
    components.pinned: "component",
    sizes.named: "sizes",
    manuals.manual: "manual",
    submit.submit: "submit",
    submit.unread: "submit",
    states.statuses: "status",
    states.status: "status",
    webhook.receive: "webhook",
    pictures.picture: "picture",
    drawing: "drawing",
}
"""What each route is counted as."""
NO_ROUTE = "none"


def name_of(scope: Scope) -> str:
    """What a request is counted as that has been answered; no URL of a client's becomes a name."""
    found = NAMES.get(scope.get("endpoint"), NO_ROUTE)  # type: ignore[arg-type]
    # What was just answered is answered again before the router (echo).
    return "submit" if found == NO_ROUTE and scope["path"] == "/ai" else found
