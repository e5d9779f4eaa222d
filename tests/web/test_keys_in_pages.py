"""POST /ai from pages: which key works where, what a publishable one allows and how often, and submit tokens."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from fixtures.imagining import FOX, JSON, KEY, SECRET, Imagining, Reply, Service

from placeholder.db.tables import usage
from placeholder.keys import tokens
from placeholder.keys.model import Key, Kind
from placeholder.keys.permits import ANY_ORIGIN, mint, read_statement, signing_secret
from placeholder.keys.service import revoke, rotate
from placeholder.vault import Vault

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOP, OTHER = "https://shop.example", "https://other.example"
OWN = "http://placeholder.test"
"""What `scope_of` names as the Host."""
SIGNING_KEY = Vault(SECRET).signing_key
DAY = 86400
REPLICATE = {"provider": "replicate", "REPLICATE_API_TOKEN": "r8_" + "x" * 37}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service(imagining: Imagining) -> AsyncIterator[Service]:
    async with imagining(public_url="https://pics.example", client_address_header="X-Real-IP") as opened:
        yield opened


def public(service: Service, **chosen: Any) -> str:
    """A publishable key for the pages of SHOP."""
    return service.key(**{"kind": Kind.PUBLISHABLE, "origins": frozenset((SHOP,)), **chosen})


def at(origin: str | None, **more: str) -> dict[str, str]:
    return {**({"Origin": origin} if origin is not None else {}), **more}


def check_refusal(answer: Reply, status: int, code: str, param: str | None = None) -> str:
    """A page can read why (and what is not there stays so); the sentence."""
    assert answer.status == status, answer.body
    told = answer.json()
    assert list(told) == ["error", "code", "param"]
    assert (told["code"], told["param"]) == (code, param)
    assert answer["access-control-allow-origin"] == "*"
    assert answer["access-control-allow-credentials"] is None
    assert answer["cache-control"] == "no-store"
    assert (answer["www-authenticate"] == "Bearer") is (status == 401)
    sentence: str = told["error"]
    return sentence


# ---------------------------------------------------------------- secret keys in pages

BROWSERS = [
    at(SHOP),
    at("null"),
    at("garbage"),
    at(None, **{"Sec-Fetch-Site": "cross-site"}),
    at(OWN),
    at("https://pics.example"),
]


@pytest.mark.parametrize("headers", BROWSERS, ids=str)
async def test_a_secret_key_works_in_any_page_unless_configured_otherwise(headers: dict[str, str], service: Service) -> None:
    assert (await service.post(headers=headers)).status == 200
    assert (await service.post(key=service.key(), headers=headers)).status == 200


async def test_origins_are_listed(imagining: Imagining) -> None:
    async with imagining(cors_origins=f"{SHOP}, http://localhost:3000", public_url="https://pics.example") as service:
        fine = [{}, at(SHOP), at("HTTPS://Shop.Example:443"), at("http://localhost:3000"), at(OWN), at("https://pics.example"),
                at(None, **{"Sec-Fetch-Site": "same-origin"})]  # fmt: skip
        foreign = [at(OTHER), at("null"), at("garbage"), at(SHOP + "/"), at("http://shop.example"), at(SHOP + ":8443"),
                   at(None, **{"Sec-Fetch-Site": "cross-site"}), at("")]  # fmt: skip
        for key in (KEY, service.key()):
            assert [(await service.post(key=key, headers=headers)).status for headers in fine] == [200] * len(fine)
            for headers in foreign:
                check_refusal(await service.post(key=key, headers=headers), 403, "origin_not_allowed")
            check_refusal(await service.post(key=key, headers=[("Origin", SHOP), ("Origin", SHOP)]), 403, "origin_not_allowed")


async def test_secret_keys_are_refused_from_browsers_where_that_is_configured(imagining: Imagining) -> None:
    async with imagining(refuse_secret_keys_from_browsers=True, cors_origins=SHOP) as service:
        for key in (KEY, service.key()):
            assert (await service.post(key=key)).status == 200
            for headers in [*BROWSERS, at(None, **{"Sec-Fetch-Site": "same-origin"})]:
                answer = await service.post(key=key, headers=headers)
                sentence = check_refusal(answer, 403, "secret_key_in_browser")
                assert "placeholder keys create --publishable" in sentence
                assert "placeholder tokens mint" in sentence
                assert key.encode() not in answer.everything
        assert (await service.post(key=public(service), headers=at(SHOP))).status == 200
        check_refusal(await service.post(key="junk", headers=at(SHOP)), 401, "invalid_api_key")


async def test_who_is_refused_is_so_before_the_body_is_read(imagining: Imagining) -> None:
    async with imagining(cors_origins=OTHER) as service:
        headers = {"Authorization": f"Bearer {KEY}", **JSON, "Origin": SHOP}
        for body in (b"{", b"x" * 300_000):
            check_refusal(await service.ask("/ai", "POST", headers, body), 403, "origin_not_allowed")


# ---------------------------------------------------------------- publishable keys


@pytest.mark.parametrize("origin", [SHOP, "HTTPS://SHOP.example:443", OWN, "https://placeholder.test", "https://pics.example"])
async def test_a_publishable_key_works_in_its_pages_and_in_ours(origin: str, service: Service) -> None:
    answer = await service.post(key=public(service), headers=at(origin))
    assert answer.status == 200
    assert answer["access-control-allow-origin"] == "*"


LIMITED = {"models": frozenset(("black-forest-labs/flux-schnell", "google/imagen-4")), "max_side": 1024}


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({}, None),
        ({"model": None, "w": 1024, "h": 1024}, None),
        ({"model": "flux-schnell"}, None),
        ({"model": "imagen-4"}, None),
        ({"model": "google/imagen-4", "w": 1, "h": 1}, None),
        ({"model": "flux-dev"}, "model"),
        ({"model": "imagen-4-ultra", "w": 2000}, "model"),
        ({"w": 1025}, "w"),
        ({"h": 1025}, "h"),
        ({"w": 10**30, "h": 1}, "w"),
        ({"w": 2048, "h": 2048}, "w"),
    ],
)
async def test_what_it_allows(fields: dict[str, Any], param: str | None, service: Service) -> None:
    before = await service.count()
    answer = await service.post({**FOX, "prompt": "limits", **fields}, key=public(service, **LIMITED), headers=at(SHOP))
    if param is None:
        assert answer.status == 200
        return
    sentence = check_refusal(answer, 403, "key_limit", param)
    assert sentence.startswith(f"{param}: expected ")
    assert ("google/imagen-4" if param == "model" else "1024 pixels") in sentence
    assert await service.count() == before


async def test_what_no_key_may_is_said_before_what_this_one_may(service: Service) -> None:
    key = public(service, **LIMITED)
    for fields, param in (({"model": "none"}, "model"), ({"w": 0}, "w"), ({"h": "9999"}, "h")):
        check_refusal(await service.post({**FOX, **fields}, key=key, headers=at(SHOP)), 400, "invalid_parameter", param)


async def test_an_address_has_its_share(imagining: Imagining, database_url: str) -> None:
    """A refused one takes nothing off the key's day, nor the other way round; and what is there costs nothing."""
    async with imagining(database_url=database_url, client_address_header="X-Real-IP") as service:
        key = public(service, jobs_per_day=4, jobs_per_address=2)

        async def asks(prompt: str, address: str) -> Reply:
            return await service.post({**FOX, "prompt": prompt}, key=key, headers=at(SHOP, **{"X-Real-IP": address}))

        for prompt, left in (("a", "1"), ("b", "0")):
            answer = await asks(prompt, "2001:db8::1")
            assert (answer.status, answer["ratelimit-limit"], answer["ratelimit-remaining"]) == (200, "2", left)
        for address in ("2001:db8::1", "2001:db8::ffff"):
            answer = await asks("c", address)
            sentence = check_refusal(answer, 429, "over_budget")
            assert sentence == "This address has used up its share of this key's jobs for today"
            assert (answer["ratelimit-limit"], answer["ratelimit-remaining"]) == ("2", "0")
            assert 0 < int(answer["retry-after"] or "") <= DAY
            assert "Retry-After" in (answer["access-control-expose-headers"] or "")
        assert (await asks("a", "2001:db8::1")).status == 200, "it is there already"
        assert (await asks("c", "::ffff:203.0.113.7")).status == 200
        assert (await asks("d", "203.0.113.7")).status == 200
        sentence = check_refusal(await asks("e", "198.51.100.1"), 429, "over_budget")
        assert sentence == "This key has used up its jobs for today"
        rows = sorted(row[2] for row in await service.rows(usage))
        assert rows == [2, 2, 4], "two addresses and the key; nobody who was refused"
        told = repr(await service.everything())
        assert "2001:db8" not in told
        assert "203.0.113.7" not in told
        assert await service.count() == 4


