"""The command line: `placeholder serve`, `placeholder render`."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="placeholder")
def main() -> None:
    """Every picture that a page needs before the real one exists."""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every one.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that share the port.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve placeholders by URL."""
    from placeholder.door.serve import run

    run(host, port, workers)
