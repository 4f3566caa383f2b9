"""Where the money goes: costs of each strategy by component, by state and by year."""

from collections.abc import Iterator

import pandas as pd
import xarray as xr

from heemodel.analysis.results import Results, ScenarioResult
from heemodel.decision import summarise

DIFFERENCE = "difference"
"""What the columns of an intervention less the comparator are called."""
TOTALS = ("payer", "step", "all")


def costs(results: Results) -> pd.DataFrame:
    """Mean discounted cost per person by component, payer and step, of each strategy and each difference.

    Returns
    -------
    DataFrame with columns scenario, strategy, versus (empty for a strategy's own cost; the comparator for the
    difference from it), by ("component", "payer", "step" or "all"), part, label, payer, kind, step, value, lower,
    upper, mcse and unit. Payers and steps are told where there are two or more
    """
    return pd.DataFrame([row for result in results for row in _cost_rows(results, result)])


def _cost_rows(results: Results, result: ScenarioResult) -> Iterator[dict[str, object]]:
    cost = result.outcomes["cost"]
    if "component" not in cost.dims:
        cost = cost.expand_dims(component=["all"])
    own = {(name, ""): cost.sel(strategy=name, drop=True) for name in results.strategies}
    base = own[results.comparator, ""]
    differences = {(name, results.comparator): own[name, ""] - base for name in results.interventions}
    for (strategy, versus), each in {**own, **differences}.items():
        keys = {"scenario": result.name, "strategy": strategy, "versus": versus}
        for by, part, label, names in _parts(results, cost):
            known = results.components.get(part) if by == "component" else None
            tags = {what: getattr(known, what, None) or "" for what in ("payer", "kind", "step")}
            figures = vars(summarise(each.sel(component=names).sum("component")))
            yield {**keys, "by": by, "part": part, "label": label, **tags, **figures, "unit": results.per_person}


def _parts(results: Results, cost: xr.DataArray) -> Iterator[tuple[str, str, str, list[str]]]:
    """What costs are told by: kind of part, its name and label, and the components in it; in the order of the steps."""
    paid = [str(name) for name in cost["component"].to_numpy()]
    known = {name: part for name, part in results.components.items() if name in paid}
    order = list(results.inputs.steps) if results.inputs is not None else []
    for name in sorted(known, key=lambda one: order.index(str(known[one].step)) if known[one].step in order else 0):
        yield "component", name, known[name].label, [name]
    for what in ("payer", "step"):
        groups = dict.fromkeys(str(value) for part in known.values() if (value := getattr(part, what)))
        listed = [name for name in order if name in groups] if what == "step" else list(groups)
        for group in listed if len(listed) > 1 else ():
            yield what, group, group, [name for name, part in known.items() if getattr(part, what) == group]
    yield "all", "all", "All", paid


def cost_by_state(results: Results) -> pd.DataFrame:
    """Mean discounted cost per person that is run up in each state.

    Returns
    -------
    DataFrame with columns scenario, strategy, component, state, value and unit; empty where no model knows it
    """
    parts = []
    for result in results:
        if result.cost_by_state is not None:
            cost = result.cost_by_state.transpose("strategy", "component", "state").rename("value")
            table = cost.to_dataframe().reset_index()[["strategy", "component", "state", "value"]]
            parts.append(table.assign(scenario=result.name, unit=results.per_person))
    if not parts:
        return pd.DataFrame()
    return pd.concat(parts, ignore_index=True)[["scenario", "strategy", "component", "state", "value", "unit"]]


def by_year(results: Results) -> pd.DataFrame:
    """Mean undiscounted cost by component, and QALYs, of every year of the run, per person who began.

    Returns
    -------
    DataFrame with columns scenario, strategy, year (1 for the first), quantity ("cost" or "qaly"), component (empty for
    QALYs), value and unit; empty where no model knows it
    """
    parts = []
    for result in results:
        if result.by_year is None:
            continue
        for name, unit in (("cost", results.per_person), ("qaly", f"QALYs per {results.person}")):
            table = result.by_year[name].rename("value").to_dataframe().reset_index()
            parts.append(table.assign(scenario=result.name, quantity=name, unit=unit))
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    table["component"] = table["component"].fillna("")
    return table[["scenario", "strategy", "year", "quantity", "component", "value", "unit"]]


def occupancy(results: Results) -> pd.DataFrame:
    """Mean share of people in each state over time, with a 95% interval.

    Returns
    -------
    DataFrame with columns scenario, strategy, cycle, years, state, mean, lower and upper; empty where no model follows
    people
    """
    parts = []
    for result in results:
        if result.trace is not None:
            table = result.trace[["mean", "lower", "upper"]].to_dataframe().reset_index()
            parts.append(table.assign(scenario=result.name))
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    return table[["scenario", "strategy", "cycle", "years", "state", "mean", "lower", "upper"]]


def tree(results: Results) -> pd.DataFrame:
    """The nodes of a decision tree; columns scenario and those of `DecisionTree.table`."""
    parts = [result.tree.assign(scenario=result.name) for result in results if result.tree is not None]
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    return table[["scenario", *(column for column in table.columns if column != "scenario")]]