async def test_a_share_holds_for_keys_without_another_budget(service: Service) -> None:
    key = public(service, jobs_per_address=1)
    asked = [("one", "198.51.100.1"), ("two", "198.51.100.1"), ("three", "198.51.100.2"), ("four", "junk"), ("five", "junk")]
    statuses = [
        (await service.post({**FOX, "prompt": f"share {word}"}, key=key, headers=at(SHOP, **{"X-Real-IP": address}))).status
        for word, address in asked
    ]
    assert statuses == [200, 429, 200, 200, 429], "what is no address is the proxy's"


async def test_keys_of_one_owner_share_their_pictures(service: Service) -> None:
    key, secret = public(service, owner="anna"), service.key(owner="anna")
    told = [(await service.post({**FOX, "prompt": "shared"}, key=one, headers=at(SHOP))).json()["id"] for one in (key, secret)]
    assert told[0] == told[1]


# ---------------------------------------------------------------- the front page's own key


async def test_the_front_page_has_a_key_where_pictures_cost_nothing(service: Service) -> None:
    token = service.state.ai.playground
    assert tokens.is_wellformed(token)
    assert token.startswith("pk_")
    answer = await service.post({**FOX, "prompt": "played"}, key=token, headers=at(OWN))
    assert answer.status == 200
    job = await service.job(answer.json()["id"])
    assert (job.owner, job.key_id) == ("playground", "playground")
    assert (answer["ratelimit-limit"], answer["ratelimit-remaining"]) == ("200", "199")
    for headers in ({}, at(SHOP), at("null"), at(None, **{"Sec-Fetch-Site": "same-origin"})):
        check_refusal(await service.post(key=token, headers=headers), 403, "origin_not_allowed")
    check_refusal(await service.post({**FOX, "w": 1025}, key=token, headers=at(OWN)), 403, "key_limit", "w")


