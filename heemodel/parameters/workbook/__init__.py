"""Inputs that somebody who does not code fills in: a workbook, its way back, and files of changes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heemodel.errors import HeemodelError
from heemodel.parameters.inputs import Inputs

__all__ = ["read_changes", "with_file", "write_overlay", "write_workbook"]


def write_workbook(inputs: Inputs, path: str | Path) -> Path:
    """Write a workbook in which the figures of some inputs can be changed; `read_changes` takes it back.

    Its first sheet has rows for the figures that a user of the model puts in (`[yours]` of the inputs file), with empty
    cells beside the model's own; the others hold everything else that a workbook can change. The same inputs give the
    same bytes.

    Parameters
    ----------
    inputs : from `read_inputs`, or the `inputs` of a model folder, which know the units that the model takes
    path : of the workbook, ending in .xlsx; one that is there is replaced

    Returns
    -------
    Path of the workbook

    Raises
    ------
    HeemodelError
        if it cannot be written there

    See Also
    --------
    read_changes : what was filled in

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from heemodel.parameters import read_inputs
    >>> inputs = read_inputs("models/sumatriptan/inputs.toml")
    >>> with TemporaryDirectory() as folder:
    ...     read_changes(write_workbook(inputs, Path(folder) / "ours.xlsx"), inputs)
    {}
    """
    from heemodel.parameters.workbook.writing import written

    return written(inputs, _ending(path, ".xlsx"))


def read_changes(path: str | Path, inputs: Inputs) -> dict[str, Any]:
    """What a workbook, or a file of changes, changes in the inputs of a model.

    Parameters
    ----------
    path : a workbook that `write_workbook` wrote and somebody filled in (.xlsx), or a TOML file that holds only what
        differs from the inputs, in tables as they have, with ``remove = ["claim"]`` for what is taken out
    inputs : of the model, from which the workbook was written

    Returns
    -------
    dict of tables by section, empty where nothing was changed: for `Inputs.with_changes`

    Raises
    ------
    InputError
        with every mistake: of a workbook with its sheet and cell, of a file with its line; also those that only show in
        the changed inputs

    Notes
    -----
    On the first sheet a figure of which anything was filled in is the user's as a whole, and must be complete. Its
    source is that of its row or of the whole sheet, its status "read" unless another is chosen; what the model had
    assumed in it no longer is. A spread that is left empty is worked out from the model's own (as large in proportion;
    of a share, resting on as many people), and the reason given for the figure says so.

    See Also
    --------
    write_workbook : writes it
    write_overlay : keeps changes as a file
    Inputs.with_changes : the inputs with the changes

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from heemodel.parameters import read_inputs
    >>> inputs = read_inputs("models/sick_sicker/inputs.toml")
    >>> with TemporaryDirectory() as folder:
    ...     file = write_overlay({"parameters": {"cost_b": {"value": 20_000.0}}}, Path(folder) / "dear.toml")
    ...     read_changes(file, inputs)
    {'parameters': {'cost_b': {'value': 20000.0}}}
    """
    changes, _ = _read(Path(path), inputs)
    return changes


def with_file(path: str | Path, inputs: Inputs) -> Inputs:
    """The inputs of a model with what a workbook, or a file of changes, changes in them.

    As ``inputs.with_changes(read_changes(path, inputs))``; but mistakes that only the model finds in figures of a
    workbook, later, are told by sheet and cell too.

    Parameters
    ----------
    path : a workbook that was filled in, or a TOML file of changes; see `read_changes`
    inputs : of the model

    Returns
    -------
    Inputs, frozen

    Raises
    ------
    InputError
        with every mistake, as `read_changes`

    See Also
    --------
    read_changes : the changes alone

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from heemodel.parameters import read_inputs
    >>> inputs = read_inputs("models/sick_sicker/inputs.toml")
    >>> with TemporaryDirectory() as folder:
    ...     file = write_overlay({"parameters": {"cost_b": {"value": 20_000.0}}}, Path(folder) / "dear.toml")
    ...     float(with_file(file, inputs).central()["cost_b"])
    20000.0
    """
    _, made = _read(Path(path), inputs)
    return made


def _read(path: Path, inputs: Inputs) -> tuple[dict[str, Any], Inputs]:
    """The changes of a file, and the inputs with them."""
    if path.suffix.lower() == ".toml":
        from heemodel.parameters.workbook.overlay_file import read_overlay

        return read_overlay(path, inputs)
    from heemodel.parameters.workbook.reading import read_workbook

    return read_workbook(path, inputs)


def write_overlay(changes: Mapping[str, Any], path: str | Path) -> Path:
    """Write changes as a file that holds only what differs from the inputs.

    Parameters
    ----------
    changes : as `read_changes` gives them: tables by section, with None for what is taken out
    path : of the file, ending in .toml; one that is there is replaced

    Returns
    -------
    Path of the file

    Raises
    ------
    HeemodelError
        if it cannot be written there

    See Also
    --------
    read_changes : reads it

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = write_overlay({"claim": None, "about": {"title": "Ours"}}, Path(folder) / "ours.toml")
    ...     print(file.read_text().split(chr(10), 1)[1])
    remove = ["claim"]
    <BLANKLINE>
    [about]
    title = "Ours"
    <BLANKLINE>
    """
    from heemodel.parameters.workbook.overlay_file import written

    return written(changes, _ending(path, ".toml"))


def _ending(path: str | Path, ending: str) -> Path:
    """The path, which must end as files of its kind do."""
    if Path(path).suffix.lower() != ending:
        raise HeemodelError(f"{path} does not end in {ending}; give it that ending")
    return Path(path)
