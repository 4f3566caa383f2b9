"""`heemodel new` and `heemodel check`: a model to start from, and a look at one before anything is sampled."""

import shlex
import sys
from pathlib import Path

import click

from heemodel.cli.inputs import CHANGES, changed
from heemodel.cli.progress import shown
from heemodel.starters import KINDS, start

FAILED_CHECK = 1


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(list(KINDS)),
    default="cohort",
    show_default=True,
    help="; ".join(f"{kind}: {what}" for kind, what in KINDS.items()) + ".",
)
def new(folder: Path, kind: str) -> None:
    """Make FOLDER with a working model to start from: inputs, model, README and a test, with comments that teach."""
    written = start(folder, kind)
    click.echo(f"Made {folder}: {', '.join(written)}\n\nNext:")
    model, results = (shlex.quote(name) for name in (folder.as_posix(), f"results/{folder.resolve().name}"))
    for command in (
        f"heemodel check {model}",
        f"heemodel run {model} --out {results}",
        f"python -m pytest --import-mode=importlib {model}",
    ):
        click.echo(f"  {command}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--inputs", type=click.Path(path_type=Path), help=CHANGES)
@click.option("--horizon", default=None, help='Such as "5 years". [default: the model\'s]')
def check(folder: Path, inputs: Path | None, horizon: str | None) -> None:
    """Check the inputs and the model in FOLDER without sampling any evidence.

    Reads the inputs, builds the model of every scenario and variation, runs each at central values, and puts it to the
    checks of every analysis on some draws. A model folder is code: its Python files are run.
    """
    with shown() as progress:
        progress("reading", 0, 0)
        from heemodel.analysis import check_model, load_model

        model = load_model(folder)
        report = check_model(model, inputs=changed(model, inputs), horizon=horizon, progress=progress)
    click.echo(report.text())
    if not report.passed:
        sys.exit(FAILED_CHECK)
