"""Replicate's words in ours: predictions, refusals, and which prediction came of an order."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placeholder.jobs.model import FAILURES
from placeholder.jobs.ports import NotStarted, Order, Prediction, Rejected, Unsure
from placeholder.providers.replicate_match import Match, match
from placeholder.providers.replicate_refusals import refusal
from placeholder.providers.replicate_words import ERRORS, parse_prediction, read_prediction

Make = Callable[..., Order]
ID = "vcscvthbaxrm80cq9xqtcbaw4m"
URL = "https://replicate.delivery/xezq/a/out-0.png"


def found(status: str, **more: Any) -> dict[str, Any]:
    return {"id": ID, "status": status, "input": {"prompt": "secret"}, "logs": "Prompt: secret", **more}


LOST = Prediction(ID, failure="output_lost")
NOTHING = Prediction(ID, failure="generation_failed", is_worth_another=True)
STOPPED = Prediction(ID, failure="timeout")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (found("starting"), Prediction(ID)),
        (found("processing"), Prediction(ID)),
        (found("processing", output=[URL]), Prediction(ID)),
        (found("succeeded", output=URL), Prediction(ID, output=URL)),
        (found("succeeded", output=[URL]), Prediction(ID, output=URL)),
        (found("succeeded", output=[None, URL, "https://other"]), Prediction(ID, output=URL)),
        (found("succeeded", output=["text", URL]), Prediction(ID, output=URL)),
        (found("succeeded", output=["http://127.0.0.1:9911/a.png"]), Prediction(ID, output="http://127.0.0.1:9911/a.png")),
        (found("succeeded", output=URL, data_removed=True), Prediction(ID, output=URL)),
        (found("succeeded", output=None), NOTHING),
        (found("succeeded"), NOTHING),
        (found("succeeded", output=[]), NOTHING),
        (found("succeeded", output={"url": URL}), NOTHING),
        (found("succeeded", output=7), NOTHING),
        (found("succeeded", output="data:image/png;base64,AAAA"), NOTHING),
        (found("succeeded", output="file:///etc/passwd"), NOTHING),
        (found("succeeded", output=" " + URL), NOTHING),
        (found("succeeded", output=URL + "\n"), NOTHING),
        (found("succeeded", output="https://\ud800"), NOTHING),
        (found("succeeded", output="https://" + "a" * 5000), NOTHING),
        (found("succeeded", output=None, data_removed=True), LOST),
        (found("succeeded", output=[], data_removed=True), LOST),
        (found("canceled"), STOPPED),
        (found("aborted"), STOPPED),
        (found("failed", error=None), Prediction(ID, failure="generation_failed")),
        (found("failed"), Prediction(ID, failure="generation_failed")),
        (found("failed", error={"code": "PA"}), Prediction(ID, failure="generation_failed")),
        (found("exploded"), None),
        (found(""), None),
        ({"id": ID}, None),
        ({"id": ID, "status": ["succeeded"]}, None),
        ({"status": "starting"}, None),
        ([found("starting")], None),
        (None, None),
        ("succeeded", None),
        (1, None),
    ],
)
def test_predictions(given: Any, read: Prediction | None) -> None:
    assert read_prediction(given) == read
    assert parse_prediction(json.dumps(given).encode()) == read


@pytest.mark.parametrize(
    ("error", "code", "again"),
    [
        ("NSFW content detected. Try running it again, or try a different prompt.", "blocked", False),
        ("All generated images contained NSFW content. Try running it again with a different prompt.", "blocked", False),
        ("The input or output was flagged as sensitive. Please try again with different inputs. (E005) (uIJ6)", "blocked", False),
        ("Prediction failed: Async prediction failed: ModelError: flagged as sensitive (E005) (x)", "blocked", False),
        ("Prediction interrupted; please retry (code: PA)", "generation_failed", True),
        *((f"Director: unexpected error handling prediction (E{n})", "generation_failed", True) for n in (1000, 6716, 8367)),
        *(
            (f"Director: unexpected error handling prediction (E{n})", "generation_failed", True)
            for n in (8765, 9243, 9825, 9828)
        ),
        ("Director: unexpected error handling prediction (E1001)", "generation_failed", False),
        ("Director: unexpected error handling prediction (E4875)", "generation_failed", False),
        ("CUDA out of memory", "generation_failed", False),
        ("E10000", "generation_failed", False),
        ("", "generation_failed", False),
        ("x" * 10_000_000, "generation_failed", False),
    ],
)
def test_errors(error: str, code: str, again: bool) -> None:
    read = read_prediction(found("failed", error=error))
    assert read == Prediction(ID, failure=code, is_worth_another=again)
    assert code in FAILURES


def test_every_code_is_one_of_ours() -> None:
    assert {code for _, code, _ in ERRORS} <= FAILURES.keys()


@pytest.mark.parametrize("id", ["", "a" * 65, "A", "a/b", "a.b", "..", "a\n", "é", None, 7, ["a"]])
def test_a_name_that_is_none(id: Any) -> None:
    assert read_prediction({"id": id, "status": "starting"}) is None


@pytest.mark.parametrize("id", ["a", "a" * 64, "0-9"])
def test_names(id: str) -> None:
    assert read_prediction({"id": id, "status": "starting"}) == Prediction(id)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null", b"[1]", b"1e999", b"[" * 100_000, b'{"id":1}', b"<html>"])
def test_a_body_that_is_no_prediction(body: bytes) -> None:
    assert parse_prediction(body) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("id", "status", "output", "error", "data_removed"), JSON)), st.binary())
def test_nothing_raises(given: dict[str, Any], body: bytes) -> None:
    read_prediction(given)
    read_prediction({**given, "id": ID})
    for status in ("succeeded", "failed"):
        assert read_prediction({**given, "id": ID, "status": status})
    parse_prediction(body)


def test_no_word_of_the_providers_passes() -> None:
    for status in ("starting", "failed", "succeeded", "canceled"):
        read = read_prediction(found(status, error="secret", model="secret"))
        assert read
        assert "secret" not in str(asdict(read))


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("status", [400, 404, 405, 410, 413, 414, 415, 422])
def test_what_fails_again(status: int) -> None:
    refused = refusal(status, {}, b'{"detail":"- input.prompt: secret"}')
    assert isinstance(refused, Rejected)
    assert refused.code == "invalid"
    assert "secret" not in repr(refused)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_what_is_closed(status: int) -> None:
    refused = refusal(status, {}, b"")
    assert isinstance(refused, NotStarted)
    assert refused.is_closed


@pytest.mark.parametrize("status", [0, 100, 200, 204, 301, 302, 307, 408, 409, 418, 425, 499, 500, 502, 503, 504, 520, 599, 700])
def test_what_says_nothing(status: int) -> None:
    assert isinstance(refusal(status, {"retry-after": "7"}, b'{"retry_after":7}'), Unsure)


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({}, {"retry_after": 7}, 7),
        ({}, {"retry_after": 0.5}, 0.5),
        ({}, {"retry_after": 999_999_999}, 60),
        ({}, {"retry_after": 10**400}, None),
        ({}, {"retry_after": -3}, 0),
        ({}, {"retry_after": True}, None),
        ({}, {"retry_after": "7"}, None),
        ({}, {"retry_after": None}, None),
        ({}, {}, None),
        ({}, [7], None),
        ({}, None, None),
        ({"ratelimit-reset": "3"}, {}, 3),
        ({"ratelimit-reset": "3", "retry-after": "9"}, {}, 3),
        ({"retry-after": "9"}, {}, 9),
        ({"retry-after": "9"}, {"retry_after": 4}, 4),
        ({"retry-after": "999999999"}, {}, 60),
        ({"retry-after": "9" * 5000}, {}, 60),
        ({"retry-after": "²"}, {}, None),
        ({"retry-after": "-1"}, {}, None),
        ({"retry-after": "1.5"}, {}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, {}, None),
        ({"retry-after": ""}, {}, None),
    ],
)
def test_how_long_a_throttled_client_waits(headers: dict[str, str], body: Any, wait: float | None) -> None:
    """What it is told, up to a minute."""
    refused = refusal(429, headers, json.dumps(body).encode())
    assert isinstance(refused, NotStarted)
    assert refused.wait == wait
    assert not refused.is_closed


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff", b"NaN", b'{"retry_after": Infinity}', b'{"retry_after": NaN}', b"[" * 100_000]
)
def test_a_throttling_without_sense(body: bytes) -> None:
    refused = refusal(429, {}, body)
    assert isinstance(refused, NotStarted)
    assert refused.wait is None


# ---------------------------------------------------------------- matches


HOOK = "https://placeholder.test/ai/replicate-webhook?job=a&e=1&a=1&t=x"
SCHNELL = "black-forest-labs/flux-schnell"
AT = "2027-01-15T08:00:00.123456789Z"
"""Of the order's second."""
ASKED = {"model": SCHNELL, "created_at": AT, "input": {"prompt": "p", "seed": 42, "go_fast": True}}


