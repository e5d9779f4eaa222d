"""`placeholder serve`, and the key that a first start makes."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that share the port.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve placeholders by URL, and AI pictures by prompt."""
    with _loading():
        from placeholder import logs
        from placeholder.cli.ground import opened
        from placeholder.door.serve import run
        from placeholder.keys.service import create
        from placeholder.keys.store import listed

        if workers == 1:
            import placeholder.app  # noqa: F401 - which it is that runs here

    with opened() as (settings, ground):
        if settings.api_key is None and not ground.database.transact(listed):
            if host in ("127.0.0.1", "localhost", "::1"):
                from placeholder.keys.model import SCOPES, Key

                first = Key(id="", name="first", owner="operator", scopes=frozenset(SCOPES))
                _, secret = create(ground.database, ground.vault.pepper, first)
                click.echo(f"An API key for POST /ai, shown this once:\n\n    {secret}\n")
            else:
                click.echo("No API key yet, so POST /ai is closed. Make one: placeholder keys create --name NAME")
    run(
        "placeholder.app:create_served_app",
        host,
        port,
        workers,
        door=settings.door,
        max_connections=settings.max_connections,
        log_level=settings.log_level,
        log_config=logs.of_server(settings.log_format),
        root_path=settings.public_path,
    )


@contextmanager
def _loading() -> Iterator[None]:
    """What is loaded stays: to look for garbage in it meanwhile would be a tenth of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
