"""The tidy tables of an analysis: headline quantities, acceptability, and the claim tested."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.decision import Summary, share, summarise, volume_needed
from heemodel.parameters import Inputs, policy_profiles
from heemodel.report.contents import ScenarioResult, Views

COLUMNS = ["quantity", "scenario", "basis", "value", "lower", "upper", "mcse", "unit", "note"]
CURVE = np.arange(0, 50_001, 500.0)
"""Thresholds at which acceptability is drawn and written, £ per QALY."""

CLAIMED = "saving_as_claimed_per_patient"
"""The saving on the components that a published claim counts."""

Row = dict[str, object]


def thresholds() -> list[float]:
    """The thresholds of all dated policy profiles, £ per QALY, ascending."""
    return sorted({threshold for profile in policy_profiles().values() for threshold in profile.thresholds})


def headline(inputs: Inputs, results: Iterable[ScenarioResult]) -> pd.DataFrame:
    """Headline quantities of every scenario, on the point and the probabilistic basis.

    Returns
    -------
    tidy DataFrame with columns quantity, scenario, basis (point | probabilistic), value, lower, upper (95%
    interval), mcse (Monte Carlo standard error), unit, note. Probabilities have no point basis
    """
    rows: list[Row] = []
    for result in results:
        views = Views(result, inputs)
        for basis, outcomes in (("point", result.point), ("probabilistic", result.outcomes)):
            for quantity, summary, unit, note in _quantities(views, outcomes, basis):
                fields = {"value": summary.value, "lower": summary.lower, "upper": summary.upper, "mcse": summary.mcse}
                rows.append(
                    {
                        "quantity": quantity,
                        "scenario": result.name,
                        "basis": basis,
                        **fields,
                        "unit": unit,
                        "note": note,
                    }
                )
    return pd.DataFrame(rows, columns=COLUMNS).astype({"lower": float, "upper": float, "mcse": float})


def _quantities(views: Views, outcomes: xr.Dataset, basis: str) -> Iterator[tuple[str, Summary, str, str]]:
    """(quantity, summary, unit, note) of one scenario on one basis."""
    inputs, notes = views.inputs, views.inputs.about.notes
    money, volume = f"£ per patient, {inputs.about.price_year} prices", inputs.setting("annual_volume")
    walk = views.walk(outcomes)
    for name, step in inputs.steps.items():
        yield step.quantity, summarise(walk.sel(step=name, drop=True)), money, notes.get(step.quantity, "")
    net = walk.isel(step=-1, drop=True)
    yearly = f"£ per year at {volume:g} patients, {inputs.about.price_year} prices"
    yield "saving_per_year", summarise(net * volume), yearly, notes.get("saving_per_year", "")
    yield "gross_saving_per_year", summarise(walk.isel(step=0, drop=True) * volume), yearly, ""
    for what in ("payer", "kind"):
        grouped = views.grouped(outcomes, what)
        for group in grouped[what].to_numpy():
            yield f"saving_{slug(str(group))}_per_patient", summarise(grouped.sel({what: group}, drop=True)), money, ""
    for effect, avoided in inputs.avoided.items():
        difference = views.avoided(outcomes, effect)
        yield avoided.quantity, summarise(difference), avoided.unit, notes.get(avoided.quantity, "")
    cea = views.effectiveness(outcomes)
    cost = cea.incremental(cea.cost).sel(strategy=views.intervention, drop=True)
    qaly = cea.incremental(cea.qaly).sel(strategy=views.intervention, drop=True)
    yield "incremental_cost", summarise(cost), money, ""
    yield "incremental_qaly", summarise(qaly), "QALYs per patient", ""
    icer = cea.icer(views.intervention)
    yield "icer", Summary(float("nan") if icer.value is None else icer.value), "£ per QALY", icer.quadrant
    for threshold in thresholds():
        name = f"net_benefit_at_{threshold:.0f}"
        yield name, summarise(threshold * qaly - cost), f"£ per patient at £{threshold:,.0f} per QALY", ""
    if needed := inputs.claim:
        yield CLAIMED, summarise(views.claimed(outcomes)), money, "on the components that the published figure counts"
        for stem, saved in claim_bases(views, outcomes).items():
            reach, unit = _volume(saved, needed.value), f"patients per year for £{needed.value:,.0f}"
            note = "never: the mean saving is not above 0" if np.isnan(reach.value) else ""
            yield f"volume_at_which_{stem}_reaches_claim", reach, unit, note
    if basis == "probabilistic":
        yield from _probabilities(views, outcomes, cost, qaly)


def _probabilities(
    views: Views, outcomes: xr.Dataset, cost: xr.DataArray, qaly: xr.DataArray
) -> Iterator[tuple[str, Summary, str, str]]:
    inputs = views.inputs
    yield "probability_saving", share(cost < 0), "probability", inputs.about.notes.get("probability_saving", "")
    for threshold in thresholds():
        name = f"probability_cost_effective_at_{threshold:.0f}"
        yield name, share(threshold * qaly > cost), "probability", ""
    if inputs.claim is None:
        return
    for stem, saved in claim_bases(views, outcomes).items():
        for volume in claim_volumes(inputs):
            reached = saved * volume >= inputs.claim.value
            yield f"probability_{stem}_reaches_claim_at_{volume:g}_per_year", share(reached), "probability", ""


def claim_volumes(inputs: Inputs) -> list[float]:
    """Yearly volumes at which a claim is tested: those it names and the analysis' own, ascending."""
    named = inputs.claim.volumes if inputs.claim else []
    return sorted({*named, inputs.setting("annual_volume")})


def claim_bases(views: Views, outcomes: xr.Dataset) -> dict[str, xr.DataArray]:
    """The savings per patient that a claim is held against: each step of the walk, and the claim's own components."""
    walk = views.walk(outcomes)
    bases = {
        step.quantity.removesuffix("_per_patient"): walk.sel(step=name, drop=True)
        for name, step in views.inputs.steps.items()
    }
    return bases | {CLAIMED.removesuffix("_per_patient"): views.claimed(outcomes)}


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


def acceptability(inputs: Inputs, results: Sequence[ScenarioResult]) -> pd.DataFrame:
    """Acceptability curves; columns scenario, threshold, strategy, probability, frontier.

    `frontier` is true for the strategy of highest expected net benefit at the threshold.
    """
    parts = []
    for result in results:
        cea = Views(result, inputs).effectiveness(result.outcomes)
        curve = cea.acceptability(CURVE).to_dataframe("probability").reset_index()
        best = cea.frontier(CURVE).set_index("threshold")["strategy"]
        curve.insert(0, "scenario", result.name)
        curve["frontier"] = curve["strategy"] == curve["threshold"].map(best)
        parts.append(curve[["scenario", "threshold", "strategy", "probability", "frontier"]])
    return pd.concat(parts, ignore_index=True)


def value_of(table: pd.DataFrame, quantity: str, scenario: str, basis: str = "probabilistic") -> pd.Series:
    """The headline row of one quantity."""
    found = table[(table["quantity"] == quantity) & (table["scenario"] == scenario) & (table["basis"] == basis)]
    return found.iloc[0]