@pytest.mark.parametrize(
    ("given", "hook", "is_whole", "verdict"),
    [
        # The webhook decides.
        ({"webhook": HOOK}, HOOK, False, Match.YES),
        ({"webhook": HOOK + "&"}, HOOK, False, Match.NO),
        ({**ASKED, "webhook": "https://elsewhere"}, HOOK, False, Match.NO),
        ({**ASKED, "webhook": HOOK}, None, False, Match.YES),  # sent while we had an address
        # A list that tells no webhooks.
        (ASKED, HOOK, False, Match.OPEN),
        ({**ASKED, "webhook": None}, HOOK, False, Match.OPEN),
        ({**ASKED, "input": {}}, HOOK, False, Match.OPEN),
        ({"model": SCHNELL}, HOOK, False, Match.OPEN),
        ({"model": "other/model"}, HOOK, False, Match.NO),
        ({**ASKED, "input": {"prompt": "p", "seed": 43}}, HOOK, False, Match.NO),
        # A whole prediction that tells none.
        (ASKED, HOOK, True, Match.YES),
        ({"model": SCHNELL}, HOOK, True, Match.NO),
        # An order without a webhook.
        (ASKED, None, False, Match.YES),
        ({**ASKED, "input": {"prompt": "q", "seed": 42}}, None, False, Match.NO),
        ({**ASKED, "input": {"prompt": "p"}}, None, False, Match.NO),
        ({**ASKED, "model": "black-forest-labs/flux-dev"}, None, False, Match.NO),
        ({**ASKED, "created_at": "2027-01-15T07:59:55.5Z"}, None, False, Match.YES),
        ({**ASKED, "created_at": "2027-01-15T07:59:54.9Z"}, None, False, Match.NO),
        ({**ASKED, "created_at": "yesterday"}, None, False, Match.YES),
        ({**ASKED, "input": {}}, None, False, Match.OPEN),
        ({**ASKED, "input": "p"}, None, True, Match.NO),
    ],
)
def test_which_prediction_came_of_an_order(
    order: Make, given: dict[str, Any], hook: str | None, is_whole: bool, verdict: Match
) -> None:
    asked = order(prompt="p", seed=42, webhook=hook, sent_at=1_800_000_000.0)
    assert match(given, asked, is_whole=is_whole) is verdict


def test_a_model_without_a_seed_is_known_by_all_its_inputs(order: Make) -> None:
    asked = order(prompt="p", model="google/imagen-4-fast")
    inputs = {"prompt": "p", "aspect_ratio": "4:3", "output_format": "png"}
    assert match({"model": "google/imagen-4-fast", "input": inputs}, asked, is_whole=True) is Match.YES
    assert match({"model": "google/imagen-4-fast", "input": {**inputs, "aspect_ratio": "1:1"}}, asked, is_whole=True) is Match.NO
