"""The models that the fake runs: what each one takes, and which picture size and shape of output follows. Data only;
`schema` checks inputs against it.

Inputs, limits and defaults are those of the models' published schemas; sizes those that the models draw. A model that is
not official runs by its version alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Field:
    kind: Literal["string", "integer", "number", "boolean", "array", "object", "webhook", "events"]
    default: Any = None
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    versions: tuple[str, ...]
    output: Literal["list", "string"]
    fields: Mapping[str, Field]
    ratios: Mapping[str, Size] = field(default_factory=dict)
    """The picture's size by aspect_ratio; empty where width and height say it."""
    custom_step: int = 0
    """`aspect_ratio: custom` takes width and height, rounded to multiples of this."""
    fast_is_random: bool = False
    """go_fast, which is on unless it is put off, draws differently each time, whatever the seed."""
    official: bool = True


FLUX_RATIOS: dict[str, Size] = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
"""At one megapixel; a quarter has both sides halved."""

KONTEXT_RATIOS: dict[str, Size] = {
    "match_input_image": (1024, 1024),
    "1:1": (1024, 1024),
    "16:9": (1392, 752),
    "9:16": (752, 1392),
    "4:3": (1184, 880),
    "3:4": (880, 1184),
    "3:2": (1248, 832),
    "2:3": (832, 1248),
    "4:5": (944, 1104),
    "5:4": (1104, 944),
    "21:9": (1568, 672),
    "9:21": (672, 1568),
    "2:1": (1456, 720),
    "1:2": (720, 1456),
}

IMAGEN_RATIOS: dict[str, Size] = {
    "1:1": (1024, 1024),
    "9:16": (768, 1408),
    "16:9": (1408, 768),
    "3:4": (896, 1280),
    "4:3": (1280, 896),
}

QWEN_RATIOS: dict[str, Size] = {
    "1:1": (1328, 1328),
    "16:9": (1664, 928),
    "9:16": (928, 1664),
    "4:3": (1472, 1104),
    "3:4": (1104, 1472),
    "3:2": (1584, 1056),
    "2:3": (1056, 1584),
}

_PRO_RATIOS = {ratio: FLUX_RATIOS[ratio] for ratio in ("1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3")}

_PROMPT = Field("string", required=True)
_SEED = Field("integer")
_QUALITY = Field("integer", 80, 0, 100)
_NUM_OUTPUTS = Field("integer", 1, 1, 4)
_URI = Field("string")
_FORMAT = Field("string", "webp", choices=("webp", "jpg", "png"))


def _ratio(ratios: Mapping[str, Size], default: str, *more: str) -> Field:
    return Field("string", default, choices=(*ratios, *more))


_FLUX = {
    "prompt": _PROMPT,
    "aspect_ratio": _ratio(FLUX_RATIOS, "1:1"),
    "num_outputs": _NUM_OUTPUTS,
    "seed": _SEED,
    "output_format": _FORMAT,
    "output_quality": _QUALITY,
    "disable_safety_checker": Field("boolean", False),
    "go_fast": Field("boolean", True),
    "megapixels": Field("string", "1", choices=("1", "0.25")),
}