async def test_it_is_the_same_in_every_process_and_another_under_another_secret(imagining: Imagining) -> None:
    found = []
    for secret in (SECRET, SECRET, SECRET[::-1]):
        async with imagining(secret=secret) as service:
            found.append(service.state.ai.playground)
    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("chosen", [{"playground": False}, REPLICATE, {"provider": "cog", "cog_url": "http://127.0.0.1:9"}])
async def test_elsewhere_it_has_none(imagining: Imagining, chosen: dict[str, Any]) -> None:
    async with imagining() as service:
        token = service.state.ai.playground
    async with imagining(**chosen) as service:
        assert service.state.ai.playground is None
        check_refusal(await service.post(key=token, headers=at(OWN)), 401, "invalid_api_key")


# ---------------------------------------------------------------- submit tokens


def signed(key: Key, fields: dict[str, Any], origin: str = ANY_ORIGIN, seconds: float = 3600) -> str:
    """A token for a body with these fields."""
    said = read_statement(fields)
    assert said is not None
    return mint(signing_secret(SIGNING_KEY, key.id), said, int(time.time() + seconds), origin)


def a_key(service: Service, **chosen: Any) -> tuple[Key, str]:
    return service.made_key(**{"id": "", "name": "test", "owner": "tester", "scopes": frozenset(("ai:create",)), **chosen})


