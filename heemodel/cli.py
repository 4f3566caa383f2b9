"""The `heemodel` command."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from heemodel import __version__
from heemodel.errors import HeemodelError

MISTAKE, FAILED_CHECK = 2, 1


class Whole(click.IntRange):
    """A whole number; says how to write one when it meets 10,000 or 1e4."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or an error with the way to write it."""
        try:
            int(value)
        except ValueError:
            self.fail(f"{value!r} is not a whole number; write it in digits only, such as 10000", param, ctx)
        return super().convert(value, param, ctx)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def command() -> None:
    """Probabilistic health-economic analysis, from evidence to report."""


@command.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option(
    "--scenario", "scenarios", multiple=True, help="Scenario of the inputs; repeat for several. [default: all]"
)
@click.option("--draws", default=10_000, show_default=True, type=Whole(min=100, max=1_000_000), help="Joint draws.")
@click.option("--seed", default=1, show_default=True, type=Whole(min=0), help="The one seed.")
@click.option("--horizon", default=None, help='Such as "1 year", "5 years" or "lifetime". [default: the model\'s]')
@click.option(
    "--allow-unconverged", is_flag=True, help="Use a posterior that the convergence gate refuses; the report says so."
)
def run(
    folder: Path,
    out: Path,
    scenarios: tuple[str, ...],
    draws: int,
    seed: int,
    horizon: str | None,
    allow_unconverged: bool,
) -> None:
    """Run the model in FOLDER: from its evidence to a report of costs, savings and value for money."""
    console = Console(stderr=True)
    with _progress(console) as bar:
        task = bar.add_task("reading", total=None)
        from heemodel.analysis import STEPS_PER_SCENARIO, analyse, load_model, run_record
        from heemodel.report import WRITTEN, check_output, write_report

        model = load_model(folder)
        for name in scenarios:
            model.inputs.scenario(name)  # refuses an unknown one
        chosen = [name for name in model.inputs.scenarios if name in scenarios or not scenarios]
        horizon = horizon or model.default_horizon
        check_output(out, WRITTEN)
        bar.update(task, total=len(chosen) * STEPS_PER_SCENARIO + 1)
        done = iter(range(len(chosen) * STEPS_PER_SCENARIO + 1))
        results = analyse(
            model,
            scenarios=chosen,
            draws=draws,
            seed=seed,
            horizon=horizon,
            allow_unconverged=allow_unconverged,
            progress=lambda step: bar.update(task, description=step, completed=next(done)),
        )
        bar.update(task, description="drawing and writing the report", completed=next(done))
        record = run_record(model, draws=draws, seed=seed, horizon=horizon)
        report = write_report(out, inputs=model.inputs, results=results, run=record)
    click.echo(f"Report: {report}")
    failed = [
        f"{result.name}: {check.name} ({check.detail})"
        for result in results
        for check in result.checks
        if not check.passed
    ]
    if failed:
        console.print("[bold red]Checks failed:[/]", *failed, sep="\n  ")
        sys.exit(FAILED_CHECK)


def _progress(console: Console) -> Progress:
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=console, transient=True)


def main() -> None:
    """Run the command; a mistake that the user can mend ends in one message and exit status 2."""
    try:
        command()
    except HeemodelError as error:
        click.echo(f"heemodel: {error}", err=True)
        sys.exit(MISTAKE)


if __name__ == "__main__":
    main()
