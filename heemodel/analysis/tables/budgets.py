"""Whose money a saving is, by payer and kind of money, and what would have to be true for there to be none."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.analysis.results import Results
from heemodel.analysis.tables.quantities import ratio_error
from heemodel.analysis.tables.saving import Saved
from heemodel.decision import Summary, summarise
from heemodel.parameters import Component

ALL = "All"
CAPACITY = "capacity freed"
"""The kind of saving that is no money unless it is filled or closed."""
APART = "apart from capacity"
"""All kinds but that."""
PRICE, CASHED = "value of freed capacity", "share of freed capacity turned into cash"
"""What may turn an answer."""


def budgets(results: Results) -> pd.DataFrame:
    """Mean saving by payer and kind of money, per person and for the people of one year.

    Returns
    -------
    DataFrame with columns scenario, strategy, payer ("All" for the sum), budget (one of several that the payer has, or
    "All" for their sum), kind ("All", "apart from capacity", or one of the kinds), per ("person", or "year" where the
    yearly number is known), value, lower, upper (95% interval), mcse and unit; empty where saving is not asked, or the
    inputs say neither who pays nor what kind of money it is
    """
    inputs = results.inputs
    if not results.asks("saving") or inputs is None:
        return pd.DataFrame()
    per: dict[str, tuple[float, str]] = {"person": (1.0, results.per_person)}
    if inputs.annual_volume is not None:
        unit = f"{results.currency} on one year's {results.person}s, {inputs.about.price_year} prices"
        per["year"] = inputs.annual_volume, unit
    rows = []
    for result in results:
        for strategy in results.interventions:
            for (payer, budget, kind), part in _parts(Saved(inputs, result.outcomes, strategy)):
                whose = {"payer": payer, "budget": budget, "kind": kind}
                keys = {"scenario": result.name, "strategy": strategy, **whose}
                rows += [
                    {**keys, "per": name, **vars(summarise(part * factor)), "unit": unit}
                    for name, (factor, unit) in per.items()
                ]
    return pd.DataFrame(rows)


def _parts(saved: Saved) -> Iterator[tuple[tuple[str, str, str], xr.DataArray]]:
    """The saving of every payer, each of its budgets, and kind, and the sums."""
    components, by_component = saved.inputs.components, saved.by_component()
    payers, known = (_all_known(getattr(part, what) for part in components.values()) for what in ("payer", "kind"))
    for payer, budget in [*_purses(components.values(), payers), (ALL, ALL)] if payers or known else []:
        paid = {name: part for name, part in components.items() if _pays(part, payer, budget)}
        chosen = {kind: [name for name, part in paid.items() if part.kind == kind] for kind in known}
        if CAPACITY in known:
            chosen[APART] = [name for name, part in paid.items() if part.kind != CAPACITY]
        for kind, names in {**chosen, ALL: list(paid)}.items():
            if names:
                yield (payer, budget, kind), by_component.sel(component=names).sum("component")


def _purses(components: Iterable[Component], payers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each payer's budgets, where it has several, and then the payer."""
    of = list(components)
    for payer in payers:
        several = list(dict.fromkeys(part.budget or payer for part in of if part.payer == payer))
        yield from ((payer, budget) for budget in several if len(several) > 1)
        yield payer, ALL


def _pays(component: Component, payer: str, budget: str) -> bool:
    """Whether a component is paid by a payer, and from that budget of it."""
    return payer in (ALL, component.payer) and budget in (ALL, component.budget or component.payer)


def _all_known(names: Iterable[str | None]) -> list[str]:
    """The different names; none where some component has none."""
    different = list(dict.fromkeys(names))
    return [] if None in different else [str(name) for name in different]


def break_even(results: Results) -> pd.DataFrame:
    """What would have to be true for a saving to be none on average: each by itself, all else as it is.

    With C the mean saving of capacity freed and R that of everything else, the net saving is none where freed capacity
    is worth −R/C times what it is here. Of a budget, the share of freed capacity that has to be turned into
    cash for it to pay nothing is −R/C of its own R and C. Costs here are all per person, so their number turns nothing.

    Returns
    -------
    DataFrame with columns scenario, strategy, what ("value of freed capacity" or "share of freed capacity turned into
    cash"), whose (a component, or a budget), label, now, turns (NaN where nothing turns it), mcse, unit and note (why
    nothing does); empty where there is no capacity freed, or its count is not named by its component
    """
    inputs = results.inputs
    if not results.asks("saving") or inputs is None:
        return pd.DataFrame()
    rows = [
        {"scenario": result.name, "strategy": strategy, **row}
        for result in results
        for strategy in results.interventions
        for row in _turns(results, Saved(inputs, result.outcomes, strategy))
    ]
    return pd.DataFrame(rows)


def _turns(results: Results, saved: Saved) -> Iterator[dict[str, object]]:
    """The value of a unit of each freed capacity, and the share of it that a payer has to turn into cash."""
    by_component = saved.by_component()
    net = by_component.sum("component")
    for name, component in saved.inputs.components.items():
        if component.kind != CAPACITY:
            continue
        capacity = by_component.sel(component=name, drop=True)
        if component.counts is not None:
            avoided = saved.inputs.avoided[component.counts]
            now = _ratio(capacity, saved.avoided(component.counts))
            times, note = _zero(capacity, net - capacity)
            unit = f"{results.currency} for each of {avoided.label.lower()}"
            keys = {"what": PRICE, "whose": name, "label": avoided.label, "unit": unit}
            yield {**keys, "now": now, "turns": now * times.value, "mcse": _times(now, times.mcse), "note": note}
    for whose, capacity, rest in _of_budgets(saved, by_component):
        share, note = _zero(capacity, rest)
        keys = {"what": CASHED, "whose": whose, "label": whose, "unit": "share"}
        yield {**keys, "now": np.nan, "turns": share.value, "mcse": _times(1.0, share.mcse), "note": note}


def _of_budgets(saved: Saved, by_component: xr.DataArray) -> Iterator[tuple[str, xr.DataArray, xr.DataArray]]:
    """Budgets that have capacity freed: that, and the rest of their saving."""
    whose = {name: part.budget or part.payer for name, part in saved.inputs.components.items()}
    for budget in dict.fromkeys(whose.values()):
        paid = [name for name, its in whose.items() if its == budget]
        freed = [name for name in paid if saved.inputs.components[name].kind == CAPACITY]
        if budget is not None and freed:
            rest = [name for name in paid if name not in freed]
            capacity, other = (by_component.sel(component=part).sum("component") for part in (freed, rest))
            yield budget, capacity, other


def _zero(capacity: xr.DataArray, rest: xr.DataArray) -> tuple[Summary, str]:
    """How many times the mean of capacity makes, with the rest, nothing; with its error, or why it never does."""
    freed, other = float(capacity.mean()), float(rest.mean())
    if other >= 0 and freed >= 0:
        return Summary(np.nan), "saves whatever it is"
    if freed <= 0:
        return Summary(np.nan), "no capacity is freed on average"
    times = -other / freed
    return Summary(times, mcse=ratio_error(-rest, capacity, times)), ""


def _ratio(part: xr.DataArray, of: xr.DataArray) -> float:
    """Ratio of means; NaN where there is nothing of the second."""
    count = float(of.mean())
    return float(part.mean()) / count if count else np.nan


def _times(factor: float, error: float | None) -> float:
    return np.nan if error is None else abs(factor) * error
