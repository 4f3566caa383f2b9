"""The budget of the inputs, worked out from outcomes by year since entry: its table, and who is treated how."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import xarray as xr

from heemodel.analysis.results import Results, ScenarioResult
from heemodel.decision import BudgetImpact
from heemodel.decision import budget_impact as impact_of
from heemodel.parameters import Budget, Inputs

YEARS = 5
"""Calendar years of a budget that does not state them, or fewer where the model ends before for anybody in it."""


def terms_of(inputs: Inputs, strategies: Sequence[str], known: int) -> dict[str, Any] | None:
    """What `hm.budget_impact` takes besides outcomes; None where the inputs do not say who is treated how.

    Without a mix, all are on the comparator today and on the intervention tomorrow, where there are two strategies.

    Years that are not stated are as many as the model reaches, for the people too who are there already: those who
    have been there longest must be followed through all of them.

    Parameters
    ----------
    known : years since entry over which the model follows people, or those of them that the budget reaches
    """
    budget = inputs.budget or Budget()
    prevalent = None if budget.prevalent is None else budget.prevalent.by_time
    intakes = inputs.annual_volume if budget.intakes is None else _each(budget.intakes.value)
    if intakes is None or (budget.today is None and len(strategies) != 2):
        return None
    comparator = inputs.about.comparator
    today = {comparator: [1.0]} if budget.today is None else budget.today
    tomorrow = budget.tomorrow or {name: [1.0] for name in strategies if name != comparator}
    return {
        "years": budget.stated_years or max(1, min(YEARS, known - max(prevalent or {}, default=0))),
        "intakes": intakes,
        "today": {name: _each(shares) for name, shares in today.items()},
        "tomorrow": {name: _each(shares) for name, shares in tomorrow.items()},
        "prevalent": prevalent,
        "entry": budget.entry,
        "paid_on_entry": budget.paid_on_entry,
        "payers": _tagged(inputs, "payer"),
        "kinds": _tagged(inputs, "kind"),
        "people": None if budget.people is None else budget.people.value,
        "first_year": budget.first_year,
    }


def _each(numbers: Sequence[float]) -> float | Sequence[float]:
    """One number of all years, or one for each."""
    return numbers[0] if len(numbers) == 1 else numbers


def _tagged(inputs: Inputs, what: str) -> dict[str, str]:
    """Payer or kind of every component; nothing where one has none."""
    tags = {name: getattr(component, what) for name, component in inputs.components.items()}
    return {} if None in tags.values() else tags


def budget_of(inputs: Inputs, yearly: xr.Dataset) -> BudgetImpact:
    """The budget impact by outcomes of `ScenarioResult.yearly`, which are there where the inputs have a budget."""
    strategies = [str(name) for name in yearly["strategy"].to_numpy()]
    return impact_of(yearly, **(terms_of(inputs, strategies, yearly.sizes["year"]) or {}))


def budget_impact(results: Results) -> pd.DataFrame:
    """What tomorrow's mix of strategies costs more than today's, by calendar year, payer, kind and component.

    Returns
    -------
    DataFrame with columns scenario and those of `BudgetImpact.table`, with point (the point estimate of value), label
    and unit; empty where there is no budget
    """
    if results.inputs is None:
        return pd.DataFrame()
    tables = [_table(results, results.inputs, result) for result in results if result.yearly is not None]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _table(results: Results, inputs: Inputs, result: ScenarioResult) -> pd.DataFrame:
    """The rows of a scenario."""
    assert result.yearly is not None  # noqa: S101 (the caller looked)
    table = budget_of(inputs, result.yearly).table()
    table["point"] = table["value"].to_numpy() * float("nan")
    if result.yearly_point is not None:
        table["point"] = budget_of(inputs, result.yearly_point).table()["value"]
    prices = f"{results.currency}, {inputs.about.price_year} prices, not discounted"
    units = {name: avoided.unit.removesuffix(f" per {inputs.about.person}") for name, avoided in inputs.avoided.items()}
    table["unit"] = [prices if name == "cost" else units.get(name, "") for name in table["quantity"]]
    table["label"] = [_label(inputs, row.quantity, row.payer, row.kind, row.component) for row in table.itertuples()]
    first = ["year", "quantity", "by", "label"]
    table = table[[*first, *(name for name in table if name not in first)]]
    table.insert(0, "scenario", result.name)
    return table


def _label(inputs: Inputs, quantity: str, payer: str, kind: str, component: str) -> str:
    """What a row is called."""
    if quantity != "cost":
        words = quantity.replace("_", " ")
        return words[:1].upper() + words[1:]
    if component:
        return inputs.components[component].label if component in inputs.components else component
    return ": ".join(part for part in (payer, kind) if part) or "All"


def budget_patients(results: Results) -> pd.DataFrame:
    """Who enters in each calendar year, on which strategy, today and tomorrow.

    Returns
    -------
    DataFrame with columns of `BudgetImpact.patients`: year, mix, strategy, entering and already_there; empty where
    there is no budget
    """
    if results.inputs is None or results.first.yearly is None:
        return pd.DataFrame()
    yearly = results.first.yearly
    return budget_of(results.inputs, yearly.isel(sample=[0]) if "sample" in yearly.dims else yearly).patients
