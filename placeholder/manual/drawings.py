"""A chapter for each drawing of the catalogue, by its address; a test fails where one lacks its own or a parameter of it."""

from placeholder.manual import grammar
from placeholder.manual.model import Chapter, Parameter

_COLOR = "3, 4, 6 or 8 hexadecimal digits (the last of 4, the last two of 8 are the alpha), a CSS name or `transparent`"
_BG = Parameter("bg", f"Ground: {_COLOR}.", grammar.COLOR, "111827")
_FG = Parameter("fg", "Ink, likewise. Given one of the two, the other is chosen to be readable.", grammar.COLOR, "9aa0b4")
_RADIUS = Parameter("radius", "Round corners: units of the drawing, or a share of the shorter side.", grammar.RADIUS, "12")
_LOOK = (
    _RADIUS,
    Parameter("border", "A width, perhaps with a colour behind a comma; else it has the ink's.", grammar.BORDER, "2,64748b"),
    Parameter("font", "The family of the words.", grammar.FONT, "serif"),
    Parameter("weight", "How bold they are.", grammar.WEIGHT, "700"),
    Parameter("align", "On which side they stand.", grammar.ALIGN, "center"),
    Parameter("theme", "Colours that are not given; `auto` follows the reader's scheme, in SVG.", grammar.THEME, "light"),
    Parameter("debug", "`1` writes format, density and size under the words, for whoever debugs a `srcset`.", grammar.DEBUG, "0"),
)

CHAPTERS = {
    "/{size}": Chapter(
        "label",
        "A plain ground with a label.",
        (),
        (
            Parameter(
                "text",
                r"The words; without it the size, empty for none. `\n` breaks the line. 200 characters at most are shown.",
                grammar.TEXT,
                "hero banner",
            ),
            _BG,
            _FG,
            *_LOOK,
        ),
        {
            "/400x300": "labelled with its size",
            "/600x240?text=hero+banner&bg=111827&fg=9aa0b4": "with words and colours of your own",
            "/og.png?text=My+post": "the size of a link preview, as PNG",
            "/320x120?text=Buy&bg=teal&radius=12&weight=700&font=serif": "in a look of its own",
            "/16:9/1280.webp": "by ratio and width, as WebP",
            "/320x180@2x.png": "640×360 pixels, for screens of twice the density",
        },
    ),
    "/color/{hex}/{size}": Chapter(
        "color",
        "One colour and nothing else.",
        (Parameter("hex", "3 or 6 hexadecimal digits, without `#`.", grammar.PATH_COLOR, "7c9cff", "path", required=True),),
        (),
        {"/color/7c9cff/400x300": "light blue"},
    ),
    "/gradient/{size}": Chapter(
        "gradient",
        "Two colours that run into each other.",
        (),
        (
            Parameter("from", f"First colour: {_COLOR}.", {**grammar.COLOR, "default": "7c9cff"}, "7c9cff"),
            Parameter("to", "Last colour.", {**grammar.COLOR, "default": "59e3c5"}, "59e3c5"),
            Parameter("angle", "Degrees clockwise, as in CSS: 0 runs up, 90 to the right.", grammar.ANGLE, "120"),
            Parameter("type", "`radial` runs from the middle, and has no angle.", grammar.GRADIENT, "linear"),
            _RADIUS,
        ),
        {
            "/gradient/600x400?from=7c9cff&to=59e3c5&angle=120": "linear",
            "/gradient/600x400?from=7c9cff&to=59e3c5&type=radial": "radial",
        },
    ),
    "/seed/{seed}/{size}": Chapter(
        "seed",
        "A picture that belongs to its seed: another seed, another picture; the same seed, the same picture, always.",
        (
            Parameter(
                "seed",
                "Any text without a slash, such as a user's name.",
                grammar.SEED_TEXT,
                "precious-tide",
                "path",
                required=True,
            ),
        ),
        (
            Parameter("style", "Another look, by name; `/gallery` shows them.", grammar.STYLE, "waves"),
            Parameter("theme", "Of a `style`: for light pages, for dark ones, or in SVG for both.", grammar.SEED_THEME, "light"),
        ),
        {
            "/seed/precious-tide/400x300": "the picture of these words",
            "/seed/ada/96x96?style=initials": "initials, for a person without a portrait",
            "/seed/precious-tide/og.webp?style=mesh&theme=dark": "a soft mesh of dark colours",
        },
    ),
    "/glyph/{size}": Chapter(
        "glyph",
        "An icon that says what kind of picture will stand here.",
        (),
        (Parameter("as", "Which icon. The last two are for pictures that will not come.", grammar.GLYPH, "avatar"), _RADIUS),
        {"/glyph/300x300?as=avatar": "head and shoulders", "/glyph/play-icon.png?as=cart": "a cart, 512×512, as PNG"},
    ),
}

SIZE = Parameter(
    "size",
    "Width and height, `400x300`, each clamped to 1 … 2048; or a name (`/sizes.json` lists them). A format may follow, and before"
    " it a density: `.png`, `@2x.webp`. SVG without one.",
    grammar.SIZE,
    "400x300",
    "path",
    required=True,
)
RATIO = (
    Parameter("across", "The ratio's width.", grammar.PART, "16", "path", required=True),
    Parameter("down", "The ratio's height.", grammar.PART, "9", "path", required=True),
    Parameter(
        "size",
        "The width in pixels; the height follows. A format and a density may follow it as they do a size.",
        grammar.WIDTH,
        "1280",
        "path",
        required=True,
    ),
)
