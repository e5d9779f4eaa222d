"""Every drawing on one screen: its address, its query parameters, its Spec's parser, its pen.

`find` reads a URL into a Picture; `svg` draws it. To add a drawing: its file, one line in CATALOGUE.
The last path segment is always a size with an optional suffix (values/size.py, values/format.py). A size that goes by a name
or a ratio (values/named.py) is put into digits before anything else is read, so no drawing knows of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, unquote

from placeholder.errors import NoSuchPicture, TooLong
from placeholder.svg import markup
from placeholder.svg.setting import drawable
from placeholder.synth import color, glyph, gradient, label
from placeholder.synth.caption import caption
from placeholder.synth.seeds import album
from placeholder.synth.seeds.look import Styled
from placeholder.values.color import Color
from placeholder.values.format import SUFFIXES, Format, pixels
from placeholder.values.named import in_digits
from placeholder.values.query import has_parameter, parse_query
from placeholder.values.size import Size, parse_size


class Spec(Protocol):
    """All that a drawing needs, nothing left to decide; hashable, equal for equal pictures."""

    @property
    def size(self) -> Size: ...

    @property
    def inks(self) -> tuple[Color, Color] | None:
        """The two colours that every pixel lies between, where a drawing has no more."""

    @property
    def smooth(self) -> bool:
        """Whether it is all soft transitions, without an edge that a lossy codec would blur."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """`parse` takes the size, the query and what stands in the path between; it may refuse. `draw` takes the Spec that
    `parse` made, and cannot fail. `is_opaque` says of a Spec whether no page shows through."""

    address: str
    parameters: tuple[str, ...]
    parse: Callable[..., Spec]
    draw: Callable[[Any], str]
    asked_by: str = ""
    """The parameter without which the query is not read, where there is one."""
    is_opaque: Callable[[Any], bool] = lambda _: True


CATALOGUE = (
    Drawing("/{size}", label.PARAMETERS, label.parse, label.draw, is_opaque=label.is_opaque),
    Drawing("/color/{hex}/{size}", color.PARAMETERS, color.parse, color.draw),
    Drawing("/gradient/{size}", gradient.PARAMETERS, gradient.parse, gradient.draw, is_opaque=gradient.is_opaque),
    Drawing("/seed/{seed}/{size}", album.PARAMETERS, album.parse, album.draw, asked_by="style"),
    Drawing("/glyph/{size}", glyph.PARAMETERS, glyph.parse, glyph.draw, is_opaque=glyph.is_opaque),
)

# By the first path segment ("" where the size stands there itself) and the number of segments.
_BY_SHAPE = {
    ("" if len(segments) == 1 else segments[0], len(segments)): drawing
    for drawing in CATALOGUE
    for segments in [drawing.address[1:].split("/")]
}
_PLAIN = (Format.SVG, 1)
MAX_URL = 8192
"""Bytes of path and query that are read."""
_IN_PATH = "/:@!$&'()*+,;=~"
_IN_QUERY = _IN_PATH + "?%"
"""What stays as it is in a target that we write, besides letters, digits and "-._" (RFC 3986 §3.3, §3.4)."""

_GLYPH = _BY_SHAPE["glyph", 2]
_NOTICE = CATALOGUE[0]
_NOTICE_SIZE = Size(400, 300)
_NOTICE_INKS = (Color("#fef2f2"), Color("#991b1b"))


class Picture(NamedTuple):
    """What a URL asks for: a drawing's Spec, in a format, at a density (1 to 3 pixels to the drawn unit)."""

    drawing: Drawing
    spec: Spec
    format: Format
    density: int

    @property
    def pixels(self) -> Size:
        """Its size as it is sent."""
        return pixels(self.spec.size, self.density)


def find_target(target: str) -> Picture:
    """The picture at a URL's path and query as they are sent (origin form, RFC 9112 §3.2.1). Raises as `find` does, and
    TooLong."""
    return look_up(target)[0]


