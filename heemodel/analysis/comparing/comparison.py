"""Two runs of a model compared: one frozen object, from which the report of their differences is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from heemodel.analysis.comparing.attribution import Asked, asked_of, attribution, moving_tables
from heemodel.analysis.comparing.changes import changes
from heemodel.analysis.comparing.code import NoCodeError, find_code
from heemodel.analysis.comparing.headlines import ONLY, decisions, headlines
from heemodel.analysis.comparing.provenance import changing, is_code, provenance
from heemodel.analysis.results import Results
from heemodel.errors import HeemodelError

STEP_DRAWS = 2_000
"""Draws of each step of an attribution, at most: a difference on common draws needs few."""


@dataclass(frozen=True, kw_only=True)
class RunComparison:
    """What two runs of a model have apart.

    Attributes
    ----------
    before, after : the results
    names : what the two are called: their folders' names where they were read from folders
    tables : tidy tables by name: provenance, changes (of inputs), headlines, decisions, attribution
    code : which run's code the attribution was run with: "both", "before" or "after"; empty where there is none
    without : why there is no attribution; empty where there is one
    steps_on : draws that each step of the attribution was run on
    """

    before: Results
    after: Results
    names: tuple[str, str] = ("first run", "second run")
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    code: str = ""
    without: str = ""
    steps_on: int = 0

    @property
    def scenarios(self) -> list[str]:
        """Those that both runs have."""
        return [name for name in self.after.scenarios if name in self.before.scenarios]

    @cached_property
    def asked(self) -> Asked:
        """The figure whose movement is attributed to inputs."""
        return asked_of(self.before, self.after)

    @property
    def shared(self) -> pd.DataFrame:
        """The headline figures that both runs were asked for, and that one of them at least has."""
        table = self.tables["headlines"]
        return table[~table["note"].isin(ONLY) & table[["before", "after"]].notna().any(axis="columns")]

    @property
    def moved(self) -> pd.DataFrame:
        """The headline figures that moved by more than chance."""
        table = self.tables["headlines"]
        return table[table["moved"]]

    @property
    def still(self) -> set[str]:
        """The scenarios in which the figure whose movement is attributed is the same in both runs."""
        table = self.tables["headlines"]
        asked = (table["quantity"] == self.asked.name) & (table["strategy"] == self.asked.intervention)
        return set(table.loc[asked & table["same"] & (table["basis"] == "probabilistic"), "scenario"])

    @property
    def turned(self) -> pd.DataFrame:
        """The decisions that are not the same."""
        table = self.tables["decisions"]
        return table[table["turned"]]

    @property
    def code_differs(self) -> bool:
        """Whether the two runs were made with other code of the model."""
        table = self.tables["provenance"]
        names = set(table.loc[table["kind"] == "file", "what"]) - changing(self.before.record)
        return any(is_code(name) for name in names - changing(self.after.record))


def compare(
    before: Results | str | Path,
    after: Results | str | Path,
    *,
    model: str | Path | None = None,
    draws: int = STEP_DRAWS,
    progress: Callable[[str, int, int], object] | None = None,
) -> RunComparison:
    """Hold two runs of a model together: what differs in how they were made, and what moved by it.

    Parameters
    ----------
    before, after : results, or folders of results
    model : the model's folder, whose code is run; by default ``models/<name>`` or ``<name>`` below the current folder
    draws : of each step of the attribution, at most
    progress : called with what is being done, the steps done and their number

    Returns
    -------
    RunComparison, whose tables are

    - provenance: seed, draws, horizon, versions and files that are not the same
    - changes: every difference of the inputs, by its place in the file
    - headlines: every headline figure with its difference and the Monte Carlo error of that
    - decisions: what each run would decide
    - attribution: the movement of the net saving (of one year's patients, where their number is another), or of the
      net benefit at the first threshold, input by input; empty where the model cannot be run again, and `without` says
      why

    Raises
    ------
    HeemodelError
        if a folder holds no results, or the two are of different models: other strategies, another comparator or
        currency, or no scenario in common

    Notes
    -----
    The order in which inputs are replaced, that of the second inputs file, decides what a step of the attribution adds
    where inputs act together; that the steps add up to the movement does not depend on it.

    See Also
    --------
    write_comparison : the report of it

    Examples
    --------
    >>> import heemodel as hm
    >>> folder = hm.load_model("models/sick_sicker")
    >>> dear = folder.inputs.with_changes({"parameters.cost_b.value": 14_000.0})
    >>> runs = [hm.analyse(folder, draws=100), hm.analyse(folder, draws=100, inputs=dear)]
    >>> comparison = compare(*runs, model="models/sick_sicker")
    >>> comparison.tables["changes"]["place"].tolist()
    ['parameters.cost_b.value']
    >>> comparison.tables["attribution"]["step"].tolist()
    ['parameters.cost_b', 'rest', 'movement']
    """
    names = _names(before, after)
    before, after = (run if isinstance(run, Results) else Results.load(run) for run in (before, after))
    _check_same_model(before, after)
    tables = {
        "provenance": provenance(before, after),
        "changes": changes(before.inputs, after.inputs),
        "headlines": headlines(before, after),
        "decisions": decisions(before, after),
    }
    few = min(draws, before.record.draws, after.record.draws)
    without, used, steps = "", "", pd.DataFrame()
    try:
        if not _figures_differ(before, after):
            raise NoCodeError("no figure of the inputs differs, so that there is nothing to attribute to one")
        code = find_code(before, after, model)
        steps, used = attribution(before, after, code, draws=few, progress=progress), code.of
    except HeemodelError as error:
        if model is not None and not isinstance(error, NoCodeError):
            raise  # the folder was named, and cannot be run
        without = str(error)
    return RunComparison(
        before=before,
        after=after,
        names=names,
        tables={**tables, "attribution": steps},
        code=used,
        without=without,
        steps_on=0 if without else few,
    )


def _names(before: Results | str | Path, after: Results | str | Path) -> tuple[str, str]:
    """What the runs are called: their folders' names, with the folders above where these are the same."""
    if isinstance(before, Results) or isinstance(after, Results):
        return "first run", "second run"
    one, other = (Path(run).resolve() for run in (before, after))
    if one.name == other.name:
        one, other = (path.relative_to(path.parents[min(1, len(path.parents) - 1)]) for path in (one, other))
        return one.as_posix(), other.as_posix()
    return one.name, other.name


def _figures_differ(before: Results, after: Results) -> bool:
    """Whether there are inputs to attribute a movement to."""
    if before.inputs is None or after.inputs is None:
        raise NoCodeError("the results are those of a PSA from files, which has no model to run again")
    return bool(moving_tables(before.inputs, after.inputs))


def _check_same_model(before: Results, after: Results) -> None:
    """Refuse results that are not of one decision."""
    problems = []
    if set(before.strategies) != set(after.strategies):
        told = [", ".join(sorted(results.strategies)) for results in (before, after)]
        problems.append(f"the first are of {told[0]}, the second of {told[1]}")
    elif before.comparator != after.comparator:
        problems.append(f"the comparator is {before.comparator} in the first and {after.comparator} in the second")
    if before.currency.name != after.currency.name:
        problems.append(f"the first are in {before.currency.name}, the second in {after.currency.name}")
    if not set(before.scenarios) & set(after.scenarios):
        told = [", ".join(results.scenarios) for results in (before, after)]
        problems.append(f"they have no scenario in common: the first has {told[0]}, the second {told[1]}")
    if problems:
        raise HeemodelError(
            f"these results cannot be compared: {'; '.join(problems)}. Name two runs of one model that were made to "
            "answer the same question"
        )
