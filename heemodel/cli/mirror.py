"""`heemodel mirror`: the deterministic model as a workbook of live formulas."""

from pathlib import Path

import click

from heemodel.cli.inputs import CHANGES, changed
from heemodel.cli.progress import shown
from heemodel.cli.types import Whole


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The workbook, such as model.xlsx.")
@click.option("--inputs", type=click.Path(path_type=Path), help=CHANGES)
@click.option("--scenario", default=None, help="Whose evidence is taken. [default: the first that holds]")
@click.option("--group", default=None, help="The group that is mirrored, where the model has groups.")
@click.option(
    "--horizon", default=None, help='Such as "5 years", or "lifetime" where the model takes it. [default: the model\'s]'
)
@click.option(
    "--draws",
    default=10_000,
    show_default=True,
    type=Whole(min=100, max=1_000_000),
    help="Of evidence whose central values are means of draws; as in `heemodel run`.",
)
@click.option("--seed", default=1, show_default=True, type=Whole(min=0), help="Of these draws.")
def mirror(
    folder: Path,
    out: Path,
    inputs: Path | None,
    scenario: str | None,
    group: str | None,
    horizon: str | None,
    draws: int,
    seed: int,
) -> None:
    """Write the deterministic model in FOLDER as a workbook of live formulas that start from its inputs.

    A reviewer can follow every figure back to the inputs, and change these. A sheet of checks holds Python's answers
    beside the workbook's. A model folder is code: its Python files are run.
    """
    with shown() as progress:
        progress("reading", 0, 0)
        from heemodel.analysis import hash_of, load_model
        from heemodel.mirror import write_mirror

        model = load_model(folder)
        own = changed(model, inputs)
        progress("writing formulas", 0, 0)
        written = write_mirror(
            model,
            out,
            inputs=own,
            files=None if inputs is None else hash_of(inputs),
            scenario=scenario,
            group=group,
            horizon=horizon,
            draws=draws,
            seed=seed,
        )
    click.echo(f"Mirror: {written}")
