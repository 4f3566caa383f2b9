"""Headline quantities of every scenario and strategy, and the curves behind them."""

from collections.abc import Iterator, Mapping

import pandas as pd
import xarray as xr

from heemodel.analysis.labels import parameter_labels
from heemodel.analysis.results import Results, ScenarioResult
from heemodel.analysis.tables.quantities import Pair, Quantity, at_threshold, ratio_error, rows_of
from heemodel.analysis.tables.saving import Saved, saving_quantities
from heemodel.decision import CostEffectiveness, Summary, summarise

COLUMNS = ["quantity", "scenario", "strategy", "basis", "value", "lower", "upper", "mcse", "unit", "note"]


def headline(results: Results) -> pd.DataFrame:
    """Headline quantities, on the point and the probabilistic basis.

    Returns
    -------
    DataFrame with columns quantity, scenario, strategy (an intervention, compared with the comparator, or the strategy
    whose cost or QALYs it is; empty for what is of the decision as a whole), basis (point | probabilistic), value,
    lower, upper (95% interval), mcse (Monte Carlo standard error), unit and note. Probabilities have no point basis.
    `lead_at_…` belongs to the strategy of highest expected net benefit: how far it is ahead of the one in the note
    """
    rows: list[dict[str, object]] = []
    for result in results:
        for basis, outcomes in (("point", result.point), ("probabilistic", result.outcomes)):
            if outcomes is not None:
                rows += _rows(results, result, outcomes, basis)
    return pd.DataFrame(rows, columns=COLUMNS).astype({"lower": float, "upper": float, "mcse": float})


def _rows(results: Results, result: ScenarioResult, outcomes: xr.Dataset, basis: str) -> Iterator[dict[str, object]]:
    """The rows of one scenario on one basis: savings where they are asked, then interventions, then strategies."""
    cea = result.cea if basis == "probabilistic" else CostEffectiveness(outcomes, comparator=results.comparator)
    for name in results.interventions:
        keys = {"scenario": result.name, "strategy": name}
        if results.asks("saving") and results.inputs is not None:
            saved = Saved(results.inputs, outcomes, name)
            yield from rows_of(saving_quantities(saved, results.per_person, basis, results.notes), basis, **keys)
        yield from rows_of(compared(pair_of(results, cea, name), basis), basis, **keys)
    for name in results.strategies:
        keys = {"scenario": result.name, "strategy": name}
        yield from rows_of(_of_strategy(results, cea, name, basis), basis, **keys)
    if basis == "probabilistic":
        yield from rows_of(of_decision(results, cea), basis, scenario=result.name, strategy="")
        for name, lead in _leads(results, cea):
            yield from rows_of([lead], basis, scenario=result.name, strategy=name)


def pair_of(results: Results, cea: CostEffectiveness, intervention: str) -> Pair:
    """An intervention compared, in the words of the results."""
    words = results.per_person, results.person
    return Pair(cea, intervention, results.thresholds, results.currency, *words, results.notes)


def compared(pair: Pair, basis: str) -> Iterator[Quantity]:
    """Quantities of a pair on one basis."""
    yield from pair.means()
    if basis == "probabilistic":
        yield from pair.chances()


def _of_strategy(results: Results, cea: CostEffectiveness, strategy: str, basis: str) -> Iterator[Quantity]:
    """Cost and QALYs of a strategy; how probably it is the best of all, and what choosing it loses on average."""
    cost, qaly = cea.cost.sel(strategy=strategy, drop=True), cea.qaly.sel(strategy=strategy, drop=True)
    yield Quantity("cost", summarise(cost), results.per_person)
    yield Quantity("qaly", summarise(qaly), f"QALYs per {results.person}")
    if basis == "point":
        return
    for threshold in results.thresholds:
        benefit = cea.net_benefit([threshold]).isel(threshold=0, drop=True)
        best = benefit == benefit.max("strategy")
        chance = (best / best.sum("strategy")).sel(strategy=strategy, drop=True)
        loss = benefit.max("strategy") - benefit.sel(strategy=strategy, drop=True)
        yield Quantity(f"probability_best_at_{threshold:.12g}", _chance(chance), "probability")
        unit = at_threshold(results.currency, threshold, results.person)
        yield Quantity(f"expected_loss_at_{threshold:.12g}", summarise(loss), unit)


