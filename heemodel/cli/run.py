"""`heemodel run`: a model folder, from its evidence to a report."""

import sys
from pathlib import Path

import click

from heemodel.cli.formats import formats_option, tell_reports
from heemodel.cli.inputs import CHANGES, changed
from heemodel.cli.progress import look_again, shown
from heemodel.cli.types import Whole

FAILED_CHECK = 1


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option("--inputs", type=click.Path(path_type=Path), help=CHANGES)
@click.option(
    "--scenario", "scenarios", multiple=True, help="Scenario of the inputs; repeat for several. [default: all]"
)
@click.option("--draws", default=10_000, show_default=True, type=Whole(min=100, max=1_000_000), help="Joint draws.")
@click.option("--seed", default=1, show_default=True, type=Whole(min=0), help="The one seed.")
@click.option(
    "--horizon", default=None, help='Such as "5 years", or "lifetime" where the model takes it. [default: the model\'s]'
)
@formats_option
@click.option(
    "--allow-unconverged", is_flag=True, help="Use a posterior that the convergence gate refuses; the report says so."
)
def run(
    folder: Path,
    out: Path,
    inputs: Path | None,
    scenarios: tuple[str, ...],
    draws: int,
    seed: int,
    horizon: str | None,
    formats: tuple[str, ...],
    allow_unconverged: bool,
) -> None:
    """Run the model in FOLDER: from its evidence to a report of costs, health and value for money.

    A model folder is code: its Python files are run. Run only folders that you trust.
    """
    with shown() as progress:
        progress("reading", 0, 0)
        from heemodel.analysis import analyse, hash_of, load_model
        from heemodel.report import cautions, check_output, write_report

        check_output(out)
        model = load_model(folder)
        results = analyse(
            model,
            inputs=changed(model, inputs),
            files=None if inputs is None else hash_of(inputs),
            scenarios=scenarios or None,
            draws=draws,
            seed=seed,
            horizon=horizon,
            allow_unconverged=allow_unconverged,
            progress=progress,
        )
        progress("drawing and writing the report", 0, 0)
        write_report(out, results, formats=formats)
    tell_reports(out, formats)
    look_again(cautions(results))
    failed = [
        f"{result.name}: {check.name} ({check.detail})"
        for result in results
        for check in result.checks
        if not check.passed
    ]
    if failed:
        click.echo("\n  ".join(["Checks failed:", *failed]), err=True)
        sys.exit(FAILED_CHECK)
