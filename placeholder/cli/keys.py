"""`placeholder keys`: who may ask for AI pictures, and for how many."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import click

from placeholder.keys.model import SCOPES, Key


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
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it may do; all, if none is given.")
@click.option("--jobs-per-day", type=click.IntRange(0, 2**31 - 1), help="New pictures a day (UTC); no limit, if not given.")
@click.option("--spend-per-month", type=Amount(0, 1e9), metavar="USD", help="What its pictures may cost in a month (UTC).")
@click.option("--days", type=Amount(0, 36500, min_open=True), help="Days after which it expires.")
def create(
    name: str,
    owner: str | None,
    scopes: tuple[str, ...],
    jobs_per_day: int | None,
    spend_per_month: float | None,
    days: float | None,
) -> None:
    """Make a key. Its secret, which nobody can show again, is all that goes to standard output."""
    from placeholder.cli.ground import opened
    from placeholder.keys.service import create

    for option, text in (("--name", name), ("--owner", name if owner is None else owner)):
        if not text.strip() or not text.isprintable() or len(text) > 100:
            raise click.BadParameter("expected 1 to 100 printable characters", param_hint=option)
    wanted = Key(
        id="",
        name=name.strip(),
        owner=(name if owner is None else owner).strip(),
        scopes=frozenset(scopes or SCOPES),
        jobs_per_day=jobs_per_day,
        spend_per_month=None if spend_per_month is None else int(Decimal(str(spend_per_month)) * 1_000_000),
        expires_at=None if days is None else time.time() + days * 86400,
    )
    with opened() as (_, ground):
        made, secret = create(ground.database, ground.vault.pepper, wanted)
    click.echo(f"Key {made.id} for {made.name}; its secret is shown this once:", err=True)
    click.echo(secret)


@keys.command("list")
def list_keys() -> None:
    """All keys, without their secrets."""
    from placeholder.cli.ground import opened
    from placeholder.keys.store import listed, used

    now = time.time()
    with opened() as (_, ground):
        found = ground.database.transact(lambda c: [(key, used(c, key, now)) for key in listed(c)])
    row = "{:<13} {:<20} {:<20} {:<8} {:>12} {:>10}  {}".format
    click.echo(row("ID", "NAME", "SECRET", "STATE", "JOBS TODAY", "LAST USED", "SCOPES"))
    for key, jobs in found:
        state = "revoked" if key.revoked_at is not None else "valid" if key.is_live(now) else "expired"
        today = f"{jobs}/{key.jobs_per_day}" if key.jobs_per_day is not None else "no limit"
        click.echo(row(key.id, key.name[:20], key.hint, state, today, _day(key.last_used_at), " ".join(sorted(key.scopes))))


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


def _day(when: float | None) -> str:
    return "never" if when is None else datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d")
