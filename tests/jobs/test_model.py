"""What an Ask comes to: one id for equal ones, another for any that differs; neither tells of the prompt (P-64, P-68, P-71)."""

import hmac
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest
from fixtures.simulation import a_job
from hypothesis import given
from hypothesis import strategies as st

from placeholder.blobs.store import segments
from placeholder.jobs.model import CANON, ENDED, FAILURES, MAX_SEED, Ask, Phase, State, blob_key, dice, job_id, job_mac
from placeholder.values.size import Size

KEY = b"k" * 32
ASK = Ask(owner="o", prompt="a heron", size=Size(64, 48), model="m/n", seed=None)
OTHERS = {
    "prompt": replace(ASK, prompt="a herons"),
    "case": replace(ASK, prompt="A heron"),
    "inner space": replace(ASK, prompt="a  heron"),
    "width": replace(ASK, size=Size(65, 48)),
    "height": replace(ASK, size=Size(64, 49)),
    "turned": replace(ASK, size=Size(48, 64)),
    "model": replace(ASK, model="m/o"),
    "seed 0": replace(ASK, seed=0),
    "seed 1": replace(ASK, seed=1),
    "owner": replace(ASK, owner="p"),
    "no owner": replace(ASK, owner=""),
}
RUNNING_INTO_EACH_OTHER = [
    (replace(ASK, owner="a|b", model="c"), replace(ASK, owner="a", model="b|c")),
    (replace(ASK, owner='a","b', model="c"), replace(ASK, owner="a", model='b","c')),
    (replace(ASK, owner="a,b", model="c"), replace(ASK, owner="a", model="b,c")),
    (replace(ASK, owner="a\0", model="b"), replace(ASK, owner="a", model="\0b")),
    (replace(ASK, size=Size(1, 11)), replace(ASK, size=Size(11, 1))),
    (replace(ASK, size=Size(1, 1), seed=11), replace(ASK, size=Size(1, 11), seed=1)),
    (replace(ASK, seed=1, prompt="2"), replace(ASK, seed=12, prompt="")),
    (replace(ASK, seed=None, prompt="x"), replace(ASK, seed=None, prompt="null,x")),
    (replace(ASK, prompt='x"]'), replace(ASK, prompt="x")),
    (replace(ASK, prompt="\\u00e9"), replace(ASK, prompt="é")),
    (replace(ASK, prompt="\\n"), replace(ASK, prompt="\n")),
]

asks = st.builds(
    Ask,
    owner=st.text(max_size=5),
    prompt=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    size=st.builds(Size, st.integers(1, 2048), st.integers(1, 2048)),
    model=st.sampled_from(["m/n", "m/o"]),
    seed=st.none() | st.integers(0, MAX_SEED),
)


def name(ask: Ask, key: bytes = KEY) -> str:
    return job_id(job_mac(key, ask))


def test_any_one_difference_is_another_job() -> None:
    named = [("itself", ASK), *OTHERS.items()]
    for (one, first), (other, second) in combinations(named, 2):
        assert name(first) != name(second), (one, other)


@pytest.mark.parametrize(("one", "other"), RUNNING_INTO_EACH_OTHER)
def test_fields_do_not_run_into_each_other(one: Ask, other: Ask) -> None:
    assert job_mac(KEY, one) != job_mac(KEY, other)


def test_the_canonical_form_stays() -> None:
    """Another form would be another id for every picture there is; then CANON changes too."""
    assert CANON == 1
    spelt = '[1,"o","m/n",64,48,null,"a heron \\"é\\""]'
    assert job_mac(KEY, replace(ASK, prompt='a heron "é"')) == hmac.digest(KEY, spelt.encode(), "sha256")
    assert name(ASK) == "mrv37rxgpwpsvki6"


def test_without_the_key_nobody_can_test_a_guess() -> None:
    assert name(ASK) != name(ASK, b"l" * 32)
    assert job_mac(KEY, ASK) != job_mac(b"", ASK)


@given(asks, asks)
def test_equal_asks_are_one_job_and_others_are_not(one: Ask, other: Ask) -> None:
    assert re.fullmatch("[a-z2-7]{16}", name(one))
    assert name(one) == name(replace(one))
    assert (name(one) == name(other)) == (one == other)
    assert 0 <= dice(job_mac(KEY, one)) <= MAX_SEED


@pytest.mark.parametrize("mac", [bytes(32), b"\xff" * 32, bytes(range(32))])
def test_ids_and_dice_at_the_ends(mac: bytes) -> None:
    assert re.fullmatch("[a-z2-7]{16}", job_id(mac))
    assert 0 <= dice(mac) <= MAX_SEED
    assert segments(blob_key(job_id(mac), 1))[-1] == f"{job_id(mac)}.1.png"


def test_each_epoch_has_a_picture_of_its_own() -> None:
    assert len({blob_key(job, epoch) for job in ("a" * 16, "b" * 16) for epoch in (1, 2, 12)}) == 6


def test_what_failed_is_told_in_fixed_words() -> None:
    for code, failure in FAILURES.items():
        assert re.fullmatch("[a-z_]+", code)
        assert failure.sentence.endswith(".")
        assert failure.may_ask_again == (code not in ("blocked", "invalid"))


@pytest.mark.parametrize(
    ("told", "words"),
    [(State, "pending generating ready failed"), (Phase, "queued submitting running fetching ready failed purged")],
)
def test_words(told: Callable[..., object], words: str) -> None:
    assert [str(member) for member in told] == words.split()  # type: ignore[attr-defined]
    assert {str(phase) for phase in ENDED} == {"ready", "failed", "purged"}


def test_addresses() -> None:
    job = a_job(w=2048, h=1)
    assert job.url == f"/ai/2048x1/{job.id}.png"
    assert job.status_url == f"/ai/{job.id}/status"
    assert job.size == Size(2048, 1)