def _chance(shares: xr.DataArray) -> Summary:
    """A probability from samples in which ties are shared, with its error and without an interval."""
    summary = summarise(shares)
    return Summary(summary.value, mcse=summary.mcse)


def of_decision(results: Results, cea: CostEffectiveness) -> Iterator[Quantity]:
    """What the uncertainty costs."""
    evpi = cea.evpi(list(results.thresholds))
    for threshold, value, error in zip(results.thresholds, evpi.to_numpy(), evpi["mcse"].to_numpy(), strict=True):
        summary = Summary(float(value), mcse=float(error))
        yield Quantity(f"evpi_at_{threshold:.12g}", summary, at_threshold(results.currency, threshold, results.person))


def _leads(results: Results, cea: CostEffectiveness) -> Iterator[tuple[str, Quantity]]:
    """At each threshold the strategy of highest expected net benefit, and by how much it leads the second."""
    for threshold in results.thresholds:
        benefit = cea.net_benefit([threshold]).isel(threshold=0, drop=True)
        order = benefit.mean("sample").to_pandas().sort_values(ascending=False).index
        first, second = (str(name) for name in order[:2])
        lead = summarise(benefit.sel(strategy=first, drop=True) - benefit.sel(strategy=second, drop=True))
        unit = at_threshold(results.currency, threshold, results.person)
        yield first, Quantity(f"lead_at_{threshold:.12g}", lead, unit, f"over {second}")


