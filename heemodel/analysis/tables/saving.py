"""What an intervention saves: step by step, by payer and kind, held against a published figure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.analysis.results import Results, ScenarioResult
from heemodel.analysis.tables.quantities import Quantity
from heemodel.decision import Summary, by_group, running, saving, share, summarise, volume_needed
from heemodel.parameters import Claim, Inputs

CLAIMED = "saving_as_claimed"
"""The saving on the components that a published claim counts."""
PER_PATIENT = "_per_patient"
"""How names of quantities of one patient end."""
BINS = 60
"""Of a histogram of savings."""


@dataclass(frozen=True)
class Saved:
    """The saving by an intervention instead of the comparator, per person, of sampled or of point outcomes."""

    inputs: Inputs
    outcomes: xr.Dataset
    intervention: str

    def by_component(self) -> xr.DataArray:
        """Dimension `component`."""
        return saving(self.outcomes, comparator=self.inputs.about.comparator, intervention=self.intervention)

    def by(self, what: str) -> xr.DataArray:
        """Saving by `"payer"`, `"kind"` or `"step"` of the components, in the inputs' order."""
        groups = {name: str(getattr(component, what)) for name, component in self.inputs.components.items()}
        if what == "step":
            groups = dict(sorted(groups.items(), key=lambda item: list(self.inputs.steps).index(item[1])))
        return by_group(self.by_component(), groups, what)

    def steps(self) -> xr.DataArray:
        """Saving once each step from gross to net is taken; dimension `step`."""
        return running(self.by("step"))

    def net(self) -> xr.DataArray:
        """Saving once everything is counted."""
        return self.steps().isel(step=-1, drop=True)

    def as_claimed(self) -> xr.DataArray:
        """Saving on the components that the published claim counts."""
        claim = self.inputs.claim
        return self.by_component().sel(component=claim.components if claim else []).sum("component")

    def avoided(self, effect: str) -> xr.DataArray:
        """Comparator − intervention of a counted effect."""
        counted = self.outcomes[effect]
        comparator = self.inputs.about.comparator
        return counted.sel(strategy=comparator, drop=True) - counted.sel(strategy=self.intervention, drop=True)

    def claim_bases(self) -> dict[str, xr.DataArray]:
        """The savings that a claim is held against: each step, and the claim's own components."""
        steps = self.steps()
        bases = {
            step.quantity.removesuffix("_per_patient"): steps.sel(step=name, drop=True)
            for name, step in self.inputs.steps.items()
        }
        return bases | {CLAIMED: self.as_claimed()}


def saving_quantities(saved: Saved, per_person: str, basis: str, notes: Mapping[str, str]) -> Iterator[Quantity]:
    """What is saved in steps, a year, by payer and kind; what is avoided; and whether a claim is reached."""
    inputs = saved.inputs
    volume, currency = inputs.annual_volume, inputs.about.currency
    steps = saved.steps()
    for name, step in inputs.steps.items():
        saving_there = summarise(steps.sel(step=name, drop=True))
        yield Quantity(step.quantity, saving_there, per_person, notes.get(step.quantity, ""))
    yearly = "" if volume is None else f"{currency} per year at {volume:g} patients, {inputs.about.price_year} prices"
    if volume is not None:
        yield Quantity("saving_per_year", summarise(saved.net() * volume), yearly, notes.get("saving_per_year", ""))
        yield Quantity("gross_saving_per_year", summarise(steps.isel(step=0, drop=True) * volume), yearly)
    for what in ("payer", "kind"):
        for group, part in _parts(saved, what).items():
            yield Quantity(f"saving_{slug(group)}_per_patient", summarise(part), per_person)
            if what == "payer" and volume is not None:
                yield Quantity(f"saving_{slug(group)}_per_year", summarise(part * volume), yearly)
    for effect, avoided in inputs.avoided.items():
        difference = summarise(saved.avoided(effect))
        yield Quantity(avoided.quantity, difference, avoided.unit, notes.get(avoided.quantity, ""))
        if volume is not None and avoided.quantity.endswith(PER_PATIENT):
            a_year = summarise(saved.avoided(effect) * volume)
            yield Quantity(in_a_year(avoided.quantity), a_year, f"{avoided.unit.split(' per ')[0]} per year")
    if inputs.claim is not None:
        yield from _claim(saved, inputs.claim, per_person)
        if basis == "probabilistic":
            yield from _claim_reached(saved, inputs.claim)


def in_a_year(quantity: str) -> str:
    """The quantity that is one of one year's patients.

    >>> in_a_year("bed_days_freed_per_patient")
    'bed_days_freed_per_year'
    """
    return f"{quantity.removesuffix(PER_PATIENT)}_per_year"


def _parts(saved: Saved, what: str) -> dict[str, xr.DataArray]:
    """Saving by payer or kind, where every component has one."""
    if any(getattr(component, what) is None for component in saved.inputs.components.values()):
        return {}
    grouped = saved.by(what)
    return {str(name): grouped.sel({what: name}, drop=True) for name in grouped[what].to_numpy()}


