"""Which input moved a headline figure: inputs of the first run are replaced by those of the second one by one."""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.analysis.comparing.changes import MISSING, Place, changed_tables, files_differ, is_words, leaves, table_at
from heemodel.analysis.comparing.code import Code, NoCodeError
from heemodel.analysis.preparing import Prepared, Sampler, draw, prepare
from heemodel.analysis.results import Record, Results
from heemodel.decision import CostEffectiveness, monte_carlo_error, summarise
from heemodel.errors import HeemodelError
from heemodel.parameters import Inputs

COLUMNS = ["scenario", "strategy", "quantity", "step", "label", "total", "start", "end", "value", "mcse", "note"]
RAN = (
    "about",
    "settings",
    "parameters",
    "priors",
    "data",
    "scenarios",
    "alternatives",
    "tables",
    "groups",
    "correlated",
)
"""Sections that a run of the model depends on."""
ABOUT = ("price_year", "policy")
"""Keys of [about] on which it depends."""
REFERRING = ("compare", "intervention", "limits", "notes")
"""Keys of [about] that no run depends on, and that name other tables, which may not be there yet."""
REST, DRAWS, WHOLE = "rest", "draws", "movement"
"""Steps that are no input: code, horizon, seed, versions; draws that the steps were not run on; all together."""
YEARLY = "saving_per_year"
"""The quantity of the headline that is the saving on one year's patients."""
Quantity = Callable[[xr.Dataset], xr.DataArray]
Step = Callable[[str, int, int], object]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The figure whose movement is explained.

    Attributes
    ----------
    name : of the quantity in the headline
    comparator, intervention : whose
    threshold : of a net benefit; None for a saving
    yearly : whether the saving is that of one year's patients
    """

    name: str
    comparator: str
    intervention: str
    threshold: float | None
    yearly: bool = False

    def of(self, outcomes: xr.Dataset, inputs: Inputs) -> xr.DataArray:
        """The quantity draw by draw; inputs say how many patients a year has."""
        cea = CostEffectiveness(outcomes, comparator=self.comparator)
        if self.threshold is None:
            return cea.saving(self.intervention) * (inputs.annual_volume or 0.0 if self.yearly else 1.0)
        return cea.incremental_net_benefit(self.intervention, threshold=self.threshold)


def asked_of(before: Results, after: Results) -> Asked:
    """The net saving where both runs ask for it, else the net benefit at the first threshold that both have.

    The saving is that of one patient; or, where the two runs have other numbers of patients in a year, of all of these.
    """
    saving = all(results.asks("saving") for results in (before, after))
    common = [one for one in after.thresholds if one in before.thresholds] or list(after.thresholds)
    asked = partial(Asked, comparator=after.comparator, intervention=after.intervention)
    if not saving or before.inputs is None or after.inputs is None:
        return asked(name=f"net_benefit_at_{common[0]:.12g}", threshold=common[0])
    volumes = [inputs.annual_volume for inputs in (before.inputs, after.inputs)]
    if None not in volumes and volumes[0] != volumes[1]:
        return asked(name=YEARLY, threshold=None, yearly=True)
    return asked(name=list(after.inputs.steps.values())[-1].quantity, threshold=None)


def moving_tables(before: Inputs, after: Inputs) -> list[Place]:
    """Tables of the inputs that differ in more than words, and that a run depends on."""
    return [place for place in changed_tables(before, after) if place[0] in RAN and _matters(place, before, after)]


def _matters(place: Place, before: Inputs, after: Inputs) -> bool:
    """Whether a table that differs can move a result."""
    old, new = (table_at(inputs, place) for inputs in (before, after))
    if old is MISSING or new is MISSING:
        return True
    if place == ("about",):
        return any(old.get(key) != new.get(key) for key in ABOUT)
    figures = [{key: value for key, value in leaves(table, place) if not is_words(key)} for table in (old, new)]
    return figures[0] != figures[1] or (place[0] == "tables" and files_differ(place, before, after))


@dataclass
class _Path:
    """The way from the inputs of one run to those of the other, as far as it has been gone.

    Attributes
    ----------
    samples : at every place on the way, the quantity by scenario
    steps : the tables that each step replaced
    held : tables that could not be replaced yet, as the inputs would not have been valid, with the reason
    before_all : tables that had to be replaced before any step, as the code takes no others
    """

    code: Code
    before: Inputs
    after: Inputs
    asked: Asked
    record: Record
    scenarios: Sequence[str]
    draws: int
    sampler: Sampler
    replaced: list[Place] = field(default_factory=list)
    samples: list[dict[str, xr.DataArray]] = field(default_factory=list)
    steps: list[tuple[Place, ...]] = field(default_factory=list)
    held: dict[Place, str] = field(default_factory=dict)
    before_all: tuple[Place, ...] = ()

    def begin(self, places: Sequence[Place]) -> None:
        """Run the first inputs; where the code takes other tables than they have, with those that came and went."""
        try:
            self.samples.append(self._run(()))
        except HeemodelError as error:
            came_or_went = [one for one in places if any(table is MISSING for table in self._tables(one))]
            figures = [one for one in came_or_went if one[0] not in ("scenarios", "data")]
            if not any(self._begins_with(tuple(some)) for some in (figures, came_or_went)):
                reason = str(error).splitlines()[-1].strip()
                raise NoCodeError(f"the code does not run with the first run's inputs: {reason}") from None

    def _begins_with(self, places: tuple[Place, ...]) -> bool:
        """Whether the first inputs run with some tables replaced, which then are."""
        try:
            self.samples.append(self._run(places))
        except HeemodelError:
            return False
        self.before_all = places
        self.replaced += places
        return True

    def _tables(self, place: Place) -> list[object]:
        """A table in both inputs."""
        return [table_at(inputs, place) for inputs in (self.before, self.after)]

    def replace(self, place: Place) -> None:
        """Replace a table, with those that were held back if only that gives valid inputs, else hold it back."""
        tried = [(*self.held, place), (place,)] if self.held else [(place,)]
        for together in tried:
            try:
                samples = self._run(together)
            except HeemodelError as error:
                reason = str(error).splitlines()[-1].strip()
                continue
            self.samples.append(samples)
            self.steps.append(together)
            self.replaced += together
            self.held = {one: why for one, why in self.held.items() if one not in together}
            return
        self.held[place] = reason

    def _run(self, together: Iterable[Place]) -> dict[str, xr.DataArray]:
        """The quantity of every scenario with further tables replaced."""
        inputs = self._inputs([*self.replaced, *together])
        horizon = self.code.folder.check_horizon(self.record.horizon or None)
        prepared = [prepare(self.code.folder, inputs, name, horizon, self.sampler) for name in self.scenarios]
        return {one.scenario: self._quantity(one) for one in prepared}

    def _quantity(self, prepared: Prepared) -> xr.DataArray:
        """The quantity on the first draws of the run."""
        draws = draw(self.code.folder, prepared, self.sampler).isel(sample=slice(0, self.draws))
        return self.asked.of(prepared.weighted(prepared.run(draws)), prepared.inputs)

    def _inputs(self, places: Sequence[Place]) -> Inputs:
        """The first inputs with some tables replaced by those of the second, without what no run depends on."""
        content = {section: deepcopy(tables) for section, tables in self.before.content.items()}
        for section in [name for name in content if name not in (*RAN, "steps", "components", "avoided")]:
            del content[section]
        for place in places:
            self._put(content, place)
        content["about"] = {key: value for key, value in content["about"].items() if key not in REFERRING}
        scenarios = content.get("scenarios", {})
        content["scenarios"] = {  # their conditions were met when they were run
            name: {key: value for key, value in table.items() if key != "when"} for name, table in scenarios.items()
        }
        texts = {**self.before.files}
        for place in places:
            if place[0] == "tables" and place[1] in self.after.tables:
                name = self.after.tables[place[1]].file
                texts[name] = self.after.files[name]
        return Inputs.from_content(content, self.before.source, self.code.folder.inputs.needs, texts=texts)

    def _put(self, content: dict[str, object], place: Place) -> None:
        """Put a table of the second inputs in the place of the first's."""
        new = table_at(self.after, place)
        if len(place) == 1:
            content[place[0]] = deepcopy(new)
            return
        tables = dict(content.get(place[0], {}))  # type: ignore[call-overload] # a table of tables
        if new is MISSING:
            tables.pop(place[1], None)
        else:
            tables[place[1]] = deepcopy(new)
        content[place[0]] = tables


