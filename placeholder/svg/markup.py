"""The only place that writes "<". Elements and attributes are a closed list, and text from a URL reaches text nodes alone.

Rules: presentation attributes only, no script, link, image or foreign object; colours as six digits; numbers in plain decimal
notation with at most two places (a scale: five digits that count, an opacity: three places); the file is ASCII, so that its
encoding needs no declaration (AP-5). One style there is, where a picture follows the reader's colour scheme: its classes are
named after the colours that they exchange, so that pictures inlined in one page never repaint each other.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from placeholder.values.color import OPAQUE, Color
from placeholder.values.size import Size

_PAINTED = ("fill", "stroke", "stop-color")
_OPENING = '<svg xmlns="http://www.w3.org/2000/svg"'


def document(size: Size, title: str, *body: str) -> str:
    """A whole picture of `size`, named `title` for those who cannot see it."""
    w, h = size.w, size.h
    return (
        f'{_OPENING} width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )


def resized(svg: str, shown: Size) -> str:
    """The `document`, its drawing untouched, that asks to be shown at `shown`. The ratio of its sides is that of `shown` but
    for the rounding to whole pixels, which stretching hides."""
    _, view_box, drawing = svg.partition(" viewBox")
    return f'{_OPENING} width="{shown.w}" height="{shown.h}" preserveAspectRatio="none"{view_box}{drawing}'


def encode(svg: str) -> bytes:
    """`svg` as ASCII, everything else as character references."""
    return svg.encode("ascii", "xmlcharrefreplace")


def has_text(svg: bytes) -> bool:
    """Whether an encoded picture has text for the viewer's fonts."""
    return b"<text " in svg


def escape(text: str) -> str:
    """`text` for a text node. Expects what `clean_text` lets through."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def ground(size: Size, paint: str) -> str:
    """The whole canvas in one paint: a colour's hex or a gradient's `url(#name)`."""
    return f'<path fill="{paint}" d="M0 0h{size.w}v{size.h}H0z"/>'


def paint(color: Color, dark: Color | None = None) -> str:
    """The attributes that fill with `color`, and with `dark` where the reader's colour scheme is dark (see `scheme`)."""
    return f'fill="{color.hex}"{_besides(color, dark)}'


def _besides(color: Color, dark: Color | None) -> str:
    opacity = "" if color.is_opaque else f' fill-opacity="{_opacity(color)}"'
    exchanged = "" if dark is None else f' class="{_exchange(color, dark)}"'
    return opacity + exchanged


def scheme(exchanged: dict[Color, Color]) -> str:
    """The style that exchanges colours for others where the reader's colour scheme is dark."""
    return _in_the_dark(
        f".{_exchange(light, dark)}{{fill:{dark.hex};fill-opacity:{_opacity(dark)}}}" for light, dark in exchanged.items()
    )


def following(name: str, exchanged: Mapping[str, str], body: str) -> str:
    """`body` with all that is painted in a colour of `exchanged` painted in the other one where the reader's colour scheme is
    dark: the hex of opaque colours. `name` stands for `exchanged`, in this picture and in others."""
    # A colour is all that begins like this, and its attribute stands before; to look for each by itself takes longer.
    cuts = pairwise(body.split('"#'))
    painted = dict.fromkeys((before[before.rfind(" ") + 1 : -1], f"#{after[:6]}") for before, after in cuts)
    rules = (
        f'.{name} [{attribute}="{light}"]{{{attribute}:{exchanged[light]}}}'
        for attribute, light in painted
        if attribute in _PAINTED and light in exchanged
    )
    return f'{_in_the_dark(rules)}<g class="{name}">{body}</g>'


def _in_the_dark(rules: Iterable[str]) -> str:
    return f"<style>@media(prefers-color-scheme:dark){{{''.join(rules)}}}</style>"


def _exchange(light: Color, dark: Color) -> str:
    return f"c-{light.hex[1:]}{light.alpha:02x}-{dark.hex[1:]}{dark.alpha:02x}"


def _opacity(color: Color) -> str:
    """Three places, which is the fewest that tell all 256 levels apart."""
    return f"{round(color.alpha / OPAQUE, 3):g}"


def paint_named(name: str) -> str:
    """The attribute that fills with the gradient `name`."""
    return f'fill="url(#{name})"'


def painted(paint: str, path: str) -> str:
    """A path in drawn units, filled as `paint` or `paint_named` says."""
    return f'<path {paint} d="{path}"/>'


