"""The line through all rooms: a model folder in, results out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from heemodel.analysis.agreement import check_agreement
from heemodel.analysis.folder import ModelFolder, load_model
from heemodel.analysis.own_code import own_code
from heemodel.analysis.preparing import Prepared, Sampler, in_words, prepare
from heemodel.analysis.record import hashes, record_of
from heemodel.analysis.results import Affected, Results, ScenarioResult, VariationResult
from heemodel.analysis.tables import tabulated
from heemodel.decision import Appraisal, appraise
from heemodel.errors import HeemodelError
from heemodel.parameters import Inputs
from heemodel.structures import DecisionModel, ModelError
from heemodel.structures.protocol import Described, Discounts, DrawnAsTree, Traceable, tells_apart
from heemodel.verify import run_checks

FEWEST_DRAWS = 100
"""With fewer, neither the value of information nor its precision can be worked out."""
TRACE_DRAWS = 1_000
"""Draws behind the occupancy over time and outcomes by year: a mean and interval for a picture."""
FEW_PLACES = 3
"""Numbers of a parameter up to which its value of information is looked at unasked; for more, the inputs name it."""
VARIATION_DRAWS = 2_000
"""Draws of each variation at most: a row of a table, of which there may be many."""
Progress = Callable[[str, int, int], object]
"""Takes what is being done, how many steps are done, and of how many."""


def analyse(
    model: ModelFolder | str | Path,
    *,
    scenarios: Sequence[str] | None = None,
    draws: int = 10_000,
    seed: int = 1,
    horizon: str | None = None,
    inputs: Inputs | None = None,
    allow_unconverged: bool = False,
    progress: Progress | None = None,
) -> Results:
    """Fit the evidence, run every draw through the model, appraise the decision, check the model.

    Point estimates are run first for every scenario, so that mistakes come to light before anything is sampled; only
    evidence that has no plug-in estimate is fitted before, and its posterior means are taken.

    Parameters
    ----------
    model : a model folder, from `load_model`, or its path
    scenarios : names of scenarios of the inputs; all by default
    draws : joint draws of all uncertain inputs, 100 or more
    seed : the one seed, 0 or more
    horizon : as the model takes it, such as "5 years"; the model's own by default
    inputs : in place of the folder's, such as ``model.inputs.with_changes({…})``
    allow_unconverged : use a posterior that the convergence gate refuses; the report says so first
    progress : called with what is being done, the steps done and their number

    Returns
    -------
    Results: by scenario draws, outcomes, point estimate, appraisal, checks; variations; tidy tables of it all

    Raises
    ------
    InputError
        with every mistake in the inputs, and its line
    HeemodelError
        for a model that cannot be run; the error names the scenario or variation

    See Also
    --------
    write_report : the report of results
    Results.save : keeps them

    Examples
    --------
    >>> results = analyse("models/sumatriptan", draws=200)
    >>> results.strategies
    ['caffeine/ergotamine', 'sumatriptan']
    """
    _check_whole("draws", draws, FEWEST_DRAWS)
    _check_whole("seed", seed, 0)
    if isinstance(scenarios, str):
        raise HeemodelError(f"scenarios = {scenarios!r} is one name; give a list: scenarios=[{scenarios!r}]")
    folder = model if isinstance(model, ModelFolder) else load_model(model)
    inputs = inputs or folder.inputs
    chosen = [name for name in inputs.scenarios if scenarios is None or name in scenarios]
    for name in scenarios or ():
        inputs.scenario(name)
    length = folder.check_horizon(horizon)
    check_models(folder, inputs, chosen, length)
    names = STEPS if folder.evidence_module is None else (FITTING, *STEPS)
    steps = _Steps(progress, 1 + len(chosen) * len(names) + len(inputs.variations))
    sampler = Sampler(draws=draws, seed=seed, allow_unconverged=allow_unconverged)
    steps.next("running the point estimates")
    prepared = [prepare(folder, inputs, name, length, sampler) for name in chosen]
    asked = inputs.thresholds
    for scenario in prepared:
        check_agreement(inputs, scenario.weighted(scenario.point), asked, draws=scenario.central)
    results = Results(
        inputs=inputs,
        record=record_of(
            model=folder.name,
            seed=seed,
            draws=draws,
            horizon=length,
            files=hashes(folder.files | {"inputs.toml": inputs.source.text}),
            folder=folder.path,
            discounting=_discounting([scenario.model for scenario in prepared]),
            structure=_structure([scenario.model for scenario in prepared]),
            policy_thresholds=inputs.about.thresholds is None,
        ),
        comparator=inputs.about.comparator,
        thresholds=asked,
        scenarios={scenario.scenario: _analysed(folder, scenario, sampler, asked, steps) for scenario in prepared},
        variations=_varied(folder, inputs, chosen[0], length, sampler, steps),
        comparisons=folder.comparisons(inputs),
        affected=_affected(inputs),
        currency=inputs.about.currency,
        title=inputs.about.title,
        question=inputs.about.question,
    )
    return tabulated(results)


def _check_whole(what: str, number: object, least: int) -> None:
    """Refuse what is no whole number, or a smaller one."""
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < least:
        raise HeemodelError(f"{what} = {number!r}; give a whole number, {least} or more")


FITTING = "fitting the evidence"
"""Of each scenario of a folder with evidence, before its other steps."""
STEPS = (
    "running {:,} draws",
    "appraising the decision",
    "following people",
    "checking the model",
)
"""Of each scenario."""


class _Steps:
    """Counts the steps of an analysis and says which begins."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0

    def next(self, what: str) -> None:
        """A step begins."""
        if self.progress is not None:
            self.progress(what, self.done, self.total)
        self.done += 1