def attribution(
    before: Results, after: Results, code: Code, *, draws: int, progress: Step | None = None
) -> pd.DataFrame:
    """The movement of one headline figure, input by input.

    Starting from the first run's inputs, each table of figures that differs is replaced by that of the second run, in
    the order of the second inputs file, and the model is run again on the same draws; what a step adds depends on the
    order. Tables that make valid inputs only together are replaced together.

    Parameters
    ----------
    code : that of one of the runs, whose seed, draws and horizon are used
    draws : of each run, the first ones; at most as many as both runs have
    progress : called with what is being done, the steps done and their number

    Returns
    -------
    DataFrame with columns scenario, strategy, quantity, step (places of the tables, joined by " + "; "rest" for code,
    horizon, seed and versions; "draws" for those beyond the ones run; "movement" for all together), label, total (of
    the row "movement"), start, end (of the bar), value (what the step adds; rows add up to the movement), mcse (Monte
    Carlo standard error of a step) and note
    """
    if before.inputs is None or after.inputs is None:
        return pd.DataFrame(columns=COLUMNS)
    record = after.record if code.of == "after" else before.record
    unconverged = any(one.fitted is not None and one.fitted.accepted_unconverged for one in [*before, *after])
    path = _Path(
        code=code,
        before=before.inputs,
        after=after.inputs,
        asked=asked_of(before, after),
        record=record,
        scenarios=[name for name in after.scenarios if name in before.scenarios],
        draws=draws,
        sampler=Sampler(draws=record.draws, seed=record.seed, allow_unconverged=unconverged),
    )
    places = moving_tables(before.inputs, after.inputs)
    path.begin(places)
    places = [place for place in places if place not in path.before_all]
    for done, place in enumerate(places):
        if progress is not None:
            progress(f"running with the other {'.'.join(place)}", done, len(places))
        path.replace(place)
    rows = [row for name in path.scenarios for row in _rows(path, before, after, name)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"mcse": float})