@pytest.mark.parametrize(
    ("origin", "headers", "is_fine"),
    [
        *((ANY_ORIGIN, headers, True) for headers in ({}, at(SHOP), at("null"), at("garbage"), at(OWN))),
        (SHOP, at(SHOP), True),
        (SHOP, at("HTTPS://Shop.example:443"), True),
        ("null", at("null"), True),
        *((SHOP, headers, False) for headers in ({}, at(OTHER), at("null"), at(SHOP + "/"), at(OWN), at("http://shop.example"))),
        (SHOP, [("Origin", SHOP), ("Origin", SHOP)], False),
        ("?", at("garbage"), False),
        ("", at(""), False),
        ("HTTPS://Shop.example:443", at("HTTPS://Shop.example:443"), False),
    ],
)
async def test_a_token_works_where_it_was_made_for(origin: str, headers: Any, is_fine: bool, service: Service) -> None:
    """Whatever is configured for keys in pages."""
    key, _ = a_key(service)
    fields = {**FOX, "prompt": "from a page"}
    answer = await service.post(fields, key=signed(key, fields, origin), headers=headers)
    if is_fine:
        assert answer.status == 200
    else:
        assert "not for this request" in check_refusal(answer, 401, "invalid_token")


async def test_nor_do_the_rules_for_secret_keys_hold_for_it(imagining: Imagining) -> None:
    async with imagining(refuse_secret_keys_from_browsers=True, cors_origins=OTHER) as service:
        assert (await service.post(key=signed(a_key(service)[0], FOX), headers=at(SHOP))).status == 200


async def test_its_job_is_its_key_s(service: Service) -> None:
    """The same ask with the key itself is the same job, and the budget is the key's."""
    key, secret = a_key(service, owner="berta", jobs_per_day=5)
    fields = {**FOX, "prompt": "  Füchse\nim 雪 🦊  ", "model": "flux-dev", "seed": 7}
    first = await service.post(fields, key=signed(key, fields))
    assert (first.status, first["ratelimit-remaining"]) == (200, "4")
    job = await service.job(first.json()["id"])
    assert (job.owner, job.key_id, job.model, job.seed) == ("berta", key.id, "black-forest-labs/flux-dev", 7)
    assert service.vault.open(job.id, job.prompt or b"") == "Füchse\nim 雪 🦊"
    assert (await service.post(fields, key=secret)).json()["id"] == job.id
    again = await service.post(fields, key=signed(key, fields, SHOP), headers=at(SHOP))
    assert (again.json()["id"], again["ratelimit-remaining"]) == (job.id, None)


async def test_sent_again_and_again_it_is_one_job(service: Service) -> None:
    """However its prompt's ends and line ends are written."""
    key, _ = a_key(service, jobs_per_day=1)
    token = signed(key, {**FOX, "prompt": "a\nb"})
    told = set()
    for prompt in ("a\nb", "a\r\nb", "a\rb", " a\nb\t", "\r\n\va\nb\f\r\n", "a\nb"):
        answer = await service.post({**FOX, "prompt": prompt}, key=token)
        assert answer.status == 200, answer.body
        told.add(answer.json()["id"])
    assert len(told) == 1
    check_refusal(await service.post({**FOX, "prompt": "more"}, key=signed(key, {**FOX, "prompt": "more"})), 429, "over_budget")


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "another"},
        {"prompt": "A red fox"},
        {"prompt": "a red  fox"},
        {"prompt": "a red fox\u00a0"},
        {"prompt": "a red fo\u0078\u0301"},
        {"prompt": "a red fox\x00"},
        {"prompt": "a red fox\ud800"},
        {"prompt": "\udfff"},
        {"w": 511},
        {"h": 511},
        {"w": 512.0},
        {"w": "512"},
        {"w": True},
        {"w": None},
        {"w": 10**3000},
        {"model": "flux-schnell"},
        {"model": "black-forest-labs/flux-schnell"},
        {"model": ""},
        {"model": "\n"},
        {"model": "\ud800"},
        {"model": 5},
        {"seed": 0},
        {"seed": 42},
        {"seed": -1},
        {"seed": ""},
        {"seed": 1.5},
        {"prompt": None},
        {"prompt": ["a red fox"]},
    ],
    ids=lambda value: ascii(value)[:50],
)
async def test_it_is_good_for_nothing_else(fields: dict[str, Any], service: Service) -> None:
    """Its size as the body says it, not as it is clamped; its model by the very name."""
    before = await service.everything()
    key, _ = a_key(service)
    plain = {"prompt": "a red fox", "w": 512, "h": 512}
    answer = await service.post({**plain, **fields}, key=signed(key, plain))
    sentence = check_refusal(answer, 401, "invalid_token")
    assert all(word in sentence for word in ("prompt", "size", "model", "seed", "origin"))
    assert await service.everything() == before


