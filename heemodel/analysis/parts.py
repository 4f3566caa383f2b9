"""One scenario, or one variation, of an analysis: each can be worked out by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import xarray as xr

from heemodel.analysis.folder import ModelFolder
from heemodel.analysis.own_code import own_code
from heemodel.analysis.preparing import Prepared, Sampler, draw, linked_to, prepare
from heemodel.analysis.results import ScenarioResult, VariationResult
from heemodel.analysis.two_way import maps_of
from heemodel.analysis.yearly import FirstYears, run_by_year
from heemodel.decision import Appraisal, appraise
from heemodel.parameters import Inputs
from heemodel.structures.protocol import DrawnAsTree, Traceable
from heemodel.verify import run_checks

FITTING = "fitting the evidence"
"""Of each scenario of a folder with evidence, before its other steps."""
STEPS = (
    "running {:,} draws",
    "appraising the decision",
    "following people",
    "checking the model",
    "drawing up its own tables",
)
"""Of each scenario."""


TRACE_DRAWS = 1_000
"""Draws behind the occupancy over time and outcomes by year: a mean and interval for a picture."""
FEW_PLACES = 3
"""Numbers of a parameter up to which its value of information is looked at unasked; for more, the inputs name it."""
VARIATION_DRAWS = 2_000
"""Draws of each variation at most: a row of a table, of which there may be many."""


@dataclass(frozen=True, kw_only=True)
class Varied:
    """Inputs varied; which scenario is run on them, over which horizon, and whose money counts (all by default)."""

    name: str
    label: str
    inputs: Inputs
    scenario: str
    horizon: str
    payers: Sequence[str] | None


def variations_of(inputs: Inputs, scenario: str, horizon: str) -> list[Varied]:
    """Every variation of the inputs, each on its own scenario and horizon or else on those given."""
    return [
        Varied(
            name=name,
            label=variation.label,
            inputs=inputs.varied[name],
            scenario=variation.scenario or scenario,
            horizon=variation.horizon or horizon,
            payers=variation.payers,
        )
        for name, variation in inputs.variations.items()
    ]


def analyse_scenario(
    folder: ModelFolder,
    prepared: Prepared,
    sampler: Sampler,
    thresholds: Sequence[float],
    step: Callable[[str], object],
) -> ScenarioResult:
    """Everything of one scenario; `step` is told what begins."""
    label = prepared.inputs.scenario(prepared.scenario).label
    names = iter(f"{label}: {name.format(sampler.draws)}" for name in STEPS)
    if folder.evidence_module is not None:
        step(f"{label}: {FITTING}")
    fitted = sampler.describe(prepared.evidence)
    step(next(names))
    sampled = draw(folder, prepared, sampler)
    outcomes, cost_by_state = prepared.run_by_state(sampled)
    weighted = prepared.weighted(outcomes)
    step(next(names))
    appraisal = _appraised(prepared, weighted, sampled, thresholds, sampler.seed)
    maps = maps_of(prepared, sampled, weighted, appraisal)
    step(next(names))
    model, few = prepared.model, sampled.isel(sample=slice(0, TRACE_DRAWS))
    grouped = "group" in outcomes.dims
    with own_code(prepared.folder, prepared.where):
        trace = model.trace(few, weights=prepared.shares) if isinstance(model, Traceable) else None
        tree = model.table(sampled) if isinstance(model, DrawnAsTree) else None
        first_years = run_by_year(prepared, few)
        followed = FirstYears(prepared)
        yearly, yearly_point = followed.sampled(sampled, first_years), followed.point()
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
        by_year=None if first_years is None else prepared.weighted(first_years[["cost", "qaly"]].mean("sample")),
        yearly=yearly,
        yearly_point=yearly_point,
        no_budget=followed.why_not if yearly is None and prepared.inputs.annual_volume is not None else "",
        groups=outcomes if grouped else None,
        subgroups=prepared.subgroups if grouped else None,
        read=prepared.read,
        two_way=maps.grid,
        two_way_turns=maps.turns,
    )
    step(next(names))
    comparator = prepared.inputs.about.comparator
    with own_code(prepared.folder, prepared.where):
        checks = run_checks(model, sampled, outcomes, central=prepared.central, comparator=comparator)
    checks += folder.checks(sampled, outcomes)
    step(next(names))
    exhibits = folder.exhibits(linked_to(folder, sampler), prepared.inputs, prepared.scenario, sampled)
    return replace(result, checks=checks, exhibits=exhibits)


def _appraised(
    prepared: Prepared, outcomes: xr.Dataset, draws: xr.Dataset, thresholds: Sequence[float], seed: int
) -> Appraisal:
    """The decision analysis of a scenario; information is that of groups in the inputs, and of all other parameters."""
    inputs = prepared.inputs
    groups = {name: tuple(question.parameters) for name, question in inputs.information.items()}
    read = _that_are_read(draws, prepared.read)
    together = {name for group in groups.values() for name in group}
    varying = [str(name) for name, values in read.items() if _varies(values)]
    return appraise(
        outcomes,
        read if varying else None,
        comparator=inputs.about.comparator,
        thresholds=thresholds,
        groups=groups,
        alone=[name for name in varying if name not in together and _places(read[name]) <= FEW_PLACES],
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


def analyse_variation(folder: ModelFolder, variation: Varied, sampler: Sampler) -> VariationResult:
    """The outcomes of a variation. Draw i of what it leaves alone is draw i of the scenario."""
    inputs = variation.inputs
    prepared = prepare(folder, inputs, variation.scenario, variation.horizon, sampler, variation=variation.name)
    outcomes = prepared.run(draw(folder, prepared, sampler).isel(sample=slice(0, VARIATION_DRAWS)))
    payers = variation.payers
    counted = [name for name, part in inputs.components.items() if payers is None or part.payer in payers]
    weighted, point = (prepared.weighted(of) for of in (outcomes, prepared.point))
    if counted:
        weighted, point = (of.sel(component=counted) for of in (weighted, point))
    return VariationResult(
        name=variation.name,
        scenario=variation.scenario,
        horizon=variation.horizon,
        outcomes=weighted,
        point=point,
        annual_volume=inputs.annual_volume,
    )


def _quietly(*_: object) -> None:
    """Progress of one step, which is not shown: the analysis shows its own."""
