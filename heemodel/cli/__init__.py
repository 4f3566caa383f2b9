"""The `heemodel` command."""

import sys

import click

from heemodel import __version__
from heemodel.cli.compare import compare
from heemodel.cli.inputs import inputs
from heemodel.cli.mirror import mirror
from heemodel.cli.model import check, new
from heemodel.cli.psa import psa
from heemodel.cli.run import run
from heemodel.errors import HeemodelError

MISTAKE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def command() -> None:
    """Probabilistic health-economic analysis, from evidence to report.

    A model folder is code, and is run: analyse only folders that you trust.
    """


for each in (new, check, inputs, run, compare, mirror, psa):
    command.add_command(each)


def main() -> None:
    """Run the command; a mistake that the user can mend ends in one message and exit status 2."""
    try:
        command()
    except HeemodelError as error:
        click.echo(f"heemodel: {error}", err=True)
        sys.exit(MISTAKE)
