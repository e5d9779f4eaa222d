"""`placeholder tokens`: what lets a page ask for one picture, without a key in it (keys/permits.py)."""

import os
import sys
import time

import click

from placeholder.cli.keys import Amount, as_model, as_origin
from placeholder.jobs.model import MAX_SEED

VARIABLE = "PLACEHOLDER_SIGNING_SECRET"


@click.group()
def tokens() -> None:
    """Tokens for one request to POST /ai each."""


@tokens.command()
@click.argument("key_id", metavar="ID")
def secret(key_id: str) -> None:
    """Show what the owner of a secret key signs tokens with. It goes to standard output alone."""
    found = _signing_secret(key_id)
    click.echo(f"Key {key_id} signs tokens with this; keep it on your server, as {VARIABLE}:", err=True)
    click.echo(found)


@tokens.command()
@click.argument("prompt")
@click.option("--w", "w", required=True, type=click.IntRange(1), help="Width, as the request says it.")
@click.option("--h", "h", required=True, type=click.IntRange(1), help="Height, as the request says it.")
@click.option("--model", help="Model, as the request says it; none, if it says none.")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), help="Seed; none, if the request says none.")
@click.option("--origin", help="Whose pages may send it, such as https://shop.example; anybody's, if not given.")
@click.option("--hours", default=24.0, show_default=True, type=Amount(0, 24, min_open=True), help="How long it may start a job.")
@click.option("--key", "key_id", metavar="ID", help=f"The key that signs, on the service's machine; else {VARIABLE} does.")
def mint(
    prompt: str, w: int, h: int, model: str | None, seed: int | None, origin: str | None, hours: float, key_id: str | None
) -> None:
    """Make a token for PROMPT (- reads it from standard input)."""
    from placeholder.errors import BadParameter
    from placeholder.jobs.ask import read_ask
    from placeholder.keys import permits

    text = _standard_input() if prompt == "-" else prompt
    said = permits.Statement(permits.canonical_prompt(text), w, h, model, seed)
    try:
        read_ask({"prompt": said.prompt, "w": w, "h": h}, "", "")
    except BadParameter as error:
        raise click.UsageError(str(error)) from None
    if model is not None:
        as_model(model)
    whose = permits.ANY_ORIGIN if origin is None else as_origin(origin)
    signing = _signing_secret(key_id) if key_id is not None else _told_secret()
    click.echo(permits.mint(signing, said, int(time.time() + hours * 3600), whose))


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        raise click.UsageError("prompt: expected text in UTF-8") from None


def _told_secret() -> str:
    from placeholder.keys.permits import signer

    told = os.environ.get(VARIABLE, "")
    if not told:
        raise click.ClickException(
            f"Expected {VARIABLE}, as placeholder tokens secret ID shows it, or --key ID on the service's machine"
        )
    if signer(told) is None:
        raise click.ClickException(f"{VARIABLE}: expected a signing secret, sign_…, as placeholder tokens secret ID shows it")
    return told


def _signing_secret(key_id: str) -> str:
    from placeholder.cli.ground import opened
    from placeholder.keys.model import Kind
    from placeholder.keys.permits import signing_secret
    from placeholder.keys.store import by_id

    with opened() as (_, ground):
        key = ground.database.transact(lambda c: by_id(c, key_id))
        if key is None or key.kind is not Kind.SECRET or not key.is_live(time.time()):
            raise click.ClickException(f"No valid secret key has the id {key_id}")
        return signing_secret(ground.vault.signing_key, key.id)
