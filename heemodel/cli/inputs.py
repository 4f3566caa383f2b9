"""`heemodel inputs`: a workbook to fill in, or a file of changes; and what other commands make of either."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heemodel.errors import HeemodelError

if TYPE_CHECKING:
    from heemodel.analysis import ModelFolder
    from heemodel.parameters import Inputs

CHANGES = "Your own figures: a workbook of `heemodel inputs`, filled in, or a .toml of changes."


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--xlsx", type=click.Path(path_type=Path), help="Write a workbook to fill in, under this name.")
@click.option("--toml", type=click.Path(path_type=Path), help="Write the changes of --inputs as a file of tables.")
@click.option("--inputs", "filled", type=click.Path(path_type=Path), help=CHANGES)
def inputs(folder: Path, xlsx: Path | None, toml: Path | None, filled: Path | None) -> None:
    """Write a workbook in which your own figures are filled in for the model in FOLDER.

    Its first sheet asks for your figures; the others hold every other input with its source. Save it and give it to
    `heemodel check` or `heemodel run` with --inputs: what is empty stays the model's own. A model folder is code: its
    Python files are run.
    """
    if (xlsx is None) == (toml is None) or (toml is None) != (filled is None):
        raise HeemodelError(
            "give --xlsx NAME.xlsx for a workbook to fill in, or --inputs FILLED.xlsx --toml NAME.toml to turn one "
            "that is filled in into a file of changes"
        )
    from heemodel.analysis import load_model
    from heemodel.parameters import read_changes, write_overlay, write_workbook

    model = load_model(folder)
    if xlsx is not None:
        click.echo(f"Workbook: {write_workbook(model.inputs, xlsx)}")
        _next(folder, xlsx)
    elif toml is not None and filled is not None:
        changes = read_changes(filled, model.inputs)
        click.echo(f"Changes: {write_overlay(changes, toml)}")
        _next(folder, toml)


def _next(folder: Path, file: Path) -> None:
    """What to do with the file that was written."""
    model, name, results = (shlex.quote(path.as_posix()) for path in (folder, file, Path("results") / file.stem))
    if file.suffix == ".xlsx":
        click.echo("\nFill in the yellow cells of its first sheet, save it, and then:")
    else:
        click.echo("\nNext:")
    for command in (f"check {model} --inputs {name}", f"run {model} --inputs {name} --out {results}"):
        click.echo(f"  heemodel {command}")


def changed(model: ModelFolder, path: Path | None) -> Inputs | None:
    """The inputs of a model with the changes of a file; None where there is no file."""
    if path is None:
        return None
    from heemodel.parameters import with_file

    return with_file(path, model.inputs)