def _rows(path: _Path, before: Results, after: Results, scenario: str) -> list[dict[str, object]]:
    """The bars of one scenario, end to end."""
    along = [samples[scenario] for samples in path.samples]
    ends = [
        path.asked.of(results[scenario].outcomes, inputs)
        for results, inputs in ((before, path.before), (after, path.after))
    ]
    few = [end.isel(sample=slice(0, path.draws)) for end in ends]
    bars: list[tuple[str, str, float, float, str]] = []
    for together, was, now in zip(path.steps, along, along[1:], strict=False):
        step = now.copy(data=now.to_numpy() - was.to_numpy())
        names = " + ".join(".".join(place) for place in together)
        label = " + ".join(_label(place, path.before, path.after) for place in together)
        bars.append((names, label, float(step.mean()), monte_carlo_error(step), ""))
    rest = _mean(few[1]) - _mean(along[-1]) + _mean(along[0]) - _mean(few[0])
    whole = _mean(ends[1]) - _mean(ends[0])
    if any(results.record.draws > path.draws for results in (before, after)):
        beyond = whole - (_mean(few[1]) - _mean(few[0]))
        bars.append((REST, "Code, horizon, seed, versions", rest, np.nan, _unplaced(path)))
        bars.append((DRAWS, f"Draws beyond the first {path.draws:,}", beyond, np.nan, ""))
    else:
        bars.append((REST, "Code, horizon, seed, draws, versions", rest, np.nan, _unplaced(path)))
    return _laid_end_to_end(path.asked, scenario, bars, whole)


def _laid_end_to_end(
    asked: Asked, scenario: str, bars: Sequence[tuple[str, str, float, float, str]], whole: float
) -> list[dict[str, object]]:
    """Rows with where each bar begins and ends; the last is all of them."""
    keys = {"scenario": scenario, "strategy": asked.intervention, "quantity": asked.name}
    rows, reached = [], 0.0
    for step, label, value, mcse, note in bars:
        ends = {"start": reached, "end": reached + value}
        rows.append({**keys, "step": step, "label": label, "total": False, **ends, "value": value, "mcse": mcse})
        rows[-1]["note"] = note
        reached += value
    last = {"step": WHOLE, "label": "Movement in all", "total": True, "start": 0.0, "end": reached}
    return [*rows, {**keys, **last, "value": whole, "mcse": np.nan, "note": ""}]


def _mean(quantity: xr.DataArray) -> float:
    return summarise(quantity).value


def _unplaced(path: _Path) -> str:
    """Which inputs are part of the rest, and why."""
    notes = [f"with {'.'.join(place)}, which could not be run: {why}" for place, why in path.held.items()]
    if path.before_all:
        names = ", ".join(".".join(place) for place in path.before_all)
        notes.insert(0, f"with {names}, without which the code does not run")
    return "; ".join(notes)


def _label(place: Place, before: Inputs, after: Inputs) -> str:
    """What a table is called: by its label, else by its place; with a word where it is there in one run only."""
    old, new = (table_at(inputs, place) for inputs in (before, after))
    shown = old if new is MISSING else new
    label = str(shown.get("label", ".".join(place))) if isinstance(shown, dict) else ".".join(place)
    label = "Price year and policy" if place == ("about",) else label
    return f"{label} (new)" if old is MISSING else f"{label} (removed)" if new is MISSING else label