def outlined(x: float, y: float, scale: float, fill: Color, path: str, dark: Color | None = None) -> str:
    """A path in font units, its origin at (x, y)."""
    more = "" if dark is None and fill.alpha == OPAQUE else _besides(fill, dark)
    return f'<path fill="{fill.hex}"{more} transform="translate({x:.2f} {y:.2f})scale({scale:.5g})" d="{path}"/>'


def drawn_text(
    x: float,
    y: float,
    size: float,
    length: float,
    fill: Color,
    text: str,
    *,
    dark: Color | None = None,
    family: str = "sans-serif",
    weight: int = 400,
) -> str:
    """Text that the viewer's own fonts draw, held to `length` units, centred on x with its baseline at y."""
    more = "" if dark is None and fill.alpha == OPAQUE else _besides(fill, dark)
    bold = "" if weight == 400 else f' font-weight="{weight}"'
    return (
        f'<text x="{number(x)}" y="{number(y)}" fill="{fill.hex}"{more} font-family="{family}"{bold} font-size="{number(size)}"'
        f' text-anchor="middle" textLength="{number(length)}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
    )


def linear_gradient(name: str, start: tuple[float, float], end: tuple[float, float], colors: tuple[Color, Color]) -> str:
    (x1, y1), (x2, y2) = start, end
    return (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}"'
        f' y2="{number(y2)}">{_stops(colors)}</linearGradient>'
    )


def radial_gradient(name: str, center: tuple[float, float], radius: float, colors: tuple[Color, Color]) -> str:
    cx, cy = center
    return (
        f'<radialGradient id="{name}" gradientUnits="userSpaceOnUse" cx="{number(cx)}" cy="{number(cy)}" r="{number(radius)}">'
        f"{_stops(colors)}</radialGradient>"
    )


def _stops(colors: tuple[Color, Color]) -> str:
    start, end = colors
    return f'<stop stop-color="{start.hex}"{_stop_opacity(start)}/><stop offset="1" stop-color="{end.hex}"{_stop_opacity(end)}/>'


def _stop_opacity(color: Color) -> str:
    return "" if color.alpha == OPAQUE else f' stop-opacity="{_opacity(color)}"'


def glow(name: str, center: tuple[float, float], radius: float, color: Color) -> str:
    """A paint that is `color` at `center` and fades softly to nothing at `radius`; both are shares of the box that it paints."""
    (cx, cy), fill = center, color.hex
    return (
        f'<radialGradient id="{name}" cx="{number(cx)}" cy="{number(cy)}" r="{number(radius)}"><stop stop-color="{fill}"/>'
        f'<stop offset=".25" stop-color="{fill}" stop-opacity=".84"/><stop offset=".5" stop-color="{fill}" stop-opacity=".5"/>'
        f'<stop offset=".75" stop-color="{fill}" stop-opacity=".16"/>'
        f'<stop offset="1" stop-color="{fill}" stop-opacity="0"/></radialGradient>'
    )


def scaled(scale: float, *body: str) -> str:
    """`body` in units that are `scale` units of the canvas, 0.0001 … 10."""
    return f'<g transform="scale({scale:.7f})">{"".join(body)}</g>'


def filled(paint: str, path: str) -> str:
    """`path` filled with a colour's hex or a gradient's `url(#name)`."""
    return f'<path fill="{paint}" d="{path}"/>'


def stroked(color: Color, width: int, path: str) -> str:
    """`path` as lines with round ends."""
    return (
        f'<path fill="none" stroke="{color.hex}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"'
        f' d="{path}"/>'
    )


def circle(x: int, y: int, r: int, fill: Color, opacity: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{r}" fill="{fill.hex}" fill-opacity="{opacity}"/>'


def strokes(x: float, y: float, scale: float, color: Color, path: str) -> str:
    """A line drawing: `path` scaled and moved to (x, y), its lines three units wide before scaling."""
    return (
        f'<path transform="translate({number(x)} {number(y)})scale({scale:.5g})" fill="none" stroke="{color.hex}"'
        f' stroke-width="3" stroke-linecap="round" stroke-linejoin="round" d="{path}"/>'
    )


def number(value: float) -> str:
    """`value`, below 10,000, with at most two decimals; never an exponent, never "-0"."""
    return f"{round(value * 100) / 100:g}"
