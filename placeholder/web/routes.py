"""Every URL on one screen.

    GET  /                          the front page; /page.css and /page.js belong to it
    GET  /healthz                   {"ok": true}

and the drawings, which synth/catalogue.py lists with their query parameters:

    GET  /{w}x{h}                   text, bg, fg
    GET  /color/{hex}/{w}x{h}
    GET  /gradient/{w}x{h}          from, to, angle, type
    GET  /seed/{seed}/{w}x{h}
    GET  /glyph/{w}x{h}             as

A size may carry a density and a format: /400x300.png, /400x300@2x.webp (values/format.py).
"""

from starlette.routing import Route

from placeholder.synth.catalogue import CATALOGUE
from placeholder.web import pages
from placeholder.web.drawings import drawing

ROUTES = [
    Route("/", pages.front),
    Route("/page.css", pages.style),
    Route("/page.js", pages.script),
    Route("/healthz", pages.health),
    *(Route(entry.address, drawing, methods=["GET", "OPTIONS"]) for entry in CATALOGUE),
]