def by_scenario(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One tidy table from one for each scenario, whose name comes first; empty tables are left out."""
    kept = {name: table for name, table in tables.items() if not table.empty}
    if not kept:
        return pd.DataFrame()
    return pd.concat(kept, names=["scenario"]).reset_index("scenario").reset_index(drop=True)


def incremental(results: Results) -> pd.DataFrame:
    """Fully incremental analysis of every scenario.

    Returns
    -------
    DataFrame with columns scenario, those of `CostEffectiveness.incremental_table`, cost_mcse, qaly_mcse and icer_mcse
    (Monte Carlo standard errors)
    """
    return by_scenario({result.name: _with_errors(result.appraisal.icers, result.cea) for result in results})


def _with_errors(table: pd.DataFrame, cea: CostEffectiveness) -> pd.DataFrame:
    """The incremental analysis with the errors of means and ratios."""
    cost, qaly = (_by_strategy(of, cea) for of in (cea.cost, cea.qaly))
    ratios = [
        ratio_error(cost[row.strategy] - cost[row.versus], qaly[row.strategy] - qaly[row.versus], row.icer)
        if pd.notna(row.icer)
        else None
        for row in table.itertuples()
    ]
    errors = {
        "cost_mcse": [summarise(cost[name]).mcse for name in table["strategy"]],
        "qaly_mcse": [summarise(qaly[name]).mcse for name in table["strategy"]],
        "icer_mcse": ratios,
    }
    return table.assign(**{name: pd.Series(values, index=table.index, dtype=float) for name, values in errors.items()})


def _by_strategy(outcome: xr.DataArray, cea: CostEffectiveness) -> dict[str, xr.DataArray]:
    return {name: outcome.sel(strategy=name, drop=True) for name in cea.strategies}


def acceptability(results: Results) -> pd.DataFrame:
    """Curves of every scenario.

    Returns
    -------
    DataFrame with columns scenario, asked (whether the threshold is one of those asked; they come first), threshold,
    strategy, probability (of being the most cost-effective), frontier (whether it has the highest expected net benefit)
    and expected_loss
    """
    return by_scenario({result.name: _asked_first(results, result.appraisal.acceptability) for result in results})


def evpi(results: Results) -> pd.DataFrame:
    """Expected value of perfect information; columns scenario, asked, threshold, evpi (money per person) and mcse."""
    return by_scenario({result.name: _asked_first(results, result.appraisal.evpi) for result in results})


def _asked_first(results: Results, curve: pd.DataFrame) -> pd.DataFrame:
    """A curve with the thresholds that were asked at its head, told from the others by a first column."""
    marked = curve.assign(asked=curve["threshold"].isin(list(results.thresholds)))[["asked", *curve.columns]]
    return marked.sort_values("asked", ascending=False, kind="stable", ignore_index=True)


def evppi(results: Results) -> pd.DataFrame:
    """Expected value of partial perfect information.

    Returns
    -------
    DataFrame with columns scenario, those of `evppi`, the largest first, label (what the parameter or group is called),
    and members (labels of the parameters of a group, empty for a parameter alone)
    """
    return by_scenario({result.name: _with_groups(results, result) for result in results})


def _with_groups(results: Results, result: ScenarioResult) -> pd.DataFrame:
    """Values of information with what is known in words."""
    table, groups = result.appraisal.evppi, result.appraisal.groups
    if table.empty:
        return table
    questions = results.inputs.information if results.inputs is not None else {}
    names = [*dict.fromkeys(table["parameters"]), *(name for members in groups.values() for name in members)]
    labels = parameter_labels(list(dict.fromkeys(names)), results.inputs, result.draws)

    def members(name: str) -> str:
        return "; ".join(labels[member].text for member in groups.get(name, ()))

    def label(name: str) -> str:
        if name in questions:
            return questions[name].label
        return " + ".join(groups[name]) if name == ",".join(groups.get(name, ())) else labels[name].text

    return table.assign(label=table["parameters"].map(label), members=table["parameters"].map(members))


def explained(results: Results) -> pd.DataFrame:
    """How much of the outcomes all parameters explain together; columns scenario and those of `explained`."""
    return by_scenario({result.name: result.appraisal.explained for result in results})


def tornado(results: Results) -> pd.DataFrame:
    """The net benefit with each parameter low and high.

    Returns
    -------
    DataFrame with columns scenario, strategy and versus (whose net benefit it is at the first threshold, less that of
    the best of all others), those of `tornado`, label and unit (of the parameter; empty where it is unknown)
    """
    return by_scenario({result.name: _with_labels(results, result) for result in results})


def _with_labels(results: Results, result: ScenarioResult) -> pd.DataFrame:
    """The bars of parameters that vary, with what they are called."""
    table = result.appraisal.tornado
    if table.empty:
        return table
    table = table[table["low"] != table["high"]].reset_index(drop=True)
    labels = parameter_labels(list(table["parameter"]), results.inputs, result.draws)
    table.insert(0, "strategy", result.appraisal.focus)
    table.insert(1, "versus", result.appraisal.rival)
    for name, several in (results.inputs.alternatives if results.inputs is not None else {}).items():
        sources = {option: known.label for option, known in several.options.items()}
        mine = table["parameter"] == f"{name}_source"
        for end in ("low", "high"):
            table.loc[mine, end] = table.loc[mine, end].map(lambda option, sources=sources: sources.get(option, option))
    return table.assign(
        label=[labels[name].text for name in table["parameter"]],
        unit=[labels[name].unit for name in table["parameter"]],
    )


def stability(results: Results) -> pd.DataFrame:
    """The running mean of the net benefit; columns scenario and those of `cumulative_mean`."""
    return by_scenario({result.name: result.appraisal.stability for result in results})


def plane(results: Results) -> pd.DataFrame:
    """Points and means of the cost-effectiveness plane, versus the comparator.

    Returns
    -------
    DataFrame with columns scenario, strategy, incremental_qaly, incremental_cost and mean (whether it is the mean of
    all samples, or one of some samples)
    """
    planes = {result.name: result.cea.plane() for result in results}
    return by_scenario(
        {
            name: pd.concat([one.points.assign(mean=False), one.means.assign(mean=True)], ignore_index=True)
            for name, one in planes.items()
        }
    )


def quadrants(results: Results) -> pd.DataFrame:
    """Share of samples in each quadrant of the plane; columns scenario, strategy, quadrant and share."""
    return by_scenario({result.name: result.cea.plane().shares for result in results})
