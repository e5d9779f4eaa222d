"""The command line. Exit codes: 0 all done, 1 something was refused, 2 the words of the command are off (click's own), 3 what is
kept cannot be used as it is: a database is damaged, or a restore was interrupted."""

import click

from placeholder.cli.backup import backup, restore
from placeholder.cli.export import export
from placeholder.cli.jobs import jobs
from placeholder.cli.keys import keys
from placeholder.cli.mcp import mcp
from placeholder.cli.render import render
from placeholder.cli.serve import serve
from placeholder.cli.tokens import tokens

COMMANDS = [serve, render, export, keys, tokens, jobs, backup, restore, mcp]


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, commands=COMMANDS)
@click.version_option(package_name="placeholder")
def main() -> None:
    """Every picture that a page needs before the real one exists."""