async def test_what_was_signed_has_to_be_a_sound_request_still(service: Service) -> None:
    """Surrogates and NUL too, and whatever a careless server may sign: 400, never 500."""
    key, _ = a_key(service, owner="careless")
    plain = {"prompt": "a", "w": 1, "h": 1}
    bad: list[tuple[dict[str, Any], str]] = [
        *(({"prompt": prompt}, "prompt") for prompt in ("", " \r\n ", "a\x00", "\ud800", "a\x07b", "x" * 4001, "\u2003")),
        *(({"w": side}, "w") for side in (0, -1)),
        *(({"seed": seed}, "seed") for seed in (-1, 2**31)),
        *(({"model": model}, "model") for model in ("none", "\ud800", "a\rb")),
        ({"surplus": 1}, "body"),
    ]
    for fields, param in bad:
        body = {**plain, **fields}
        check_refusal(await service.post(body, key=signed(key, body)), 400, "invalid_parameter", param)
    clamped = {**plain, "w": 10**6}
    assert (await service.post(clamped, key=signed(key, clamped))).json()["width"] == 2048
    blocked = {**plain, "prompt": "jailbait"}
    assert (await service.post(blocked, key=signed(key, blocked))).status == 422


async def test_null_is_the_same_as_absent(service: Service) -> None:
    token = signed(a_key(service)[0], FOX)
    assert (await service.post({**FOX, "model": None, "seed": None}, key=token)).status == 200


FINE = "st_0123456789ab.1800000000." + "A" * 43


@pytest.mark.parametrize(
    "token",
    [
        *(
            "st_x",
            "st_..",
            FINE[:-1],
            FINE + "A",
            FINE + "=",
            FINE.replace(".", "-"),
            FINE.replace("ab", "AB"),
            "st_" + "x" * 180,
        ),
        *(FINE.replace("1800000000", exp) for exp in ("0", "01800000000", "+1800000000", "-1", "1" * 13, "9" * 60, "1.8", "1_8")),
        *(FINE.replace("A" * 43, mac) for mac in ("", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "+", "A" * 42 + "/")),
    ],
    ids=lambda token: token[:60],
)
async def test_what_is_malformed_is_refused_before_the_body_is_read(token: str, service: Service) -> None:
    for body in (json.dumps(FOX).encode(), b"{", b"x" * 300_000):
        answer = await service.ask("/ai", "POST", {"Authorization": f"Bearer {token}", **JSON}, body)
        sentence = check_refusal(answer, 401, "invalid_token")
        assert "malformed" in sentence
        assert token not in sentence


@pytest.mark.parametrize(
    "values",
    [
        ["Bearer st_0123456789ab.\xb2800000000." + "A" * 43],
        ["Bearer " + FINE + "\x00"],
        ["Bearer " + FINE + " " + FINE],
        ["Bearer " + FINE, "Bearer " + FINE],
        [f"Bearer {KEY}", "Bearer " + FINE],
        ["Basic " + FINE],
        [FINE],
        ["Bearer st_" + "9" * 5000],
    ],
    ids=lambda values: ascii(values)[:60],
)
async def test_what_no_header_may_carry_is_no_token(values: list[str], service: Service) -> None:
    headers = [*(("Authorization", value) for value in values), *JSON.items()]
    check_refusal(await service.ask("/ai", "POST", headers, json.dumps(FOX).encode()), 401, "invalid_api_key")


async def test_one_that_ends_too_late_is_refused_before_the_body_is_read(service: Service) -> None:
    key, _ = a_key(service)
    assert (await service.post(key=signed(key, FOX, seconds=DAY + 290))).status == 200
    for seconds in (DAY + 310, DAY * 2, DAY * 365, 10**11):
        headers = {"Authorization": f"Bearer {signed(key, FOX, seconds=seconds)}", **JSON}
        for body in (json.dumps(FOX).encode(), b"{"):
            assert "ends too late" in check_refusal(await service.ask("/ai", "POST", headers, body), 401, "invalid_token")


