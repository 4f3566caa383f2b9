"""A model folder's deterministic model as a workbook of formulas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from heemodel.analysis.folder import ModelFolder, load_model
from heemodel.analysis.own_code import own_code
from heemodel.analysis.preparing import Prepared, Sampler, prepare
from heemodel.mirror.errors import MirrorError
from heemodel.mirror.figures import Figure, discount_figures, figures_of, plain_figures
from heemodel.mirror.names import Names
from heemodel.mirror.planning import plan
from heemodel.mirror.record import Record, check_model, record_model
from heemodel.mirror.words import Words, plain_words, words_of
from heemodel.mirror.writing import Mirror
from heemodel.parameters import Inputs
from heemodel.structures import read_draws

RESERVED = ("check", "inputs_changed", "sound")
DRAWS = 10_000


def write_mirror(
    folder: str | Path | ModelFolder,
    path: str | Path,
    *,
    inputs: Inputs | None = None,
    files: Mapping[str, str] | None = None,
    scenario: str | None = None,
    horizon: str | None = None,
    group: str | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> Path:
    """Write the deterministic model as a workbook of live formulas that start from its inputs.

    The model's functions are called once, on numbers that remember how they were made; each becomes a formula. Changing
    an input cell recalculates what the engine would give. Before anything is written, all inputs are moved a little,
    and what the recorded operations give is held against the engine.

    Parameters
    ----------
    folder : a model folder, or what `load_model` gives; its model is a cohort, a decision tree or a function
    path : of the workbook, ``.xlsx``
    inputs : in place of the folder's, such as ``model.inputs.with_changes({…})``
    files : SHA-256 by name of files that the inputs were changed by (see `hash_of`), which the first sheet names
    scenario : whose evidence is taken; by default the first that holds for the inputs
    horizon : such as ``"5 years"``; by default the model's
    group : the group that is mirrored, where the model has groups
    draws, seed : of a posterior whose means are the central values, where the evidence has no plug-in estimate; as in
        `analyse`

    Returns
    -------
    The path

    Raises
    ------
    MirrorError
        for another kind of model, a group that is missing or unknown, and whatever cannot be written as a formula: its
        name, and the line of the model's code
    HeemodelError
        as `analyse` does, for inputs or a model that are not sound

    See Also
    --------
    analyse : the probabilistic analysis, whose point estimate this is

    Notes
    -----
    A function that only moves numbers about, compares, or is one of numpy's elementary ones has a formula. Matrix
    exponentials, root finders and interpolation have none. Conditions that the model's code asks about (``if``) are
    answered once, and listed on the sheet of checks.

    Examples
    --------
    >>> import tempfile
    >>> written = write_mirror("models/sumatriptan", f"{tempfile.mkdtemp()}/model.xlsx")
    >>> written.name
    'model.xlsx'
    """
    folder = folder if isinstance(folder, ModelFolder) else load_model(folder)
    path = _checked(path)
    inputs = inputs or folder.inputs
    name = _held(inputs, scenario)
    horizon = folder.check_horizon(horizon)
    check_model(folder.model(inputs, horizon, name), group)  # before any evidence is fitted
    prepared = prepare(folder, inputs, name, horizon, Sampler(draws=draws, seed=seed))
    mirror_of(folder, prepared, group, horizon=horizon, files=files or {}).write(path)
    return path


def _held(inputs: Inputs, scenario: str | None) -> str:
    """The scenario that is asked for, or the first; one whose conditions the inputs do not meet is none."""
    if scenario is None:
        held = [name for name in inputs.scenarios if not inputs.unmet(name)]
        if not held:
            raise MirrorError(f"{inputs.path}: no scenario holds for these inputs; see when in [scenarios.<name>]")
        return held[0]
    label = inputs.scenario(scenario).label
    if unmet := inputs.unmet(scenario):
        raise MirrorError(f"scenario {scenario!r} ({label}) does not hold for these inputs: {'; '.join(unmet)}")
    return scenario


def write_model_mirror(
    model: Any,
    central: xr.Dataset | Mapping[str, Any],
    path: str | Path,
    *,
    group: str | None = None,
    title: str = "Deterministic model",
) -> Path:
    """Write a model that is in memory as a workbook of live formulas that start from its parameters.

    Parameters
    ----------
    model : an hm.CohortModel, hm.DecisionTree or hm.FunctionModel
    central : one value of each parameter
    path : of the workbook, ``.xlsx``
    group : the group that is mirrored, where the model has groups
    title : in the first cell

    Returns
    -------
    The path

    Raises
    ------
    MirrorError
        as `write_mirror` does

    See Also
    --------
    write_mirror : of a model folder, whose inputs have labels, units and sources

    Examples
    --------
    >>> import tempfile
    >>> import heemodel as hm
    >>> model = hm.CohortModel(
    ...     states=["well", "dead"], strategies=["usual care", "new care"], start={"well": 1.0},
    ...     cycle_length="1 year", horizon="2 years", discount=hm.Discount(cost=0.035, qaly=0.035, timing="count"),
    ...     transitions=lambda p, time: {
    ...         ("well", "dead"): hm.by_strategy({"usual care": p.risk, "new care": p.risk / 2})
    ...     },
    ...     payoffs=lambda p, time: hm.Payoffs(cost={"care": {"well": 100.0}}, qaly={"well": 0.8}),
    ... )
    >>> write_model_mirror(model, {"risk": 0.2}, f"{tempfile.mkdtemp()}/model.xlsx").name
    'model.xlsx'
    """
    path = _checked(path)
    draws = read_draws(central)
    if "sample" in draws.dims:
        raise MirrorError(
            "a mirror is of one value of each parameter; give central values, such as draws.mean('sample')"
        )
    record = record_model(model, draws, group)
    names = _names()
    figures = [*plain_figures(record.reader, draws, names), *discount_figures(record.rates, model, names)]
    words = plain_words(model, model.run(draws), record.content, group, title)
    _mirror(record, figures, words).write(path)
    return path


def mirror_of(
    folder: ModelFolder, prepared: Prepared, group: str | None, *, horizon: str, files: Mapping[str, str]
) -> Mirror:
    """The mirror of a prepared scenario, checked against the engine."""
    with own_code(folder.path, prepared.where):
        record = record_model(prepared.model, prepared.central, group, folder.path.resolve())
    names = _names()
    figures = figures_of(record.reader, prepared.central, prepared.inputs, prepared.scenario, names)
    figures += discount_figures(record.rates, prepared.model, names)
    return _mirror(record, figures, words_of(prepared, record.content, group, horizon, files))


def _mirror(record: Record, figures: list[Figure], words: Words) -> Mirror:
    """What was recorded, with its inputs and words, and where everything stands."""
    if record.unchecked:
        several = ", ".join(record.unchecked)
        words.notes.append(
            f"The model takes no other value of {several} by itself (shares of one whole, or a fixed order), so that "
            "it could not be tried before this was written whether everything follows when it is changed."
        )
    return Mirror(record.content, plan(record.content, record.reader), record.reader, figures, words)


def _names() -> Names:
    """Names of cells, without those that the workbook has for itself."""
    names = Names()
    for taken in RESERVED:
        names.name(taken)
    return names


def _checked(path: str | Path) -> Path:
    """A path that a workbook can be written to."""
    path = Path(path)
    if path.suffix != ".xlsx":
        raise MirrorError(f"{path}: a mirror is a workbook; name it {path.with_suffix('.xlsx').name}")
    if not path.parent.is_dir():
        raise MirrorError(f"{path}: there is no folder {path.parent}; make it, or name another")
    return path