def _claim(saved: Saved, claim: Claim, per_person: str) -> Iterator[Quantity]:
    """The saving on what a claim counts, and the volumes at which it is reached."""
    sign = saved.inputs.about.currency.sign
    counted = "on the components that the published figure counts"
    yield Quantity(f"{CLAIMED}_per_patient", summarise(saved.as_claimed()), per_person, counted)
    for stem, amount in saved.claim_bases().items():
        reach, unit = _volume(amount, claim.value), f"patients per year for {sign}{claim.value:,.0f}"
        note = "never: the mean saving is not above 0" if np.isnan(reach.value) else ""
        yield Quantity(f"volume_at_which_{stem}_reaches_claim", reach, unit, note)


def _claim_reached(saved: Saved, claim: Claim) -> Iterator[Quantity]:
    """How probably a claim is reached, at each volume."""
    for stem, amount in saved.claim_bases().items():
        for volume in claim_volumes(saved.inputs):
            reached = share(amount * volume >= claim.value)
            yield Quantity(f"probability_{stem}_reaches_claim_at_{volume:g}_per_year", reached, "probability")


def claim_volumes(inputs: Inputs) -> list[float]:
    """Yearly volumes at which a claim is tested: those that it names and the analysis' own, ascending."""
    named = [volume.value for volume in inputs.volumes()]
    own = [] if inputs.annual_volume is None else [inputs.annual_volume]
    return sorted({*named, *own})


def _volume(saved: xr.DataArray, claim: float) -> Summary:
    """Yearly volume at which the mean reaches the claim, with its error: claim / mean² × error of the mean."""
    reach = volume_needed(saved, claim)
    if reach is None:
        return Summary(float("nan"))
    mean = summarise(saved)
    return Summary(reach, mcse=None if mean.mcse is None else reach * mean.mcse / mean.value)


def slug(text: str) -> str:
    """A label as it appears in names of quantities.

    >>> slug("Cash-releasing")
    'cash_releasing'
    """
    return text.lower().replace(" ", "_").replace("-", "_")


def saving_steps(results: Results) -> pd.DataFrame:
    """The savings breakdown: every component, and a subtotal after each step.

    Returns
    -------
    DataFrame with columns scenario, strategy (the intervention), step, component (empty for a subtotal), label, start
    and end (mean saving per person before and after it), total (whether it is a subtotal), value, mcse, and point (the
    point estimate of a subtotal)
    """
    return _of_savings(results, _steps_of)


def _steps_of(result: ScenarioResult, saved: Saved) -> list[dict[str, object]]:
    inputs = saved.inputs
    parts, steps = saved.by_component(), saved.steps()
    at_point = None if result.point is None else Saved(inputs, result.point, saved.intervention).steps()
    reached, rows = 0.0, []
    for name, step in inputs.steps.items():
        for component, known in inputs.components.items():
            if known.step != name:
                continue
            part = summarise(parts.sel(component=component))
            keys = {"step": name, "component": component, "label": known.label, "total": False}
            ends = {"start": reached, "end": reached + part.value}
            rows.append({**keys, **ends, "value": part.value, "mcse": part.mcse, "point": np.nan})
            reached += part.value
        total = summarise(steps.sel(step=name))
        point = np.nan if at_point is None else float(at_point.sel(step=name))
        keys = {"step": name, "component": "", "label": step.label, "total": True, "start": 0.0, "end": reached}
        rows.append({**keys, "value": total.value, "mcse": total.mcse, "point": point})
    return rows


def saving_distribution(results: Results) -> pd.DataFrame:
    """Histogram of the net saving per person over samples, on bins that all scenarios share, one edge at zero.

    Returns
    -------
    DataFrame with columns scenario, strategy, left, right (of a bin) and share of samples; what lies beyond the
    outermost bins is counted in them
    """
    if not results.asks("saving") or results.inputs is None:
        return pd.DataFrame()
    nets = {
        (result.name, name): Saved(results.inputs, result.outcomes, name).net().to_numpy()
        for result in results
        for name in results.interventions
    }
    low, high = np.quantile(np.concatenate(list(nets.values())), [0.001, 0.999])
    width = (high - low) / BINS or 1.0
    edges = np.arange(np.floor(low / width), np.ceil(high / width) + 1) * width
    rows = []
    for (scenario, strategy), net in nets.items():
        counts, _ = np.histogram(np.clip(net, edges[0], edges[-1]), edges)
        keys = {"scenario": scenario, "strategy": strategy}
        rows += [
            {**keys, "left": left, "right": right, "share": count / net.size}
            for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True)
        ]
    return pd.DataFrame(rows)


def _of_savings(results: Results, rows_of: Callable[[ScenarioResult, Saved], list[dict[str, object]]]) -> pd.DataFrame:
    """Rows of every scenario and intervention, where saving is asked."""
    if not results.asks("saving") or results.inputs is None:
        return pd.DataFrame()
    rows = [
        {"scenario": result.name, "strategy": name, **row}
        for result in results
        for name in results.interventions
        for row in rows_of(result, Saved(results.inputs, result.outcomes, name))
    ]
    return pd.DataFrame(rows)
