"""A fleet: three processes over PostgreSQL and an object store, with the settings in common that README tells. Now one is killed,
now one stands still for longer than its lease, and clients go from one to the next: nothing is lost, nothing is paid twice, and
nobody sees a state go back, not even for a moment.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from faults.harness import SECRET
from faults.storm import JOBS, PATIENT, PROVIDER, SEEDS, MakeFake, MakeService, hold_out_together
from fixtures.buckets import BUCKET, S3, addressed

FLEET = 3
IN_FRONT = {"PLACEHOLDER_PUBLIC_URL", "PLACEHOLDER_CLIENT_ADDRESS_HEADER"}
"""What is told of the balancer: the storm knows where its own is."""
PLAIN = {"AWS_ALLOW_HTTP"}
"""What only a store without https needs."""


def shared(postgres_url: str, s3_url: str) -> dict[str, str]:
    return {
        "PLACEHOLDER_DATABASE_URL": postgres_url,
        "PLACEHOLDER_STORAGE_URL": f"s3://{BUCKET}/placeholder",
        "PLACEHOLDER_SECRET": SECRET,
        **addressed(s3_url),
    }


def test_readme_tells_these_settings() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    section = re.search(r"^#+ More than one machine$.*?^```sh$(.*?)^```$", readme, re.M | re.S)
    if section is None:
        pytest.skip("README has no section on more than one machine")
    told = re.findall(r"^([A-Z_]+)=\S+$", section[1], re.M)
    assert sorted(told) == sorted((shared("", "").keys() | IN_FRONT) - PLAIN)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_fleet(
    seed: int, make_service: MakeService, make_fake: MakeFake, postgres_url: str, s3: S3, figures: Callable[[str], None]
) -> None:
    fake = make_fake(seed, **PROVIDER)
    storm = {"jobs": JOBS // 5, "crashes": JOBS // 37, "stalls": True, "one_by_one": True, "watchers": 4, "stale_s": 0}
    settings = {**shared(postgres_url, s3.url), **PATIENT}
    await hold_out_together(FLEET, settings, seed, make_service, fake, s3.folder / BUCKET, figures, **storm)
