"""Values of parameters as JSON Schema: values/, jobs/ask.py and web/states.py once more, in the words of programs.

What one of these admits, its parser takes; tests/manual/test_grammar.py holds them together. (`$` ends a pattern: ECMA-262,
which JSON Schema follows, has no line feed behind it.)
"""

from placeholder.jobs.model import MAX_PROMPT, MAX_SEED, State
from placeholder.manual.model import Object, Schema
from placeholder.svg.font import FAMILIES, WEIGHTS
from placeholder.synth import look
from placeholder.synth.gradient import TYPES
from placeholder.synth.icons import LINES
from placeholder.synth.seeds.album import LOOKS
from placeholder.values.css_names import CSS_NAMES
from placeholder.values.format import SUFFIXES
from placeholder.values.named import NAMES

_ENDINGS = "|".join(dict.fromkeys(suffix.rpartition(".")[2] for suffix in SUFFIXES))
_MARKS = "|".join(sorted({suffix.partition(".")[0] for suffix in SUFFIXES} - {""}))
SUFFIX = rf"((?:{_MARKS})?\.(?:{_ENDINGS}))?"


def _text(pattern: str, **more: object) -> Schema:
    return {"type": "string", "pattern": f"^{pattern}$", **more}


def words(*of: str, default: str | None = None) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(of), **({"default": default} if default else {})}


SIZE = _text(rf"([0-9]+x[0-9]+|{'|'.join(NAMES)}){SUFFIX}")
WIDTH = _text(rf"[0-9]+{SUFFIX}")
PART = _text("[0-9]+")
PLAIN_SIZE = _text("[0-9]+x[0-9]+")
PATH_COLOR = _text("([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_COLOR = rf"(#?([0-9a-fA-F]{{3,4}}|[0-9a-fA-F]{{6}}|[0-9a-fA-F]{{8}})|transparent|{'|'.join(CSS_NAMES)})"
COLOR = _text(_COLOR)
RADIUS = _text("([0-9]{1,4}|[0-9]{1,3}%)", default="0")
BORDER = _text(rf"[0-9]{{1,4}}(,{_COLOR})?", default="0")
FONT, WEIGHT = words(*FAMILIES, default="sans"), words(*WEIGHTS, default="400")
ALIGN, THEME = words(*look.ALIGNS, default="center"), words(*look.THEMES, default="light")
DEBUG = words("0", "1", default="0")
STYLE, SEED_THEME = words(*LOOKS), THEME
SEED_TEXT = _text("[^/]+")
TEXT: Schema = {"type": "string"}
ANGLE = _text(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?", default="90")
GRADIENT = words(*TYPES, default=TYPES[0])
GLYPH = words(*LINES, default="photo")

JOB = _text("[a-z2-7]{16}")
JOBS = _text("[a-z2-7]{16}(,[a-z2-7]{16}){0,49}")
NAME = _text(r"[a-z2-7]{16}\.(png|webp|avif)")
PICTURE_WIDTH = _text("[1-9][0-9]{0,3}")
SECONDS = _text(r"[0-9]{1,6}(\.[0-9]{1,6})?", default="0")
STATE = words(*State)
RANGE: Schema = {"type": "string"}

_UNPRINTED = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f"


def ask(models: tuple[str, ...]) -> Object:
    """The body of POST /ai."""
    prompt = {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_PROMPT,
        "pattern": rf"^[^{_UNPRINTED}]*[^{_UNPRINTED}\s][^{_UNPRINTED}]*$",
        "description": "What the picture shows. No control characters.",
    }
    side = {"type": "integer", "minimum": 1}
    return {
        "type": "object",
        "required": ["prompt", "w", "h"],
        "additionalProperties": False,
        "properties": {
            "prompt": prompt,
            "w": {**side, "description": "Width in pixels; clamped to 2048."},
            "h": {**side, "description": "Height in pixels; clamped to 2048."},
            "seed": {
                "type": ["integer", "null"],
                "minimum": 0,
                "maximum": MAX_SEED,
                "description": "Makes a second picture of one prompt, and the same one again.",
            },
            "model": {"enum": [*models, None], "description": "Who paints it; flux-schnell unless given."},
        },
        "examples": [{"prompt": "a red fox in snow, cinematic lighting", "w": 512, "h": 512}],
    }