def _analysed(
    folder: ModelFolder, prepared: Prepared, sampler: Sampler, thresholds: Sequence[float], steps: _Steps
) -> ScenarioResult:
    """Everything of one scenario."""
    label = prepared.inputs.scenario(prepared.scenario).label
    names = iter(f"{label}: {step}" for step in STEPS)
    if folder.evidence_module is not None:
        steps.next(f"{label}: {FITTING}")
    fitted = sampler.describe(prepared.evidence)
    steps.next(next(names).format(sampler.draws))
    sampled = sampler.draw(prepared.evidence, prepared.inputs)
    outcomes, cost_by_state = prepared.run_by_state(sampled)
    weighted = prepared.weighted(outcomes)
    steps.next(next(names))
    appraisal = _appraised(prepared, weighted, sampled, thresholds, sampler.seed)
    steps.next(next(names))
    model, few = prepared.model, sampled.isel(sample=slice(0, TRACE_DRAWS))
    grouped = "group" in outcomes.dims
    with own_code(prepared.folder, prepared.where):
        trace = model.trace(few, weights=prepared.shares) if isinstance(model, Traceable) else None
        tree = model.table(few) if isinstance(model, DrawnAsTree) else None
        by_year = _by_year(prepared, few)
    result = ScenarioResult(
        name=prepared.scenario,
        appraisal=appraisal,
        draws=sampled,
        outcomes=weighted,
        point=prepared.weighted(prepared.point),
        fitted=fitted,
        trace=trace,
        tree=tree,
        cost_by_state=cost_by_state,
        by_year=by_year,
        groups=outcomes if grouped else None,
        subgroups=prepared.subgroups if grouped else None,
        read=prepared.read,
    )
    steps.next(next(names))
    comparator = prepared.inputs.about.comparator
    with own_code(prepared.folder, prepared.where):
        checks = run_checks(model, sampled, outcomes, central=prepared.central, comparator=comparator)
    return replace(result, checks=[*checks, *folder.checks(sampled, outcomes)])


def _appraised(
    prepared: Prepared, outcomes: xr.Dataset, draws: xr.Dataset, thresholds: Sequence[float], seed: int
) -> Appraisal:
    """The decision analysis of a scenario; information is that of the groups in the inputs, else of each parameter."""
    inputs = prepared.inputs
    groups = {name: tuple(question.parameters) for name, question in inputs.information.items()}
    read = _that_are_read(draws, prepared.read)
    varying = [str(name) for name, values in read.items() if _varies(values)]
    return appraise(
        outcomes,
        read if varying else None,
        comparator=inputs.about.comparator,
        thresholds=thresholds,
        groups=groups,
        alone=[] if groups else [name for name in varying if _places(read[name]) <= FEW_PLACES],
        currency=inputs.about.currency,
        seed=seed,
        progress=_quietly,
    )


