"""`placeholder keys`: who may ask for AI pictures, and for how many."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any

import click

from placeholder.keys.model import ALL_SCOPES, OPERATE, SCOPES, Key, Kind
from placeholder.values.size import MAX_DIM

if TYPE_CHECKING:
    from placeholder.providers.models import Model

JOBS_PER_DAY, JOBS_PER_ADDRESS = 200, 20
"""New pictures a day by a publishable key of which nothing else is said; everyone who sees the page can ask for them."""
_MOST_JOBS = 2**31 - 1


class Amount(click.FloatRange):
    """A number in a range. No range keeps out "nan", which a database would take for nothing at all: no limit, no end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if isfinite(number) else self.fail("expected a finite number", param, ctx)


@click.group()
def keys() -> None:
    """API keys for POST /ai."""


@keys.command()
@click.option("--name", required=True, help="What it is for, in your words.")
@click.option("--owner", help="Whose it is: keys of one owner share their pictures. Default: its name.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(ALL_SCOPES),
    help=f"What it may do: {SCOPES[0]} asks for pictures, and is meant if none is given; {OPERATE} opens /operator and /metrics.",
)
@click.option(
    "--jobs-per-day",
    type=click.IntRange(0, _MOST_JOBS),
    help=f"New pictures a day (UTC). Default: no limit; {JOBS_PER_DAY} for a publishable key.",
)
@click.option("--spend-per-month", type=Amount(0, 1e9), metavar="USD", help="What its pictures may cost in a month (UTC).")
@click.option("--days", type=Amount(0, 36500, min_open=True), help="Days after which it expires.")
@click.option("--publishable", is_flag=True, help="It may stand in a page: it works for pages of its origins alone.")
@click.option("--origin", "origins", multiple=True, metavar="ORIGIN", help="Whose pages, such as https://shop.example.")
@click.option("--model", "models", multiple=True, metavar="NAME", help="A model that it may ask for; all, if none is given.")
@click.option("--max-side", type=click.IntRange(1, MAX_DIM), help="Pixels that width and height may have.")
@click.option(
    "--jobs-per-address",
    type=click.IntRange(0, _MOST_JOBS),
    help=f"New pictures a day for one client address. Default: {JOBS_PER_ADDRESS}.",
)
def create(
    name: str,
    owner: str | None,
    scopes: tuple[str, ...],
    jobs_per_day: int | None,
    spend_per_month: float | None,
    days: float | None,
    publishable: bool,
    origins: tuple[str, ...],
    models: tuple[str, ...],
    max_side: int | None,
    jobs_per_address: int | None,
) -> None:
    """Make a key. Its secret, which nobody can show again, is all that goes to standard output."""
    from placeholder.cli.ground import opened
    from placeholder.keys.service import create

    for option, text in (("--name", name), ("--owner", name if owner is None else owner)):
        if not text.strip() or not text.isprintable() or len(text) > 100:
            raise click.BadParameter("expected 1 to 100 printable characters", param_hint=option)
    if publishable:
        if OPERATE in scopes:
            raise click.UsageError(f"--scope {OPERATE}: expected a secret key; a publishable one can be read by everyone")
        if not origins:
            raise click.UsageError("--publishable: expected --origin too, once for each origin whose pages have the key")
        jobs_per_day = JOBS_PER_DAY if jobs_per_day is None else jobs_per_day
        jobs_per_address = JOBS_PER_ADDRESS if jobs_per_address is None else jobs_per_address
    limits = {"--origin": origins, "--model": models, "--max-side": max_side, "--jobs-per-address": jobs_per_address}
    for option, value in limits.items():
        if not publishable and value not in (None, ()):
            raise click.UsageError(f"{option}: expected --publishable too; a secret key has no such limit")
    wanted = Key(
        id="",
        name=name.strip(),
        owner=(name if owner is None else owner).strip(),
        scopes=frozenset(scopes or SCOPES),
        jobs_per_day=jobs_per_day,
        spend_per_month=None if spend_per_month is None else int(Decimal(str(spend_per_month)) * 1_000_000),
        expires_at=None if days is None else time.time() + days * 86400,
        kind=Kind.PUBLISHABLE if publishable else Kind.SECRET,
        origins=frozenset(map(as_origin, origins)),
        models=frozenset(as_model(model).name for model in models),
        max_side=max_side,
        jobs_per_address=jobs_per_address,
    )
    with opened() as (_, ground):
        made, secret = create(ground.database, ground.vault.pepper, wanted)
    told = "it may stand in your pages, and is shown this once" if publishable else "its secret is shown this once"
    click.echo(f"Key {made.id} for {made.name}; {told}:", err=True)
    click.echo(secret)


@keys.command("list")
def list_keys() -> None:
    """All keys, without their secrets."""
    from placeholder.cli.ground import opened
    from placeholder.keys.store import listed, used

    now = time.time()
    with opened() as (_, ground):
        found = ground.database.transact(lambda c: [(key, used(c, key, now)) for key in listed(c)])
    row = "{:<13} {:<20} {:<11} {:<20} {:<8} {:>12} {:>10}  {:<10} {}".format
    click.echo(row("ID", "NAME", "KIND", "SECRET", "STATE", "JOBS TODAY", "LAST USED", "SCOPES", "ORIGINS"))
    for key, jobs in found:
        state = "revoked" if key.revoked_at is not None else "valid" if key.is_live(now) else "expired"
        today = f"{jobs}/{key.jobs_per_day}" if key.jobs_per_day is not None else "no limit"
        scopes, origins = (" ".join(sorted(words)) for words in (key.scopes, key.origins))
        used_at = _day(key.last_used_at)
        click.echo(row(key.id, key.name[:20], key.kind, key.hint, state, today, used_at, scopes, origins).rstrip())


@keys.command()
@click.argument("key_id", metavar="ID")
def revoke(key_id: str) -> None:
    """End a key at once."""
    from placeholder.cli.ground import opened
    from placeholder.keys.service import revoke

    with opened() as (_, ground):
        if not revoke(ground.database, key_id):
            raise click.ClickException(f"No valid key has the id {key_id}")
    click.echo(f"Key {key_id} is revoked.", err=True)


@keys.command()
@click.argument("key_id", metavar="ID")
@click.option("--overlap-hours", default=24.0, show_default=True, type=Amount(0, 168), help="How long the old one goes on.")
def rotate(key_id: str, overlap_hours: float) -> None:
    """Make a new key in place of another, whose pictures it shares."""
    from placeholder.cli.ground import opened
    from placeholder.keys.service import rotate

    with opened() as (_, ground):
        made = rotate(ground.database, ground.vault.pepper, key_id, overlap_hours * 3600)
    if made is None:
        raise click.ClickException(f"No valid key has the id {key_id}")
    click.echo(f"Key {made[0].id} takes the place of {key_id}, which ends in {overlap_hours:g} h:", err=True)
    click.echo(made[1])


def as_origin(text: str) -> str:
    """Raises click.BadParameter."""
    from placeholder.values.origin import EXPECTED, read_origin

    origin = read_origin(text)
    if origin is None:
        raise click.BadParameter(f"expected {EXPECTED}", param_hint="--origin")
    return origin


def as_model(name: str) -> "Model":
    """Raises click.BadParameter."""
    from placeholder.providers.models import DEFAULT, find_model

    model = find_model(name, frozenset())
    if model is None:
        raise click.BadParameter(f"expected the name of a known model, such as {DEFAULT}", param_hint="--model")
    return model


def _day(when: float | None) -> str:
    return "never" if when is None else datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d")
