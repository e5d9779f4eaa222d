"""`placeholder mcp`: the service as tools for language models."""

import os

import click

from placeholder.values.origin import read_origin

_WANTED = "placeholder mcp needs the Model Context Protocol's SDK: pip install 'placeholder[mcp]'"


def _base(context: click.Context, option: click.Parameter, url: str | None) -> str | None:
    """Where a service's addresses begin, without a slash at its end."""
    if url is None:
        return None
    scheme, _, rest = url.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    if read_origin(f"{scheme}://{host}") is None or "?" in path or "#" in path:
        raise click.BadParameter("expected http://HOST or https://HOST, such as http://127.0.0.1:8000")
    return f"{scheme}://{host}{slash}{path}"


@click.command()
@click.option("--url", metavar="URL", callback=_base, help="The service that pictures come from and prompts go to.")
@click.option(
    "--http", "port", type=click.IntRange(1, 65535), metavar="PORT", help="Speak HTTP at 127.0.0.1:PORT/mcp, not stdio."
)
def mcp(url: str | None, port: int | None) -> None:
    """Tools for language models, over the Model Context Protocol.

    Composes and draws placeholders by itself. With --url it submits prompts too, with the key in PLACEHOLDER_API_KEY.
    """
    try:
        from placeholder.tools.server import make_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise click.ClickException(_WANTED) from None
    server = make_server(url, os.environ.get("PLACEHOLDER_API_KEY") or None)
    if port:
        server.run("streamable-http", port=port)
    else:
        server.run()