_MODELS = (
    Model(
        name="black-forest-labs/flux-schnell",
        versions=("c846a69991daf4c0e5d016514849d14ee5b2e6846ce6b9d6f21369e564cfe51e",),
        output="list",
        ratios=FLUX_RATIOS,
        fast_is_random=True,
        fields={**_FLUX, "num_inference_steps": Field("integer", 4, 1, 4)},
    ),
    Model(
        name="black-forest-labs/flux-dev",
        versions=("93d72f81bd019dde2bfcba9585a6f74e600b13a43a96eb01a42da54f5ab4df6a",),
        output="list",
        ratios=FLUX_RATIOS,
        fast_is_random=True,
        fields={
            **_FLUX,
            "num_inference_steps": Field("integer", 28, 1, 50),
            "guidance": Field("number", 3, 0, 10),
            "image": _URI,
            "prompt_strength": Field("number", 0.8, 0, 1),
        },
    ),
    Model(
        name="black-forest-labs/flux-1.1-pro",
        versions=("a91bed9b0301d9d10b34b89b1f4d0255f2e2499c59576bfcd13405575dacdb25",),
        output="string",
        ratios=_PRO_RATIOS,
        custom_step=32,
        fields={
            "prompt": _PROMPT,
            "image_prompt": _URI,
            "aspect_ratio": _ratio(_PRO_RATIOS, "1:1", "custom"),
            "width": Field("integer", None, 256, 1440),
            "height": Field("integer", None, 256, 1440),
            "safety_tolerance": Field("integer", 2, 1, 6),
            "seed": _SEED,
            "prompt_upsampling": Field("boolean", False),
            "output_format": _FORMAT,
            "output_quality": _QUALITY,
        },
    ),
    Model(
        name="black-forest-labs/flux-kontext-pro",
        versions=("0a1381936934845a14efcc9f309ce7d031cb905867878b5c5830280e00e97606",),
        output="string",
        ratios=KONTEXT_RATIOS,
        fields={
            "prompt": _PROMPT,
            "input_image": _URI,
            "aspect_ratio": _ratio(KONTEXT_RATIOS, "match_input_image"),
            "prompt_upsampling": Field("boolean", False),
            "seed": _SEED,
            "output_format": Field("string", "png", choices=("jpg", "png")),
            "safety_tolerance": Field("integer", 2, 0, 6),
        },
    ),
    Model(
        name="stability-ai/sdxl",
        official=False,
        versions=(
            "39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b",
            "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
        ),
        output="list",
        custom_step=8,
        fields={
            "prompt": Field("string", "An astronaut riding a rainbow unicorn"),
            "negative_prompt": Field("string", ""),
            "image": _URI,
            "mask": _URI,
            "width": Field("integer", 1024),
            "height": Field("integer", 1024),
            "num_outputs": _NUM_OUTPUTS,
            "scheduler": Field(
                "string",
                "K_EULER",
                choices=("DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM"),
            ),
            "num_inference_steps": Field("integer", 50, 1, 500),
            "guidance_scale": Field("number", 7.5, 1, 50),
            "prompt_strength": Field("number", 0.8, 0, 1),
            "seed": _SEED,
            "refine": Field("string", "no_refiner", choices=("no_refiner", "expert_ensemble_refiner", "base_image_refiner")),
            "high_noise_frac": Field("number", 0.8, 0, 1),
            "refine_steps": Field("integer"),
            "apply_watermark": Field("boolean", True),
            "lora_scale": Field("number", 0.6, 0, 1),
            "replicate_weights": Field("string"),
            "disable_safety_checker": Field("boolean", False),
        },
    ),
    Model(
        name="google/imagen-4-fast",
        versions=(),
        output="string",
        ratios=IMAGEN_RATIOS,
        fields={
            "prompt": _PROMPT,
            "aspect_ratio": _ratio(IMAGEN_RATIOS, "1:1"),
            "safety_filter_level": Field(
                "string", "block_only_high", choices=("block_low_and_above", "block_medium_and_above", "block_only_high")
            ),
            "output_format": Field("string", "jpg", choices=("jpg", "png")),
        },
    ),
    Model(
        name="qwen/qwen-image",
        versions=("0bba9e70f78437359725e0989ead45ca8b09e6c12a070dfe9a09e6856b43a44d",),
        output="list",
        ratios=QWEN_RATIOS,
        fields={
            "prompt": _PROMPT,
            "negative_prompt": Field("string", " "),
            "enhance_prompt": Field("boolean", False),
            "lora_weights": Field("string"),
            "replicate_weights": Field("string"),
            "lora_scale": Field("number", 1),
            "extra_lora_weights": Field("array"),
            "extra_lora_scale": Field("array"),
            "image": _URI,
            "strength": Field("number", 0.9, 0, 1),
            "aspect_ratio": _ratio(QWEN_RATIOS, "16:9"),
            "image_size": Field("string", "optimize_for_quality", choices=("optimize_for_quality", "optimize_for_speed")),
            "go_fast": Field("boolean", True),
            "num_inference_steps": Field("integer", 30, 1, 50),
            "guidance": Field("number", 3, 0, 10),
            "seed": _SEED,
            "output_format": _FORMAT,
            "output_quality": _QUALITY,
            "disable_safety_checker": Field("boolean", False),
        },
    ),
)

MODELS: dict[str, Model] = {model.name: model for model in _MODELS}
BY_VERSION: dict[str, Model] = {version: model for model in _MODELS for version in model.versions}


def named(name: str) -> Model | None:
    """The official model `owner/name`; no version needs to be told."""
    model = MODELS.get(name)
    return model if model and model.official else None


def resolve(reference: str) -> tuple[Model, str] | None:
    """The model that `version` means in its three spellings (`owner/name` of an official model, `owner/name:version`, the
    version alone), and the version that its predictions show. There is no `:latest`."""
    name, colon, version = reference.rpartition(":")
    if colon:
        model = MODELS.get(name)
        return (model, version) if model and version in model.versions else None
    if reference in BY_VERSION:
        return BY_VERSION[reference], reference
    model = named(reference)
    return (model, "hidden") if model else None
