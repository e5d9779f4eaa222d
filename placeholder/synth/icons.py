"""The line drawings behind `/glyph`, by name: what SVG calls path data, and nothing else.

One stroke language: a box of 96 units, eighths of it as the grid, lines 3 units wide with round ends and joins, corners of
6 units, nothing filled. A drawing is about 76 units long on its longer side and stands in the middle of the box.
ICONS and VERDICTS stay as they are for ever, for their URLs are specified or stand in pages; so does, once released, MORE.
"""

_FRAME = "M16 18h64a6 6 0 0 1 6 6v48a6 6 0 0 1-6 6h-64a6 6 0 0 1-6-6v-48a6 6 0 0 1 6-6z"
_SHEET = "M26 10h30l20 20v50a6 6 0 0 1-6 6h-44a6 6 0 0 1-6-6v-64a6 6 0 0 1 6-6zM56 10v20h20"
_DISC = "M48 12a36 36 0 1 0 0 72a36 36 0 1 0 0-72z"

ICONS: dict[str, str] = {
    "avatar": "M48 12a18 18 0 1 0 0 36a18 18 0 1 0 0-36zM12 84v-4a24 24 0 0 1 24-24h24a24 24 0 0 1 24 24v4",
    "photo": _FRAME + "M30 30a7 7 0 1 0 0 14a7 7 0 1 0 0-14zM10 70l20-18 14 12 20-24 22 24",
    "video": _FRAME + "M40 35v26l22-13z",
    "product": "M48 10l36 18v40l-36 18-36-18v-40zM12 28l36 18 36-18M48 46v40M30 19l36 18v14",
    "map": "M12 24l24-10 24 10 24-10v58l-24 10-24-10-24 10zM36 14v58M60 24v58",
    "document": _SHEET + "M32 44h32M32 56h32M32 68h20",
}
"""The specified ones (P-52)."""

MORE: dict[str, str] = {
    "users": "M36 16a15 15 0 1 0 0 30a15 15 0 1 0 0-30zM8 80v-3a20 20 0 0 1 20-20h16a20 20 0 0 1 20 20v3"
    "M60 16a15 15 0 0 1 0 30M70 57a20 20 0 0 1 18 20v3",
    "chart": "M10 12v66a6 6 0 0 0 6 6h70M24 84v-22h12v22M45 84v-40h12v40M66 84v-60h12v60",
    "table": _FRAME + "M10 36h76M10 57h76M35 36v42M61 36v42",
    "code": "M32 24l-22 24 22 24M64 24l22 24-22 24M56 16l-16 64",
    "music": "M25 62a11 11 0 1 0 0 22a11 11 0 1 0 0-22zM71 52a11 11 0 1 0 0 22a11 11 0 1 0 0-22zM36 73v-50l46-11v51M36 37l46-11",
    "file": _SHEET,
    "pdf": _SHEET + "M27 72v-22h5a6 6 0 0 1 0 12h-5M44 50v22h2a7 11 0 0 0 0-22zM69 50h-9v22M60 61h8",
    "archive": "M16 14h64a6 6 0 0 1 6 6v10a6 6 0 0 1-6 6h-64a6 6 0 0 1-6-6v-10a6 6 0 0 1 6-6z"
    "M16 36v40a6 6 0 0 0 6 6h52a6 6 0 0 0 6-6v-40M38 52h20",
    "folder": "M16 78a6 6 0 0 1-6-6v-48a6 6 0 0 1 6-6h20l10 12h34a6 6 0 0 1 6 6v36a6 6 0 0 1-6 6z",
    "cart": "M10 16h10l12 46h42l12-34h-63M38 70a6 6 0 1 0 0 12a6 6 0 1 0 0-12zM68 70a6 6 0 1 0 0 12a6 6 0 1 0 0-12z",
    "calendar": "M18 18h60a6 6 0 0 1 6 6v56a6 6 0 0 1-6 6h-60a6 6 0 0 1-6-6v-56a6 6 0 0 1 6-6zM12 38h72M30 10v16M66 10v16"
    "M26 54h8M44 54h8M62 54h8M26 70h8M44 70h8",
    "clock": _DISC + "M48 28v20l14 14",
    "chat": "M16 14h64a6 6 0 0 1 6 6v40a6 6 0 0 1-6 6h-34l-18 16v-16h-12a6 6 0 0 1-6-6v-40a6 6 0 0 1 6-6zM28 33h40M28 48h24",
    "mail": _FRAME + "M12 20l31 28a8 8 0 0 0 10 0l31-28",
    "bell": "M16 70h64c-6-6-8-12-8-22v-6a24 24 0 0 0-48 0v6c0 10-2 16-8 22zM40 78a8 8 0 0 0 16 0M48 10v8",
    "lock": "M22 42h52a6 6 0 0 1 6 6v32a6 6 0 0 1-6 6h-52a6 6 0 0 1-6-6v-32a6 6 0 0 1 6-6z"
    "M28 42v-12a20 20 0 0 1 40 0v12M48 58v12",
    "search": "M42 12a30 30 0 1 0 0 60a30 30 0 1 0 0-60zM64 64l20 20",
    "heart": "M48 83l-31-33a21 21 0 0 1 31-28a21 21 0 0 1 31 28z",
    "star": "M48 11l11 25 27 3-20 18 6 27-24-14-24 14 6-27-20-18 27-3z",
    "home": "M10 48l38-36 38 36M20 39v39a6 6 0 0 0 6 6h44a6 6 0 0 0 6-6v-39M38 84v-24h20v24",
    "globe": _DISC + "M12 48h72M48 12c-20 20-20 52 0 72c20-20 20-52 0-72z",
    "phone": "M32 10h32a6 6 0 0 1 6 6v64a6 6 0 0 1-6 6h-32a6 6 0 0 1-6-6v-64a6 6 0 0 1 6-6zM42 74h12",
}

VERDICTS: dict[str, str] = {
    "blocked": _DISC + "M22.5 22.5l51 51",
    "failed": _FRAME + "M36 36l24 24M60 36l-24 24",
}
"""Those that say why there is no picture."""

LINES = {**ICONS, **MORE, **VERDICTS}
