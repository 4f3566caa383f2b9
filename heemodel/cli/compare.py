"""`heemodel compare`: two runs held together, in a few lines or as a report."""

from pathlib import Path

import click

from heemodel.cli.formats import formats_option, tell_reports
from heemodel.cli.progress import shown
from heemodel.cli.types import Whole

FEWEST = 100


@click.command()
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@click.option("--out", default=None, type=click.Path(path_type=Path), help="Folder for the report. [default: none]")
@formats_option
@click.option(
    "--model", default=None, type=click.Path(path_type=Path), help="The model's folder. [default: models/NAME or NAME]"
)
@click.option(
    "--draws",
    default=2_000,
    show_default=True,
    type=Whole(min=FEWEST, max=1_000_000),
    help="Of each step of the attribution, at most.",
)
def compare(
    first: Path, second: Path, out: Path | None, formats: tuple[str, ...], model: Path | None, draws: int
) -> None:
    """Compare the results in FIRST with those in SECOND: what differs in how they were made, and what moved by it.

    To say which input moved the answer, the model is run again: its folder is code. Without it all else is told.
    """
    with shown() as progress:
        progress("reading", 0, 0)
        from heemodel.analysis import compare as compare_runs
        from heemodel.report import check_output
        from heemodel.report.comparing import in_lines, write_comparison

        if out is not None:
            check_output(out)
        comparison = compare_runs(first, second, model=model, draws=draws, progress=progress)
        if out is not None:
            progress("drawing and writing the report", 0, 0)
            write_comparison(out, comparison, formats=formats)
    click.echo("\n".join(in_lines(comparison)))
    if out is not None:
        tell_reports(out, formats)
