"""The services that the attack table is asked of, each in this process and as `placeholder serve`, and what a row's `$name`
stands for there.

    plain     as it comes, with jobs of every state, keys of every kind, and webhooks that can be verified; nothing goes out
    listed    where the operator listed hosts and other services' grammars, and keeps secret keys out of pages; no webhooks
    mounted   at /pictures: of an application here, of a proxy that takes the path off before a server
"""

import base64
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attacks.row import CANARY, Pairs, Row
from fixtures.imagining import KEY, SECRET, Service

from placeholder.keys.model import Key, Kind
from placeholder.keys.permits import mint, read_statement, signing_secret
from placeholder.keys.service import revoke
from placeholder.keys.tokens import mint as minted
from placeholder.providers.webhook import hook_url, read_hook
from placeholder.vault import Vault

HOOK_KEY = bytes(range(32))
HOOKS = "whsec_" + base64.b64encode(HOOK_KEY).decode()
TOKEN = "r8_" + "x" * 37
VAULT = Vault(SECRET)
ROOT = "/pictures"

_COMMON: dict[str, Any] = {"api_key": KEY, "secret": SECRET, "worker": False, "raster_workers": 2, "cache_mb": 16}
PLACES: dict[str, dict[str, Any]] = {
    "plain": {
        **_COMMON,
        "provider": "replicate",
        "REPLICATE_API_TOKEN": TOKEN,
        "REPLICATE_BASE_URL": "http://127.0.0.1:9/v1",
        "REPLICATE_WEBHOOK_SECRET": HOOKS,
    },
    "listed": {
        **_COMMON,
        "provider": "sketch",
        "allowed_hosts": "Pics.Example, [::1]",
        "compat": "placehold.co, dummyimage.com",
        "refuse_secret_keys_from_browsers": True,
    },
    "mounted": {**_COMMON, "provider": "sketch", "public_url": "https://shop.example" + ROOT},
}


def environment(place: str) -> dict[str, str]:
    """The same settings for another process."""
    return {name if name.isupper() else "PLACEHOLDER_" + name.upper(): str(value) for name, value in PLACES[place].items()}


async def prepare(service: Service) -> dict[str, str]:
    """The jobs and keys of `plain`: what each `$name` stands for."""
    phases = ("queued", "submitting", "running", "ready", "failed", "purged")
    jobs = {phase: await service.stand(phase, f"p-{phase}", prompt=f"{CANARY} {phase}") for phase in phases}
    submitting = _address(jobs["submitting"].id)
    own, _ = a_key(service, owner="signer")
    return {
        **{phase: job.id for phase, job in jobs.items()},
        **_keys(service),
        **_permits(own),
        "key": KEY,
        "secret": SECRET,
        "nobodys": minted(bytes(range(32))),
        "signing": signing_secret(VAULT.signing_key, own.id),
        "hooks": HOOKS,
        "hook": submitting,
        "t": submitting.rpartition("=")[2],
        "runs": _address(jobs["running"].id),
        "nowhere": _address("z" * 16),
    }


def a_key(service: Service, **chosen: Any) -> tuple[Key, str]:
    return service.made_key(**{"id": "", "name": "test", "owner": "tester", "scopes": frozenset(("ai:create",)), **chosen})


def _keys(service: Service) -> dict[str, str]:
    shops = {"kind": Kind.PUBLISHABLE, "origins": frozenset(("https://shop.example",))}
    limits = {"models": frozenset(("black-forest-labs/flux-schnell",)), "max_side": 1024}
    revoked, token = a_key(service)
    revoke(service.database, revoked.id)
    return {
        "scopeless": a_key(service, scopes=frozenset())[1],
        "expired": a_key(service, expires_at=1.0)[1],
        "revoked": token,
        "public": a_key(service, **shops, **limits)[1],
    }


def _permits(key: Key) -> dict[str, str]:
    def permit(prompt: str, seconds: float, origin: str = "*") -> str:
        said = read_statement({"prompt": prompt, "w": 64, "h": 48})
        assert said is not None
        return mint(signing_secret(VAULT.signing_key, key.id), said, int(time.time() + seconds), origin)

    return {
        "permit": permit(f"a {CANARY}", 3600),
        "shops": permit(f"a {CANARY}", 3600, "https://shop.example"),
        "stale": permit(f"{CANARY} of old", -60),
    }


def _address(job: str) -> str:
    url = hook_url("", VAULT.hook_key, job, 1, 1)
    assert read_hook(url.partition("?")[2], VAULT.hook_key)
    return url


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Pairs
    body: bytes


def request_of(row: Row, known: Mapping[str, str]) -> Request:
    """What `row` sends, with all that its names stand for."""
    signature = _signature(row) if row.signed else {}
    told = {
        **known,
        "mac": signature.get("Webhook-Signature", "").removeprefix("v1,"),
        "id": "m-attack",
        "now": str(int(time.time())),
    }
    headers = [(name, filled(value, told)) for name, value in row.headers]
    replaced = {name for name, value in headers if not value.startswith("+")}
    kept = [pair for pair in signature.items() if pair[0] not in replaced]
    added = [(name, value.removeprefix("+") if name in signature else value) for name, value in headers]
    return Request(row.method, filled(row.target, told), (*kept, *added), filled_bytes(row.body, told))


def _signature(row: Row) -> dict[str, str]:
    """As Standard Webhooks writes it, by a reading of its own."""
    at = str(int(time.time()) - row.age)
    mac = hmac.digest(HOOK_KEY, b".".join((b"m-attack", at.encode(), row.body)), "sha256")
    return {"Webhook-Id": "m-attack", "Webhook-Timestamp": at, "Webhook-Signature": "v1," + base64.b64encode(mac).decode()}


def filled(text: str, known: Mapping[str, str]) -> str:
    if "$" not in text:
        return text
    names = "|".join(sorted(known, key=len, reverse=True))
    return re.sub(rf"\$({names})", lambda found: known[found[1]], text)


def filled_bytes(body: bytes, known: Mapping[str, str]) -> bytes:
    return filled(body.decode("latin-1"), known).encode("latin-1")


async def changes(service: Service) -> list[list[Any]]:
    """All that a request of the table could have changed; that news have come is noted, whatever they say."""
    jobs, _, usage = await service.everything()
    return [jobs, usage]
