"""Where the money goes: each strategy's costs by component, payer and step, and by state."""

from collections.abc import Iterator, Sequence

import pandas as pd
import xarray as xr

from heemodel.decision import summarise
from heemodel.parameters import Inputs
from heemodel.report.contents import ScenarioResult, Views
from heemodel.report.sections.section import Section
from heemodel.report.tables import Table, coarsest, mean_of
from heemodel.report.wording import money

NOTE = (
    "Mean cost per patient over the horizon, discounted; the difference with its 95% interval. A minus sign is a "
    "saving. Not every saving is cash: see what kind of saving each is."
)
STATE_NOTE = "Mean discounted cost per patient that is run up in each state, over all uncertainty."


def spending_section(inputs: Inputs, results: Sequence[ScenarioResult]) -> Section:
    """Tables of each scenario, those after the first folded away.

    Files: costs.csv with columns scenario, strategy (or "difference"), component, label, payer, kind, step, value,
    lower, upper, mcse, unit; and, where costs by state are known, cost_by_state.csv with columns scenario, strategy,
    component, state, value, unit.
    """
    parts = [
        table
        for place, result in enumerate(results)
        for table in (_cost_table(inputs, result, place), _state_table(inputs, result, place))
        if table is not None
    ]
    files = {"costs": pd.DataFrame([row for result in results for row in _cost_rows(inputs, result)])}
    by_state = [rows for result in results for rows in _state_rows(inputs, result)]
    if by_state:
        files["cost_by_state"] = pd.DataFrame(by_state)
    return Section(name="money", title="Where the money goes", link="Where the money goes", parts=parts, files=files)


def _columns(views: Views) -> dict[str, xr.DataArray]:
    """Cost by component of the comparator and of the intervention, and the difference."""
    cost = views.result.outcomes["cost"]
    both = {name: cost.sel(strategy=name, drop=True) for name in (views.comparator, views.intervention)}
    return {**both, "difference": both[views.intervention] - both[views.comparator]}


def _cost_rows(inputs: Inputs, result: ScenarioResult) -> Iterator[dict[str, object]]:
    """Every component of every strategy."""
    for strategy, cost in _columns(Views(result, inputs)).items():
        for name, part in inputs.components.items():
            found = summarise(cost.sel(component=name, drop=True))
            tags = {"label": part.label, "payer": part.payer, "kind": part.kind, "step": part.step}
            unit = f"{inputs.about.currency} per patient, {inputs.about.price_year} prices"
            yield {
                "scenario": result.name,
                "strategy": strategy,
                "component": name,
                **tags,
                **vars(found),
                "unit": unit,
            }


def _cost_table(inputs: Inputs, result: ScenarioResult, place: int) -> Table:
    """Components in the order of the steps; what each payer pays, each step costs, and all."""
    columns = _columns(Views(result, inputs))
    parts = [
        ((part.label, part.payer or "", step), [name])
        for step in inputs.steps
        for name, part in inputs.components.items()
        if part.step == step
    ]
    totals = []
    payers = dict.fromkeys(part.payer for part in inputs.components.values() if part.payer)
    for what, names in (("payer", payers), ("step", inputs.steps)):
        for one in names if len(names) > 1 else ():
            heading = f"Paid by {one}" if what == "payer" else f"Step: {one}"
            names_of_one = [name for name, part in inputs.components.items() if getattr(part, what) == one]
            totals.append(((heading, "", ""), names_of_one))
    found = [
        (heading, [summarise(cost.sel(component=names).sum("component")) for cost in columns.values()])
        for heading, names in (*parts, *totals, (("All", "", ""), list(inputs.components)))
    ]
    error = coarsest(summary for _, row in found for summary in row)
    label, currency = inputs.scenarios[result.name].label, inputs.about.currency
    return Table(
        title=f"Cost per patient, {label}",
        header=["Cost of", "Who pays", "Step", *(name.capitalize() for name in columns)],
        rows=[
            [
                *heading,
                *(money(cost.value, error, currency=currency) for cost in (old, new)),
                mean_of(change, error, currency=currency),
            ]
            for heading, (old, new, change) in found
        ],
        note=NOTE,
        emphasis=frozenset({len(found) - 1}),
        folded=f"{label}: cost per patient" if place else "",
    )


def _state_rows(inputs: Inputs, result: ScenarioResult) -> Iterator[dict[str, object]]:
    """Every component in every state."""
    if result.cost_by_state is None:
        return
    unit = f"{inputs.about.currency} per patient, {inputs.about.price_year} prices"
    cost = result.cost_by_state.transpose("strategy", "component", "state").to_series()
    for (strategy, component, state), value in cost.items():
        keys = {"scenario": result.name, "strategy": strategy, "component": component, "state": state}
        yield {**keys, "value": value, "unit": unit}


def _state_table(inputs: Inputs, result: ScenarioResult, place: int) -> Table | None:
    """Both strategies' costs in each state, the difference, and all."""
    if result.cost_by_state is None:
        return None
    views = Views(result, inputs)
    cost = result.cost_by_state.sum("component")
    old, new = (cost.sel(strategy=name) for name in (views.comparator, views.intervention))
    error = coarsest(summarise(part.sum("component")) for part in _columns(views).values())
    states = [str(state) for state in cost["state"].to_numpy()]
    figures = [(state.replace("_", " "), float(old.sel(state=state)), float(new.sel(state=state))) for state in states]
    figures.append(("All", float(old.sum()), float(new.sum())))
    label, currency = inputs.scenarios[result.name].label, inputs.about.currency
    return Table(
        title=f"Cost per patient by state, {label}",
        header=["State", views.comparator.capitalize(), views.intervention.capitalize(), "Difference"],
        rows=[
            [name, *(money(cost, error, currency=currency) for cost in (before, after, after - before))]
            for name, before, after in figures
        ],
        note=STATE_NOTE,
        emphasis=frozenset({len(figures) - 1}),
        folded=f"{label}: cost by state" if place else "",
    )
