"""Headline quantities draw by draw, so that two runs on the same draws are compared without the noise they share."""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from heemodel.analysis.results import Results, ScenarioResult
from heemodel.analysis.tables.saving import CLAIMED, Saved, slug

Key = tuple[str, str]
"""Quantity and strategy, as in the headline."""


def samples_of(results: Results, result: ScenarioResult) -> dict[Key, xr.DataArray]:
    """The quantities of a scenario whose headline figure is a mean over draws, along `sample`.

    A ratio is taken to first order: (cost − ratio × QALYs) / mean QALYs. What is no mean, such as the value of
    information or the volume at which a claim is reached, is not among them.
    """
    found: dict[Key, xr.DataArray] = {}
    for name in results.interventions:
        found |= {(quantity, name): values for quantity, values in _of_intervention(results, result, name)}
    for name in results.strategies:
        found |= {(quantity, name): values for quantity, values in _of_strategy(results, result, name)}
    return found


def _of_intervention(results: Results, result: ScenarioResult, name: str) -> Iterator[tuple[str, xr.DataArray]]:
    """Increments of an intervention, what follows from them, and its savings where they are asked."""
    cea = result.cea
    cost, qaly = (cea.incremental(of).sel(strategy=name, drop=True) for of in (cea.cost, cea.qaly))
    yield "incremental_cost", cost
    yield "incremental_qaly", qaly
    ratio, mean = cea.icer(name).value, float(qaly.mean())
    if ratio is not None and mean:
        yield "icer", (cost - ratio * qaly) / mean
    yield "probability_saving", (cost < 0).astype(float)
    for threshold in results.thresholds:
        yield f"net_benefit_at_{threshold:.12g}", threshold * qaly - cost
        yield f"probability_cost_effective_at_{threshold:.12g}", (threshold * qaly > cost).astype(float)
    if results.asks("saving") and results.inputs is not None:
        yield from _saved(Saved(results.inputs, result.outcomes, name))


def _saved(saved: Saved) -> Iterator[tuple[str, xr.DataArray]]:
    """Savings by step, payer and kind, a year and as claimed; and what is avoided."""
    inputs, steps, volume = saved.inputs, saved.steps(), saved.inputs.annual_volume
    for name, step in inputs.steps.items():
        yield step.quantity, steps.sel(step=name, drop=True)
    if volume is not None:
        yield "saving_per_year", saved.net() * volume
        yield "gross_saving_per_year", steps.isel(step=0, drop=True) * volume
    for effect, avoided in inputs.avoided.items():
        yield avoided.quantity, saved.avoided(effect)
    if inputs.claim is not None:
        yield f"{CLAIMED}_per_patient", saved.as_claimed()
    for what in ("payer", "kind"):
        if all(getattr(component, what) is not None for component in inputs.components.values()):
            parts = saved.by(what)
            yield from (
                (f"saving_{slug(str(part))}_per_patient", parts.sel({what: part}, drop=True))
                for part in parts[what].to_numpy()
            )


def _of_strategy(results: Results, result: ScenarioResult, name: str) -> Iterator[tuple[str, xr.DataArray]]:
    """Cost and QALYs of a strategy, whether it is the best, and what choosing it loses."""
    cea = result.cea
    yield "cost", cea.cost.sel(strategy=name, drop=True)
    yield "qaly", cea.qaly.sel(strategy=name, drop=True)
    for threshold in results.thresholds:
        benefit = cea.net_benefit([threshold]).isel(threshold=0, drop=True)
        top = benefit.max("strategy")
        best = benefit == top
        yield f"probability_best_at_{threshold:.12g}", (best / best.sum("strategy")).sel(strategy=name, drop=True)
        yield f"expected_loss_at_{threshold:.12g}", top - benefit.sel(strategy=name, drop=True)


def are_paired(before: Results, after: Results, scenario: str) -> bool:
    """Whether draw i of a scenario is made from the same random numbers in both runs."""
    if before.record.seed != after.record.seed or before.inputs is None or after.inputs is None:
        return False
    one, other = (results[scenario].outcomes for results in (before, after))
    if one.sizes["sample"] != other.sizes["sample"] or ("chain" in one.coords) != ("chain" in other.coords):
        return False
    return "chain" not in one.coords or bool(np.array_equal(one["chain"], other["chain"]))
