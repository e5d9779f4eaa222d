"""Crash storms over one process and over several on one SQLite file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from faults.storm import JOBS, PATIENT, PROVIDER, SEEDS, MakeFake, MakeService, hold_out, hold_out_together


@pytest.mark.parametrize("seed", SEEDS)
async def test_one_process(
    seed: int, make_service: MakeService, make_fake: MakeFake, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    fake = make_fake(seed, **PROVIDER)
    service = make_service(seed=seed, **fake.settings)
    await hold_out([service], fake, f"sqlite:///{tmp_path}/data/placeholder.db", tmp_path / "data/pictures", seed, figures)


def on_one_file(folder: Path) -> dict[str, str]:
    (folder / "data").mkdir()
    return {"PLACEHOLDER_DATABASE_URL": f"sqlite:///{folder}/data/placeholder.db"}


@pytest.mark.parametrize("seed", SEEDS)
async def test_two_processes(
    seed: int, make_service: MakeService, make_fake: MakeFake, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    await hold_out_together(
        2, on_one_file(tmp_path), seed, make_service, make_fake(seed, **PROVIDER), tmp_path / "data/pictures", figures
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_two_processes_that_stand_still(
    seed: int, make_service: MakeService, make_fake: MakeFake, tmp_path: Path, figures: Callable[[str], None]
) -> None:
    settings = {**on_one_file(tmp_path), **PATIENT}
    fake = make_fake(seed, **PROVIDER)
    more = {"jobs": JOBS // 3, "stalls": True}
    await hold_out_together(2, settings, seed, make_service, fake, tmp_path / "data/pictures", figures, **more)
