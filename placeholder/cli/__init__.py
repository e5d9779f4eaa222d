"""The command line. Exit codes: 0 all done, 1 something was refused, 2 the words of the command are off (click's own)."""

import click

from placeholder.cli.export import export
from placeholder.cli.jobs import jobs
from placeholder.cli.keys import keys
from placeholder.cli.mcp import mcp
from placeholder.cli.render import render
from placeholder.cli.serve import serve
from placeholder.cli.tokens import tokens


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, commands=[serve, render, export, keys, tokens, jobs, mcp])
@click.version_option(package_name="placeholder")
def main() -> None:
    """Every picture that a page needs before the real one exists."""