def _that_are_read(draws: xr.Dataset, read: frozenset[str]) -> xr.Dataset:
    """The draws that can move the outcomes: those that the model reads, and from which source each was drawn."""
    wanted = {*read, *(f"{name}_source" for name in read)}
    return draws[[name for name in draws.data_vars if str(name) in wanted]]


def _places(values: xr.DataArray) -> int:
    """How many numbers a parameter has in each draw."""
    return values.size // values.sizes["sample"]


def _varies(values: xr.DataArray) -> bool:
    return "sample" in values.dims and bool((values != values.isel(sample=0)).any())


def _by_year(prepared: Prepared, draws: xr.Dataset) -> xr.Dataset | None:
    """Mean undiscounted costs and QALYs by year, where the model knows them and its cycles divide years."""
    if not tells_apart(prepared.model, "year"):
        return None
    model: Any = prepared.model
    try:
        outcomes: xr.Dataset = model.run(draws, by="year", discounted=False)
    except ModelError:
        return None  # the same draws have run without years: it is the cycles that do not divide them
    return prepared.weighted(outcomes[["cost", "qaly"]].mean("sample"))


def _varied(
    folder: ModelFolder, inputs: Inputs, scenario: str, horizon: str, sampler: Sampler, steps: _Steps
) -> dict[str, VariationResult]:
    """Every variation of the inputs, each on its own scenario or else the one named.

    Draw i of what a variation leaves alone is draw i of the scenario.
    """
    results = {}
    for name, variation in inputs.variations.items():
        steps.next(f"variation: {variation.label}")
        varied = inputs.varied[name]
        on, over = variation.scenario or scenario, variation.horizon or horizon
        prepared = prepare(folder, varied, on, over, sampler, variation=name)
        outcomes = prepared.run(sampler.draw(prepared.evidence, varied).isel(sample=slice(0, VARIATION_DRAWS)))
        counted = [
            component
            for component, part in varied.components.items()
            if variation.payers is None or part.payer in variation.payers
        ]
        weighted, point = (prepared.weighted(of) for of in (outcomes, prepared.point))
        if counted:
            weighted, point = (of.sel(component=counted) for of in (weighted, point))
        results[name] = VariationResult(
            name=name, scenario=on, horizon=over, outcomes=weighted, point=point, annual_volume=varied.annual_volume
        )
    return results


def _discounting(models: Sequence[DecisionModel]) -> str:
    """How costs and QALYs are discounted in all of the models; empty where they do not say, or do not agree."""
    words = {part.discount.words for model in models for part in _parts(model) if isinstance(part, Discounts)}
    return words.pop() if len(words) == 1 else ""


def _structure(models: Sequence[DecisionModel]) -> tuple[str, ...]:
    """What the models are, in a line for each that is different."""
    lines = ["; then ".join(part.in_words for part in _parts(m) if isinstance(part, Described)) for m in models]
    return tuple(line for line in dict.fromkeys(lines) if line)


def _parts(model: DecisionModel) -> Sequence[DecisionModel]:
    """A model, or those that it is a sequence of."""
    parts: Sequence[DecisionModel] = getattr(model, "models", (model,))
    return parts


def _affected(inputs: Inputs) -> Affected | None:
    """The people of one year, where the inputs say how many they are."""
    volume = inputs.annual_volume
    if volume is None:
        return None
    whole, patients = float(volume).is_integer(), f"{volume:,.0f}"
    words = f"one year's {patients} patients" if whole else f"one year's patients (about {patients})"
    return Affected(volume, words, every_year=True)


def check_models(folder: ModelFolder, inputs: Inputs, scenarios: Sequence[str], horizon: str) -> None:
    """Refuse scenarios, then variations, whose decision model cannot be built, before anything is sampled."""
    wanted: list[tuple[Inputs, str, str, str | None]] = [(inputs, horizon, scenario, None) for scenario in scenarios]
    wanted += [
        (inputs.varied[name], variation.horizon or horizon, variation.scenario or scenarios[0], name)
        for name, variation in inputs.variations.items()
    ]
    for varied, length, scenario, variation in wanted:
        with own_code(folder.path, in_words(scenario, variation)):
            folder.model(varied, length, scenario)


def _quietly(*_: object) -> None:
    """Progress of one step, which is not shown: the analysis shows its own."""