async def test_another_service_s_or_a_forged_one_is_refused(service: Service) -> None:
    key, secret = a_key(service)
    said = read_statement(FOX)
    assert said is not None
    exp = int(time.time()) + 60
    foreign = mint(signing_secret(Vault(SECRET[::-1]).signing_key, key.id), said, exp)
    other, _ = a_key(service)
    swapped = signed(key, FOX).replace(key.id, other.id)
    nobodys = mint(signing_secret(SIGNING_KEY, "0" * 12), said, exp)
    for token in (foreign, swapped, nobodys):
        check_refusal(await service.post(key=token), 401, "invalid_token")
    publishable, _ = a_key(service, kind=Kind.PUBLISHABLE, origins=frozenset((SHOP,)))
    for headers in ({}, at(SHOP)):
        check_refusal(await service.post(key=signed(publishable, FOX), headers=headers), 401, "invalid_token")
    no_scope, _ = a_key(service, scopes=frozenset())
    check_refusal(await service.post(key=signed(no_scope, FOX)), 403, "insufficient_scope")
    assert secret.encode() not in b"".join([(await service.post(key=foreign)).everything])


async def test_a_body_that_is_none_is_told_as_ever(service: Service) -> None:
    token = signed(a_key(service)[0], FOX)
    headers = {"Authorization": f"Bearer {token}", **JSON}
    check_refusal(await service.ask("/ai", "POST", headers, b"{"), 400, "invalid_parameter", "body")
    check_refusal(await service.ask("/ai", "POST", headers, b"[]"), 400, "invalid_parameter", "body")
    check_refusal(await service.ask("/ai", "POST", headers, b"x" * 70_000), 413, "body_too_large")
    check_refusal(
        await service.ask("/ai", "POST", {**headers, "Content-Type": "text/plain"}, b"{}"), 415, "unsupported_media_type"
    )


# ---------------------------------------------------------------- the end of a token


@pytest.mark.parametrize("seconds", [0, -1, -DAY * 365])
async def test_one_that_has_expired_starts_nothing(seconds: float, service: Service) -> None:
    key, _ = a_key(service, owner=f"late {seconds}")
    before = await service.everything()
    for fields in ({**FOX, "prompt": "too late"}, {**FOX, "prompt": "too late", "seed": 5, "model": "flux-dev"}):
        check_refusal(await service.post(fields, key=signed(key, fields, seconds=seconds)), 401, "token_expired")
    assert await service.everything() == before


@pytest.mark.parametrize("phase", ["queued", "submitting", "running", "fetching", "ready"])
async def test_it_still_tells_of_the_picture_that_it_has_started(phase: str, service: Service) -> None:
    """In whatever state it is, with what to paint at once; and that is free."""
    fields = {"prompt": f"an open page {phase}", "w": 64, "h": 48}
    job = await service.stand(phase, prompt=fields["prompt"])
    key, secret = a_key(service, owner=job.owner, jobs_per_day=0)
    token = signed(key, fields, seconds=-60)
    before = await service.everything()
    answer = await service.post(fields, key=token)
    assert answer.status == 200
    assert answer.json() == (await service.post(fields, key=secret)).json()
    assert answer.json()["id"] == job.id
    assert await service.everything() == before


@pytest.mark.parametrize(("phase", "code"), [("failed", "timeout"), ("failed", "blocked"), ("purged", "")])
async def test_it_begins_nothing_anew(phase: str, code: str, service: Service) -> None:
    fields = {"prompt": f"never anew {phase} {code}", "w": 64, "h": 48}
    job = await service.stand(phase, prompt=fields["prompt"], code=code)
    key, _ = a_key(service, owner=job.owner)
    check_refusal(await service.post(fields, key=signed(key, fields, seconds=-60)), 401, "token_expired")
    assert await service.job(job.id) == job


async def test_of_another_s_job_it_tells_nothing(service: Service) -> None:
    fields = {**FOX, "prompt": "whose?"}
    assert (await service.post(fields, key=service.key(owner="a"))).status == 200
    key, _ = a_key(service, owner="b")
    check_refusal(await service.post(fields, key=signed(key, fields, seconds=-60)), 401, "token_expired")


async def test_what_does_not_fit_is_said_before_that_it_has_expired(service: Service) -> None:
    key, _ = a_key(service)
    token = signed(key, FOX, SHOP, seconds=-60)
    check_refusal(await service.post({**FOX, "seed": 1}, key=token, headers=at(SHOP)), 401, "invalid_token")
    check_refusal(await service.post(key=token, headers=at(OTHER)), 401, "invalid_token")