def look_up(target: str) -> tuple[Picture, str | None]:
    """The same, and the target that says its size in digits where this one has a name or a ratio instead (and where that one
    is not too long to be read)."""
    if len(target) > MAX_URL:
        raise TooLong(MAX_URL)
    path, _, query = target.partition("?")
    if "%" in path:
        path = unquote(path)
    # Digits first: nearly every address has them, and none of those changes its meaning by what is a name.
    try:
        return find(path, query), None
    except NoSuchPicture:
        plain = in_digits(path)
        if plain is None:
            raise
    picture = find(plain, query)
    written = quote(plain, _IN_PATH, errors="replace")
    if query:
        written += "?" + quote(query, _IN_QUERY, errors="replace")
    return picture, written if len(written) <= MAX_URL else None


def find(path: str, query: str) -> Picture:
    """The picture at a decoded path, its size in digits, and a raw query string. Raises NoSuchPicture, BadParameter."""
    root, *segments = path.split("/")
    count = len(segments)
    drawing = _BY_SHAPE.get(("" if count == 1 else segments[0], count)) if segments and not root else None
    ending = _ending(segments[-1]) if drawing else None
    if drawing is None or ending is None or "" in segments:
        raise NoSuchPicture
    size, suffix = ending
    is_read = has_parameter(query, drawing.asked_by) if drawing.asked_by else drawing.parameters
    wanted = parse_query(query) if is_read else {}
    return Picture(drawing, drawing.parse(size, wanted, *segments[1:-1]), *suffix)


def _ending(segment: str) -> tuple[Size, tuple[Format, int]] | None:
    """The size, and the format and density, that a last path segment names."""
    if "." not in segment:
        size = parse_size(segment)
        return (size, _PLAIN) if size else None
    cut = segment.find("@" if "@" in segment else ".")
    size, suffix = parse_size(segment[:cut]), SUFFIXES.get(segment[cut:])
    return (size, suffix) if size and suffix else None


def _named(path: str) -> tuple[Size, tuple[Format, int]] | None:
    """The same where a picture has a name, and its size stands before that: /ai/400x300/name.png."""
    folder, _, name = path.rpartition("/")
    size, suffix = parse_size(folder.rpartition("/")[2]), SUFFIXES.get(name[name.find(".") :])
    return (size, suffix) if size and suffix else None


def notice(path: str, text: str) -> Picture:
    """A picture that says `text`, in the size and the format that `path` asks for as far as it can be read."""
    path = in_digits(path) or path
    size, suffix = _ending(path.rpartition("/")[2]) or _named(path) or (_NOTICE_SIZE, _PLAIN)
    return Picture(_NOTICE, label.Label(size, text, *_NOTICE_INKS), *suffix)


def verdict_on(size: Size, word: str, format: Format = Format.SVG) -> Picture:
    """A picture that says why there is no other: `word` is a key of icons.VERDICTS."""
    return Picture(_GLYPH, glyph.Glyph(size, word), format, 1)


def svg(picture: Picture) -> str:
    """The picture as SVG, asking to be shown at its density."""
    spec = picture.spec
    if isinstance(spec, label.Label) and spec.look.caption is not None:
        spec = label.captioned_as(spec, caption(picture.format, picture.density, picture.pixels))
    drawn = picture.drawing.draw(spec)
    return drawn if picture.density == 1 else markup.resized(drawn, picture.pixels)


def self_contained(picture: Picture) -> Picture:
    """`picture` as it can be drawn by whoever has no fonts."""
    if isinstance(picture.spec, label.Label):
        return picture._replace(spec=label.self_contained(picture.spec))
    if isinstance(picture.spec, Styled):
        return picture._replace(spec=album.self_contained(picture.spec))
    return picture


def is_drawable(picture: Picture) -> bool:
    """Whether none of its words needs a font that only a viewer has."""
    spec = picture.spec
    if isinstance(spec, label.Label):
        return drawable(spec.text, spec.look.face)
    return not isinstance(spec, Styled) or drawable(spec.letters)


def svg_bytes(picture: Picture) -> bytes:
    """The same as a file."""
    return markup.encode(svg(picture))
