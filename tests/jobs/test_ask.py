"""The body of POST /ai: what is the same Ask, and what is refused by name (P-57 to P-61, P-67, P-68, AP-11 to AP-14)."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.errors import BadParameter
from placeholder.jobs.ask import FIELDS, read_ask
from placeholder.jobs.model import MAX_PROMPT, MAX_SEED, Ask, job_mac
from placeholder.values.size import MAX_DIM, Size

BODY: dict[str, Any] = {"prompt": "a heron", "w": 64, "h": 48}
ABSENT = object()


def read(**changes: Any) -> Ask:
    body = {name: value for name, value in {**BODY, **changes}.items() if value is not ABSENT}
    return read_ask(body, "o", "default/model")


PLAIN = Ask(owner="o", prompt="a heron", size=Size(64, 48), model="default/model", seed=None)

SAME = [
    {},
    {"seed": None},
    {"model": None},
    {"model": "default/model"},
    {"prompt": " a heron"},
    {"prompt": "a heron\n"},
    {"prompt": "\t\r\n a heron \u3000\u2028"},
]


@pytest.mark.parametrize("changes", SAME)
def test_the_same_ask(changes: dict[str, Any]) -> None:
    assert read(**changes) == PLAIN


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("cafe\u0301", "caf\u00e9"),
        ("\u212b", "\u00c5"),
        ("\u1100\u1161", "\uac00"),
        ("a  b", "a  b"),  # inside it is what the client wrote
        ("a\nb\tc\r\nd", "a\nb\tc\r\nd"),
        ("A", "A"),
        ("ﬁ", "ﬁ"),  # not NFKC
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("\u202eabc", "\u202eabc"),
        ("<script>'\"&\\", "<script>'\"&\\"),
        ("x" * MAX_PROMPT, "x" * MAX_PROMPT),
        (" " * 99 + "x" * MAX_PROMPT + " ", "x" * MAX_PROMPT),
        ("\u1f82" * MAX_PROMPT, "\u1f82" * MAX_PROMPT),
        (unicodedata.normalize("NFD", "\u1f82" * MAX_PROMPT), "\u1f82" * MAX_PROMPT),
    ],
)
def test_prompts(given: str, read_as: str) -> None:
    assert read(prompt=given).prompt == read_as


@pytest.mark.parametrize(
    ("w", "h", "size"),
    [
        (1, 1, (1, 1)),
        (MAX_DIM, MAX_DIM + 1, (MAX_DIM, MAX_DIM)),
        (9999, 10, (MAX_DIM, 10)),
        (2**31, 2**63, (MAX_DIM, MAX_DIM)),
        (10**400, 10**4000, (MAX_DIM, MAX_DIM)),
    ],
)
def test_sizes_are_clamped(w: int, h: int, size: tuple[int, int]) -> None:
    assert read(w=w, h=h).size == Size(*size)


@pytest.mark.parametrize("seed", [0, 1, MAX_SEED])
def test_seeds(seed: int) -> None:
    assert read(seed=seed).seed == seed


def test_models_are_for_others_to_know() -> None:
    assert read(model="").model == ""
    assert read(model="x" * 9999).model == "x" * 9999


NO_NUMBER = [
    ABSENT, None, "64", "", True, False, 64.0, 64.5, -0.0, float("inf"), float("nan"), [], [64], {}, {"w": 64},
]  # fmt: skip
CONTROLS = [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)]

REFUSED: list[tuple[str, dict[str, Any]]] = [
    *(("prompt", {"prompt": value}) for value in (ABSENT, None, "", " ", "\n\t\u3000", 7, True, 1.5, ["a heron"], {"a": 1})),
    *(("prompt", {"prompt": f"a{chr(code)}b"}) for code in CONTROLS),
    *(("prompt", {"prompt": f"a{chr(code)}b"}) for code in (0xD800, 0xDBFF, 0xDC00, 0xDFFF)),
    ("prompt", {"prompt": "\udc00\ud83d"}),
    ("prompt", {"prompt": json.loads('"\\ud83d"')}),
    ("prompt", {"prompt": "x" * (MAX_PROMPT + 1)}),
    ("prompt", {"prompt": " " * (MAX_PROMPT * 4) + "x"}),
    ("prompt", {"prompt": "x" * 1_000_000}),
    ("prompt", {"prompt": "\u0301" * (MAX_PROMPT * 4 + 1)}),
    *((side, {side: value}) for side in ("w", "h") for value in [*NO_NUMBER, 0, -1, -(10**400)]),
    *(("seed", {"seed": value}) for value in ("1", "", True, False, 1.0, float("nan"), [], {}, -1, MAX_SEED + 1, 2**63, 10**400)),
    *(("model", {"model": value}) for value in (0, 1, True, 1.5, [], ["m"], {})),
    *(("body", {name: value}) for name in ("owner", "Prompt", "prompt ", "", "id", "state", "__proto__") for value in (None, 1)),
]


@pytest.mark.parametrize(("culprit", "changes"), REFUSED)
def test_every_refusal_names_its_field(culprit: str, changes: dict[str, Any]) -> None:
    with pytest.raises(BadParameter) as caught:
        read(**changes)
    assert caught.value.param == culprit
    assert str(caught.value).startswith(f"{culprit}: expected ")


@pytest.mark.parametrize("body", [{}, {"prompt": None, "w": None, "h": None}, {"w": 1, "h": 1}])
def test_of_several_faults_the_first_is_told(body: dict[str, Any]) -> None:
    with pytest.raises(BadParameter) as caught:
        read_ask(body, "o", "m")
    assert caught.value.param == "prompt"


def test_refusals_never_quote() -> None:
    for _, changes in REFUSED:
        with pytest.raises(BadParameter) as caught:
            read(**{**changes, "owner-canary": "canary"} if "w" in changes else {**changes, "w": "canary"})
        assert "canary" not in str(caught.value)


def test_nobody_chooses_his_owner() -> None:
    assert read_ask(BODY, "p", "m").owner == "p"
    assert "owner" not in FIELDS


def read_or_refusal(body: dict[str, Any]) -> Ask | str | None:
    try:
        return read_ask(body, "o", "m")
    except BadParameter as no:
        return no.param


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just([]) | st.just({})


@given(st.dictionaries(st.sampled_from([*FIELDS, "x"]), values, max_size=6))
def test_any_body_is_an_ask_or_a_refusal(body: dict[str, Any]) -> None:
    ask = read_or_refusal(body)
    if isinstance(ask, str):
        assert ask in (*FIELDS, "body")
        return
    assert len(job_mac(b"k", ask)) == 32
    again = {"prompt": ask.prompt, "w": ask.size.w, "h": ask.size.h, "seed": ask.seed, "model": ask.model}
    assert read_ask(again, "o", "m") == ask, "read once is read for ever"


@given(st.text(min_size=1, max_size=60))
def test_composed_or_decomposed_is_one_ask(prompt: str) -> None:
    composed, decomposed = (
        read_or_refusal({**BODY, "prompt": unicodedata.normalize(form, f" {prompt}\n")}) for form in ("NFC", "NFD")
    )
    assert composed == decomposed