async def test_a_revoked_key_s_tokens_are_refused_be_they_valid_or_expired(imagining: Imagining, database_url: str) -> None:
    async with imagining(database_url=database_url) as service:
        key, _ = a_key(service)
        tokens_of = [signed(key, FOX), signed(key, FOX, seconds=-60)]
        assert (await service.post(key=service.key(owner="tester"))).status == 200
        assert revoke(service.database, key.id)
        for token in tokens_of:
            assert "was revoked" in check_refusal(await service.post(key=token), 401, "invalid_token")


async def test_a_rotated_key_s_tokens_are_good_for_as_long_as_the_key(imagining: Imagining, database_url: str) -> None:
    async with imagining(database_url=database_url) as service:
        key, _ = a_key(service)
        rotated = rotate(service.database, service.vault.pepper, key.id, 3600)
        ended = a_key(service)[0]
        assert rotate(service.database, service.vault.pepper, ended.id, 0)
        assert rotated
        told = [(await service.post(key=signed(one, FOX))).json()["id"] for one in (key, rotated[0])]
        assert told[0] == told[1]
        assert "has expired" in check_refusal(await service.post(key=signed(ended, FOX)), 401, "invalid_token")


# ---------------------------------------------------------------- answered from memory


async def test_no_refusal_is_skipped_by_an_answer_that_was_just_given(service: Service) -> None:
    """The same body and the same key, from elsewhere, within the time that an answer is kept."""
    key = public(service)
    for prompt in ("kept a", "kept b", "kept c"):
        fields = {**FOX, "prompt": prompt}
        for _ in range(2):
            assert (await service.post(fields, key=key, headers=at(SHOP))).status == 200
        for headers in (
            at(OTHER),
            {},
            at("null"),
            [("Origin", SHOP), ("Origin", SHOP)],
            at(OTHER, **{"Sec-Fetch-Site": "cross-site"}),
        ):
            check_refusal(await service.post(fields, key=key, headers=headers), 403, "origin_not_allowed")
        own = at("http://here.test", Host="here.test")
        assert (await service.post(fields, key=key, headers=own)).status == 200
        check_refusal(await service.post(fields, key=key, headers=at("http://here.test")), 403, "origin_not_allowed")


async def test_nor_is_one_of_a_secret_key(imagining: Imagining) -> None:
    async with imagining(cors_origins=SHOP) as service:
        for _ in range(2):
            assert (await service.post(headers=at(SHOP))).status == 200
        for _ in range(2):
            assert (await service.post()).status == 200
        for headers in (at(OTHER), at(None, **{"Sec-Fetch-Site": "cross-site"})):
            check_refusal(await service.post(headers=headers), 403, "origin_not_allowed")
        assert (await service.post(headers=at(None, **{"Sec-Fetch-Site": "same-origin"}))).status == 200


async def test_nor_one_of_a_token(service: Service) -> None:
    key, _ = a_key(service)
    token = signed(key, FOX, SHOP)
    for _ in range(2):
        assert (await service.post(key=token, headers=at(SHOP))).status == 200
    check_refusal(await service.post(key=token, headers=at(OTHER)), 401, "invalid_token")
    check_refusal(await service.post(key=token), 401, "invalid_token")


# ---------------------------------------------------------------- nothing leaks


async def test_no_refusal_shows_a_key_a_token_or_a_prompt(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    key, secret = a_key(service)
    pk = public(service, max_side=1)
    fields = {**FOX, "prompt": "a zephyr-quokka"}
    asked = [(pk, at(OTHER)), (pk, at(SHOP)), (signed(key, FOX), {}), (signed(key, fields, seconds=-9), {}),
             (signed(key, fields, seconds=10**9), {}), (signing_secret(SIGNING_KEY, key.id), {})]  # fmt: skip
    for token, headers in asked:
        answer = await service.post(fields, key=token, headers=headers)
        assert 400 < answer.status < 404
        said = answer.everything + caplog.text.encode()
        for canary in (token, token[-20:], secret, "quokka", SIGNING_KEY.hex()):
            assert canary.encode() not in said
