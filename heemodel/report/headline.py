"""The tidy tables of an analysis: headline quantities, acceptability, and the claim tested."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.decision import Summary, share, summarise, volume_needed
from heemodel.parameters import Claim, Inputs
from heemodel.report.contents import ScenarioResult, Views
from heemodel.report.quantities import Pair, Quantity, tidy

COLUMNS = ["quantity", "scenario", "basis", "value", "lower", "upper", "mcse", "unit", "note"]
CURVE = np.arange(0, 50_001, 500.0)
"""Thresholds at which acceptability is drawn and written, money per QALY."""

CLAIMED = "saving_as_claimed_per_patient"
"""The saving on the components that a published claim counts."""


def headline(inputs: Inputs, results: Iterable[ScenarioResult]) -> pd.DataFrame:
    """Headline quantities of every scenario, on the point and the probabilistic basis.

    Returns
    -------
    tidy DataFrame with columns quantity, scenario, basis (point | probabilistic), value, lower, upper (95%
    interval), mcse (Monte Carlo standard error), unit, note. Probabilities have no point basis
    """
    rows: list[dict[str, object]] = []
    for result in results:
        views = Views(result, inputs)
        for basis, outcomes in (("point", result.point), ("probabilistic", result.outcomes)):
            rows += tidy(_quantities(views, outcomes, basis), basis, scenario=result.name)
    return pd.DataFrame(rows, columns=COLUMNS).astype({"lower": float, "upper": float, "mcse": float})


def _quantities(views: Views, outcomes: xr.Dataset, basis: str) -> Iterator[Quantity]:
    """The quantities of one scenario on one basis."""
    pair = Pair(views.inputs, outcomes)
    yield from _savings(views, outcomes)
    yield from pair.means()
    if views.inputs.claim:
        yield from _claim(views, outcomes, views.inputs.claim)
    if basis == "probabilistic":
        yield from pair.chances()
        if views.inputs.claim:
            yield from _claim_reached(views, outcomes, views.inputs.claim)


def _savings(views: Views, outcomes: xr.Dataset) -> Iterator[Quantity]:
    """What is saved: in steps, a year, by payer and kind; and what is avoided."""
    inputs, notes = views.inputs, views.inputs.about.notes
    money, volume = Pair(inputs, outcomes).money, inputs.setting("annual_volume")
    walk = views.walk(outcomes)
    for name, step in inputs.steps.items():
        yield Quantity(step.quantity, summarise(walk.sel(step=name, drop=True)), money, notes.get(step.quantity, ""))
    net = walk.isel(step=-1, drop=True)
    yearly = f"{inputs.about.currency} per year at {volume:g} patients, {inputs.about.price_year} prices"
    yield Quantity("saving_per_year", summarise(net * volume), yearly, notes.get("saving_per_year", ""))
    yield Quantity("gross_saving_per_year", summarise(walk.isel(step=0, drop=True) * volume), yearly)
    for what in ("payer", "kind"):
        grouped = views.grouped(outcomes, what)
        for group in grouped[what].to_numpy():
            saved = grouped.sel({what: group}, drop=True)
            yield Quantity(f"saving_{slug(str(group))}_per_patient", summarise(saved), money)
    for effect, avoided in inputs.avoided.items():
        difference = views.avoided(outcomes, effect)
        yield Quantity(avoided.quantity, summarise(difference), avoided.unit, notes.get(avoided.quantity, ""))


def _claim(views: Views, outcomes: xr.Dataset, claim: Claim) -> Iterator[Quantity]:
    """The saving on what a claim counts, and the volumes at which it is reached."""
    money, sign = Pair(views.inputs, outcomes).money, views.inputs.about.currency.sign
    yield Quantity(
        CLAIMED, summarise(views.claimed(outcomes)), money, "on the components that the published figure counts"
    )
    for stem, saved in claim_bases(views, outcomes).items():
        reach, unit = _volume(saved, claim.value), f"patients per year for {sign}{claim.value:,.0f}"
        note = "never: the mean saving is not above 0" if np.isnan(reach.value) else ""
        yield Quantity(f"volume_at_which_{stem}_reaches_claim", reach, unit, note)


def _claim_reached(views: Views, outcomes: xr.Dataset, claim: Claim) -> Iterator[Quantity]:
    """How probably a claim is reached, at each volume."""
    for stem, saved in claim_bases(views, outcomes).items():
        for volume in claim_volumes(views.inputs):
            reached = share(saved * volume >= claim.value)
            yield Quantity(f"probability_{stem}_reaches_claim_at_{volume:g}_per_year", reached, "probability")


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
    return row_of(table[table["scenario"] == scenario], quantity, basis)


def row_of(table: pd.DataFrame, quantity: str, basis: str = "probabilistic") -> pd.Series:
    """The row of one quantity, of one analysis."""
    return table[(table["quantity"] == quantity) & (table["basis"] == basis)].iloc[0]
