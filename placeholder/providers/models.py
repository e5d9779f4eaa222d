"""The models that may be asked for, and how each is told what a picture shall be. A table; pure.

- `price` is what one picture costs at most, in millionths of a dollar, rounded up: an estimate for quotas, never a bill.
- A model makes no arbitrary size. `sizing` says how it is told the nearest one (providers/sizing.py); the finished picture
  is cut and scaled to the asked size elsewhere.
- A seed travels wherever the model takes one, asked for or not: it makes a second run comparable with the first.
  `go_fast` trades that away, so it is switched off for whoever chose the seed.
- Output format: JPEG at quality 95 where the quality can be said: a quarter of a PNG's bytes to fetch and decoded in a
  seventh of its time (1344×768: 364 kB and 4 ms; PNG 1.6 MB, 27 ms; WebP at 90 21 ms), with a loss that a picture scaled
  to fit does not show. PNG where only a format can be said, since a hidden quality may be low; a four-megapixel picture is JPEG
  all the same, for its PNG alone would take our time limit.
- No model's safety checks are ever switched off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from placeholder.jobs.ports import Order
from placeholder.providers.sizing import FLUX, Free, Ratios, Scale, Sides, Sizing, named

DEFAULT = "black-forest-labs/flux-schnell"

_FINE_JPEG: Mapping[str, object] = {"output_format": "jpg", "output_quality": 95}
_PNG: Mapping[str, object] = {"output_format": "png"}
_ONE: Mapping[str, object] = {"num_outputs": 1}
_NOT_FAST: Mapping[str, object] = {"go_fast": False}
_MEGAPIXELS = Ratios(FLUX, Scale("megapixels", "0.25", "1", 0.5))
_FIVE = named("1:1 9:16 16:9 3:4 4:3")


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    """owner/name."""
    aliases: tuple[str, ...]
    price: int
    sizing: Sizing
    fixed: Mapping[str, object]
    """Inputs that every order has."""
    takes_seed: bool = True
    exact: Mapping[str, object] = field(default_factory=dict)
    """Inputs of an order whose picture must come out the same again."""
    version: str = ""
    """The version to run, where the owner's name alone does not choose one."""

    @property
    def reference(self) -> str:
        """What Replicate calls `version`."""
        return f"{self.name}:{self.version}" if self.version else self.name

    def inputs(self, order: Order) -> dict[str, object]:
        """What the model is told."""
        return {
            "prompt": order.prompt,
            **self.sizing.inputs(order.size),
            **({"seed": order.seed} if self.takes_seed else {}),
            **self.fixed,
            **(self.exact if order.is_exact else {}),
        }


MODELS = (
    Model(DEFAULT, ("flux-schnell",), 3_000, _MEGAPIXELS, {**_FINE_JPEG, **_ONE}, exact=_NOT_FAST),
    Model(
        "black-forest-labs/flux-dev",
        ("flux-dev",),
        25_000,
        _MEGAPIXELS,
        {**_FINE_JPEG, **_ONE},
        exact=_NOT_FAST,
    ),
    Model("black-forest-labs/flux-1.1-pro", ("flux-1.1-pro",), 40_000, Free(256, 1440, 32), _FINE_JPEG),
    Model("black-forest-labs/flux-1.1-pro-ultra", ("flux-1.1-pro-ultra",), 60_000, Ratios(FLUX), {"output_format": "jpg"}),
    Model("black-forest-labs/flux-2-pro", ("flux-2-pro",), 75_000, Free(256, 2048, 32), _FINE_JPEG),
    Model("black-forest-labs/flux-2-dev", ("flux-2-dev",), 30_000, Free(256, 1440, 32), _FINE_JPEG),
    Model(
        "black-forest-labs/flux-2-klein-4b",
        ("flux-2-klein", "flux-2-klein-4b"),
        15_000,
        Ratios(FLUX, Scale("output_megapixels", "0.25", "1", 0.5)),
        _FINE_JPEG,
    ),
    Model(
        "stability-ai/sdxl",
        ("sdxl",),
        10_000,
        Sides(FLUX),
        _ONE,
        version="7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
    ),
    Model("google/imagen-4", ("imagen-4",), 40_000, Ratios(_FIVE), _PNG, takes_seed=False),
    Model("google/imagen-4-fast", ("imagen-4-fast",), 20_000, Ratios(_FIVE), _PNG, takes_seed=False),
    Model("google/imagen-4-ultra", ("imagen-4-ultra",), 60_000, Ratios(_FIVE), _PNG, takes_seed=False),
    Model(
        "google/nano-banana-pro",
        ("nano-banana-pro",),
        150_000,
        Ratios(named("1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9"), Scale("resolution", "1K", "2K", 1)),
        _PNG,
        takes_seed=False,
    ),
    Model(
        "bytedance/seedream-4",
        ("seedream-4",),
        30_000,
        Free(1024, 4096, 1, switch="size"),
        {"max_images": 1},
        takes_seed=False,
    ),
    Model(
        "qwen/qwen-image",
        ("qwen-image",),
        25_000,
        Ratios(named("1:1 16:9 9:16 4:3 3:4 3:2 2:3")),
        _FINE_JPEG,
        exact=_NOT_FAST,
    ),
)

_BY_NAME = {name: model for model in MODELS for name in (model.name, *model.aliases)}


def find_model(name: str, allowed: frozenset[str]) -> Model | None:
    """The model of that name or alias, in lower case exactly, if it is among `allowed` (names or aliases; empty: all)."""
    model = _BY_NAME.get(name)
    if model is None or (allowed and allowed.isdisjoint((model.name, *model.aliases))):
        return None
    return model
