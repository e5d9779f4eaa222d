"""Which models may be asked for, and what each is told."""

from collections.abc import Callable
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.jobs.ports import Order
from placeholder.providers.models import DEFAULT, MODELS, Model, find_model
from placeholder.providers.sizing import FLUX, Free, Ratios, Scale, named, nearest
from placeholder.values.size import Size

Make = Callable[..., Order]
EVERY = frozenset[str]()
SIDES = st.builds(Size, st.integers(1, 2048), st.integers(1, 2048))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("black-forest-labs/flux-schnell", DEFAULT),
        ("flux-schnell", DEFAULT),
        ("flux-dev", "black-forest-labs/flux-dev"),
        ("flux-1.1-pro", "black-forest-labs/flux-1.1-pro"),
        ("sdxl", "stability-ai/sdxl"),
        ("imagen-4-fast", "google/imagen-4-fast"),
        ("qwen-image", "qwen/qwen-image"),
        ("Flux-Schnell", None),
        ("flux-schnell ", None),
        ("flux", None),
        ("", None),
        ("black-forest-labs/flux-schnell:latest", None),
        ("../flux-schnell", None),
    ],
)
def test_a_model_is_found_by_its_exact_name(name: str, found: str | None) -> None:
    model = find_model(name, EVERY)
    assert (model.name if model else None) == found


def test_only_allowed_models_are_found() -> None:
    allowed = frozenset(("black-forest-labs/flux-schnell", "sdxl"))
    assert find_model("flux-schnell", allowed)
    assert find_model("stability-ai/sdxl", allowed)
    assert not find_model("flux-dev", allowed)
    assert not find_model("flux-schnell", frozenset(("no-such",)))


def test_the_table_is_sound() -> None:
    names = [name for model in MODELS for name in (model.name, *model.aliases)]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() for name in names)
    assert all(0 < model.price < 1_000_000 for model in MODELS)
    assert all("disable_safety_checker" not in {**model.fixed, **model.exact} for model in MODELS)
    assert find_model(DEFAULT, EVERY) == MODELS[0]
    assert MODELS[0].price == 3000


@pytest.mark.parametrize(
    ("w", "h", "ratio", "megapixels"),
    [
        (1, 1, "1:1", "0.25"),
        (512, 512, "1:1", "0.25"),
        (513, 512, "1:1", "1"),
        (512, 513, "1:1", "1"),
        (1024, 1024, "1:1", "1"),
        (2048, 2048, "1:1", "1"),
        (2048, 1, "21:9", "1"),
        (1, 2048, "9:21", "1"),
        (768, 320, "21:9", "0.25"),
        (320, 768, "9:21", "0.25"),
        (1920, 1080, "16:9", "1"),
        (1080, 1920, "9:16", "1"),
        (640, 360, "16:9", "0.25"),
        (672, 384, "16:9", "0.25"),
        (400, 300, "4:3", "0.25"),
        (300, 400, "3:4", "0.25"),
        (600, 400, "3:2", "0.25"),
        (400, 600, "2:3", "0.25"),
        (500, 400, "5:4", "0.25"),
        (400, 500, "4:5", "0.25"),
    ],
)
def test_flux_is_told_a_ratio_and_a_scale(order: Make, w: int, h: int, ratio: str, megapixels: str) -> None:
    inputs = MODELS[0].inputs(order(size=Size(w, h)))
    assert (inputs["aspect_ratio"], inputs["megapixels"]) == (ratio, megapixels)


@pytest.mark.parametrize("ratio", FLUX)
def test_every_ratio_finds_itself(ratio: str) -> None:
    w, h = FLUX[ratio]
    assert nearest(Size(w, h), FLUX) == ratio
    assert nearest(Size(w // 2, h // 2), FLUX) == ratio
    called = [100 * int(side) for side in ratio.split(":")]
    assert nearest(Size(*called), FLUX) == ratio


@given(SIDES)
def test_the_nearest_ratio_is_the_nearest(size: Size) -> None:
    asked = log(size.w / size.h)
    chosen = nearest(size, FLUX)
    called = {name: abs(asked - log(int(w) / int(h))) for name in FLUX for w, h in [name.split(":")]}
    made = {name: abs(asked - log(w / h)) for name, (w, h) in FLUX.items()}
    assert min(called[chosen], made[chosen]) == min(*called.values(), *made.values())


@given(SIDES)
def test_a_free_size_keeps_limits_and_grid(size: Size) -> None:
    """And the ratio, wherever the limits leave it."""
    told = Free(256, 1440, 32).inputs(size)
    w, h = told["width"], told["height"]
    assert isinstance(w, int)
    assert isinstance(h, int)
    assert told["aspect_ratio"] == "custom"
    assert 256 <= min(w, h) <= max(w, h) <= 1440
    assert w % 32 == h % 32 == 0
    share = min(1, 1440 / max(size.w, size.h))
    assert w >= int(size.w * share)
    assert h >= int(size.h * share)
    if max(size.w, size.h) <= 2 * min(size.w, size.h):
        assert abs(log(w / h) - log(size.w / size.h)) < 0.13


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (Size(1024, 1024), (1024, 1024)),
        (Size(64, 64), (512, 512)),
        (Size(2048, 2048), (1440, 1440)),
        (Size(2048, 1), (1440, 256)),
        (Size(1, 2048), (256, 1440)),
        (Size(1, 1), (512, 512)),
        (Size(1000, 500), (1024, 512)),
    ],
)
def test_free_sizes(size: Size, told: tuple[int, int]) -> None:
    inputs = Free(256, 1440, 32).inputs(size)
    assert (inputs["width"], inputs["height"]) == told


def test_a_resolution_is_chosen_where_it_suffices() -> None:
    sizing = Ratios(named("1:1 16:9"), Scale("resolution", "1K", "2K", 1))
    assert sizing.inputs(Size(1024, 1024)) == {"aspect_ratio": "1:1", "resolution": "1K"}
    assert sizing.inputs(Size(1025, 1025)) == {"aspect_ratio": "1:1", "resolution": "2K"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
@pytest.mark.parametrize("size", [Size(1, 1), Size(2048, 2048), Size(2048, 1), Size(1, 2048), Size(400, 300)], ids=str)
def test_every_model_is_told_what_it_takes(order: Make, model: Model, size: Size) -> None:
    inputs = model.inputs(order(size=size, seed=7, is_exact=True))
    assert inputs["prompt"] == order().prompt
    assert ("seed" in inputs) == model.takes_seed
    assert inputs.get("seed", 7) == 7
    assert inputs.get("go_fast") in (False, None)
    assert inputs.get("num_outputs", 1) == 1
    assert inputs.get("output_format", "jpg") in ("jpg", "png")


def test_go_fast_is_left_alone_where_nobody_chose_the_seed(order: Make) -> None:
    assert "go_fast" not in MODELS[0].inputs(order(is_exact=False))
    assert MODELS[0].inputs(order(is_exact=True))["go_fast"] is False


def test_a_model_without_official_runs_names_its_version() -> None:
    sdxl = find_model("sdxl", EVERY)
    assert sdxl
    name, _, version = sdxl.reference.partition(":")
    assert name == sdxl.name
    assert len(version) == 64
    assert MODELS[0].reference == DEFAULT
