"""Every look on one screen, and `/seed/{seed}/{w}x{h}?style&theme` as it is read and drawn.

Without `style` the picture is the specified one (synth/seed.py) whatever else the query says (P-48). To add a look: its file, one
line in LOOKS.
"""

from dataclasses import replace

from placeholder.svg import markup
from placeholder.svg.setting import drawable
from placeholder.synth import seed as plain
from placeholder.synth.look import THEMES
from placeholder.synth.seeds.blobs import BLOBS
from placeholder.synth.seeds.constellation import CONSTELLATION
from placeholder.synth.seeds.identicon import IDENTICON
from placeholder.synth.seeds.initials import INITIALS, initials
from placeholder.synth.seeds.look import AUTO, Styled, body
from placeholder.synth.seeds.mesh import MESH
from placeholder.synth.seeds.mosaic import MOSAIC
from placeholder.synth.seeds.rings import RINGS
from placeholder.synth.seeds.waves import WAVES
from placeholder.values.query import Query, chosen
from placeholder.values.size import Size
from placeholder.values.text import clean_text

PARAMETERS = ("style", "theme")
LOOKS = {look.name: look for look in (IDENTICON, MESH, WAVES, MOSAIC, RINGS, INITIALS, BLOBS, CONSTELLATION)}


def parse(size: Size, query: Query, seed: str) -> plain.Seed | Styled:
    """Raises BadParameter."""
    if "style" not in query:
        return plain.parse(size, query, seed)
    look = LOOKS[chosen(query, "style", LOOKS, "")]
    theme = chosen(query, "theme", THEMES, "light")
    return Styled(size, seed, look, theme, initials(seed) if look is INITIALS else "")


def draw(spec: plain.Seed | Styled) -> str:
    if isinstance(spec, plain.Seed):
        return plain.draw(spec)
    return markup.document(spec.size, clean_text(spec.seed), body(spec))


def self_contained(spec: Styled) -> Styled:
    """`spec` for pixels: in its light colours where it follows the reader, and without its letters where they need fonts that
    only a viewer has."""
    theme, letters = "light" if spec.theme == AUTO else spec.theme, spec.letters if drawable(spec.letters) else ""
    return replace(spec, theme=theme, letters=letters)
